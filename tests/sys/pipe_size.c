/* F_GETPIPE_SZ and F_SETPIPE_SZ, O_NONBLOCK at full and empty pipes, pipe2's flags. */
#include "guest.h"

int main(void)
{
    int p[2];
    TRY(pipe2(p, O_NONBLOCK | O_CLOEXEC));
    SHOW(fcntl(p[0], F_GETFD));
    printf("%o %o\n", (unsigned)fcntl(p[0], F_GETFL), (unsigned)fcntl(p[1], F_GETFL));
    SHOW(fcntl(p[0], F_GETPIPE_SZ));
    SHOW(fcntl(p[1], F_SETPIPE_SZ, 10000));
    SHOW(fcntl(p[0], F_GETPIPE_SZ));
    TRY(fcntl(p[0], F_SETPIPE_SZ, -1));
    static char block[4096];
    TRY(read(p[0], block, 1));
    long total = 0, n;
    while ((n = write(p[1], block, sizeof block)) > 0)
        total += n;
    TRY(n);
    SHOW(total);
    TRY(fcntl(p[0], F_SETPIPE_SZ, 4096));
    SHOW(read(p[0], block, 100));
    TRY(write(p[1], block, sizeof block));
    TRY(pipe2(p, 1 << 20));
    TRY(syscall(SYS_pipe2, BAD, 0));
    int plain = (int)MUST(open("/dev/null", O_RDWR));
    TRY(fcntl(plain, F_GETPIPE_SZ));
    return 0;
}
