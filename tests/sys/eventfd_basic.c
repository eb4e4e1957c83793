/* eventfd counts, as a number or as a semaphore. */
#include "sys.h"
#include <sys/eventfd.h>

int main(void)
{
    uint64_t v = 5;
    int fd;
    OK(fd = eventfd(3, EFD_NONBLOCK));
    CALL(write(fd, &v, 8));
    CALL(read(fd, &v, 8));
    SHOW(v);
    CALL(read(fd, &v, 8));
    CALL(read(fd, &v, 4));
    v = UINT64_MAX;
    CALL(write(fd, &v, 8));
    v = UINT64_MAX - 1;
    CALL(write(fd, &v, 8));
    v = 1;
    CALL(write(fd, &v, 8));
    OK(fd = eventfd(2, EFD_NONBLOCK | EFD_SEMAPHORE));
    CALL(read(fd, &v, 8));
    SHOW(v);
    CALL(read(fd, &v, 8));
    CALL(read(fd, &v, 8));
    CALL(eventfd(0, 0x40000000));
    return 0;
}
