/* poll: what is ready, what hung up, what is no descriptor; timeouts. */
#include "guest.h"
#include <poll.h>
#include <sys/socket.h>

int main(void)
{
    int p[2], s[2];
    MUST(pipe(p));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    struct pollfd f[5] = {{p[0], POLLIN, 0}, {p[1], POLLOUT, 0}, {s[0], POLLIN | POLLOUT, 0},
                          {-1, POLLIN, 0x7f}, {99, POLLIN, 0}};
    SHOW(poll(f, 5, 0));
    for (int i = 0; i < 5; i++)
        SHOW(f[i].revents);
    SHOW(poll(f, 1, 0));
    int64_t start = guest_now_ns();
    SHOW(poll(f, 1, 30));
    YES(guest_now_ns() - start >= 30 * 1000000);
    MUST(write(p[1], "x", 1));
    MUST(write(s[1], "x", 1));
    SHOW(poll(f, 4, -1));
    for (int i = 0; i < 4; i++)
        SHOW(f[i].revents);
    close(p[1]);
    shutdown(s[1], SHUT_WR);
    f[2].events |= POLLRDHUP;
    SHOW(poll(f, 4, -1));
    for (int i = 0; i < 4; i++)
        SHOW(f[i].revents);
    SHOW(poll(NULL, 0, 1));
    TRY(poll(BAD, 1, 0));
    TRY(syscall(SYS_ppoll, f, 1u << 30, NULL, NULL, 8));

    if (MUST(fork()) == 0) {
        guest_sleep_ms(20);
        write(s[0], "late", 4);
        _exit(0);
    }
    f[0] = (struct pollfd){s[1], POLLIN, 0};
    SHOW(poll(f, 1, 10000));
    SHOW(f[0].revents);
    return 0;
}
