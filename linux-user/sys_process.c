/* System calls about the process: identity, limits, prctl, processor. The names are the kernel's.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "linux-user/task.h"
#include "syscall/rows.h"

int64_t sys_uname(struct task *t, const uint64_t a[6])
{
    struct utsname u;
    if (uname(&u) != 0)
        return -errno;
    memset(u.machine, 0, sizeof u.machine);
    strncpy(u.machine, task_abi(t)->machine, sizeof u.machine - 1);
    if (t->process->options->release) {
        memset(u.release, 0, sizeof u.release);
        strncpy(u.release, t->process->options->release, sizeof u.release - 1);
    }
    return copy_out(t, a[0], &u, sizeof u);
}

int64_t sys_personality(struct task *t, const uint64_t a[6])
{
    struct process *p = t->process;
    uint32_t old = p->personality;
    if (!old)
        old = (uint32_t)personality(0xffffffff);
    if ((uint32_t)a[0] != 0xffffffff) {
        /* READ_IMPLIES_EXEC is about the guest's pages, never about the host's. */
        int r = personality((uint32_t)a[0] & ~(uint32_t)READ_IMPLIES_EXEC);
        if (r < 0)
            return -errno;
        p->personality = (uint32_t)a[0];
    }
    return old;
}

/* ---- limits ---- */

/* Limits that Ferry keeps for the guest, because its own memory must not count. */
static uint64_t *kept_limit(struct task *t, uint64_t resource)
{
    struct aspace *as = t->process->as;
    return resource == RLIMIT_AS ? &as->limit_as : resource == RLIMIT_DATA ? &as->limit_data : NULL;
}

static int64_t change_limit(struct task *t, uint64_t resource, const uint64_t new[2],
                            uint64_t old[2])
{
    uint64_t *kept = kept_limit(t, resource);
    struct rlimit host;
    if (getrlimit((int)resource, &host) != 0)
        return -errno;
    old[0] = *kept;
    old[1] = host.rlim_max;
    if (!new)
        return 0;
    if (new[0] > new[1])
        return -EINVAL;
    if (new[1] > host.rlim_max)
        return -EPERM;
    /* A lower hard limit cannot be undone, so it is kept only here; execve makes it real. */
    *kept = new[0];
    return 0;
}

int64_t sys_prlimit64(struct task *t, const uint64_t a[6])
{
    uint64_t new[2], old[2];
    if (!kept_limit(t, a[1]) || (a[0] && (int)a[0] != getpid()))
        return host_syscall(SYS_prlimit64, a[0], a[1], (uint64_t)(uintptr_t)guest_pointer(t, a[2]),
                            (uint64_t)(uintptr_t)guest_pointer(t, a[3]), 0, 0);
    if (a[2] && copy_in(t, new, a[2], sizeof new) != 0)
        return -EFAULT;
    int64_t r = change_limit(t, a[1], a[2] ? new : NULL, old);
    if (r == 0 && a[3])
        r = copy_out(t, a[3], old, sizeof old);
    return r;
}

int64_t sys_getrlimit(struct task *t, const uint64_t a[6])
{
    const uint64_t args[6] = {0, a[0], 0, a[1]};
    if (a[0] >= RLIM_NLIMITS)
        return -EINVAL;
    return a[1] ? sys_prlimit64(t, args) : -EFAULT;
}

int64_t sys_setrlimit(struct task *t, const uint64_t a[6])
{
    const uint64_t args[6] = {0, a[0], a[1], 0};
    return a[1] ? sys_prlimit64(t, args) : -EFAULT;
}

/* ---- prctl ---- */

enum prctl_kind { PRCTL_NONE, PRCTL_RAW, PRCTL_POINTER };

/*
 * What may go to the host as it is (RAW), or with its first argument as a pointer. Everything else
 * either has no meaning for the guest or would act on Ferry: seccomp filters, for one, are programs
 * about the guest's call numbers.
 */
