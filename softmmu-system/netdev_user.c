/*
 * The user network: libslirp, which ends the guest's TCP, UDP and ICMP in sockets of this process.
 * No privileges, no interface; the guest gets an address by DHCP and reaches what this process
 * reaches. Connections to the guest come through hostfwd, which listens on 127.0.0.1 unless an
 * address is given.
 *
 * Frames that the card has no room for wait here, so that a burst costs no retransmission.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <slirp/libslirp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "softmmu-system/netdev_kind.h"
#include "util/log.h"

enum { WAITING = 4 << 20 /* bytes of frames that wait for the card, at most */ };

struct frame {
    struct frame *next;
    size_t size;
    uint8_t bytes[];
};

struct user {
    struct netdev *netdev;
    struct loop_source source;
    Slirp *slirp;
    struct frame *first, **last;
    size_t waiting; /* bytes */
};

struct user_options {
    const char *net, *host, *dns, *dhcpstart, *hostname, *domainname, *tftp, *tftp_server_name,
        *bootfile, *ipv6_prefix, *ipv6_host, *ipv6_dns;
    int64_t ipv6_prefixlen;
    bool restricted, ipv4, ipv6;
    struct key_list hostfwd, dnssearch;
};

#define KEY(name, field, kind)                                                                     \
    {                                                                                              \
        name, kind, offsetof(struct user_options, field)                                           \
    }
static const struct key_row keys[] = {
    KEY("hostfwd", hostfwd, KEY_LIST),
    KEY("restrict", restricted, KEY_BOOL),
    KEY("ipv4", ipv4, KEY_BOOL),
    KEY("ipv6", ipv6, KEY_BOOL),
    KEY("net", net, KEY_TEXT),
    KEY("host", host, KEY_TEXT),
    KEY("dns", dns, KEY_TEXT),
    KEY("dhcpstart", dhcpstart, KEY_TEXT),
    KEY("hostname", hostname, KEY_TEXT),
    KEY("domainname", domainname, KEY_TEXT),
    KEY("dnssearch", dnssearch, KEY_LIST),
    KEY("tftp", tftp, KEY_TEXT),
    KEY("tftp-server-name", tftp_server_name, KEY_TEXT),
    KEY("bootfile", bootfile, KEY_TEXT),
    KEY("ipv6-prefix", ipv6_prefix, KEY_TEXT),
    KEY("ipv6-prefixlen", ipv6_prefixlen, KEY_NUMBER),
    KEY("ipv6-host", ipv6_host, KEY_TEXT),
    KEY("ipv6-dns", ipv6_dns, KEY_TEXT),
};

/* ---- libslirp's callbacks ---- */

static ssize_t frame_for_guest(const void *bytes, size_t size, void *opaque)
{
    struct user *u = opaque;
    if (!u->first && netdev_receive(u->netdev, bytes, size))
        return size;
    struct frame *f = u->waiting + size > WAITING ? NULL : malloc(sizeof *f + size);
    if (!f) /* TCP will send it again */
        return size;
    f->next = NULL;
    f->size = size;
    memcpy(f->bytes, bytes, size);
    *u->last = f;
    u->last = &f->next;
    u->waiting += size;
    return size;
}

static void guest_error(const char *message, void *opaque)
{
    (void)opaque;
    if (log_on(LOG_GUEST_ERRORS))
        log_print("user network: %s\n", message);
}

