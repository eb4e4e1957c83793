/* ppoll's mask holds for the wait only: a blocked signal that was pending ends it with EINTR. */
#include "sys.h"
#include <poll.h>
#include <time.h>

static volatile sig_atomic_t got;

static void handler(int signal)
{
    got = signal;
}

int main(void)
{
    struct sigaction a = {.sa_handler = handler, .sa_flags = SA_RESTART};
    struct timespec t = {5, 0};
    sigset_t blocked, none, now;
    sigaction(SIGUSR1, &a, NULL);
    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    CALL(kill(getpid(), SIGUSR1));
    SHOW(got);
    CALL(ppoll(NULL, 0, &t, &none));
    SHOW(got);
    sigprocmask(SIG_BLOCK, NULL, &now);
    SHOW(sigismember(&now, SIGUSR1));
    got = 0;
    if (fork() == 0) {
        usleep(100000);
        kill(getppid(), SIGUSR1);
        _exit(0);
    }
    CALL(ppoll(NULL, 0, &t, &none));
    SHOW(got);
    wait(NULL);
    got = 0;
    CALL(kill(getpid(), SIGUSR1));
    t = (struct timespec){0, 1000000};
    CALL(ppoll(NULL, 0, &t, &blocked));
    SHOW(got);
    CALL(sigprocmask(SIG_UNBLOCK, &blocked, NULL));
    SHOW(got);
    return 0;
}
