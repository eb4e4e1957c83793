/* SCM_RIGHTS: descriptors travel through sockets; several at once; MSG_CMSG_CLOEXEC; truncation. */
#include "guest.h"
#include <sys/socket.h>
#include <sys/uio.h>

static ssize_t give(int s, const int *fds, size_t n)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(4 * sizeof(int))] = {0};
    struct iovec iov = {"fds", 3};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
                       .msg_controllen = CMSG_SPACE(n * sizeof(int))};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(n * sizeof(int));
    memcpy(CMSG_DATA(c), fds, n * sizeof(int));
    return sendmsg(s, &m, 0);
}

static int take(int s, int *fds, size_t room, int flags)
{
    _Alignas(struct cmsghdr) char control[200] = {0};
    char text[8];
    struct iovec iov = {text, sizeof text};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
                       .msg_controllen = room};
    ssize_t got = recvmsg(s, &m, flags);
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    printf("received %zd, control %zu, truncated %d", got, (size_t)m.msg_controllen,
           (m.msg_flags & MSG_CTRUNC) != 0);
    if (!c) {
        printf(", no message\n");
        return 0;
    }
    int n = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    printf(", level %d type %d, %d descriptors\n", c->cmsg_level, c->cmsg_type, n);
    memcpy(fds, CMSG_DATA(c), (size_t)n * sizeof(int));
    return n;
}

int main(void)
{
    int s[2], p[2], got[4];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    MUST(pipe(p));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        close(s[0]);
        int mine[2];
        MUST(pipe(mine));
        MUST(write(mine[1], "through a gift", 14));
        _exit(give(s[1], mine, 2) != 3);
    }
    SHOW(take(s[0], got, CMSG_SPACE(2 * sizeof(int)), 0));
    guest_reap("giver", pid);
    char text[20] = "";
    SHOW(read(got[0], text, 19));
    TEXT(text);
    SHOW(fcntl(got[0], F_GETFD));
    MUST(write(got[1], "again", 5));
    memset(text, 0, sizeof text);
    SHOW(read(got[0], text, 19));
    TEXT(text);
    int three[3] = {p[0], p[1], s[0]};
    SHOW(give(s[1], three, 3));
    SHOW(take(s[0], got, CMSG_SPACE(3 * sizeof(int)), MSG_CMSG_CLOEXEC));
    SHOW(fcntl(got[2], F_GETFD));
    SHOW(give(s[1], three, 3));
    SHOW(take(s[0], got, CMSG_LEN(1 * sizeof(int)), 0));
    SHOW(give(s[1], three, 1));
    SHOW(take(s[0], got, 0, 0));
    int bad = 99;
    TRY(give(s[1], &bad, 1));
    return 0;
}
