/*
 * A tap interface of the host's kernel: ifname=, made if it is not there and we may, or an open one
 * by fd=. No scripts are run: who makes the interface also sets it up.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "softmmu-system/netdev_kind.h"
#include "util/log.h"

enum { BATCH = 64 /* frames a round of the loop */ };

struct tap {
    struct netdev *netdev;
    struct loop_fd fd;
    size_t pending; /* bytes in `frame` that the card had no room for */
    uint8_t frame[NETDEV_FRAME];
};

struct tap_options {
    const char *ifname, *script, *downscript;
    int64_t fd;
    bool vhost;
};

#define KEY(name, kind)                                                                            \
    {                                                                                              \
#name, kind, offsetof(struct tap_options, name)                                            \
    }
static const struct key_row keys[] = {
    KEY(ifname, KEY_TEXT),     KEY(fd, KEY_NUMBER),  KEY(script, KEY_TEXT),
    KEY(downscript, KEY_TEXT), KEY(vhost, KEY_BOOL),
};

static void frames_come(struct loop_fd *f, short revents)
{
    struct tap *t = (struct tap *)((char *)f - offsetof(struct tap, fd));
    (void)revents;
    for (int i = 0; i < BATCH; i++) {
        if (!t->pending) {
            ssize_t n = read(f->fd, t->frame, sizeof t->frame);
            if (n < 0 && errno != EAGAIN && errno != EINTR)
                loop_remove_fd(f); /* the interface has gone */
            if (n <= 0)
                return;
            t->pending = n;
        }
        if (!netdev_receive(t->netdev, t->frame, t->pending)) {
            loop_remove_fd(f);
            return;
        }
        t->pending = 0;
    }
}

static void tap_accept(struct netdev *n)
{
    struct tap *t = n->own;
    loop_add_fd(&t->fd);
}

static void tap_send(struct netdev *n, const struct netdev_header *header, const struct iovec *iov,
                     unsigned niov, size_t size)
{
    struct tap *t = n->own;
    (void)header; /* nothing is offered */
    /* What the kernel does not take now is lost, as on any Ethernet. */
    if (writev(t->fd.fd, iov, niov) < 0 && log_on(LOG_GUEST_ERRORS))
        log_print("tap: a frame of %zu bytes was not sent: %s\n", size, strerror(errno));
}

static int open_interface(const char *name, struct ifreq *request)
{
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -1;
    request->ifr_flags = IFF_TAP | IFF_NO_PI;
    strcpy(request->ifr_name, name);
    if (ioctl(fd, TUNSETIFF, request) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

bool netdev_open_tap(struct netdev *n, const char *text, char *error, size_t error_size)
{
    struct tap_options o = {.ifname = "", .script = "no", .downscript = "no", .fd = -1};
    struct ifreq request = {0};
    if (!keys_parse("-netdev tap", text, NULL, keys, sizeof keys / sizeof *keys, &o, error,
                    error_size))
        return false;
    if (strcmp(o.script, "no") != 0 || strcmp(o.downscript, "no") != 0)
        return keys_fail(error, error_size, "-netdev tap: scripts are not run (script=no)");
    if (o.vhost)
        return keys_fail(error, error_size, "-netdev tap: vhost=on is not offered");
    if (strlen(o.ifname) >= sizeof request.ifr_name)
        return keys_fail(error, error_size, "-netdev tap: ifname=%s: too long", o.ifname);
    int fd = o.fd;
    if (fd < 0)
        fd = open_interface(o.ifname, &request);
    else if (fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) < 0 || ioctl(fd, TUNGETIFF, &request) < 0)
        return keys_fail(error, error_size, "-netdev tap: fd=%d: %s", fd, strerror(errno));
    if (fd < 0)
        return keys_fail(error, error_size, "-netdev tap: %s: %s",
                         *o.ifname ? o.ifname : "/dev/net/tun", strerror(errno));
    struct tap *t = calloc(1, sizeof *t);
    if (!t)
        die("out of memory");
    t->netdev = n;
    t->fd = (struct loop_fd){.fd = fd, .events = POLLIN, .ready = frames_come};
    n->own = t;
    n->send = tap_send;
    n->accept = tap_accept;
    snprintf(n->about, sizeof n->about, "ifname=%s,script=no,downscript=no", request.ifr_name);
    loop_add_fd(&t->fd);
    return true;
}
