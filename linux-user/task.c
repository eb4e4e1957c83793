/* Tasks and their process: lists, locks, ends. See task.h. */
#include "linux-user/task.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/crash.h"
#include "linux-user/seccomp.h"
#include "linux-user/signal.h"
#include "linux-user/uring.h"
#include "util/lock.h"
#include "util/log.h"

__thread struct task *current_task;

void process_lock(struct process *p)
{
    lock_take(&p->lock);
}

void process_unlock(struct process *p)
{
    lock_give(&p->lock);
}

void task_link(struct task *t)
{
    struct process *p = t->process;
    process_lock(p);
    t->previous = NULL;
    t->next = p->tasks;
    if (t->next)
        t->next->previous = t;
    p->tasks = t;
    p->ntasks++;
    seccomp_joined(t);
    process_unlock(p);
}

void task_unlink(struct task *t)
{
    struct process *p = t->process;
    process_lock(p);
    if (t->previous)
        t->previous->next = t->next;
    else
        p->tasks = t->next;
    if (t->next)
        t->next->previous = t->previous;
    p->ntasks--;
    process_unlock(p);
}

void task_enter(struct task *t)
{
    t->tid = (int)syscall(SYS_gettid);
    t->vcpu->owner = t;
    current_task = t;
    host_signal_altstack(t->altstack, TASK_ALTSTACK);
}

void task_wait_if_dying(struct task *t)
{
    struct task *dying = __atomic_load_n(&t->process->dying, __ATOMIC_ACQUIRE);
    if (!dying || dying == t)
        return;
    t->in_run = false;
    host_signal_mask(UINT64_MAX);
    for (;;)
        syscall(SYS_pause);
}

void process_stop_others(struct task *t)
{
    struct process *p = t->process;
    struct task *none = NULL;
    if (!__atomic_compare_exchange_n(&p->dying, &none, t, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE))
        task_wait_if_dying(t);
    process_lock(p);
    for (struct task *other = p->tasks; other; other = other->next)
        if (other != t && other->vcpu)
            translator_kick(other->vcpu);
    /* One in a system call has its registers at home, and waits when the call returns. */
    for (struct task *other = p->tasks; other; other = other->next)
        for (int i = 0; other != t && other->in_run && i < 1000; i++)
            usleep(100);
    process_unlock(p);
}

void process_after_fork(struct task *t)
{
    struct process *p = t->process;
    p->lock = 0;
    p->as->lock = 0;
    aspace_guard(false);
    p->as->mdwe = MDWE_UNKNOWN; /* may not be inherited */
    p->tasks = t;
    p->ntasks = 1;
    p->dying = NULL;
    t->next = t->previous = NULL;
    t->leader = true;
    if (uring_used)
        uring_after_fork(t);
    t->tid = (int)syscall(SYS_gettid);
}

/* The last thread: its status is the process's only if it is the first one too, as natively. */
static _Noreturn void process_exit_last(struct task *t, int status)
{
    if (log_on(LOG_STATS))
        crash_stats(t);
    for (;;)
        syscall(SYS_exit, status);
}

void task_finish(struct task *t)
{
    struct process *p = t->process;
    int status = t->exit_code;
    process_lock(p);
    bool last = p->ntasks == 1;
    process_unlock(p);
    if (last)
        process_exit_last(t, status);
    task_unlink(t);
    seccomp_release(t);
    if (uring_used)
        uring_thread_ends(t);
    host_signal_mask(UINT64_MAX);
    current_task = NULL;
    translator_vcpu_destroy(t->vcpu);
    t->vcpu = NULL;
    if (t->leader)
        for (;;)
            syscall(SYS_exit, status);
}

void process_exit(struct task *t, int status)
{
    if (log_on(LOG_STATS))
        crash_stats(t);
    for (;;)
        syscall(SYS_exit_group, status);
}

/* ---- system calls' view of the process ---- */

const struct guest_abi *task_abi(const struct task *t)
{
    return &t->process->guest->abi;
}

const volatile uint32_t *task_attention(const struct task *t)
{
    return &t->vcpu->cpu.attention;
}
