/* close_range closes or marks a whole range, and nothing else. */
#include "sys.h"
#include <linux/close_range.h>

int main(void)
{
    for (int fd = 50; fd < 60; fd++)
        dup2(1, fd);
    CALL(syscall(SYS_close_range, 52, 54, 0));
    for (int fd = 50; fd < 60; fd++)
        printf("%d:%d ", fd, fcntl(fd, F_GETFD));
    printf("\n");
    CALL(syscall(SYS_close_range, 56, 57, CLOSE_RANGE_CLOEXEC));
    for (int fd = 50; fd < 60; fd++)
        printf("%d:%d ", fd, fcntl(fd, F_GETFD));
    printf("\n");
    CALL(syscall(SYS_close_range, 3, ~0u, 0));
    for (int fd = 0; fd < 60; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("%d ", fd);
    printf("\n");
    CALL(syscall(SYS_close_range, 5, 4, 0));
    CALL(syscall(SYS_close_range, 3, 4, 64));
    return 0;
}
