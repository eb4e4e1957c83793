/*
 * Scalar floating point: moves, arithmetic, comparison (Arm ARM C4.1.96). Conversions are in
 * float_convert.c, lanes in simd_fp.c.
 *
 * Half precision arithmetic is a vector op on one lane, whose result is zero above.
 */
#include "frontend/aarch64/float.h"

/* ---- operands ----------------------------------------------------------------------------- */

ir_ref a64_get_image(struct translation *t, uint32_t v, int type)
{
    int lane = type == IR_F16 ? IR_I16 : fp_image_type(type);
    return ir_emit(t->block, (struct ir_insn){.op = IR_VLANE,
                                              .type = (uint8_t)fp_image_type(type),
                                              .sub = (uint8_t)lane,
                                              .a = get_v(t, v)});
}

void a64_put_image(struct translation *t, uint32_t v, int type, ir_ref image)
{
    put_scalar(t, v, fp_image_type(type), image);
}

ir_ref a64_fp_op(struct translation *t, int op, int type, ir_ref a, ir_ref b, unsigned rule,
                 uint32_t aux)
{
    return ir_emit(t->block, (struct ir_insn){.op = (uint8_t)op,
                                              .type = (uint8_t)type,
                                              .a = a,
                                              .b = b,
                                              .d = (ir_ref)rule,
                                              .aux = aux});
}

ir_ref a64_vfp_op(struct translation *t, int op, int lane, ir_ref a, ir_ref b, unsigned rule,
                  uint32_t aux)
{
    return ir_emit(t->block, (struct ir_insn){.op = (uint8_t)op,
                                              .type = IR_V128,
                                              .sub = (uint8_t)lane,
                                              .a = a,
                                              .b = b,
                                              .d = (ir_ref)rule,
                                              .aux = aux});
}

int a64_vector_op(int op)
{
    switch (op) {
    case IR_FADD: return IR_VFADD;
    case IR_FSUB: return IR_VFSUB;
    case IR_FMUL: return IR_VFMUL;
    case IR_FDIV: return IR_VFDIV;
    case IR_FSQRT: return IR_VFSQRT;
    case IR_FMAXM: return IR_VFMAXM;
    case IR_FMINM: return IR_VFMINM;
    case IR_FMAXN: return IR_VFMAXN;
    case IR_FMINN: return IR_VFMINN;
    case IR_FRINT: return IR_VFRINT;
    default: return IR_NOP;
    }
}

/* A half, zero if subnormal: multiplied by one. Signalling NaNs are invalid to the caller too. */
static ir_ref flush_half(struct translation *t, ir_ref half)
{
    ir_ref one = v_op(t, IR_VDUP, IR_I16, ir_const(t->block, 0x3c00), IR_NONE);
    return a64_vfp_op(t, IR_VFMUL, IR_F16, half, one, fp_rule(t, IR_F16), 1);
}

/* Lane 0 of a vector as a64_get_wide has it. */
static ir_ref wide(struct translation *t, ir_ref v, int *type)
{
    if (*type == IR_F16 && t->mode & A64_MODE_FZ16)
        v = flush_half(t, v);
    int lane = *type == IR_F64 ? IR_F64 : IR_F32;
    ir_ref value = ir_emit(t->block, (struct ir_insn){.op = IR_VLANE, .type = (uint8_t)lane,
                                                      .sub = (uint8_t)lane, .a = v});
    if (*type != IR_F16)
        return value;
    *type = IR_F32;
    return ir_emit(t->block, (struct ir_insn){.op = IR_FCVT, .type = IR_F32, .sub = IR_F16,
                                              .a = value, .d = IR_ROUND_DYNAMIC});
}

ir_ref a64_get_wide(struct translation *t, uint32_t v, int *type)
{
    return wide(t, get_v(t, v), type);
}

ir_ref a64_call_vector(struct translation *t, unsigned helper, ir_ref a, ir_ref b, ir_ref c,
                       unsigned number)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_CALLV,
                                              .type = IR_V128,
                                              .a = a,
                                              .b = b,
                                              .c = c,
                                              .d = (ir_ref)number,
                                              .aux = helper});
}

/* ---- arithmetic --------------------------------------------------------------------------- */