static int64_t now(void *opaque)
{
    (void)opaque;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

struct user_timer {
    struct loop_timer timer;
    SlirpTimerCb run;
    void *opaque;
};

static void fire(struct loop_timer *t)
{
    struct user_timer *u = (struct user_timer *)t;
    u->run(u->opaque);
}

static void *timer_new(SlirpTimerCb run, void *run_opaque, void *opaque)
{
    (void)opaque;
    struct user_timer *t = calloc(1, sizeof *t);
    if (!t)
        die("out of memory");
    t->timer = (struct loop_timer){.fire = fire, .deadline = INT64_MAX, .host = true};
    t->run = run;
    t->opaque = run_opaque;
    return t;
}

static void timer_free(void *timer, void *opaque)
{
    struct user_timer *t = timer;
    (void)opaque;
    loop_set_timer(&t->timer, INT64_MAX);
    free(t);
}

static void timer_mod(void *timer, int64_t ms, void *opaque)
{
    struct user_timer *t = timer;
    (void)opaque;
    loop_set_timer(&t->timer, ms * 1000000);
}

static void descriptor(int fd, void *opaque)
{
    (void)fd, (void)opaque; /* they are asked for before each poll */
}

static void notify(void *opaque)
{
    (void)opaque;
    loop_changed();
}

static const SlirpCb callbacks = {
    .send_packet = frame_for_guest,
    .guest_error = guest_error,
    .clock_get_ns = now,
    .timer_new = timer_new,
    .timer_free = timer_free,
    .timer_mod = timer_mod,
    .register_poll_fd = descriptor,
    .unregister_poll_fd = descriptor,
    .notify = notify,
};

/* ---- the event loop ---- */

static const struct {
    int slirp;
    short poll;
} events[] = {
    {SLIRP_POLL_IN, POLLIN},   {SLIRP_POLL_OUT, POLLOUT}, {SLIRP_POLL_PRI, POLLPRI},
    {SLIRP_POLL_ERR, POLLERR}, {SLIRP_POLL_HUP, POLLHUP},
};
enum { NEVENTS = sizeof events / sizeof *events };

static int add_poll(int fd, int wanted, void *opaque)
{
    (void)opaque;
    short poll = 0;
    for (unsigned i = 0; i < NEVENTS; i++)
        if (wanted & events[i].slirp)
            poll |= events[i].poll;
    return loop_poll_add(fd, poll);
}

static int poll_result(int index, void *opaque)
{
    (void)opaque;
    short result = loop_poll_result(index);
    int slirp = 0;
    for (unsigned i = 0; i < NEVENTS; i++)
        if (result & events[i].poll)
            slirp |= events[i].slirp;
    return slirp;
}

static void prepare(struct loop_source *s, int *timeout_ms)
{
    struct user *u = (struct user *)((char *)s - offsetof(struct user, source));
    uint32_t timeout = *timeout_ms < 0 ? UINT32_MAX : (uint32_t)*timeout_ms;
    slirp_pollfds_fill(u->slirp, &timeout, add_poll, u);
    *timeout_ms = timeout > INT32_MAX ? -1 : (int)timeout;
}

static void dispatch(struct loop_source *s, bool failed)
{
    struct user *u = (struct user *)((char *)s - offsetof(struct user, source));
    slirp_pollfds_poll(u->slirp, failed, poll_result, u);
}

/* ---- the network's interface ---- */

/* The ones' complement sum of 16-bit units (RFC 1071), as they lie in memory. */
static uint16_t sum(const uint8_t *bytes, size_t n)
{
    uint64_t total = 0;
    for (; n >= 4; bytes += 4, n -= 4) {
        uint32_t word;
        memcpy(&word, bytes, 4);
        total += word;
    }
    uint32_t rest = 0;
    memcpy(&rest, bytes, n);
    total += rest;
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return total;
}

static void complete_checksum(const struct netdev_header *h, uint8_t *frame, size_t size)
{
    size_t at = (size_t)h->csum_start + h->csum_offset;
    if (h->csum_start >= size || at + 2 > size)
        return; /* a hostile guest's: as it is */
    uint16_t value = ~sum(frame + h->csum_start, size - h->csum_start);
    if (!value) /* which in UDP means that there is none */
        value = 0xffff;
    memcpy(frame + at, &value, 2);
}

/* libslirp ends TCP here, so a large segment is as good as many: it goes into the socket whole. */
static void user_send(struct netdev *n, const struct netdev_header *header, const struct iovec *iov,
                      unsigned niov, size_t size)
{
    struct user *u = n->own;
    uint8_t frame[NETDEV_FRAME], *end = frame;
    if (niov == 1 && !header) {
        slirp_input(u->slirp, iov->iov_base, size);
        return;
    }
    for (unsigned i = 0; i < niov; i++)
        end = mempcpy(end, iov[i].iov_base, iov[i].iov_len);
    if (header && header->flags & NETDEV_NEEDS_CHECKSUM)
        complete_checksum(header, frame, size);
    slirp_input(u->slirp, frame, size);
}

static void user_accept(struct netdev *n)
{
    struct user *u = n->own;
    struct frame *f;
    while ((f = u->first) && netdev_receive(n, f->bytes, f->size)) {
        u->first = f->next;
        if (!u->first)
            u->last = &u->first;
        u->waiting -= f->size;
        free(f);
    }
}

/* ---- options ---- */

static bool address(const char *name, const char *text, struct in_addr *to, char *error,
                    size_t error_size)
{
    return !text || inet_pton(AF_INET, text, to) == 1 ||
           keys_fail(error, error_size, "-netdev user: %s=%s: not an address", name, text);
}

static bool address6(const char *name, const char *text, struct in6_addr *to, char *error,
                     size_t error_size)
{
    return !text || inet_pton(AF_INET6, text, to) == 1 ||
           keys_fail(error, error_size, "-netdev user: %s=%s: not an IPv6 address", name, text);
}

/* net=ADDRESS[/BITS|/MASK]: host .2, dns .3 and dhcpstart .15 follow from it. */
static bool set_net(SlirpConfig *c, const char *text, char *error, size_t error_size)
{
    char net[64];
    snprintf(net, sizeof net, "%s", text);
    char *slash = strchr(net, '/'), *end;
    uint32_t mask = 0xffffff00;
    if (slash) {
        *slash = 0;
        struct in_addr m;
        unsigned long bits = strtoul(slash + 1, &end, 10);
        if (!*end && slash[1] && bits >= 1 && bits <= 30)
            mask = -1u << (32 - bits);
        else if (inet_pton(AF_INET, slash + 1, &m) == 1)
            mask = ntohl(m.s_addr);
        else
            return keys_fail(error, error_size, "-netdev user: net=%s: not a network", text);
    }
    if (!address("net", net, &c->vnetwork, error, error_size))
        return false;
    uint32_t base = ntohl(c->vnetwork.s_addr) & mask;
    c->vnetwork.s_addr = htonl(base);
    c->vnetmask.s_addr = htonl(mask);
    c->vhost.s_addr = htonl(base | (2 & ~mask));
    c->vnameserver.s_addr = htonl(base | (3 & ~mask));
    c->vdhcp_start.s_addr = htonl(base | (15 & ~mask));
    return true;
}

static bool inside(const SlirpConfig *c, const char *name, struct in_addr a, char *error,
                   size_t error_size)
{
    return (a.s_addr & c->vnetmask.s_addr) == c->vnetwork.s_addr ||
           keys_fail(error, error_size, "-netdev user: %s= is not in net=", name);
}

static bool set_addresses(SlirpConfig *c, const struct user_options *o, char *error,
                          size_t error_size)
{
    return set_net(c, o->net ? o->net : "10.0.2.0/24", error, error_size) &&
           address("host", o->host, &c->vhost, error, error_size) &&
           address("dns", o->dns, &c->vnameserver, error, error_size) &&
           address("dhcpstart", o->dhcpstart, &c->vdhcp_start, error, error_size) &&
           inside(c, "host", c->vhost, error, error_size) &&
           inside(c, "dns", c->vnameserver, error, error_size) &&
           inside(c, "dhcpstart", c->vdhcp_start, error, error_size) &&
           address6("ipv6-prefix", o->ipv6_prefix, &c->vprefix_addr6, error, error_size) &&
           address6("ipv6-host", o->ipv6_host, &c->vhost6, error, error_size) &&
           address6("ipv6-dns", o->ipv6_dns, &c->vnameserver6, error, error_size);
}

/* A port; false: not one. */
static bool port(const char *text, int *to)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    *to = n;
    return *text >= '0' && *text <= '9' && !*end && n <= 65535;
}

