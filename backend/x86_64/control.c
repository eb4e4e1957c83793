/*
 * Control flow: guards, ends of blocks, exits and their thunks, polls, cold paths, calls of C
 * functions.
 *
 * An exit's rel32 never crosses 16 bytes, so that the translator can patch it with one store while
 * other threads run it. A guard whose slots are all at home is a patchable jcc itself; another one
 * jumps to a cold path that stores them and then is an exit.
 */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"

const uint8_t host_cc[IR_CC_COUNT] = {
    [IR_EQ] = CC_E,  [IR_NE] = CC_NE, [IR_LTU] = CC_B,  [IR_GEU] = CC_AE, [IR_LEU] = CC_BE,
    [IR_GTU] = CC_A, [IR_LTS] = CC_L, [IR_GES] = CC_GE, [IR_LES] = CC_LE, [IR_GTS] = CC_G,
    [IR_MI] = CC_S,  [IR_PL] = CC_NS, [IR_VS] = CC_O,   [IR_VC] = CC_NO};

/* The condition with its operands exchanged. */
static const uint8_t swapped[IR_CC_COUNT] = {
    [IR_EQ] = IR_EQ, [IR_NE] = IR_NE, [IR_LTU] = IR_GTU, [IR_GEU] = IR_LEU, [IR_LEU] = IR_GEU,
    [IR_GTU] = IR_LTU, [IR_LTS] = IR_GTS, [IR_GES] = IR_LES, [IR_LES] = IR_GES, [IR_GTS] = IR_LTS};

/* ---- cold paths, stubs ------------------------------------------------------------------------
 */

struct cold *cold_new(struct work *w, void (*emit)(struct work *, struct cold *))
{
    if (w->ncolds == MAX_COLDS) {
        w->failed = true;
        w->ncolds--;
    }
    struct cold *c = &w->colds[w->ncolds++];
    c->emit = emit;
    c->insn = w->now;
    c->value = w->insn_pc;
    return c;
}

struct cold *cold_jcc(struct work *w, unsigned cc, void (*emit)(struct work *, struct cold *))
{
    put8(&w->c, 0x0f);
    put8(&w->c, 0x80 | cc);
    put32(&w->c, 0);
    struct cold *c = cold_new(w, emit);
    c->from = c->resume = here(w) - 4;
    c->resume += 4;
    return c;
}

void cold_resume(struct work *w, struct cold *c)
{
    int32_t near = (int32_t)(c->resume - (here(w) + 2));
    if (fits8(near)) {
        put8(&w->c, 0xeb);
        put8(&w->c, (uint8_t)near);
        return;
    }
    put8(&w->c, 0xe9);
    put32(&w->c, c->resume - (here(w) + 4));
}

struct mem jump_entry(struct work *w, unsigned index)
{
    static_assert(sizeof(struct cpu_jump) == 16, "twice the pc's bits, times 8");
    alu_ri(&w->c, ALU_AND, 0, index, (CPU_JUMP_CACHE - 1) << 1);
    if (w->be->memory != BACKEND_TLB)
        return (struct mem){RBP, (int8_t)index, 3, cpu_disp(offsetof(struct cpu, jump_cache))};
    shift_ri(&w->c, SHIFT_SHL, 0, index, 3);
    alu_rm(&w->c, ALU_ADD, X_W, index, CPU_MEM(jumps));
    return mem_at((int)index, 0);
}

void stub_jump(struct work *w, size_t stub)
{
    put8(&w->c, 0xe9);
    put32(&w->c, 0);
    note_reloc(w, CODE_RELOC_STUB, stub);
}

void stub_call(struct work *w, size_t stub)
{
    put8(&w->c, 0xe8);
    put32(&w->c, 0);
    note_reloc(w, CODE_RELOC_STUB, stub);
}

void store_exit_pc(struct work *w, uint64_t pc)
{
    struct mem m = CPU_MEM(exit_pc);
    if (fits32((int64_t)pc)) {
        x_xm(&w->c, MOV_IMM | X_W, 0, m);
        put32(&w->c, (uint32_t)pc);
        note_reloc(w, CODE_RELOC_PC32, pc);
        return;
    }
    load_pc(w, RAX, pc);
    x_rm(&w->c, MOV_STORE | X_W, RAX, m);
}