static void binary(struct translation *t, const struct a64_args_rd_rn_rm *a, int op, int type,
                   bool negate)
{
    unsigned rule = fp_rule(t, type);
    if (type == IR_F16) {
        ir_ref r =
            a64_vfp_op(t, a64_vector_op(op), type, get_v(t, a->rn), get_v(t, a->rm), rule, 1);
        put_v(t, a->rd, r);
        if (negate)
            a64_put_image(t, a->rd, type,
                          ir_op2(t->block, IR_XOR, IR_I32, a64_get_image(t, a->rd, type),
                                 ir_const(t->block, 0x8000)));
        return;
    }
    ir_ref r = a64_fp_op(t, op, type, get_scalar(t, a->rn, (enum ir_type)type),
                         get_scalar(t, a->rm, (enum ir_type)type), rule, 0);
    if (negate)
        r = ir_op1(t->block, IR_FNEG, (enum ir_type)type, r);
    put_scalar(t, a->rd, (enum ir_type)type, r);
}

bool a64_fp_binary(struct translation *t, const struct a64_args_rd_rn_rm *a, int op, int type)
{
    binary(t, a, op, type, false);
    return true;
}

/* The product's sign is turned, that of a NaN too. */
bool a64_fnmul(struct translation *t, const struct a64_args_rd_rn_rm *a, int type)
{
    binary(t, a, IR_FMUL, type, true);
    return true;
}

bool a64_fp_unary(struct translation *t, const struct a64_args_rd_rn *a, int op, int type)
{
    unsigned rule = fp_rule(t, type);
    if (type == IR_F16)
        put_v(t, a->rd, a64_vfp_op(t, a64_vector_op(op), type, get_v(t, a->rn), IR_NONE, rule, 1));
    else
        put_scalar(
            t, a->rd, (enum ir_type)type,
            a64_fp_op(t, op, type, get_scalar(t, a->rn, (enum ir_type)type), IR_NONE, rule, 0));
    return true;
}

/* `inexact`: raises inexact, as FRINTX does. */
bool a64_fp_round(struct translation *t, const struct a64_args_rd_rn *a, int round, int inexact,
                  int type)
{
    unsigned rule = fp_rule_round(t, type, round);
    if (type == IR_F16)
        put_v(t, a->rd, a64_vfp_op(t, IR_VFRINT, type, get_v(t, a->rn), IR_NONE, rule,
                                   1u | (unsigned)inexact << 8));
    else
        put_scalar(t, a->rd, (enum ir_type)type,
                   a64_fp_op(t, IR_FRINT, type, get_scalar(t, a->rn, (enum ir_type)type), IR_NONE,
                             rule, (uint32_t)inexact));
    return true;
}

/* To an integral value that fits in `width` bits. */
bool a64_fp_round_int(struct translation *t, const struct a64_args_rd_rn *a, int width, int round,
                      int type)
{
    unsigned number = a64_fp_number(fp_rule_round(t, type, round), type, 1, width == 64);
    put_v(t, a->rd, a64_call_vector(t, A64_HELPER_round_int, get_v(t, a->rn), IR_NONE, IR_NONE,
                                    number));
    return true;
}

/* `op` is FNEG or FABS: the sign bit and nothing else. */
bool a64_fp_sign(struct translation *t, const struct a64_args_rd_rn *a, int op, int type)
{
    struct ir_block *b = t->block;
    if (type != IR_F16) {
        put_scalar(t, a->rd, (enum ir_type)type,
                   ir_op1(b, (enum ir_op)op, (enum ir_type)type,
                          get_scalar(t, a->rn, (enum ir_type)type)));
        return true;
    }
    ir_ref image = a64_get_image(t, a->rn, type);
    image = op == IR_FNEG ? ir_op2(b, IR_XOR, IR_I32, image, ir_const(b, 0x8000))
                          : ir_op2(b, IR_AND, IR_I32, image, ir_const(b, 0x7fff));
    a64_put_image(t, a->rd, type, image);
    return true;
}

