/* dup, dup3, F_DUPFD: the lowest number, the flag, and its own errors. */
#include "sys.h"

int main(void)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    SHOW(fcntl(fd, F_GETFD));
    int copy = dup(fd);
    SHOW(copy == fd + 1);
    SHOW(fcntl(copy, F_GETFD));
    CALL(dup2(fd, 77));
    CALL(dup2(77, 77));
    CALL(dup3(fd, 78, O_CLOEXEC));
    SHOW(fcntl(78, F_GETFD));
    CALL(syscall(SYS_dup3, fd, fd, 0));
    CALL(dup3(fd, 79, 1));
    CALL(fcntl(fd, F_DUPFD, 100));
    CALL(fcntl(fd, F_DUPFD_CLOEXEC, 100));
    SHOW(fcntl(101, F_GETFD));
    CALL(fcntl(fd, F_DUPFD, -1));
    CALL(dup(99));
    CALL(dup2(fd, -1));
    CALL(close(77));
    CALL(close(77));
    CALL(fcntl(77, F_GETFD));
    CALL(fcntl(fd, 9999));
    return 0;
}