struct rule {
    bool udp;
    struct in_addr host, guest; /* guest 0: the first address that DHCP gives */
    int host_port, guest_port;
};

/* [tcp|udp]:[hostaddr]:hostport-[guestaddr]:guestport; without the guest's part where it is
 * removed. */
static bool parse_rule(const char *text, bool add, struct rule *r)
{
    char own[200];
    snprintf(own, sizeof own, "%s", text);
    char *protocol = own, *host = strchr(own, ':'), *host_port, *guest, *guest_port;
    *r = (struct rule){.host = {htonl(INADDR_LOOPBACK)}};
    if (!host || !(host_port = strchr(host + 1, ':')))
        return false;
    *host++ = *host_port++ = 0;
    r->udp = strcmp(protocol, "udp") == 0;
    if ((*protocol && !r->udp && strcmp(protocol, "tcp") != 0) ||
        (*host && inet_pton(AF_INET, host, &r->host) != 1))
        return false;
    guest = strchr(host_port, '-');
    if (guest)
        *guest++ = 0;
    if (!port(host_port, &r->host_port) || !guest)
        return !add && !guest && port(host_port, &r->host_port);
    guest_port = strchr(guest, ':');
    if (!guest_port)
        return false;
    *guest_port++ = 0;
    return (!*guest || inet_pton(AF_INET, guest, &r->guest) == 1) &&
           port(guest_port, &r->guest_port) && r->guest_port;
}

