/* What the files of the address space share; see aspace.h. The lock is held in all of these. */
#ifndef FERRY_LINUX_USER_ASPACE_INTERNAL_H
#define FERRY_LINUX_USER_ASPACE_INTERNAL_H

#include "linux-user/aspace.h"

/* Not everywhere yet; the kernel's numbers. */
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

static inline void *aspace_host(const struct aspace *as, uint64_t guest)
{
    return (void *)(uintptr_t)(as->base + guest);
}

static inline bool map_foreign(const struct map_node *n)
{
    return n->flags & MAP_IS_FOREIGN;
}

static inline bool range_ok(const struct aspace *as, uint64_t address, uint64_t size)
{
    return size <= as->limit && address <= as->limit - size;
}

/* ---- aspace.c ---- */

/*
 * The next piece of [*at, end) that is the guest's: its bounds in *lo and *hi, its range as result,
 * or NULL. Moves *at behind it, so that a loop may change the piece.
 */
const struct map_node *next_piece(const struct aspace *as, uint64_t *at, uint64_t end,
                                  uint64_t *lo, uint64_t *hi);

/* The flags or protection bits that any of the guest's ranges in [start, end) has. */
uint32_t flags_within(const struct aspace *as, uint64_t start, uint64_t end);
bool executable_within(const struct aspace *as, uint64_t start, uint64_t end);

/* True if anything, foreign or not, is known to be in the range. */
bool any_mapped(const struct aspace *as, uint64_t start, uint64_t end);

/* The end of the guest's memory that reaches without a hole from `start`, at most `end`. */
uint64_t covered_until(const struct aspace *as, uint64_t start, uint64_t end);

/* The code there has gone or changed. */
void forget_code(struct aspace *as, uint64_t start, uint64_t end);

/* [start, end) has become executable, next to what may have been cut off there. */
void new_code(struct aspace *as, uint64_t start, uint64_t end);

/* ---- aspace_place.c ---- */

/* Protection as the host gets it. */
int host_prot(int prot);

/* mmap of the host at a fixed place. Returns `at` or -errno. */
int64_t host_map(const struct aspace *as, uint64_t at, uint64_t size, int prot, int flags, int fd,
                 uint64_t offset);

/* Maps at a place of our choice, a multiple of `align`. Returns it or -errno. */
int64_t map_anywhere(struct aspace *as, uint64_t size, uint64_t align, int prot, int flags, int fd,
                     uint64_t offset);

/*
 * Makes [start, end) safe for MAP_FIXED: whatever in it is free is taken with a mapping that cannot
 * replace anything. -ENOMEM if part of it is not the guest's to have.
 */
int64_t claim(struct aspace *as, uint64_t start, uint64_t end);

/* Gives back what `claim` took and the table does not know. */
void unclaim(struct aspace *as, uint64_t start, uint64_t end);

/* ---- aspace_call.c ---- */

/* True if `more` bytes, `data` of them private and writable, are beyond the guest's limits. */
bool over_limit(const struct aspace *as, uint64_t more, uint64_t data);

/* Enters a mapping just made into the table. */
void record_map(struct aspace *as, uint64_t at, uint64_t size, int prot, int flags, int fd,
                uint64_t offset, uint32_t label);

/* Unmaps what is the guest's in a range. */
void unmap_locked(struct aspace *as, uint64_t start, uint64_t end);

#endif
