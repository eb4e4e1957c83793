/* ppoll's mask holds during the wait only, and is put in place with no gap before it. */
#include "guest.h"
#include <poll.h>

static volatile sig_atomic_t seen;

static void handler(int number)
{
    sigset_t mask;
    seen = number;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    guest_say(sigismember(&mask, SIGUSR2) ? "handler: USR2 blocked" : "handler: USR2 open");
}

int main(void)
{
    struct sigaction act = {.sa_handler = handler};
    sigaction(SIGUSR1, &act, NULL);
    sigset_t block, during, now;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, NULL);
    sigemptyset(&during);
    sigaddset(&during, SIGUSR2);
    struct timespec wait = {5, 0}, none = {0, 0};

    raise(SIGUSR1);
    SHOW(seen);
    TRY(ppoll(NULL, 0, &wait, &during));
    YES(seen == SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &now);
    YES(sigismember(&now, SIGUSR1) && !sigismember(&now, SIGUSR2));

    seen = 0;
    TRY(ppoll(NULL, 0, &none, &during));
    SHOW(seen);
    pid_t parent = getpid();
    if (MUST(fork()) == 0) {
        guest_sleep_ms(30);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    TRY(ppoll(NULL, 0, &wait, &during));
    YES(seen == SIGUSR1);
    int p[2];
    MUST(pipe(p));
    MUST(write(p[1], "x", 1));
    struct pollfd f = {p[0], POLLIN, 0};
    raise(SIGUSR1);
    seen = 0;
    SHOW(ppoll(&f, 1, &wait, &during));
    YES(seen == 0 || seen == SIGUSR1);
    wait.tv_nsec = 1000000000;
    TRY(ppoll(&f, 1, &wait, NULL));
    return 0;
}
