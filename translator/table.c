/*
 * Finding blocks: by pc and mode (the block table) and by guest page (for invalidation).
 *
 * Both are open-addressing tables with linear probing, written by compare-and-swap only, so that a
 * reader never waits. The hash keeps neighbours together, so that a small program touches few pages
 * of the table. A removed entry leaves a tombstone.
 */
#include "translator/internal.h"

enum { TOMBSTONE = UINT32_MAX, MAX_PROBES = 16384, FEW_PAGES = 16 };

/*
 * Code within 16 KiB keeps its order, one entry for eight bytes (compiled code has a block in about
 * forty); such pieces are scattered over the table, so that two large dense ones hardly ever meet
 * in a cluster longer than a probe sequence. With one instruction a block each halfword has an
 * entry.
 */
static uint32_t table_hash(const struct translator *t, uint64_t pc, uint64_t backing, uint32_t mode)
{
    enum { PIECE_BITS = 14 };
    unsigned shift = t->options.single_insn ? 1 : 3;
    uint64_t piece = ((pc >> PIECE_BITS) + (backing - pc)) * 0x9e3779b97f4a7c15u >> 40;
    uint64_t near = (pc & ((1 << PIECE_BITS) - 1)) >> shift;
    return (uint32_t)((piece << (PIECE_BITS - shift)) + near + mode * 7) & (TABLE_SIZE - 1);
}

struct block *table_find(const struct translator *t, const struct block_key *key)
{
    uint32_t i = table_hash(t, key->pc, key->backing, key->mode);
    for (unsigned probe = 0; probe < MAX_PROBES; probe++) {
        uint32_t index = atomic_load_explicit(&t->table[i], memory_order_acquire);
        if (!index)
            return NULL;
        if (index != TOMBSTONE) {
            struct block *b = &t->blocks[index];
            if (b->pc == key->pc && b->mode == key->mode && b->backing == key->backing)
                return b;
        }
        i = (i + 1) & (TABLE_SIZE - 1);
    }
    return NULL;
}

bool table_insert(struct translator *t, uint32_t index)
{
    const struct block *b = &t->blocks[index];
    uint32_t i = table_hash(t, b->pc, b->backing, b->mode);
    for (unsigned probe = 0; probe < MAX_PROBES; probe++) {
        uint32_t seen = atomic_load_explicit(&t->table[i], memory_order_relaxed);
        if ((!seen || seen == TOMBSTONE) &&
            atomic_compare_exchange_strong(&t->table[i], &seen, index))
            return true;
        i = (i + 1) & (TABLE_SIZE - 1);
    }
    return false;
}

void table_remove(struct translator *t, uint32_t index)
{
    const struct block *b = &t->blocks[index];
    uint32_t i = table_hash(t, b->pc, b->backing, b->mode);
    for (unsigned probe = 0; probe < MAX_PROBES; probe++) {
        uint32_t seen = atomic_load(&t->table[i]);
        if (!seen)
            return;
        if (seen == index) {
            atomic_compare_exchange_strong(&t->table[i], &seen, TOMBSTONE);
            return;
        }
        i = (i + 1) & (TABLE_SIZE - 1);
    }
}

static uint32_t page_hash(uint64_t number)
{
    return (uint32_t)(number + (number >> 17) * 0x9e37) & (PAGES_SIZE - 1);
}

static struct code_page *page_find(struct translator *t, uint64_t number)
{
    uint32_t i = page_hash(number);
    for (unsigned probe = 0; probe < PAGES_SIZE; probe++) {
        uint64_t seen = atomic_load(&t->pages[i].number);
        if (seen == number + 1)
            return &t->pages[i];
        if (!seen)
            return NULL;
        i = (i + 1) & (PAGES_SIZE - 1);
    }
    return NULL;
}

/*
 * The entry of a page, made if there is none; NULL without room. Its place is in the list of used
 * entries before anybody can find it, so that whoever walks the list misses no block.
 */
static struct code_page *page_entry(struct translator *t, uint64_t number)
{
    struct code_page *page = page_find(t, number);
    if (page)
        return page;
    uint32_t order = atomic_fetch_add(&t->pages_used, 1);
    if (order >= PAGES_SIZE / 2)
        return NULL;
    uint32_t i = page_hash(number);
    for (;; i = (i + 1) & (PAGES_SIZE - 1)) {
        uint64_t seen = 0;
        atomic_store(&t->page_order[order], i);
        if (atomic_compare_exchange_strong(&t->pages[i].number, &seen, number + 1) ||
            seen == number + 1)
            return &t->pages[i];
    }
}

static uint64_t first_page(const struct block *b)
{
    return block_start(b) >> PAGE_BITS;
}

static uint64_t last_page(const struct block *b)
{
    return (b->next ? b->next : block_end(b) - 1) >> PAGE_BITS;
}

static void push(struct code_page *page, uint32_t *next, uint32_t index)
{
    uint32_t head = atomic_load(&page->first);
    do
        *next = head;
    while (!atomic_compare_exchange_weak(&page->first, &head, index));
}

