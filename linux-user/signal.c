/* Guest signals: actions, delivery, death. See signal.h. */
#include "linux-user/signal.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/core.h"
#include "linux-user/crash.h"
#include "util/log.h"

/* The kernel's SA_* values are common to all guests of the generic ABI and to x86. */
enum {
    GUEST_SA_RESTART = 0x10000000,
    GUEST_SA_NODEFER = 0x40000000,
    GUEST_SA_ONSTACK = 0x08000000
};
#define GUEST_SA_RESETHAND UINT64_C(0x80000000)
/* Sending one of them takes others back. */
#define STOP_SIGNALS                                                                               \
    (signal_bit(SIGSTOP) | signal_bit(SIGTSTP) | signal_bit(SIGTTIN) | signal_bit(SIGTTOU) |       \
     signal_bit(SIGCONT))

void signal_start(struct task *t)
{
    for (int i = 1; i <= 32; i++)
        if (SYNC_SIGNALS & signal_bit(i)) {
            t->process->actions[i].handler = host_signal_install(i, true, false, 0);
            t->process->actions_known |= signal_bit(i);
        }
    signal_watch_deaths(t->process);
    t->signal.mask = t->signal.host_mask = host_signal_get_mask();
    t->signal.host_mask_known = true;
    t->signal.alt_flags = SS_DISABLE;
    if (t->signal.mask & SYNC_SIGNALS)
        signal_apply_mask(t);
}

void signal_block_all(void)
{
    host_signal_mask(~SYNC_SIGNALS);
}

void signal_install(struct process *p, int signal, const struct guest_action *action)
{
    if (SYNC_SIGNALS & signal_bit(signal))
        return;
    bool watch = p->watch_deaths && core_signal(signal) && action->handler == HANDLER_DEFAULT;
    host_signal_install(signal, action->handler > HANDLER_IGNORE || watch,
                        action->handler == HANDLER_IGNORE, action->flags);
}

void signal_watch_deaths(struct process *p)
{
    if (p->watch_deaths || !(p->options->report || core_possible(p)))
        return;
    process_lock(p);
    p->watch_deaths = true;
    for (int i = 1; i <= SIGNALS; i++)
        if (core_signal(i))
            signal_install(p, i, signal_action(p, i));
    process_unlock(p);
}

/*
 * A handler that comes in between changes both the host's mask and what is known of it, before the
 * call or behind it: then nothing is known.
 */
void signal_set_host_mask(struct task *t, uint64_t mask)
{
    struct signal_state *s = &t->signal;
    if (s->host_mask_known && s->host_mask == mask)
        return;
    uint32_t seen = s->queue.newest;
    s->host_mask = mask;
    s->host_mask_known = true;
    host_signal_mask(mask);
    if (s->queue.newest != seen)
        s->host_mask_known = false;
}

void signal_apply_mask(struct task *t)
{
    signal_set_host_mask(t, t->signal.mask & ~SYNC_SIGNALS);
}

struct guest_action *signal_action(struct process *p, int signal)
{
    struct guest_action *a = &p->actions[signal];
    if (!(p->actions_known & signal_bit(signal))) {
        *a = (struct guest_action){.handler = host_signal_query(signal)};
        p->actions_known |= signal_bit(signal);
    }
    return a;
}

bool signal_waiting(const struct task *t, uint64_t mask)
{
    return t->signal.queue.waiting & ~mask;
}

bool signal_take(struct task *t, uint64_t mask, siginfo_t *info)
{
    struct signal_queue *q = &t->signal.queue;
    int best = -1;
    if (!signal_waiting(t, mask))
        return false;
    for (int i = 0; i < TASK_QUEUE; i++)
        if (q->order[i] && !(mask & signal_bit(q->info[i].si_signo)) &&
            (best < 0 || (int32_t)(q->order[i] - q->order[best]) < 0))
            best = i;
    if (best < 0)
        bug("a signal waits and is not in the queue");
    *info = q->info[best];
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    /* The handler may come in between each two of these; first its bit, then what it is set for. */
    __atomic_fetch_and(&q->waiting, ~signal_bit(info->si_signo), __ATOMIC_RELAXED);
    q->order[best] = 0;
    for (int i = 0; i < TASK_QUEUE && info->si_signo >= SIGRTMIN_KERNEL; i++)
        if (q->order[i] && q->info[i].si_signo == info->si_signo)
            __atomic_fetch_or(&q->waiting, signal_bit(info->si_signo), __ATOMIC_RELAXED);
    return true;
}

