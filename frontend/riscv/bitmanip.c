/*
 * Zba Zbb Zbc Zbs Zicond, as far as no plain arithmetic op does (RISC-V ISA Manual, chapters 12.?
 * "B" and "Zicond").
 */
#include "frontend/riscv/decode.h"

static ir_ref constant(struct translation *t, uint64_t value)
{
    return ir_const(t->block, value);
}

static ir_ref op64(struct translation *t, int op, ir_ref x, ir_ref y)
{
    return ir_op2(t->block, op, IR_I64, x, y);
}

/* ---- Zba ---------------------------------------------------------------------------------- */

bool rv_shift_add(struct translation *t, const struct rv_args_r *a, int shift)
{
    ir_ref index = op64(t, IR_SHL, get_x(t, a->rs1), constant(t, (uint64_t)shift));
    put_x(t, a->rd, op64(t, IR_ADD, get_x(t, a->rs2), index));
    return true;
}

static ir_ref zero_extended(struct translation *t, uint32_t x)
{
    return ir_conv(t->block, IR_ZEXT, IR_I64, IR_I32, get_w(t, x));
}

bool rv_shift_add_uw(struct translation *t, const struct rv_args_r *a, int shift)
{
    ir_ref index = op64(t, IR_SHL, zero_extended(t, a->rs1), constant(t, (uint64_t)shift));
    put_x(t, a->rd, op64(t, IR_ADD, get_x(t, a->rs2), index));
    return true;
}

bool rv_slli_uw(struct translation *t, const struct rv_args_i *a)
{
    put_x(t, a->rd, op64(t, IR_SHL, zero_extended(t, a->rs1), constant(t, (uint64_t)a->imm)));
    return true;
}

/* ---- Zbb ---------------------------------------------------------------------------------- */

/* op(rs1, ~rs2) */
bool rv_arith_not(struct translation *t, const struct rv_args_r *a, int op)
{
    ir_ref inverse = ir_op1(t->block, IR_NOT, IR_I64, get_x(t, a->rs2));
    put_x(t, a->rd, op64(t, op, get_x(t, a->rs1), inverse));
    return true;
}

bool rv_unary(struct translation *t, const struct rv_args_r2 *a, int op)
{
    put_x(t, a->rd, ir_op1(t->block, op, IR_I64, get_x(t, a->rs1)));
    return true;
}

/* Counts of the low word: never negative, so extended by zeros, which is free. */
bool rv_unary_w(struct translation *t, const struct rv_args_r2 *a, int op)
{
    ir_ref count = ir_op1(t->block, op, IR_I32, get_w(t, a->rs1));
    put_x(t, a->rd, ir_conv(t->block, IR_ZEXT, IR_I64, IR_I32, count));
    return true;
}

bool rv_extend(struct translation *t, const struct rv_args_r2 *a, int op, int from)
{
    if (from == IR_I32 && op == IR_ZEXT)
        put_x(t, a->rd, zero_extended(t, a->rs1));
    else
        put_x(t, a->rd, ir_conv(t->block, op, IR_I64, from, get_x(t, a->rs1)));
    return true;
}

/* rs1 cc rs2 ? rs1 : rs2 */
bool rv_select(struct translation *t, const struct rv_args_r *a, int cc)
{
    ir_ref x = get_x(t, a->rs1), y = get_x(t, a->rs2);
    put_x(t, a->rd, ir_selcc(t->block, cc, IR_I64, x, y, x, y));
    return true;
}

/* To the left by n is to the right by -n, modulo the width. */
bool rv_rotate_left(struct translation *t, const struct rv_args_r *a)
{
    ir_ref count = ir_op1(t->block, IR_NEG, IR_I64, get_x(t, a->rs2));
    put_x(t, a->rd, op64(t, IR_ROR, get_x(t, a->rs1), count));
    return true;
}

bool rv_rotate_left_w(struct translation *t, const struct rv_args_r *a)
{
    ir_ref count = ir_op1(t->block, IR_NEG, IR_I32, get_w(t, a->rs2));
    put_w(t, a->rd, ir_op2(t->block, IR_ROR, IR_I32, get_w(t, a->rs1), count));
    return true;
}

/* ---- Zbc: the bits 126:63 of the product ---------------------------------------------------- */

bool rv_clmulr(struct translation *t, const struct rv_args_r *a)
{
    ir_ref x = get_x(t, a->rs1), y = get_x(t, a->rs2);
    ir_ref high = op64(t, IR_SHL, op64(t, IR_CLMULH, x, y), constant(t, 1));
    ir_ref low = op64(t, IR_SHR, op64(t, IR_CLMUL, x, y), constant(t, 63));
    put_x(t, a->rd, op64(t, IR_OR, high, low));
    return true;
}

/* ---- Zbs ---------------------------------------------------------------------------------- */

static void change_bit(struct translation *t, uint32_t rd, int operation, ir_ref x, ir_ref index)
{
    ir_ref one = constant(t, 1);
    switch ((enum rv_bit_operation)operation) {
    case BIT_CLEAR: put_x(t, rd, op64(t, IR_ANDN, x, op64(t, IR_SHL, one, index))); break;
    case BIT_EXTRACT: put_x(t, rd, op64(t, IR_AND, op64(t, IR_SHR, x, index), one)); break;
    case BIT_INVERT: put_x(t, rd, op64(t, IR_XOR, x, op64(t, IR_SHL, one, index))); break;
    case BIT_SET: put_x(t, rd, op64(t, IR_OR, x, op64(t, IR_SHL, one, index))); break;
    }
}

bool rv_bit(struct translation *t, const struct rv_args_r *a, int operation)
{
    change_bit(t, a->rd, operation, get_x(t, a->rs1), get_x(t, a->rs2));
    return true;
}

bool rv_bit_imm(struct translation *t, const struct rv_args_i *a, int operation)
{
    change_bit(t, a->rd, operation, get_x(t, a->rs1), constant(t, (uint64_t)a->imm));
    return true;
}

/* ---- Zicond ------------------------------------------------------------------------------- */

/* rs2 cc 0 ? 0 : rs1 */
bool rv_zero_if(struct translation *t, const struct rv_args_r *a, int cc)
{
    ir_ref zero = constant(t, 0);
    put_x(t, a->rd, ir_selcc(t->block, cc, IR_I64, get_x(t, a->rs2), zero, zero, get_x(t, a->rs1)));
    return true;
}
