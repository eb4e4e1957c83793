/*
 * F, D and Zfa (RISC-V ISA Manual, chapters 20, 21, "Zfa"). Half precision is in half.c.
 *
 * A float register is an F64 slot. A single is kept in it with all upper bits set; what is not
 * boxed so reads as the canonical NaN, except for stores, moves to x registers, which take the bits
 * as they are. Every NaN result is the canonical one. Rounding is the instruction's rm, or dynamic:
 * as the host's MXCSR, which holds the guest's mode, unless the block's mode bits say that frm is
 * one that the host does not have.
 */
#include "frontend/riscv/float.h"

bool rv_fp_rule(const struct translation *t, uint32_t rm, unsigned *rule)
{
    static const uint8_t round_of_rm[] = {IR_ROUND_NEAREST, IR_ROUND_ZERO, IR_ROUND_DOWN,
                                          IR_ROUND_UP, IR_ROUND_AWAY};
    unsigned round = IR_ROUND_DYNAMIC, dynamic = t->mode & RV_MODE_ROUND;
    if (rm < 5)
        round = round_of_rm[rm];
    else if (rm != 7 || dynamic == RV_MODE_INVALID)
        return false;
    else if (dynamic == RV_MODE_RMM)
        round = IR_ROUND_AWAY;
    *rule = round | IR_FP_DEFAULT_NAN;
    return true;
}

/* An FP op; rule in d. */
static ir_ref fp_op(struct translation *t, int op, int type, int sub, ir_ref a, ir_ref b,
                    unsigned rule)
{
    return ir_emit(t->block, (struct ir_insn){.op = (uint8_t)op,
                                              .type = (uint8_t)type,
                                              .sub = (uint8_t)sub,
                                              .a = a,
                                              .b = b,
                                              .d = (ir_ref)rule});
}

static ir_ref get_fp(struct translation *t, uint32_t f, int type)
{
    ir_ref image = get_f(t, f);
    return type == IR_F64 ? image : ir_conv(t->block, IR_FUNBOX, IR_F32, IR_F64, image);
}

static void put_fp(struct translation *t, uint32_t f, int type, ir_ref value)
{
    put_f(t, f, type == IR_F64 ? value : ir_conv(t->block, IR_FBOX, IR_F64, IR_F32, value));
}

ir_ref rv_get_image(struct translation *t, uint32_t f)
{
    return ir_conv(t->block, IR_BITCAST, IR_I64, IR_F64, get_f(t, f));
}

void rv_put_image(struct translation *t, uint32_t f, ir_ref image)
{
    put_f(t, f, ir_conv(t->block, IR_BITCAST, IR_F64, IR_I64, image));
}

/* The single that a register was just given in this block, or IR_NONE: saves taking it apart. */
static ir_ref known_single(struct translation *t, uint32_t f)
{
    ir_ref value = get_f(t, f);
    if (value && !ir_is_const(value) && t->block->insns[value].op == IR_FBOX)
        return t->block->insns[value].a;
    return IR_NONE;
}

/* The low 32 bits of a register as I32, boxed or not. */
static ir_ref get_low_word(struct translation *t, uint32_t f)
{
    ir_ref single = known_single(t, f);
    if (single)
        return ir_conv(t->block, IR_BITCAST, IR_I32, IR_F32, single);
    return ir_conv(t->block, IR_TRUNC, IR_I32, IR_I64, rv_get_image(t, f));
}

/* ---- loads, stores, moves ----------------------------------------------------------------- */

bool rv_fload(struct translation *t, const struct rv_args_i *a, int size)
{
    ir_ref address = get_x(t, a->rs1);
    if (size == 3)
        put_f(t, a->rd, ir_load(t->block, IR_F64, address, a->imm, 3));
    else if (size == 2)
        put_fp(t, a->rd, IR_F32, ir_load(t->block, IR_F32, address, a->imm, 2));
    else
        rv_put_half(t, a->rd, ir_load(t->block, IR_I64, address, a->imm, 1));
    return true;
}

bool rv_fstore(struct translation *t, const struct rv_args_s *a, int size)
{
    struct ir_block *b = t->block;
    ir_ref address = get_x(t, a->rs1), single;
    if (size == 3)
        ir_store(b, IR_F64, address, a->imm, get_f(t, a->rs2), 3);
    else if (size == 2 && (single = known_single(t, a->rs2)))
        ir_store(b, IR_F32, address, a->imm, single, 2);
    else
        ir_store(b, IR_I64, address, a->imm, rv_get_image(t, a->rs2), (unsigned)size);
    return true;
}

bool rv_move_to_x(struct translation *t, const struct rv_args_r2 *a, int type)
{
    if (type == IR_F64)
        put_x(t, a->rd, rv_get_image(t, a->rs1));
    else if (type == IR_F32)
        put_w(t, a->rd, get_low_word(t, a->rs1));
    else
        put_x(t, a->rd, ir_conv(t->block, IR_SEXT, IR_I64, IR_I16, rv_get_image(t, a->rs1)));
    return true;
}

