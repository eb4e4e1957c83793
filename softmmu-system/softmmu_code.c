/*
 * Fetches, and pages of RAM that hold translated code: nobody changes them unnoticed. See
 * softmmu_internal.h for the state of a page.
 */
#include "softmmu-system/softmmu_internal.h"

/* So many writes, and a page counts as data: its translations go, and writes are fast again. */
enum { STORES_TO_DATA = 31 };

_Atomic uint8_t *page_state(const struct region *r, const uint8_t *host)
{
    return (_Atomic uint8_t *)&r->pages[(uint64_t)(host - r->host) >> SOFTMMU_PAGE_BITS];
}

void page_let_write(struct cpu_tlb_entry *e, _Atomic uint8_t *state, uint64_t page)
{
    if (!(*state & PAGE_WRITABLE))
        atomic_fetch_or(state, PAGE_WRITABLE);
    __atomic_store_n(&e->write, page, __ATOMIC_SEQ_CST);
    if (atomic_load(state) & PAGE_WATCHED)
        __atomic_store_n(&e->write, CPU_TLB_NONE, __ATOMIC_SEQ_CST);
}

/* ---- a page becomes code ------------------------------------------------------------------ */

static void forbid_in(struct context *c, const uint8_t *host)
{
    for (unsigned i = 0; i < 1u << atomic_load(&c->bits); i++) {
        struct cpu_tlb_entry *e = &c->tlb[i];
        uint64_t page = __atomic_load_n(&e->write, __ATOMIC_SEQ_CST);
        if (page != CPU_TLB_NONE && page + e->addend == (uint64_t)(uintptr_t)host)
            __atomic_store_n(&e->write, CPU_TLB_NONE, __ATOMIC_SEQ_CST);
    }
}

/*
 * A hart may be between its look-up and its store when its entry is taken away. What it writes then
 * is seen to when it next leaves generated code.
 */
static void written_late(struct hart *h, void *host)
{
    softmmu_written(h->machine, host, SOFTMMU_PAGE);
}

static void forbid_writes(struct hart *h, uint8_t *host)
{
    struct machine *m = h->machine;
    for (unsigned i = 0; i < m->nharts; i++) {
        struct softmmu *s = m->harts[i]->mmu;
        for (unsigned k = 0; k < s->ncontexts; k++)
            forbid_in(&s->contexts[k], host);
        if (m->harts[i] != h)
            hart_tell(m->harts[i], written_late, host);
    }
}

static void becomes_code(struct hart *h, _Atomic uint8_t *state, uint8_t *host)
{
    if (atomic_load(state) & PAGE_CODE)
        return;
    uint8_t before = atomic_fetch_or(state, PAGE_CODE);
    if (before & PAGE_WRITABLE && !(before & PAGE_CODE)) {
        atomic_fetch_and(state, (uint8_t)~PAGE_WRITABLE);
        forbid_writes(h, host);
    }
}

/* ---- fetches ------------------------------------------------------------------------------ */

static const uint8_t *fail(struct hart *h, uint64_t pc, unsigned cause)
{
    h->fault = (struct softmmu_fault){.address = pc, .access = SOFTMMU_EXECUTE, .cause = cause};
    return NULL;
}

