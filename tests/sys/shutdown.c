/* shutdown closes one direction or both, for every holder of the socket. */
#include "guest.h"
#include <sys/socket.h>

int main(void)
{
    int s[2];
    char c[8];
    signal(SIGPIPE, SIG_IGN);
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    MUST(write(s[0], "rest", 4));
    TRY(shutdown(s[0], SHUT_WR));
    TRY(write(s[0], "x", 1));
    SHOW(read(s[1], c, 8));
    SHOW(read(s[1], c, 8));
    SHOW(write(s[1], "yes", 3));
    SHOW(read(s[0], c, 8));
    TRY(shutdown(s[0], SHUT_RD));
    TRY(write(s[1], "x", 1));
    TRY(shutdown(s[1], SHUT_RDWR));
    TRY(shutdown(s[1], 9));
    TRY(shutdown(0, SHUT_RD));
    int fd = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
    TRY(shutdown(fd, SHUT_RD));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        guest_sleep_ms(20);
        shutdown(s[0], SHUT_RDWR);
        _exit(0);
    }
    SHOW(read(s[0], c, 8));
    guest_reap("who shut", pid);
    return 0;
}
