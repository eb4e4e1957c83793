/* Timers interrupt a computation a thousand times and more, and it comes out right. */
#include "guest.h"
#include <sys/time.h>

static volatile long ticks;

static void on_alarm(int s)
{
    volatile double spoil = (double)s * 3.7;
    (void)spoil;
    ticks++;
}

static uint64_t step(uint64_t x)
{
    x ^= x << 13;
    x ^= x >> 7;
    return x ^ x << 17;
}

int main(void)
{
    struct sigaction a = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    struct itimerval t = {{0, 200}, {0, 200}}, off = {{0, 0}, {0, 0}};
    uint64_t quiet = 88172645463325252u, noisy = quiet;
    double sum = 0, want = 0;
    for (int i = 0; i < 200000; i++) {
        quiet = step(quiet);
        want += 1.0 / (double)(i + 1);
    }
    sigaction(SIGALRM, &a, NULL);
    setitimer(ITIMER_REAL, &t, NULL);
    bool right = true;
    while (ticks < 300) {
        noisy = 88172645463325252u;
        sum = 0;
        for (int i = 0; i < 200000; i++) {
            noisy = step(noisy);
            sum += 1.0 / (double)(i + 1);
        }
        right &= noisy == quiet && sum == want;
    }
    setitimer(ITIMER_REAL, &off, NULL);
    YES(right);
    YES(ticks >= 300);
}
