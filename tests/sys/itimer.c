/* setitimer, getitimer, alarm: real, virtual and profiling timers. */
#include "guest.h"
#include <sys/time.h>

static volatile sig_atomic_t real, virt, prof;

static void handler(int number)
{
    if (number == SIGALRM)
        real++;
    else if (number == SIGVTALRM)
        virt++;
    else
        prof++;
}

int main(void)
{
    struct sigaction act = {.sa_handler = handler};
    sigaction(SIGALRM, &act, NULL);
    sigaction(SIGVTALRM, &act, NULL);
    sigaction(SIGPROF, &act, NULL);
    struct itimerval old, t = {{0, 5000}, {0, 5000}};
    TRY(setitimer(ITIMER_REAL, &t, NULL));
    while (real < 5)
        pause();
    TRY(setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, &old));
    YES(old.it_interval.tv_usec == 5000 && old.it_interval.tv_sec == 0);
    MUST(getitimer(ITIMER_REAL, &old));
    printf("%d %d\n", (int)old.it_value.tv_sec, (int)old.it_value.tv_usec);
    MUST(setitimer(ITIMER_VIRTUAL, &t, NULL));
    MUST(setitimer(ITIMER_PROF, &t, NULL));
    while (virt < 2 || prof < 2)
        ;
    t = (struct itimerval){{0, 0}, {0, 0}};
    MUST(setitimer(ITIMER_VIRTUAL, &t, NULL));
    MUST(setitimer(ITIMER_PROF, &t, NULL));
    SHOW(alarm(100));
    YES(alarm(0) >= 99);
    SHOW(alarm(0));
    t.it_value.tv_usec = 1000000;
    TRY(setitimer(ITIMER_REAL, &t, NULL));
    TRY(setitimer(9, &t, NULL));
    TRY(getitimer(ITIMER_REAL, BAD));
    return 0;
}
