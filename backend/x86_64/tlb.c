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
 * guest faults and it does not return. What accesses share is in group.c.
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
    t->part = (uint8_t)group_join(w, &t->group);
    if (t->part != GROUP_FIRST || !t->group.table)
        return;
    /* The table is looked at here, as the access needs its register for other things. */
    uint32_t locked = w->locked;
    int table = use_gpr(w, t->group.table);
    lea(&w->c, X_W, t->entry, mem_at(table, t->group.low));
    lea(&w->c, X_W, t->temp, mem_at(table, t->group.high - 1));
    w->locked = locked;
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
    if (to != from)
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

/* The last byte of the access at m. */
static struct mem last_byte(struct mem m, unsigned access)
{
    m.disp += (1 << (access & IR_MEM_SIZE)) - 1;
    return m;
}

/* The offset of an address's entry. */
static void entry_of(struct work *w, unsigned entry, unsigned address)
{
    shift_copy(w, entry, address);
    alu_rm(&w->c, ALU_AND, X_W, entry, CPU_MEM(tlb_mask));
}

/* The host's condition NE if the entry is not for the page of the address in `last`, which is lost. */
static void compare(struct work *w, unsigned entry, unsigned last, bool write)
{
    size_t tag =
        write ? offsetof(struct cpu_tlb_entry, write) : offsetof(struct cpu_tlb_entry, read);
    alu_ri(&w->c, ALU_AND, X_W, last, -(1 << CPU_PAGE_BITS));
    alu_rm(&w->c, ALU_CMP, X_W, last, entry_field(entry, tag));
}

/* The same for the bytes from first to last: their entry, which comes to `entry`. */
static void find(struct work *w, unsigned entry, unsigned temp, struct mem first, struct mem last,
                 bool write)
{
    if (is_simple(&first) && first.disp == 0) {
        entry_of(w, entry, (unsigned)first.base);
    } else {
        lea(&w->c, X_W, entry, first);
        entry_of(w, entry, entry);
    }
    if (is_simple(&last) && last.disp == 0)
        mov_rr(&w->c, temp, (unsigned)last.base);
    else
        lea(&w->c, X_W, temp, last);
    compare(w, entry, temp, write);
}

static void load_addend(struct work *w, unsigned entry, unsigned temp)
{
    x_rm(&w->c, MOV | X_W, temp, entry_field(entry, offsetof(struct cpu_tlb_entry, addend)));
}

/* ---- what does not go in line ------------------------------------------------------------- */

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

/* A look-up of the one access, whose group has none for all. */
static void cold_alone(struct work *w, struct cold *c)
{
    unsigned temp = c->access >> CPU_MISS_TEMP_SHIFT & 15, entry = c->r[0];
    find(w, entry, temp, c->m, last_byte(c->m, c->access), c->access & CPU_MISS_WRITE);
    uint8_t *unknown = jcc8(&w->c, CC_NE);
    load_addend(w, entry, temp);
    far_jump(w, c->again);
    bind8(&w->c, unknown);
    cold_miss(w, c);
}

static void cold_first(struct work *w, struct cold *c)
{
    group_fail(w, c->n);
    cold_alone(w, c);
}

/* ---- one access --------------------------------------------------------------------------- */

static struct cold *look_up_group(struct work *w, const struct tlb_use *t, const struct mem *m)
{
    const struct group_use *g = &t->group;
    struct mem first = *m, last = *m;
    if (g->table) {
        entry_of(w, t->entry, t->entry);
        compare(w, t->entry, t->temp, g->stores);
    } else {
        first.disp += g->low;
        last.disp += g->high - 1;
        find(w, t->entry, t->temp, first, last, g->stores);
    }
    struct cold *c = cold_jcc(w, CC_NE, cold_first);
    load_addend(w, t->entry, t->temp);
    group_begin(w, g, t->temp);
    return c;
}

static struct cold *look_up(struct work *w, const struct tlb_use *t, const struct mem *m,
                            unsigned access)
{
    if (t->part == GROUP_FIRST)
        return look_up_group(w, t, m);
    if (t->part == GROUP_LATER) {
        group_look(w, &t->group, t->temp);
        return cold_jcc(w, CC_E, cold_alone);
    }
    find(w, t->entry, t->temp, *m, last_byte(*m, access), access & CPU_MISS_WRITE);
    struct cold *c = cold_jcc(w, CC_NE, cold_miss);
    load_addend(w, t->entry, t->temp);
    return c;
}

void tlb_look_up(struct work *w, struct tlb_use *t, struct mem *m, unsigned access, uint64_t value)
{
    if (!through_tlb(w)) {
        note_fault(w);
        return;
    }
    struct cold *c = t->cold = look_up(w, t, m, access);
    c->again = here(w);
    c->state = snapshot(w);
    if (unlikely(w->checker))
        check_snapshot(w, c->state);
    c->m = *m;
    c->pc = w->insn_pc;
    c->access = access | (unsigned)t->temp << CPU_MISS_TEMP_SHIFT;
    c->value = value;
    c->r[0] = t->entry;
    c->n = t->part == GROUP_ALONE ? 0 : t->group.number;
    if (m->base < 0) { /* use_address leaves one of the two free */
        m->base = (int8_t)t->temp;
    } else {
        m->index = (int8_t)t->temp;
        m->scale = 0;
    }
}

void tlb_end(struct work *w, struct tlb_use *t)
{
    if (!through_tlb(w))
        return;
    t->cold->resume = here(w);
    if (t->part == GROUP_FIRST && t->group.table)
        consume(w, t->group.table);
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