/* `negate` is a mask of enum ir_fma: of the first factor, of the addend. */
bool a64_fp_fma(struct translation *t, const struct a64_args_rd_rn_rm_ra *a, int negate, int type)
{
    struct ir_insn insn = {.op = IR_FMA, .type = (uint8_t)type, .sub = (uint8_t)negate,
                           .d = (ir_ref)fp_rule(t, type)};
    if (type == IR_F16) {
        insn.op = IR_VFMA;
        insn.type = IR_V128;
        insn.sub = IR_F16;
        insn.aux = 1u | (unsigned)negate << 8;
        insn.a = get_v(t, a->rn);
        insn.b = get_v(t, a->rm);
        insn.c = get_v(t, a->ra);
        put_v(t, a->rd, ir_emit(t->block, insn));
        return true;
    }
    insn.a = get_scalar(t, a->rn, (enum ir_type)type);
    insn.b = get_scalar(t, a->rm, (enum ir_type)type);
    insn.c = get_scalar(t, a->ra, (enum ir_type)type);
    put_scalar(t, a->rd, (enum ir_type)type, ir_emit(t->block, insn));
    return true;
}

/* ---- moves -------------------------------------------------------------------------------- */

bool a64_fp_move(struct translation *t, const struct a64_args_rd_rn *a, int type)
{
    if (type == IR_F16)
        a64_put_image(t, a->rd, type, a64_get_image(t, a->rn, type));
    else
        put_scalar(t, a->rd, (enum ir_type)type, get_scalar(t, a->rn, (enum ir_type)type));
    return true;
}

/* VFPExpandImm (Arm ARM, shared/functions/float/vfpexpandimm). */
uint64_t a64_expand_float(uint32_t imm8, int type)
{
    static const struct { uint8_t bits, exponent; } format[] = {
        [IR_F16] = {16, 5}, [IR_F32] = {32, 8}, [IR_F64] = {64, 11}};
    unsigned bits = format[type].bits, exponent = format[type].exponent;
    uint64_t sign = imm8 >> 7, big = imm8 >> 6 & 1, rest = imm8 & 0x3f;
    /* the exponent: not(b), b repeated, cd; then the fraction efgh */
    uint64_t top = big ? (UINT64_C(1) << (exponent - 3)) - 1 : UINT64_C(1) << (exponent - 3);
    return sign << (bits - 1) | (top << 6 | rest) << (bits - exponent - 5);
}

bool a64_fp_immediate(struct translation *t, const struct a64_args_rd_imm8 *a, int type)
{
    a64_put_image(t, a->rd, type, ir_const(t->block, a64_expand_float(a->imm8, type)));
    return true;
}

/* Lane 0 to a general register of `width`; a half is zero-extended. */
bool a64_fp_to_general(struct translation *t, const struct a64_args_rd_rn *a, int width, int type)
{
    ir_ref image = a64_get_image(t, a->rn, type);
    if (type == IR_F64)
        put_x(t, a->rd, image);
    else
        put_w(t, a->rd, image);
    (void)width;
    return true;
}

bool a64_fp_from_general(struct translation *t, const struct a64_args_rd_rn *a, int width, int type)
{
    ir_ref value = type == IR_F64 ? get_x(t, a->rn) : get_w(t, a->rn);
    if (type == IR_F16)
        value = ir_conv(t->block, IR_ZEXT, IR_I32, IR_I16, value);
    a64_put_image(t, a->rd, type, value);
    (void)width;
    return true;
}

bool a64_fp_top_to_general(struct translation *t, const struct a64_args_rd_rn *a)
{
    put_x(t, a->rd,
          ir_emit(
              t->block,
              (struct ir_insn){
                  .op = IR_VLANE, .type = IR_I64, .sub = IR_I64, .a = get_v(t, a->rn), .aux = 1}));
    return true;
}

bool a64_fp_top_from_general(struct translation *t, const struct a64_args_rd_rn *a)
{
    put_v(t, a->rd, v_op_num(t, IR_VINS, IR_I64, get_v(t, a->rd), get_x(t, a->rn), 1));
    return true;
}

/* ---- comparison --------------------------------------------------------------------------- */

/*
 * A value as a comparison should see it under FZ: minus zero added, which changes nothing else,
 * raises invalid for what a comparison does too, and costs less than a comparison that flushes.
 */
static ir_ref flushed(struct translation *t, int type, ir_ref value)
{
    uint64_t zero = type == IR_F64 ? UINT64_C(1) << 63 : UINT64_C(1) << 31;
    ir_ref minus_zero = ir_conv(t->block, IR_BITCAST, (enum ir_type)type, fp_image_type(type),
                                ir_const(t->block, zero));
    return a64_fp_op(t, IR_FADD, type, value, minus_zero, fp_rule(t, type), 0);
}

