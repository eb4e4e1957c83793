/* sigsuspend and ppoll wait under their own mask, and the old one is back afterwards. */
#include "guest.h"
#include <poll.h>

static void on_signal(int s)
{
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("%s, USR1 blocked %d, USR2 blocked %d\n", guest_signal_name(s),
           sigismember(&now, SIGUSR1), sigismember(&now, SIGUSR2));
}

int main(void)
{
    struct sigaction a = {.sa_handler = on_signal};
    sigset_t both, one, now;
    sigaction(SIGUSR1, &a, NULL);
    sigaction(SIGUSR2, &a, NULL);
    sigemptyset(&both);
    sigaddset(&both, SIGUSR1);
    sigaddset(&both, SIGUSR2);
    sigprocmask(SIG_BLOCK, &both, NULL);
    raise(SIGUSR1);
    puts("raised, blocked");
    sigemptyset(&one);
    sigaddset(&one, SIGUSR2);
    TRY(sigsuspend(&one));
    sigprocmask(SIG_BLOCK, NULL, &now);
    printf("afterwards USR1 blocked %d\n", sigismember(&now, SIGUSR1));
    raise(SIGUSR2);
    struct timespec t = {5, 0};
    sigemptyset(&one);
    TRY(ppoll(NULL, 0, &t, &one));
    sigpending(&now);
    YES(sigismember(&now, SIGUSR2));
    t.tv_sec = 0;
    TRY(ppoll(NULL, 0, &t, &one));
}
