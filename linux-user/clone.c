/*
 * New threads and processes: clone, clone3, fork, vfork.
 *
 * Three ways, by what is shared:
 *
 *   - CLONE_THREAD: a host thread. Its stack, task and handler stack are one mapping of ours. The
 *     guest's clear_child_tid is given to the host's kernel by the new thread itself, so that the
 * word is cleared and its waiter woken when the thread is truly gone.
 *   - no CLONE_VM: a fork. The plain kind goes through the C library's, which knows how to keep its
 *     own locks; one with namespaces or another exit signal is a raw clone.
 *   - CLONE_VM without CLONE_THREAD (vfork, posix_spawn, and rarer things): another process on our
 *     memory, so it has a task, a vcpu, a stack and signal actions of its own, while its parent
 * waits. Without CLONE_VFORK the guest's parent must not wait; then a host thread waits in its
 * place.
 *
 * While a thread or process is being made, the host's signals are blocked, all of them: one that
 * somebody sends to a child whose task is not ready would be lost, and be it SIGSEGV. Each side sets
 * its mask when it is ready, and before it touches the guest's memory, where it may fault.
 */
#include <errno.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/exec.h"
#include "linux-user/seccomp.h"
#include "linux-user/signal.h"
#include "linux-user/task.h"
#include "syscall/rows.h"
#include "util/log.h"

int clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);

struct clone_request {
    uint64_t flags; /* without the exit signal */
    uint64_t exit_signal, pidfd, child_tid, parent_tid, stack, tls;
    uint64_t set_tid, set_tid_size, cgroup; /* of clone3 */
};

/* ---- memory of a task with its host stacks ---- */

enum { GUARD = 4096, HEAD = 16384 };
static_assert(sizeof(struct task) < HEAD, "the task lies at the start of its mapping");

/* [task | altstack | guard | stack], of TASK_MEMORY bytes. */
enum { TASK_MEMORY = HEAD + TASK_ALTSTACK + GUARD + TASK_STACK };

/*
 * Mappings of threads that have ended wait here. One may be used again when the kernel knows its
 * thread no more: it has run on that stack until its very last instruction. Under the address
 * space's lock, which a child of vfork shares.
 */
static struct task *retired;

static struct task *reuse(struct process *p)
{
    struct task *found = NULL;
    aspace_lock(p->as);
    for (struct task **link = &retired; *link && !found;) {
        struct task *t = *link;
        if (!t->tid || (syscall(SYS_tkill, t->tid, 0) != 0 && errno == ESRCH)) {
            *link = t->next;
            found = t;
        } else {
            link = &t->next;
        }
    }
    aspace_unlock(p->as);
    return found;
}

/* What a stack was poisoned with when its thread ended in the middle of it, by exit or execve. */
static void forget_stack_poison(const void *start, size_t size)
{
#ifdef FERRY_SANITIZERS
    void __asan_unpoison_memory_region(const volatile void *, size_t);
    __asan_unpoison_memory_region(start, size);
#else
    (void)start, (void)size;
#endif
}