bool rv_move_from_x(struct translation *t, const struct rv_args_r2 *a, int type)
{
    if (type == IR_F64)
        rv_put_image(t, a->rd, get_x(t, a->rs1));
    else if (type == IR_F32)
        put_fp(t, a->rd, IR_F32, ir_conv(t->block, IR_BITCAST, IR_F32, IR_I32, get_w(t, a->rs1)));
    else
        rv_put_half(t, a->rd, get_x(t, a->rs1));
    return true;
}

/* ---- arithmetic --------------------------------------------------------------------------- */

bool rv_fp_binary(struct translation *t, const struct rv_args_fp2 *a, int op, int type)
{
    unsigned rule;
    if (!rv_fp_rule(t, a->rm, &rule))
        return false;
    if (type == IR_F16)
        return rv_half_binary(t, a->rd, a->rs1, a->rs2, op, rule);
    put_fp(t, a->rd, type,
           fp_op(t, op, type, 0, get_fp(t, a->rs1, type), get_fp(t, a->rs2, type), rule));
    return true;
}

bool rv_fp_sqrt(struct translation *t, const struct rv_args_fp1 *a, int type)
{
    unsigned rule;
    if (!rv_fp_rule(t, a->rm, &rule))
        return false;
    if (type == IR_F16)
        return rv_half_binary(t, a->rd, a->rs1, a->rs1, IR_FSQRT, rule);
    put_fp(t, a->rd, type, fp_op(t, IR_FSQRT, type, 0, get_fp(t, a->rs1, type), IR_NONE, rule));
    return true;
}

bool rv_fma(struct translation *t, const struct rv_args_fma *a, int negate, int type)
{
    unsigned rule;
    if (!rv_fp_rule(t, a->rm, &rule))
        return false;
    if (type == IR_F16)
        return rv_half_fma(t, a, negate, rule);
    ir_ref value = ir_emit(t->block, (struct ir_insn){.op = IR_FMA,
                                                      .type = (uint8_t)type,
                                                      .sub = (uint8_t)negate,
                                                      .a = get_fp(t, a->rs1, type),
                                                      .b = get_fp(t, a->rs2, type),
                                                      .c = get_fp(t, a->rs3, type),
                                                      .d = (ir_ref)rule});
    put_fp(t, a->rd, type, value);
    return true;
}

/* fsgnj of a register with itself is the move, fsgnjn the negation, fsgnjx the absolute value. */
bool rv_fp_sign(struct translation *t, const struct rv_args_r *a, int op, int type)
{
    if (type == IR_F16)
        return rv_half_binary(t, a->rd, a->rs1, a->rs2, op, 0);
    ir_ref x = get_fp(t, a->rs1, type), value;
    if (a->rs1 != a->rs2)
        value = ir_op2(t->block, op, type, x, get_fp(t, a->rs2, type));
    else if (op == IR_FSGNJ)
        value = x;
    else
        value = ir_op1(t->block, op == IR_FSGNJN ? IR_FNEG : IR_FABS, type, x);
    put_fp(t, a->rd, type, value);
    return true;
}

bool rv_fp_minmax(struct translation *t, const struct rv_args_r *a, int op, int type)
{
    if (type == IR_F16)
        return rv_half_binary(t, a->rd, a->rs1, a->rs2, op, IR_FP_DEFAULT_NAN);
    put_fp(
        t, a->rd, type,
        fp_op(t, op, type, 0, get_fp(t, a->rs1, type), get_fp(t, a->rs2, type), IR_FP_DEFAULT_NAN));
    return true;
}

bool rv_fp_compare(struct translation *t, const struct rv_args_r *a, int fcc, int type)
{
    if (type == IR_F16)
        return rv_half_compare(t, a, fcc);
    put_x(t, a->rd,
          fp_op(t, IR_FSETCC, IR_I64, type, get_fp(t, a->rs1, type), get_fp(t, a->rs2, type),
                (unsigned)fcc));
    return true;
}

bool rv_fp_class(struct translation *t, const struct rv_args_r2 *a, int type)
{
    struct ir_block *b = t->block;
    ir_ref image;
    if (type == IR_F64)
        image = rv_get_image(t, a->rs1);
    else if (type == IR_F32)
        image = ir_conv(b, IR_ZEXT, IR_I64, IR_I32,
                        ir_conv(b, IR_BITCAST, IR_I32, IR_F32, get_fp(t, a->rs1, IR_F32)));
    else
        image = rv_get_half(t, a->rs1);
    put_x(t, a->rd,
          ir_helper_call(b, IR_I64, RV_HELPER_fclass, image, ir_const(b, (uint64_t)type), IR_NONE));
    return true;
}

