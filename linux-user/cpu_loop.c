/*
 * The loop of a guest thread: run translated code, serve what it stops for, deliver signals.
 */
#include <sched.h>
#include <signal.h>

#include "linux-user/seccomp.h"
#include "linux-user/signal.h"
#include "linux-user/task.h"
#include "util/log.h"

/* The call at hand enters the history before it is made: one that does not return is the one a
 * report wants to see. */
static struct past_call *begin_call(struct task *t)
{
    const struct guest *guest = t->process->guest;
    const struct cpu *cpu = &t->vcpu->cpu;
    struct past_call *call = &t->history[t->ncalls++ % TASK_HISTORY];
    t->call = call;
    call->number = guest_call_number(guest, cpu);
    guest_call_args(guest, cpu, call->args);
    if (__builtin_expect(t->process->tagged_addresses, 0))
        syscall_untag(&guest->abi, call->number, call->args);
    call->result = SYSCALL_NO_RETURN;
    return call;
}

static void serve_call(struct task *t)
{
    struct cpu *cpu = &t->vcpu->cpu;
    struct past_call *call = begin_call(t);
    int64_t result;
    if (__builtin_expect(t->seccomp_mode == 0, 1) || seccomp_judge(t, &result))
        result = syscall_dispatch(t, call->number, call->args);
    call->result = result;
    if (syscall_interrupted(result)) {
        t->restart = true;
        t->unmade = result == SYSCALL_UNMADE;
        cpu->attention = 1; /* even if nobody asks for it any more: the call is to be made again */
    } else if (result != SYSCALL_NO_RETURN) {
        guest_set_result(task_guest(t), cpu, result);
    }
}

bool quick_call(struct vcpu *v)
{
    struct task *t = v->owner;
    const struct guest *guest = t->process->guest;
    long host = syscall_quick(&guest->abi, guest_call_number(guest, &v->cpu));
    if (host < 0 || t->seccomp_mode != 0)
        return false;
    struct past_call *call = begin_call(t);
    const uint64_t *a = call->args;
    call->result = host_syscall(host, a[0], a[1], a[2], a[3], a[4], a[5]);
    guest_set_result(guest, &v->cpu, call->result);
    return true;
}

/* The instruction at pc cannot be fetched: which byte of it is missing, and why. */
static void fetch_fault(struct task *t, uint64_t pc)
{
    struct aspace *as = t->process->as;
    size_t size = 0;
    if (pc % task_guest(t)->frontend->min_insn) {
        signal_fault(t, SIGBUS, BUS_ADRALN, pc);
        return;
    }
    aspace_window(as, pc, &size);
    uint64_t at = pc + size;
    as->fetch_failed = true;
    if (aspace_cut_off(as, at)) {
        signal_fault(t, SIGBUS, BUS_ADRERR, at);
        return;
    }
    signal_fault(t, SIGSEGV, aspace_covers(as, at, 1) ? SEGV_ACCERR : SEGV_MAPERR, at);
}

/* The host says nothing of a non-canonical address; to the guest nothing is mapped there. */
static void memory_fault(struct task *t)
{
    const struct guest *guest = task_guest(t);
    siginfo_t *info = &t->signal.fault;
    if (info->si_signo != SIGSEGV || info->si_code != SI_KERNEL)
        signal_force(t, info);
    else if (!guest->strip_tags || !guest->strip_tags(&t->vcpu->cpu))
        signal_fault(t, SIGSEGV, SEGV_MAPERR, (uint64_t)(uintptr_t)info->si_addr);
}

static enum ir_exit run(struct task *t)
{
    t->in_run = true;
    enum ir_exit reason = translator_run(t->vcpu);
    t->in_run = false;
    t->escapes = 0;
    return reason;
}

void cpu_loop(struct task *t)
{
    struct cpu *cpu = &t->vcpu->cpu;
    /*
     * The translator reads guest code that the table says is there. It may not be: a file has
     * become shorter, another thread unmaps it. Then the handler comes back to here, and
     * translating again ends where the readable code ends.
     */
    if (setjmp(t->escape)) {
        translator_escaped(t->vcpu);
        aspace_cut_page(t->process->as, t->escape_address);
    }
    while (!t->leaving) {
        switch (run(t)) {
        case IR_EXIT_SYSCALL:
            serve_call(t);
            break;
        case IR_EXIT_FAULT:
            memory_fault(t);
            break;
        case IR_EXIT_FETCH:
            fetch_fault(t, cpu->exit_pc);
            break;
        case IR_EXIT_ILLEGAL:
        case IR_EXIT_SYSTEM: /* a process has none */
            signal_fault(t, SIGILL, ILL_ILLOPC, cpu->exit_pc);
            break;
        case IR_EXIT_BREAK:
            signal_fault(t, SIGTRAP, TRAP_BRKPT, cpu->exit_pc);
            break;
        case IR_EXIT_MISALIGNED:
            signal_fault(t, SIGBUS, BUS_ADRALN, cpu->exit_info);
            break;
        case IR_EXIT_YIELD:
            sched_yield();
            break;
        case IR_EXIT_NONE:
        case IR_EXIT_LOOKUP:
        case IR_EXIT_FLUSH:
        case IR_EXIT_FLUSH_LINE:
            break;
        }
        if (__atomic_load_n(&cpu->attention, __ATOMIC_ACQUIRE) && !t->leaving) {
            __atomic_store_n(&cpu->attention, 0, __ATOMIC_SEQ_CST);
            task_wait_if_dying(t);
            signal_deliver(t);
        }
    }
}
