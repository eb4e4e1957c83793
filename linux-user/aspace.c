/* The guest's address space: placement, protection, and the calls that change it. See aspace.h. */
#include "linux-user/aspace.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "translator/translator.h"
#include "util/log.h"

#define GiB (UINT64_C(1) << 30)

/*
 * Ferry itself is linked below 2 GiB and its heap follows within 2 GiB of it; the host's kernel has
 * the top of the address space. AddressSanitizer keeps its shadow of low memory where the guest
 * would live, so a build with it moves the guest up between the shadow and the host's mappings.
 */
#ifdef FERRY_SANITIZERS
static const uint64_t area_start = 0x200000000000, area_end = 0x204000000000;
#else
static const uint64_t area_start = 8 * GiB, area_end = 256 * GiB;
#endif
static const uint64_t far_end = 0x2a0000000000; /* below the host's legacy mmap area */

static const uint64_t lowest = 0x10000; /* vm.mmap_min_addr's usual value */

void aspace_init(struct aspace *as, uint64_t base, uint64_t limit, uint64_t random)
{
    if (personality(0xffffffff) & ADDR_NO_RANDOMIZE)
        random = 0;
    uint64_t shift = (random & 0xffff) * GUEST_PAGE; /* up to 256 MiB */
    *as = (struct aspace){
        .base = base,
        .limit = limit,
        .area_low = area_start,
        .mmap_top = area_end - 1 * GiB - shift,
        .pie_base =
            area_start + (area_end - area_start) / 3 * 2 + ((random >> 16) & 0xffff) * GUEST_PAGE,
        .stack_top = area_end - 2 * GUEST_PAGE - ((random >> 32) & 0x3fff) * GUEST_PAGE,
        .limit_as = UINT64_MAX,
        .limit_data = UINT64_MAX,
    };
    as->pie_base = page_down(as->pie_base);
    as->tree.random = (uint32_t)(random >> 40) | 1;
}

/* ---- the lock: a futex, so that it lives in any process state and holds nothing else ---- */

