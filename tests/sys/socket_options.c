/*
 * Options that people test for: congestion control, timestamps and what they say, packet information,
 * segmentation, error queue, IPv6 fragments; filters; the errors of getsockopt in their order.
 */
#include "namespace.h"
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

static int on = 1;

static void loopback_up(void)
{
    struct ifreq i = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int fd = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
    MUST(ioctl(fd, SIOCSIFFLAGS, &i));
    close(fd);
}

/* Prints what came with a message. */
static void receive(int fd, int flags)
{
    char text[2048], control[1024];
    struct iovec v = {text, sizeof text};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = control,
                       .msg_controllen = sizeof control};
    ssize_t n = recvmsg(fd, &m, flags | MSG_DONTWAIT);
    if (n < 0) {
        printf("nothing: %s\n", guest_error_name(errno));
        return;
    }
    printf("%zd bytes, flags %#x:", n, m.msg_flags);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        printf(" %d/%d", c->cmsg_level, c->cmsg_type);
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPING) {
            struct timespec *t = (void *)CMSG_DATA(c);
            printf("(%s)", t[0].tv_sec > 1000000 ? "a time" : "no time");
        } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMP) {
            struct timeval *t = (void *)CMSG_DATA(c);
            printf("(%s)", t->tv_sec > 1000000 ? "a time" : "no time");
        } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo *p = (void *)CMSG_DATA(c);
            printf("(interface %d, %#x)", p->ipi_ifindex, ntohl(p->ipi_addr.s_addr));
        } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) {
            struct sock_extended_err *e = (void *)CMSG_DATA(c);
            printf("(%s, origin %d)", guest_error_name((int)e->ee_errno), e->ee_origin);
        } else if (c->cmsg_len == CMSG_LEN(sizeof(int))) {
            printf("(%d)", *(int *)(void *)CMSG_DATA(c));
        }
    }
    printf("\n");
}

static void udp(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof a;
    char bytes[2000] = "";
    int r = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0)), s = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
    MUST(bind(r, (void *)&a, sizeof a));
    MUST(getsockname(r, (void *)&a, &length));
    MUST(connect(s, (void *)&a, sizeof a));
    TRY(setsockopt(r, IPPROTO_IP, IP_PKTINFO, &on, sizeof on));
    TRY(setsockopt(r, IPPROTO_IP, IP_RECVTTL, &on, sizeof on));
    TRY(setsockopt(r, IPPROTO_IP, IP_RECVTOS, &on, sizeof on));
    TRY(setsockopt(r, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof on));
    TRY(setsockopt(r, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on));
    MUST(send(s, bytes, 10, 0));
    receive(r, 0);
    int stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE |
                 SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
    TRY(setsockopt(r, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps));
    MUST(send(s, bytes, 10, 0));
    receive(r, 0);
    TRY(setsockopt(s, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps));
    MUST(send(s, bytes, 10, 0));
    receive(s, MSG_ERRQUEUE);
    receive(r, MSG_TRUNC);

    int size = 500;
    TRY(setsockopt(s, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size));
    TRY(setsockopt(r, IPPROTO_UDP, UDP_GRO, &on, sizeof on));
    VALUE(send(s, bytes, 1200, 0));
    receive(r, 0);
    TRY(setsockopt(s, IPPROTO_IP, IP_RECVERR, &on, sizeof on));
    close(r);
    MUST(send(s, bytes, 10, 0));
    TRY(send(s, bytes, 10, 0));
    receive(s, MSG_ERRQUEUE);
    receive(s, MSG_ERRQUEUE);
    VALUE(ioctl(s, SIOCOUTQ, &size));
    MUST(getsockopt(s, IPPROTO_IP, IP_MTU, &size, &(socklen_t){sizeof size}));
    SHOW(size);
    close(s);
}