/* ---- exits ------------------------------------------------------------------------------------
 */

/* Opcode bytes of a jump, then a rel32 that is an exit. */
static void emit_exit(struct work *w, unsigned opcode, enum code_exit_kind kind, uint64_t target)
{
    unsigned length = opcode > 0xff ? 2 : 1;
    unsigned at = (here(w) + length) % 16;
    if (at > 12)
        nops(&w->c, 16 - at);
    if (length == 2)
        put8(&w->c, opcode >> 8);
    put8(&w->c, opcode);
    struct code_buffer *out = w->out;
    if (out->nexits == out->max_exits)
        w->failed = true;
    else
        out->exits[out->nexits++] =
            (struct code_exit){.target = target, .patch = here(w), .kind = (uint8_t)kind};
    put32(&w->c, 0);
}

enum { OPCODE_JMP = 0xe9, OPCODE_CALL = 0xe8, OPCODE_JCC = 0x0f80 };

/* Does the target's page stay what it is as long as the block may run? Otherwise it is looked up each time. */
static bool may_link(const struct work *w, uint64_t target)
{
    const uint64_t page = 1 << CPU_PAGE_BITS;
    return w->be->memory != BACKEND_TLB ||
           ((target ^ w->b->pc) < page && (target & (page - 1)) <= page - CPU_MAX_INSN);
}

/* RAX := target; compares the jump table's entry for it. Returns where its code is. */
static struct mem compare_far(struct work *w, uint64_t target)
{
    load_pc(w, RAX, target);
    x_rm(&w->c, MOV | X_W, RCX, CPU_MEM(jumps));
    struct mem m = mem_at(RCX, (int32_t)(cpu_jump_index(target) * sizeof(struct cpu_jump)));
    alu_rm(&w->c, ALU_CMP, X_W, RAX, m);
    m.disp += (int32_t)offsetof(struct cpu_jump, code);
    return m;
}

/* A jump to a fixed guest pc; everything is at home or pinned. */
static void emit_jump(struct work *w, enum code_exit_kind kind, uint64_t target)
{
    if (may_link(w, target)) {
        emit_exit(w, OPCODE_JMP, kind, target);
        return;
    }
    struct mem code = compare_far(w, target);
    uint8_t *miss = jcc8(&w->c, CC_NE);
    x_xm(&w->c, 0xff, 4, code);
    bind8(&w->c, miss);
    x_rm(&w->c, MOV_STORE | X_W, RAX, CPU_MEM(exit_pc));
    stub_jump(w, offsetof(struct code_stubs, indirect));
}

void emit_thunks(struct work *w)
{
    struct code_buffer *out = w->out;
    for (unsigned i = 0; i < out->nexits; i++) {
        struct code_exit *x = &out->exits[i];
        if (w->c.p > w->limit) {
            w->failed = true;
            return;
        }
        x->thunk = here(w);
        stub_call(w, offsetof(struct code_stubs, link));
        x->index = here(w);
        put32(&w->c, i);
        uint32_t displacement = x->thunk - (x->patch + 4);
        memcpy(w->base + x->patch, &displacement, 4);
    }
}

static uint64_t current_pc(const struct work *w)
{
    return w->b->pc + (uint64_t)(int32_t)w->insn_pc;
}

static uint64_t target_of(const struct work *w, ir_ref pc)
{
    return constant(w, pc)->value;
}

/* ---- polls ------------------------------------------------------------------------------------
 */

static void cold_poll(struct work *w, struct cold *c)
{
    store_snapshot(w, c->state);
    store_exit_pc(w, c->value);
    stub_jump(w, offsetof(struct code_stubs, poll));
}

/* Leaves if asked to, to go on at `pc`. */
static void emit_poll(struct work *w, uint64_t pc)
{
    alu_mi(&w->c, ALU_CMP, 0, CPU_MEM(attention), 0);
    struct cold *c = cold_jcc(w, CC_NE, cold_poll);
    c->state = snapshot(w);
    c->value = pc;
}

