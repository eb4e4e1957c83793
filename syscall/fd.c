/*
 * Descriptors of Ferry's own: numbers the guest cannot see, close or overwrite.
 *
 * They live at or above the guest's soft limit of open files, where no call of the guest creates
 * any, or at 1024, if that is less: a table of a million descriptors would be copied by every fork.
 * And they stand in a small table here. A guest that raises its limit and then names such a number gets
 * -EBADF, as if the limit stood in its way.
 *
 * The table is written before the guest runs or under no one's eyes (see syscall.h), and read by
 * anybody: `reserved_low` decides nearly every question with one compare.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "syscall/host_number.h"
#include "syscall/table.h"

static int reserved_low = INT_MAX;
static int reserved[FD_RESERVED_MAX];
static int nreserved;

bool fd_reserved(int fd)
{
    if (__builtin_expect(fd < __atomic_load_n(&reserved_low, __ATOMIC_RELAXED), 1))
        return false;
    for (int i = 0; i < nreserved; i++)
        if (reserved[i] == fd)
            return true;
    return false;
}

static void update_low(void)
{
    int low = INT_MAX;
    for (int i = 0; i < nreserved; i++)
        if (reserved[i] < low)
            low = reserved[i];
    __atomic_store_n(&reserved_low, low, __ATOMIC_RELAXED);
}

/* A copy of `fd` in such a place, for which a soft limit is lifted for a moment. */
static int64_t duplicate_above(int fd)
{
    enum { ENOUGH = 1024 };
    struct rlimit limit, lifted;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return -errno;
    if (limit.rlim_cur > ENOUGH + FD_RESERVED_MAX)
        return host_syscall(SYS_fcntl, (uint64_t)fd, F_DUPFD_CLOEXEC, ENOUGH, 0, 0, 0);
    lifted = limit;
    lifted.rlim_cur = limit.rlim_cur + FD_RESERVED_MAX;
    if (limit.rlim_cur > INT_MAX - FD_RESERVED_MAX || lifted.rlim_cur > limit.rlim_max)
        lifted.rlim_cur = limit.rlim_max;
    uint64_t least = limit.rlim_cur;
    if (lifted.rlim_cur <= least) /* no room above: the last below */
        least = limit.rlim_cur > FD_RESERVED_MAX ? limit.rlim_cur - FD_RESERVED_MAX : 0;
    setrlimit(RLIMIT_NOFILE, &lifted);
    int64_t copy = host_syscall(SYS_fcntl, (uint64_t)fd, F_DUPFD_CLOEXEC, least, 0, 0, 0);
    setrlimit(RLIMIT_NOFILE, &limit);
    return copy;
}

int fd_reserve(int fd)
{
    if (nreserved == FD_RESERVED_MAX)
        return -EMFILE;
    int64_t copy = duplicate_above(fd);
    if (copy < 0)
        return (int)copy;
    host_syscall(SYS_close, (uint64_t)fd, 0, 0, 0, 0, 0);
    reserved[nreserved++] = (int)copy;
    update_low();
    return (int)copy;
}

void fd_unreserve(int fd)
{
    for (int i = 0; i < nreserved; i++) {
        if (reserved[i] != fd)
            continue;
        reserved[i] = reserved[--nreserved];
        update_low();
        host_syscall(SYS_close, (uint64_t)fd, 0, 0, 0, 0, 0);
        return;
    }
}

/* ---- the calls that make and end descriptors ---- */

int64_t sys_close(struct task *task, const uint64_t args[6])
{
    if (fd_reserved((int)args[0]))
        return -EBADF;
    /* A socket that lingers and a terminal that drains make the last close wait. */
    return safe_syscall(task_attention(task), SYS_close, args);
}

int64_t sys_dup(struct task *task, const uint64_t args[6])
{
    if (fd_reserved((int)args[0]))
        return -EBADF;
    return host_syscall(SYS_dup, args[0], 0, 0, 0, 0, 0);
}

int64_t sys_dup3(struct task *task, const uint64_t args[6])
{
    if (fd_reserved((int)args[0]) || fd_reserved((int)args[1]))
        return -EBADF;
    return host_syscall(SYS_dup3, args[0], args[1], oflag_to_host(task_abi(task), args[2]), 0, 0,
                        0);
}

/* The least reserved number at or above `from`, or UINT_MAX. */
static unsigned next_reserved(unsigned from)
{
    unsigned next = UINT_MAX;
    for (int i = 0; i < nreserved; i++)
        if ((unsigned)reserved[i] >= from && (unsigned)reserved[i] < next)
            next = (unsigned)reserved[i];
    return next;
}

int64_t sys_close_range(struct task *task, const uint64_t args[6])
{
    unsigned first = (unsigned)args[0], last = (unsigned)args[1];
    if (first > last)
        return host_syscall(SYS_close_range, args[0], args[1], args[2], 0, 0, 0);
    while (first <= last) {
        unsigned hole = next_reserved(first);
        if (hole > first) {
            unsigned stop = hole > last ? last : hole - 1;
            int64_t result = host_syscall(SYS_close_range, first, stop, args[2], 0, 0, 0);
            if (result < 0 || stop == last)
                return result;
        }
        if (hole >= last)
            break;
        first = hole + 1;
    }
    return 0;
}

/* ---- /proc/self/fd ---- */

/* Takes the entries of reserved descriptors out of `size` bytes of them; returns what is left. */
static int64_t drop_reserved(struct task *task, uint64_t entries, int64_t size)
{
    struct {
        uint64_t inode, offset;
        uint16_t length;
        uint8_t type;
        char name[13]; /* a number; names have at least so many bytes, padding included */
    } __attribute__((packed)) entry;
    uint8_t copy[512];
    uint64_t from = entries, to = entries, end = entries + (uint64_t)size;
    while (from < end) {
        size_t least = end - from < sizeof entry ? end - from : sizeof entry;
        if (copy_in(task, &entry, from, least) != 0 || entry.length > sizeof copy)
            return -EFAULT;
        entry.name[sizeof entry.name - 1] = '\0';
        bool number = entry.name[0] >= '0' && entry.name[0] <= '9';
        if (!number || !fd_reserved(atoi(entry.name))) {
            if (to != from && (copy_in(task, copy, from, entry.length) != 0 ||
                               copy_out(task, to, copy, entry.length) != 0))
                return -EFAULT;
            to += entry.length;
        }
        from += entry.length;
    }
    return (int64_t)(to - entries);
}

int64_t sys_getdents64(struct task *task, const uint64_t args[6])
{
    if (fd_reserved((int)args[0]))
        return -EBADF;
    int64_t size = host_syscall(SYS_getdents64, args[0], args[1], args[2], 0, 0, 0);
    if (!nreserved || size <= 0 || !task_lists_descriptors(task, (int)args[0]))
        return size;
    int64_t left = drop_reserved(task, args[1], size);
    return left ? left : sys_getdents64(task, args); /* nothing would mean the end */
}
