/*
 * Files of /proc that Ferry makes are files like others: the lowest free number, the flags that were
 * asked for, and no writing through a descriptor that is for reading.
 */
#include "guest.h"

static void look(const char *path, int flags)
{
    int lowest = dup(0), fd;
    close(lowest);
    fd = open(path, flags);
    if (fd == -1) {
        printf("%s: %s\n", path, guest_error_name(errno));
        return;
    }
    int got = fcntl(fd, F_GETFL), pipes[2];
    printf("%s: lowest %d, access %d, nonblocking %d, cloexec %d\n", path, fd == lowest,
           got & O_ACCMODE, !!(got & O_NONBLOCK), !!(fcntl(fd, F_GETFD) & FD_CLOEXEC));
    TRY(write(fd, "x", 1));
    MUST(pipe(pipes));
    MUST(write(pipes[1], "x", 1));
    TRY(splice(pipes[0], NULL, fd, NULL, 1, 0));
    TRY(ftruncate(fd, 0));
    close(pipes[0]);
    close(pipes[1]);
    close(fd);
}

int main(void)
{
    const char *paths[] = {"/proc/self/maps", "/proc/self/stat", "/proc/self/status", "/proc/self/auxv",
                           "/proc/cpuinfo"};
    for (size_t i = 0; i < COUNT(paths); i++)
        look(paths[i], O_RDONLY | (i % 2 ? O_CLOEXEC : 0) | (i / 2 % 2 ? O_NONBLOCK : 0));
    return 0;
}
