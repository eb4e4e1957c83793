/* System calls about signals. The names are the kernel's; the machinery is signal.c. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux-user/signal.h"
#include "linux-user/task.h"
#include "syscall/rows.h"

static bool valid_signal(uint64_t signal)
{
    return signal >= 1 && signal <= SIGNALS;
}

/* UAPI_SA_FLAGS of include/linux/signal_types.h: others are forgotten, which is how programs ask. */
#define KNOWN_SA_FLAGS                                                                             \
    (SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | UINT64_C(0x800) /* SA_EXPOSE_TAGBITS */ |          \
     SA_ONSTACK | SA_RESTART | SA_NODEFER | UINT64_C(0x80000000) /* SA_RESETHAND */)
#define GUEST_SA_RESTORER UINT64_C(0x04000000)

/* struct sigaction: handler, flags, restorer where the guest has one, mask. */
enum { SIGACTION_WORDS = 4 };

static size_t sigaction_size(const struct guest *g)
{
    return (g->has_restorer ? SIGACTION_WORDS : SIGACTION_WORDS - 1) * sizeof(uint64_t);
}

static struct guest_action unpack_action(const struct guest *g, const uint64_t w[SIGACTION_WORDS])
{
    uint64_t mask = w[g->has_restorer ? 3 : 2] & ~UNBLOCKABLE_SIGNALS;
    uint64_t flags = w[1] & (KNOWN_SA_FLAGS | (g->has_restorer ? GUEST_SA_RESTORER : 0));
    return (struct guest_action){w[0], flags, mask, g->has_restorer ? w[2] : 0};
}

static void pack_action(const struct guest *g, const struct guest_action *a,
                        uint64_t w[SIGACTION_WORDS])
{
    w[0] = a->handler;
    w[1] = a->flags;
    w[2] = g->has_restorer ? a->restorer : a->mask;
    w[3] = a->mask;
}

int64_t sys_rt_sigaction(struct task *t, const uint64_t a[6])
{
    struct process *p = t->process;
    const struct guest *g = task_guest(t);
    uint64_t new[SIGACTION_WORDS], old[SIGACTION_WORDS];
    int signal = (int)a[0];
    if (a[3] != sizeof new[0])
        return -EINVAL;
    if (a[1] && copy_in(t, new, a[1], sigaction_size(g)) != 0)
        return -EFAULT;
    if (!valid_signal(a[0]) || (a[1] && (signal_bit(signal) & UNBLOCKABLE_SIGNALS)))
        return -EINVAL;
    process_lock(p);
    struct guest_action *action = signal_action(p, signal);
    pack_action(g, action, old);
    if (a[1]) {
        *action = unpack_action(g, new);
        signal_install(p, signal, action);
    }
    process_unlock(p);
    /* Ignored, it is not pending any more. In the queues of other threads delivery drops it. */
    siginfo_t dropped;
    if (a[1] && new[0] == HANDLER_IGNORE)
        while (signal_take(t, ~signal_bit(signal), &dropped))
            ;
    return a[2] ? copy_out(t, a[2], old, sigaction_size(g)) : 0;
}

/* The guest's mask is now `mask`: tell the host, or deliver what waits in our own queue first. */
static void change_mask(struct task *t, uint64_t mask)
{
    mask &= ~UNBLOCKABLE_SIGNALS;
    if (signal_waiting(t, 0))
        t->vcpu->cpu.attention = 1; /* signal_deliver tells the host */
    else
        signal_set_host_mask(t, mask & ~SYNC_SIGNALS);
    t->signal.mask = mask;
}

int64_t sys_rt_sigprocmask(struct task *t, const uint64_t a[6])
{
    uint64_t set, old = t->signal.mask, mask = old;
    if (a[3] != sizeof set)
        return -EINVAL;
    if (a[1]) {
        if (copy_in(t, &set, a[1], sizeof set) != 0)
            return -EFAULT;
        switch ((int)a[0]) {
        case SIG_BLOCK:
            mask |= set;
            break;
        case SIG_UNBLOCK:
            mask &= ~set;
            break;
        case SIG_SETMASK:
            mask = set;
            break;
        default:
            return -EINVAL;
        }
        if ((mask & ~UNBLOCKABLE_SIGNALS) != old)
            change_mask(t, mask);
    }
    return a[2] ? copy_out(t, a[2], &old, sizeof old) : 0;
}

int64_t sys_rt_sigpending(struct task *t, const uint64_t a[6])
{
    uint64_t set = 0;
    if (a[1] > sizeof set)
        return -EINVAL;
    host_syscall(SYS_rt_sigpending, (uint64_t)(uintptr_t)&set, sizeof set, 0, 0, 0, 0);
    set |= t->signal.queue.waiting;
    set &= t->signal.mask;
    return a[1] ? copy_out(t, a[0], &set, a[1]) : 0;
}

int64_t sys_tgkill(struct task *t, const uint64_t a[6])
{
    if ((int)a[1] == t->tid && (int)a[0] == getpid() && valid_signal((uint32_t)a[2]) &&
        signal_send_self(t, (int)a[2]))
        return 0;
    return host_syscall(SYS_tgkill, a[0], a[1], a[2], 0, 0, 0);
}

/* ---- waiting under a temporary mask ---- */

