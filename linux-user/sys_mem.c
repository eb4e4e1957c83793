/* System calls about memory: thin over aspace.c. The names are the kernel's. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "linux-user/task.h"
#include "linux-user/uring.h"
#include "syscall/prctl.h"
#include "syscall/rows.h"
#include "util/log.h"

/* -d page: what the guest has done to its map. */
static int64_t logged(const char *what, int64_t result, const uint64_t a[6])
{
    if (log_on(LOG_PAGE))
        log_print("page %s %#llx +%#llx prot %llx flags %llx -> %#llx\n", what,
                  (unsigned long long)a[0], (unsigned long long)a[1], (unsigned long long)a[2],
                  (unsigned long long)a[3], (unsigned long long)result);
    return result;
}

/* The protection that PROT_* `prot` means to a program with READ_IMPLIES_EXEC. */
static int implied(struct task *t, uint64_t prot)
{
    bool all = (t->process->personality & READ_IMPLIES_EXEC) && (prot & PROT_READ);
    return (int)prot | (all ? PROT_EXEC : 0);
}

/* PR_SET_MDWE: nothing becomes executable that is writable, or that was not so before. */
static bool denies_exec(struct task *t)
{
    struct aspace *as = t->process->as;
    if (as->mdwe == MDWE_UNKNOWN)
        as->mdwe = prctl(OPTION_PR_GET_MDWE, 0, 0, 0, 0) > 0 ? MDWE_ON : MDWE_OFF;
    return as->mdwe == MDWE_ON;
}

/* Only a crooked offset is complained about before the descriptor (mm/mmap.c, ksys_mmap_pgoff). */
static bool no_file(const uint64_t a[6])
{
    return !(a[3] & MAP_ANONYMOUS) && a[5] % GUEST_PAGE == 0 &&
           (fd_reserved((int)a[4]) || fcntl((int)a[4], F_GETFD) < 0);
}

int64_t sys_mmap(struct task *t, const uint64_t a[6])
{
    int prot = implied(t, a[2]);
    if ((prot & PROT_EXEC) && (prot & PROT_WRITE) && denies_exec(t))
        return logged("mmap", -EACCES, a);
    int64_t r;
    if (!uring_used || (a[3] & MAP_ANONYMOUS) || !uring_mmap(t, a, &r))
        r = aspace_mmap(t->process->as, a[0], a[1], prot, (int)a[3], (int)a[4], a[5], 0);
    if (r < 0 && no_file(a))
        r = -EBADF;
    return logged("mmap", r, a);
}

int64_t sys_munmap(struct task *t, const uint64_t a[6])
{
    int64_t r = aspace_munmap(t->process->as, a[0], a[1]);
    if (uring_used && r == 0)
        uring_unmapped(a[0], page_up(a[1]));
    return logged("munmap", r, a);
}

int64_t sys_mprotect(struct task *t, const uint64_t a[6])
{
    struct aspace *as = t->process->as;
    const int unknown = 1 << 30; /* for what an int would lose */
    int prot = implied(t, a[2]) | (a[2] >> 32 ? unknown : 0);
    if ((prot & PROT_EXEC) && denies_exec(t) && a[0] % GUEST_PAGE == 0 &&
        aspace_covers(as, a[0], page_up(a[1])) &&
        ((prot & PROT_WRITE) || !aspace_executable(as, a[0], page_up(a[1]))))
        return logged("mprotect", -EACCES, a);
    return logged("mprotect", aspace_mprotect(as, a[0], a[1], prot), a);
}

int64_t sys_mremap(struct task *t, const uint64_t a[6])
{
    int64_t r = a[3] >> 32 ? -EINVAL /* the kernel's flags are a long */
                           : aspace_mremap(t->process->as, a[0], a[1], a[2], (int)a[3], a[4]);
    return logged("mremap", r, a);
}

int64_t sys_madvise(struct task *t, const uint64_t a[6])
{
    return aspace_madvise(t->process->as, a[0], a[1], (int)a[2]);
}

int64_t sys_mlockall(struct task *t, const uint64_t a[6])
{
    return aspace_mlockall(t->process->as, (int)a[0]);
}

