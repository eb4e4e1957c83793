/* Every clock: processes' and threads' CPU clocks by number, resolutions, sleeping on them, adjtimex. */
#include "guest.h"
#include <pthread.h>
#include <sys/timex.h>

static void try_clock(const char *name, clockid_t clock)
{
    struct timespec t, r, soon = {0, 1000000};
    long get = syscall(SYS_clock_gettime, clock, &t);
    int error = errno;
    printf("%s: get %s", name, get ? guest_error_name(error) : "ok");
    printf(", resolution %s", syscall(SYS_clock_getres, clock, &r) ? guest_error_name(errno) : "ok");
    printf(", null %s", syscall(SYS_clock_getres, clock, NULL) ? guest_error_name(errno) : "ok");
    printf(", bad %s", syscall(SYS_clock_gettime, clock, BAD) ? guest_error_name(errno) : "ok");
    printf(", sleep %s\n",
           syscall(SYS_clock_nanosleep, clock, 0, &soon, NULL) ? guest_error_name(errno) : "ok");
}

static void *spin(void *stop)
{
    while (!__atomic_load_n((int *)stop, __ATOMIC_RELAXED))
        ;
    return NULL;
}

int main(void)
{
    int stop = 0;
    pthread_t thread;
    clockid_t clock;
    try_clock("realtime", CLOCK_REALTIME);
    try_clock("monotonic", CLOCK_MONOTONIC);
    try_clock("raw", CLOCK_MONOTONIC_RAW);
    try_clock("realtime coarse", CLOCK_REALTIME_COARSE);
    try_clock("monotonic coarse", CLOCK_MONOTONIC_COARSE);
    try_clock("boottime", CLOCK_BOOTTIME);
    try_clock("tai", CLOCK_TAI);
    try_clock("thread's own", CLOCK_THREAD_CPUTIME_ID);
    try_clock("16", 16);
    try_clock("1000", 1000);
    try_clock("nobody's", (clockid_t)(~999999999u << 3 | 2));
    try_clock("a descriptor's", (clockid_t)(~1000u << 3 | 3));
    pthread_create(&thread, NULL, spin, &stop);
    MUST(clock_getcpuclockid(0, &clock) ? -1 : 0);
    try_clock("process's", clock);
    MUST(pthread_getcpuclockid(thread, &clock) ? -1 : 0);
    try_clock("thread's", clock);
    struct timespec a, b;
    clock_gettime(clock, &a);
    bool goes_on = false;
    for (int i = 0; i < 500 && !goes_on; i++) { /* the thread may have to wait for a processor */
        guest_sleep_ms(30);
        clock_gettime(clock, &b);
        goes_on = b.tv_sec > a.tv_sec || b.tv_nsec > a.tv_nsec;
    }
    YES(goes_on);
    stop = 1;
    pthread_join(thread, NULL);
    /* The join waits for the word the kernel clears, a moment before the thread's number goes. */
    for (int i = 0; i < 1000 && clock_gettime(clock, &a) == 0; i++)
        guest_sleep_ms(10);
    YES(clock_gettime(clock, &a) == -1 && errno == EINVAL);

    struct timex x = {0};
    YES(adjtimex(&x) >= 0);
    YES(x.tick > 9000 && x.tick < 11000);
    TRY(syscall(SYS_adjtimex, BAD));
    YES(syscall(SYS_clock_adjtime, CLOCK_REALTIME, &x) >= 0);
    TRY(syscall(SYS_clock_adjtime, 1000, &x));
    TRY(syscall(SYS_clock_adjtime, CLOCK_MONOTONIC, &x));
    return 0;
}
