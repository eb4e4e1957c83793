/*
 * What generated code does not find in the TLB: the page walk, and accesses that C does in its
 * stead, to devices, to pages that hold translated code, across pages. Everything here runs while
 * the guest's registers are in cpu.saved and their homes are old; a fault never returns.
 */
#include "softmmu-system/softmmu_internal.h"

#include <string.h>

/* Where an access leads. */
struct target {
    struct context *context;
    uint64_t info;          /* enum tlb_info */
    uint8_t *host;          /* of the first byte; NULL: a device */
    uint64_t physical;      /* of a device */
    _Atomic uint8_t *state; /* of the page of RAM */
};

/* The bytes of a value, in memory's order. */
struct value {
    uint8_t bytes[16];
};

_Noreturn static void fault(struct hart *h, uint64_t address, enum softmmu_access access,
                            unsigned cause)
{
    h->fault = (struct softmmu_fault){.address = address, .access = access, .cause = cause};
    translator_miss_fault(h->vcpu);
}

/* ---- entries ------------------------------------------------------------------------------ */

static void keep_victim(struct context *c, const struct cpu_tlb_entry *e)
{
    if (!(e->info & TLB_VALID))
        return;
    c->conflicts++;
    c->victims[c->next_victim++ % VICTIMS] = *e;
}

static void note_local(struct context *c, const struct cpu_tlb_entry *e)
{
    if (c->nlocals < LOCALS)
        c->locals[c->nlocals] = (uint16_t)(e - c->tlb);
    c->nlocals++;
}

/* What generated code may write it may read. */
static bool lets_write(const struct target *t)
{
    return (t->info & (TLB_READ | TLB_WRITE | TLB_ROM)) == (TLB_READ | TLB_WRITE);
}

/* Makes the entry of a page; the walk's result is in `t`. */
static void fill(struct softmmu *s, const struct target *t, uint64_t address, uint64_t addend)
{
    struct context *c = t->context;
    uint64_t page = address & PAGE_MASK;
    if (c->conflicts > 2u << c->bits)
        context_grow(s, c);
    struct cpu_tlb_entry *e = tlb_entry(c, address);
    if (!tlb_is_of(e, address))
        keep_victim(c, e);
    tlb_drop(e);
    c->fills++;
    e->addend = addend;
    e->info = page | t->info;
    if (!(t->info & TLB_GLOBAL))
        note_local(c, e);
    if (t->info & TLB_IO)
        return;
    if (t->info & TLB_READ)
        __atomic_store_n(&e->read, page, __ATOMIC_RELEASE);
    if (lets_write(t))
        page_let_write(e, t->state, page);
}

/* ---- finding ------------------------------------------------------------------------------ */

/* From what the TLB knows but does not let generated code do. */
static bool find_known(struct softmmu *s, struct target *t, uint64_t address,
                       enum softmmu_access access)
{
    struct context *c = t->context;
    struct cpu_tlb_entry *e = tlb_entry(c, address);
    if (!tlb_is_of(e, address)) {
        unsigned i = 0;
        while (i < VICTIMS && !tlb_is_of(&c->victims[i], address))
            i++;
        if (i == VICTIMS)
            return false;
        struct cpu_tlb_entry known = c->victims[i];
        c->victims[i] = *e;
        if (!(known.info & TLB_GLOBAL))
            note_local(c, e);
        *e = known;
        /* It may have become a page of code while it lay aside, where nobody looked. */
        e->write = CPU_TLB_NONE;
    }
    if (!(e->info & (uint64_t)access))
        return false;
    t->info = e->info & ~PAGE_MASK;
    if (t->info & TLB_IO) {
        t->physical = address + e->addend;
        return true;
    }
    t->host = (uint8_t *)(uintptr_t)(address + e->addend);
    const struct memory *m = &s->hart->machine->memory;
    for (unsigned i = 0; i < m->nregions && !t->state; i++)
        if (m->regions[i].host && (uint64_t)(t->host - m->regions[i].host) < m->regions[i].size)
            t->state = page_state(&m->regions[i], t->host);
    if (lets_write(t))
        page_let_write(e, t->state, address & PAGE_MASK);
    return true;
}

