/*
 * clock_gettime, clock_getres, time, gettimeofday, times: consistent with one another, never
 * backwards.
 */
#include "guest.h"
#include <sys/time.h>
#include <sys/times.h>

static int64_t ns(clockid_t clock)
{
    struct timespec t;
    MUST(clock_gettime(clock, &t));
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(void)
{
    int backwards = 0;
    int64_t last = ns(CLOCK_MONOTONIC), start = last;
    for (int i = 0; i < 2000; i++) {
        int64_t now = ns(CLOCK_MONOTONIC);
        backwards += now < last;
        last = now;
    }
    SHOW(backwards);
    YES(last > start);
    struct timeval tv;
    int64_t real = ns(CLOCK_REALTIME);
    MUST(gettimeofday(&tv, NULL));
    time_t seconds = time(NULL);
    YES(tv.tv_sec - real / 1000000000 <= 2 && tv.tv_sec * 1000000000ll + 1000 > real - 1000000);
    YES(seconds >= tv.tv_sec - 1 && seconds <= tv.tv_sec + 2);
    int64_t raw = syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &(struct timespec){0});
    SHOW(raw);
    YES(ns(CLOCK_BOOTTIME) >= start);
    YES(ns(CLOCK_MONOTONIC_COARSE) <= ns(CLOCK_MONOTONIC));
    int64_t cpu = ns(CLOCK_PROCESS_CPUTIME_ID);
    for (volatile int i = 0; i < 3000000; i++)
        ;
    YES(ns(CLOCK_PROCESS_CPUTIME_ID) > cpu);
    YES(ns(CLOCK_THREAD_CPUTIME_ID) <= ns(CLOCK_PROCESS_CPUTIME_ID));
    struct timespec r;
    TRY(clock_getres(CLOCK_MONOTONIC, &r));
    printf("%ld.%09ld\n", (long)r.tv_sec, r.tv_nsec);
    TRY(clock_getres(CLOCK_REALTIME, NULL));
    TRY(clock_gettime(77, &r));
    TRY(syscall(SYS_clock_gettime, CLOCK_REALTIME, BAD));
    struct tms t;
    YES(times(&t) != (clock_t)-1 && t.tms_cutime == 0);
    clockid_t mine;
    SHOW(clock_getcpuclockid(0, &mine));
    YES(ns(mine) > 0);
    return 0;
}