void aspace_lock(struct aspace *as)
{
    uint32_t expected = 0;
    if (__atomic_compare_exchange_n(&as->lock, &expected, 1, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(&as->lock, 2, __ATOMIC_ACQUIRE) != 0)
        syscall(SYS_futex, &as->lock, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
}

void aspace_unlock(struct aspace *as)
{
    if (__atomic_exchange_n(&as->lock, 0, __ATOMIC_RELEASE) == 2)
        syscall(SYS_futex, &as->lock, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* ---- helpers; the lock is held ---- */

static void *host(const struct aspace *as, uint64_t guest)
{
    return (void *)(uintptr_t)(as->base + guest);
}

static int host_prot(int prot)
{
    if (prot & PROT_EXEC)
        prot |= PROT_READ;
    return prot & ~PROT_EXEC;
}

static int64_t host_map(const struct aspace *as, uint64_t at, uint64_t size, int prot, int flags,
                        int fd, uint64_t offset)
{
    void *p = mmap(host(as, at), size, host_prot(prot), flags, fd, (off_t)offset);
    if (p == MAP_FAILED)
        return -errno;
    if (p != host(as, at)) { /* a kernel before 4.17 takes MAP_FIXED_NOREPLACE for a hint */
        munmap(p, size);
        return -EEXIST;
    }
    return (int64_t)at;
}

static bool foreign(const struct map_node *n)
{
    return n->flags & MAP_IS_FOREIGN;
}

/*
 * The next piece of [*at, end) that is the guest's: its bounds in *lo and *hi, its range as result,
 * or NULL. Moves *at behind it, so that a loop may change the piece.
 */
static const struct map_node *next_piece(const struct aspace *as, uint64_t *at, uint64_t end,
                                         uint64_t *lo, uint64_t *hi)
{
    for (;;) {
        const struct map_node *n = maptree_at_or_above(&as->tree, *at);
        if (!n || n->start >= end)
            return NULL;
        *lo = n->start > *at ? n->start : *at;
        *hi = n->end < end ? n->end : end;
        *at = *hi;
        if (!foreign(n))
            return n;
        if (*at >= end)
            return NULL;
    }
}

static bool executable_within(struct aspace *as, uint64_t start, uint64_t end)
{
    const struct map_node *n;
    uint64_t lo, hi;
    while (start < end && (n = next_piece(as, &start, end, &lo, &hi)))
        if (n->prot & PROT_EXEC)
            return true;
    return false;
}

static void forget_code(struct aspace *as, uint64_t start, uint64_t end)
{
    if (as->translator)
        translator_invalidate(as->translator, start, end - start);
}

/* [start, end) has become executable, next to what may have been cut off there. */
static void new_code(struct aspace *as, uint64_t start, uint64_t end)
{
    const uint64_t insn = 4;
    if (as->fetch_failed)
        forget_code(as, start > insn ? start - insn : 0, end);
}

static bool any_mapped(struct aspace *as, uint64_t start, uint64_t end)
{
    const struct map_node *n = maptree_at_or_above(&as->tree, start);
    return n && n->start < end;
}

/* The end of the guest's memory that reaches without a hole from `start`, at most `end`. */
static uint64_t covered_until(struct aspace *as, uint64_t start, uint64_t end)
{
    while (start < end) {
        const struct map_node *n = maptree_at_or_above(&as->tree, start);
        if (!n || n->start > start || foreign(n))
            break;
        start = n->end;
    }
    return start < end ? start : end;
}

static bool range_ok(const struct aspace *as, uint64_t address, uint64_t size)
{
    return size <= as->limit && address <= as->limit - size;
}

/* Remembers that somebody else sits in a range the table had for free. */
static void mark_foreign(struct aspace *as, uint64_t start, uint64_t end)
{
    for (uint64_t at = start; at < end; at += GUEST_PAGE) {
        unsigned char in_core;
        if (mincore(host(as, at), GUEST_PAGE, &in_core) == 0 &&
            !any_mapped(as, at, at + GUEST_PAGE))
            maptree_set(&as->tree, at, at + GUEST_PAGE, PROT_NONE, MAP_IS_FOREIGN);
    }
}

/* Maps at a place of our choice. */
static int64_t map_anywhere(struct aspace *as, uint64_t size, int prot, int flags, int fd,
                            uint64_t offset)
{
    for (int tries = 0; tries < 64; tries++) {
        uint64_t at = maptree_gap(&as->tree, size, as->area_low, as->mmap_top);
        if (!at) {
            uint64_t end = as->limit < far_end ? as->limit : far_end;
            at = maptree_gap(&as->tree, size, area_end, end);
        }
        if (!at)
            at = maptree_gap(&as->tree, size, lowest, as->mmap_top);
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
 * Makes [start, end) safe for MAP_FIXED: whatever in it is free is taken with a mapping that cannot
 * replace anything. -ENOMEM if part of it is not the guest's to have.
 */
static int64_t claim(struct aspace *as, uint64_t start, uint64_t end)
{
    uint64_t at = start;
    int64_t r = 0;
    while (at < end && !r) {
        const struct map_node *n = maptree_at_or_above(&as->tree, at);
        uint64_t next = n && n->start < end ? n->start : end;
        if (next > at)
            r = host_map(as, at, next - at, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
        if (r >= 0)
            r = next < end && foreign(n) ? -ENOMEM : 0;
        if (!r && next < end)
            next = n->end;
        if (!r)
            at = next;
    }
    if (!r)
        return 0;
    /* Give back the free parts that we took. */
    for (uint64_t undo = start; undo < at;) {
        const struct map_node *n = maptree_at_or_above(&as->tree, undo);
        uint64_t next = n && n->start < at ? n->start : at;
        if (next > undo)
            munmap(host(as, undo), next - undo);
        undo = n && n->start < at ? n->end : at;
    }
    return -ENOMEM;
}

static bool over_limit(const struct aspace *as, uint64_t more)
{
    return as->tree.bytes + more > as->limit_as || as->tree.bytes + more < more;
}

/* A file may end inside its mapping; code beyond that cannot be read. */
static uint64_t readable_size(int fd, uint64_t offset, uint64_t size)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return size;
    uint64_t file = (uint64_t)st.st_size;
    uint64_t there = file > offset ? page_up(file - offset) : 0;
    return there < size ? there : size;
}

/* ---- the calls ---- */

static void record_mmap(struct aspace *as, uint64_t at, uint64_t size, int prot, int flags, int fd,
                        uint64_t offset, uint32_t label)
{
    bool anonymous = flags & MAP_ANONYMOUS;
    label |= anonymous ? 0 : MAP_IS_FILE;
    label |= (flags & MAP_TYPE) != MAP_PRIVATE ? MAP_IS_SHARED : 0;
    bool had_code = executable_within(as, at, at + size);
    uint64_t code = size;
    if ((prot & PROT_EXEC) && !anonymous)
        code = readable_size(fd, offset, size);
    if (code)
        maptree_set(&as->tree, at, at + code, (uint32_t)prot, label);
    if (code < size)
        maptree_set(&as->tree, at + code, at + size, (uint32_t)(prot & ~PROT_EXEC), label);
    if (had_code)
        forget_code(as, at, at + size);
    if (prot & PROT_EXEC)
        new_code(as, at, at + size);
}

static int64_t mmap_locked(struct aspace *as, uint64_t address, uint64_t size, int prot, int flags,
                           int fd, uint64_t offset, uint32_t label)
{
    int type = flags & ~(MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_32BIT);
    int64_t r;
    if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        if (address % GUEST_PAGE)
            return -EINVAL;
        if (!range_ok(as, address, size))
            return -ENOMEM;
        if (flags & MAP_FIXED_NOREPLACE) {
            if (any_mapped(as, address, address + size))
                return -EEXIST;
            r = host_map(as, address, size, prot, type | MAP_FIXED_NOREPLACE, fd, offset);
        } else {
            r = covered_until(as, address, address + size) == address + size
                    ? 0
                    : claim(as, address, address + size);
            if (r == 0) {
                r = host_map(as, address, size, prot, type | MAP_FIXED, fd, offset);
                if (r < 0 && !any_mapped(as, address, address + size))
                    munmap(host(as, address), size);
            }
        }
    } else {
        address = page_up(address);
        r = -EEXIST;
        if (address && range_ok(as, address, size) && !any_mapped(as, address, address + size))
            r = host_map(as, address, size, prot, type | MAP_FIXED_NOREPLACE, fd, offset);
        if (r == -EEXIST || r == -EPERM)
            r = map_anywhere(as, size, prot, type, fd, offset);
    }
    if (r >= 0)
        record_mmap(as, (uint64_t)r, size, prot, flags, fd, offset, label);
    return r;
}

int64_t aspace_mmap(struct aspace *as, uint64_t address, uint64_t size, int prot, int flags, int fd,
                    uint64_t offset, uint32_t label)
{
    if (!size || offset % GUEST_PAGE)
        return -EINVAL;
    if (page_up(size) < size)
        return -ENOMEM;
    size = page_up(size);
    aspace_lock(as);
    int64_t r = over_limit(as, size) && !(flags & MAP_FIXED)
                    ? -ENOMEM
                    : mmap_locked(as, address, size, prot, flags, fd, offset, label);
    aspace_unlock(as);
    return r;
}

/* Unmaps what is the guest's in a range. */
static void unmap_locked(struct aspace *as, uint64_t start, uint64_t end)
{
    bool had_code = executable_within(as, start, end);
    uint64_t lo, hi, at = start;
    while (at < end && next_piece(as, &at, end, &lo, &hi)) {
        maptree_clear(&as->tree, lo, hi);
        munmap(host(as, lo), hi - lo);
    }
    if (had_code)
        forget_code(as, start, end);
}

int64_t aspace_munmap(struct aspace *as, uint64_t address, uint64_t size)
{
    if (address % GUEST_PAGE || !size || page_up(size) < size ||
        !range_ok(as, address, page_up(size)))
        return -EINVAL;
    aspace_lock(as);
    unmap_locked(as, address, address + page_up(size));
    aspace_unlock(as);
    return 0;
}

int64_t aspace_mprotect(struct aspace *as, uint64_t address, uint64_t size, int prot)
{
    const int grows = PROT_GROWSDOWN | PROT_GROWSUP;
    if (address % GUEST_PAGE || (prot & grows) == grows)
        return -EINVAL;
    if (!size)
        return 0;
    if (page_up(size) < size || !range_ok(as, address, page_up(size)))
        return -ENOMEM;
    aspace_lock(as);
    uint64_t end = address + page_up(size);
    /* The stack's low end stands for all of it. */
    const struct map_node *whole = maptree_at_or_above(&as->tree, address);
    if ((prot & PROT_GROWSDOWN) && whole && whole->start <= address &&
        (whole->flags & MAP_IS_STACK))
        address = whole->start;
    uint64_t reach = covered_until(as, address, end);
    int64_t r = 0;
    if (reach > address && mprotect(host(as, address), reach - address, host_prot(prot)) != 0)
        r = -errno;
    if (!r && reach > address) {
        bool had_code = executable_within(as, address, reach);
        const struct map_node *n;
        for (uint64_t at = address, hi; at < reach; at = hi) {
            n = maptree_at_or_above(&as->tree, at);
            hi = n->end < reach ? n->end : reach;
            maptree_set(&as->tree, at, hi, (uint32_t)(prot & ~grows), n->flags);
        }
        if (had_code && !(prot & PROT_EXEC))
            forget_code(as, address, reach);
        if (prot & PROT_EXEC)
            new_code(as, address, reach);
    }
    if (!r && reach < end)
        r = -ENOMEM;
    aspace_unlock(as);
    return r;
}

/* Moves or resizes one mapping to a place that is known to be free. */
static int64_t move_locked(struct aspace *as, uint64_t old, uint64_t old_size, uint64_t new_size,
                           int flags, uint64_t to)
{
    const struct map_node *n = maptree_at_or_above(&as->tree, old);
    uint32_t prot = n->prot, label = n->flags;
    bool keep = flags & MREMAP_DONTUNMAP;
    bool had_code = prot & PROT_EXEC;
    void *p = mremap(host(as, old), old_size, new_size,
                     MREMAP_MAYMOVE | MREMAP_FIXED | (flags & MREMAP_DONTUNMAP), host(as, to));
    if (p == MAP_FAILED)
        return -errno;
    if (!keep && old_size)
        maptree_clear(&as->tree, old, old + old_size);
    maptree_set(&as->tree, to, to + new_size, prot, label);
    if (had_code) {
        forget_code(as, old, old + old_size);
        forget_code(as, to, to + new_size);
    }
    return (int64_t)to;
}

static int64_t mremap_anywhere(struct aspace *as, uint64_t old, uint64_t old_size,
                               uint64_t new_size, int flags)
{
    int64_t to =
        map_anywhere(as, new_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (to < 0)
        return to;
    int64_t r = move_locked(as, old, old_size, new_size, flags, (uint64_t)to);
    if (r < 0)
        munmap(host(as, (uint64_t)to), new_size);
    return r;
}

static int64_t mremap_locked(struct aspace *as, uint64_t old, uint64_t old_size, uint64_t new_size,
                             int flags, uint64_t to)
{
    const struct map_node *n = maptree_at_or_above(&as->tree, old);
    if (!n || n->start > old || foreign(n) ||
        covered_until(as, old, old + old_size) < old + old_size)
        return -EFAULT;
    if (new_size > old_size && over_limit(as, new_size - old_size))
        return -ENOMEM;
    if (flags & MREMAP_FIXED) {
        if (to % GUEST_PAGE || (to < old + old_size && old < to + new_size))
            return -EINVAL;
        if (!range_ok(as, to, new_size))
            return -EINVAL;
        int64_t r = claim(as, to, to + new_size);
        if (r)
            return r;
        bool had_code = executable_within(as, to, to + new_size);
        r = move_locked(as, old, old_size, new_size, flags, to);
        if (had_code)
            forget_code(as, to, to + new_size);
        return r;
    }
    if (flags & MREMAP_DONTUNMAP || !old_size)
        return mremap_anywhere(as, old, old_size, new_size, flags);
    if (new_size <= old_size) {
        if (new_size < old_size)
            unmap_locked(as, old + new_size, old + old_size);
        return (int64_t)old;
    }
    /* Grow in place when nobody is in the way, neither the guest nor the host. */
    if (range_ok(as, old, new_size) && !any_mapped(as, old + old_size, old + new_size)) {
        uint32_t prot = n->prot, label = n->flags;
        if (mremap(host(as, old), old_size, new_size, 0) != MAP_FAILED) {
            maptree_set(&as->tree, old, old + new_size, prot, label);
            return (int64_t)old;
        }
        if (errno != ENOMEM)
            return -errno;
    }
    return flags & MREMAP_MAYMOVE ? mremap_anywhere(as, old, old_size, new_size, flags) : -ENOMEM;
}

int64_t aspace_mremap(struct aspace *as, uint64_t old, uint64_t old_size, uint64_t new_size,
                      int flags, uint64_t to)
{
    const int known = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
    if (old % GUEST_PAGE || (flags & ~known) || !new_size ||
        ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(flags & MREMAP_MAYMOVE)) ||
        ((flags & MREMAP_DONTUNMAP) && old_size != new_size))
        return -EINVAL;
    old_size = page_up(old_size);
    new_size = page_up(new_size);
    if (!range_ok(as, old, old_size) || !new_size)
        return -EINVAL;
    aspace_lock(as);
    int64_t r = mremap_locked(as, old, old_size, new_size, flags, to);
    aspace_unlock(as);
    return r;
}

int64_t aspace_madvise(struct aspace *as, uint64_t address, uint64_t size, int advice)
{
    if (address % GUEST_PAGE || (size && (!page_up(size) || !range_ok(as, address, page_up(size)))))
        return -EINVAL;
    int64_t r = 0;
    uint64_t end = address + page_up(size);
    if (!size)
        return madvise(host(as, address), 0, advice) ? -errno : 0;
    aspace_lock(as);
    uint64_t covered = 0, lo, hi, at = address;
    while (at < end && next_piece(as, &at, end, &lo, &hi)) {
        covered += hi - lo;
        if (!r && madvise(host(as, lo), hi - lo, advice) != 0)
            r = -errno;
    }
    if (!r && covered < end - address)
        r = -ENOMEM;
    bool drops = advice == MADV_DONTNEED || advice == MADV_REMOVE || advice == MADV_FREE;
    if (drops && executable_within(as, address, end))
        forget_code(as, address, end);
    aspace_unlock(as);
    return r;
}

void aspace_set_brk(struct aspace *as, uint64_t end)
{
    as->brk_start = as->brk = page_up(end);
}

int64_t aspace_brk(struct aspace *as, uint64_t to)
{
    aspace_lock(as);
    uint64_t old_end = page_up(as->brk), new_end = page_up(to);
    if (to >= as->brk_start && new_end >= to && range_ok(as, 0, new_end) &&
        to - as->brk_start <= as->limit_data) {
        if (new_end < old_end) {
            unmap_locked(as, new_end, old_end);
            as->brk = to;
        } else if (new_end == old_end) {
            as->brk = to;
        } else if (!over_limit(as, new_end - old_end) &&
                   !any_mapped(as, old_end, new_end + GUEST_PAGE)) {
            int flags = MAP_PRIVATE | MAP_ANONYMOUS;
            if (host_map(as, old_end, new_end - old_end, PROT_READ | PROT_WRITE,
                         flags | MAP_FIXED_NOREPLACE, -1, 0) >= 0) {
                record_mmap(as, old_end, new_end - old_end, PROT_READ | PROT_WRITE, flags, -1, 0,
                            MAP_IS_HEAP);
                as->brk = to;
            }
        }
    }
    int64_t r = (int64_t)as->brk;
    aspace_unlock(as);
    return r;
}

int64_t aspace_map_stack(struct aspace *as, uint64_t size, int prot)
{
    /*
     * All of it at once and lazily, and able to grow by the host's own hand when the guest raises
     * its limit: the kernel then grows it also under its own accesses, as for any stack.
     */
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
    uint64_t top = as->stack_top;
    int64_t r;
    do {
        r = aspace_mmap(as, top - size, size, prot, flags | MAP_GROWSDOWN | MAP_FIXED_NOREPLACE, -1,
                        0, MAP_IS_STACK);
    } while (r == -ENOMEM && (size = page_up(size / 2)) > 64 * 1024);
    if (r < 0)
        return r;
    as->stack_low = top - size;
    return (int64_t)top;
}

int64_t aspace_shmat(struct aspace *as, int id, uint64_t address, int flags)
{
    struct shmid_ds info;
    if (shmctl(id, IPC_STAT, &info) != 0)
        return -errno;
    uint64_t size = page_up(info.shm_segsz);
    if (address % GUEST_PAGE && !(flags & SHM_RND))
        return -EINVAL;
    address = page_down(address);
    int prot =
        PROT_READ | (flags & SHM_RDONLY ? 0 : PROT_WRITE) | (flags & SHM_EXEC ? PROT_EXEC : 0);
    aspace_lock(as);
    int64_t at = -EINVAL;
    if (!address)
        at = map_anywhere(as, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    else if (range_ok(as, address, size) &&
             ((flags & SHM_REMAP) || !any_mapped(as, address, address + size)))
        at = claim(as, address, address + size) ? -EINVAL : (int64_t)address;
    if (at >= 0) {
        void *p = shmat(id, host(as, (uint64_t)at), (flags & SHM_RDONLY) | SHM_REMAP);
        if (p == (void *)-1) {
            int error = errno;
            if (!any_mapped(as, (uint64_t)at, (uint64_t)at + size))
                munmap(host(as, (uint64_t)at), size);
            at = -error;
        } else {
            record_mmap(as, (uint64_t)at, size, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0,
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
        if (shmdt(host(as, address)) == 0) {
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

int64_t aspace_take(struct aspace *as, void *mapping, uint64_t size, int prot)
{
    aspace_lock(as);
    int64_t at =
        map_anywhere(as, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at >= 0) {
        void *place = host(as, (uint64_t)at);
        if (mremap(mapping, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, place) == MAP_FAILED) {
            munmap(place, size);
            at = (int64_t)((uint64_t)(uintptr_t)mapping - as->base);
            if (!range_ok(as, (uint64_t)at, size))
                at = -ENOMEM;
        }
    }
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

bool aspace_covers(struct aspace *as, uint64_t address, uint64_t size)
{
    if (!range_ok(as, address, size))
        return false;
    aspace_lock(as);
    bool yes = covered_until(as, address, address + size) == address + size;
    aspace_unlock(as);
    return yes;
}

bool aspace_executable(struct aspace *as, uint64_t address, uint64_t size)
{
    if (!range_ok(as, address, size))
        return false;
    bool yes = true;
    aspace_lock(as);
    for (uint64_t at = address, end = address + size; yes && at < end;) {
        const struct map_node *n = maptree_at_or_above(&as->tree, at);
        yes = n && n->start <= at && !foreign(n) && (n->prot & PROT_EXEC);
        at = yes ? n->end : end;
    }
    aspace_unlock(as);
    return yes;
}

/* ---- for the translator ---- */

void aspace_cut_page(struct aspace *as, uint64_t address)
{
    uint64_t page = page_down(address);
    aspace_lock(as);
    const struct map_node *n = maptree_at_or_above(&as->tree, page);
    if (n && n->start <= page && !foreign(n) && (n->prot & PROT_EXEC)) {
        uint32_t prot = n->prot & ~(uint32_t)PROT_EXEC, flags = n->flags | MAP_IS_CUT_OFF;
        maptree_set(&as->tree, page, page + GUEST_PAGE, prot, flags);
    }
    aspace_unlock(as);
}

bool aspace_cut_off(struct aspace *as, uint64_t address)
{
    struct map_node n;
    return maptree_read(&as->tree, address, &n) && (n.flags & MAP_IS_CUT_OFF);
}

bool aspace_may_be_code(const struct aspace *as, uint64_t address)
{
    struct map_node n;
    if (maptree_read(&as->tree, address, &n))
        return !foreign(&n);
    /* Unmapped by another thread a moment ago. */
    return address - as->area_low < area_end - as->area_low;
}

/* The last range a thread asked for; valid as long as the table has not changed. */
static __thread struct {
    const struct aspace *as;
    uint64_t start, end;
    uint32_t sequence;
} last_window;

const uint8_t *aspace_window(void *aspace, uint64_t pc, size_t *size)
{
    struct aspace *as = aspace;
    uint32_t sequence = __atomic_load_n(&as->tree.sequence, __ATOMIC_ACQUIRE);
    if (last_window.as == as && last_window.sequence == sequence && !(sequence & 1) &&
        pc - last_window.start < last_window.end - last_window.start) {
        *size = last_window.end - pc;
        return host(as, pc);
    }
    struct map_node n;
    *size = 0;
    if (!maptree_read(&as->tree, pc, &n) || !(n.prot & PROT_EXEC) || foreign(&n))
        return NULL;
    uint64_t start = n.start, end = n.end;
    /* An instruction may straddle two neighbouring ranges. */
    for (int i = 0;
         i < 4 && maptree_read(&as->tree, end, &n) && (n.prot & PROT_EXEC) && !foreign(&n); i++)
        end = n.end;
    last_window.as = as;
    last_window.start = start;
    last_window.end = end;
    last_window.sequence = sequence;
    *size = end - pc;
    return host(as, pc);
}
