/* sigaction keeps the flags that the kernel knows and forgets the others, so that programs can ask
 * (SA_UNSUPPORTED); SIGKILL and SIGSTOP leave every mask. */
#include "guest.h"

#ifndef SA_UNSUPPORTED
#define SA_UNSUPPORTED 0x00000400
#endif
#ifndef SA_EXPOSE_TAGBITS
#define SA_EXPOSE_TAGBITS 0x00000800
#endif

static void handler(int signal)
{
    (void)signal;
}

int main(void)
{
    struct sigaction sa = {.sa_handler = handler}, old;
    const int known = SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART |
                      SA_NODEFER | (int)SA_RESETHAND;
    sa.sa_flags = known | SA_UNSUPPORTED | SA_EXPOSE_TAGBITS | 0x10 | 0x20000;
    sigfillset(&sa.sa_mask);
    TRY(sigaction(SIGUSR1, &sa, NULL));
    TRY(sigaction(SIGUSR1, NULL, &old));
    SHOW((old.sa_flags & known) == known);
    SHOW(old.sa_flags & (SA_UNSUPPORTED | SA_EXPOSE_TAGBITS | 0x10 | 0x20000));
    SHOW(sigismember(&old.sa_mask, SIGKILL));
    SHOW(sigismember(&old.sa_mask, SIGSTOP));
    SHOW(sigismember(&old.sa_mask, SIGTERM));
    TRY(sigaction(SIGKILL, NULL, &old));
    TRY(sigaction(SIGKILL, &sa, NULL));
    TRY(sigaction(SIGSTOP, &sa, NULL));
    TRY(sigaction(0, NULL, &old));
    TRY(sigaction(65, NULL, &old));
    sigprocmask(SIG_BLOCK, &sa.sa_mask, NULL);
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    SHOW(sigismember(&now, SIGKILL));
    SHOW(sigismember(&now, SIGSTOP));
    TRY(syscall(SYS_rt_sigprocmask, 3, &now, NULL, 8));
    TRY(syscall(SYS_rt_sigprocmask, 3, NULL, &now, 8));
    TRY(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &now, NULL, 4));
    TRY(syscall(SYS_rt_sigprocmask, SIG_BLOCK, BAD, NULL, 8));
    TRY(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, BAD, 8));
    /* Whatever the process ignores or leaves at its default stays no matter how often it comes. */
    signal(SIGUSR2, SIG_IGN);
    raise(SIGUSR2);
    /* Ignoring a pending signal forgets it. */
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGHUP);
    sigprocmask(SIG_SETMASK, &one, NULL);
    signal(SIGHUP, handler);
    raise(SIGHUP);
    sigpending(&now);
    SHOW(sigismember(&now, SIGHUP));
    signal(SIGHUP, SIG_IGN);
    sigpending(&now);
    SHOW(sigismember(&now, SIGHUP));
    /* The same for one that a fault could raise. */
    sigaddset(&one, SIGSEGV);
    sigprocmask(SIG_SETMASK, &one, NULL);
    signal(SIGSEGV, handler);
    raise(SIGSEGV);
    sigpending(&now);
    SHOW(sigismember(&now, SIGSEGV));
    signal(SIGSEGV, SIG_IGN);
    sigpending(&now);
    SHOW(sigismember(&now, SIGSEGV));
    sigemptyset(&one);
    sigprocmask(SIG_SETMASK, &one, NULL);
    puts("still here");
}