enum default_action { IGNORE, TERMINATE, STOP };

static enum default_action default_action(int signal)
{
    switch (signal) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
        return IGNORE;
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
        return STOP;
    default:
        return TERMINATE;
    }
}

bool signal_on_altstack(const struct task *t, uint64_t sp)
{
    const struct signal_state *s = &t->signal;
    return !(s->alt_flags & SS_AUTODISARM_FLAG) && sp - s->alt_sp - 1 < s->alt_size;
}

uint64_t signal_mask_in_handler(const struct task *t, int signal, const struct guest_action *action)
{
    const struct signal_state *s = &t->signal;
    uint64_t mask = (s->suspended ? s->suspend_mask : s->mask) | action->mask;
    if (!(action->flags & GUEST_SA_NODEFER))
        mask |= signal_bit(signal);
    return mask & ~UNBLOCKABLE_SIGNALS;
}

/* Calls the guest's handler: a frame, a new mask. Returns false if the frame could not be written.
 */
static bool call_handler(struct task *t, const siginfo_t *info, const struct guest_action *action)
{
    struct signal_state *s = &t->signal;
    const struct guest *guest = task_guest(t);
    struct frame_request r = {
        .signal = info->si_signo,
        .info = info,
        .action = action,
        .saved_mask = s->mask,
        .sp = guest->stack_pointer(&t->vcpu->cpu),
        .altstack = {s->alt_sp, s->alt_flags, s->alt_size},
        .write = s->fault_write,
    };
    r.on_altstack = signal_on_altstack(t, r.sp);
    if (!r.on_altstack && (action->flags & GUEST_SA_ONSTACK) && s->alt_size)
        r.sp = s->alt_sp + s->alt_size;
    if (guest->push_frame(t, &r) != 0)
        return false;
    if (s->alt_flags & SS_AUTODISARM_FLAG) {
        s->alt_sp = s->alt_size = 0;
        s->alt_flags = SS_DISABLE;
    }
    s->mask = signal_mask_in_handler(t, info->si_signo, action);
    s->suspended = false;
    return true;
}

/* The action for a signal about to be delivered; takes SA_RESETHAND into account. */
static struct guest_action take_action(struct task *t, int signal)
{
    struct process *p = t->process;
    process_lock(p);
    struct guest_action *a = signal_action(p, signal), copy = *a;
    if (copy.handler > HANDLER_IGNORE && (copy.flags & GUEST_SA_RESETHAND)) {
        a->handler = HANDLER_DEFAULT;
        signal_install(p, signal, a);
    }
    process_unlock(p);
    return copy;
}

/* What the interrupted call returns, or that it is made again. */
static void settle_call(struct task *t, bool restart)
{
    if (!t->restart)
        return;
    t->restart = false;
    if (restart || t->unmade || syscall_always_restarts(task_abi(t), t->call->number, t->call->args))
        task_guest(t)->restart(&t->vcpu->cpu, t->call->args[0]);
    else
        guest_set_result(task_guest(t), &t->vcpu->cpu, -EINTR);
}

static void frame_failed(struct task *t, int signal)
{
    if (log_on(LOG_GUEST_ERRORS))
        log_print("no room for the frame of signal %d\n", signal);
    siginfo_t info = {.si_signo = SIGSEGV, .si_code = SI_KERNEL};
    if (signal == SIGSEGV)
        signal_die(t, &info);
    signal_force(t, &info);
}

