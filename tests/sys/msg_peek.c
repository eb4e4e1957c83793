/* MSG_PEEK, MSG_TRUNC, MSG_DONTWAIT, MSG_WAITALL, MSG_OOB, and FIONREAD on sockets. */
#include "guest.h"
#include <arpa/inet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int main(void)
{
    int s[2], n;
    char text[20] = "";
    MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
    MUST(send(s[0], "datagram", 8, 0));
    SHOW(recv(s[1], text, 4, MSG_PEEK));
    TEXT(text);
    SHOW(recv(s[1], text, 4, MSG_PEEK | MSG_TRUNC));
    MUST(ioctl(s[1], FIONREAD, &n));
    SHOW(n);
    SHOW(recv(s[1], text, 4, MSG_TRUNC));
    TRY(recv(s[1], text, 4, MSG_DONTWAIT));

    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        for (int i = 0; i < 5; i++) {
            write(s[0], "ab", 2);
            guest_sleep_ms(5);
        }
        _exit(0);
    }
    memset(text, 0, sizeof text);
    SHOW(recv(s[1], text, 10, MSG_WAITALL));
    TEXT(text);
    guest_reap("writer", pid);

    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    int listener = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(bind(listener, (struct sockaddr *)&a, size));
    MUST(getsockname(listener, (struct sockaddr *)&a, &size));
    MUST(listen(listener, 1));
    int c = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(connect(c, (struct sockaddr *)&a, size));
    int t = (int)MUST(accept(listener, NULL, NULL));
    MUST(send(c, "normal", 6, 0));
    MUST(send(c, "!", 1, MSG_OOB));
    memset(text, 0, sizeof text);
    SHOW(recv(t, text, 6, MSG_WAITALL));
    SHOW(sockatmark(t));
    SHOW(recv(t, text, 1, MSG_OOB));
    TEXT(text);
    TRY(recv(t, text, 1, 0x7fffffff & MSG_ERRQUEUE));
    return 0;
}
