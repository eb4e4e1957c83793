/* Mapping, unmapping, protecting, advising, locking, the heap and the main stack. See aspace.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/aspace_internal.h"

enum { HUGE_PAGE = 2 << 20, PROT_FOR_SEMAPHORES = 8 /* PROT_SEM */ };

/* ---- limits ---- */

bool over_limit(const struct aspace *as, uint64_t more, uint64_t data)
{
    const struct maptree *t = &as->tree;
    return t->bytes + more < more || t->bytes + more > as->limit_as ||
           (data && t->data + data > as->limit_data);
}

static bool counts_as_data(int prot, int flags)
{
    return (prot & PROT_WRITE) && (flags & MAP_TYPE) == MAP_PRIVATE && !(flags & MAP_GROWSDOWN);
}

/* The same for a mapping that replaces what is in its place. */
static bool map_over_limit(struct aspace *as, uint64_t at, uint64_t size, int prot, int flags)
{
    uint64_t more = size, lo, hi, p = at;
    if (as->limit_as == UINT64_MAX && as->limit_data == UINT64_MAX)
        return false;
    while ((flags & MAP_FIXED) && p < at + size && next_piece(as, &p, at + size, &lo, &hi))
        more -= hi - lo;
    return over_limit(as, more, counts_as_data(prot, flags) ? more : 0);
}

/* ---- mmap ---- */

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

void record_map(struct aspace *as, uint64_t at, uint64_t size, int prot, int flags, int fd,
                uint64_t offset, uint32_t label)
{
    bool anonymous = flags & MAP_ANONYMOUS;
    prot &= PROT_READ | PROT_WRITE | PROT_EXEC;
    if (!anonymous || (label & MAP_IS_SHM))
        label |= MAP_IS_FILE | ++as->last_map << MAP_NUMBER_SHIFT;
    label |= (flags & MAP_TYPE) != MAP_PRIVATE ? MAP_IS_SHARED : 0;
    if (flags & MAP_GROWSDOWN && as->ngrowing < ASPACE_GROWING) {
        label |= MAP_IS_GROWING;
        as->growing[as->ngrowing++] = at + size - GUEST_PAGE;
    }
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
    if (as->lock_future & MCL_ONFAULT)
        mlock2(aspace_host(as, at), size, MLOCK_ONFAULT);
}

struct mapping {
    uint64_t size;
    int prot, flags, fd; /* flags without those that choose the place */
    uint64_t offset;
};

static int64_t map_fixed(struct aspace *as, uint64_t at, const struct mapping *m, bool replace)
{
    uint64_t end = at + m->size;
    if (!range_ok(as, at, m->size))
        return -ENOMEM;
    if (at % GUEST_PAGE)
        return -EINVAL;
    aspace_settle(as, at, end);
    if (!replace)
        return any_mapped(as, at, end) ? -EEXIST
                                       : host_map(as, at, m->size, m->prot,
                                                  m->flags | MAP_FIXED_NOREPLACE, m->fd, m->offset);
    if (flags_within(as, at, end) & MAP_IS_SEALED)
        return -EPERM;
    int64_t r = covered_until(as, at, end) == end ? 0 : claim(as, at, end);
    if (r)
        return r;
    r = host_map(as, at, m->size, m->prot, m->flags | MAP_FIXED, m->fd, m->offset);
    if (r < 0)
        unclaim(as, at, end);
    return r;
}

/*
 * Large anonymous mappings start where a large page can (mm/huge_memory.c); those of hugetlbfs must,
 * and are whole large pages: *size grows.
 */
static uint64_t alignment(const struct mapping *m, bool hugetlb, uint64_t *size)
{
    uint64_t huge = HUGE_PAGE;
    if (hugetlb && (m->flags & MAP_HUGETLB) && m->flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK)
        huge = UINT64_C(1) << (m->flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK);
    if (hugetlb)
        *size = (*size + huge - 1) & ~(huge - 1);
    else if (!(m->flags & MAP_ANONYMOUS) || *size % huge)
        return GUEST_PAGE;
    return huge;
}

