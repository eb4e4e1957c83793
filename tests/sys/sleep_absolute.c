/* clock_nanosleep with TIMER_ABSTIME, also in the past; its errors come as return values. */
#include "guest.h"

static const char *nanosleep_on(clockid_t clock, int flags, struct timespec t, struct timespec *left)
{
    int e = clock_nanosleep(clock, flags, &t, left);
    return e ? guest_error_name(e) : "ok";
}

int main(void)
{
    struct timespec t;
    MUST(clock_gettime(CLOCK_MONOTONIC, &t));
    t.tv_nsec += 30000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    TEXT(nanosleep_on(CLOCK_MONOTONIC, TIMER_ABSTIME, t, NULL));
    YES(guest_now_ns() >= (int64_t)t.tv_sec * 1000000000 + t.tv_nsec);
    TEXT(nanosleep_on(CLOCK_MONOTONIC, TIMER_ABSTIME, (struct timespec){1, 0}, NULL));
    TEXT(nanosleep_on(CLOCK_REALTIME, TIMER_ABSTIME, (struct timespec){0, 0}, NULL));
    int64_t start = guest_now_ns();
    TEXT(nanosleep_on(CLOCK_BOOTTIME, 0, (struct timespec){0, 10000000}, NULL));
    YES(guest_now_ns() - start >= 10000000);
    TEXT(nanosleep_on(CLOCK_MONOTONIC, 0, (struct timespec){0, 1000000000}, NULL));
    TEXT(nanosleep_on(CLOCK_MONOTONIC, 0, (struct timespec){-1, 0}, NULL));
    TEXT(nanosleep_on(CLOCK_THREAD_CPUTIME_ID, 0, (struct timespec){0, 1}, NULL));
    TEXT(nanosleep_on(99, 0, (struct timespec){0, 1}, NULL));
    TRY(nanosleep(&(struct timespec){0, 1}, NULL));
    TRY(nanosleep(BAD, NULL));
    return 0;
}
