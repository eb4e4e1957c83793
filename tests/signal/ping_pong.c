/* Two processes hand each other a signal 2,000 times by sigsuspend: no wake-up is lost. */
#include "guest.h"

static volatile sig_atomic_t got;

static void handler(int number)
{
    (void)number;
    got++;
}

int main(void)
{
    struct sigaction a = {.sa_handler = handler};
    sigaction(SIGUSR1, &a, NULL);
    sigset_t block, old;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, &old);
    pid_t parent = getpid(), pid = (pid_t)MUST(fork());
    pid_t other = pid ? pid : parent;
    for (int i = 0; i < 2000; i++) {
        if (pid)
            kill(other, SIGUSR1);
        while (got == i)
            sigsuspend(&old);
        if (!pid)
            kill(other, SIGUSR1);
    }
    if (!pid)
        _exit(got == 2000);
    guest_reap("child", pid);
    SHOW(got);
    return 0;
}
