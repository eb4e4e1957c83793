/* epoll_pwait's mask and epoll_pwait2's timeout in nanoseconds. */
#include "guest.h"
#include <sys/epoll.h>

static volatile sig_atomic_t seen;

static void handler(int number)
{
    seen = number;
}

int main(void)
{
    struct sigaction act = {.sa_handler = handler};
    sigaction(SIGUSR1, &act, NULL);
    sigset_t block, empty, now;
    sigemptyset(&empty);
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, NULL);
    int e = (int)MUST(epoll_create1(0));
    struct epoll_event ev;
    raise(SIGUSR1);
    TRY(epoll_wait(e, &ev, 1, 5));
    SHOW(seen);
    TRY(epoll_pwait(e, &ev, 1, 5000, &empty));
    YES(seen == SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &now);
    YES(sigismember(&now, SIGUSR1));
    struct timespec t = {0, 20000000};
    int64_t start = guest_now_ns();
    TRY(syscall(SYS_epoll_pwait2, e, &ev, 1, &t, NULL, 8));
    YES(guest_now_ns() - start >= 20000000);
    seen = 0;
    raise(SIGUSR1);
    TRY(syscall(SYS_epoll_pwait2, e, &ev, 1, NULL, &empty, 8));
    YES(seen == SIGUSR1);
    TRY(syscall(SYS_epoll_pwait2, e, &ev, 1, NULL, &empty, 4));
    t.tv_nsec = -1;
    TRY(syscall(SYS_epoll_pwait2, e, &ev, 1, &t, NULL, 8));
    return 0;
}
