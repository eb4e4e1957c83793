/* A seccomp listener: calls that another process answers, lets go on, or gives a descriptor for. */
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "seccomp.h"

static int pair[2];

static void send_fd(int fd)
{
    char space[CMSG_SPACE(sizeof fd)] = "", byte = 0;
    struct iovec iov = {&byte, 1};
    struct msghdr m = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    *c = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    MUST(sendmsg(pair[1], &m, 0));
}

static int receive_fd(void)
{
    int fd;
    char space[CMSG_SPACE(sizeof fd)], byte;
    struct iovec iov = {&byte, 1};
    struct msghdr m = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    MUST(recvmsg(pair[0], &m, 0));
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
    return fd;
}

static void child(char **argv)
{
    /* What it sees is shown at the end. */
    MUST(dup2((int)MUST(open("seen", O_WRONLY | O_CREAT | O_TRUNC, 0666)), 1));
    NO_NEW_PRIVS();
    long listener =
        FILTER(SECCOMP_FILTER_FLAG_NEW_LISTENER, ONLY(SYS_getpgid, SECCOMP_RET_USER_NOTIF | 5));
    YES(listener >= 0);
    TRY(FILTER(SECCOMP_FILTER_FLAG_NEW_LISTENER, RETURN(SECCOMP_RET_ALLOW)));
    TRY(FILTER(SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_TSYNC,
               RETURN(SECCOMP_RET_ALLOW)));
    TRY(FILTER(1 << 5 /* WAIT_KILLABLE_RECV */, RETURN(SECCOMP_RET_ALLOW)));
    send_fd((int)listener);
    close((int)listener);
    VALUE(syscall(SYS_getpgid, 111, 222L, 333L));
    VALUE(syscall(SYS_getpgid, 1, 0L, 0L));
    YES(syscall(SYS_getpgid, 0, 0L, 0L) > 0);
    int fd = (int)syscall(SYS_getpgid, 2, 0L, 0L);
    char text[8] = "";
    YES(read(fd, text, sizeof text - 1) > 0);
    TEXT(text);
    execl("/proc/self/exe", argv[0], "again", NULL);
    _exit(1);
}

/* Receives a call and shows it. */
static unsigned long long receive(int listener)
{
    struct seccomp_notif n;
    memset(&n, 0, sizeof n);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &n) != 0) {
        printf("receive: %s\n", guest_error_name(errno));
        return 0;
    }
    printf("getpgid: %s, this machine: %s, of a child: %s, %lld %lld %lld\n",
           n.data.nr == SYS_getpgid ? "yes" : "no", n.data.arch == THIS_ARCH ? "yes" : "no",
           n.pid > 0 ? "yes" : "no", (long long)n.data.args[0], (long long)n.data.args[1],
           (long long)n.data.args[2]);
    YES(ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &n.id) == 0);
    return n.id;
}

static void answer(int listener, unsigned long long id, long long value, int error, unsigned flags)
{
    struct seccomp_notif_resp r = {.id = id, .val = value, .error = error, .flags = flags};
    TRY(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r));
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        VALUE(syscall(SYS_getpgid, 9, 0L, 0L));
        VALUE(syscall(SYS_getpgid, 9, 0L, 0L));
        return 0;
    }
    unsigned action = SECCOMP_RET_USER_NOTIF;
    TRY(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    pid_t pid = fork();
    if (pid == 0)
        child(argv);
    int listener = receive_fd();
    struct pollfd p = {.fd = listener, .events = POLLIN};
    VALUE(poll(&p, 1, 10000));
    SHOW(p.revents);
    unsigned long long id = receive(listener);
    answer(listener, id + 1, 0, 0, 0);
    answer(listener, id, 1, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
    answer(listener, id, 4711, 0, 0);
    answer(listener, receive(listener), 0, -EXDEV, 0);
    answer(listener, receive(listener), 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
    id = receive(listener);
    guest_file("file", "given");
    struct seccomp_notif_addfd add = {.id = id, .srcfd = (unsigned)open("file", O_RDONLY)};
    int given = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
    YES(given >= 0);
    answer(listener, id, given, 0, 0);
    answer(listener, receive(listener), 12, 0, 0);
    id = receive(listener);
    close(listener);
    guest_reap("child", pid);
    char seen[4096] = "";
    MUST(read(open("seen", O_RDONLY), seen, sizeof seen - 1));
    fputs(seen, stdout);
    return 0;
}
