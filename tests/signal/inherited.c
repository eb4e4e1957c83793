/* fork hands on handlers, mask and alternate stack; pending signals stay behind; a thread starts
 * bare. */
#include "guest.h"
#include <pthread.h>

static void handler(int number)
{
    guest_say(number == SIGUSR1 ? "handler USR1" : "handler");
}

static void *thread(void *p)
{
    stack_t s;
    sigaltstack(NULL, &s);
    YES(s.ss_flags & SS_DISABLE);
    sigset_t set;
    sigprocmask(SIG_BLOCK, NULL, &set);
    SHOW(sigismember(&set, SIGUSR2));
    return p;
}

int main(void)
{
    static char stack[65536];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    signal(SIGUSR1, handler);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR2);
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        stack_t s;
        sigaltstack(NULL, &s);
        YES(s.ss_sp == stack && s.ss_flags == 0);
        sigprocmask(SIG_BLOCK, NULL, &set);
        SHOW(sigismember(&set, SIGUSR2));
        sigpending(&set);
        SHOW(sigismember(&set, SIGUSR2));
        raise(SIGUSR1);
        _exit(0);
    }
    guest_reap("child", pid);
    pthread_t t;
    pthread_create(&t, NULL, thread, NULL);
    pthread_join(t, NULL);
    sigpending(&set);
    SHOW(sigismember(&set, SIGUSR2));
    return 0;
}
