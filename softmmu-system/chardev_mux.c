/*
 * A mux: several users share one character device. All of them write; one of them, which has the
 * focus, reads. Control-A is the escape key.
 *
 * Input is kept per user, so that the keys still work while the guest does not read.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "softmmu-system/chardev_kind.h"
#include "softmmu-system/machine.h"
#include "util/log.h"

enum { USERS = 8, QUEUE = 4096 /* bytes of input a user */, ESCAPE = 'A' - '@' };

struct queue {
    struct chardev_user *user;
    uint8_t bytes[QUEUE];
    unsigned first, size;
};

struct mux {
    struct chardev_user user; /* of the device below */
    struct chardev *chardev;
    struct queue users[USERS];
    unsigned nusers, focus;
    bool escaped;              /* the last byte was the escape key */
    bool stamps, line_started; /* C-a t */
    int64_t stamps_from;       /* ns */
    bool giving;
};

static struct mux *mux_of(struct chardev *c)
{
    return c->own;
}

static struct mux *mux_of_user(struct chardev_user *u)
{
    return (struct mux *)((char *)u - offsetof(struct mux, user));
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void say(struct mux *m, const char *text)
{
    chardev_write(m->user.chardev, (const uint8_t *)text, strlen(text));
}

/* Output */

static void mux_write(struct chardev *c, const uint8_t *bytes, size_t n)
{
    struct mux *m = mux_of(c);
    if (!m->stamps) {
        chardev_write(m->user.chardev, bytes, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (!m->line_started) {
            int64_t ms = (now() - m->stamps_from) / 1000000;
            char stamp[32];
            snprintf(stamp, sizeof stamp, "[%02d:%02d:%02d.%03d] ", (int)(ms / 3600000),
                     (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000));
            say(m, stamp);
        }
        m->line_started = bytes[i] != '\n';
        chardev_write(m->user.chardev, &bytes[i], 1);
    }
}

static size_t mux_write_room(struct chardev *c)
{
    return chardev_write_room(mux_of(c)->user.chardev);
}

static void base_drained(struct chardev_user *u)
{
    struct mux *m = mux_of_user(u);
    for (unsigned i = 0; i < m->nusers; i++)
        if (m->users[i].user->drained)
            m->users[i].user->drained(m->users[i].user);
}

/* Input */

static void give(struct mux *m, struct queue *q)
{
    if (m->giving)
        return;
    m->giving = true;
    for (size_t n = 1; q->size && n;) {
        unsigned to_end = QUEUE - q->first;
        n = chardev_offer(q->user, q->bytes + q->first, q->size < to_end ? q->size : to_end);
        q->first = (q->first + n) % QUEUE;
        q->size -= n;
    }
    m->giving = false;
}

static void set_focus(struct mux *m, unsigned focus)
{
    struct chardev_user *before = m->users[m->focus].user, *after = m->users[focus].user;
    m->focus = focus;
    if (before != after && before->opened)
        before->opened(before, false);
    if (after->opened)
        after->opened(after, true);
}

static void help(struct mux *m)
{
    say(m, "\n\r"
           "C-a h    this help\n\r"
           "C-a x    end the machine\n\r"
           "C-a s    save disk data back to the file (of -snapshot: nothing)\n\r"
           "C-a t    timestamps on or off\n\r"
           "C-a b    send a break\n\r"
           "C-a c    change between console and monitor\n\r"
           "C-a C-a  send C-a\n\r");
}

static void keep(struct mux *m, uint8_t byte)
{
    struct queue *q = &m->users[m->focus];
    if (q->size < QUEUE)
        q->bytes[(q->first + q->size++) % QUEUE] = byte;
}

static void escape(struct mux *m, uint8_t key)
{
    struct chardev_user *u = m->users[m->focus].user;
    give(m, &m->users[m->focus]); /* what was typed before goes before */
    switch (key) {
    case 'x':
        say(m, "\n\rferry-system: terminated\n\r");
        machine_request(m->chardev->machine, RUN_QUIT);
        break;
    case 'c':
        set_focus(m, (m->focus + 1) % m->nusers);
        break;
    case 'b':
        if (u->line_break)
            u->line_break(u);
        break;
    case 't':
        m->stamps = !m->stamps;
        m->stamps_from = now();
        m->line_started = false;
        break;
    case 'h':
    case '?':
        help(m);
        break;
    case ESCAPE:
        keep(m, key);
        break;
    default: /* s has nothing to do; others mean nothing */
        break;
    }
}

static size_t base_room(struct chardev_user *u)
{
    struct mux *m = mux_of_user(u);
    return m->nusers ? QUEUE - m->users[m->focus].size : 0;
}

static void base_receive(struct chardev_user *u, const uint8_t *bytes, size_t n)
{
    struct mux *m = mux_of_user(u);
    for (size_t i = 0; i < n; i++) {
        bool escaped = m->escaped;
        m->escaped = !escaped && bytes[i] == ESCAPE;
        if (escaped)
            escape(m, bytes[i]);
        else if (!m->escaped)
            keep(m, bytes[i]);
    }
    give(m, &m->users[m->focus]);
}

static void mux_accept(struct chardev *c, struct chardev_user *u)
{
    struct mux *m = mux_of(c);
    for (unsigned i = 0; i < m->nusers; i++)
        if (m->users[i].user == u)
            give(m, &m->users[i]);
    if (base_room(&m->user))
        chardev_accept(&m->user);
}

/* The terminal came or went: who has the focus learns it. */
static void base_opened(struct chardev_user *u, bool open)
{
    struct mux *m = mux_of_user(u);
    if (m->nusers && m->users[m->focus].user->opened)
        m->users[m->focus].user->opened(m->users[m->focus].user, open);
}

static bool mux_connect(struct chardev *c, struct chardev_user *u)
{
    struct mux *m = mux_of(c);
    if (m->nusers == USERS)
        return false;
    m->users[m->nusers].user = u;
    bool first = m->nusers++ == 0;
    if (first && u->opened && !u->background)
        u->opened(u, true);
    else if (!first && !u->background)
        set_focus(m, m->nusers - 1);
    if (first)
        chardev_accept(&m->user);
    return true;
}

static const struct chardev_methods methods = {
    .connect = mux_connect,
    .write = mux_write,
    .room = mux_write_room,
    .accept = mux_accept,
};

void chardev_mux(struct chardev *mux, struct chardev *base)
{
    struct mux *m = calloc(1, sizeof *m);
    if (!m)
        die("out of memory");
    mux->methods = &methods;
    mux->own = m;
    snprintf(mux->about, sizeof mux->about, "mux:%.140s", base->about);
    m->chardev = mux;
    m->user = (struct chardev_user){
        .room = base_room, .receive = base_receive, .opened = base_opened, .drained = base_drained};
    chardev_connect(base, &m->user);
}