static struct task *task_new(struct task *parent)
{
    uint8_t *m = (uint8_t *)reuse(parent->process);
    if (!m) {
        m = mmap(NULL, TASK_MEMORY, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
        if (m == MAP_FAILED)
            return NULL;
        mprotect(m + HEAD + TASK_ALTSTACK, GUARD, PROT_NONE);
    }
    forget_stack_poison(m, TASK_MEMORY);
    struct task *t = (struct task *)m;
    memset(t, 0, sizeof *t);
    t->memory = m;
    t->altstack = m + HEAD;
    t->process = parent->process;
    t->signal.mask = parent->signal.mask;
    t->signal.alt_flags = SS_DISABLE;
    t->vcpu = translator_vcpu_create(parent->process->translator);
    if (!t->vcpu) {
        munmap(m, TASK_MEMORY);
        return NULL;
    }
    seccomp_inherit(t, parent);
    const struct cpu *from = &parent->vcpu->cpu;
    struct cpu *to = &t->vcpu->cpu;
    memcpy(to->state, from->state, sizeof to->state);
    to->mode = from->mode;
    to->mxcsr = from->mxcsr;
    to->exit_pc = from->exit_pc;
    return t;
}

static uint8_t *host_stack(struct task *t)
{
    return t->memory + HEAD + TASK_ALTSTACK + GUARD;
}

static void set_child_registers(struct task *t, const struct clone_request *r)
{
    t->process->guest->child(&t->vcpu->cpu, r->stack, r->flags & CLONE_SETTLS, r->tls);
}

/* ---- waiting for a child to have started ---- */

static void announce(uint32_t *word, uint32_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static uint32_t await(uint32_t *word)
{
    uint32_t v;
    for (int spin = 0; spin < 200; spin++) {
        if ((v = __atomic_load_n(word, __ATOMIC_ACQUIRE)))
            return v;
        __builtin_ia32_pause();
    }
    while (!(v = __atomic_load_n(word, __ATOMIC_ACQUIRE)))
        syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    return v;
}

/* Starts a detached host thread on a task's stack. */
static int start_thread(struct task *t, void *(*fn)(void *), void *arg, pthread_t *thread)
{
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstack(&attr, host_stack(t), TASK_STACK);
    host_signal_before_thread();
    int error = pthread_create(thread, &attr, fn, arg);
    host_signal_after_thread();
    pthread_attr_destroy(&attr);
    return error;
}

static void retire(struct process *p, struct task *t)
{
    aspace_lock(p->as);
    t->next = retired;
    retired = t;
    aspace_unlock(p->as);
}

/* CLONE_CLEAR_SIGHAND, in the child: handled signals get their default action back. */
static void clear_handlers(struct process *p)
{
    for (int i = 1; i <= SIGNALS; i++) {
        if (!(p->actions_known & signal_bit(i)) || p->actions[i].handler <= HANDLER_IGNORE)
            continue;
        p->actions[i] = (struct guest_action){.handler = HANDLER_DEFAULT};
        signal_install(p, i, &p->actions[i]);
    }
}

/* ---- threads ---- */

/* What a new thread needs; behind its task, because its parent does not wait for it. */
struct thread_start {
    struct clone_request request;
    uint32_t
        told; /* 1: the parent has the tid where it belongs; 2: the thread waits for that to end */
};

static struct thread_start *start_of(struct task *t)
{
    return (struct thread_start *)(t + 1);
}

static void parent_is_ready(struct task *t)
{
    uint32_t *told = &start_of(t)->told;
    if (__atomic_exchange_n(told, 1, __ATOMIC_ACQ_REL) == 2)
        syscall(SYS_futex, told, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* A thread must not end, and have its tid word cleared, before its parent has written it there. */
static void await_parent(struct task *t)
{
    uint32_t *told = &start_of(t)->told, expected = 0;
    if (!__atomic_compare_exchange_n(told, &expected, 2, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return;
    while (__atomic_load_n(told, __ATOMIC_ACQUIRE) == 2)
        syscall(SYS_futex, told, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
}

static void *thread_main(void *arg)
{
    struct task *t = arg;
    const struct clone_request *r = &start_of(t)->request;
    host_signal_in_thread();
    task_enter(t);
    task_link(t);
    signal_apply_mask(t);
    uint32_t tid = (uint32_t)t->tid;
    /* The parent writes it too; whoever comes first, both sides find it there. */
    if (r->flags & CLONE_PARENT_SETTID)
        copy_out(t, r->parent_tid, &tid, sizeof tid);
    if (r->flags & CLONE_CHILD_SETTID)
        copy_out(t, r->child_tid, &tid, sizeof tid);
    void *clear = r->flags & CLONE_CHILD_CLEARTID ? guest_pointer(t, r->child_tid) : NULL;
    syscall(SYS_set_tid_address, clear);
    syscall(SYS_set_robust_list, NULL, 3 * sizeof(long));
    /* What a thread of the C library shares and this one shall not. */
    int apart = (r->flags & CLONE_FS ? 0 : CLONE_FS) | (r->flags & CLONE_FILES ? 0 : CLONE_FILES);
    if (apart)
        syscall(SYS_unshare, apart);
    cpu_loop(t);
    struct process *p = t->process;
    await_parent(t);
    task_finish(t);
    retire(p, t);
    return NULL;
}

/*
 * The tid of a thread just started. Its CPU clock's id is made of it
 * (kernel/time/posix-cpu-timers.c), which saves waiting for the thread to say.
 */
static pid_t thread_tid(pthread_t thread)
{
    clockid_t clock;
    if (pthread_getcpuclockid(thread, &clock) != 0)
        bug("a thread without a clock");
    return (pid_t) ~(clock >> 3);
}

static int64_t clone_thread(struct task *parent, const struct clone_request *r)
{
    struct task *t = task_new(parent);
    if (!t)
        return -EAGAIN;
    set_child_registers(t, r);
    *start_of(t) = (struct thread_start){.request = *r};
    pthread_t thread;
    signal_set_host_mask(parent, UINT64_MAX);
    if (start_thread(t, thread_main, t, &thread) != 0) {
        signal_apply_mask(parent);
        seccomp_release(t);
        translator_vcpu_destroy(t->vcpu);
        munmap(t->memory, TASK_MEMORY);
        return -EAGAIN;
    }
    uint32_t tid = (uint32_t)thread_tid(thread);
    signal_apply_mask(parent);
    if (r->flags & CLONE_PARENT_SETTID)
        copy_out(parent, r->parent_tid, &tid, sizeof tid);
    parent_is_ready(t);
    return tid;
}

/* ---- fork ---- */

static int64_t host_fork(struct task *t, const struct clone_request *r)
{
    const uint64_t plain =
        CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | CLONE_PARENT_SETTID | CLONE_SETTLS;
    if (r->exit_signal == SIGCHLD && !r->set_tid_size &&
        !(r->flags & ~(plain | CLONE_CLEAR_SIGHAND))) {
        pid_t pid = fork();
        return pid < 0 ? -errno : pid;
    }
    /* The host's own thread pointer stays; the guest's is a register like any other. */
    uint64_t flags = r->flags & ~(plain | CLONE_CLEAR_SIGHAND);
    struct clone_args args = {
        .flags = flags,
        /* A sibling has its parent's; clone says so silently, clone3 refuses another. */
        .exit_signal = flags & CLONE_PARENT ? 0 : r->exit_signal,
        .set_tid_size = r->set_tid_size,
        .cgroup = r->cgroup,
    };
    if (r->set_tid_size)
        args.set_tid = (uint64_t)(uintptr_t)guest_pointer(t, r->set_tid);
    if (flags & CLONE_PIDFD)
        args.pidfd = (uint64_t)(uintptr_t)guest_pointer(t, r->pidfd);
    int64_t pid = syscall(SYS_clone3, &args, sizeof args);
    if (pid < 0 && errno == ENOSYS) /* clone3 is often filtered; the old call says the same */
        pid = syscall(SYS_clone, flags | r->exit_signal, 0,
                      flags & CLONE_PIDFD ? guest_pointer(t, r->pidfd) : NULL, 0, 0);
    return pid < 0 ? -errno : pid;
}

/* In the child, whose only thread is `t`: the stacks of the others can be used again. */
static void retire_others(struct task *t)
{
    for (struct task *other = t->process->tasks, *next; other; other = next) {
        next = other->next;
        if (other != t && other->memory) {
            other->next = retired;
            retired = other;
        }
    }
    for (struct task *gone = retired; gone; gone = gone->next)
        gone->tid = 0; /* of the parent's threads; a number may be another's here */
}

static int64_t clone_fork(struct task *t, const struct clone_request *r)
{
    struct process *p = t->process;
    signal_set_host_mask(t, UINT64_MAX);
    process_lock(p);
    aspace_lock(p->as);
    /* Who shares descriptors would close the child's copy under its eyes. */
    int token = r->flags & CLONE_FILES ? -1 : translator_before_fork(p->translator);
    int64_t pid = host_fork(t, r);
    if (pid == 0) {
        retire_others(t);
        process_after_fork(t);
        if (r->flags & CLONE_CLEAR_SIGHAND)
            clear_handlers(p);
        translator_after_fork(p->translator, t->vcpu, token, true);
        aspace_after_fork(p->as);
        set_child_registers(t, r);
        t->signal.queue = (struct signal_queue){.waiting = 0}; /* they are the parent's */
        signal_apply_mask(t);
        uint32_t tid = (uint32_t)t->tid;
        if (r->flags & CLONE_CHILD_SETTID)
            copy_out(t, r->child_tid, &tid, sizeof tid);
        syscall(SYS_set_tid_address,
                r->flags & CLONE_CHILD_CLEARTID ? guest_pointer(t, r->child_tid) : NULL);
    } else {
        translator_after_fork(p->translator, t->vcpu, token, false);
        aspace_unlock(p->as);
        process_unlock(p);
        signal_apply_mask(t);
        uint32_t tid = (uint32_t)pid;
        if (pid > 0 && (r->flags & CLONE_PARENT_SETTID))
            copy_out(t, r->parent_tid, &tid, sizeof tid);
    }
    return pid;
}

/* ---- another process on the same memory ---- */

struct shared_start {
    struct task *parent, *task;
    struct process process; /* the child's: a copy of its parent's */
    const struct clone_request *request;
    int64_t result;
    uint32_t ready;
};

static int shared_main(void *arg)
{
    struct shared_start *s = arg;
    struct task *t = s->task;
    const struct clone_request r = *s->request;
    task_enter(t);
    t->leader = true;
    task_link(t);
    signal_apply_mask(t);
    uint32_t tid = (uint32_t)t->tid;
    if (r.flags & CLONE_PARENT_SETTID)
        copy_out(t, r.parent_tid, &tid, sizeof tid);
    if (r.flags & CLONE_CHILD_SETTID)
        copy_out(t, r.child_tid, &tid, sizeof tid);
    if (r.flags & CLONE_CHILD_CLEARTID)
        syscall(SYS_set_tid_address, guest_pointer(t, r.child_tid));
    if (r.flags & CLONE_CLEAR_SIGHAND)
        clear_handlers(t->process);
    s->result = tid;
    announce(&s->ready, 1);
    cpu_loop(t);
    syscall(SYS_exit, t->exit_code);
    return 0;
}

/* Runs the child; returns when it has ended or executed another program. */
static int64_t run_shared(struct shared_start *s)
{
    const struct clone_request *r = s->request;
    const uint64_t ours =
        CLONE_SETTLS | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | CLONE_PARENT_SETTID;
    int flags =
        (int)((r->flags & ~(ours | CLONE_CLEAR_SIGHAND)) | CLONE_VM | CLONE_VFORK | r->exit_signal);
    struct task *self = current_task;
    void *pidfd = r->flags & CLONE_PIDFD ? guest_pointer(s->parent, r->pidfd) : NULL;
    bool guarded = aspace_guard(true);
    int pid = clone(shared_main, host_stack(s->task) + TASK_STACK, flags, s, pidfd);
    int64_t result = pid < 0 ? -errno : pid;
    current_task = self; /* thread-local storage was the child's meanwhile */
    aspace_guard(guarded);
    return result;
}

static void end_shared(struct shared_start *s)
{
    /* It may have been killed anywhere. */
    aspace_bury(s->parent->process->as);
    exec_release(s->task, s->request->flags & CLONE_FILES);
    seccomp_release(s->task);
    translator_vcpu_bury(s->task->vcpu);
    munmap(s->task->memory, TASK_MEMORY);
}

static void *shared_waiter(void *arg)
{
    struct task *carrier = arg;
    struct shared_start *s = (struct shared_start *)(carrier + 1);
    struct process *p = s->parent->process;
    host_signal_in_thread();
    current_task = NULL;
    carrier->tid = (int)syscall(SYS_gettid);
    host_signal_altstack(carrier->altstack, TASK_ALTSTACK);
    int64_t result = run_shared(s);
    if (result < 0) {
        s->result = result;
        announce(&s->ready, 1);
    }
    end_shared(s);
    seccomp_release(carrier);
    translator_vcpu_destroy(carrier->vcpu);
    retire(p, carrier);
    return NULL;
}
static_assert(sizeof(struct task) + sizeof(struct shared_start) <= HEAD,
              "they share a task's place");

static int64_t clone_shared(struct task *parent, const struct clone_request *r)
{
    struct task *t = task_new(parent);
    if (!t)
        return -EAGAIN;
    struct shared_start here = {parent, t, *parent->process, r, 0, 0}, *s = &here;
    struct task *carrier = NULL;
    pthread_t thread;
    if (!(r->flags & CLONE_VFORK)) {
        carrier = task_new(parent);
        if (!carrier) {
            end_shared(s);
            return -EAGAIN;
        }
        s = (struct shared_start *)(carrier + 1);
        *s = here;
    }
    s->process.tasks = NULL;
    s->process.ntasks = 0;
    s->process.lock = 0;
    s->process.seccomp_all = NULL;
    t->process = &s->process;
    set_child_registers(t, r);
    if (r->flags & CLONE_VFORK) { /* its parent will not be on it */
        t->signal.alt_sp = parent->signal.alt_sp;
        t->signal.alt_size = parent->signal.alt_size;
        t->signal.alt_flags = parent->signal.alt_flags;
    }
    signal_set_host_mask(parent, UINT64_MAX);
    int64_t result;
    if (!carrier) {
        result = run_shared(s);
        end_shared(s);
    } else if (start_thread(carrier, shared_waiter, carrier, &thread) == 0) {
        await(&s->ready);
        result = s->result;
    } else {
        end_shared(s);
        seccomp_release(carrier);
        translator_vcpu_destroy(carrier->vcpu);
        munmap(carrier->memory, TASK_MEMORY);
        result = -EAGAIN;
    }
    signal_apply_mask(parent);
    return result;
}

/* ---- the calls ---- */

/* The combinations that no kernel allows, in copy_process's order (kernel/fork.c). */
static bool contradicts_itself(uint64_t f)
{
    return ((f & CLONE_NEWNS) && (f & CLONE_FS)) || ((f & CLONE_NEWUSER) && (f & CLONE_FS)) ||
           ((f & CLONE_THREAD) && !(f & CLONE_SIGHAND)) ||
           ((f & CLONE_SIGHAND) && !(f & CLONE_VM)) ||
           ((f & CLONE_THREAD) && (f & (CLONE_NEWUSER | CLONE_NEWPID | CLONE_PIDFD))) ||
           ((f & CLONE_NEWIPC) && (f & CLONE_SYSVSEM));
}

static int64_t clone_any(struct task *t, const struct clone_request *r)
{
    if (contradicts_itself(r->flags))
        return -EINVAL;
    if (r->flags & CLONE_NEWNS)
        task_names_change(t);
    if (r->flags & CLONE_THREAD)
        return clone_thread(t, r);
    return r->flags & CLONE_VM ? clone_shared(t, r) : clone_fork(t, r);
}

/* clone(flags, stack, parent_tid, tls, child_tid): the generic order of CONFIG_CLONE_BACKWARDS. */
int64_t sys_clone(struct task *t, const uint64_t a[6])
{
    struct clone_request r = {
        .flags = (uint32_t)a[0] & ~UINT64_C(0xff),
        .exit_signal = a[0] & 0xff,
        .stack = a[1],
        .parent_tid = a[2],
        .pidfd = a[2],
        .tls = a[3],
        .child_tid = a[4],
    };
    if ((r.flags & CLONE_PIDFD) && (r.flags & (CLONE_PARENT_SETTID | CLONE_DETACHED)))
        return -EINVAL;
    r.flags &= ~(uint64_t)CLONE_DETACHED; /* without a meaning since Linux 2.6.2 */
    return clone_any(t, &r);
}

/* What copy_clone_args_from_user and clone3_args_valid refuse; kernel/fork.c. */
static int check_clone3(const struct clone_args *c, size_t size)
{
    const uint64_t known = UINT32_MAX | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP;
    const uint64_t siblings = CLONE_THREAD | CLONE_PARENT;
    enum { LEVELS = 32 }; /* of pid namespaces */
    if (c->set_tid_size > LEVELS || !c->set_tid != !c->set_tid_size)
        return -EINVAL;
    if (c->exit_signal > SIGNALS)
        return -EINVAL;
    if ((c->flags & CLONE_INTO_CGROUP) && (c->cgroup > INT_MAX || size < CLONE_ARGS_SIZE_VER2))
        return -EINVAL;
    if ((c->flags & ~known) || (c->flags & (CLONE_DETACHED | (CSIGNAL & ~CLONE_NEWTIME))))
        return -EINVAL;
    if ((c->flags & CLONE_SIGHAND) && (c->flags & CLONE_CLEAR_SIGHAND))
        return -EINVAL;
    if ((c->flags & siblings) && c->exit_signal)
        return -EINVAL;
    return !c->stack != !c->stack_size ? -EINVAL : 0;
}

/* clone3's structure, of the guest's `size`: what we do not know of it must be zero. */
static int read_clone_args(struct task *t, struct clone_args *c, uint64_t guest, size_t size)
{
    if (size > GUEST_PAGE)
        return -E2BIG;
    if (size < CLONE_ARGS_SIZE_VER0)
        return -EINVAL;
    memset(c, 0, sizeof *c);
    for (size_t at = sizeof *c; at < size; at++) {
        char byte;
        if (copy_in(t, &byte, guest + at, 1) != 0)
            return -EFAULT;
        if (byte)
            return -E2BIG;
    }
    return copy_in(t, c, guest, size < sizeof *c ? size : sizeof *c);
}

int64_t sys_clone3(struct task *t, const uint64_t a[6])
{
    struct clone_args c;
    int error = read_clone_args(t, &c, a[0], a[1]);
    if (!error)
        error = check_clone3(&c, a[1]);
    if (error)
        return error;
    struct clone_request r = {
        .flags = c.flags,
        .exit_signal = c.exit_signal,
        .stack = c.stack ? c.stack + c.stack_size : 0,
        .parent_tid = c.parent_tid,
        .pidfd = c.pidfd,
        .tls = c.tls,
        .child_tid = c.child_tid,
        .set_tid = c.set_tid,
        .set_tid_size = c.set_tid_size,
        .cgroup = c.cgroup,
    };
    if ((c.flags & CLONE_VM) && (c.set_tid_size || (c.flags & CLONE_INTO_CGROUP)))
        return -EPERM; /* as without the privilege they need */
    return clone_any(t, &r);
}

int64_t sys_exit(struct task *t, const uint64_t a[6])
{
    t->exit_code = (int)a[0];
    t->leaving = true;
    return SYSCALL_NO_RETURN;
}

int64_t sys_exit_group(struct task *t, const uint64_t a[6])
{
    process_exit(t, (int)a[0]);
}
