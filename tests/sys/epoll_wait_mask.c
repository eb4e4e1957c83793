/* epoll_pwait takes a mask for the wait, epoll_pwait2 a timeout in nanoseconds. */
#include "sys.h"
#include <sys/epoll.h>
#include <time.h>

static volatile sig_atomic_t got;

static void handler(int signal)
{
    got = signal;
}

int main(void)
{
    struct epoll_event e;
    struct timespec t = {0, 2000000}, before, after;
    sigset_t none, usr1;
    int ep = epoll_create1(0);
    signal(SIGUSR1, handler);
    sigemptyset(&none);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    raise(SIGUSR1);
    CALL(epoll_pwait(ep, &e, 1, 5000, &none));
    SHOW(got);
    clock_gettime(CLOCK_MONOTONIC, &before);
    CALL(syscall(SYS_epoll_pwait2, ep, &e, 1, &t, NULL, 0));
    clock_gettime(CLOCK_MONOTONIC, &after);
    SHOW((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec >= 2000000);
    CALL(syscall(SYS_epoll_pwait, ep, &e, 1, 0, &none, 4));
    return 0;
}
