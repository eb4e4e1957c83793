/*
 * The runtime stubs: the way into generated code and out of it, and what blocks share.
 *
 * In generated code rsp is the shadow stack of return predictions: pairs of a host return address
 * and above it the guest's, the newest at [rsp]. cpu.return_sp holds it while C code runs,
 * cpu.host_sp is the C stack, 16-aligned, below which the callee-saved registers of enter's caller
 * lie.
 *
 * stub.call[k] calls the C function at [rbp + r10] with arguments rax, rdx, rcx (after the cpu);
 * the result is in rax and every temporary is lost. k: 0 keeps the pinned slots, 1 also brings them
 * home before, 2 brings them home before and loads them again after. stub.call[3] is for RT_EXACT,
 * see runtime.h.
 */
#include "backend/x86_64/work.h"

#include <stdlib.h>

#include "backend/x86_64/form.h"
#include "backend/x86_64/runtime.h"

enum { RETURN_SEARCH = 12 }; /* entries looked at before a return counts as a computed jump */

static const uint8_t callee_saved[] = {RBX, RBP, R12, R13, R14, R15};
#define CALLEE_SAVED (BIT(RBX) | BIT(RBP) | BIT(R12) | BIT(R13) | BIT(R14) | BIT(R15))

static void move_pins(struct work *w, uint32_t regs, bool load)
{
    for (uint32_t m = regs & w->be->pins; m; m &= m - 1) {
        unsigned reg = (unsigned)__builtin_ctz(m), slot = w->be->pinned[reg] - 1u;
        enum ir_type t = (enum ir_type)w->be->guest->slots[slot].type;
        struct mem home = home_mem(w, slot);
        if (reg >= XMM0)
            (load ? load_xmm : store_xmm)(w, reg - XMM0, home, t);
        else
            (load ? load_gpr : store_gpr)(w, reg, home, t);
    }
}

static void set_reason(struct work *w, enum ir_exit reason)
{
    x_xm(&w->c, MOV_IMM, 0, CPU_MEM(exit_reason));
    put32(&w->c, reason);
}

static void jump_to(struct work *w, uint32_t target)
{
    put8(&w->c, 0xe9);
    put32(&w->c, target - (here(w) + 4));
}

static void jcc_to(struct work *w, unsigned cc, uint32_t target)
{
    put8(&w->c, 0x0f);
    put8(&w->c, 0x80 | cc);
    put32(&w->c, target - (here(w) + 4));
}

static void align16(struct work *w)
{
    while (here(w) % 16)
        put8(&w->c, 0xcc);
}

static void load_tlb_base(struct work *w)
{
    if (w->be->memory == BACKEND_TLB)
        x_rm(&w->c, MOV | X_W, TLB_BASE, CPU_MEM(tlb));
}

static void emit_enter(struct work *w)
{
    for (unsigned i = 0; i < sizeof callee_saved; i++)
        x_o(&w->c, PUSH, callee_saved[i]);
    alu_ri(&w->c, ALU_SUB, X_W, RSP, 8);
    lea(&w->c, X_W, RBP, mem_at(RDI, CPU_BIAS));
    x_rm(&w->c, MOV_STORE | X_W, RSP, CPU_MEM(host_sp));
    mov_rr(&w->c, RAX, RSI);
    move_pins(w, ~0u, true);
    load_tlb_base(w);
    x_rm(&w->c, MOV | X_W, RSP, CPU_MEM(return_sp));
    x_xr(&w->c, 0xff, 4, RAX);
}

static void emit_leave(struct work *w, struct code_stubs *stubs, uint32_t *leave_linked)
{
    stubs->leave = here(w);
    x_xm(&w->c, MOV_IMM, 0, CPU_MEM(exit_link));
    put32(&w->c, CPU_NO_LINK);
    *leave_linked = here(w);
    move_pins(w, ~0u, false);
    x_rm(&w->c, MOV_STORE | X_W, RSP, CPU_MEM(return_sp));
    stubs->unwind = here(w);
    x_rm(&w->c, MOV | X_W, RSP, CPU_MEM(host_sp));
    alu_ri(&w->c, ALU_ADD, X_W, RSP, 8);
    for (unsigned i = sizeof callee_saved; i-- > 0;)
        x_o(&w->c, POP, callee_saved[i]);
    put8(&w->c, 0xc3);
}

/*
 * A system call that may be served without leaving: the call and the return of the C function are
 * paired, so the host's predictor keeps what it knows of the guest's returns.
 */
