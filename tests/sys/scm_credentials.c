/* SO_PASSCRED, SCM_CREDENTIALS and SO_PEERCRED tell who is at the other end. */
#include "guest.h"
#include <sys/socket.h>
#include <sys/uio.h>

int main(void)
{
    int s[2], one = 1;
    MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
    TRY(setsockopt(s[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof one));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        write(s[1], "implicit", 8);
        _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct ucred))] = {0};
        struct iovec iov = {"explicit", 8};
        struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
                           .msg_controllen = sizeof control};
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_CREDENTIALS;
        c->cmsg_len = CMSG_LEN(sizeof(struct ucred));
        struct ucred mine = {getpid(), getuid(), getgid()};
        memcpy(CMSG_DATA(c), &mine, sizeof mine);
        _exit(sendmsg(s[1], &m, 0) != 8);
    }
    guest_reap("sender", pid);
    for (int i = 0; i < 2; i++) {
        _Alignas(struct cmsghdr) char control[200];
        char text[20] = "";
        struct iovec iov = {text, 19};
        struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
                           .msg_controllen = sizeof control};
        SHOW(recvmsg(s[0], &m, 0));
        TEXT(text);
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        if (!c) {
            printf("no control message\n");
            continue;
        }
        struct ucred who;
        memcpy(&who, CMSG_DATA(c), sizeof who);
        printf("type %d length %zu pid %d uid %d gid %d\n", c->cmsg_type, (size_t)c->cmsg_len,
               who.pid == pid, who.uid == getuid(), who.gid == getgid());
    }
    struct ucred who;
    socklen_t size = sizeof who;
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    TRY(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &who, &size));
    SHOW(size);
    YES(who.pid == getpid() && who.uid == getuid() && who.gid == getgid());
    return 0;
}
