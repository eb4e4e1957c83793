/* Real-time signals queue, in order of number and then of sending, with values; the others merge.
 */
#include "guest.h"

static int order[64], values[64], codes[64], n;

static void handler(int number, siginfo_t *info, void *context)
{
    (void)context;
    order[n] = number;
    values[n] = info->si_value.sival_int;
    codes[n++] = info->si_code;
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigfillset(&a.sa_mask);
    sigset_t all, old;
    sigfillset(&all);
    for (int s = SIGRTMIN; s <= SIGRTMAX; s++)
        sigaction(s, &a, NULL);
    sigaction(SIGUSR1, &a, NULL);
    sigaction(SIGUSR2, &a, NULL);
    sigprocmask(SIG_BLOCK, &all, &old);
    const int sent[] = {SIGRTMAX, SIGRTMIN + 5, SIGUSR2, SIGRTMIN, SIGRTMIN + 5,
                        SIGUSR1,  SIGRTMIN + 5, SIGUSR2, SIGRTMAX, SIGUSR1};
    for (unsigned i = 0; i < COUNT(sent); i++)
        MUST(sigqueue(getpid(), sent[i], (union sigval){.sival_int = 100 + (int)i}));
    kill(getpid(), SIGRTMIN + 5);
    raise(SIGRTMIN);
    sigprocmask(SIG_SETMASK, &old, NULL);
    for (int i = 0; i < n; i++)
        if (order[i] >= SIGRTMIN)
            printf("RTMIN+%d value %d code %d\n", order[i] - SIGRTMIN,
                   codes[i] == SI_QUEUE ? values[i] : 0, codes[i]);
        else
            printf("%s code %d\n", guest_signal_name(order[i]), codes[i]);
    TRY(sigqueue(getpid(), 65, (union sigval){.sival_int = 0}));
    TRY(sigqueue(99999999, SIGUSR1, (union sigval){.sival_int = 0}));
    TRY(sigqueue(getpid(), 0, (union sigval){.sival_int = 0}));
    return 0;
}