static void walk(struct softmmu *s, struct target *t, uint64_t address, unsigned size,
                 enum softmmu_access access)
{
    struct hart *h = s->hart;
    struct softmmu_walk w = {
        .address = address, .space = t->context->space, .access = access, .size = (uint8_t)size};
    s->walks++;
    if (!h->arch->walk(h, &w))
        fault(h, address, access, w.cause);
    const struct region *r = memory_find(&h->machine->memory, w.physical);
    if (!r)
        fault(h, address, access, SOFTMMU_NOTHING);
    t->info = (w.allowed & (TLB_READ | TLB_WRITE)) | TLB_VALID | (w.global ? TLB_GLOBAL : 0) |
              (uint64_t)w.page_bits << TLB_SIZE_SHIFT;
    if (w.page_bits > SOFTMMU_PAGE_BITS)
        context_note_large(t->context->large_data, address, w.page_bits);
    if (r->host) {
        t->host = r->host + (w.physical - r->base);
        t->state = page_state(r, t->host);
        t->info |= r->readonly ? TLB_ROM : 0;
    } else {
        t->physical = w.physical;
        t->info |= TLB_IO;
    }
    if (!w.once)
        fill(s, t, address, (r->host ? (uint64_t)(uintptr_t)t->host : w.physical) - address);
}

/* Where `size` bytes in a page are; faults if they may not be accessed. */
static struct target find(struct softmmu *s, uint64_t address, unsigned size,
                          enum softmmu_access access)
{
    struct target t = {.context = s->data};
    if (!find_known(s, &t, address, access))
        walk(s, &t, address, size, access);
    if (t.info & TLB_ROM && access == SOFTMMU_WRITE)
        fault(s->hart, address, access, SOFTMMU_NOTHING);
    return t;
}

/* ---- accesses done here ------------------------------------------------------------------- */

static void read_device(struct softmmu *s, uint64_t physical, uint64_t address, uint8_t *to,
                        unsigned size)
{
    for (unsigned done = 0; done < size; done += 8) {
        uint64_t value;
        unsigned part = size - done < 8 ? size - done : 8;
        s->io++;
        if (!memory_io_read(&s->hart->machine->memory, physical + done, part, &value))
            fault(s->hart, address, SOFTMMU_READ, SOFTMMU_NOTHING);
        memcpy(to + done, &value, part);
    }
}

static void write_device(struct softmmu *s, uint64_t physical, uint64_t address,
                         const uint8_t *from, unsigned size)
{
    for (unsigned done = 0; done < size; done += 8) {
        uint64_t value = 0;
        unsigned part = size - done < 8 ? size - done : 8;
        s->io++;
        memcpy(&value, from + done, part);
        if (!memory_io_write(&s->hart->machine->memory, physical + done, part, value))
            fault(s->hart, address, SOFTMMU_WRITE, SOFTMMU_NOTHING);
    }
}

/* One store for what is aligned, as other harts expect of it. */
static void copy(uint8_t *to, const uint8_t *from, unsigned size)
{
    switch (size) {
    case 1:
        *(volatile uint8_t *)to = *from;
        break;
    case 2:
        __builtin_memcpy(to, from, 2);
        break;
    case 4:
        __builtin_memcpy(to, from, 4);
        break;
    case 8:
        __builtin_memcpy(to, from, 8);
        break;
    default:
        memcpy(to, from, size);
        break;
    }
}

static void read_part(struct softmmu *s, const struct target *t, uint64_t address, uint8_t *to,
                      unsigned size)
{
    if (t->host)
        copy(to, t->host, size);
    else
        read_device(s, t->physical, address, to, size);
}

static void write_part(struct softmmu *s, const struct target *t, uint64_t address,
                       const uint8_t *from, unsigned size)
{
    if (!t->host) {
        write_device(s, t->physical, address, from, size);
        return;
    }
    copy(t->host, from, size);
    if (*t->state & PAGE_WATCHED)
        page_code_written(s->hart, t->state, t->host, size);
}

static unsigned access_size(uint32_t access)
{
    return 1u << (access & IR_MEM_SIZE);
}

static void reverse(struct value *v, unsigned size)
{
    for (unsigned i = 0; i < size / 2; i++) {
        uint8_t byte = v->bytes[i];
        v->bytes[i] = v->bytes[size - 1 - i];
        v->bytes[size - 1 - i] = byte;
    }
}

/* What is to be stored. */
static struct value take_value(const struct cpu *cpu, uint32_t access)
{
    struct value v;
    unsigned reg = access >> CPU_MISS_REG_SHIFT & 15;
    if (access & CPU_MISS_CONST)
        memcpy(v.bytes, &cpu->miss_value, 8);
    else if (access & CPU_MISS_XMM)
        memcpy(v.bytes, cpu->saved.xmm[reg], 16);
    else
        memcpy(v.bytes, &cpu->saved.gpr[reg], 8);
    if (access & IR_MEM_BIG)
        reverse(&v, access_size(access));
    return v;
}

