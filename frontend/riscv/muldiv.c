/*
 * M: multiplication is rv_arith; division by zero and overflow give fixed results and never trap
 * (RISC-V ISA Manual, chapter 12).
 */
#include "frontend/riscv/decode.h"

static ir_ref divide(struct ir_block *b, int op, enum ir_type type, ir_ref x, ir_ref y)
{
    return ir_emit(
        b, (struct ir_insn){.op = (uint8_t)op, .type = type, .a = x, .b = y, .d = IR_DIV_RISCV});
}

bool rv_divide(struct translation *t, const struct rv_args_r *a, int op)
{
    if (a->rd)
        put_x(t, a->rd, divide(t->block, op, IR_I64, get_x(t, a->rs1), get_x(t, a->rs2)));
    return true;
}

bool rv_divide_w(struct translation *t, const struct rv_args_r *a, int op)
{
    if (a->rd)
        put_w(t, a->rd, divide(t->block, op, IR_I32, get_w(t, a->rs1), get_w(t, a->rs2)));
    return true;
}
