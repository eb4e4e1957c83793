/* Contexts of the software MMU: choosing, filling up, forgetting. See softmmu.h and
 * softmmu_internal.h. */
#include "softmmu-system/softmmu_internal.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>

#include "util/log.h"

const struct translator_machine softmmu_machine = {
    .fetch = softmmu_fetch_code,
    .miss = softmmu_miss,
    .mode_changed = softmmu_mode_changed,
};

/* ---- large pages -------------------------------------------------------------------------- */

static const uint8_t class_bits[LARGE_CLASSES] = {21, 30, 39};

static unsigned region_bit(uint64_t region)
{
    return (unsigned)(region * 0x9e3779b97f4a7c15u >> 52);
}

void context_note_large(struct large_filter filters[LARGE_CLASSES], uint64_t address,
                        unsigned page_bits)
{
    unsigned class = page_bits <= class_bits[0] ? 0 : page_bits <= class_bits[1] ? 1 : 2;
    struct large_filter *f = &filters[class];
    uint64_t region = address >> class_bits[class];
    unsigned bit = region_bit(region);
    f->low = region < f->low ? region : f->low;
    f->high = region > f->high ? region : f->high;
    f->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool may_be_large(const struct large_filter filters[LARGE_CLASSES], uint64_t address)
{
    for (unsigned class = 0; class < LARGE_CLASSES; class ++) {
        const struct large_filter *f = &filters[class];
        uint64_t region = address >> class_bits[class];
        unsigned bit = region_bit(region);
        if (region >= f->low && region <= f->high && f->bits[bit / 64] >> bit % 64 & 1)
            return true;
    }
    return false;
}

static void clear_filters(struct large_filter filters[LARGE_CLASSES])
{
    for (unsigned class = 0; class < LARGE_CLASSES; class ++)
        filters[class] = (struct large_filter){.low = UINT64_MAX};
}

/* ---- contexts ----------------------------------------------------------------------------- */

/*
 * Emptying costs what the size is, and an address space that was large says nothing of the next
 * that takes its place: what was not used shrinks.
 */
static void empty_tlb(struct context *c)
{
    for (unsigned i = 0; i < 1u << c->bits; i++)
        tlb_drop(&c->tlb[i]);
    for (unsigned i = 0; i < VICTIMS; i++)
        tlb_drop(&c->victims[i]);
    c->nlocals = c->conflicts = 0;
    clear_filters(c->large_data);
    while (c->bits > TLB_BITS_MIN && c->fills < 1u << (c->bits - 1))
        c->bits = c->bits - 1;
    c->fills = 0;
}

/* Tells generated code the size of the TLB that is in force. */
static void set_mask(struct softmmu *s)
{
    hart_cpu(s->hart)->tlb_mask = (uint64_t)((1u << s->data->bits) - 1) << CPU_TLB_ENTRY_BITS;
}

static void forget_views(struct softmmu *s, struct context *c)
{
    for (unsigned i = 0; i < c->nviews; i++)
        translator_view_forget(s->hart->vcpu, c->views[i].view);
    c->local_jumps = false;
}

static void empty(struct softmmu *s, struct context *c)
{
    empty_tlb(c);
    memset(c->fetches, 0, sizeof c->fetches);
    memset(c->fetched, 0, sizeof c->fetched);
    clear_filters(c->large_code);
    forget_views(s, c);
    c->stale = false;
    if (c == s->data)
        set_mask(s);
}

static void forget(struct softmmu *s, struct context *c)
{
    c->stale = true;
    if (c == s->data || c == s->code)
        empty(s, c);
}

static struct context *context_new(struct softmmu *s, unsigned space)
{
    struct context *c = &s->contexts[s->ncontexts];
    c->tlb = mmap(NULL, sizeof *c->tlb << TLB_BITS_MAX, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (c->tlb == MAP_FAILED)
        die("no memory for a TLB");
    c->space = space;
    c->bits = TLB_BITS_MIN;
    c->stale = true;
    empty_tlb(c);
    s->ncontexts++;
    return c;
}

/* The context of a tagged space for an address space: its own, a new one, or the one not used for
 * longest. */
static struct context *context_of(struct softmmu *s, unsigned space, uint64_t tag)
{
    struct context *oldest = NULL;
    unsigned n = 0;
    for (unsigned i = 0; i < s->ncontexts; i++) {
        struct context *c = &s->contexts[i];
        if (c->space != space)
            continue;
        if (c->used && c->tag == tag)
            return c;
        n++;
        if (!oldest || c->last_use < oldest->last_use)
            oldest = c;
    }
    struct context *c = n < TAGGED ? context_new(s, space) : oldest;
    c->tag = tag;
    c->used = true;
    c->stale = true;
    return c;
}

struct softmmu *softmmu_create(struct hart *h, const struct softmmu_space *spaces, unsigned n)
{
    struct softmmu *s =
        mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED)
        die("no memory for the software MMU");
    unsigned tagged = 0;
    s->hart = h;
    s->spaces = spaces;
    s->nspaces = n;
    for (unsigned i = 0; i < n; i++)
        tagged += spaces[i].tagged;
    if (n > SOFTMMU_SPACES || tagged > 1)
        bug("%u spaces, %u of them tagged", n, tagged);
    for (unsigned i = 0; i < n; i++)
        s->current[i] = spaces[i].tagged ? context_of(s, i, 0) : context_new(s, i);
    return s;
}

/* ---- what is in force --------------------------------------------------------------------- */

/* The view of a context for a mode, made or taken over if there is none. */
static struct translator_view *view_of(struct softmmu *s, struct context *c, uint32_t mode)
{
    for (unsigned i = 0; i < c->nviews; i++)
        if (c->views[i].mode == mode)
            return c->views[i].view;
    struct mode_view *v;
    if (c->nviews < VIEWS) {
        v = &c->views[c->nviews];
        v->view = translator_view_create(s->hart->vcpu);
        if (!v->view)
            die("no memory for a jump table");
        c->nviews++;
    } else {
        v = &c->views[c->next_view++ % VIEWS];
        translator_view_forget(s->hart->vcpu, v->view);
    }
    v->mode = mode;
    return v->view;
}

static void take_force(struct softmmu *s, struct context *data, struct context *code)
{
    struct cpu *cpu = hart_cpu(s->hart);
    if (data->stale)
        empty(s, data);
    if (code->stale)
        empty(s, code);
    data->last_use = code->last_use = ++s->uses;
    s->data = data;
    s->code = code;
    cpu->tlb = data->tlb;
    set_mask(s);
    translator_view_select(s->hart->vcpu, view_of(s, code, cpu->mode));
}

void softmmu_select(struct hart *h, unsigned data, unsigned code)
{
    take_force(h->mmu, h->mmu->current[data], h->mmu->current[code]);
}

void softmmu_mode_changed(struct vcpu *v)
{
    struct softmmu *s = hart_of(v)->mmu;
    translator_view_select(v, view_of(s, s->code, v->cpu.mode));
}

/* Forgets what is not global. */
static void forget_locals(struct softmmu *s, struct context *c)
{
    if (c->stale)
        return;
    if (c->nlocals > LOCALS) {
        for (unsigned i = 0; i < 1u << c->bits; i++)
            if (!(c->tlb[i].info & TLB_GLOBAL))
                tlb_drop(&c->tlb[i]);
    } else {
        for (unsigned i = 0; i < c->nlocals; i++)
            if (!(c->tlb[c->locals[i]].info & TLB_GLOBAL))
                tlb_drop(&c->tlb[c->locals[i]]);
    }
    c->nlocals = 0;
    for (unsigned i = 0; i < VICTIMS; i++)
        if (!(c->victims[i].info & TLB_GLOBAL))
            tlb_drop(&c->victims[i]);
    if (!c->local_jumps)
        return;
    for (unsigned i = 0; i < FETCHES; i++)
        if (!(c->fetches[i].info & TLB_GLOBAL))
            c->fetches[i].info = 0;
    forget_views(s, c);
}

void softmmu_set_tag(struct hart *h, uint64_t tag)
{
    struct softmmu *s = h->mmu;
    if (s->tag == tag)
        return;
    s->tag = tag;
    struct context *data = s->data, *code = s->code;
    for (unsigned i = 0; i < s->nspaces; i++) {
        if (!s->spaces[i].tagged) {
            forget_locals(s, s->current[i]);
            continue;
        }
        struct context *old = s->current[i], *new = context_of(s, i, tag);
        s->current[i] = new;
        data = data == old ? new : data;
        code = code == old ? new : code;
    }
    if (data && (data != s->data || code != s->code))
        take_force(s, data, code);
}

/* ---- forgetting --------------------------------------------------------------------------- */

void softmmu_flush(struct hart *h)
{
    struct softmmu *s = h->mmu;
    s->flushes++;
    for (unsigned i = 0; i < s->ncontexts; i++)
        if (!s->contexts[i].stale)
            forget(s, &s->contexts[i]);
}

void softmmu_flush_tags(struct hart *h, bool (*match)(uint64_t tag, uint64_t argument),
                        uint64_t argument)
{
    struct softmmu *s = h->mmu;
    s->flushes++;
    for (unsigned i = 0; i < s->ncontexts; i++) {
        struct context *c = &s->contexts[i];
        if (s->spaces[c->space].tagged && match(c->tag, argument))
            forget(s, c);
        else if (!s->spaces[c->space].tagged && match(s->tag, argument))
            forget_locals(s, c);
    }
}

/* Does an entry's mapping, be it larger than the entry's page, hold the address? */
static bool covers(uint64_t info, uint64_t address)
{
    unsigned bits = info >> TLB_SIZE_SHIFT & 63;
    return info & TLB_VALID && ((info ^ address) & PAGE_MASK) >> bits == 0;
}

static void drop_if_covers(struct cpu_tlb_entry *e, uint64_t address)
{
    if (covers(e->info, address))
        tlb_drop(e);
}

static void flush_large(struct softmmu *s, struct context *c, uint64_t address)
{
    if (may_be_large(c->large_data, address))
        for (unsigned i = 0; i < 1u << c->bits; i++)
            drop_if_covers(&c->tlb[i], address);
    if (!may_be_large(c->large_code, address))
        return;
    for (unsigned i = 0; i < FETCHES; i++)
        if (covers(c->fetches[i].info, address))
            c->fetches[i].info = 0;
    forget_views(s, c);
}

static void flush_page(struct softmmu *s, struct context *c, uint64_t address)
{
    flush_large(s, c, address);
    drop_if_covers(tlb_entry(c, address), address);
    for (unsigned i = 0; i < VICTIMS; i++)
        drop_if_covers(&c->victims[i], address);
    unsigned bit = fetched_bit(address);
    if (!(c->fetched[bit / 64] >> bit % 64 & 1))
        return;
    struct fetch_entry *f = &c->fetches[address >> SOFTMMU_PAGE_BITS & (FETCHES - 1)];
    if (covers(f->info, address))
        f->info = 0;
    for (unsigned i = 0; i < c->nviews; i++)
        translator_view_forget_page(s->hart->vcpu, c->views[i].view, address);
}

void softmmu_flush_page(struct hart *h, uint64_t address)
{
    struct softmmu *s = h->mmu;
    s->flushes++;
    for (unsigned i = 0; i < s->ncontexts; i++)
        if (!s->contexts[i].stale)
            flush_page(s, &s->contexts[i], address);
}

void context_grow(struct softmmu *s, struct context *c)
{
    if (c->bits == TLB_BITS_MAX) {
        c->conflicts = 0;
        return;
    }
    c->fills = UINT_MAX; /* it does not shrink now */
    empty_tlb(c);
    c->bits = c->bits + 1;
    c->fills = UINT_MAX;
    empty_tlb(c);
    if (c == s->data)
        set_mask(s);
}

/* ---- for the monitor ---------------------------------------------------------------------- */

bool softmmu_peek(struct hart *h, unsigned space, uint64_t address, void *to, size_t size)
{
    if (space == SOFTMMU_CURRENT)
        space = h->mmu->data->space;
    for (uint8_t *p = to; size;) {
        size_t part = SOFTMMU_PAGE - (address & (SOFTMMU_PAGE - 1));
        part = part < size ? part : size;
        struct softmmu_walk w = {
            .address = address, .space = space, .access = SOFTMMU_READ, .probe = true};
        const uint8_t *host =
            h->arch->walk(h, &w) ? memory_host(&h->machine->memory, w.physical, part, false) : NULL;
        if (!host)
            return false;
        memcpy(p, host, part);
        p += part;
        address += part;
        size -= part;
    }
    return true;
}

void softmmu_print(struct hart *h, FILE *out)
{
    const struct softmmu *s = h->mmu;
    fprintf(out,
            "hart %u: %" PRIu64 " TLB misses, %" PRIu64 " walks, %" PRIu64
            " device accesses, %" PRIu64 " flushes\n",
            h->id, s->misses, s->walks, s->io, s->flushes);
    for (unsigned i = 0; i < s->ncontexts; i++)
        fprintf(out, "  %s, tag %#" PRIx64 ": %u entries, %u views\n",
                s->spaces[s->contexts[i].space].name, s->contexts[i].tag, 1u << s->contexts[i].bits,
                s->contexts[i].nviews);
}