/* The entry of the page by a walk; `once` is not kept. NULL: h->fault. */
static struct fetch_entry *walk(struct softmmu *s, uint64_t pc, struct fetch_entry *once)
{
    struct hart *h = s->hart;
    struct context *c = s->code;
    struct softmmu_walk w = {
        .address = pc, .space = c->space, .access = SOFTMMU_EXECUTE, .size = 2};
    s->walks++;
    if (!h->arch->walk(h, &w)) {
        fail(h, pc, w.cause);
        return NULL;
    }
    const struct region *r = memory_find(&h->machine->memory, w.physical);
    if (!r || !r->host) {
        fail(h, pc, SOFTMMU_NOTHING);
        return NULL;
    }
    struct fetch_entry *e = w.once ? once : &c->fetches[pc >> SOFTMMU_PAGE_BITS & (FETCHES - 1)];
    e->host = r->host + ((w.physical - r->base) & PAGE_MASK);
    e->state = page_state(r, e->host);
    e->info = (pc & PAGE_MASK) | TLB_VALID | (w.global ? TLB_GLOBAL : 0) |
              (uint64_t)w.page_bits << TLB_SIZE_SHIFT;
    if (w.page_bits > SOFTMMU_PAGE_BITS)
        context_note_large(c->large_code, pc, w.page_bits);
    if (!w.global)
        c->local_jumps = true;
    unsigned bit = fetched_bit(pc);
    c->fetched[bit / 64] |= UINT64_C(1) << bit % 64;
    return e;
}

const uint8_t *softmmu_fetch_code(struct vcpu *v, uint64_t pc, size_t *size, bool translate)
{
    struct hart *h = hart_of(v);
    struct context *c = h->mmu->code;
    struct fetch_entry *e = &c->fetches[pc >> SOFTMMU_PAGE_BITS & (FETCHES - 1)], once;
    if (!(e->info & TLB_VALID) || (e->info ^ pc) & PAGE_MASK)
        e = walk(h->mmu, pc, &once);
    if (!e)
        return NULL;
    if (translate)
        becomes_code(h, e->state, e->host);
    uint64_t offset = pc & (SOFTMMU_PAGE - 1);
    *size = SOFTMMU_PAGE - offset;
    return e->host + offset;
}

const uint8_t *softmmu_fetch(struct hart *h, uint64_t pc, size_t *size)
{
    return softmmu_fetch_code(h->vcpu, pc, size, false);
}

/* ---- a page of code is written ------------------------------------------------------------ */

/*
 * First the bit, then the translations: one that is being made sees either, and is not used. Until
 * all are forgotten writes still come here, lest a hart write what another one has not got to yet,
 * and run the old.
 */
static void becomes_data(struct translator *t, _Atomic uint8_t *state, uint8_t *host, size_t size)
{
    if (atomic_fetch_or(state, PAGE_LEAVING) & PAGE_LEAVING) { /* another hart is at it */
        translator_invalidate(t, (uint64_t)(uintptr_t)host, size);
        return;
    }
    atomic_fetch_and(state, (uint8_t) ~(PAGE_CODE | PAGE_STORES));
    translator_invalidate(t, (uint64_t)(uintptr_t)host & PAGE_MASK, SOFTMMU_PAGE);
    atomic_fetch_and(state, (uint8_t)~PAGE_LEAVING);
}

void page_code_written(struct hart *h, _Atomic uint8_t *state, uint8_t *host, size_t size)
{
    struct translator *t = h->vcpu->translator;
    uint8_t now = atomic_load(state);
    if ((now & PAGE_STORES) >= STORES_TO_DATA) {
        becomes_data(t, state, host, size);
        return;
    }
    atomic_compare_exchange_strong(state, &now, now + 1);
    translator_invalidate(t, (uint64_t)(uintptr_t)host, size);
}

void softmmu_written(struct machine *m, const void *host, size_t size)
{
    const uint8_t *p = (const uint8_t *)((uintptr_t)host & PAGE_MASK),
                  *end = (const uint8_t *)host + size;
    for (unsigned i = 0; i < m->memory.nregions; i++) {
        const struct region *r = &m->memory.regions[i];
        if (!r->host || (uint64_t)(p - r->host) >= r->size)
            continue;
        for (; p < end; p += SOFTMMU_PAGE) {
            _Atomic uint8_t *state = page_state(r, p);
            /* It stays a page of code: a hart that writes it meanwhile must not find it forgotten
             * in part. */
            if (atomic_load(state) & PAGE_WATCHED)
                translator_invalidate(m->harts[0]->vcpu->translator, (uint64_t)(uintptr_t)p,
                                      SOFTMMU_PAGE);
        }
        return;
    }
}
