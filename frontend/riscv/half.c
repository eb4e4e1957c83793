/*
 * Zfh and Zfhmin: half precision (RISC-V ISA Manual, "Zfh"). A half is kept in a float register
 * with its upper 48 bits set. All computing is done by one helper in exact integer arithmetic,
 * rounded once: no program in sight spends its time here, and fma through wider formats would round
 * twice.
 */
#include "frontend/riscv/float.h"

#define BOX 0xffffffffffff0000u

ir_ref rv_get_half(struct translation *t, uint32_t f)
{
    struct ir_block *b = t->block;
    ir_ref image = rv_get_image(t, f);
    ir_ref upper = ir_op2(b, IR_SHR, IR_I64, image, ir_const(b, 16));
    ir_ref half = ir_conv(b, IR_ZEXT, IR_I64, IR_I16, image);
    return ir_selcc(b, IR_EQ, IR_I64, upper, ir_const(b, BOX >> 16), half,
                    ir_const(b, fp_canonical_nan(IR_F16)));
}

void rv_put_half(struct translation *t, uint32_t f, ir_ref half)
{
    rv_put_image(t, f, ir_op2(t->block, IR_OR, IR_I64, half, ir_const(t->block, BOX)));
}

static ir_ref call_half(struct translation *t, ir_ref operands, uint64_t operation, unsigned rule)
{
    return ir_helper_call(t->block, IR_I64, RV_HELPER_half, operands, ir_const(t->block, operation),
                          ir_const(t->block, rule));
}

/* Puts the next operand above those in `low`. */
static ir_ref pack(struct translation *t, ir_ref low, uint32_t f, unsigned shift)
{
    ir_ref high = ir_op2(t->block, IR_SHL, IR_I64, rv_get_half(t, f), ir_const(t->block, shift));
    return ir_op2(t->block, IR_OR, IR_I64, low, high);
}

bool rv_half_binary(struct translation *t, uint32_t rd, uint32_t rs1, uint32_t rs2, int op,
                    unsigned rule)
{
    ir_ref operands = pack(t, rv_get_half(t, rs1), rs2, 16);
    rv_put_half(t, rd, call_half(t, operands, rv_half_operation(op, 0, 0), rule));
    return true;
}

bool rv_half_fma(struct translation *t, const struct rv_args_fma *a, int negate, unsigned rule)
{
    ir_ref operands = pack(t, pack(t, rv_get_half(t, a->rs1), a->rs2, 16), a->rs3, 32);
    rv_put_half(t, a->rd, call_half(t, operands, rv_half_operation(IR_FMA, 0, negate), rule));
    return true;
}

bool rv_half_compare(struct translation *t, const struct rv_args_r *a, int fcc)
{
    ir_ref operands = pack(t, rv_get_half(t, a->rs1), a->rs2, 16);
    put_x(t, a->rd,
          call_half(t, operands, rv_half_operation(IR_FSETCC, 0, fcc), IR_FP_DEFAULT_NAN));
    return true;
}

bool rv_half_to_int(struct translation *t, uint32_t rd, uint32_t rs1, int op, int to, unsigned rule)
{
    put_x(t, rd, call_half(t, rv_get_half(t, rs1), rv_half_operation(op, to, 0), rule));
    return true;
}

bool rv_half_from_int(struct translation *t, uint32_t rd, ir_ref value, int op, int from,
                      unsigned rule)
{
    if (from == IR_I32)
        value = ir_conv(t->block, IR_ZEXT, IR_I64, IR_I32, value);
    rv_put_half(t, rd, call_half(t, value, rv_half_operation(op, from, 0), rule));
    return true;
}

bool rv_half_convert(struct translation *t, uint32_t rd, uint32_t rs1, int to, int from,
                     unsigned rule)
{
    struct ir_block *b = t->block;
    uint64_t operation = rv_half_operation(IR_FCVT, to, from);
    if (from == IR_F16) {
        ir_ref wide = call_half(t, rv_get_half(t, rs1), operation, rule);
        if (to == IR_F32)
            wide = ir_op2(b, IR_OR, IR_I64, wide, ir_const(b, 0xffffffff00000000u));
        rv_put_image(t, rd, wide);
        return true;
    }
    ir_ref source = rv_get_image(t, rs1);
    if (from == IR_F32) {
        ir_ref single = ir_conv(b, IR_FUNBOX, IR_F32, IR_F64, get_f(t, rs1));
        source =
            ir_conv(b, IR_ZEXT, IR_I64, IR_I32, ir_conv(b, IR_BITCAST, IR_I32, IR_F32, single));
    }
    rv_put_half(t, rd, call_half(t, source, operation, rule));
    return true;
}

bool rv_half_round(struct translation *t, uint32_t rd, uint32_t rs1, int inexact, unsigned rule)
{
    rv_put_half(t, rd,
                call_half(t, rv_get_half(t, rs1), rv_half_operation(IR_FRINT, 0, inexact), rule));
    return true;
}
