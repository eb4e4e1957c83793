/* Netlink: links and addresses of a network of one's own, requests that fail, groups, diagnosis. */
#include "namespace.h"
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static char buffer[32768];

/* Sends a request and prints what comes back, by type. */
static void ask(int fd, void *request, const char *what)
{
    struct nlmsghdr *h = request;
    struct sockaddr_nl to = {.nl_family = AF_NETLINK};
    h->nlmsg_seq = 7;
    printf("%s:", what);
    if (sendto(fd, h, h->nlmsg_len, 0, (void *)&to, sizeof to) < 0) {
        printf(" %s\n", guest_error_name(errno));
        return;
    }
    for (bool more = true; more;) {
        struct iovec v = {buffer, sizeof buffer};
        struct sockaddr_nl from;
        struct msghdr m = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &v,
                           .msg_iovlen = 1};
        ssize_t n = recvmsg(fd, &m, 0);
        if (n < 0 || m.msg_namelen != sizeof from || from.nl_pid != 0) {
            printf(" no answer\n");
            return;
        }
        more = false;
        for (h = (void *)buffer; NLMSG_OK(h, (size_t)n); h = NLMSG_NEXT(h, n)) {
            more = h->nlmsg_flags & NLM_F_MULTI;
            if (h->nlmsg_type == NLMSG_DONE) {
                printf(" done");
                more = false;
            } else if (h->nlmsg_type == NLMSG_ERROR) {
                int error = ((struct nlmsgerr *)NLMSG_DATA(h))->error;
                printf(" %s", error ? guest_error_name(-error) : "ok");
            } else if (h->nlmsg_type == RTM_NEWLINK) {
                struct ifinfomsg *i = NLMSG_DATA(h);
                struct rtattr *a = IFLA_RTA(i);
                int left = (int)IFLA_PAYLOAD(h);
                for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
                    if (a->rta_type == IFLA_IFNAME && !strcmp(RTA_DATA(a), "lo"))
                        printf(" link lo%s", i->ifi_flags & IFF_UP ? " up" : "");
            } else if (h->nlmsg_type == RTM_NEWADDR) {
                struct ifaddrmsg *a = NLMSG_DATA(h);
                printf(" address %s/%d", a->ifa_family == AF_INET ? "v4" : "v6", a->ifa_prefixlen);
            } else {
                printf(" type %d", h->nlmsg_type);
            }
        }
    }
    printf("\n");
}

int main(void)
{
    namespace_enter(CLONE_NEWNET);
    int fd = (int)MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    struct sockaddr_nl own = {.nl_family = AF_NETLINK};
    socklen_t length = sizeof own;
    TRY(bind(fd, (void *)&own, sizeof own));
    MUST(getsockname(fd, (void *)&own, &length));
    YES(own.nl_pid != 0 && length == sizeof own);
    struct {
        struct nlmsghdr h;
        union {
            struct ifinfomsg link;
            struct ifaddrmsg address;
            struct inet_diag_req_v2 diag;
            struct rtmsg route;
        };
    } r;
#define REQUEST(type, flags, part)                                                                 \
    memset(&r, 0, sizeof r), r.h.nlmsg_type = (type), r.h.nlmsg_flags = NLM_F_REQUEST | (flags),   \
                             r.h.nlmsg_len = NLMSG_LENGTH(sizeof r.part)
    REQUEST(RTM_GETLINK, NLM_F_DUMP, link);
    ask(fd, &r, "links");
    REQUEST(RTM_NEWLINK, NLM_F_ACK, link);
    r.link.ifi_index = 1;
    r.link.ifi_flags = r.link.ifi_change = IFF_UP;
    ask(fd, &r, "up");
    REQUEST(RTM_GETLINK, 0, link);
    r.link.ifi_index = 1;
    ask(fd, &r, "the link");
    REQUEST(RTM_GETLINK, 0, link);
    r.link.ifi_index = 99;
    ask(fd, &r, "no link");
    REQUEST(RTM_GETADDR, NLM_F_DUMP, address);
    ask(fd, &r, "addresses");
    REQUEST(RTM_DELADDR, NLM_F_ACK, address);
    ask(fd, &r, "no address");
    REQUEST(1000, NLM_F_ACK, link);
    ask(fd, &r, "no type");
    int on = 1;
    TRY(setsockopt(fd, 270, NETLINK_EXT_ACK, &on, sizeof on));
    TRY(setsockopt(fd, 270, 1000, &on, sizeof on));
    on = 1000;
    TRY(setsockopt(fd, 270, NETLINK_ADD_MEMBERSHIP, &on, sizeof on));

    int diag = (int)MUST(socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG));
    REQUEST(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, diag);
    r.diag.sdiag_family = AF_INET;
    r.diag.sdiag_protocol = 6;
    r.diag.idiag_states = -1u;
    ask(diag, &r, "sockets");
    TRY(socket(AF_NETLINK, SOCK_RAW, 1000));
    TRY(socket(AF_NETLINK, SOCK_STREAM, NETLINK_ROUTE));

    struct ifreq i = {0};
    struct ifconf c = {.ifc_len = sizeof buffer, .ifc_buf = buffer};
    strcpy(i.ifr_name, "lo");
    TRY(ioctl(fd, SIOCGIFFLAGS, &i));
    YES((i.ifr_flags & IFF_UP) != 0);
    TRY(ioctl(fd, SIOCGIFINDEX, &i));
    SHOW(i.ifr_ifindex);
    TRY(ioctl(fd, SIOCGIFMTU, &i));
    SHOW(i.ifr_mtu);
    TRY(ioctl(fd, SIOCGIFCONF, &c));
    SHOW(c.ifc_len == sizeof(struct ifreq));
    strcpy(i.ifr_name, "missing");
    TRY(ioctl(fd, SIOCGIFINDEX, &i));
    TRY(ioctl(fd, SIOCGIFINDEX, BAD));
    TRY(ioctl(fd, 0x1234, &i));
    return 0;
}
