/*
 * Lanes converted: to integers and fixed point and back, rounded in place, to wider and narrower
 * formats (Arm ARM C4.1.96, "Advanced SIMD two-register miscellaneous", "shift by immediate"). The
 * scalar forms on singles and doubles use the scalar ops.
 */
#include "frontend/aarch64/simd_fp.h"

/* ---- rounding ----------------------------------------------------------------------------- */

bool a64_vf_round(struct translation *t, const struct a64_args_vf_rd_rn *a, int round, int inexact,
                  int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_v(t, a->rd,
          a64_vfp_op(t, IR_VFRINT, s.type, get_v(t, a->rn), IR_NONE,
                     fp_rule_round(t, s.type, round), fp_lanes(&s) | (uint32_t)inexact << 8));
    return true;
}

bool a64_vf_round_int(struct translation *t, const struct a64_args_vf_rd_rn *a, int width,
                      int round, int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_v(t, a->rd, a64_call_vector(t, A64_HELPER_round_int, get_v(t, a->rn), IR_NONE, IR_NONE,
                                    a64_fp_number(fp_rule_round(t, s.type, round), s.type, s.lanes,
                                                  width == 64)));
    return true;
}

/* ---- integers of the lane's width ---------------------------------------------------------- */

/* The rule of VFTOS VFTOU VSTOF VUTOF, and of the scalar ops of their names. */
static unsigned convert_rule(const struct translation *t, int op, int type, int round)
{
    if (op == IR_VSTOF || op == IR_VUTOF)
        return fp_rule_from_integer(t, type);
    return fp_rule_round(t, type, round);
}

static ir_ref convert(struct translation *t, int op, const struct fp_shape *s, ir_ref value,
                      int round, uint32_t fraction)
{
    return a64_vfp_op(t, op, s->type, value, IR_NONE, convert_rule(t, op, s->type, round),
                      fp_lanes(s) | fraction << 8);
}

/* VFTOS VFTOU VSTOF VUTOF as the scalar op of its name. */
static int scalar_op(int op)
{
    switch (op) {
    case IR_VFTOS: return IR_FTOS;
    case IR_VFTOU: return IR_FTOU;
    case IR_VSTOF: return IR_STOF;
    default: return IR_UTOF;
    }
}

/* Lane 0 of rn, converted by `op` (a vector op), to rd. */
static void convert_scalar(struct translation *t, uint32_t rd, uint32_t rn, int op, int round,
                           int type, uint32_t fraction)
{
    if (type == IR_F16) {
        struct fp_shape s = {type, 0, 1};
        put_v(t, rd, convert(t, op, &s, get_v(t, rn), round, fraction));
        return;
    }
    int integer = fp_integer_lane(type);
    bool to_int = op == IR_VFTOS || op == IR_VFTOU;
    int to = to_int ? integer : type, from = to_int ? type : integer;
    ir_ref value = get_scalar(t, rn, (enum ir_type)from);
    value = ir_emit(t->block, (struct ir_insn){.op = (uint8_t)scalar_op(op), .type = (uint8_t)to,
                                               .sub = (uint8_t)from, .a = value,
                                               .d = (ir_ref)convert_rule(t, op, type, round),
                                               .aux = fraction});
    put_scalar(t, rd, (enum ir_type)to, value);
}

bool a64_vf_to_int(struct translation *t, const struct a64_args_vf_rd_rn *a, int op, int round,
                   int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_v(t, a->rd, convert(t, op, &s, get_v(t, a->rn), round, 0));
    return true;
}

bool a64_vf_from_int(struct translation *t, const struct a64_args_vf_rd_rn *a, int op, int type)
{
    return a64_vf_to_int(t, a, op, IR_ROUND_DYNAMIC, type);
}

bool a64_vs_to_int(struct translation *t, const struct a64_args_rd_rn *a, int op, int round,
                   int type)
{
    convert_scalar(t, a->rd, a->rn, op, round, type, 0);
    return true;
}

