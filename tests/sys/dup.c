/* dup, dup2, dup3, F_DUPFD: lowest numbers, shared offsets, separate close-on-exec flags. */
#include "guest.h"
#include <sys/resource.h>

int main(void)
{
    guest_file("file", "0123456789");
    int fd = (int)MUST(open("file", O_RDONLY | O_CLOEXEC));
    SHOW(fd);
    SHOW(dup(fd));
    SHOW(fcntl(4, F_GETFD));
    SHOW(dup2(fd, 10));
    SHOW(dup3(fd, 11, O_CLOEXEC));
    SHOW(fcntl(10, F_GETFD));
    SHOW(fcntl(11, F_GETFD));
    SHOW(fcntl(fd, F_DUPFD, 10));
    SHOW(fcntl(fd, F_DUPFD_CLOEXEC, 10));
    SHOW(fcntl(13, F_GETFD));
    SHOW(dup(fd));
    char c[4] = "";
    MUST(read(10, c, 3));
    SHOW(lseek(11, 0, SEEK_CUR));
    SHOW(dup2(fd, fd));
    SHOW(fcntl(fd, F_GETFD));
    TRY(dup3(fd, fd, 0));
    TRY(dup3(fd, 20, 1));
    TRY(dup2(99, 5));
    TRY(dup2(fd, -1));
    TRY(dup(-1));
    TRY(fcntl(fd, F_DUPFD, -1));
    TRY(fcntl(fd, F_SETFD, 0));
    SHOW(fcntl(fd, F_GETFD));
    struct rlimit l = {30, 30};
    MUST(setrlimit(RLIMIT_NOFILE, &l));
    TRY(dup2(fd, 30));
    TRY(dup2(fd, 29));
    TRY(fcntl(fd, F_DUPFD, 30));
    int n = 0;
    while (dup(fd) >= 0)
        n++;
    TRY(dup(fd));
    SHOW(n);
    TRY(close(29));
    TRY(close(29));
    SHOW(open("file", O_RDONLY));
    return 0;
}
