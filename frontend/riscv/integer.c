/*
 * RV64I: integer computation, control transfer, loads and stores (RISC-V ISA Manual, chapters 2 and
 * 4). Compressed instructions, and those of B that are of the same kind, come here too.
 */
#include "frontend/riscv/decode.h"
#include "frontend/translate.h"

/* ---- computation -------------------------------------------------------------------------- */

bool rv_lui(struct translation *t, const struct rv_args_u *a)
{
    put_x(t, a->rd, ir_const(t->block, (uint64_t)(int64_t)a->imm));
    return true;
}

bool rv_auipc(struct translation *t, const struct rv_args_u *a)
{
    put_x(t, a->rd, ir_pc(t->block, t->pc + (uint64_t)(int64_t)a->imm));
    return true;
}

bool rv_arith(struct translation *t, const struct rv_args_r *a, int op)
{
    if (a->rd)
        put_x(t, a->rd, ir_op2(t->block, op, IR_I64, get_x(t, a->rs1), get_x(t, a->rs2)));
    return true;
}

bool rv_arith_w(struct translation *t, const struct rv_args_r *a, int op)
{
    if (a->rd)
        put_w(t, a->rd, ir_op2(t->block, op, IR_I32, get_w(t, a->rs1), get_w(t, a->rs2)));
    return true;
}

bool rv_arith_imm(struct translation *t, const struct rv_args_i *a, int op)
{
    if (a->rd)
        put_x(t, a->rd,
              ir_op2(t->block, op, IR_I64, get_x(t, a->rs1),
                     ir_const(t->block, (uint64_t)(int64_t)a->imm)));
    return true;
}

bool rv_arith_imm_w(struct translation *t, const struct rv_args_i *a, int op)
{
    if (a->rd)
        put_w(t, a->rd,
              ir_op2(t->block, op, IR_I32, get_w(t, a->rs1), ir_const(t->block, (uint32_t)a->imm)));
    return true;
}

bool rv_set(struct translation *t, const struct rv_args_r *a, int cc)
{
    if (a->rd)
        put_x(t, a->rd, ir_setcc(t->block, cc, IR_I64, get_x(t, a->rs1), get_x(t, a->rs2)));
    return true;
}

bool rv_set_imm(struct translation *t, const struct rv_args_i *a, int cc)
{
    if (a->rd)
        put_x(t, a->rd,
              ir_setcc(t->block, cc, IR_I64, get_x(t, a->rs1),
                       ir_const(t->block, (uint64_t)(int64_t)a->imm)));
    return true;
}

/* ---- control transfer --------------------------------------------------------------------- */

bool rv_branch(struct translation *t, const struct rv_args_s *a, int cc)
{
    translate_branch(t, cc, IR_I64, get_x(t, a->rs1), get_x(t, a->rs2),
                     t->pc + (uint64_t)(int64_t)a->imm);
    return true;
}

/* The manual's hints for return-address stacks (2.5.1): ra and t0 link. */
static bool links(uint32_t x)
{
    return x == 1 || x == 5;
}

bool rv_jal(struct translation *t, const struct rv_args_u *a)
{
    uint64_t target = t->pc + (uint64_t)(int64_t)a->imm, next = t->pc + t->length;
    put_x(t, a->rd, ir_pc(t->block, next));
    if (links(a->rd))
        ir_call(t->block, target, next);
    else
        translate_jump(t, target);
    return true;
}

bool rv_jalr(struct translation *t, const struct rv_args_i *a)
{
    struct ir_block *b = t->block;
    uint64_t next = t->pc + t->length;
    ir_ref sum =
        ir_op2(b, IR_ADD, IR_I64, get_x(t, a->rs1), ir_const(b, (uint64_t)(int64_t)a->imm));
    /* Compiled code never has bit 0 set, but the manual clears it. */
    ir_ref target = ir_op2(b, IR_AND, IR_I64, sum, ir_const(b, ~(uint64_t)1));
    put_x(t, a->rd, ir_pc(b, next));
    /*
     * Both rd and rs1 linking, but different, means a coroutine's swap: pop, then push. We treat it
     * as a plain jump, as nothing in sight would return to what it pushes.
     */
    if (links(a->rd) && links(a->rs1) && a->rd != a->rs1)
        ir_goto_indirect(b, target);
    else if (links(a->rd))
        ir_call_indirect(b, target, next);
    else if (links(a->rs1))
        ir_return(b, target);
    else
        ir_goto_indirect(b, target);
    return true;
}

/* ---- memory: `size` is log2 of the bytes, with IR_MEM_SIGNED ------------------------------- */

bool rv_load(struct translation *t, const struct rv_args_i *a, int size)
{
    put_x(t, a->rd, ir_load(t->block, IR_I64, get_x(t, a->rs1), a->imm, (unsigned)size));
    return true;
}

bool rv_store(struct translation *t, const struct rv_args_s *a, int size)
{
    ir_store(t->block, IR_I64, get_x(t, a->rs1), a->imm, get_x(t, a->rs2), (unsigned)size);
    return true;
}