static bool user_forward(struct netdev *n, const char *text, bool add, char *error,
                         size_t error_size)
{
    struct user *u = n->own;
    struct rule r;
    if (!parse_rule(text, add, &r))
        return keys_fail(error, error_size, "hostfwd=%s: must be [tcp|udp]:[hostaddr]:hostport%s",
                         text, add ? "-[guestaddr]:guestport" : "");
    errno = 0;
    int code = add ? slirp_add_hostfwd(u->slirp, r.udp, r.host, r.host_port, r.guest, r.guest_port)
                   : slirp_remove_hostfwd(u->slirp, r.udp, r.host, r.host_port);
    return code >= 0 || keys_fail(error, error_size, "hostfwd=%s: %s", text,
                                  errno ? strerror(errno) : "there is none");
}

static void print_connections(struct netdev *n, FILE *out)
{
    struct user *u = n->own;
    char *text = slirp_connection_info(u->slirp);
    fprintf(out, "%s:\n%s", n->id, text);
    free(text);
}

bool netdev_open_user(struct netdev *n, const char *text, char *error, size_t error_size)
{
    struct user_options o = {.ipv4 = true,
                             .ipv6 = true,
                             .ipv6_prefix = "fec0::",
                             .ipv6_host = "fec0::2",
                             .ipv6_dns = "fec0::3",
                             .ipv6_prefixlen = 64};
    SlirpConfig c = {.version = 1};
    if (!keys_parse("-netdev user", text, NULL, keys, sizeof keys / sizeof *keys, &o, error,
                    error_size) ||
        !set_addresses(&c, &o, error, error_size))
        return false;
    if (o.ipv6_prefixlen < 0 || o.ipv6_prefixlen > 126)
        return keys_fail(error, error_size, "-netdev user: ipv6-prefixlen= is not a length");
    c.restricted = o.restricted;
    c.in_enabled = o.ipv4;
    c.in6_enabled = o.ipv6;
    c.vprefix_len = o.ipv6_prefixlen;
    c.vhostname = o.hostname;
    c.vdomainname = o.domainname;
    c.tftp_path = o.tftp;
    c.tftp_server_name = o.tftp_server_name;
    c.bootfile = o.bootfile;
    c.vdnssearch = o.dnssearch.n ? o.dnssearch.item : NULL; /* the first that is not set ends it */
    if (o.dnssearch.n == KEY_LIST_MAX)
        return keys_fail(error, error_size, "-netdev user: too many dnssearch=");
    struct user *u = calloc(1, sizeof *u);
    if (!u)
        die("out of memory");
    u->netdev = n;
    u->last = &u->first;
    u->source = (struct loop_source){.prepare = prepare, .dispatch = dispatch};
    u->slirp = slirp_new(&c, &callbacks, u);
    if (!u->slirp)
        return keys_fail(error, error_size, "-netdev user: libslirp does not start");
    n->own = u;
    n->offers = NETDEV_CHECKSUMS | NETDEV_SEGMENTS | NETDEV_VALID;
    n->send = user_send;
    n->accept = user_accept;
    n->forward = user_forward;
    n->print_connections = print_connections;
    for (unsigned i = 0; i < o.hostfwd.n; i++)
        if (!user_forward(n, o.hostfwd.item[i], true, error, error_size))
            return false;
    char net[INET_ADDRSTRLEN];
    snprintf(n->about, sizeof n->about, "net=%s,restrict=%s",
             inet_ntop(AF_INET, &c.vnetwork, net, sizeof net), o.restricted ? "on" : "off");
    loop_add_source(&u->source);
    return true;
}