static int64_t map_free(struct aspace *as, uint64_t hint, struct mapping *m)
{
    int64_t r = -EEXIST;
    bool hugetlb = (m->flags & MAP_HUGETLB) && (m->flags & MAP_ANONYMOUS);
    uint64_t align = alignment(m, hugetlb, &m->size);
    hint = page_up(hint);
    if (hint && range_ok(as, hint, m->size) && !(hugetlb && hint % align)) {
        aspace_settle(as, hint, hint + m->size);
        if (!any_mapped(as, hint, hint + m->size))
            r = host_map(as, hint, m->size, m->prot, m->flags | MAP_FIXED_NOREPLACE, m->fd,
                         m->offset);
    }
    if (r == -EEXIST || r == -EPERM)
        r = map_anywhere(as, m->size, align, m->prot, m->flags, m->fd, m->offset);
    if (r == -ENOMEM && align > GUEST_PAGE && !hugetlb)
        r = map_anywhere(as, m->size, GUEST_PAGE, m->prot, m->flags, m->fd, m->offset);
    struct stat st;
    if (r == -EINVAL && !(m->flags & MAP_ANONYMOUS) && fstat(m->fd, &st) == 0 &&
        st.st_blksize >= HUGE_PAGE) { /* a file of hugetlbfs */
        align = (uint64_t)st.st_blksize;
        m->size = (m->size + align - 1) & ~(align - 1);
        r = map_anywhere(as, m->size, align, m->prot, m->flags, m->fd, m->offset);
    }
    return r;
}

static int64_t mmap_locked(struct aspace *as, uint64_t address, uint64_t size, int prot, int flags,
                           int fd, uint64_t offset, uint32_t label)
{
    const int place = MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_32BIT;
    struct mapping m = {size, prot, flags & ~place, fd, offset};
    if (map_over_limit(as, address, size, prot, flags))
        return -ENOMEM;
    if (as->lock_future == MCL_FUTURE)
        m.flags |= MAP_LOCKED;
    int64_t r = flags & place & ~MAP_32BIT
                    ? map_fixed(as, address, &m, !(flags & MAP_FIXED_NOREPLACE))
                    : map_free(as, address, &m);
    if (r >= 0)
        record_map(as, (uint64_t)r, m.size, prot, flags, fd, offset, label);
    return r;
}

/* False for what mmap calls EBADF. */
static bool can_be_mapped(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && !(flags & O_PATH);
}

int64_t aspace_mmap(struct aspace *as, uint64_t address, uint64_t size, int prot, int flags, int fd,
                    uint64_t offset, uint32_t label)
{
    if (offset % GUEST_PAGE)
        return -EINVAL;
    if (!size || !page_up(size))
        return !(flags & MAP_ANONYMOUS) && !can_be_mapped(fd) ? -EBADF
               : !size                                        ? -EINVAL
                                                              : -ENOMEM;
    aspace_lock(as);
    int64_t r = mmap_locked(as, address, page_up(size), prot, flags, fd, offset, label);
    aspace_unlock(as);
    return r;
}

/* ---- munmap ---- */

void unmap_locked(struct aspace *as, uint64_t start, uint64_t end)
{
    bool had_code = executable_within(as, start, end);
    uint64_t lo, hi, at = start;
    while (at < end && next_piece(as, &at, end, &lo, &hi)) {
        maptree_clear(&as->tree, lo, hi);
        munmap(aspace_host(as, lo), hi - lo);
    }
    if (had_code)
        forget_code(as, start, end);
}

int64_t aspace_munmap(struct aspace *as, uint64_t address, uint64_t size)
{
    if (address % GUEST_PAGE || !size || !page_up(size) || !range_ok(as, address, page_up(size)))
        return -EINVAL;
    uint64_t end = address + page_up(size);
    int64_t r = 0;
    aspace_lock(as);
    aspace_settle(as, address, end);
    if (flags_within(as, address, end) & MAP_IS_SEALED)
        r = -EPERM;
    else
        unmap_locked(as, address, end);
    aspace_unlock(as);
    return r;
}

/* ---- mprotect ---- */

/* One range's new protection enters the table. */
static void record_protection(struct aspace *as, uint64_t start, uint64_t end, int prot)
{
    bool had_code = false;
    for (uint64_t at = start, hi; at < end; at = hi) {
        struct map_node *n = maptree_at_or_above(&as->tree, at);
        hi = n->end < end ? n->end : end;
        had_code |= n->prot & PROT_EXEC;
        if (n->prot != (uint32_t)prot)
            maptree_protect(&as->tree, n, at, hi, (uint32_t)prot);
    }
    if (had_code && !(prot & PROT_EXEC))
        forget_code(as, start, end);
    if (prot & PROT_EXEC)
        new_code(as, start, end);
}

static bool protect_over_limit(const struct aspace *as, uint64_t start, uint64_t end, int prot)
{
    uint64_t lo, hi, data = 0;
    const struct map_node *n;
    if (!(prot & PROT_WRITE) || as->limit_data == UINT64_MAX)
        return false;
    while (start < end && (n = next_piece(as, &start, end, &lo, &hi)))
        if (!(n->prot & PROT_WRITE) && !(n->flags & (MAP_IS_SHARED | MAP_IS_GROWING)))
            data += hi - lo;
    return data && as->tree.data + data > as->limit_data;
}

