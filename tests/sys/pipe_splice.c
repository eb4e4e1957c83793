/* splice, tee and vmsplice pass data between pipes and files. */
#include "sys.h"
#include <sys/uio.h>

int main(void)
{
    int p[2], q[2];
    char text[32] = "";
    off64_t at = 2;
    struct iovec v = {"vector", 6};
    pipe(p);
    pipe(q);
    write_file("a", "0123456789");
    int fd = open("a", O_RDWR);
    CALL(splice(fd, &at, p[1], NULL, 4, 0));
    SHOW(at);
    CALL(tee(p[0], q[1], 3, 0));
    CALL(read(q[0], text, sizeof text));
    SHOWS(text);
    CALL(splice(p[0], NULL, fd, NULL, 10, 0));
    CALL(lseek(fd, 0, SEEK_CUR));
    memset(text, 0, sizeof text);
    CALL(pread(fd, text, sizeof text, 0));
    SHOWS(text);
    CALL(vmsplice(p[1], &v, 1, 0));
    memset(text, 0, sizeof text);
    CALL(read(p[0], text, sizeof text));
    SHOWS(text);
    CALL(splice(fd, NULL, fd, NULL, 4, 0));
    CALL(splice(p[0], &at, p[1], NULL, 4, 0));
    CALL(splice(p[0], NULL, q[1], NULL, 4, SPLICE_F_NONBLOCK));
    return 0;
}
