/* SOCK_SEQPACKET: connected, with record borders; MSG_EOR and the end. */
#include "guest.h"
#include <sys/socket.h>
#include <sys/uio.h>

int main(void)
{
    int s[2];
    MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s));
    SHOW(fcntl(s[1], F_GETFD));
    struct iovec parts[3] = {{"one ", 4}, {"record ", 7}, {"in parts", 8}};
    SHOW(writev(s[0], parts, 3));
    SHOW(send(s[0], "second", 6, MSG_EOR));
    char a[6] = "", b[30] = "";
    struct iovec in[2] = {{a, 5}, {b, 29}};
    struct msghdr m = {.msg_iov = in, .msg_iovlen = 2};
    SHOW(recvmsg(s[1], &m, 0));
    TEXT(a);
    TEXT(b);
    SHOW(m.msg_flags);
    m.msg_iovlen = 1;
    SHOW(recvmsg(s[1], &m, 0));
    SHOW((m.msg_flags & MSG_TRUNC) != 0);
    TEXT(a);
    close(s[0]);
    SHOW(recvmsg(s[1], &m, 0));
    TRY(send(s[1], "x", 1, MSG_NOSIGNAL));
    int type;
    socklen_t size = sizeof type;
    MUST(getsockopt(s[1], SOL_SOCKET, SO_TYPE, &type, &size));
    YES(type == SOCK_SEQPACKET);
    TRY(socketpair(AF_INET, SOCK_STREAM, 0, s));
    TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, BAD));
    return 0;
}
