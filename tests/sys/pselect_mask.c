/*
 * pselect waits under its own mask; a pending signal interrupts it at once, its timeout is
 * untouched.
 */
#include "guest.h"
#include <sys/select.h>

static volatile sig_atomic_t seen;

static void handler(int number)
{
    seen = number;
}

int main(void)
{
    struct sigaction act = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &act, NULL);
    sigset_t block, empty, now;
    sigemptyset(&empty);
    sigemptyset(&block);
    sigaddset(&block, SIGALRM);
    sigprocmask(SIG_BLOCK, &block, NULL);
    raise(SIGALRM);
    struct timespec t = {5, 0};
    TRY(pselect(0, NULL, NULL, NULL, &t, &empty));
    YES(seen == SIGALRM);
    YES(t.tv_sec == 5 && t.tv_nsec == 0);
    sigprocmask(SIG_BLOCK, NULL, &now);
    YES(sigismember(&now, SIGALRM));
    seen = 0;
    ualarm(30000, 0);
    TRY(pselect(0, NULL, NULL, NULL, NULL, &empty));
    YES(seen == SIGALRM);
    seen = 0;
    ualarm(1000, 0);
    t = (struct timespec){0, 50000000};
    TRY(pselect(0, NULL, NULL, NULL, &t, &block));
    SHOW(seen);
    int p[2];
    MUST(pipe(p));
    fd_set in;
    FD_ZERO(&in);
    FD_SET(p[0], &in);
    MUST(write(p[1], "x", 1));
    SHOW(pselect(p[0] + 1, &in, NULL, NULL, NULL, NULL));
    YES(FD_ISSET(p[0], &in));
    return 0;
}