int64_t sys_munlockall(struct task *t, const uint64_t a[6])
{
    (void)a;
    return aspace_munlockall(t->process->as);
}

int64_t sys_mseal(struct task *t, const uint64_t a[6])
{
    return aspace_mseal(t->process->as, a[0], a[1], a[2]);
}

int64_t sys_remap_file_pages(struct task *t, const uint64_t a[6])
{
    return aspace_remap_file_pages(t->process->as, a[0], a[1], (int)a[2], a[3], (int)a[4]);
}

int64_t sys_brk(struct task *t, const uint64_t a[6])
{
    return aspace_brk(t->process->as, a[0]);
}

int64_t sys_shmat(struct task *t, const uint64_t a[6])
{
    return aspace_shmat(t->process->as, (int)a[0], a[1], (int)a[2]);
}

int64_t sys_shmdt(struct task *t, const uint64_t a[6])
{
    return aspace_shmdt(t->process->as, a[0]);
}

/*
 * Calls that only look at memory or pin it can go to the host as they are, as far as the range is
 * the guest's: they must not tell of, or pin, memory that the guest does not have. Where it ends
 * too early they have done what comes before.
 */
static int64_t on_range(struct task *t, long number, const uint64_t a[6])
{
    uint64_t start = page_down(a[0]), size = page_up(a[1] + (a[0] - start));
    if (start + size < start)
        return number == SYS_mincore || number == SYS_msync ? -ENOMEM : -EINVAL;
    uint64_t reach = size ? aspace_reach(t->process->as, start, size) : 0;
    if (reach < size && !reach)
        return -ENOMEM;
    int64_t r = host_syscall(number, (uint64_t)(uintptr_t)guest_pointer(t, a[0]),
                             reach < size ? reach - (a[0] - start) : a[1], a[2], a[3], a[4], a[5]);
    return r == 0 && reach < size ? -ENOMEM : r;
}

int64_t sys_mlock(struct task *t, const uint64_t a[6])
{
    return on_range(t, SYS_mlock, a);
}

int64_t sys_mlock2(struct task *t, const uint64_t a[6])
{
    if ((int)a[2] & ~MLOCK_ONFAULT)
        return -EINVAL;
    return on_range(t, SYS_mlock2, a);
}

int64_t sys_munlock(struct task *t, const uint64_t a[6])
{
    return on_range(t, SYS_munlock, a);
}

int64_t sys_msync(struct task *t, const uint64_t a[6])
{
    const int known = MS_ASYNC | MS_INVALIDATE | MS_SYNC, flags = (int)a[2];
    if (a[0] % GUEST_PAGE || (flags & ~known) || ((flags & MS_ASYNC) && (flags & MS_SYNC)))
        return -EINVAL;
    return on_range(t, SYS_msync, a);
}

int64_t sys_mincore(struct task *t, const uint64_t a[6])
{
    if (a[0] % GUEST_PAGE)
        return -EINVAL;
    /* The kernel looks at both ends before it looks for holes. */
    uint64_t limit = t->process->as->limit;
    if (a[0] >= limit || a[1] > limit - a[0])
        return -ENOMEM;
    if (a[2] > limit)
        return -EFAULT;
    uint64_t b[6] = {a[0], a[1], (uint64_t)(uintptr_t)guest_pointer(t, a[2]), a[3], a[4], a[5]};
    return on_range(t, SYS_mincore, b);
}

/*
 * On itself a process may give any advice (since Linux 6.13): what it throws away may have been code.
 * Of another's code we know nothing, and its own ferry is not told.
 */
int64_t sys_process_madvise(struct task *t, const uint64_t a[6])
{
    struct aspace *as = t->process->as;
    struct iovec v;
    int64_t r = host_syscall(SYS_process_madvise, a[0], (uint64_t)(uintptr_t)guest_pointer(t, a[1]),
                             a[2], a[3], a[4], 0);
    for (uint64_t i = 0; r > 0 && i < a[2]; i++)
        if (copy_in(t, &v, a[1] + i * sizeof v, sizeof v) == 0)
            aspace_discarded(as, (uint64_t)(uintptr_t)v.iov_base - as->base, v.iov_len);
    return r;
}
