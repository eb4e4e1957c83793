/*
 * What float.c and half.c share. Half precision is rare: it works on register images in integer IR
 * values and computes in one helper (helper.c).
 */
#ifndef FERRY_FRONTEND_RISCV_FLOAT_H
#define FERRY_FRONTEND_RISCV_FLOAT_H

#include <string.h>

#include "frontend/riscv/decode.h"
#include "ir/fp.h"

/* The IR's rule for an instruction's rm; false if it is reserved, or dynamic and frm is. */
bool rv_fp_rule(const struct translation *t, uint32_t rm, unsigned *rule);

/* All 64 bits of a float register, as I64. */
ir_ref rv_get_image(struct translation *t, uint32_t f);
void rv_put_image(struct translation *t, uint32_t f, ir_ref image);

/* A half as I64: read unboxed (upper bits zero), written boxed (upper bits ignored). */
ir_ref rv_get_half(struct translation *t, uint32_t f);
void rv_put_half(struct translation *t, uint32_t f, ir_ref half);

/* Each true, so that callers can return it. */
bool rv_half_binary(struct translation *t, uint32_t rd, uint32_t rs1, uint32_t rs2, int op,
                    unsigned rule);
bool rv_half_fma(struct translation *t, const struct rv_args_fma *a, int negate, unsigned rule);
bool rv_half_compare(struct translation *t, const struct rv_args_r *a, int fcc);
bool rv_half_to_int(struct translation *t, uint32_t rd, uint32_t rs1, int op, int to,
                    unsigned rule);
bool rv_half_from_int(struct translation *t, uint32_t rd, ir_ref value, int op, int from,
                      unsigned rule);
bool rv_half_convert(struct translation *t, uint32_t rd, uint32_t rs1, int to, int from,
                     unsigned rule);
bool rv_half_round(struct translation *t, uint32_t rd, uint32_t rs1, int inexact, unsigned rule);

/* Second argument of the helper `half`: an IR op, the other type of a conversion, a small number.
 */
static inline uint64_t rv_half_operation(int op, int type, int sub)
{
    return (uint64_t)(op | type << 8 | sub << 16);
}

#endif
