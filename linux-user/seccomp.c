/*
 * seccomp(2): who has which filters, and what becomes of a call they do not allow. See seccomp.h;
 * the order of checks and of actions is kernel/seccomp.c's.
 */
#include "linux-user/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/signal.h"
#include "syscall/rows.h"
#include "syscall/table.h"
#include "util/log.h"

enum {
    INSTRUCTIONS_PER_PATH = 32768, /* of all filters of a thread */
    FILTER_PENALTY = 4,            /* that each filter costs of them besides its own */
    MAX_ERRNO = 4095,
    SI_SECCOMP = 1, /* SYS_SECCOMP of the kernel's siginfo.h */
};

#ifndef SECCOMP_FILTER_FLAG_TSYNC_ESRCH
#define SECCOMP_FILTER_FLAG_TSYNC_ESRCH (1UL << 4)
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/* ---- chains ---- */

static size_t filter_size(unsigned length)
{
    return sizeof(struct seccomp_filter) + length * sizeof(struct sock_filter);
}

static struct seccomp_filter *filter_new(unsigned length)
{
    struct seccomp_filter *f =
        mmap(NULL, filter_size(length), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (f == MAP_FAILED)
        return NULL;
    f->references = 1;
    f->length = length;
    return f;
}

static struct seccomp_filter *filter_hold(struct seccomp_filter *f)
{
    if (f)
        __atomic_fetch_add(&f->references, 1, __ATOMIC_RELAXED);
    return f;
}

static void filter_drop(struct seccomp_filter *f)
{
    while (f && __atomic_sub_fetch(&f->references, 1, __ATOMIC_ACQ_REL) == 0) {
        struct seccomp_filter *older = f->older;
        munmap(f, filter_size(f->length));
        f = older;
    }
}

/* Puts `f` in front of a chain; the reference to the chain becomes the filter's. */
static void filter_chain(struct seccomp_filter *f, struct seccomp_filter *older)
{
    f->older = older;
    f->count = older ? older->count + 1 : 1;
    f->total = (older ? older->total : 0) + f->length + FILTER_PENALTY;
}

/* True if `f` is `of` or one of its older filters. No filter at all is everybody's. */
static bool is_ancestor(const struct seccomp_filter *f, const struct seccomp_filter *of)
{
    while (f && of && of != f)
        of = of->older;
    return !f || of == f;
}

/* Replaces a task's filters. It takes the reference; the task may be running. */
static void set_filters(struct task *t, struct seccomp_filter *f)
{
    struct seccomp_filter *old = __atomic_exchange_n(&t->seccomp, f, __ATOMIC_ACQ_REL);
    __atomic_store_n(&t->seccomp_mode, SECCOMP_MODE_FILTER, __ATOMIC_RELEASE);
    filter_drop(old);
}

void seccomp_inherit(struct task *t, const struct task *parent)
{
    t->seccomp = filter_hold(parent->seccomp);
    t->seccomp_mode = parent->seccomp_mode;
}

void seccomp_release(struct task *t)
{
    filter_drop(t->seccomp);
    t->seccomp = NULL;
    t->seccomp_mode = SECCOMP_MODE_DISABLED;
}

void seccomp_joined(struct task *t)
{
    struct seccomp_filter *all = t->process->seccomp_all;
    if (all && all != t->seccomp && is_ancestor(t->seccomp, all))
        set_filters(t, filter_hold(all));
}

unsigned seccomp_count(const struct task *t)
{
    return t->seccomp ? t->seccomp->count : 0;
}

/* ---- a call is judged ---- */

/* The action that comes first in this order wins: kill process, kill thread, trap, ... allow. */
static int32_t precedence(uint32_t verdict)
{
    return (int32_t)(verdict & SECCOMP_RET_ACTION_FULL);
}

/* The verdict of a task's filters, newest first; *by is the filter it comes from. */
static uint32_t verdict_of(struct task *t, const struct seccomp_data *data,
                           const struct seccomp_filter **by)
{
    struct seccomp_filter *newest = __atomic_load_n(&t->seccomp, __ATOMIC_ACQUIRE);
    uint32_t verdict = SECCOMP_RET_ALLOW, number = (uint32_t)data->nr;
    uint32_t bit = UINT32_C(1) << number % 32;
    bool looked = false;
    *by = newest;
    if (number < SECCOMP_NUMBERS &&
        __atomic_load_n(&newest->allowed[number / 32], __ATOMIC_RELAXED) & bit)
        return verdict;
    for (const struct seccomp_filter *f = newest; f; f = f->older) {
        uint32_t one = seccomp_run(f->code, data, &looked);
        if (precedence(one) < precedence(verdict)) {
            verdict = one;
            *by = f;
        }
    }
    if (verdict == SECCOMP_RET_ALLOW && !looked && number < SECCOMP_NUMBERS)
        __atomic_fetch_or(&newest->allowed[number / 32], bit, __ATOMIC_RELAXED);
    return verdict;
}

static void make_siginfo(const struct task *t, const struct seccomp_data *data, uint32_t verdict,
                         siginfo_t *info)
{
    memset(info, 0, sizeof *info);
    info->si_signo = SIGSYS;
    info->si_code = SI_SECCOMP;
    info->si_errno = (int)(verdict & SECCOMP_RET_DATA);
    info->si_call_addr = (void *)(uintptr_t)data->instruction_pointer;
    info->si_syscall = data->nr;
    info->si_arch = data->arch;
    (void)t;
}

/* Ends this thread; as `signal` where it is the only one. */
static void kill_thread(struct task *t, const siginfo_t *info)
{
    process_lock(t->process);
    bool only = t->process->ntasks == 1;
    process_unlock(t->process);
    if (only)
        signal_die(t, info);
    t->leaving = true;
    t->exit_code = info->si_signo;
}

static void log_verdict(const struct task *t, const struct seccomp_data *data, uint32_t verdict)
{
    const char *name = syscall_name(task_abi(t), (uint32_t)data->nr);
    log_print("seccomp: %s (%d): %#x\n", name ? name : "unknown call", data->nr, verdict);
}

static bool judge_by_filters(struct task *t, int64_t *result)
{
    struct seccomp_data data = {
        .nr = (int)t->call->number,
        .arch = task_abi(t)->audit_arch,
        .instruction_pointer = t->vcpu->cpu.exit_pc,
    };
    memcpy(data.args, t->call->args, sizeof data.args);
    const struct seccomp_filter *by;
    uint32_t verdict = verdict_of(t, &data, &by);
    if (verdict == SECCOMP_RET_ALLOW)
        return true;
    if (log_on(LOG_STRACE))
        log_verdict(t, &data, verdict);
    siginfo_t info;
    uint32_t value = verdict & SECCOMP_RET_DATA;
    *result = SYSCALL_NO_RETURN;
    switch (verdict & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
    case SECCOMP_RET_LOG:
        return true;
    case SECCOMP_RET_ERRNO:
        *result = -(int64_t)(value < MAX_ERRNO ? value : MAX_ERRNO);
        return false;
    case SECCOMP_RET_USER_NOTIF:
        if (by->listener)
            return seccomp_ask(t, result);
        *result = -ENOSYS;
        return false;
    case SECCOMP_RET_TRACE: /* there is no tracer */
        *result = -ENOSYS;
        return false;
    case SECCOMP_RET_TRAP:
        make_siginfo(t, &data, verdict, &info);
        signal_force(t, &info);
        return false;
    case SECCOMP_RET_KILL_THREAD:
        make_siginfo(t, &data, verdict, &info);
        kill_thread(t, &info);
        return false;
    default:
        make_siginfo(t, &data, verdict, &info);
        signal_die(t, &info);
    }
}

static bool judge_strictly(struct task *t, int64_t *result)
{
    const struct row *row = syscall_row(task_abi(t), t->call->number);
    switch (row ? (int)(row - syscall_rows) : -1) {
    case ROW_read:
    case ROW_write:
    case ROW_exit:
    case ROW_rt_sigreturn:
        return true;
    default:
        break;
    }
    kill_thread(t, &(siginfo_t){.si_signo = SIGKILL, .si_code = SI_KERNEL});
    *result = SYSCALL_NO_RETURN;
    return false;
}

bool seccomp_judge(struct task *t, int64_t *result)
{
    return t->seccomp_mode == SECCOMP_MODE_STRICT ? judge_strictly(t, result)
                                                  : judge_by_filters(t, result);
}

/* ---- a filter is set ---- */

static bool may_filter(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {0};
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        return true;
    return syscall(SYS_capget, &head, sets) == 0 &&
           (sets[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective & CAP_TO_MASK(CAP_SYS_ADMIN));
}

/* The guest's struct sock_fprog into a filter that stands alone. 0 or -errno. */
static int64_t read_filter(struct task *t, uint64_t guest, struct seccomp_filter **out)
{
    uint64_t program = 0;
    uint16_t length;
    unsigned word = task_abi(t)->word;
    if (copy_in(t, &length, guest, sizeof length) != 0 ||
        copy_in(t, &program, guest + word, word) != 0)
        return -EFAULT;
    if (length == 0 || length > BPF_MAXINSNS)
        return -EINVAL;
    if (!may_filter())
        return -EACCES;
    struct seccomp_filter *f = filter_new(length);
    if (!f)
        return -ENOMEM;
    int64_t r = copy_in(t, f->code, program, length * sizeof f->code[0]);
    if (r == 0 && !seccomp_valid(f->code, length))
        r = -EINVAL;
    if (r != 0)
        filter_drop(f);
    else
        *out = f;
    return r;
}

/* The first other thread whose filters are not part of this one's; 0: none. Lock held. */
static int cannot_sync(const struct task *t)
{
    for (const struct task *other = t->process->tasks; other; other = other->next) {
        if (other == t || other->seccomp_mode == SECCOMP_MODE_DISABLED)
            continue;
        if (other->seccomp_mode != SECCOMP_MODE_FILTER || !is_ancestor(other->seccomp, t->seccomp))
            return other->tid;
    }
    return 0;
}

/* Attaches a filter to the thread, or with TSYNC to all. process->lock is held. */
static int64_t attach(struct task *t, struct seccomp_filter *f, uint64_t flags)
{
    struct process *p = t->process;
    if (t->seccomp_mode == SECCOMP_MODE_STRICT)
        return -EINVAL;
    uint32_t total = t->seccomp ? t->seccomp->total : 0;
    if (total + f->length > INSTRUCTIONS_PER_PATH)
        return -ENOMEM;
    if (flags & SECCOMP_FILTER_FLAG_TSYNC) {
        int thread = cannot_sync(t);
        if (thread)
            return flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH ? -ESRCH : thread;
    }
    int64_t listener = 0;
    if (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) {
        listener = seccomp_listen(flags & ~(uint64_t)(SECCOMP_FILTER_FLAG_LOG));
        if (listener < 0)
            return listener;
        f->listener = true;
    }
    filter_chain(f, filter_hold(t->seccomp));
    f->log = flags & SECCOMP_FILTER_FLAG_LOG;
    set_filters(t, f);
    if (flags & SECCOMP_FILTER_FLAG_TSYNC) {
        for (struct task *other = p->tasks; other; other = other->next)
            if (other != t)
                set_filters(other, filter_hold(f));
        filter_drop(p->seccomp_all);
        p->seccomp_all = filter_hold(f);
    }
    return listener;
}

static int64_t set_mode_filter(struct task *t, uint64_t flags, uint64_t program)
{
    const uint64_t known = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG |
                           SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_TSYNC_ESRCH |
                           SECCOMP_FILTER_FLAG_NEW_LISTENER |
                           SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    struct seccomp_filter *f = NULL;
    bool listens = flags & SECCOMP_FILTER_FLAG_NEW_LISTENER;
    if (flags & ~known)
        return -EINVAL;
    /* Both have a result of their own; and only who is asked can be waited for. */
    if ((flags & SECCOMP_FILTER_FLAG_TSYNC) && listens &&
        !(flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH))
        return -EINVAL;
    if ((flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) && !listens)
        return -EINVAL;
    int64_t r = read_filter(t, program, &f);
    if (r != 0)
        return r;
    process_lock(t->process);
    r = attach(t, f, flags);
    process_unlock(t->process);
    if (t->seccomp != f)
        filter_drop(f);
    return r;
}

static int64_t set_mode_strict(struct task *t)
{
    if (t->seccomp_mode == SECCOMP_MODE_FILTER)
        return -EINVAL;
    t->seccomp_mode = SECCOMP_MODE_STRICT;
    return 0;
}

static int64_t action_available(struct task *t, uint64_t guest)
{
    uint32_t action;
    if (copy_in(t, &action, guest, sizeof action) != 0)
        return -EFAULT;
    switch (action) {
    case SECCOMP_RET_KILL_PROCESS:
    case SECCOMP_RET_KILL_THREAD:
    case SECCOMP_RET_TRAP:
    case SECCOMP_RET_ERRNO:
    case SECCOMP_RET_USER_NOTIF:
    case SECCOMP_RET_TRACE:
    case SECCOMP_RET_LOG:
    case SECCOMP_RET_ALLOW:
        return 0;
    default:
        return -EOPNOTSUPP;
    }
}

static int64_t notification_sizes(struct task *t, uint64_t guest)
{
    const struct seccomp_notif_sizes sizes = {
        .seccomp_notif = sizeof(struct seccomp_notif),
        .seccomp_notif_resp = sizeof(struct seccomp_notif_resp),
        .seccomp_data = sizeof(struct seccomp_data),
    };
    return copy_out(t, guest, &sizes, sizeof sizes);
}

int64_t sys_seccomp(struct task *t, const uint64_t a[6])
{
    uint32_t flags = (uint32_t)a[1];
    switch ((uint32_t)a[0]) {
    case SECCOMP_SET_MODE_STRICT:
        return flags || a[2] ? -EINVAL : set_mode_strict(t);
    case SECCOMP_SET_MODE_FILTER:
        return set_mode_filter(t, flags, a[2]);
    case SECCOMP_GET_ACTION_AVAIL:
        return flags ? -EINVAL : action_available(t, a[2]);
    case SECCOMP_GET_NOTIF_SIZES:
        return flags ? -EINVAL : notification_sizes(t, a[2]);
    default:
        return -EINVAL;
    }
}

int64_t seccomp_prctl_set(struct task *t, uint64_t mode, uint64_t filter)
{
    switch (mode) {
    case SECCOMP_MODE_STRICT:
        return set_mode_strict(t);
    case SECCOMP_MODE_FILTER:
        return set_mode_filter(t, 0, filter);
    default:
        return -EINVAL;
    }
}

int64_t seccomp_prctl_get(const struct task *t)
{
    return t->seccomp_mode;
}

/* ---- over execve ---- */

/* What the descriptor holds: this head, then each filter, oldest first, as head and instructions.
 */
struct saved_chain {
    char magic[8];
    uint32_t mode, count;
};

struct saved_filter {
    uint32_t length;
    uint16_t log, listener;
};

static const char saved_magic[8] = "ferrysc";

enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

static bool write_all(int fd, const void *from, size_t size)
{
    return write(fd, from, size) == (ssize_t)size;
}

static bool save_filters(int fd, const struct seccomp_filter *f)
{
    if (!f)
        return true;
    const struct saved_filter head = {f->length, f->log, f->listener};
    return save_filters(fd, f->older) && write_all(fd, &head, sizeof head) &&
           write_all(fd, f->code, f->length * sizeof f->code[0]);
}

int64_t seccomp_export(const struct task *t, int *out)
{
    const int far = 900; /* out of the way of programs that look for their own */
    *out = -1;
    if (!t->seccomp_mode)
        return 0;
    int first = (int)syscall(SYS_memfd_create, "seccomp", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (first < 0)
        return -errno;
    struct saved_chain head = {.mode = t->seccomp_mode, .count = seccomp_count(t)};
    memcpy(head.magic, saved_magic, sizeof head.magic);
    int fd = -1;
    if (write_all(first, &head, sizeof head) && save_filters(first, t->seccomp) &&
        fcntl(first, F_ADD_SEALS, SEALS) == 0) {
        fd = fcntl(first, F_DUPFD, far);
        if (fd < 0)
            fd = fcntl(first, F_DUPFD, 3);
    }
    int error = errno;
    close(first);
    *out = fd;
    return fd < 0 ? -error : 0;
}

static bool load_filters(int fd, uint32_t count, struct seccomp_filter **chain)
{
    for (uint32_t i = 0; i < count; i++) {
        struct saved_filter head;
        if (read(fd, &head, sizeof head) != sizeof head || head.length > BPF_MAXINSNS)
            return false;
        struct seccomp_filter *f = filter_new(head.length);
        if (!f)
            return false;
        filter_chain(f, *chain);
        *chain = f;
        ssize_t size = (ssize_t)(head.length * sizeof f->code[0]);
        f->log = head.log;
        f->listener = head.listener;
        if (read(fd, f->code, (size_t)size) != size || !seccomp_valid(f->code, head.length))
            return false;
    }
    return true;
}

bool seccomp_import(struct task *t, int fd)
{
    struct saved_chain head;
    lseek(fd, 0, SEEK_SET);
    bool good = fcntl(fd, F_GET_SEALS) == SEALS && read(fd, &head, sizeof head) == sizeof head &&
                !memcmp(head.magic, saved_magic, sizeof head.magic) &&
                load_filters(fd, head.count, &t->seccomp);
    if (good)
        t->seccomp_mode = (uint8_t)head.mode;
    close(fd);
    return good;
}