static void emit_syscall(struct work *w, const struct code_stubs *stubs)
{
    struct cursor *c = &w->c;
    x_xm(c, MOV_IMM, 0, CPU_MEM(exit_link));
    put32(c, CPU_NO_LINK);
    move_pins(w, ~0u, false);
    x_rm(c, MOV_STORE | X_W, RSP, CPU_MEM(return_sp));
    x_rm(c, MOV | X_W, RSP, CPU_MEM(host_sp));
    lea(c, X_W, RDI, mem_at(RBP, -CPU_BIAS));
    x_xm(c, 0xff, 2, CPU_MEM(call));
    alu_ri(c, ALU_CMP, X_W, RAX, 0);
    jcc_to(w, CC_E, stubs->unwind);
    move_pins(w, ~0u, true);
    load_tlb_base(w);
    x_rm(c, MOV | X_W, RSP, CPU_MEM(return_sp));
    x_xr(c, 0xff, 4, RAX);
}

static void emit_link(struct work *w, uint32_t leave_linked)
{
    x_o(&w->c, POP, RAX);
    x_rm(&w->c, MOV, RAX, mem_at(RAX, 0));
    x_rm(&w->c, MOV_STORE, RAX, CPU_MEM(exit_link));
    set_reason(w, IR_EXIT_LOOKUP);
    jump_to(w, leave_linked);
}

static void emit_misses(struct work *w, struct code_stubs *stubs)
{
    stubs->empty = here(w); /* a return to 1, that is to 0: bit 0 counts for nothing */
    alu_ri(&w->c, ALU_SUB, X_W, RSP, 8);
    stubs->null = here(w);
    x_xm(&w->c, MOV_IMM | X_W, 0, CPU_MEM(exit_pc));
    put32(&w->c, 0);
    stubs->indirect = here(w);
    alu_mi(&w->c, ALU_CMP, 0, CPU_MEM(attention), 0);
    uint8_t *poll = jcc8(&w->c, CC_NE);
    set_reason(w, IR_EXIT_LOOKUP);
    jump_to(w, stubs->leave);
    align16(w);
    bind8(&w->c, poll);
    stubs->poll = here(w);
    set_reason(w, IR_EXIT_NONE);
    jump_to(w, stubs->leave);
}

/*
 * A return whose address is not the newest prediction. If it is one of the next (the guest has left
 * several functions at once), the ones before are dropped, each by a return of its own, so that the
 * host's predictor stays in step.
 */
static void emit_ret(struct work *w, const struct code_stubs *stubs)
{
    struct cursor *c = &w->c;
    x_rm(c, MOV | X_W, RAX, CPU_MEM(exit_pc));
    mov_rr(c, RDX, RSP);
    mov_ri(c, RCX, RETURN_SEARCH);
    uint8_t *search = c->p;
    alu_ri(c, ALU_ADD, X_W, RDX, 16);
    alu_rm(c, ALU_CMP, X_W, RDX, CPU_MEM(return_top));
    uint8_t *end = jcc8(c, CC_AE);
    alu_rm(c, ALU_CMP, X_W, RAX, mem_at(RDX, 8));
    uint8_t *found = jcc8(c, CC_E);
    alu_ri(c, ALU_SUB, 0, RCX, 1);
    jcc8_back(c, CC_NE, search);
    bind8(c, end);
    /* Two coroutines may go back and forth by returns alone: then this is where they are interrupted. */
    alu_mi(c, ALU_CMP, 0, CPU_MEM(attention), 0);
    jcc_to(w, CC_NE, stubs->poll);
    mov32_rr(c, RCX, RAX);
    struct mem jump = jump_entry(w, RCX);
    alu_rm(c, ALU_CMP, X_W, RAX, jump);
    jcc_to(w, CC_NE, stubs->indirect);
    jump.disp += (int32_t)offsetof(struct cpu_jump, code);
    x_xm(c, 0xff, 4, jump);
    bind8(c, found);
    uint8_t *again = c->p;
    put8(c, 0x48); /* lea rcx, [rip + what follows up to behind the ret] */
    put8(c, 0x8d);
    put8(c, 0x0d);
    put32(c, 5);
    x_rm(c, MOV_STORE | X_W, RCX, mem_at(RSP, 0));
    put8(c, 0xc3);
    alu_ri(c, ALU_ADD, X_W, RSP, 8);
    alu_rr(c, ALU_CMP, X_W, RSP, RDX);
    jcc8_back(c, CC_NE, again);
    put8(c, 0xc3);
}

static void emit_call(struct work *w, unsigned kind)
{
    struct cursor *c = &w->c;
    move_pins(w, kind ? ~0u : ~CALLEE_SAVED, false);
    lea(c, X_W, RDI, mem_at(RBP, -CPU_BIAS));
    mov_rr(c, RSI, RAX);
    x_rm(c, MOV_STORE | X_W, RSP, CPU_MEM(return_sp));
    x_rm(c, MOV | X_W, RSP, CPU_MEM(host_sp));
    x_xm(c, 0xff, 2, (struct mem){RBP, R10, 0, 0});
    x_rm(c, MOV | X_W, RSP, CPU_MEM(return_sp));
    move_pins(w, kind == 2 ? ~0u : ~CALLEE_SAVED, true);
    load_tlb_base(w); /* the function may have chosen another TLB */
}

