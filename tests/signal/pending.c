/* Blocked signals are pending, ordinary ones once, until unblocked or waited for. */
#include "guest.h"
#include <sys/signalfd.h>

static volatile int count[65];

static void on_signal(int s)
{
    count[s]++;
}

int main(void)
{
    static const int signals[] = {SIGUSR1, SIGTERM, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, 34, 50, 64};
    sigset_t all, now;
    sigfillset(&all);
    struct sigaction a = {.sa_handler = on_signal};
    for (size_t i = 0; i < COUNT(signals); i++)
        sigaction(signals[i], &a, NULL);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (size_t i = 0; i < COUNT(signals); i++)
        for (int n = 0; n < 3; n++)
            kill(getpid(), signals[i]);
    sigpending(&now);
    for (size_t i = 0; i < COUNT(signals); i++)
        printf("%s pending %d\n", guest_signal_name(signals[i]), sigismember(&now, signals[i]));
    sigemptyset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (size_t i = 0; i < COUNT(signals); i++)
        printf("%s handled %d times\n", guest_signal_name(signals[i]), count[signals[i]]);
    sigpending(&now);
    YES(sigisemptyset(&now));
}
