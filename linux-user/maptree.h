/*
 * A balanced tree of address ranges with attributes: what is mapped where in the guest. It knows no
 * host and maps nothing; aspace.c keeps it in step with the host's kernel.
 *
 * Ranges never overlap; neighbours with the same attributes may be one range. Every operation is
 * O(log n) in the number of ranges. Writers are serialised by the caller. Readers that hold no lock
 * use maptree_read: nodes are never given back to the host, and `sequence` is odd while a writer is
 * at work, so that a reader that met one notices and tries again.
 */
#ifndef FERRY_LINUX_USER_MAPTREE_H
#define FERRY_LINUX_USER_MAPTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a range is, besides its protection. */
enum map_flag {
    MAP_IS_SHARED = 1 << 0,
    MAP_IS_FILE = 1 << 1,
    MAP_IS_HEAP = 1 << 2,  /* brk */
    MAP_IS_STACK = 1 << 3, /* the main stack */
    MAP_IS_VDSO = 1 << 4,
    MAP_IS_SHM = 1 << 5,     /* System V */
    MAP_IS_FOREIGN = 1 << 6, /* not the guest's: the host's or Ferry's own */
    MAP_IS_CUT_OFF = 1 << 7, /* code that lies beyond the end of its file: no more executable */
    MAP_IS_GROWING = 1 << 8, /* grows downwards by the host's own hand */
    MAP_IS_SEALED = 1 << 9,  /* mseal */
    MAP_IS_PARENTS = 1 << 10, /* MADV_DONTFORK: a child has nothing there */
    /*
     * Above this bit files' ranges have the number of the call that mapped them, so that two
     * neighbours merge when they were one before, and only then.
     */
    MAP_NUMBER_SHIFT = 12,
};

struct map_node {
    uint64_t start, end;
    uint32_t prot;  /* as the guest asked */
    uint32_t flags; /* enum map_flag */
    struct map_node *left, *right;
    uint64_t low, high, gap; /* of the subtree: lowest start, highest end, largest hole between */
    uint32_t priority;
};

struct maptree {
    struct map_node *root;
    struct map_node *free;            /* given up, linked by left */
    struct map_node *pool, *pool_end; /* never used yet */
    uint32_t sequence;                /* odd while it changes */
    uint32_t random;
    bool guarded;           /* who changes it now may be killed in the middle: see maptree_mend */
    struct map_node *saved; /* the ranges before that change */
    size_t nsaved, saved_room;
    size_t count;
    uint64_t bytes; /* sum of all ranges but foreign ones */
    uint64_t data;  /* of the private writable ones among them, stacks excepted: RLIMIT_DATA's */
};

/* Declares [start, end) to have these attributes, whatever it was before. */
void maptree_set(struct maptree *t, uint64_t start, uint64_t end, uint32_t prot, uint32_t flags);

/* The part [start, end) of the range `n` gets another protection. `n` may be gone afterwards. */
void maptree_protect(struct maptree *t, struct map_node *n, uint64_t start, uint64_t end,
                     uint32_t prot);

/* Declares [start, end) to be free. */
void maptree_clear(struct maptree *t, uint64_t start, uint64_t end);

/* The range that holds `address`, or else the first above it; NULL if there is none. */
struct map_node *maptree_at_or_above(const struct maptree *t, uint64_t address);

/* The last range that starts below `address`; NULL if there is none. */
struct map_node *maptree_below(const struct maptree *t, uint64_t address);

/* The highest address in [low, high - size] where `size` bytes are free; 0 if there is none. */
uint64_t maptree_gap(const struct maptree *t, uint64_t size, uint64_t low, uint64_t high);

/*
 * A writer has died in the middle of a change: the tree becomes what it was before, if it was
 * guarded, and readers are let in again.
 */
void maptree_mend(struct maptree *t);

/* A copy of the range that holds `address`, taken without a lock; false if there is none. */
bool maptree_read(const struct maptree *t, uint64_t address, struct map_node *out);

#endif
