/*
 * What the generators of Advanced SIMD share: how results are written, constants, saturation.
 *
 * Rows of vector instructions hand on the field `q`; rows of scalar ones (the manual's "SISD")
 * give q=SIMD_SCALAR, so that one generator serves both: scalars are computed as vectors, and what
 * leaves is lane 0, the rest zero.
 */
#ifndef FERRY_FRONTEND_AARCH64_SIMD_H
#define FERRY_FRONTEND_AARCH64_SIMD_H

#include "frontend/aarch64/aarch64.h"

enum { SIMD_64, SIMD_128, SIMD_SCALAR = 2 };

/* Signed or unsigned, where the two have ops of their own. */
enum { SIMD_UNSIGNED, SIMD_SIGNED };

/* What is done with an immediate of the group "modified immediate". */
enum simd_immediate { SIMD_MOVI, SIMD_MVNI, SIMD_ORR, SIMD_BIC };

/* Shifts: how they round and saturate; combined by `|`. */
enum {
    SIMD_ROUND = 1 << 0,
    SIMD_SATURATE = 1 << 1,
    SIMD_TO_UNSIGNED = 1 << 2, /* of signed numbers, with SIMD_SATURATE */
    SIMD_ACCUMULATE = 1 << 3,
};

/* Products of lanes of one width, and those to lanes of twice the width. */
enum simd_product {
    SIMD_MUL, SIMD_MLA, SIMD_MLS,
    SIMD_QDMULH, SIMD_QRDMULH, SIMD_QRDMLAH, SIMD_QRDMLSH,
};
enum simd_long_product {
    SIMD_SMULL, SIMD_SMLAL, SIMD_SMLSL, SIMD_UMULL, SIMD_UMLAL, SIMD_UMLSL,
    SIMD_QDMULL, SIMD_QDMLAL, SIMD_QDMLSL, SIMD_PMULL,
};

/* Bits of a lane. */
static inline unsigned simd_bits(uint32_t size)
{
    return 8u << size;
}

/* A constant of 128 bits, and one with the same number in every lane. */
ir_ref simd_constant(struct translation *t, uint64_t low, uint64_t high);
ir_ref simd_splat(struct translation *t, uint32_t size, uint64_t value);

static inline ir_ref simd_zero(struct translation *t)
{
    return simd_splat(t, 3, 0);
}

/* The part of v that a result has (see above), the rest zero. */
ir_ref simd_cut(struct translation *t, uint32_t q, uint32_t size, ir_ref v);

static inline void simd_put(struct translation *t, uint32_t q, uint32_t size, uint32_t rd,
                            ir_ref v)
{
    put_v(t, rd, simd_cut(t, q, size, v));
}

/* Writes the low half of v to the low half of rd (q 0, the rest becomes zero) or to its high half. */
void simd_put_half(struct translation *t, uint32_t q, uint32_t rd, ir_ref v);

/*
 * Writes the lanes of v, of twice the width that size says, made narrow by op (IR_VNARROW and the
 * like) as simd_put_half does, or lane 0 alone (q SIMD_SCALAR); notes saturation.
 */
void simd_put_narrowed(struct translation *t, int op, uint32_t q, uint32_t size, uint32_t rd,
                       ir_ref v);

/* Sets FPSR.QC if the part of v that counts is not zero. */
void simd_note_saturation(struct translation *t, uint32_t q, uint32_t size, ir_ref v);

/* All ones where a cc b. */
ir_ref simd_compare(struct translation *t, enum ir_cc cc, uint32_t size, ir_ref a, ir_ref b);

/* mask ? a : b, bit by bit. */
ir_ref simd_select(struct translation *t, ir_ref mask, ir_ref a, ir_ref b);

/*
 * The operands of a pairwise instruction's op: even lanes of n and, behind them, of m; and the odd
 * lanes. Of 64-bit vectors the low half of the result counts.
 */
ir_ref simd_even(struct translation *t, uint32_t q, uint32_t size, ir_ref n, ir_ref m);
ir_ref simd_odd(struct translation *t, uint32_t q, uint32_t size, ir_ref n, ir_ref m);

#endif
