/* A pipe without readers: SIGPIPE, or EPIPE where that is ignored; without writers: end of file. */
#include "guest.h"

int main(void)
{
    int p[2];
    MUST(pipe(p));
    close(p[0]);
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        write(p[1], "x", 1);
        _exit(7);
    }
    guest_reap("writer", pid);
    signal(SIGPIPE, SIG_IGN);
    TRY(write(p[1], "x", 1));
    TRY(write(p[1], "x", 0));
    TRY(dprintf(p[1], "y"));
    close(p[1]);

    char c[10];
    MUST(pipe(p));
    MUST(write(p[1], "abc", 3));
    close(p[1]);
    SHOW(read(p[0], c, sizeof c));
    SHOW(read(p[0], c, sizeof c));
    TRY(lseek(p[0], 0, SEEK_SET));
    TRY(pread(p[0], c, 1, 0));
    TRY(write(p[0], c, 1));
    return 0;
}
