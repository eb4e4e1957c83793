/*
 * Waiting for descriptors: the calls with a temporary signal mask, and epoll's events, which x86-64
 * alone packs.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "syscall/host_number.h"
#include "syscall/struct.h"
#include "syscall/table.h"

static uint64_t address(const void *p)
{
    return (uint64_t)(uintptr_t)p;
}

/*
 * Makes a call that takes a mask. `mask` is the guest's pointer, which may be null, `size` what the
 * guest says of its size. The host's mask goes to *host_set, which `host` refers to already.
 */
static int64_t call_with_mask(struct task *task, long number, const uint64_t host[6], uint64_t mask,
                              uint64_t size, uint64_t *host_set)
{
    uint64_t guest_set;
    if (size != sizeof guest_set)
        return -EINVAL;
    if (copy_in(task, &guest_set, mask, sizeof guest_set) != 0)
        return -EFAULT;
    int64_t result = -EINTR;
    if (task_sigmask_enter(task, guest_set, host_set))
        result = safe_syscall(task_attention(task), number, host);
    return task_sigmask_leave(task, result);
}

/* A call with the mask at argument 3 or 4 and its size behind it. */
static int64_t call_mask_argument(struct task *task, long number, uint64_t host[6], unsigned at)
{
    uint64_t set, mask = host[at], size = host[at + 1];
    if (!mask)
        return safe_syscall(task_attention(task), number, host);
    host[at] = address(&set);
    return call_with_mask(task, number, host, mask, size, &set);
}

/* The pair that some calls have as their last argument: a mask, its size. Nothing for none. */
struct mask_pair {
    uint64_t mask, size;
};

static int pair_in(struct task *task, uint64_t guest, struct mask_pair *pair)
{
    unsigned word = task_abi(task)->word;
    *pair = (struct mask_pair){0};
    if (guest && (copy_in(task, &pair->mask, guest, word) != 0 ||
                  copy_in(task, &pair->size, guest + word, word) != 0))
        return -EFAULT;
    return 0;
}

static int64_t call_mask_pair(struct task *task, long number, uint64_t host[6],
                              const struct mask_pair *pair)
{
    uint64_t set;
    const uint64_t host_pair[2] = {address(&set), sizeof set};
    if (!pair->mask) {
        host[5] = 0;
        return safe_syscall(task_attention(task), number, host);
    }
    host[5] = address(host_pair);
    return call_with_mask(task, number, host, pair->mask, pair->size, &set);
}

/* A timeout as it is copied: its place for the host, or -EFAULT. */
static int timeout_in(struct task *task, uint64_t guest, struct timespec *copy, uint64_t *host)
{
    *host = 0;
    if (!guest)
        return 0;
    *host = address(copy);
    return struct_in(task, STRUCT_timespec, copy, guest);
}

/* The same where the kernel judges the timeout before it looks at the mask. */
static int valid_timeout_in(struct task *task, uint64_t guest, struct timespec *copy,
                            uint64_t *host)
{
    int error = timeout_in(task, guest, copy, host);
    bool wrong = *host && (copy->tv_sec < 0 || (uint64_t)copy->tv_nsec >= 1000000000);
    return error ? error : wrong ? -EINVAL : 0;
}

/* Writes the remainder back; the kernel, too, does not mind if it cannot. */
static void timeout_out(struct task *task, uint64_t guest, const struct timespec *copy)
{
    if (guest)
        struct_out(task, STRUCT_timespec, guest, copy);
}

int64_t sys_ppoll(struct task *task, const uint64_t args[6])
{
    struct timespec timeout;
    uint64_t host[6] = {address(guest_pointer(task, args[0])), args[1], 0, args[3], args[4]};
    int error = valid_timeout_in(task, args[2], &timeout, &host[2]);
    if (error)
        return error;
    int64_t result = call_mask_argument(task, SYS_ppoll, host, 3);
    if (!syscall_interrupted(result))
        timeout_out(task, args[2], &timeout);
    return result;
}

int64_t sys_pselect6(struct task *task, const uint64_t args[6])
{
    struct timespec timeout;
    uint64_t host[6] = {args[0]};
    for (int i = 1; i <= 3; i++)
        host[i] = address(guest_pointer(task, args[i]));
    struct mask_pair pair;
    int error = pair_in(task, args[5], &pair);
    if (!error)
        error = valid_timeout_in(task, args[4], &timeout, &host[4]);
    if (error)
        return error;
    int64_t result = call_mask_pair(task, SYS_pselect6, host, &pair);
    if (!syscall_interrupted(result))
        timeout_out(task, args[4], &timeout);
    return result;
}

int64_t sys_io_pgetevents(struct task *task, const uint64_t args[6])
{
    struct timespec timeout;
    uint64_t host[6] = {args[0], args[1], args[2], address(guest_pointer(task, args[3]))};
    struct mask_pair pair;
    if (timeout_in(task, args[4], &timeout, &host[4]) != 0 || pair_in(task, args[5], &pair) != 0)
        return -EFAULT;
    return call_mask_pair(task, SYS_io_pgetevents, host, &pair);
}

/* ---- epoll ---- */

/*
 * The host has written `count` packed events to the guest's array, whose elements are larger: moves
 * each to its place, the last first, so that none is overwritten before it is read.
 */
static int64_t spread_events(struct task *task, uint64_t guest, int64_t count)
{
    struct epoll_event event;
    size_t size = struct_size(task, STRUCT_epoll_event);
    for (int64_t i = count - 1; i >= 0; i--) {
        uint64_t at = (uint64_t)i;
        if (copy_in(task, &event, guest + at * sizeof event, sizeof event) != 0 ||
            struct_out(task, STRUCT_epoll_event, guest + at * size, &event) != 0)
            return -EFAULT;
    }
    return count;
}

static int64_t wait_events(struct task *task, long number, const uint64_t args[6], uint64_t timeout)
{
    uint64_t host[6] = {args[0], address(guest_pointer(task, args[1])), args[2], timeout, args[4],
                        args[5]};
    int count = (int)args[2];
    if (count > 0 && (size_t)count > INT_MAX / struct_size(task, STRUCT_epoll_event))
        host[2] = INT_MAX; /* too many for the guest's kernel, and so for the host's */
    int64_t result = call_mask_argument(task, number, host, 4);
    return result > 0 ? spread_events(task, args[1], result) : result;
}

int64_t sys_epoll_pwait(struct task *task, const uint64_t args[6])
{
    return wait_events(task, SYS_epoll_pwait, args, args[3]);
}

int64_t sys_epoll_pwait2(struct task *task, const uint64_t args[6])
{
    struct timespec timeout;
    uint64_t host;
    int error = valid_timeout_in(task, args[3], &timeout, &host);
    if (error)
        return error;
    return wait_events(task, SYS_epoll_pwait2, args, host);
}

/* The kernel's own means of restarting a timed call. Ferry restarts calls as a whole. */
int64_t sys_restart_syscall(struct task *task, const uint64_t args[6])
{
    return -EINTR;
}