/* A range without holes. When the host refuses part of it, what comes before is changed. */
static int64_t protect_covered(struct aspace *as, uint64_t start, uint64_t end, int prot)
{
    if (protect_over_limit(as, start, end, prot))
        return -ENOMEM;
    if (mprotect(aspace_host(as, start), end - start, host_prot(prot)) == 0) {
        record_protection(as, start, end, prot);
        return 0;
    }
    uint64_t lo, hi;
    while (start < end && next_piece(as, &start, end, &lo, &hi)) {
        if (mprotect(aspace_host(as, lo), hi - lo, host_prot(prot)) != 0)
            return -errno;
        record_protection(as, lo, hi, prot);
    }
    return 0;
}

int64_t aspace_mprotect(struct aspace *as, uint64_t address, uint64_t size, int prot)
{
    const int grows = PROT_GROWSDOWN | PROT_GROWSUP, plain = PROT_READ | PROT_WRITE | PROT_EXEC;
    if (address % GUEST_PAGE || (prot & grows) == grows)
        return -EINVAL;
    if (!size)
        return 0;
    if (!page_up(size) || address + page_up(size) <= address)
        return -ENOMEM;
    if (prot & ~(grows | plain | PROT_FOR_SEMAPHORES | as->extra_prot))
        return -EINVAL;
    aspace_lock(as);
    uint64_t end = address + page_up(size);
    int64_t r = 0;
    if (range_ok(as, address, page_up(size)))
        aspace_settle(as, address, end);
    const struct map_node *first = maptree_at_or_above(&as->tree, address);
    if (!first || first->start >= end || (first->start > address && !(prot & PROT_GROWSDOWN)) ||
        map_foreign(first))
        r = -ENOMEM;
    else if ((prot & PROT_GROWSUP) || ((prot & PROT_GROWSDOWN) && !(first->flags & MAP_IS_GROWING)))
        r = -EINVAL;
    else if (prot & PROT_GROWSDOWN) /* the low end stands for all of it */
        address = first->start;
    const bool one = !r && first->end >= end;
    uint64_t reach = r ? address : one ? end : covered_until(as, address, end);
    if (!r && ((one ? first->flags : flags_within(as, address, reach)) & MAP_IS_SEALED))
        r = -EPERM;
    if (!r)
        r = protect_covered(as, address, reach, prot & plain);
    if (!r && reach < end)
        r = -ENOMEM;
    aspace_unlock(as);
    return r;
}

/* ---- mseal ---- */

int64_t aspace_mseal(struct aspace *as, uint64_t address, uint64_t size, uint64_t flags)
{
    if (flags || address % GUEST_PAGE || (size && !page_up(size)))
        return -EINVAL;
    uint64_t end = address + page_up(size);
    if (end < address)
        return -EINVAL;
    aspace_lock(as);
    int64_t r = covered_until(as, address, end) == end ? 0 : -ENOMEM;
    for (uint64_t at = address, hi; !r && at < end; at = hi) {
        const struct map_node *n = maptree_at_or_above(&as->tree, at);
        hi = n->end < end ? n->end : end;
        maptree_set(&as->tree, at, hi, n->prot, n->flags | MAP_IS_SEALED);
    }
    aspace_unlock(as);
    return r;
}

/* ---- madvise ---- */

/* Throws contents away, which sealed memory that cannot be written may not suffer. */
static bool discards(int advice)
{
    return advice == MADV_DONTNEED || advice == MADV_REMOVE || advice == MADV_FREE ||
           advice == MADV_DONTNEED_LOCKED || advice == MADV_DONTFORK || advice == MADV_WIPEONFORK;
}

static bool sealed_against(const struct aspace *as, uint64_t start, uint64_t end)
{
    const struct map_node *n;
    uint64_t lo, hi;
    while (start < end && (n = next_piece(as, &start, end, &lo, &hi)))
        if ((n->flags & MAP_IS_SEALED) && !(n->flags & (MAP_IS_FILE | MAP_IS_SHARED)) &&
            !(n->prot & PROT_WRITE))
            return true;
    return false;
}

/* MADV_DONTFORK and MADV_DOFORK are remembered: the host does not tell the child. */
static void record_inheritance(struct aspace *as, uint64_t start, uint64_t end, int advice)
{
    const struct map_node *n;
    uint64_t lo, hi;
    as->keeps_from_children = true;
    while (start < end && (n = next_piece(as, &start, end, &lo, &hi)))
        maptree_set(&as->tree, lo, hi, n->prot,
                    advice == MADV_DONTFORK ? n->flags | MAP_IS_PARENTS
                                            : n->flags & ~(uint32_t)MAP_IS_PARENTS);
}

void aspace_after_fork(struct aspace *as)
{
    as->lock_future = 0; /* nor are locked pages inherited */
    if (!as->keeps_from_children)
        return;
    const struct map_node *n;
    uint64_t lo, hi, at = 0;
    while ((n = next_piece(as, &at, as->limit, &lo, &hi)))
        if (n->flags & MAP_IS_PARENTS) {
            maptree_clear(&as->tree, lo, hi);
            forget_code(as, lo, hi);
        }
}

