/* System calls about the process: identity, limits. The names are the kernel's; prctl is in
 * sys_prctl.c. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "linux-user/signal.h"
#include "linux-user/task.h"
#include "syscall/rows.h"

static uint32_t current_personality(struct task *t)
{
    struct process *p = t->process;
    return p->personality ? p->personality : (uint32_t)personality(0xffffffff);
}

int64_t sys_uname(struct task *t, const uint64_t a[6])
{
    struct utsname u;
    if (uname(&u) != 0)
        return -errno;
    const struct guest_abi *abi = task_abi(t);
    bool compat = (current_personality(t) & PER_MASK) == PER_LINUX32;
    memset(u.machine, 0, sizeof u.machine);
    strncpy(u.machine, compat ? abi->machine32 : abi->machine, sizeof u.machine - 1);
    if (t->process->options->release) {
        memset(u.release, 0, sizeof u.release);
        strncpy(u.release, t->process->options->release, sizeof u.release - 1);
    }
    return copy_out(t, a[0], &u, sizeof u);
}

int64_t sys_personality(struct task *t, const uint64_t a[6])
{
    struct process *p = t->process;
    uint32_t old = current_personality(t);
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
    if (!kept_limit(t, a[1]) || (a[0] && (int)a[0] != getpid())) {
        int64_t r =
            host_syscall(SYS_prlimit64, a[0], a[1], (uint64_t)(uintptr_t)guest_pointer(t, a[2]),
                         (uint64_t)(uintptr_t)guest_pointer(t, a[3]), 0, 0);
        if (a[1] == RLIMIT_CORE && a[2])
            signal_watch_deaths(t->process);
        return r;
    }
    if (a[2] && copy_in(t, new, a[2], sizeof new) != 0)
        return -EFAULT;
    int64_t r = change_limit(t, a[1], a[2] ? new : NULL, old);
    if (r == 0 && a[3])
        r = copy_out(t, a[3], old, sizeof old);
    return r;
}

int64_t sys_getrlimit(struct task *t, const uint64_t a[6])
{
    const uint64_t args[6] = {0, (uint32_t)a[0], 0, a[1]};
    if (args[1] >= RLIM_NLIMITS)
        return -EINVAL;
    return a[1] ? sys_prlimit64(t, args) : -EFAULT;
}

int64_t sys_setrlimit(struct task *t, const uint64_t a[6])
{
    const uint64_t args[6] = {0, (uint32_t)a[0], a[1], 0};
    return a[1] ? sys_prlimit64(t, args) : -EFAULT;
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