bool task_sigmask_enter(struct task *t, uint64_t mask, uint64_t *host)
{
    t->signal.suspend_mask = mask & ~UNBLOCKABLE_SIGNALS;
    t->signal.suspended = true;
    *host = mask & ~SYNC_SIGNALS;
    return !signal_waiting(t, t->signal.suspend_mask);
}

int64_t task_sigmask_leave(struct task *t, int64_t result)
{
    bool interrupted = result == -EINTR || syscall_interrupted(result);
    if (!interrupted || !signal_waiting(t, t->signal.suspend_mask)) {
        t->signal.suspended = false; /* the host's mask is back by itself */
        return result;
    }
    t->vcpu->cpu.attention = 1; /* signal_deliver goes by the temporary mask */
    return -EINTR;
}

int64_t sys_rt_sigsuspend(struct task *t, const uint64_t a[6])
{
    uint64_t mask, host;
    if (a[1] != sizeof mask)
        return -EINVAL;
    if (copy_in(t, &mask, a[0], sizeof mask) != 0)
        return -EFAULT;
    int64_t r = -EINTR;
    if (task_sigmask_enter(t, mask, &host)) {
        const uint64_t args[6] = {(uint64_t)(uintptr_t)&host, sizeof host};
        r = safe_syscall(task_attention(t), SYS_rt_sigsuspend, args);
    }
    return task_sigmask_leave(t, r);
}

int64_t sys_rt_sigtimedwait(struct task *t, const uint64_t a[6])
{
    uint64_t set;
    siginfo_t info;
    int64_t r;
    if (a[3] != sizeof set)
        return -EINVAL;
    if (copy_in(t, &set, a[0], sizeof set) != 0)
        return -EFAULT;
    if (signal_take(t, ~(set & t->signal.mask), &info)) {
        r = info.si_signo;
    } else {
        const uint64_t args[6] = {(uint64_t)(uintptr_t)&set, (uint64_t)(uintptr_t)&info,
                                  (uint64_t)(uintptr_t)guest_pointer(t, a[2]), sizeof set};
        r = safe_syscall(task_attention(t), SYS_rt_sigtimedwait, args);
        if (r == SYSCALL_RESTART)
            r = -EINTR; /* never restarted */
    }
    if (r > 0 && a[1] && copy_out(t, a[1], &info, sizeof info) != 0)
        return -EFAULT;
    return r;
}

/* The frame cannot be taken: as arch/NAME/kernel/signal.c of the guest's kernel complains. */
static void bad_frame(struct task *t)
{
    struct aspace *as = t->process->as;
    uint64_t sp = task_guest(t)->stack_pointer(&t->vcpu->cpu);
    if (!task_guest(t)->bad_frame_at_sp) {
        signal_fault(t, SIGSEGV, SI_KERNEL, 0);
        return;
    }
    aspace_lock(as);
    int code = maptree_at_or_above(&as->tree, sp) ? SEGV_ACCERR : SEGV_MAPERR;
    aspace_unlock(as);
    signal_fault(t, SIGSEGV, code, sp);
}

struct abi_stack {
    uint64_t sp;
    uint32_t flags, pad;
    uint64_t size;
};

/* kernel/signal.c, do_sigaltstack. */
static int64_t set_altstack(struct task *t, const struct abi_stack *new)
{
    struct signal_state *s = &t->signal;
    uint32_t mode = new->flags & ~SS_AUTODISARM_FLAG;
    if (signal_on_altstack(t, task_guest(t)->stack_pointer(&t->vcpu->cpu)))
        return -EPERM;
    if (mode && mode != SS_DISABLE && mode != SS_ONSTACK)
        return -EINVAL;
    if (new->sp == s->alt_sp && new->size == s->alt_size &&
        (new->flags == s->alt_flags || (!new->flags && s->alt_flags == SS_DISABLE)))
        return 0;
    if (mode != SS_DISABLE && new->size < task_guest(t)->min_altstack)
        return -ENOMEM;
    s->alt_sp = mode == SS_DISABLE ? 0 : new->sp;
    s->alt_size = mode == SS_DISABLE ? 0 : new->size;
    s->alt_flags = new->flags;
    return 0;
}

int64_t sys_sigaltstack(struct task *t, const uint64_t a[6])
{
    const struct signal_state *s = &t->signal;
    uint64_t sp = task_guest(t)->stack_pointer(&t->vcpu->cpu);
    uint32_t state = !s->alt_size ? SS_DISABLE : signal_on_altstack(t, sp) ? SS_ONSTACK : 0;
    struct abi_stack new,
        old = {s->alt_sp, (s->alt_flags & SS_AUTODISARM_FLAG) | state, 0, s->alt_size};
    if (a[0]) {
        if (copy_in(t, &new, a[0], sizeof new) != 0)
            return -EFAULT;
        int64_t r = set_altstack(t, &new);
        if (r < 0)
            return r;
    }
    return a[1] ? copy_out(t, a[1], &old, sizeof old) : 0;
}

int64_t sys_rt_sigreturn(struct task *t, const uint64_t a[6])
{
    (void)a;
    uint64_t mask, alt[3];
    if (task_guest(t)->pop_frame(t, &mask, alt) != 0) {
        bad_frame(t);
        return SYSCALL_NO_RETURN;
    }
    set_altstack(t, &(struct abi_stack){alt[0], (uint32_t)alt[1], 0, alt[2]}); /* or not */
    change_mask(t, mask);
    return SYSCALL_NO_RETURN;
}