/* The flags of lane 0 of x - y; `signalling`: quiet NaNs are invalid too. */
static ir_ref compare(struct translation *t, ir_ref x, ir_ref y, int signalling, int type)
{
    int from_x = type, from_y = type;
    x = wide(t, x, &from_x);
    y = wide(t, y, &from_y);
    if (type != IR_F16 && t->mode & A64_MODE_FZ) {
        x = flushed(t, type, x);
        y = flushed(t, type, y);
    }
    return ir_emit(t->block, (struct ir_insn){.op = IR_FCMPF, .type = IR_B, .sub = (uint8_t)from_x,
                                              .a = x, .b = y, .d = (ir_ref)signalling});
}

bool a64_fp_compare(struct translation *t, const struct a64_args_rn_rm *a, int signalling, int type)
{
    put_nzcv(t, compare(t, get_v(t, a->rn), get_v(t, a->rm), signalling, type));
    return true;
}

bool a64_fp_compare_zero(struct translation *t, const struct a64_args_rn *a, int signalling,
                         int type)
{
    ir_ref zero = v_op(t, IR_VDUP, IR_I64, ir_const(t->block, 0), IR_NONE);
    put_nzcv(t, compare(t, get_v(t, a->rn), zero, signalling, type));
    return true;
}

/* Lane 0 of a register if the condition holds, else zero. */
static ir_ref if_condition(struct translation *t, uint32_t v, enum ir_cc cc, int type)
{
    enum ir_type image = fp_image_type(type);
    ir_ref value = ir_emit(t->block, (struct ir_insn){.op = IR_SELB, .type = (uint8_t)image,
                                                      .sub = (uint8_t)cc, .a = get_nzcv(t),
                                                      .b = a64_get_image(t, v, type),
                                                      .c = ir_const(t->block, 0)});
    return ir_emit(
        t->block,
        (struct ir_insn){.op = IR_VZEXT, .type = IR_V128, .sub = (uint8_t)image, .a = value});
}

/* Where the condition does not hold nothing is compared, so that no NaN may raise anything. */
bool a64_fp_compare_cond(struct translation *t, const struct a64_args_fccmp *a, int signalling,
                         int type)
{
    bool has;
    enum ir_cc cc = a64_condition(a->cond, &has);
    ir_ref x, y, flags;
    if (!has) {
        put_nzcv(t, compare(t, get_v(t, a->rn), get_v(t, a->rm), signalling, type));
        return true;
    }
    x = if_condition(t, a->rn, cc, type);
    y = if_condition(t, a->rm, cc, type);
    flags = compare(t, x, y, signalling, type);
    put_nzcv(t, ir_emit(t->block, (struct ir_insn){.op = IR_CONDF, .type = IR_B, .sub = (uint8_t)cc,
                                                   .a = get_nzcv(t), .b = flags,
                                                   .aux = a64_resting_flags(a->nzcv)}));
    return true;
}

bool a64_fp_select(struct translation *t, const struct a64_args_fcsel *a, int type)
{
    bool has;
    enum ir_cc cc = a64_condition(a->cond, &has);
    if (type == IR_F16) {
        ir_ref x = a64_get_image(t, a->rn, type);
        if (has)
            x = ir_emit(t->block, (struct ir_insn){.op = IR_SELB,
                                                   .type = (uint8_t)fp_image_type(type),
                                                   .sub = (uint8_t)cc,
                                                   .a = get_nzcv(t),
                                                   .b = x,
                                                   .c = a64_get_image(t, a->rm, type)});
        a64_put_image(t, a->rd, type, x);
        return true;
    }
    ir_ref x = get_scalar(t, a->rn, (enum ir_type)type);
    if (has)
        x = ir_emit(t->block, (struct ir_insn){.op = IR_FSEL,
                                               .type = (uint8_t)type,
                                               .sub = (uint8_t)cc,
                                               .a = get_nzcv(t),
                                               .b = x,
                                               .c = get_scalar(t, a->rm, (enum ir_type)type)});
    put_scalar(t, a->rd, (enum ir_type)type, x);
    return true;
}