static void deliver_one(struct task *t, const siginfo_t *info)
{
    int signal = info->si_signo;
    struct guest_action action = take_action(t, signal);
    if (action.handler == HANDLER_IGNORE)
        return;
    if (action.handler == HANDLER_DEFAULT) {
        enum default_action what = default_action(signal);
        if (what == TERMINATE)
            signal_die(t, info);
        if (what == STOP)
            syscall(SYS_tgkill, getpid(), t->tid, SIGSTOP);
        return;
    }
    settle_call(t, action.flags & GUEST_SA_RESTART);
    if (!call_handler(t, info, &action))
        frame_failed(t, signal);
}

bool signal_send_self(struct task *t, int signal)
{
    struct signal_state *s = &t->signal;
    struct process *p = t->process;
    if ((s->mask | STOP_SIGNALS) & signal_bit(signal) || s->queue.waiting || s->sent)
        return false;
    process_lock(p);
    bool handled = signal_action(p, signal)->handler > HANDLER_IGNORE;
    process_unlock(p);
    if (!handled)
        return false;
    s->own = (siginfo_t){.si_signo = signal, .si_code = SI_TKILL};
    s->own.si_pid = getpid();
    s->own.si_uid = getuid();
    s->sent = true;
    t->vcpu->cpu.attention = 1;
    return true;
}

void signal_deliver(struct task *t)
{
    siginfo_t info;
    bool any = t->signal.sent;
    if (any) {
        t->signal.sent = false;
        info = t->signal.own;
        deliver_one(t, &info);
    }
    do {
        while (signal_take(t, t->signal.suspended ? t->signal.suspend_mask : t->signal.mask, &info)) {
            any = true;
            deliver_one(t, &info);
        }
        t->signal.suspended = false;
        /* Whatever this lets in asks for attention again. */
        if (any || t->signal.queue.waiting)
            signal_apply_mask(t);
    } while (signal_waiting(t, t->signal.mask));
    settle_call(t, true);
}

void signal_force(struct task *t, const siginfo_t *info)
{
    int signal = info->si_signo;
    struct guest_action action = take_action(t, signal);
    if (action.handler <= HANDLER_IGNORE || (t->signal.mask & signal_bit(signal)))
        signal_die(t, info);
    if (!call_handler(t, info, &action))
        frame_failed(t, signal);
    signal_apply_mask(t);
}

void signal_fault(struct task *t, int signal, int code, uint64_t address)
{
    siginfo_t info = {.si_signo = signal, .si_code = code};
    info.si_addr = (void *)(uintptr_t)address;
    signal_force(t, &info);
}

void signal_die(struct task *t, const siginfo_t *info)
{
    int signal = info->si_signo;
    signal_block_all();
    if (t->process->watch_deaths && core_signal(signal)) {
        process_stop_others(t);
        crash_report(t, info);
        core_dump(t, info);
    }
    host_signal_mask(UINT64_MAX);
    host_signal_install(signal, false, false, 0);
    if (log_on(LOG_STATS))
        crash_stats(t);
    /* The same siginfo, so that whoever looks at the corpse sees the guest's reason. */
    siginfo_t copy = *info;
    pid_t pid = getpid(), tid = (pid_t)syscall(SYS_gettid);
    if (syscall(SYS_rt_tgsigqueueinfo, pid, tid, signal, &copy) != 0)
        syscall(SYS_tgkill, pid, tid, signal);
    host_signal_mask(~signal_bit(signal));
    /* Only a first process of a pid namespace survives its own signals. */
    for (;;)
        syscall(SYS_exit_group, 128 + signal);
}

void signal_before_exec(struct task *t)
{
    for (int i = 1; i <= 32; i++)
        if ((SYNC_SIGNALS & signal_bit(i)) &&
            signal_action(t->process, i)->handler == HANDLER_IGNORE)
            host_signal_install(i, false, true, 0);
    signal_set_host_mask(t, t->signal.mask);
}

void signal_after_failed_exec(struct task *t)
{
    for (int i = 1; i <= 32; i++)
        if ((SYNC_SIGNALS & signal_bit(i)) &&
            signal_action(t->process, i)->handler == HANDLER_IGNORE)
            host_signal_install(i, true, false, 0);
    signal_apply_mask(t);
}