static void move_temps(struct work *w, bool load)
{
    for (uint32_t m = w->be->temps; m; m &= m - 1) {
        unsigned reg = (unsigned)__builtin_ctz(m);
        if (reg >= XMM0) {
            x_rm(&w->c, load ? MOVUPS : MOVUPS_STORE, reg - XMM0, spill_mem(CELL_XMM + reg - XMM0));
        } else {
            struct mem cell = spill_mem(CELL_GPR + reg / 2);
            cell.disp += reg % 2 * 8;
            x_rm(&w->c, (load ? MOV : MOV_STORE) | X_W, reg, cell);
        }
    }
}

/* RT_EXACT with every register kept: arguments and result are in reserved cells. */
static void emit_call_exact(struct work *w)
{
    move_temps(w, false);
    mov_ri(&w->c, R10, (uint64_t)cpu_disp(RUNTIME_POINTER(RT_EXACT)));
    emit_call(w, 0);
    move_temps(w, true);
    put8(&w->c, 0xc3);
}

static void move_saved(struct work *w, bool load)
{
    struct mem m = CPU_MEM(saved);
    for (unsigned reg = 0; reg < 16; reg++, m.disp += 8)
        if (reg != RSP && reg != RBP)
            x_rm(&w->c, (load ? MOV : MOV_STORE) | X_W, reg, m);
    for (unsigned reg = 0; reg < 16; reg++, m.disp += 16)
        x_rm(&w->c, load ? MOVUPS : MOVUPS_STORE, reg, m);
}

/* Returns behind the call, or behind the far jump there. */
static void emit_miss(struct work *w)
{
    enum { FAR_JUMP_SCALE = 2 }; /* rax + 4 rax: a far jump has 5 bytes */
    struct cursor *c = &w->c;
    move_saved(w, false);
    x_o(c, POP, RAX);
    x_rm(c, MOV_STORE | X_W, RAX, CPU_MEM(saved_pc));
    x_rm(c, MOV_STORE | X_W, RSP, CPU_MEM(return_sp));
    x_rm(c, MOV | X_W, RSP, CPU_MEM(host_sp));
    lea(c, X_W, RDI, mem_at(RBP, -CPU_BIAS));
    x_xm(c, 0xff, 2, CPU_MEM(miss));
    static_assert(CPU_MISS_GO == 0 && CPU_MISS_DONE == 1, "a factor");
    lea(c, X_W, RAX, (struct mem){RAX, RAX, FAR_JUMP_SCALE, 0});
    alu_rm(c, ALU_ADD, X_W, RAX, CPU_MEM(saved_pc));
    x_rm(c, MOV | X_W, RSP, CPU_MEM(return_sp));
    x_o(c, PUSH, RAX);
    move_saved(w, true);
    put8(c, 0xc3);
}

void backend_unwind(const void *unwind, struct cpu *cpu)
{
    __asm__ volatile("mov %0, %%rbp\n\tjmp *%1"
                     :
                     : "r"((uint8_t *)cpu + CPU_BIAS), "a"(unwind)
                     : "memory");
    __builtin_unreachable();
}

void backend_emit_stubs(const struct backend *be, struct code_buffer *out, struct code_stubs *stubs)
{
    struct backend_work *bw = calloc(1, sizeof *bw);
    if (!bw)
        abort();
    struct work *w = &bw->w;
    uint32_t leave_linked;
    w->be = be;
    w->base = w->c.p = out->bytes;
    stubs->enter = here(w);
    emit_enter(w);
    align16(w);
    emit_leave(w, stubs, &leave_linked);
    align16(w);
    stubs->syscall = here(w);
    emit_syscall(w, stubs);
    align16(w);
    stubs->link = here(w);
    emit_link(w, leave_linked);
    align16(w);
    stubs->miss = here(w);
    emit_miss(w);
    align16(w);
    emit_misses(w, stubs);
    align16(w);
    stubs->ret = here(w);
    emit_ret(w, stubs);
    for (unsigned kind = 0; kind < 3; kind++) {
        align16(w);
        stubs->call[kind] = here(w);
        emit_call(w, kind);
        put8(&w->c, 0xc3);
    }
    align16(w);
    stubs->call[3] = here(w);
    emit_call_exact(w);
    stubs->size = here(w);
    out->size = stubs->size;
    free(bw);
}
