/* timerfd counts expirations, tells what remains, and is readable through poll. */
#include "sys.h"
#include <poll.h>
#include <sys/timerfd.h>

int main(void)
{
    struct itimerspec t = {{0, 1000000}, {0, 1000000}}, old;
    uint64_t n = 0;
    int fd;
    OK(fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
    CALL(read(fd, &n, 8));
    CALL(timerfd_settime(fd, 0, &t, NULL));
    struct pollfd p = {fd, POLLIN, 0};
    CALL(poll(&p, 1, 5000));
    usleep(5000);
    CALL(read(fd, &n, 8));
    SHOW(n >= 2);
    t = (struct itimerspec){{0, 0}, {1000, 0}};
    CALL(timerfd_settime(fd, 0, &t, &old));
    SHOW(old.it_interval.tv_nsec);
    CALL(timerfd_gettime(fd, &old));
    SHOW(old.it_value.tv_sec == 999 || old.it_value.tv_sec == 1000);
    SHOW(old.it_interval.tv_sec);
    t.it_value.tv_nsec = -1;
    CALL(timerfd_settime(fd, 0, &t, NULL));
    CALL(timerfd_settime(1, 0, &t, NULL));
    CALL(timerfd_create(12345, 0));
    t = (struct itimerspec){{0, 0}, {1, 0}};
    CALL(timerfd_settime(fd, TFD_TIMER_ABSTIME, &t, NULL));
    CALL(poll(&p, 1, 5000));
    return 0;
}
