/* The tree of guest mappings: a treap with split and merge. See maptree.h. */
#include "linux-user/maptree.h"

#include <sys/mman.h>

#include "util/log.h"

enum { POOL_BYTES = 64 * 1024 };

/* Adds so many bytes of a kind to the sums; negative: takes them off. */
static void account(struct maptree *t, uint32_t prot, uint32_t flags, int64_t bytes)
{
    if (flags & MAP_IS_FOREIGN)
        return;
    t->bytes += (uint64_t)bytes;
    if ((prot & PROT_WRITE) && !(flags & (MAP_IS_SHARED | MAP_IS_GROWING)))
        t->data += (uint64_t)bytes;
}

/* Nodes come from the host in pools and go back to a free list only: readers may still look. */
static struct map_node *node_new(struct maptree *t, uint64_t start, uint64_t end, uint32_t prot,
                                 uint32_t flags)
{
    struct map_node *n = t->free;
    if (n) {
        t->free = n->left;
    } else {
        if (t->pool == t->pool_end) {
            t->pool =
                mmap(NULL, POOL_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (t->pool == MAP_FAILED)
                die("out of memory for the table of mappings");
            t->pool_end = t->pool + POOL_BYTES / sizeof *n;
        }
        n = t->pool++;
    }
    t->random = t->random * 1664525u + 1013904223u;
    *n = (struct map_node){.start = start,
                           .end = end,
                           .prot = prot,
                           .flags = flags,
                           .low = start,
                           .high = end,
                           .priority = t->random};
    t->count++;
    account(t, prot, flags, (int64_t)(end - start));
    return n;
}

static void free_all(struct maptree *t, struct map_node *n)
{
    if (!n)
        return;
    free_all(t, n->left);
    free_all(t, n->right);
    t->count--;
    account(t, n->prot, n->flags, (int64_t)(n->start - n->end));
    n->right = NULL;
    n->left = t->free;
    t->free = n;
}

/* Recomputes what a node knows of its subtree. */
static struct map_node *update(struct map_node *n)
{
    const struct map_node *l = n->left, *r = n->right;
    uint64_t gap = 0, hole;
    n->low = l ? l->low : n->start;
    n->high = r ? r->high : n->end;
    if (l) {
        gap = l->gap;
        hole = n->start - l->high;
        gap = hole > gap ? hole : gap;
    }
    if (r) {
        gap = r->gap > gap ? r->gap : gap;
        hole = r->low - n->end;
        gap = hole > gap ? hole : gap;
    }
    n->gap = gap;
    return n;
}

/* All ranges that start below `key` to *low, the others to *high. */
static void split(struct map_node *n, uint64_t key, struct map_node **low, struct map_node **high)
{
    if (!n) {
        *low = *high = NULL;
    } else if (n->start < key) {
        split(n->right, key, &n->right, high);
        *low = update(n);
    } else {
        split(n->left, key, low, &n->left);
        *high = update(n);
    }
}

static struct map_node *merge(struct map_node *low, struct map_node *high)
{
    if (!low || !high)
        return low ? low : high;
    if (low->priority > high->priority) {
        low->right = merge(low->right, high);
        return update(low);
    }
    high->left = merge(low, high->left);
    return update(high);
}

/* Copies the ranges of a subtree, in order. */
static void save(struct maptree *t, const struct map_node *n)
{
    for (; n; n = n->right) {
        save(t, n->left);
        t->saved[t->nsaved++] = *n;
    }
}

static void save_all(struct maptree *t)
{
    if (t->saved_room < t->count) {
        size_t room = t->count * 2 + 64;
        void *p = mmap(NULL, room * sizeof *t->saved, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
            die("out of memory for the table of mappings");
        if (t->saved)
            munmap(t->saved, t->saved_room * sizeof *t->saved);
        t->saved = p;
        t->saved_room = room;
    }
    t->nsaved = 0;
    save(t, t->root);
}

static void begin(struct maptree *t)
{
    if (t->guarded)
        save_all(t);
    __atomic_store_n(&t->sequence, t->sequence + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void end_change(struct maptree *t)
{
    __atomic_store_n(&t->sequence, t->sequence + 1, __ATOMIC_RELEASE);
}

/* Makes `at` a border between ranges. */
static void cut(struct maptree *t, uint64_t at)
{
    struct map_node *n = maptree_at_or_above(t, at);
    if (!n || n->start >= at)
        return;
    uint64_t end = n->end;
    struct map_node *low, *high, *upper;
    split(t->root, at, &low, &high);
    upper = node_new(t, at, end, n->prot, n->flags);
    account(t, n->prot, n->flags, (int64_t)(at - end));
    /* n is the last of `low`: shorten it along the path of its ancestors. */
    split(low, n->start, &low, &n);
    n->end = at;
    update(n);
    t->root = merge(merge(low, n), merge(upper, high));
}

/* Takes [start, end) out; what is below and above it remains in *low and *high. */
static void take_out(struct maptree *t, uint64_t start, uint64_t end, struct map_node **low,
                     struct map_node **high)
{
    struct map_node *middle;
    cut(t, start);
    cut(t, end);
    split(t->root, start, low, &middle);
    split(middle, end, &middle, high);
    free_all(t, middle);
}

static struct map_node *last(struct map_node *n)
{
    while (n && n->right)
        n = n->right;
    return n;
}

static struct map_node *first(struct map_node *n)
{
    while (n && n->left)
        n = n->left;
    return n;
}

static bool mergeable(const struct map_node *n, uint32_t prot, uint32_t flags)
{
    return n->prot == prot && n->flags == flags;
}

void maptree_set(struct maptree *t, uint64_t start, uint64_t end, uint32_t prot, uint32_t flags)
{
    struct map_node *low, *high, *n;
    begin(t);
    take_out(t, start, end, &low, &high);
    n = last(low);
    if (n && n->end == start && mergeable(n, prot, flags)) {
        start = n->start;
        split(low, start, &low, &n);
        free_all(t, n);
    }
    n = first(high);
    if (n && n->start == end && mergeable(n, prot, flags)) {
        end = n->end;
        split(high, end, &n, &high);
        free_all(t, n);
    }
    t->root = merge(merge(low, node_new(t, start, end, prot, flags)), high);
    end_change(t);
}

/* Where all borders stay it is a store: garbage collectors protect the same pages over and over. */
void maptree_protect(struct maptree *t, struct map_node *n, uint64_t start, uint64_t end,
                     uint32_t prot)
{
    const struct map_node *low = maptree_below(t, start), *high = maptree_at_or_above(t, end);
    const bool joins = (low && low->end == start && mergeable(low, prot, n->flags)) ||
                       (high && high->start == end && mergeable(high, prot, n->flags));
    if (n->start != start || n->end != end || joins) {
        maptree_set(t, start, end, prot, n->flags);
        return;
    }
    begin(t);
    account(t, n->prot, n->flags, (int64_t)(start - end));
    n->prot = prot;
    account(t, n->prot, n->flags, (int64_t)(end - start));
    end_change(t);
}

void maptree_clear(struct maptree *t, uint64_t start, uint64_t end)
{
    struct map_node *low, *high;
    begin(t);
    take_out(t, start, end, &low, &high);
    t->root = merge(low, high);
    end_change(t);
}

struct map_node *maptree_at_or_above(const struct maptree *t, uint64_t address)
{
    struct map_node *n = t->root, *best = NULL;
    while (n) {
        if (address < n->end) {
            best = n;
            if (address >= n->start)
                break;
            n = n->left;
        } else {
            n = n->right;
        }
    }
    return best;
}

struct map_node *maptree_below(const struct maptree *t, uint64_t address)
{
    struct map_node *n = t->root, *best = NULL;
    while (n) {
        if (n->start < address) {
            best = n;
            n = n->right;
        } else {
            n = n->left;
        }
    }
    return best;
}

/*
 * The highest hole in the subtree that meets [low, high) with `size` bytes. The hole above the
 * subtree ends at `ceiling`. Returns 0 for none. Descends at most twice per level: `gap` says
 * beforehand whether a subtree can have one, but for the limits, which cut off two paths only.
 */
static uint64_t find_gap(const struct map_node *n, uint64_t size, uint64_t low, uint64_t high)
{
    while (n) {
        if (n->gap < size || n->low >= high || n->high <= low)
            return 0;
        if (n->right) {
            uint64_t found = find_gap(n->right, size, low, high);
            if (found)
                return found;
            uint64_t top = n->right->low < high ? n->right->low : high;
            uint64_t bottom = n->end > low ? n->end : low;
            if (top >= bottom && top - bottom >= size)
                return top - size;
        }
        if (n->left) {
            uint64_t top = n->start < high ? n->start : high;
            uint64_t bottom = n->left->high > low ? n->left->high : low;
            if (top >= bottom && top - bottom >= size)
                return top - size;
        }
        n = n->left;
    }
    return 0;
}

uint64_t maptree_gap(const struct maptree *t, uint64_t size, uint64_t low, uint64_t high)
{
    const struct map_node *root = t->root;
    if (high < low || high - low < size)
        return 0;
    if (!root || root->low >= high || root->high <= low)
        return high - size;
    uint64_t above = root->high > low ? root->high : low;
    if (above <= high && high - above >= size)
        return high - size;
    uint64_t found = find_gap(root, size, low, high);
    if (found)
        return found;
    uint64_t below = root->low < high ? root->low : high;
    return below >= low && below - low >= size ? below - size : 0;
}

void maptree_mend(struct maptree *t)
{
    if (!(t->sequence & 1))
        return;
    if (t->guarded) {
        /* No list of nodes can be trusted; the nodes in them are lost. */
        t->root = t->free = NULL;
        t->count = 0;
        t->bytes = t->data = 0;
        for (size_t i = 0; i < t->nsaved; i++) {
            const struct map_node *n = &t->saved[i];
            t->root = merge(t->root, node_new(t, n->start, n->end, n->prot, n->flags));
        }
    }
    end_change(t);
}

bool maptree_read(const struct maptree *t, uint64_t address, struct map_node *out)
{
    for (;;) {
        uint32_t before = __atomic_load_n(&t->sequence, __ATOMIC_ACQUIRE);
        const struct map_node *n = __atomic_load_n(&t->root, __ATOMIC_RELAXED);
        bool found = false;
        /* A tree that changes underneath may lead in circles: bounded, and then tried again. */
        for (int steps = 0; n && steps < 256; steps++) {
            uint64_t start = __atomic_load_n(&n->start, __ATOMIC_RELAXED);
            uint64_t end = __atomic_load_n(&n->end, __ATOMIC_RELAXED);
            if (address < start) {
                n = __atomic_load_n(&n->left, __ATOMIC_RELAXED);
            } else if (address >= end) {
                n = __atomic_load_n(&n->right, __ATOMIC_RELAXED);
            } else {
                *out = *n;
                found = true;
                break;
            }
        }
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (!(before & 1) && __atomic_load_n(&t->sequence, __ATOMIC_RELAXED) == before)
            return found;
        __builtin_ia32_pause();
    }
}
