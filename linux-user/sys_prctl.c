/*
 * prctl(2): what each option does stands in prctl.def; here are those that are about the guest's
 * view of itself.
 */
#include <errno.h>
#include <stddef.h>
#include <linux/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/seccomp.h"
#include "linux-user/task.h"
#include "syscall/prctl.h"
#include "syscall/rows.h"

static int64_t host_prctl(const uint64_t a[6])
{
    return host_syscall(SYS_prctl, a[0], a[1], a[2], a[3], a[4], 0);
}

static int64_t own_PR_GET_SECCOMP(struct task *t, const uint64_t a[6])
{
    (void)a;
    return seccomp_prctl_get(t);
}

static int64_t own_PR_SET_SECCOMP(struct task *t, const uint64_t a[6])
{
    return seccomp_prctl_set(t, a[1], a[2]);
}

static int64_t own_PR_GET_AUXV(struct task *t, const uint64_t a[6])
{
    const struct program *p = t->process->program;
    uint8_t copy[1024];
    uint64_t n = p->auxv_size < sizeof copy ? p->auxv_size : sizeof copy;
    if (a[3] || a[4])
        return -EINVAL;
    if (copy_in(t, copy, p->auxv, n) != 0 || copy_out(t, a[1], copy, n < a[2] ? n : a[2]) != 0)
        return -EFAULT;
    return (int64_t)n;
}

/*
 * The host's kernel keeps this over fork and execve as the guest expects, and Ferry, which never
 * makes memory executable that is or was writable, can live with it. It knows nothing of what the
 * guest may execute, though: that is the map's.
 */
static int64_t own_PR_SET_MDWE(struct task *t, const uint64_t a[6])
{
    int64_t r = host_prctl(a);
    if (r == 0)
        t->process->as->mdwe = MDWE_UNKNOWN;
    return r;
}

static int64_t own_PR_GET_MDWE(struct task *t, const uint64_t a[6])
{
    (void)t;
    return host_prctl(a);
}

/* ---- PR_SET_MM ---- */

/* Where the options that are a single address keep it in struct program; 0: nowhere. */
static const uint16_t program_field[] = {
    [PR_SET_MM_START_CODE] = offsetof(struct program, start_code),
    [PR_SET_MM_END_CODE] = offsetof(struct program, end_code),
    [PR_SET_MM_START_DATA] = offsetof(struct program, start_data),
    [PR_SET_MM_END_DATA] = offsetof(struct program, end_data),
    [PR_SET_MM_START_STACK] = offsetof(struct program, stack_sp),
    [PR_SET_MM_ARG_START] = offsetof(struct program, arg_start),
    [PR_SET_MM_ARG_END] = offsetof(struct program, arg_end),
    [PR_SET_MM_ENV_START] = offsetof(struct program, env_start),
    [PR_SET_MM_ENV_END] = offsetof(struct program, env_end),
};

/* The host's heap is Ferry's. That it may be set to where it is tells whether the guest's may be. */
static int64_t set_heap(struct task *t, const uint64_t a[6])
{
    struct aspace *as = t->process->as;
    uint64_t brk = (uint64_t)(uintptr_t)sbrk(0);
    int64_t r = host_syscall(SYS_prctl, a[0], a[1], brk, a[3], a[4], 0);
    if (r != 0)
        return r;
    bool start = a[1] == PR_SET_MM_START_BRK;
    aspace_lock(as);
    if (a[2] >= as->limit || (start ? a[2] > as->brk : a[2] < as->brk_start))
        r = -EINVAL;
    else if (start)
        as->brk_start = a[2];
    else
        as->brk = a[2];
    aspace_unlock(as);
    return r;
}

static int64_t set_map(struct task *t, const uint64_t a[6])
{
    struct program *p = t->process->program;
    struct aspace *as = t->process->as;
    struct prctl_mm_map map, host;
    if (a[4] || a[3] != sizeof map)
        return -EINVAL;
    if (copy_in(t, &map, a[2], sizeof map) != 0)
        return -EFAULT;
    if (map.start_brk > map.brk || map.brk >= as->limit)
        return -EINVAL;
    host = map;
    host.start_brk = host.brk = (uint64_t)(uintptr_t)sbrk(0);
    int64_t r = host_syscall(SYS_prctl, a[0], a[1], (uint64_t)(uintptr_t)&host, sizeof host, 0, 0);
    if (r != 0)
        return r;
    aspace_lock(as);
    as->brk_start = map.start_brk;
    as->brk = map.brk;
    aspace_unlock(as);
    p->start_code = map.start_code, p->end_code = map.end_code;
    p->start_data = map.start_data, p->end_data = map.end_data;
    p->stack_sp = map.start_stack;
    p->arg_start = map.arg_start, p->arg_end = map.arg_end;
    p->env_start = map.env_start, p->env_end = map.env_end;
    return 0;
}

static int64_t own_PR_SET_MM(struct task *t, const uint64_t a[6])
{
    int64_t r;
    switch (a[1]) {
    case PR_SET_MM_START_BRK:
    case PR_SET_MM_BRK:
        return set_heap(t, a);
    case PR_SET_MM_MAP:
        return set_map(t, a);
    default:
        r = host_prctl(a);
    }
    if (r == 0 && a[1] < sizeof program_field / sizeof *program_field && program_field[a[1]])
        *(uint64_t *)((char *)t->process->program + program_field[a[1]]) = a[2];
    return r;
}

/* ---- the table ---- */

#define OWN_raw(function)   NULL
#define OWN_ptr(function)   NULL
#define OWN_guest(function) NULL
#define OWN_none(function)  NULL
#define OWN_own(function)   function

static const struct option {
    uint32_t number;
    uint8_t how;
    syscall_fn *own;
} options[] = {
#define PRCTL(name, number, how, note) {number, PRCTL_##how, OWN_##how(own_##name)},
#include "syscall/prctl.def"
#undef PRCTL
};

static const struct option *find_option(uint32_t number)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].number == number)
            return &options[i];
    return NULL;
}

int64_t sys_prctl(struct task *t, const uint64_t a[6])
{
    const struct guest *guest = task_guest(t);
    const struct option *option = find_option((uint32_t)a[0]);
    switch (option ? (enum prctl_how)option->how : PRCTL_none) {
    case PRCTL_raw:
        return host_prctl(a);
    case PRCTL_ptr:
        return host_syscall(SYS_prctl, a[0], (uint64_t)(uintptr_t)guest_pointer(t, a[1]), a[2],
                            a[3], a[4], 0);
    case PRCTL_own:
        return option->own(t, a);
    case PRCTL_guest:
        return guest->prctl ? guest->prctl(t, a) : -EINVAL;
    case PRCTL_none:
        break;
    }
    return -EINVAL;
}