/* What has been loaded becomes the register's. */
static void give_value(struct cpu *cpu, uint32_t access, struct value v)
{
    unsigned size = access_size(access), reg = access >> CPU_MISS_REG_SHIFT & 15;
    if (access & IR_MEM_BIG)
        reverse(&v, size);
    if (access & CPU_MISS_XMM) {
        memcpy(cpu->saved.xmm[reg], v.bytes, 16);
        return;
    }
    uint64_t x;
    memcpy(&x, v.bytes, 8);
    if (access & IR_MEM_SIGNED && size < 8) {
        unsigned shift = 64 - 8 * size;
        x = (uint64_t)((int64_t)(x << shift) >> shift);
        if (!(access & CPU_MISS_WIDE))
            x = (uint32_t)x;
    }
    cpu->saved.gpr[reg] = x;
}

/* Both pages may be accessed before anything is done. */
static void across_pages(struct softmmu *s, struct cpu *cpu, uint32_t access, unsigned first)
{
    bool write = access & CPU_MISS_WRITE;
    enum softmmu_access kind = write ? SOFTMMU_WRITE : SOFTMMU_READ;
    unsigned size = access_size(access);
    uint64_t address = cpu->miss_address, next = address + first;
    struct target low = find(s, address, first, kind), high = find(s, next, size - first, kind);
    struct value v = {{0}};
    if (!low.host || !high.host) /* devices are not accessed in odd pieces */
        fault(s->hart, low.host ? next : address, kind, SOFTMMU_NOTHING);
    if (write) {
        v = take_value(cpu, access);
        write_part(s, &low, address, v.bytes, first);
        write_part(s, &high, next, v.bytes + first, size - first);
    } else {
        read_part(s, &low, address, v.bytes, first);
        read_part(s, &high, next, v.bytes + first, size - first);
        give_value(cpu, access, v);
    }
}

static uint32_t go(struct cpu *cpu, uint32_t access, const struct target *t)
{
    cpu->saved.gpr[access >> CPU_MISS_TEMP_SHIFT & 15] =
        (uint64_t)(uintptr_t)t->host - cpu->miss_address;
    return CPU_MISS_GO;
}

/* An atomic: generated code does it, in memory only. */
static uint32_t direct(struct softmmu *s, struct cpu *cpu, uint32_t access, struct target *t)
{
    enum { LINE = 64 };
    enum softmmu_access kind = access & CPU_MISS_WRITE ? SOFTMMU_WRITE : SOFTMMU_READ;
    if (!t->host)
        fault(s->hart, cpu->miss_address, kind, SOFTMMU_NOTHING);
    if (kind == SOFTMMU_WRITE && *t->state & PAGE_WATCHED)
        page_code_written(s->hart, t->state, (uint8_t *)((uintptr_t)t->host & -(uintptr_t)LINE),
                          LINE);
    return go(cpu, access, t);
}

uint32_t softmmu_miss(struct cpu *cpu)
{
    struct hart *h = hart_of((struct vcpu *)cpu);
    struct softmmu *s = h->mmu;
    uint32_t access = cpu->miss_access;
    uint64_t address = cpu->miss_address;
    enum softmmu_access kind = access & CPU_MISS_WRITE ? SOFTMMU_WRITE : SOFTMMU_READ;
    unsigned size = access_size(access),
             left = SOFTMMU_PAGE - (unsigned)(address & (SOFTMMU_PAGE - 1));
    s->misses++;
    if (size > left) {
        if (access & CPU_MISS_DIRECT)
            fault(h, address, kind, SOFTMMU_NOTHING);
        across_pages(s, cpu, access, left);
        return CPU_MISS_DONE;
    }
    struct target t = find(s, address, size, kind);
    if (access & CPU_MISS_DIRECT)
        return direct(s, cpu, access, &t);
    if (t.host && !(kind == SOFTMMU_WRITE && *t.state & PAGE_WATCHED))
        return go(cpu, access, &t);
    struct value v = {{0}};
    if (kind == SOFTMMU_WRITE) {
        v = take_value(cpu, access);
        write_part(s, &t, address, v.bytes, size);
    } else {
        read_part(s, &t, address, v.bytes, size);
        give_value(cpu, access, v);
    }
    return CPU_MISS_DONE;
}
