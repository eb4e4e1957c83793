/*
 * Guest addresses that go through the software TLB (struct cpu_tlb_entry).
 *
 *     lea  entry, [address]                 the page's entry, from TLB_BASE on
 *     shr  entry, page bits - entry bits
 *     and  entry, cpu.tlb_mask
 *     lea  temp, [address + size - 1]       the last byte's page: across pages it is another
 *     and  temp, -4096
 *     cmp  temp, [base + entry + tag]
 *     jne  miss
 *     mov  temp, [base + entry + addend]
 *     again: the access at [address + temp]
 *     done:
 *     ...
 *     miss: cpu.miss_address, _access := ...; call stub.miss; jmp again; jmp done
 *
 * The stub keeps every register, and its return address names the state for backend_recover.
 * cpu.miss answers with the addend in temp, or does the access itself (a device, two pages), or the
 * guest faults and it does not return.
 */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"

static bool through_tlb(const struct work *w)
{
    return w->be->memory == BACKEND_TLB;
}

void tlb_prepare(struct work *w, struct tlb_use *t)
{
    if (!through_tlb(w))
        return;
    t->entry = (uint8_t)make_temp(w, 0);
    t->temp = (uint8_t)make_temp(w, 0);
}

/* The stub adds the length of one far jump to the return address where the access has been done. */
static void far_jump(struct work *w, uint32_t to)
{
    put8(&w->c, 0xe9);
    put32(&w->c, to - (here(w) + 4));
}

static void cold_miss(struct work *w, struct cold *c)
{
    unsigned temp = c->access >> CPU_MISS_TEMP_SHIFT & 15;
    lea(&w->c, X_W, temp, c->m);
    x_rm(&w->c, MOV_STORE | X_W, temp, CPU_MEM(miss_address));
    if (c->access & CPU_MISS_CONST) {
        mov_ri(&w->c, temp, c->value);
        x_rm(&w->c, MOV_STORE | X_W, temp, CPU_MEM(miss_value));
    }
    x_xm(&w->c, MOV_IMM, 0, CPU_MEM(miss_access));
    put32(&w->c, c->access);
    stub_call(w, offsetof(struct code_stubs, miss));
    note_fault_at(w, here(w), c->state, c->pc);
    far_jump(w, c->again);
    if (!(c->access & CPU_MISS_DIRECT))
        cold_resume(w, c);
}

/* The page's number above what indexes a byte of an entry; above it anything. */
static void shift_copy(struct work *w, unsigned to, unsigned from)
{
    enum { SHIFT = CPU_PAGE_BITS - CPU_TLB_ENTRY_BITS };
    if (to != from && has(w, HOST_BMI2)) {
        v_rrr(&w->c, RORX | X_W, to, 0, from);
        put8(&w->c, SHIFT);
        return;
    }
    mov_rr(&w->c, to, from);
    shift_ri(&w->c, SHIFT_SHR, X_W, to, SHIFT);
}

static struct mem entry_field(unsigned entry, size_t field)
{
    return (struct mem){TLB_BASE, (int8_t)entry, 0, (int32_t)field};
}

static bool is_simple(const struct mem *m)
{
    return m->index < 0 && m->base >= 0;
}

void tlb_look_up(struct work *w, struct tlb_use *t, struct mem *m, unsigned access, uint64_t value)
{
    if (!through_tlb(w)) {
        note_fault(w);
        return;
    }
    unsigned size = 1u << (access & IR_MEM_SIZE);
    struct mem last = *m;
    last.disp += (int32_t)size - 1;
    if (is_simple(m) && m->disp == 0) {
        shift_copy(w, t->entry, (unsigned)m->base);
    } else {
        lea(&w->c, X_W, t->entry, *m);
        shift_copy(w, t->entry, t->entry);
    }
    alu_rm(&w->c, ALU_AND, X_W, t->entry, CPU_MEM(tlb_mask));
    if (is_simple(&last) && last.disp == 0)
        mov_rr(&w->c, t->temp, (unsigned)last.base);
    else
        lea(&w->c, X_W, t->temp, last);
    alu_ri(&w->c, ALU_AND, X_W, t->temp, -(1 << CPU_PAGE_BITS));
    size_t tag = access & CPU_MISS_WRITE ? offsetof(struct cpu_tlb_entry, write)
                                         : offsetof(struct cpu_tlb_entry, read);
    alu_rm(&w->c, ALU_CMP, X_W, t->temp, entry_field(t->entry, tag));
    struct cold *c = t->cold = cold_jcc(w, CC_NE, cold_miss);
    c->state = snapshot(w);
    if (unlikely(w->checker))
        check_snapshot(w, c->state);
    c->m = *m;
    c->pc = w->insn_pc;
    c->access = access | (unsigned)t->temp << CPU_MISS_TEMP_SHIFT;
    c->value = value;
    x_rm(&w->c, MOV | X_W, t->temp, entry_field(t->entry, offsetof(struct cpu_tlb_entry, addend)));
    c->again = here(w);
    if (is_simple(m)) {
        m->index = (int8_t)t->temp;
        m->scale = 0;
    } else {
        lea(&w->c, X_W, t->entry, *m);
        *m = (struct mem){(int8_t)t->entry, (int8_t)t->temp, 0, 0};
    }
}

void tlb_end(struct work *w, struct tlb_use *t)
{
    if (through_tlb(w))
        t->cold->resume = here(w);
}

void tlb_resolve(struct work *w, struct mem *m, unsigned memop, bool write)
{
    if (!through_tlb(w))
        return;
    struct tlb_use t;
    uint32_t locked = w->locked;
    if (m->base >= 0)
        locked &= ~BIT(m->base);
    tlb_prepare(w, &t);
    tlb_look_up(w, &t, m, (memop & CPU_MISS_MEMOP) | CPU_MISS_DIRECT | (write ? CPU_MISS_WRITE : 0),
                0);
    lea(&w->c, X_W, t.temp, *m);
    *m = mem_at(t.temp, 0);
    w->locked = locked | BIT(t.temp);
}
