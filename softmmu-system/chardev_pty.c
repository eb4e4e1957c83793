/*
 * A pseudo-terminal. While nobody has its other side open, output is dropped, as on a line without
 * a terminal, and the master reports POLLHUP all the time: so it is looked at once in a while.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "softmmu-system/chardev_kind.h"
#include "util/log.h"

enum { LOOK_EVERY = 50000000 /* ns */ };

struct pty {
    int master; /* our own; the stream has a copy while someone is there */
    struct chardev *chardev;
    struct loop_timer look;
};

static void look_later(struct pty *p)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    loop_set_timer(&p->look, t.tv_sec * 1000000000LL + t.tv_nsec + LOOK_EVERY);
}

static void look(struct loop_timer *t)
{
    struct pty *p = (struct pty *)((char *)t - offsetof(struct pty, look));
    struct pollfd state = {.fd = p->master};
    int fd;
    if (poll(&state, 1, 0) == 0 && (fd = fcntl(p->master, F_DUPFD_CLOEXEC, 3)) >= 0)
        chardev_attach(p->chardev, fd, fd);
    else
        look_later(p);
}

static void lost(struct chardev *c)
{
    look_later(c->own);
}

bool chardev_open_pty(struct chardev *c, const struct chardev_options *o, char *error,
                      size_t error_size)
{
    (void)o;
    struct pty *p = calloc(1, sizeof *p);
    if (!p)
        die("out of memory");
    p->chardev = c;
    p->look = (struct loop_timer){.fire = look, .host = true};
    p->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    char name[64];
    if (p->master < 0 || grantpt(p->master) < 0 || unlockpt(p->master) < 0 ||
        ptsname_r(p->master, name, sizeof name) != 0)
        return keys_fail(error, error_size, "%s: pty: %s", c->label, strerror(errno));
    /* Open and close the other side once: only then does the master say that nobody is there. */
    int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios t;
    if (slave >= 0 && tcgetattr(slave, &t) == 0) {
        cfmakeraw(&t);
        tcsetattr(slave, TCSANOW, &t);
    }
    if (slave >= 0)
        close(slave);
    c->own = p;
    c->lost = lost;
    snprintf(c->about, sizeof c->about, "pty:%s", name);
    fprintf(stderr, "char device redirected to %s (label %s)\n", name, c->label);
    look_later(p);
    return true;
}