bool a64_vs_from_int(struct translation *t, const struct a64_args_rd_rn *a, int op, int type)
{
    convert_scalar(t, a->rd, a->rn, op, IR_ROUND_DYNAMIC, type, 0);
    return true;
}

/* Fraction bits, of which the encodings hold the complement to the lane's width. */
static uint32_t fraction_bits(int type, uint32_t scale)
{
    return 8 * ir_type_size((enum ir_type)type) - scale;
}

bool a64_vf_from_fixed(struct translation *t, const struct a64_args_q_rd_rn_scale *a, int op,
                       int type)
{
    struct fp_shape s = fp_shape_of(type, a->q);
    put_v(t, a->rd,
          convert(t, op, &s, get_v(t, a->rn), IR_ROUND_DYNAMIC, fraction_bits(type, a->scale)));
    return true;
}

bool a64_vf_to_fixed(struct translation *t, const struct a64_args_q_rd_rn_scale *a, int op,
                     int type)
{
    struct fp_shape s = fp_shape_of(type, a->q);
    put_v(t, a->rd,
          convert(t, op, &s, get_v(t, a->rn), IR_ROUND_ZERO, fraction_bits(type, a->scale)));
    return true;
}

bool a64_vs_from_fixed(struct translation *t, const struct a64_args_rd_rn_scale *a, int op,
                       int type)
{
    convert_scalar(t, a->rd, a->rn, op, IR_ROUND_DYNAMIC, type, fraction_bits(type, a->scale));
    return true;
}

bool a64_vs_to_fixed(struct translation *t, const struct a64_args_rd_rn_scale *a, int op, int type)
{
    convert_scalar(t, a->rd, a->rn, op, IR_ROUND_ZERO, type, fraction_bits(type, a->scale));
    return true;
}

/* ---- formats ------------------------------------------------------------------------------ */

/* The half of rn that `upper` chooses, from lanes of `from` to the next format. */
bool a64_vf_widen(struct translation *t, const struct a64_args_rd_rn *a, int upper, int from)
{
    ir_ref x = fp_bytes_from(t, get_v(t, a->rn), upper ? 8 : 0);
    put_v(t, a->rd, a64_vfp_op(t, IR_VFWIDEN, from, x, IR_NONE, fp_convert_rule(t), 0));
    return true;
}

/* A result of 64 bits to the half of rd that `upper` chooses; the low one clears the other. */
static void put_half(struct translation *t, uint32_t rd, int upper, ir_ref value)
{
    put_v(t, rd, upper ? fp_low_halves(t, get_v(t, rd), value) : value);
}

bool a64_vf_narrow(struct translation *t, const struct a64_args_rd_rn *a, int upper, int from,
                   int round)
{
    unsigned rule = (fp_convert_rule(t) & ~(unsigned)IR_FP_ROUND) | (unsigned)round;
    put_half(t, a->rd, upper, a64_vfp_op(t, IR_VFNARROW, from, get_v(t, a->rn), IR_NONE, rule, 0));
    return true;
}

/* FCVTXN: to odd, so that a further rounding comes out as if it were the only one. */
bool a64_vs_narrow_odd(struct translation *t, const struct a64_args_rd_rn *a)
{
    unsigned rule = fp_rule_round(t, IR_F64, IR_ROUND_ODD);
    put_scalar(t, a->rd, IR_F32,
               ir_emit(t->block, (struct ir_insn){.op = IR_FCVT, .type = IR_F32, .sub = IR_F64,
                                                  .a = get_scalar(t, a->rn, IR_F64),
                                                  .d = (ir_ref)rule}));
    return true;
}

bool a64_vf_narrow_bfloat(struct translation *t, const struct a64_args_rd_rn *a, int upper)
{
    struct fp_shape s = fp_shape_of(IR_F32, 1);
    ir_ref r = fp_lanes_helper(t, A64_HELPER_bfcvt, &s, get_v(t, a->rn), IR_NONE);
    put_half(t, a->rd, upper, v_op(t, IR_VNARROW, IR_I32, r, fp_zero(t)));
    return true;
}
