/*
 * What the files of the software MMU share: softmmu.c (contexts, flushes), softmmu_miss.c (what
 * generated code does not find), softmmu_code.c (fetches, and pages that hold translated code).
 *
 * A context is one way to see memory: a space and, if the space is tagged, an address space. It has
 * a TLB for data, a small one for fetches, and views (jump tables), one for each value of cpu.mode
 * it is run with.
 *
 * Pages of RAM have a byte of state each (struct region.pages). Before code is read to be
 * translated its page becomes PAGE_CODE; then no TLB entry lets generated code write it, so that
 * all writes come here. PAGE_WRITABLE is set before an entry that lets write is made. Each side
 * sets its bit first and looks at the other's after, so one of the two sees the other.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_SOFTMMU_INTERNAL_H
#define FERRY_SOFTMMU_SYSTEM_SOFTMMU_INTERNAL_H

#include "softmmu-system/hart.h"
#include "softmmu-system/machine.h"

#define PAGE_MASK (~(uint64_t)(SOFTMMU_PAGE - 1))

enum {
    TLB_BITS_MIN = 8,   /* log2 of a TLB's entries: at first, */
    TLB_BITS_MAX = 14,  /* and at most */
    VICTIMS = 8,
    FETCHES = 256,
    LOCALS = 256,       /* entries that are not global, remembered by place */
    VIEWS = 4,          /* of a context */
    LARGE_CLASSES = 3,  /* sizes of large pages: up to 2 MiB, 1 GiB, 512 GiB */
    TAGGED = 16,        /* address spaces of a tagged space */
    CONTEXTS = SOFTMMU_SPACES - 1 + TAGGED,
};

/* Low bits of cpu_tlb_entry.info; the others are the page's guest address. 0: no entry. */
enum tlb_info {
    TLB_READ = SOFTMMU_READ,   /* what the walk allowed */
    TLB_WRITE = SOFTMMU_WRITE,
    TLB_VALID = 1 << 2,
    TLB_IO = 1 << 3,           /* a device: addend leads to the physical address */
    TLB_ROM = 1 << 4,
    TLB_GLOBAL = 1 << 5,
    TLB_SIZE_SHIFT = 6,        /* log2 of the mapping's bytes */
};

/* State of a page of RAM. */
enum page_state {
    PAGE_STORES = 0x1f,      /* writes since it became code, counted up to a bound */
    PAGE_LEAVING = 1 << 5,   /* it becomes data: translations of it are being forgotten */
    PAGE_WRITABLE = 1 << 6,  /* some TLB may let write it */
    PAGE_CODE = 1 << 7,      /* translations of it may exist */
    PAGE_WATCHED = PAGE_CODE | PAGE_LEAVING, /* no TLB lets write it */
};

struct fetch_entry {
    uint64_t info; /* page | TLB_VALID, TLB_GLOBAL, size */
    uint8_t *host; /* of the page */
    _Atomic uint8_t *state;
};

/* Where large pages have been met: a range, and a Bloom filter in it. */
struct large_filter {
    uint64_t low, high; /* regions, as addresses shifted */
    uint64_t bits[64];
};

struct mode_view {
    struct translator_view *view;
    uint32_t mode;
};

struct context {
    unsigned space;
    uint64_t tag;
    bool used, stale;             /* stale: to be emptied before it is in force */
    bool local_jumps;             /* jumps to what is not global have been noted */
    uint64_t last_use;
    struct cpu_tlb_entry *tlb;    /* room for 2^TLB_BITS_MAX, never moved */
    _Atomic unsigned bits;        /* log2 of its entries */
    unsigned conflicts;           /* valid entries that had to go, since the last look at the size */
    unsigned fills;               /* entries made since it was empty */
    unsigned next_victim;
    struct cpu_tlb_entry victims[VICTIMS];
    struct fetch_entry fetches[FETCHES];
    uint16_t locals[LOCALS];      /* places in tlb; untagged spaces only */
    unsigned nlocals;             /* may be more than LOCALS: then nobody knows */
    struct large_filter large_data[LARGE_CLASSES], large_code[LARGE_CLASSES];
    uint64_t fetched[32];         /* Bloom filter of the pages that have been fetched from */
    struct mode_view views[VIEWS];
    unsigned nviews, next_view;
};

struct softmmu {
    struct hart *hart;
    const struct softmmu_space *spaces;
    unsigned nspaces;
    struct context contexts[CONTEXTS];
    _Atomic unsigned ncontexts;
    struct context *current[SOFTMMU_SPACES]; /* of each space, for the tag */
    struct context *data, *code;             /* in force */
    uint64_t tag, uses;
    uint64_t walks, misses, flushes, io;     /* for softmmu_print */
};

static inline struct cpu_tlb_entry *tlb_entry(struct context *c, uint64_t address)
{
    return &c->tlb[address >> SOFTMMU_PAGE_BITS & ((1u << c->bits) - 1)];
}

static inline void tlb_drop(struct cpu_tlb_entry *e)
{
    __atomic_store_n(&e->read, CPU_TLB_NONE, __ATOMIC_RELAXED);
    __atomic_store_n(&e->write, CPU_TLB_NONE, __ATOMIC_RELAXED);
    e->info = 0;
}

/* Is the entry `address`'s, whatever it allows? */
static inline bool tlb_is_of(const struct cpu_tlb_entry *e, uint64_t address)
{
    return e->info & TLB_VALID && ((e->info ^ address) & PAGE_MASK) == 0;
}

/* A page's bit in context.fetched. */
static inline unsigned fetched_bit(uint64_t address)
{
    return (unsigned)((address >> SOFTMMU_PAGE_BITS) * 0x9e3779b97f4a7c15u >> 53);
}

/* softmmu.c */
void context_note_large(struct large_filter filters[LARGE_CLASSES], uint64_t address,
                        unsigned page_bits);
/* More entries. */
void context_grow(struct softmmu *s, struct context *c);

/* softmmu_miss.c */
uint32_t softmmu_miss(struct cpu *cpu);

/* softmmu_code.c */
const uint8_t *softmmu_fetch_code(struct vcpu *v, uint64_t pc, size_t *size, bool translate);
/* The state of the page of RAM at `host`, in its region. */
_Atomic uint8_t *page_state(const struct region *r, const uint8_t *host);
/* A hart has written or is about to write [host, host + size) of a page that holds code. */
void page_code_written(struct hart *h, _Atomic uint8_t *state, uint8_t *host, size_t size);
/* Gives an entry its tag for writes, unless its page holds code. */
void page_let_write(struct cpu_tlb_entry *e, _Atomic uint8_t *state, uint64_t page);

#endif
