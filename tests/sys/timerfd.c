/* timerfd: one shot, periodic, absolute, disarmed; reads count expirations. */
#include "guest.h"
#include <poll.h>
#include <sys/timerfd.h>

int main(void)
{
    int fd = (int)MUST(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    uint64_t n = 0;
    SHOW(fcntl(fd, F_GETFD));
    TRY(read(fd, &n, 8));
    struct itimerspec old, t = {.it_value = {0, 10000000}};
    TRY(timerfd_settime(fd, 0, &t, NULL));
    struct pollfd f = {fd, POLLIN, 0};
    SHOW(poll(&f, 1, 5000));
    SHOW(read(fd, &n, 8));
    SHOW(n);
    TRY(read(fd, &n, 8));
    t = (struct itimerspec){{100, 0}, {200, 0}};
    MUST(timerfd_settime(fd, 0, &t, NULL));
    MUST(timerfd_gettime(fd, &old));
    SHOW(old.it_interval.tv_sec);
    YES(old.it_value.tv_sec >= 198 && old.it_value.tv_sec <= 200);
    t = (struct itimerspec){{0, 5000000}, {0, 1}};
    MUST(timerfd_settime(fd, 0, &t, &old));
    SHOW(old.it_interval.tv_sec);
    guest_sleep_ms(40);
    SHOW(read(fd, &n, 8));
    YES(n >= 8);
    t = (struct itimerspec){{0, 0}, {0, 0}};
    MUST(timerfd_settime(fd, 0, &t, NULL));
    TRY(read(fd, &n, 8));
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    t.it_value = now;
    MUST(timerfd_settime(fd, TFD_TIMER_ABSTIME, &t, NULL));
    SHOW(poll(&f, 1, 5000));
    SHOW(read(fd, &n, 8));
    SHOW(n);
    t.it_value.tv_nsec = 1000000000;
    TRY(timerfd_settime(fd, 0, &t, NULL));
    TRY(timerfd_settime(fd, 0, BAD, NULL));
    TRY(timerfd_settime(0, 0, &t, NULL));
    TRY(timerfd_create(77, 0));
    TRY(timerfd_create(CLOCK_REALTIME, 1));
    return 0;
}
