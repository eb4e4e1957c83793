/* eventfd: adding, taking, semaphores, overflow, non-blocking. */
#include "guest.h"
#include <poll.h>
#include <sys/eventfd.h>

int main(void)
{
    uint64_t v;
    int fd = (int)MUST(eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC));
    SHOW(fcntl(fd, F_GETFD));
    printf("%o\n", (unsigned)fcntl(fd, F_GETFL));
    SHOW(read(fd, &v, 8));
    SHOW(v);
    TRY(read(fd, &v, 8));
    TRY(read(fd, &v, 4));
    v = 5;
    SHOW(write(fd, &v, 8));
    SHOW(write(fd, &v, 8));
    SHOW(read(fd, &v, 8));
    SHOW(v);
    v = UINT64_MAX;
    TRY(write(fd, &v, 8));
    v = UINT64_MAX - 1;
    SHOW(write(fd, &v, 8));
    v = 1;
    TRY(write(fd, &v, 8));
    struct pollfd f = {fd, POLLIN | POLLOUT, 0};
    SHOW(poll(&f, 1, 0));
    SHOW(f.revents);
    int s = (int)MUST(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK));
    SHOW(read(s, &v, 8));
    SHOW(v);
    SHOW(read(s, &v, 8));
    TRY(read(s, &v, 8));
    TRY(eventfd(0, 1 << 25));

    int b = (int)MUST(eventfd(0, 0));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        guest_sleep_ms(20);
        v = 42;
        _exit(write(b, &v, 8) != 8);
    }
    SHOW(read(b, &v, 8));
    SHOW(v);
    guest_reap("writer", pid);
    return 0;
}
