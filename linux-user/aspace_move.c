/* Moving mappings, and those of System V shared memory. See aspace.h. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/aspace_internal.h"

static const int reserve = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

/* ---- mremap ---- */

/* The flags of a range that has moved: it is no neighbour of what it was mapped with. */
static uint32_t moved(struct aspace *as, uint32_t flags)
{
    const uint32_t kept = (UINT32_C(1) << MAP_NUMBER_SHIFT) - 1;
    return flags & MAP_IS_FILE ? (flags & kept) | ++as->last_map << MAP_NUMBER_SHIFT : flags;
}

/* The ranges of [from, from + size) enter the table a second time, at `to`. */
static void record_copy(struct aspace *as, uint64_t from, uint64_t size, uint64_t to)
{
    const struct map_node *n;
    uint64_t lo, hi, at = from;
    while (at < from + size && (n = next_piece(as, &at, from + size, &lo, &hi)))
        maptree_set(&as->tree, to + (lo - from), to + (hi - from), n->prot, moved(as, n->flags));
}

/*
 * Moves or resizes to a place that has been claimed. What moves is one range, or several that keep
 * their size.
 */
static int64_t move_to(struct aspace *as, uint64_t old, uint64_t old_size, uint64_t new_size,
                       int flags, uint64_t to)
{
    const struct map_node *n = maptree_at_or_above(&as->tree, old);
    uint32_t prot = n->prot, label = n->flags;
    bool had_code = executable_within(as, old, old + old_size) || (prot & PROT_EXEC);
    bool replaced_code = executable_within(as, to, to + new_size);
    void *p = mremap(aspace_host(as, old), old_size, new_size,
                     MREMAP_MAYMOVE | MREMAP_FIXED | (flags & MREMAP_DONTUNMAP),
                     aspace_host(as, to));
    if (p == MAP_FAILED) {
        int error = errno;
        unclaim(as, to, to + new_size);
        return -error;
    }
    if (old_size == new_size)
        record_copy(as, old, old_size, to);
    else
        maptree_set(&as->tree, to, to + new_size, prot, moved(as, label));
    if (!(flags & MREMAP_DONTUNMAP) && old_size)
        maptree_clear(&as->tree, old, old + old_size);
    if (had_code)
        forget_code(as, old, old + old_size);
    if (had_code || replaced_code)
        forget_code(as, to, to + new_size);
    return (int64_t)to;
}

static int64_t move_anywhere(struct aspace *as, uint64_t old, uint64_t old_size, uint64_t new_size,
                             int flags)
{
    int64_t to = map_anywhere(as, new_size, GUEST_PAGE, PROT_NONE, reserve, -1, 0);
    return to < 0 ? to : move_to(as, old, old_size, new_size, flags, (uint64_t)to);
}

static int64_t move_fixed(struct aspace *as, uint64_t old, uint64_t old_size, uint64_t new_size,
                          int flags, uint64_t to)
{
    if (flags_within(as, to, to + new_size) & MAP_IS_SEALED)
        return -EPERM;
    int64_t r = claim(as, to, to + new_size);
    return r ? r : move_to(as, old, old_size, new_size, flags, to);
}

/* Grows in place when nobody is in the way, neither the guest nor the host: 0, or -errno. */
static int64_t grow(struct aspace *as, const struct map_node *n, uint64_t old, uint64_t old_size,
                    uint64_t new_size)
{
    uint32_t prot = n->prot, label = n->flags;
    if (!range_ok(as, old, new_size) ||
        any_mapped(as, old + old_size, old + new_size))
        return -ENOMEM;
    if (mremap(aspace_host(as, old), old_size, new_size, 0) == MAP_FAILED)
        return -errno;
    maptree_set(&as->tree, old, old + new_size, prot, label);
    return 0;
}

/* Ranges that differ may be moved together (since Linux 6.17), but not resized. */
static bool may_move(const struct aspace *as, const struct map_node *first, uint64_t old,
                     uint64_t size, bool pure_move)
{
    const struct map_node *n;
    uint64_t lo, hi, at = old;
    if (pure_move)
        return true;
    while (at < old + size && (n = next_piece(as, &at, old + size, &lo, &hi)))
        if (n->prot != first->prot || n->flags != first->flags)
            return false;
    return covered_until(as, old, old + size) == old + size;
}

static int64_t mremap_locked(struct aspace *as, uint64_t old, uint64_t old_size, uint64_t new_size,
                             int flags, uint64_t to)
{
    const struct map_node *n = maptree_at_or_above(&as->tree, old);
    if (!n || n->start > old || map_foreign(n))
        return -EFAULT;
    if (flags_within(as, old, old + (old_size ? old_size : GUEST_PAGE)) & MAP_IS_SEALED)
        return -EPERM;
    if (!(flags & MREMAP_FIXED) && !(flags & MREMAP_DONTUNMAP) && old_size && new_size < old_size) {
        unmap_locked(as, old + new_size, old + old_size);
        return (int64_t)old;
    }
    if (!may_move(as, n, old, old_size, (flags & MREMAP_FIXED) && old_size == new_size))
        return -EFAULT;
    if (new_size > old_size && over_limit(as, new_size - old_size, 0))
        return -ENOMEM;
    if (flags & MREMAP_FIXED)
        return move_fixed(as, old, old_size, new_size, flags, to);
    if (flags & MREMAP_DONTUNMAP || !old_size)
        return move_anywhere(as, old, old_size, new_size, flags);
    if (new_size == old_size)
        return (int64_t)old;
    int64_t r = grow(as, n, old, old_size, new_size);
    if (r == 0)
        return (int64_t)old;
    if (r != -ENOMEM || !(flags & MREMAP_MAYMOVE))
        return r;
    return move_anywhere(as, old, old_size, new_size, flags);
}

