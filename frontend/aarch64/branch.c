/*
 * Branches and exceptions (Arm ARM C4.1, "Branches, Exception Generating and System instructions").
 */
#include "frontend/aarch64/pauth.h"

static uint64_t relative(const struct translation *t, int32_t offset)
{
    return t->pc + (uint64_t)(int64_t)offset;
}

static void put_link(struct translation *t)
{
    put_x(t, 30, ir_pc(t->block, t->pc + t->length));
}

bool a64_b(struct translation *t, const struct a64_args_target *a)
{
    translate_jump(t, relative(t, a->target));
    return true;
}

bool a64_bl(struct translation *t, const struct a64_args_target *a)
{
    put_link(t);
    translate_call(t, relative(t, a->target), t->pc + t->length);
    return true;
}

/* B.cond, and BC.cond, whose hint says nothing that we use. */
bool a64_b_cond(struct translation *t, const struct a64_args_bcond *a)
{
    bool has;
    enum ir_cc cc = a64_condition(a->cond, &has);
    if (has)
        translate_branch_flags(t, cc, get_nzcv(t), relative(t, a->target));
    else
        translate_jump(t, relative(t, a->target));
    return true;
}

bool a64_cbz(struct translation *t, const struct a64_args_cbz *a, int cc)
{
    translate_branch(t, cc, a64_type(a->sf), get_r(t, a->sf, a->rd), ir_const(t->block, 0),
                     relative(t, a->target));
    return true;
}

bool a64_tbz(struct translation *t, const struct a64_args_tbz *a, int cc)
{
    struct ir_block *b = t->block;
    bool high = a->bit >= 32;
    ir_ref bit = ir_op2(b, IR_AND, a64_type(high), get_r(t, high, a->rd),
                        ir_const(b, UINT64_C(1) << a->bit));
    translate_branch(t, cc, a64_type(high), bit, ir_const(b, 0), relative(t, a->target));
    return true;
}

/* ---- computed: the target drops its tag as a data address does (BranchAddr) ---------------- */

static bool jump(struct translation *t, ir_ref target)
{
    ir_goto_indirect(t->block, a64_address(t, target));
    return true;
}

static bool call(struct translation *t, ir_ref target)
{
    put_link(t);
    ir_call_indirect(t->block, a64_address(t, target), t->pc + t->length);
    return true;
}

bool a64_br(struct translation *t, const struct a64_args_rn *a)
{
    return jump(t, get_x(t, a->rn));
}

bool a64_blr(struct translation *t, const struct a64_args_rn *a)
{
    return call(t, get_x(t, a->rn));
}

bool a64_ret(struct translation *t, const struct a64_args_rn *a)
{
    ir_return(t->block, a64_address(t, get_x(t, a->rn)));
    return true;
}

bool a64_br_auth(struct translation *t, const struct a64_args_auth *a, int key)
{
    return jump(t, a64_pac_value(t, key, get_x(t, a->rn), a64_pac_modifier(t, a->modifier)));
}

bool a64_blr_auth(struct translation *t, const struct a64_args_auth *a, int key)
{
    return call(t, a64_pac_value(t, key, get_x(t, a->rn), a64_pac_modifier(t, a->modifier)));
}

bool a64_ret_auth(struct translation *t, int key)
{
    ir_ref target = a64_pac_value(t, key, get_x(t, 30), get_xsp(t, 31));
    ir_return(t->block, a64_address(t, target));
    return true;
}

/* ---- exceptions ---------------------------------------------------------------------------- */

bool a64_svc(struct translation *t)
{
    ir_exit(t->block, IR_EXIT_SYSCALL, t->pc + t->length);
    return true;
}

bool a64_brk(struct translation *t)
{
    ir_exit(t->block, IR_EXIT_BREAK, t->pc);
    return true;
}

bool a64_hostcall(struct translation *t, const struct a64_args_exception *a)
{
    const struct cpu_config *config = t->config;
    if (t->pc - config->hostcall_lo >= config->hostcall_hi - config->hostcall_lo)
        return false;
    ir_helper_call(t->block, IR_VOID, A64_HELPER_hostcall, ir_const(t->block, a->imm16), IR_NONE,
                   IR_NONE);
    return true;
}

bool a64_undefined(struct translation *t)
{
    (void)t;
    return false;
}
