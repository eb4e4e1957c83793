/* What the files of floating-point lanes share. */
#ifndef FERRY_FRONTEND_AARCH64_SIMD_FP_H
#define FERRY_FRONTEND_AARCH64_SIMD_FP_H

#include "frontend/aarch64/float.h"

/* The lanes that an instruction works on. */
struct fp_shape {
    int type;       /* IR_F16, IR_F32, IR_F64 */
    uint32_t q;     /* the whole register */
    unsigned lanes;
};

/*
 * The shape of a row: `type` IR_F16, and vf is Q; or 0, and vf is Q:sz. False if it is reserved,
 * one lane of double precision.
 */
bool a64_fp_shape(int type, uint32_t vf, struct fp_shape *shape);

/* The same where the type is known. */
static inline struct fp_shape fp_shape_of(int type, uint32_t q)
{
    return (struct fp_shape){type, q, (q ? 16u : 8u) / ir_type_size((enum ir_type)type)};
}

/* Number of lanes as aux of the vector ops has it; 0: all. */
static inline uint32_t fp_lanes(const struct fp_shape *s)
{
    return s->q ? 0 : s->lanes;
}

/* The integer lane of the same width, for moves and bits. */
static inline int fp_integer_lane(int type)
{
    return type == IR_F16 ? IR_I16 : type == IR_F32 ? IR_I32 : IR_I64;
}

/* An op on a shape, in the current mode; the other lanes of the result are zero. */
static inline ir_ref fp_lanes_op(struct translation *t, int op, const struct fp_shape *s, ir_ref a,
                                 ir_ref b)
{
    return a64_vfp_op(t, op, s->type, a, b, fp_rule(t, s->type), fp_lanes(s));
}

/* VFMA: c + a * b, `negate` of enum ir_fma. */
ir_ref a64_fma_lanes(struct translation *t, const struct fp_shape *s, int negate, ir_ref a,
                     ir_ref b, ir_ref c);

/* A helper on the lanes of a shape. */
static inline ir_ref fp_lanes_helper(struct translation *t, int helper, const struct fp_shape *s,
                                     ir_ref a, ir_ref b)
{
    return a64_call_vector(t, (unsigned)helper, a, b, IR_NONE,
                           a64_fp_number(fp_rule(t, s->type), s->type, s->lanes, 0));
}

/* Bytes n and up of a vector, in its low part. */
static inline ir_ref fp_bytes_from(struct translation *t, ir_ref v, unsigned n)
{
    return n ? v_op_num(t, IR_VEXT, 0, v, v, n) : v;
}

/* The low 64 bits of a, then those of b. */
static inline ir_ref fp_low_halves(struct translation *t, ir_ref a, ir_ref b)
{
    return v_op(t, IR_VZIP1, IR_I64, a, b);
}

static inline ir_ref fp_zero(struct translation *t)
{
    return v_op(t, IR_VDUP, IR_I64, ir_const(t->block, 0), IR_NONE);
}

#endif