/* ---- compare and branch -----------------------------------------------------------------------
 */

unsigned emit_compare(struct work *w, unsigned cc, enum ir_type t, ir_ref a, ir_ref b)
{
    uint32_t wide = t == IR_I64 ? X_W : 0;
    if (ir_is_const(resolve(w, a)) && !ir_is_const(resolve(w, b))) {
        ir_ref swap = a;
        a = b;
        b = swap;
        cc = swapped[cc];
    }
    struct operand y = use_rmi(w, b, t);
    struct operand x =
        y.kind == OPERAND_MEM ? (struct operand){.reg = (uint8_t)use_gpr(w, a)} : use_rm(w, a);
    if (x.kind == OPERAND_MEM) {
        if (y.kind == OPERAND_IMM)
            alu_mi(&w->c, ALU_CMP, wide, x.mem, y.imm);
        else
            alu_mr(&w->c, ALU_CMP, wide, x.mem, y.reg);
    } else if (y.kind == OPERAND_MEM) {
        alu_rm(&w->c, ALU_CMP, wide, x.reg, y.mem);
    } else if (y.kind == OPERAND_REG) {
        alu_rr(&w->c, ALU_CMP, wide, x.reg, y.reg);
    } else if (y.imm == 0) {
        x_rr(&w->c, TEST | wide, x.reg, x.reg);
    } else {
        alu_ri(&w->c, ALU_CMP, wide, x.reg, y.imm);
    }
    consume(w, a);
    consume(w, b);
    return host_cc[cc];
}

unsigned emit_comparison(struct work *w, ir_ref self, enum ir_type t)
{
    const struct ir_insn *in = &w->b->insns[self];
    ir_ref found = w->val[self].put;
    unsigned cc = in->sub;
    if (!found)
        return emit_compare(w, cc, t, in->a, in->b);
    if (in->a == found && (cc & ~1u) == IR_LTS) /* the result's sign */
        cc = IR_MI | (cc & 1);
    consume(w, found);
    return host_cc[cc];
}

static void cold_guard(struct work *w, struct cold *c)
{
    store_snapshot(w, c->state);
    emit_jump(w, CODE_JUMP, c->value);
}

/* jcc to a guard's exit, the flags being set. */
static void emit_guard(struct work *w, unsigned cc, uint64_t target, bool flags_dead)
{
    struct snapshot s = flags_dead ? snapshot_but_flags(w) : snapshot(w);
    if (unlikely(w->checker) && !flags_dead)
        check_snapshot(w, s);
    if (s.count == 0 && may_link(w, target)) {
        emit_exit(w, OPCODE_JCC | cc, CODE_JUMP, target);
        return;
    }
    struct cold *c = cold_jcc(w, cc, cold_guard);
    c->state = s;
    c->value = target;
}

/* Before a guard's comparison: the guard and the goto behind it share one writing back of state. */
static void start_guard(struct work *w, ir_ref self, uint64_t target)
{
    if (self + 1u < w->b->n && w->b->insns[self + 1].op == IR_GOTO)
        sync_but_flags(w);
    if (target <= current_pc(w))
        emit_poll(w, current_pc(w));
}

void emit_BRCC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    uint64_t target = target_of(w, in->c);
    start_guard(w, self, target);
    unsigned cc = emit_comparison(w, self, (enum ir_type)in->type);
    emit_guard(w, cc, target, in->aux);
}

static void leave_guard(struct work *w, unsigned cc, const struct ir_insn *in)
{
    emit_guard(w, cc, target_of(w, in->b), in->aux);
}

void emit_BRB(struct work *w, const struct ir_insn *in, ir_ref self)
{
    ir_ref flags = resolve(w, in->a);
    start_guard(w, self, target_of(w, in->b));
    if (!ir_is_const(flags) && is_lazy(val_of(w, flags)) && w->b->insns[flags].op == IR_CONDF)
        branch_on_lazy(w, in, flags, leave_guard);
    else
        leave_guard(w, emit_condition(w, in->sub, flags), in);
}

/* ---- ends -------------------------------------------------------------------------------------
 */