/* A block touches at most two pages: the fetch window of make.c sees to it. */
bool pages_insert(struct translator *t, uint32_t index)
{
    struct block *b = &t->blocks[index];
    struct code_page *first = page_entry(t, first_page(b));
    struct code_page *last =
        first_page(b) == last_page(b) ? first : page_entry(t, last_page(b));
    if (!first || !last)
        return false;
    push(first, &b->first_page_next, index);
    if (last != first)
        push(last, &b->last_page_next, index);
    return true;
}

/* No thread shall go on to a dead block by its jump cache. The registry lock is held. */
static void forget_jumps(struct translator *t, const struct block *b)
{
    unsigned index = cpu_jump_index(b->pc);
    for (struct translator_thread *th = t->threads; th; th = th->next) {
        for (struct translator_view *view = atomic_load(&th->views); view; view = view->next) {
            struct cpu_jump *jump = &view->jumps[index];
            if (__atomic_load_n(&jump->pc, __ATOMIC_SEQ_CST) == b->pc)
                __atomic_store_n(&jump->pc, jump_cache_empty(index), __ATOMIC_RELAXED);
        }
    }
}

void block_discard(struct translator *t, uint32_t index)
{
    block_kill(t, index);
    forget_jumps(t, &t->blocks[index]);
}

/*
 * Kills the blocks of a page that touch [start, end) and drops the dead from its list, so that a
 * page which a JIT rewrites over and over does not grow a tail. Only one thread does this at a time
 * (the registry lock); others may push meanwhile.
 */
static void invalidate_page(struct translator *t, struct code_page *page, uint64_t number,
                            uint64_t start, uint64_t end)
{
    uint32_t index = atomic_exchange(&page->first, 0);
    while (index) {
        struct block *b = &t->blocks[index];
        uint32_t *link = first_page(b) == number ? &b->first_page_next : &b->last_page_next;
        uint32_t next = *link;
        if (block_touches(b, start, end) && !atomic_load(&b->dead))
            block_discard(t, index);
        if (!atomic_load(&b->dead))
            push(page, link, index);
        index = next;
    }
}

void invalidation_begin(struct translator *t, uint64_t start, uint64_t size)
{
    uint64_t number = atomic_fetch_add(&t->invalidations, 1);
    if (t->options.interpret)
        return;
    struct invalidation *r = &t->recent[number % RECENT_INVALIDATIONS];
    atomic_store(&r->number, 0);
    atomic_store_explicit(&r->start, start, memory_order_relaxed);
    atomic_store_explicit(&r->last, start + size - 1 < start ? UINT64_MAX : start + size - 1,
                          memory_order_relaxed);
    atomic_store(&r->number, number + 1);
}

bool invalidations_spare(const struct translator *t, const struct block *b, uint64_t seen)
{
    uint64_t count = atomic_load(&t->invalidations);
    if (count - seen > RECENT_INVALIDATIONS)
        return false;
    for (; seen < count; seen++) {
        const struct invalidation *r = &t->recent[seen % RECENT_INVALIDATIONS];
        uint64_t number = atomic_load(&r->number);
        uint64_t start = atomic_load_explicit(&r->start, memory_order_relaxed);
        uint64_t last = atomic_load_explicit(&r->last, memory_order_relaxed);
        /* Half written, or overwritten while we read: then nothing is known. */
        if (number != seen + 1 || atomic_load(&r->number) != number ||
            block_touches(b, start, last + 1 ? last + 1 : last))
            return false;
    }
    return true;
}

/* The pages that [start, start + size) touches. */
struct page_range {
    uint64_t low, high;
};

static struct page_range pages_of(uint64_t start, uint64_t size)
{
    uint64_t end = start + size < start ? UINT64_MAX : start + size;
    return (struct page_range){start >> PAGE_BITS, (end - 1) >> PAGE_BITS};
}

bool pages_have_code(struct translator *t, uint64_t start, uint64_t size)
{
    const struct page_range r = pages_of(start, size);
    if (r.high - r.low >= FEW_PAGES)
        return true;
    for (uint64_t n = r.low; n <= r.high; n++) {
        const struct code_page *page = page_find(t, n);
        if (page && atomic_load(&page->first))
            return true;
    }
    return false;
}

void pages_invalidate(struct translator *t, uint64_t start, uint64_t size)
{
    uint64_t end = start + size < start ? UINT64_MAX : start + size;
    const struct page_range r = pages_of(start, size);
    uint32_t used = atomic_load(&t->pages_used);
    used = used < PAGES_SIZE / 2 ? used : PAGES_SIZE / 2;
    if (r.high - r.low < used) {
        for (uint64_t n = r.low; n <= r.high; n++) {
            struct code_page *page = page_find(t, n);
            if (page)
                invalidate_page(t, page, n, start, end);
        }
        return;
    }
    for (uint32_t i = 0; i < used; i++) {
        struct code_page *page = &t->pages[atomic_load(&t->page_order[i])];
        uint64_t number = atomic_load(&page->number) - 1;
        if (number != UINT64_MAX && number >= r.low && number <= r.high)
            invalidate_page(t, page, number, start, end);
    }
}
