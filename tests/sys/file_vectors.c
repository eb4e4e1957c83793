/* readv, writev, preadv, pwritev and their flagged forms move scattered data in order. */
#include "guest.h"
#include <sys/uio.h>

int main(void)
{
    char a[5] = "", b[8] = "";
    struct iovec out[3] = {{"one", 3}, {"", 0}, {"twothree", 8}};
    struct iovec in[2] = {{a, 4}, {b, 7}};
    struct iovec bad[2] = {{a, 2}, {BAD, 2}};
    int fd = open("f", O_CREAT | O_RDWR, 0600);
    VALUE(writev(fd, out, 3));
    VALUE(pwritev(fd, out, 1, 100));
    VALUE(lseek(fd, 0, SEEK_CUR));
    VALUE(lseek(fd, 0, SEEK_SET));
    VALUE(readv(fd, in, 2));
    TEXT(a);
    TEXT(b);
    VALUE(preadv(fd, in, 1, 100));
    TEXT(a);
    VALUE(preadv2(fd, in, 1, 0, 0));
    VALUE(pwritev2(fd, out, 1, -1, RWF_APPEND));
    VALUE(lseek(fd, 0, SEEK_END));
    VALUE(preadv2(fd, in, 1, 0, 0x40000000));
    VALUE(syscall(SYS_readv, fd, in, -1));
    VALUE(readv(fd, BAD, 1));
    VALUE(pwritev(fd, bad, 2, 0));
    VALUE(preadv(fd, bad + 1, 1, 0));
    VALUE(preadv(fd, in, 1, -5));
    return 0;
}