/* ---- conversions -------------------------------------------------------------------------- */

bool rv_fp_to_int(struct translation *t, const struct rv_args_fp1 *a, int op, int to, int type)
{
    unsigned rule;
    if (!rv_fp_rule(t, a->rm, &rule))
        return false;
    rule |= IR_FP_NAN_TO_MAX;
    if (type == IR_F16)
        return rv_half_to_int(t, a->rd, a->rs1, op, to, rule);
    ir_ref value = fp_op(t, op, to, type, get_fp(t, a->rs1, type), IR_NONE, rule);
    if (to == IR_I32)
        put_w(t, a->rd, value); /* wu too */
    else
        put_x(t, a->rd, value);
    return true;
}

bool rv_int_to_fp(struct translation *t, const struct rv_args_fp1 *a, int op, int from, int type)
{
    unsigned rule;
    if (!rv_fp_rule(t, a->rm, &rule))
        return false;
    ir_ref value = from == IR_I32 ? get_w(t, a->rs1) : get_x(t, a->rs1);
    if (type == IR_F16)
        return rv_half_from_int(t, a->rd, value, op, from, rule);
    /* Exact, so that the static mode (assemblers write rne) need not be set on the host. */
    if (type == IR_F64 && from == IR_I32)
        rule = IR_ROUND_DYNAMIC | IR_FP_DEFAULT_NAN;
    put_fp(t, a->rd, type, fp_op(t, op, type, from, value, IR_NONE, rule));
    return true;
}

bool rv_fp_convert(struct translation *t, const struct rv_args_fp1 *a, int to, int from)
{
    unsigned rule;
    if (!rv_fp_rule(t, a->rm, &rule))
        return false;
    if (to == IR_F16 || from == IR_F16)
        return rv_half_convert(t, a->rd, a->rs1, to, from, rule);
    if (to == IR_F64) /* exact */
        rule = IR_ROUND_DYNAMIC | IR_FP_DEFAULT_NAN;
    put_fp(t, a->rd, to, fp_op(t, IR_FCVT, to, from, get_fp(t, a->rs1, from), IR_NONE, rule));
    return true;
}

/* ---- Zfa ---------------------------------------------------------------------------------- */

bool rv_fp_round(struct translation *t, const struct rv_args_fp1 *a, int inexact, int type)
{
    unsigned rule;
    if (!rv_fp_rule(t, a->rm, &rule))
        return false;
    if (type == IR_F16)
        return rv_half_round(t, a->rd, a->rs1, inexact, rule);
    put_fp(t, a->rd, type,
           ir_emit(t->block, (struct ir_insn){.op = IR_FRINT,
                                              .type = (uint8_t)type,
                                              .a = get_fp(t, a->rs1, type),
                                              .d = (ir_ref)rule,
                                              .aux = (uint32_t)inexact}));
    return true;
}

bool rv_fp_to_int_modular(struct translation *t, const struct rv_args_r2 *a)
{
    put_x(t, a->rd,
          ir_helper_call(t->block, IR_I64, RV_HELPER_fcvtmod, rv_get_image(t, a->rs1), IR_NONE,
                         IR_NONE));
    return true;
}

/* clang-format off */
const double rv_fli_values[32] = {
    -1.0, 0 /* smallest normal */, 0x1p-16, 0x1p-15, 0x1p-8, 0x1p-7, 0.0625, 0.125,
    0.25, 0.3125, 0.375, 0.4375, 0.5, 0.625, 0.75, 0.875,
    1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0,
    8.0, 16.0, 128.0, 256.0, 0x1p15, 0x1p16, __builtin_inf(), 0 /* canonical NaN */,
};
/* clang-format on */

/* The image of entry `index`, boxed. In half precision 2^16 is infinity. */
static uint64_t fli_image(uint32_t index, int type)
{
    static const uint64_t box[] = {
        [IR_F16] = 0xffffffffffff0000, [IR_F32] = 0xffffffff00000000, [IR_F64] = 0};
    static const uint64_t smallest[] = {
        [IR_F16] = 0x0400, [IR_F32] = 0x00800000, [IR_F64] = 0x0010000000000000};
    uint64_t image;
    if (index == 1) {
        image = smallest[type];
    } else if (index == 31) {
        image = fp_canonical_nan((unsigned)type);
    } else {
        struct fp_context fp = {.round = IR_ROUND_NEAREST};
        memcpy(&image, &rv_fli_values[index], sizeof image);
        if (type != IR_F64)
            image = fp_convert(&fp, (unsigned)type, IR_F64, image);
    }
    return image | box[type];
}

bool rv_fp_constant(struct translation *t, const struct rv_args_fli *a, int type)
{
    rv_put_image(t, a->rd, ir_const(t->block, fli_image(a->uimm, type)));
    return true;
}
