/* splice, tee and vmsplice move bytes through pipes without copying to the caller. */
#include "guest.h"
#include <sys/uio.h>

int main(void)
{
    int p[2], q[2];
    char text[64] = "";
    MUST(pipe(p));
    MUST(pipe(q));
    guest_file("in", "0123456789abcdef");
    int in = (int)MUST(open("in", O_RDONLY));
    int out = (int)MUST(open("out", O_RDWR | O_CREAT, 0600));
    off_t offset = 4;
    SHOW(splice(in, &offset, p[1], NULL, 8, 0));
    SHOW(offset);
    SHOW(lseek(in, 0, SEEK_CUR));
    SHOW(tee(p[0], q[1], 100, 0));
    SHOW(read(q[0], text, 63));
    TEXT(text);
    SHOW(splice(p[0], NULL, out, NULL, 100, SPLICE_F_MOVE));
    SHOW(lseek(out, 0, SEEK_CUR));
    struct iovec iov[2] = {{"hello ", 6}, {"world", 5}};
    SHOW(vmsplice(p[1], iov, 2, 0));
    memset(text, 0, sizeof text);
    SHOW(read(p[0], text, 63));
    TEXT(text);
    TRY(splice(p[0], NULL, out, NULL, 10, SPLICE_F_NONBLOCK));
    TRY(splice(in, NULL, out, NULL, 10, 0));
    TRY(splice(in, NULL, p[1], &offset, 10, 0));
    TRY(tee(p[0], p[1], 10, 0));
    TRY(tee(p[0], q[1], 10, SPLICE_F_NONBLOCK));
    SHOW(splice(in, NULL, p[1], NULL, 100, 0));
    SHOW(splice(in, NULL, p[1], NULL, 100, 0));
    return 0;
}
