/* Closing or looking at every number finds what the program opened, no more. */
#include "guest.h"
#include <sys/resource.h>

int main(void)
{
    struct rlimit limit;
    int open_ones = 0, closed = 0;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max > 4096 ? 4096 : limit.rlim_max;
    VALUE(setrlimit(RLIMIT_NOFILE, &limit));
    for (int fd = 3; fd < 4096; fd++)
        open_ones += fcntl(fd, F_GETFD) >= 0;
    for (int fd = 3; fd < 4096; fd++)
        closed += close(fd) == 0;
    SHOW(open_ones == closed);
    SHOW(closed <= 1); /* what the shell left open */
    guest_file("still", "works");
    int fd = open("still", O_RDONLY);
    SHOW(fd);
    SHOW(lseek(fd, 0, SEEK_END));
    return 0;
}
