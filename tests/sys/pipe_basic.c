/* Pipes: order, end of file, EPIPE, O_NONBLOCK, sizes. */
#include "sys.h"
#include <sys/ioctl.h>

int main(void)
{
    int p[2], n = 0;
    char text[16] = "";
    signal(SIGPIPE, SIG_IGN);
    CALL(pipe2(p, O_NONBLOCK | O_CLOEXEC));
    SHOW(fcntl(p[0], F_GETFD));
    SHOW(fcntl(p[1], F_GETFL) & O_NONBLOCK);
    CALL(read(p[0], text, 1));
    CALL(write(p[1], "hello", 5));
    CALL(ioctl(p[0], FIONREAD, &n));
    SHOW(n);
    CALL(read(p[0], text, sizeof text));
    SHOWS(text);
    CALL(fcntl(p[1], F_SETPIPE_SZ, 4096));
    char block[4096] = "";
    CALL(write(p[1], block, sizeof block));
    CALL(write(p[1], block, 1));
    CALL(close(p[0]));
    CALL(write(p[1], "x", 1));
    CALL(pipe(p));
    close(p[1]);
    CALL(read(p[0], text, 1));
    CALL(read(p[0], (void *)8, 1));
    CALL(pipe2(p, 0x40000000));
    CALL(syscall(SYS_pipe2, 8, 0));
    return 0;
}