static void filter(void)
{
    struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0), cut = BPF_STMT(BPF_RET | BPF_K, 3);
    struct sock_fprog p = {1, &drop};
    int s[2];
    MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
    TRY(setsockopt(s[1], SOL_SOCKET, SO_ATTACH_FILTER, &p, sizeof p));
    TRY(send(s[0], "message", 7, MSG_DONTWAIT));
    receive(s[1], 0);
    p.filter = &cut;
    TRY(setsockopt(s[1], SOL_SOCKET, SO_ATTACH_FILTER, &p, sizeof p));
    TRY(send(s[0], "message", 7, 0));
    receive(s[1], 0);
    TRY(setsockopt(s[1], SOL_SOCKET, SO_DETACH_FILTER, &on, sizeof on));
    TRY(setsockopt(s[1], SOL_SOCKET, SO_DETACH_FILTER, &on, sizeof on));
    p.len = 0;
    TRY(setsockopt(s[1], SOL_SOCKET, SO_ATTACH_FILTER, &p, sizeof p));
    p = (struct sock_fprog){1, BAD};
    TRY(setsockopt(s[1], SOL_SOCKET, SO_ATTACH_FILTER, &p, sizeof p));
}

int main(void)
{
    namespace_enter(CLONE_NEWNET);
    loopback_up();
    udp();
    filter();
    int t = (int)MUST(socket(AF_INET, SOCK_STREAM, 0)), u = (int)MUST(socket(AF_INET6, SOCK_DGRAM, 0));
    char name[16] = "";
    socklen_t length = sizeof name;
    TRY(getsockopt(t, IPPROTO_TCP, TCP_CONGESTION, name, &length));
    YES(name[0] != 0);
    TRY(setsockopt(t, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
    TRY(setsockopt(t, IPPROTO_TCP, TCP_CONGESTION, "nonsense", 8));
    struct tcp_info info;
    length = sizeof info;
    TRY(getsockopt(t, IPPROTO_TCP, TCP_INFO, &info, &length));
    SHOW(info.tcpi_state == TCP_CLOSE);
    TRY(setsockopt(t, IPPROTO_TCP, TCP_FASTOPEN, &on, sizeof on));
    TRY(setsockopt(t, IPPROTO_TCP, TCP_USER_TIMEOUT, &on, sizeof on));
    TRY(setsockopt(u, IPPROTO_IPV6, IPV6_DONTFRAG, &on, sizeof on));
    TRY(setsockopt(u, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on));
    TRY(setsockopt(u, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on));
    TRY(setsockopt(t, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0, 100000}, sizeof(struct timeval)));
    TRY(setsockopt(t, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0, -5}, sizeof(struct timeval)));
    TRY(setsockopt(t, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
    TRY(setsockopt(t, SOL_SOCKET, SO_BINDTODEVICE, "missing", 8));

    length = 4;
    TRY(getsockopt(1000, SOL_SOCKET, SO_TYPE, BAD, BAD));
    TRY(getsockopt(0, SOL_SOCKET, SO_TYPE, BAD, BAD));
    TRY(getsockopt(t, SOL_SOCKET, SO_TYPE, BAD, BAD));
    TRY(getsockopt(t, SOL_SOCKET, SO_TYPE, BAD, &length));
    TRY(getsockopt(t, SOL_SOCKET, 1000, BAD, &length));
    TRY(getsockopt(t, 1000, 1000, BAD, &length));
    TRY(getsockopt(t, SOL_SOCKET, SO_TYPE, &on, &(socklen_t){-1}));
    TRY(getsockopt(t, SOL_SOCKET, SO_TYPE, &on, &(socklen_t){1}));
    TRY(setsockopt(t, SOL_SOCKET, SO_KEEPALIVE, BAD, 4));
    TRY(setsockopt(t, SOL_SOCKET, SO_KEEPALIVE, &on, 1));
    TRY(setsockopt(t, SOL_SOCKET, SO_KEEPALIVE, &on, -1));
    TRY(socket(AF_INET, SOCK_STREAM, 17));
    TRY(socket(1000, SOCK_STREAM, 0));
    TRY(socket(AF_INET, 100, 0));
    return 0;
}
