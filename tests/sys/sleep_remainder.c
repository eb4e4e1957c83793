/* An interrupted nanosleep tells the time that was left, even under SA_RESTART. */
#include "guest.h"
#include <sys/time.h>

static volatile sig_atomic_t seen;

static void handler(int number)
{
    (void)number;
    seen++;
}

int main(void)
{
    for (int flags = 0; flags <= SA_RESTART; flags += SA_RESTART) {
        struct sigaction act = {.sa_handler = handler, .sa_flags = flags};
        sigaction(SIGALRM, &act, NULL);
        struct timespec t = {10, 0}, left = {0, 0};
        ualarm(30000, 0);
        TRY(nanosleep(&t, &left));
        YES(left.tv_sec == 9 && left.tv_nsec > 0 && left.tv_nsec < 1000000000);
        left = (struct timespec){77, 77};
        ualarm(30000, 0);
        SHOW(clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &left) == EINTR);
        YES(left.tv_sec == 9);
        MUST(clock_gettime(CLOCK_MONOTONIC, &t));
        t.tv_sec += 10;
        left = (struct timespec){77, 77};
        ualarm(30000, 0);
        SHOW(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, &left) == EINTR);
        YES(left.tv_sec == 77 && left.tv_nsec == 77);
    }
    SHOW(seen);
    signal(SIGALRM, SIG_IGN);
    struct timespec t = {0, 60000000};
    int64_t start = guest_now_ns();
    ualarm(20000, 0);
    TRY(nanosleep(&t, NULL));
    YES(guest_now_ns() - start >= 60000000);
    return 0;
}
