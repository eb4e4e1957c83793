/* select and pselect6 report by bit sets, change them, and take a mask. */
#include "sys.h"
#include <sys/select.h>

static volatile sig_atomic_t got;

static void handler(int signal)
{
    got = signal;
}

int main(void)
{
    int p[2];
    fd_set r, w;
    struct timeval t = {0, 1000};
    struct timespec ts = {5, 0};
    sigset_t usr1, none;
    pipe(p);
    FD_ZERO(&r);
    FD_ZERO(&w);
    FD_SET(p[0], &r);
    FD_SET(p[1], &w);
    CALL(select(p[1] + 1, &r, &w, NULL, NULL));
    SHOW(FD_ISSET(p[0], &r) != 0);
    SHOW(FD_ISSET(p[1], &w) != 0);
    FD_SET(p[0], &r);
    CALL(select(p[0] + 1, &r, NULL, NULL, &t));
    SHOW(FD_ISSET(p[0], &r) != 0);
    write(p[1], "x", 1);
    FD_SET(p[0], &r);
    CALL(select(p[0] + 1, &r, NULL, NULL, NULL));
    SHOW(FD_ISSET(p[0], &r) != 0);
    FD_ZERO(&r);
    FD_SET(200, &r);
    CALL(select(201, &r, NULL, NULL, &t));
    CALL(select(-1, NULL, NULL, NULL, &t));
    signal(SIGUSR1, handler);
    sigemptyset(&none);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    raise(SIGUSR1);
    SHOW(got);
    CALL(pselect(0, NULL, NULL, NULL, &ts, &none));
    SHOW(got);
    return 0;
}