int64_t aspace_madvise(struct aspace *as, uint64_t address, uint64_t size, int advice)
{
    uint64_t end = address + page_up(size);
    /* The host knows which advice there is; without a range it says only that. */
    if (madvise(aspace_host(as, page_down(address)), 0, advice) != 0)
        return -errno;
    if (address % GUEST_PAGE || (size && !page_up(size)) || end < address)
        return -EINVAL;
    if (!size)
        return 0;
    aspace_lock(as);
    aspace_settle(as, address, end);
    uint64_t covered = 0, lo, hi, at = address;
    int64_t r = discards(advice) && sealed_against(as, address, end) ? -EPERM : 0;
    while (!r && at < end && next_piece(as, &at, end, &lo, &hi)) {
        covered += hi - lo;
        if (madvise(aspace_host(as, lo), hi - lo, advice) != 0)
            r = -errno;
    }
    if (!r && covered < end - address)
        r = -ENOMEM;
    if (discards(advice) && executable_within(as, address, end))
        forget_code(as, address, end);
    if (advice == MADV_DONTFORK || (advice == MADV_DOFORK && as->keeps_from_children))
        record_inheritance(as, address, end, advice);
    aspace_unlock(as);
    return r;
}

void aspace_discarded(struct aspace *as, uint64_t address, uint64_t size)
{
    if (!range_ok(as, address, size))
        return;
    aspace_lock(as);
    if (executable_within(as, address, address + size))
        forget_code(as, address, address + size);
    aspace_unlock(as);
}

/* ---- locking ---- */

static bool has_ipc_lock(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}};
    return syscall(SYS_capget, &header, data) == 0 && (data[0].effective >> CAP_IPC_LOCK & 1);
}

/* Ferry's own memory, code cache and tables, is not to be locked with the guest's. */
int64_t aspace_mlockall(struct aspace *as, int flags)
{
    const int what = MCL_CURRENT | MCL_FUTURE;
    struct rlimit limit = {0, 0};
    if (!(flags & what) || (flags & ~(what | MCL_ONFAULT)))
        return -EINVAL;
    getrlimit(RLIMIT_MEMLOCK, &limit);
    bool free = has_ipc_lock();
    if (!limit.rlim_cur && !free)
        return -EPERM;
    aspace_lock(as);
    int64_t r = -ENOMEM;
    if (!(flags & MCL_CURRENT) || free || as->tree.bytes <= limit.rlim_cur) {
        uint64_t lo, hi, at = 0;
        as->lock_future = flags & MCL_FUTURE ? flags & ~MCL_CURRENT : 0;
        while ((flags & MCL_CURRENT) && next_piece(as, &at, as->limit, &lo, &hi))
            mlock2(aspace_host(as, lo), hi - lo, flags & MCL_ONFAULT ? MLOCK_ONFAULT : 0);
        r = 0;
    }
    aspace_unlock(as);
    return r;
}

int64_t aspace_munlockall(struct aspace *as)
{
    uint64_t lo, hi, at = 0;
    aspace_lock(as);
    as->lock_future = 0;
    while (next_piece(as, &at, as->limit, &lo, &hi))
        munlock(aspace_host(as, lo), hi - lo);
    aspace_unlock(as);
    return 0;
}

/* ---- heap and stack ---- */

int64_t aspace_brk(struct aspace *as, uint64_t to)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS, prot = PROT_READ | PROT_WRITE;
    aspace_lock(as);
    uint64_t old_end = page_up(as->brk), new_end = page_up(to), more = new_end - old_end;
    if (to >= as->brk_start && new_end >= to && range_ok(as, 0, new_end)) {
        if (new_end < old_end) {
            if (!(flags_within(as, new_end, old_end) & MAP_IS_SEALED)) {
                unmap_locked(as, new_end, old_end);
                as->brk = to;
            }
        } else if (new_end == old_end) {
            as->brk = to;
        } else if (!over_limit(as, more, more) &&
                   !any_mapped(as, old_end, new_end + GUEST_PAGE)) {
            int locked = as->lock_future == MCL_FUTURE ? MAP_LOCKED : 0;
            if (host_map(as, old_end, more, prot, flags | locked | MAP_FIXED_NOREPLACE, -1, 0) >=
                0) {
                record_map(as, old_end, more, prot, flags, -1, 0, MAP_IS_HEAP);
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
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK | MAP_GROWSDOWN;
    uint64_t top = as->stack_top;
    int64_t r = aspace_mmap(as, top - size, size, prot, flags | MAP_FIXED_NOREPLACE, -1, 0,
                            MAP_IS_STACK);
    if (r < 0)
        return r;
    as->stack_low = top - size;
    return (int64_t)top;
}
