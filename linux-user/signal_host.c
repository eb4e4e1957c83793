/*
 * The host's side of signals: the one handler, and raw calls around it (the C library's would keep
 * signals 32 and 33 to itself).
 *
 * Everything here may run inside a signal handler.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "linux-user/crash.h"
#include "linux-user/signal.h"

struct kernel_sigaction {
    void *handler;
    uint64_t flags;
    void *restorer;
    uint64_t mask;
};

/* The kernel demands a restorer. These very bytes are what unwinders know a signal frame by. */
void host_signal_restorer(void);
__asm__(".pushsection .text.host_signal_restorer,\"ax\",@progbits\n"
        ".balign 16\n"
        "nop\n"
        ".globl host_signal_restorer\n"
        ".hidden host_signal_restorer\n"
        ".type host_signal_restorer,@function\n"
        "host_signal_restorer:\n"
        "    movq $15, %rax\n"
        "    syscall\n"
        ".size host_signal_restorer, .-host_signal_restorer\n"
        ".popsection\n");

enum { KERNEL_SA_RESTORER = 0x04000000 };

void host_signal_mask(uint64_t mask)
{
    host_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)(uintptr_t)&mask, 0, sizeof mask, 0, 0);
}

uint64_t host_signal_get_mask(void)
{
    uint64_t mask = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &mask, sizeof mask);
    return mask;
}

void host_signal_altstack(void *stack, size_t size)
{
    stack_t ss = {.ss_sp = stack, .ss_size = size};
    syscall(SYS_sigaltstack, &ss, NULL);
}

/* A signal for the guest: into the queue. */
static void record(struct task *t, const siginfo_t *info, ucontext_t *uc)
{
    struct signal_state *s = &t->signal;
    struct signal_queue *q = &s->queue;
    int signal = info->si_signo, slot = 0;
    const bool alone = !q->waiting;
    if (signal < SIGRTMIN_KERNEL && (q->waiting & signal_bit(signal)))
        return;
    while (slot < TASK_QUEUE && q->order[slot])
        slot++;
    if (slot < TASK_QUEUE) {
        q->info[slot] = *info;
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        q->newest += q->newest == UINT32_MAX ? 2 : 1;
        q->order[slot] = q->newest;
        q->waiting |= signal_bit(signal);
    }
    /*
     * The mask may turn out to be another, if the action changes at this moment: delivery looks at
     * it again. Behind a second signal the kernel shall keep the others until these are delivered.
     */
    uint64_t blocked =
        alone ? signal_mask_in_handler(t, signal, &t->process->actions[signal]) : UINT64_MAX;
    blocked &= ~SYNC_SIGNALS;
    s->host_mask = blocked;
    s->host_mask_known = true;
    memcpy(&uc->uc_sigmask, &blocked, sizeof blocked);
    safe_syscall_rewind(uc);
    translator_kick(t->vcpu);
}

static void land(struct task *t)
{
    t->in_run = false;
    longjmp(t->escape, 1);
}

/* A fault in Ferry's own reading of guest code: abandons the translation. See cpu_loop. */
static bool escape(struct task *t, const siginfo_t *info, ucontext_t *uc)
{
    const unsigned enough = 1000; /* something else is wrong */
    uint64_t address = (uint64_t)(uintptr_t)info->si_addr - t->process->as->base;
    if (!t->in_run ||
        translator_owns(t->process->translator, (uintptr_t)uc->uc_mcontext.gregs[REG_RIP]) ||
        info->si_code == SI_KERNEL || !aspace_may_be_code(t->process->as, address) ||
        ++t->escapes > enough)
        return false;
    greg_t *gregs = uc->uc_mcontext.gregs;
    t->escape_address = address;
    gregs[REG_RDI] = (greg_t)(uintptr_t)t;
    gregs[REG_RSP] = (greg_t)((((uintptr_t)gregs[REG_RSP] - 256) & ~(uintptr_t)15) - 8);
    gregs[REG_RIP] = (greg_t)(uintptr_t)land;
    return true;
}

/* What the guest has run into; NULL: nothing that it shall hear of, and false. */
static bool note_fault(struct task *t, const siginfo_t *info, const ucontext_t *uc)
{
    enum { PAGE_FAULT_WRITE = 2 }; /* of the host's error code */
    if (!info)
        return false;
    t->signal.fault = *info;
    t->signal.fault_write = uc->uc_mcontext.gregs[REG_ERR] & PAGE_FAULT_WRITE;
    return true;
}

static void on_signal(int signal, siginfo_t *info, void *context)
{
    int saved = errno;
    struct task *t = current_task;
    bool handled = false, left = false;
    if (info->si_code > 0 && (SYNC_SIGNALS & signal_bit(signal))) {
        if (copy_fault_fixup(context))
            ;
        else if (t && t->vcpu && translator_fault(t->vcpu, context, &handled))
            left = note_fault(t, handled ? NULL : info, context);
        else if (t && escape(t, info, context))
            ;
        else
            crash_internal(t, info, context);
    } else if (t && t->vcpu) {
        record(t, info, context);
    }
    errno = saved;
    if (left) {
        uint64_t mask;
        memcpy(&mask, &((const ucontext_t *)context)->uc_sigmask, sizeof mask);
        host_signal_mask(mask);
        translator_fault_leave(t->vcpu, context);
    }
}

static uint64_t kind_of(const struct kernel_sigaction *sa)
{
    return sa->handler == (void *)SIG_IGN ? HANDLER_IGNORE : HANDLER_DEFAULT;
}

uint64_t host_signal_install(int signal, bool handle, bool ignore, uint64_t guest_flags)
{
    uint64_t flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART | KERNEL_SA_RESTORER;
    struct kernel_sigaction sa = {
        .handler = handle   ? (void *)on_signal
                   : ignore ? (void *)SIG_IGN
                            : (void *)SIG_DFL,
        .flags = flags | (guest_flags & (SA_NOCLDSTOP | SA_NOCLDWAIT)),
        .restorer = (void *)host_signal_restorer,
        .mask = handle ? UINT64_MAX : 0, /* record is for one at a time, those of faults included */
    };
    struct kernel_sigaction old = {0};
    syscall(SYS_rt_sigaction, signal, &sa, &old, sizeof sa.mask);
    return kind_of(&old);
}

uint64_t host_signal_query(int signal)
{
    struct kernel_sigaction sa = {0};
    syscall(SYS_rt_sigaction, signal, NULL, &sa, sizeof sa.mask);
    return kind_of(&sa);
}

/* The C library's SIGSETXID; its handler looks for a request of its own and finds none. */
enum { LIBRARY_SIGNAL = 33 };

static struct kernel_sigaction kept_action;
static enum { NOT_KEPT, KEPT, LIBRARY_IS_DONE } kept;

void host_signal_before_thread(void)
{
    if (kept != NOT_KEPT)
        return;
    syscall(SYS_rt_sigaction, LIBRARY_SIGNAL, NULL, &kept_action, sizeof(uint64_t));
    kept = KEPT;
}

void host_signal_after_thread(void)
{
    if (kept != KEPT)
        return;
    syscall(SYS_rt_sigaction, LIBRARY_SIGNAL, &kept_action, NULL, sizeof(uint64_t));
    __atomic_store_n(&kept, LIBRARY_IS_DONE, __ATOMIC_RELEASE);
}

void host_signal_in_thread(void)
{
    while (__atomic_load_n(&kept, __ATOMIC_ACQUIRE) == KEPT)
        sched_yield();
}