static void finish(struct work *w, bool flags_dead)
{
    if (flags_dead) {
        drop_flags(w);
        if (unlikely(w->checker))
            check_flags_dead(w);
    }
    sync(w);
    if (unlikely(w->checker))
        check_homes(w);
}

void emit_GOTO(struct work *w, const struct ir_insn *in, ir_ref self)
{
    uint64_t target = target_of(w, in->a);
    finish(w, in->aux);
    if (target <= current_pc(w))
        emit_poll(w, target);
    emit_jump(w, CODE_JUMP, target);
}

static void push_return_address(struct work *w, ir_ref pc)
{
    uint64_t value = target_of(w, pc);
    uint32_t regs = val_of(w, pc)->regs & GPR_MASK;
    if (regs) {
        x_o(&w->c, PUSH, (unsigned)__builtin_ctz(regs));
    } else if (fits32((int64_t)value)) {
        put8(&w->c, 0x68);
        put32(&w->c, (uint32_t)value);
        note_reloc(w, CODE_RELOC_PC32, value);
    } else {
        load_pc(w, RDX, value);
        x_o(&w->c, PUSH, RDX);
    }
}

/* Where the callee's return arrives: drops the guest's return address and goes on. */
static void emit_landing(struct work *w, ir_ref pc)
{
    x_o(&w->c, POP, RCX);
    emit_jump(w, CODE_CONTINUATION, target_of(w, pc));
}

/*
 * The target of a computed jump. Predicted and cached addresses are even, so that a target which
 * only has its bit 0 cleared first may be compared as it was: it is equal or goes to the cold path.
 */
struct target {
    unsigned reg;
    bool mask; /* the cold path clears bit 0 */
};

static struct target use_target(struct work *w, ir_ref ref)
{
    ir_ref r = resolve(w, ref);
    if (!ir_is_const(r) && w->val[r].flags & VAL_FUSED && w->b->insns[r].op == IR_AND)
        return (struct target){(unsigned)use_gpr(w, w->b->insns[r].a), true};
    return (struct target){(unsigned)use_gpr(w, r), false};
}

static struct cold *cold_target(struct work *w, void (*emit)(struct work *, struct cold *),
                                struct target t)
{
    struct cold *c = cold_jcc(w, CC_NE, emit);
    c->r[0] = (uint8_t)t.reg;
    c->n = t.mask;
    return c;
}

/* cpu.exit_pc := target; temporaries are free. */
static void store_target(struct work *w, const struct cold *c)
{
    unsigned reg = c->r[0];
    if (c->n) {
        if (reg != RAX)
            mov_rr(&w->c, RAX, reg);
        reg = RAX;
        alu_ri(&w->c, ALU_AND, X_W, RAX, -2);
    }
    x_rm(&w->c, MOV_STORE | X_W, reg, CPU_MEM(exit_pc));
}

static void cold_indirect(struct work *w, struct cold *c)
{
    store_target(w, c);
    stub_jump(w, offsetof(struct code_stubs, indirect));
}

/* The host return address must be pushed here too. */
static void cold_call_indirect(struct work *w, struct cold *c)
{
    store_target(w, c);
    stub_call(w, offsetof(struct code_stubs, indirect));
    cold_resume(w, c);
}

static void cold_return(struct work *w, struct cold *c)
{
    store_target(w, c);
    stub_jump(w, offsetof(struct code_stubs, ret));
}

void emit_CALL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    uint64_t target = target_of(w, in->a);
    finish(w, in->aux);
    if (target <= current_pc(w))
        emit_poll(w, target);
    push_return_address(w, in->b);
    if (may_link(w, target)) {
        emit_exit(w, OPCODE_CALL, CODE_CALL, target);
    } else {
        struct mem code = compare_far(w, target);
        struct cold *c = cold_target(w, cold_call_indirect, (struct target){RAX, false});
        x_xm(&w->c, 0xff, 2, code);
        c->resume = here(w);
    }
    emit_landing(w, in->b);
}

/* Jump cache: compares the entry for `target`; returns where its code is. */
static struct mem emit_lookup(struct work *w, unsigned target, unsigned index)
{
    mov32_rr(&w->c, index, target);
    struct mem m = jump_entry(w, index);
    alu_rm(&w->c, ALU_CMP, X_W, target, m);
    m.disp += (int32_t)offsetof(struct cpu_jump, code);
    return m;
}

