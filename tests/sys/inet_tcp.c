/* TCP over the loopback: bind, listen, connect, accept, names, data, refusal. */
#include "guest.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

int main(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = (int)MUST(socket(AF_INET, SOCK_STREAM, 0)), one = 1;
    TRY(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one));
    TRY(bind(listener, (struct sockaddr *)&a, sizeof a));
    socklen_t size = sizeof a;
    MUST(getsockname(listener, (struct sockaddr *)&a, &size));
    SHOW(size);
    YES(a.sin_port != 0);
    TRY(listen(listener, 5));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        int c = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        char text[20] = "";
        if (connect(c, (struct sockaddr *)&a, sizeof a) || write(c, "ping", 4) != 4 ||
            read(c, text, 4) != 4 || strcmp(text, "pong"))
            _exit(1);
        _exit(0);
    }
    struct sockaddr_in peer;
    size = sizeof peer;
    int s = (int)TRY(accept(listener, (struct sockaddr *)&peer, &size));
    printf("%u %d %s\n", size, peer.sin_family == AF_INET, inet_ntoa(peer.sin_addr));
    char text[20] = "";
    SHOW(recv(s, text, 4, MSG_WAITALL));
    TEXT(text);
    SHOW(send(s, "pong", 4, 0));
    guest_reap("client", pid);
    SHOW(read(s, text, 4));
    MUST(getpeername(s, (struct sockaddr *)&peer, &size));
    YES(peer.sin_port != 0);
    TRY(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
    int value = 0;
    size = sizeof value;
    TRY(getsockopt(s, IPPROTO_TCP, TCP_NODELAY, &value, &size));
    printf("%d %u\n", value != 0, size);
    struct tcp_info info;
    size = sizeof info;
    TRY(getsockopt(s, IPPROTO_TCP, TCP_INFO, &info, &size));
    YES(info.tcpi_state == TCP_CLOSE_WAIT);
    close(listener);
    int c = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
    TRY(connect(c, (struct sockaddr *)&a, sizeof a));
    int n = (int)MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    YES(connect(n, (struct sockaddr *)&a, sizeof a) == -1 && (errno == EINPROGRESS || errno == ECONNREFUSED));
    TRY(accept(c, NULL, NULL));
    TRY(bind(c, (struct sockaddr *)&a, 3));
    return 0;
}
