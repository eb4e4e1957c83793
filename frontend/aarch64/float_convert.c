/*
 * Conversions between float formats, to integers and fixed point and back (Arm ARM C4.1.96); the
 * scalar forms of the Advanced SIMD groups too, which leave integers in vector registers.
 *
 * A half is widened first, which is exact; integers become halves in a helper, rounded once.
 */
#include "frontend/aarch64/float.h"

/* ---- formats ------------------------------------------------------------------------------ */

bool a64_fp_convert(struct translation *t, const struct a64_args_rd_rn *a, int to, int from)
{
    struct ir_block *b = t->block;
    ir_ref value = get_scalar(t, a->rn, from == IR_F64 ? IR_F64 : IR_F32);
    value = ir_emit(b, (struct ir_insn){.op = IR_FCVT, .type = (uint8_t)to, .sub = (uint8_t)from,
                                        .a = value, .d = (ir_ref)fp_convert_rule(t)});
    if (to == IR_F16)
        put_scalar(t, a->rd, IR_I32, ir_conv(b, IR_BITCAST, IR_I32, IR_F16, value));
    else
        put_scalar(t, a->rd, (enum ir_type)to, value);
    return true;
}

bool a64_bfcvt(struct translation *t, const struct a64_args_rd_rn *a)
{
    put_v(t, a->rd, a64_call_vector(t, A64_HELPER_bfcvt, get_v(t, a->rn), IR_NONE, IR_NONE,
                                    a64_fp_number(a64_fp_rule(t), IR_F32, 1, 0)));
    return true;
}

/* ---- to integers -------------------------------------------------------------------------- */

/* FTOS or FTOU of lane 0 of register v, times 2^fraction. */
static ir_ref to_integer(struct translation *t, uint32_t v, int op, int round, int to, int type,
                         uint32_t fraction)
{
    unsigned rule = (a64_fp_rule(t) & ~(unsigned)IR_FP_ROUND) | (unsigned)round;
    int from = type;
    ir_ref value = a64_get_wide(t, v, &from);
    if (type == IR_F16)
        rule &= ~(unsigned)IR_FP_FLUSH;
    return ir_emit(t->block, (struct ir_insn){.op = (uint8_t)op, .type = (uint8_t)to,
                                              .sub = (uint8_t)from, .a = value, .d = (ir_ref)rule,
                                              .aux = fraction});
}

bool a64_fp_to_int(struct translation *t, const struct a64_args_rd_rn *a, int op, int round, int to,
                   int type)
{
    put_r(t, to == IR_I64, a->rd, to_integer(t, a->rn, op, round, to, type, 0));
    return true;
}

/* Number of fraction bits, of which the encodings hold the complement. */
static uint32_t fraction_bits(int width, uint32_t scale)
{
    return (width == IR_I64 ? 64 : 32) - scale;
}

bool a64_fp_to_fixed(struct translation *t, const struct a64_args_rd_rn_scale *a, int op, int to,
                     int type)
{
    put_r(t, to == IR_I64, a->rd,
          to_integer(t, a->rn, op, IR_ROUND_ZERO, to, type, fraction_bits(to, a->scale)));
    return true;
}

/* Result in w, and whether the conversion was exact in Z. */
bool a64_fjcvtzs(struct translation *t, const struct a64_args_rd_rn *a)
{
    struct ir_block *b = t->block;
    ir_ref r = ir_helper_call(b, IR_I64, A64_HELPER_fjcvtzs, a64_get_image(t, a->rn, IR_F64),
                              ir_const(b, a64_fp_rule(t)), IR_NONE);
    /* bit 32 of the result to Z; our carry is inverted */
    ir_ref z = ir_op2(b, IR_SHR, IR_I64, r, ir_const(b, 32));
    z = ir_op2(b, IR_SHL, IR_I64, z, ir_const(b, __builtin_ctz(IR_FLAG_Z)));
    z = ir_op2(b, IR_OR, IR_I64, z, ir_const(b, IR_FLAG_C));
    put_w(t, a->rd, ir_conv(b, IR_TRUNC, IR_I32, IR_I64, r));
    put_nzcv(t, ir_conv(b, IR_FLAGS, IR_B, IR_I32, ir_conv(b, IR_TRUNC, IR_I32, IR_I64, z)));
    return true;
}

/* ---- from integers ------------------------------------------------------------------------ */

/* `value` of `from` by 2^-fraction to lane 0 of rd. */
static void from_integer(struct translation *t, uint32_t rd, ir_ref value, int op, int from,
                         int type, uint32_t fraction)
{
    struct ir_block *b = t->block;
    if (type == IR_F16) {
        if (from == IR_I32)
            value = ir_conv(b, op == IR_STOF ? IR_SEXT : IR_ZEXT, IR_I64, IR_I32, value);
        ir_ref half = ir_helper_call(b, IR_I64, A64_HELPER_int_to_half, value,
                                     ir_const(b, fraction | (uint32_t)(op == IR_STOF) << 8),
                                     ir_const(b, a64_half_rule(t)));
        a64_put_image(t, rd, type, ir_conv(b, IR_TRUNC, IR_I32, IR_I64, half));
        return;
    }
    put_scalar(t, rd, (enum ir_type)type,
               ir_emit(b, (struct ir_insn){.op = (uint8_t)op, .type = (uint8_t)type,
                                           .sub = (uint8_t)from, .a = value,
                                           .d = (ir_ref)fp_rule_from_integer(t, type),
                                           .aux = fraction}));
}

bool a64_int_to_fp(struct translation *t, const struct a64_args_rd_rn *a, int op, int from,
                   int type)
{
    from_integer(t, a->rd, get_r(t, from == IR_I64, a->rn), op, from, type, 0);
    return true;
}

bool a64_fixed_to_fp(struct translation *t, const struct a64_args_rd_rn_scale *a, int op, int from,
                     int type)
{
    from_integer(t, a->rd, get_r(t, from == IR_I64, a->rn), op, from, type,
                 fraction_bits(from, a->scale));
    return true;
}