void emit_GOTOIND(struct work *w, const struct ir_insn *in, ir_ref self)
{
    finish(w, false);
    struct target target = use_target(w, in->a);
    unsigned index = (unsigned)make_temp(w, 0);
    alu_mi(&w->c, ALU_CMP, 0, CPU_MEM(attention), 0);
    cold_target(w, cold_indirect, target);
    struct mem code = emit_lookup(w, target.reg, index);
    cold_target(w, cold_indirect, target);
    x_xm(&w->c, 0xff, 4, code);
}

void emit_CALLIND(struct work *w, const struct ir_insn *in, ir_ref self)
{
    finish(w, false);
    struct target target = use_target(w, in->a);
    if (target.reg == RDX) { /* push_return_address may need it */
        mov_rr(&w->c, RAX, RDX);
        target.reg = RAX;
    }
    push_return_address(w, in->b);
    alu_mi(&w->c, ALU_CMP, 0, CPU_MEM(attention), 0);
    cold_target(w, cold_call_indirect, target);
    struct mem code = emit_lookup(w, target.reg, target.reg == RCX ? RAX : RCX);
    cold_target(w, cold_call_indirect, target);
    x_xm(&w->c, 0xff, 2, code);
    for (unsigned i = w->ncolds - 2; i < w->ncolds; i++)
        w->colds[i].resume = here(w);
    emit_landing(w, in->b);
}

void emit_RET(struct work *w, const struct ir_insn *in, ir_ref self)
{
    finish(w, false);
    struct target target = use_target(w, in->a);
    alu_mr(&w->c, ALU_CMP, X_W, mem_at(RSP, 8), target.reg);
    cold_target(w, cold_return, target);
    put8(&w->c, 0xc3);
}

void emit_EXIT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    finish(w, false);
    x_xm(&w->c, MOV_IMM, 0, CPU_MEM(exit_reason));
    put32(&w->c, in->aux);
    store_exit_pc(w, target_of(w, in->a));
    bool call = in->aux == IR_EXIT_SYSCALL || in->aux == IR_EXIT_SYSTEM;
    stub_jump(w, call ? offsetof(struct code_stubs, syscall) : offsetof(struct code_stubs, leave));
}

/* ---- C functions ------------------------------------------------------------------------------
 */

void call_function(struct work *w, size_t pointer, const ir_ref args[3], unsigned effects)
{
    static const uint8_t arg_regs[3] = {RAX, RDX, RCX};
    unsigned kind = effects & IR_HELPER_WRITES ? 2 : effects ? 1 : 0;
    if (kind)
        sync(w);
    for (unsigned i = 0; i < 3; i++)
        take(w, arg_regs[i]);
    take(w, R10);
    for (unsigned i = 0; i < 3; i++)
        if (args[i])
            load_into(w, arg_regs[i], args[i]);
    for (unsigned i = 0; i < 3; i++)
        if (args[i])
            consume(w, args[i]);
    if (kind == 2)
        forget_slots(w);
    empty_temps(w);
    if (effects & IR_HELPER_FAULTS) {
        load_pc(w, R10, current_pc(w));
        x_rm(&w->c, MOV_STORE | X_W, R10, CPU_MEM(exit_pc));
    }
    if (unlikely(w->checker)) {
        if (kind)
            check_homes(w);
        check_call(w, kind == 2);
    }
    mov_ri(&w->c, R10, (uint64_t)cpu_disp(pointer));
    stub_call(w, offsetof(struct code_stubs, call) + kind * sizeof(uint32_t));
}

void emit_CALLH(struct work *w, const struct ir_insn *in, ir_ref self)
{
    const struct ir_helper *h = &w->b->guest->helpers[in->aux];
    const ir_ref args[3] = {in->a, in->b, in->c};
    call_function(w, offsetof(struct cpu, helper) + in->aux * sizeof(void *), args, h->effects);
    if (in->type != IR_VOID)
        define_in(w, self, RAX);
}