int64_t aspace_mremap(struct aspace *as, uint64_t old, uint64_t old_size, uint64_t new_size,
                      int flags, uint64_t to)
{
    const int known = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
    if ((flags & ~known) ||
        ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(flags & MREMAP_MAYMOVE)) ||
        ((flags & MREMAP_DONTUNMAP) && page_up(old_size) != page_up(new_size)) || old % GUEST_PAGE)
        return -EINVAL;
    old_size = page_up(old_size);
    new_size = page_up(new_size);
    if (!new_size || !range_ok(as, 0, new_size))
        return -EINVAL;
    /* With MREMAP_DONTUNMAP it is a hint, and looked at all the same. */
    if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) &&
        (to % GUEST_PAGE || !range_ok(as, to, new_size) ||
         (to < old + old_size && old < to + new_size)))
        return -EINVAL;
    if (!range_ok(as, old, old_size))
        return -EFAULT;
    aspace_lock(as);
    aspace_settle(as, old, old + old_size);
    int64_t r = mremap_locked(as, old, old_size, new_size, flags, to);
    aspace_unlock(as);
    return r;
}

int64_t aspace_remap_file_pages(struct aspace *as, uint64_t address, uint64_t size, int prot,
                                uint64_t page, int flags)
{
    uint64_t start = page_down(address), length = page_down(size);
    if (!range_ok(as, start, length) || !length)
        return -EINVAL;
    aspace_lock(as);
    int64_t r = -EINVAL;
    if (covered_until(as, start, start + length) == start + length) {
        if (flags_within(as, start, start + length) & MAP_IS_SEALED)
            r = -EPERM;
        else
            r = syscall(SYS_remap_file_pages, aspace_host(as, start), length, prot, page, flags)
                    ? -errno
                    : 0;
        if (executable_within(as, start, start + length))
            forget_code(as, start, start + length);
    }
    aspace_unlock(as);
    return r;
}

/* ---- System V shared memory ---- */

int64_t aspace_shmat(struct aspace *as, int id, uint64_t address, int flags)
{
    struct shmid_ds info;
    if (id < 0)
        return -EINVAL;
    if (address % GUEST_PAGE && !(flags & SHM_RND))
        return -EINVAL;
    if (!page_down(address) && (flags & SHM_REMAP))
        return -EINVAL;
    address = page_down(address);
    if (shmctl(id, IPC_STAT, &info) != 0)
        return -errno;
    uint64_t size = page_up(info.shm_segsz);
    int prot =
        PROT_READ | (flags & SHM_RDONLY ? 0 : PROT_WRITE) | (flags & SHM_EXEC ? PROT_EXEC : 0);
    aspace_lock(as);
    int64_t at = -EINVAL;
    if (over_limit(as, size, 0))
        at = -ENOMEM;
    else if (!address)
        at = map_anywhere(as, size, GUEST_PAGE, PROT_NONE, reserve, -1, 0);
    else if (range_ok(as, address, size) &&
             ((flags & SHM_REMAP) || !any_mapped(as, address, address + size)))
        at = claim(as, address, address + size) ? -EINVAL : (int64_t)address;
    if (at >= 0) {
        void *p = shmat(id, aspace_host(as, (uint64_t)at), (flags & SHM_RDONLY) | SHM_REMAP);
        if (p == (void *)-1) {
            int error = errno;
            unclaim(as, (uint64_t)at, (uint64_t)at + size);
            at = -error;
        } else {
            record_map(as, (uint64_t)at, size, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0,
                       MAP_IS_SHM);
        }
    }
    aspace_unlock(as);
    return at;
}

int64_t aspace_shmdt(struct aspace *as, uint64_t address)
{
    aspace_lock(as);
    const struct map_node *n = maptree_at_or_above(&as->tree, address);
    int64_t r = -EINVAL;
    if (n && n->start == address && (n->flags & MAP_IS_SHM)) {
        uint64_t end = n->end;
        bool had_code = n->prot & PROT_EXEC;
        if (shmdt(aspace_host(as, address)) == 0) {
            maptree_clear(&as->tree, address, end);
            if (had_code)
                forget_code(as, address, end);
            r = 0;
        } else {
            r = -errno;
        }
    }
    aspace_unlock(as);
    return r;
}

/* ---- mappings that the host's kernel makes and unmaps by itself ---- */

/* Moves a mapping that is not in the table to a place of the guest's. Lock held. */
static int64_t move_in(struct aspace *as, void *mapping, uint64_t size)
{
    int64_t at = map_anywhere(as, size, GUEST_PAGE, PROT_NONE, reserve, -1, 0);
    if (at < 0)
        return at;
    void *place = aspace_host(as, (uint64_t)at);
    if (mremap(mapping, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, place) != MAP_FAILED)
        return at;
    int error = errno;
    munmap(place, size);
    return -error;
}

int64_t aspace_take(struct aspace *as, void *mapping, uint64_t size, int prot, bool move)
{
    uint64_t here = (uint64_t)(uintptr_t)mapping - as->base;
    aspace_lock(as);
    int64_t at = move ? move_in(as, mapping, size) : -EINVAL;
    if (at < 0)
        at = range_ok(as, here, size) ? (int64_t)here : -ENOMEM;
    if (at >= 0)
        maptree_set(&as->tree, (uint64_t)at, (uint64_t)at + size, (uint32_t)prot,
                    MAP_IS_SHARED | MAP_IS_FILE);
    aspace_unlock(as);
    return at;
}

void aspace_gone(struct aspace *as, uint64_t address, uint64_t size)
{
    aspace_lock(as);
    maptree_clear(&as->tree, address, address + size);
    aspace_unlock(as);
}
