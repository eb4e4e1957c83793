/* readv, writev, preadv, pwritev and their flagged forms move scattered data in order. */
#include "sys.h"
#include <sys/uio.h>

int main(void)
{
    char a[5] = "", b[8] = "";
    struct iovec out[3] = {{"one", 3}, {"", 0}, {"twothree", 8}};
    struct iovec in[2] = {{a, 4}, {b, 7}};
    struct iovec bad[2] = {{a, 2}, {(void *)8, 2}};
    int fd = open("f", O_CREAT | O_RDWR, 0600);
    CALL(writev(fd, out, 3));
    CALL(pwritev(fd, out, 1, 100));
    CALL(lseek(fd, 0, SEEK_CUR));
    CALL(lseek(fd, 0, SEEK_SET));
    CALL(readv(fd, in, 2));
    SHOWS(a);
    SHOWS(b);
    CALL(preadv(fd, in, 1, 100));
    SHOWS(a);
    CALL(preadv2(fd, in, 1, 0, 0));
    CALL(pwritev2(fd, out, 1, -1, RWF_APPEND));
    CALL(lseek(fd, 0, SEEK_END));
    CALL(preadv2(fd, in, 1, 0, 0x40000000));
    CALL(readv(fd, in, -1));
    CALL(readv(fd, (void *)8, 1));
    CALL(pwritev(fd, bad, 2, 0));
    CALL(preadv(fd, bad + 1, 1, 0));
    CALL(preadv(fd, in, 1, -5));
    return 0;
}
