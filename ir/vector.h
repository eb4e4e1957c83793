/*
 * Lanes of a vector, and how ir_eval_vector is shared out: vector.c has the dispatch, integer lanes
 * and permutations, vector_aes.c the ciphers, vector_sha.c the hashes, vector_fp.c the lanes of
 * floating point.
 */
#ifndef FERRY_IR_VECTOR_H
#define FERRY_IR_VECTOR_H

#include <string.h>

#include "ir/ir.h"

/* Lane i of `size` bytes (1, 2, 4, 8), zero-extended. */
static inline uint64_t vector_lane(const union ir_v128 *v, unsigned size, unsigned i)
{
    switch (size) {
    case 1: return v->b[i];
    case 2: return v->h[i];
    case 4: return v->s[i];
    default: return v->d[i];
    }
}

/* Replaces lane i by the low bits of x. */
static inline void vector_set_lane(union ir_v128 *v, unsigned size, unsigned i, uint64_t x)
{
    switch (size) {
    case 1: v->b[i] = (uint8_t)x; break;
    case 2: v->h[i] = (uint16_t)x; break;
    case 4: v->s[i] = (uint32_t)x; break;
    default: v->d[i] = x; break;
    }
}

/* The ops from VAESENC to VAESIMC. */
union ir_v128 vector_eval_aes(const struct ir_insn *insn, const union ir_v128 *a,
                              const union ir_v128 *b);

/* The ops from VSHA1R to VSHA256M2. */
union ir_v128 vector_eval_sha(const struct ir_insn *insn, const union ir_v128 *a,
                              const union ir_v128 *b, const union ir_v128 *c);

/* The ops from VFADD to VFNARROW. */
union ir_v128 vector_eval_fp(const struct ir_insn *insn, const union ir_v128 *a,
                             const union ir_v128 *b, const union ir_v128 *c);

#endif
