/* SECCOMP_RET_TRAP: SIGSYS with the call in siginfo and registers as at the call. */
#include <ucontext.h>

#include "seccomp.h"

static unsigned long seen_address;

static void set_result(ucontext_t *context, long result)
{
#if defined(__x86_64__)
    context->uc_mcontext.gregs[REG_RAX] = result;
#elif defined(__aarch64__)
    context->uc_mcontext.regs[0] = (unsigned long)result;
#else
    context->uc_mcontext.__gregs[REG_A0] = (unsigned long)result;
#endif
}

static unsigned long context_pc(const ucontext_t *context)
{
#if defined(__x86_64__)
    return (unsigned long)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return context->uc_mcontext.pc;
#else
    return context->uc_mcontext.__gregs[REG_PC];
#endif
}

static unsigned long context_argument(const ucontext_t *context)
{
#if defined(__x86_64__)
    return (unsigned long)context->uc_mcontext.gregs[REG_RDI];
#elif defined(__aarch64__)
    return context->uc_mcontext.regs[0];
#else
    return context->uc_mcontext.__gregs[REG_A0];
#endif
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
    YES(signal == SIGSYS);
    YES(info->si_code == 1);
    SHOW(info->si_errno);
    YES(info->si_syscall == SYS_getpgid);
    YES(info->si_arch == THIS_ARCH);
    YES((unsigned long)info->si_call_addr == context_pc(context));
    SHOW(context_argument(context));
    seen_address = (unsigned long)info->si_call_addr;
    set_result(context, 4711);
}

int main(void)
{
    struct sigaction sa = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
    NO_NEW_PRIVS();
    MUST(sigaction(SIGSYS, &sa, NULL));
    TRY(FILTER(0, ONLY(SYS_getpgid, SECCOMP_RET_TRAP | 123)));
    VALUE(syscall(SYS_getpgid, 17));
    YES(seen_address != 0);

    /* Blocked or ignored, it kills. */
    pid_t pid = fork();
    if (pid == 0) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGSYS);
        sigprocmask(SIG_BLOCK, &set, NULL);
        syscall(SYS_getpgid, 17);
        _exit(1);
    }
    guest_reap("blocked", pid);
    pid = fork();
    if (pid == 0) {
        signal(SIGSYS, SIG_IGN);
        syscall(SYS_getpgid, 17);
        _exit(1);
    }
    guest_reap("ignored", pid);
    pid = fork();
    if (pid == 0) {
        signal(SIGSYS, SIG_DFL);
        syscall(SYS_getpgid, 17);
        _exit(1);
    }
    guest_reap("at its default", pid);
    return 0;
}
