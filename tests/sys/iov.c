/*
 * readv, writev, preadv, pwritev, preadv2, pwritev2: gathering, scattering, offsets, flags, limits.
 */
#include "guest.h"
#include <sys/uio.h>

int main(void)
{
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
    struct iovec out[4] = {{"one", 3}, {"", 0}, {"two", 3}, {"three", 5}};
    SHOW(writev(fd, out, 4));
    char a[5] = "", b[20] = "";
    struct iovec in[3] = {{a, 4}, {NULL, 0}, {b, 19}};
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(readv(fd, in, 3));
    TEXT(a);
    TEXT(b);
    SHOW(pwritev(fd, out, 1, 6));
    SHOW(lseek(fd, 0, SEEK_CUR));
    memset(b, 0, sizeof b);
    SHOW(preadv(fd, &in[2], 1, 3));
    TEXT(b);
    SHOW(pwritev2(fd, out, 1, -1, 0));
    SHOW(pwritev2(fd, out, 1, 0, RWF_APPEND));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(preadv2(fd, in, 1, 1, RWF_HIPRI));
    TEXT(a);
    TRY(preadv2(fd, in, 1, 0, 0x4000));
    TRY(preadv(fd, in, 1, -5));
    TRY(readv(fd, in, -1));
    TRY(readv(fd, in, 1025));
    TRY(writev(fd, BAD, 2));
    SHOW(writev(fd, BAD, 0));
    out[1] = (struct iovec){BAD, 5};
    lseek(fd, 0, SEEK_SET);
    SHOW(writev(fd, out, 4));
    TRY(writev(fd, &out[1], 1));
    out[1] = (struct iovec){a, (size_t)-1};
    TRY(writev(fd, out, 2));
    SHOW(pread(fd, b, 3, (off_t)1 << 33));
    SHOW(pwrite(fd, "far", 3, ((off_t)1 << 33) + 5));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(pread(fd, b, 3, ((off_t)1 << 33) + 5));
    TEXT(b);
    return 0;
}