static enum prctl_kind prctl_kind(int option)
{
    switch (option) {
    case PR_SET_PDEATHSIG:
    case PR_GET_DUMPABLE:
    case PR_SET_DUMPABLE:
    case PR_GET_KEEPCAPS:
    case PR_SET_KEEPCAPS:
    case PR_GET_SECUREBITS:
    case PR_SET_SECUREBITS:
    case PR_GET_TIMERSLACK:
    case PR_SET_TIMERSLACK:
    case PR_CAPBSET_READ:
    case PR_CAPBSET_DROP:
    case PR_MCE_KILL:
    case PR_MCE_KILL_GET:
    case PR_SET_CHILD_SUBREAPER:
    case PR_SET_NO_NEW_PRIVS:
    case PR_GET_NO_NEW_PRIVS:
    case PR_GET_THP_DISABLE:
    case PR_SET_THP_DISABLE:
    case PR_CAP_AMBIENT:
    case PR_SET_PTRACER:
    case PR_GET_TIMING:
    case PR_SET_TIMING:
    case PR_GET_IO_FLUSHER:
    case PR_SET_IO_FLUSHER:
    case PR_GET_SPECULATION_CTRL:
    case PR_TASK_PERF_EVENTS_DISABLE:
    case PR_TASK_PERF_EVENTS_ENABLE:
        return PRCTL_RAW;
    case PR_GET_PDEATHSIG:
    case PR_GET_NAME:
    case PR_SET_NAME:
    case PR_GET_CHILD_SUBREAPER:
    case PR_GET_TID_ADDRESS:
        return PRCTL_POINTER;
    default:
        return PRCTL_NONE;
    }
}

#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif

static int64_t get_auxv(struct task *t, uint64_t to, uint64_t size)
{
    const struct program *p = t->process->program;
    uint8_t copy[1024];
    uint64_t n = p->auxv_size < sizeof copy ? p->auxv_size : sizeof copy;
    if (copy_in(t, copy, p->auxv, n) != 0 || copy_out(t, to, copy, n < size ? n : size) != 0)
        return -EFAULT;
    return (int64_t)n;
}

int64_t sys_prctl(struct task *t, const uint64_t a[6])
{
    int option = (int)a[0];
    switch (prctl_kind(option)) {
    case PRCTL_RAW:
        return host_syscall(SYS_prctl, a[0], a[1], a[2], a[3], a[4], 0);
    case PRCTL_POINTER:
        return host_syscall(SYS_prctl, a[0], (uint64_t)(uintptr_t)guest_pointer(t, a[1]), a[2],
                            a[3], a[4], 0);
    case PRCTL_NONE:
        break;
    }
    if (option == PR_GET_AUXV)
        return a[3] || a[4] ? -EINVAL : get_auxv(t, a[1], a[2]);
    if (option == PR_GET_SECCOMP)
        return 0;
    const struct guest *guest = task_guest(t);
    return guest->prctl ? guest->prctl(t, a) : -EINVAL;
}

/* ---- words of the thread that the host's kernel keeps ---- */

int64_t sys_set_tid_address(struct task *t, const uint64_t a[6])
{
    return host_syscall(SYS_set_tid_address, (uint64_t)(uintptr_t)guest_pointer(t, a[0]), 0, 0, 0,
                        0, 0);
}

/*
 * The list's layout is the host's on a 64-bit guest, so the kernel itself walks it when the thread
 * ends, however it ends. Ferry's own threads hold no robust mutex.
 */
int64_t sys_set_robust_list(struct task *t, const uint64_t a[6])
{
    if (task_abi(t)->word != 8)
        return -ENOSYS;
    return host_syscall(SYS_set_robust_list, (uint64_t)(uintptr_t)guest_pointer(t, a[0]), a[1], 0,
                        0, 0, 0);
}

int64_t sys_get_robust_list(struct task *t, const uint64_t a[6])
{
    if (task_abi(t)->word != 8)
        return -ENOSYS;
    return host_syscall(SYS_get_robust_list, a[0], (uint64_t)(uintptr_t)guest_pointer(t, a[1]),
                        (uint64_t)(uintptr_t)guest_pointer(t, a[2]), 0, 0, 0);
}
