/*
 * Finding and taking places in the guest's address space. See aspace.h.
 *
 * The table says what is free; the host may know better, because something of Ferry's or the host
 * kernel's sits there. So nothing new is ever mapped but with MAP_FIXED_NOREPLACE, and what the host
 * refuses is entered into the table as foreign.
 */
#include <errno.h>
#include <sys/mman.h>

#include "linux-user/aspace_internal.h"

static const uint64_t far_end = ASPACE_FAR_END;
static const uint64_t lowest = 0x10000;         /* vm.mmap_min_addr's usual value */

int host_prot(int prot)
{
    if (prot & PROT_EXEC)
        prot |= PROT_READ;
    return prot & (PROT_READ | PROT_WRITE);
}

/* MAP_SHARED_VALIDATE knows no MAP_FIXED_NOREPLACE: the place is taken first. */
static int64_t host_map_validated(const struct aspace *as, uint64_t at, uint64_t size, int prot,
                                  int flags, int fd, uint64_t offset)
{
    const int take = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    int64_t r = host_map(as, at, size, PROT_NONE, take, -1, 0);
    if (r < 0)
        return r;
    r = host_map(as, at, size, prot, flags | MAP_FIXED, fd, offset);
    if (r < 0)
        munmap(aspace_host(as, at), size);
    return r;
}

int64_t host_map(const struct aspace *as, uint64_t at, uint64_t size, int prot, int flags, int fd,
                 uint64_t offset)
{
    if ((flags & MAP_TYPE) == MAP_SHARED_VALIDATE && (flags & MAP_FIXED_NOREPLACE))
        return host_map_validated(as, at, size, prot, flags & ~MAP_FIXED_NOREPLACE, fd, offset);
    void *p = mmap(aspace_host(as, at), size, host_prot(prot), flags, fd, (off_t)offset);
    if (p == MAP_FAILED)
        return -errno;
    if (p != aspace_host(as, at)) { /* a kernel before 4.17 takes MAP_FIXED_NOREPLACE for a hint */
        munmap(p, size);
        return -EEXIST;
    }
    return (int64_t)at;
}

enum { ALL_TAKEN_PAGES = 16384 };

/* True if the host has every page of a range, which is not large. */
static bool host_has_all(const struct aspace *as, uint64_t start, uint64_t end)
{
    static unsigned char in_core[ALL_TAKEN_PAGES]; /* under the lock */
    return end - start <= sizeof in_core * GUEST_PAGE &&
           mincore(aspace_host(as, start), end - start, in_core) == 0;
}

/*
 * Remembers what somebody else has in a range the table had for free. By halves, so that a range
 * costs by what is in it and not by its size.
 */
static void mark_foreign(struct aspace *as, uint64_t start, uint64_t end)
{
    const int probe = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    int64_t r = host_map(as, start, end - start, PROT_NONE, probe, -1, 0);
    if (r >= 0) {
        munmap(aspace_host(as, start), end - start);
    } else if (end - start == GUEST_PAGE || r != -EEXIST || host_has_all(as, start, end)) {
        maptree_set(&as->tree, start, end, PROT_NONE, MAP_IS_FOREIGN);
    } else {
        uint64_t middle = page_down(start + (end - start) / 2);
        mark_foreign(as, start, middle);
        mark_foreign(as, middle, end);
    }
}

/* The highest free place in [low, high) that is a multiple of `align`; 0 if there is none. */
static uint64_t free_place(const struct aspace *as, uint64_t size, uint64_t align, uint64_t low,
                           uint64_t high)
{
    uint64_t slack = align - GUEST_PAGE;
    if (size + slack < size)
        return 0;
    uint64_t at = maptree_gap(&as->tree, size + slack, low, high);
    return at ? (at + slack) & ~(align - 1) : 0;
}

int64_t map_anywhere(struct aspace *as, uint64_t size, uint64_t align, int prot, int flags, int fd,
                     uint64_t offset)
{
    const uint64_t end = as->limit < far_end ? as->limit : far_end;
    for (int tries = 0; tries < 64; tries++) {
        uint64_t at = free_place(as, size, align, as->area_low, as->mmap_top);
        if (!at)
            at = free_place(as, size, align, as->area_high, end);
        if (!at)
            at = free_place(as, size, align, lowest, as->mmap_top);
        if (!at)
            return -ENOMEM;
        int64_t r = host_map(as, at, size, prot, flags | MAP_FIXED_NOREPLACE, fd, offset);
        if (r != -EEXIST)
            return r;
        mark_foreign(as, at, at + size);
    }
    return -ENOMEM;
}

/*
 * The next free part of [*at, end): its bounds in *lo and *hi; false if there is none. Moves *at
 * behind it.
 */
static bool next_hole(const struct aspace *as, uint64_t *at, uint64_t end, uint64_t *lo,
                      uint64_t *hi)
{
    while (*at < end) {
        const struct map_node *n = maptree_at_or_above(&as->tree, *at);
        *lo = *at;
        *hi = n && n->start < end ? n->start : end;
        *at = n && n->start < end ? n->end : end;
        if (*lo < *hi)
            return true;
    }
    return false;
}

static bool foreign_within(const struct aspace *as, uint64_t start, uint64_t end)
{
    const struct map_node *n;
    for (; start < end && (n = maptree_at_or_above(&as->tree, start)) && n->start < end;
         start = n->end)
        if (map_foreign(n))
            return true;
    return false;
}

void unclaim(struct aspace *as, uint64_t start, uint64_t end)
{
    uint64_t lo, hi;
    while (next_hole(as, &start, end, &lo, &hi))
        munmap(aspace_host(as, lo), hi - lo);
}

int64_t claim(struct aspace *as, uint64_t start, uint64_t end)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    uint64_t lo, hi, at = start;
    if (foreign_within(as, start, end))
        return -ENOMEM;
    while (next_hole(as, &at, end, &lo, &hi)) {
        int64_t r = host_map(as, lo, hi - lo, PROT_NONE, flags, -1, 0);
        if (r < 0) {
            unclaim(as, start, lo);
            return r == -EPERM ? -EPERM : -ENOMEM;
        }
    }
    return 0;
}
