/*
 * Character devices: making them from options, and the streams behind them.
 *
 * A serial port writes byte by byte. Output is gathered for half a millisecond, so that a line
 * costs one write and one wake-up of the event loop and not eighty; what the host does not take
 * then stays in a ring, and the user is told when there is room again (`drained`). Nothing here
 * blocks, but at the end of the program.
 */
#include "softmmu-system/chardev.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "softmmu-system/chardev_kind.h"
#include "softmmu-system/monitor.h"
#include "util/log.h"

enum { FLUSH_AFTER = 500000 /* ns */, END_PATIENCE = 2000 /* ms without progress */ };

static struct chardev *chardevs; /* newest first */

static const struct kind_row {
    const char *kind, *prefix, *first;
    chardev_open_fn *open;
    const char *text;
} kinds[] = {
#define CHARDEV(kind, prefix, first, function, text) {kind, prefix, first, function, text},
#include "softmmu-system/chardev.def"
#undef CHARDEV
};
enum { NKINDS = sizeof kinds / sizeof *kinds };

#define KEY(name, kind)                                                                            \
    {                                                                                              \
#name, kind, offsetof(struct chardev_options, name)                                        \
    }
static const struct key_row keys[] = {
    KEY(id, KEY_TEXT),      KEY(path, KEY_TEXT),      KEY(host, KEY_TEXT),   KEY(port, KEY_TEXT),
    KEY(address, KEY_TEXT), KEY(server, KEY_BOOL),    KEY(wait, KEY_BOOL),   KEY(nodelay, KEY_BOOL),
    KEY(telnet, KEY_BOOL),  KEY(mux, KEY_BOOL),       KEY(signal, KEY_BOOL), KEY(append, KEY_BOOL),
    KEY(logfile, KEY_TEXT), KEY(logappend, KEY_BOOL),
};
enum { NKEYS = sizeof keys / sizeof *keys };

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Output */

static void forget(struct chardev *c, unsigned n)
{
    c->kept_first = (c->kept_first + n) % CHARDEV_KEPT;
    c->kept_size -= n;
}

/* Writes what is kept; false: the host takes no more now. */
static bool write_kept(struct chardev *c)
{
    while (c->kept_size && c->out >= 0) {
        unsigned to_end = CHARDEV_KEPT - c->kept_first;
        unsigned n = c->kept_size < to_end ? c->kept_size : to_end;
        struct iovec parts[] = {{c->kept + c->kept_first, n}, {c->kept, c->kept_size - n}};
        ssize_t done = writev(c->out, parts, parts[1].iov_len ? 2 : 1);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0 && errno == EAGAIN)
            return false;
        if (done <
            0) { /* nobody will read it any more: a reader that has gone is seen by `input` */
            c->kept_size = 0;
            break;
        }
        forget(c, done);
    }
    return true;
}

static void send_kept(struct chardev *c)
{
    if (write_kept(c))
        loop_remove_fd(&c->output);
    else
        loop_add_fd(&c->output);
    if (c->full && c->kept_size < CHARDEV_KEPT / 2) {
        c->full = false;
        if (c->user && c->user->drained)
            c->user->drained(c->user);
    }
}

static void output_ready(struct loop_fd *f, short revents)
{
    (void)revents;
    send_kept((struct chardev *)((char *)f - offsetof(struct chardev, output)));
}

static void flush_due(struct loop_timer *t)
{
    send_kept((struct chardev *)((char *)t - offsetof(struct chardev, flush)));
}

void chardev_write(struct chardev *c, const uint8_t *bytes, size_t n)
{
    if (!c)
        return;
    if (c->methods) {
        c->methods->write(c, bytes, n);
        return;
    }
    if (c->log >= 0 && write(c->log, bytes, n) < 0)
        c->log = -1; /* the disk is full: the console goes on */
    if (c->out < 0)
        return;
    if (!c->kept && !(c->kept = malloc(CHARDEV_KEPT)))
        die("out of memory");
    if (n > CHARDEV_KEPT - c->kept_size)
        send_kept(c);
    if (n > CHARDEV_KEPT - c->kept_size)
        n = CHARDEV_KEPT - c->kept_size;
    for (size_t done = 0; done < n;) {
        unsigned at = (c->kept_first + c->kept_size) % CHARDEV_KEPT;
        size_t part = CHARDEV_KEPT - at < n - done ? CHARDEV_KEPT - at : n - done;
        memcpy(c->kept + at, bytes + done, part);
        c->kept_size += part;
        done += part;
    }
    if (n && !c->flush.added && !c->output.added)
        loop_set_timer(&c->flush, now() + FLUSH_AFTER);
}

size_t chardev_write_room(struct chardev *c)
{
    if (!c)
        return CHARDEV_KEPT;
    if (c->methods)
        return c->methods->room(c);
    if (c->kept_size == CHARDEV_KEPT)
        c->full = true;
    return CHARDEV_KEPT - c->kept_size;
}

/* Input */

size_t chardev_offer(struct chardev_user *u, const uint8_t *bytes, size_t n)
{
    size_t room = u ? u->room(u) : 0;
    if (n > room)
        n = room;
    if (n)
        u->receive(u, bytes, n);
    return n;
}

static void input_ready(struct loop_fd *f, short revents)
{
    struct chardev *c = (struct chardev *)((char *)f - offsetof(struct chardev, input));
    (void)revents;
    uint8_t bytes[4096];
    size_t room = c->user ? c->user->room(c->user) : 0;
    if (!room) { /* until chardev_accept: a closed descriptor would be ready all the time */
        loop_remove_fd(f);
        return;
    }
    ssize_t n = read(c->in, bytes, room < sizeof bytes ? room : sizeof bytes);
    if (n > 0)
        c->user->receive(c->user, bytes, n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        chardev_lose(c);
}

void chardev_accept(struct chardev_user *u)
{
    struct chardev *c = u->chardev;
    if (!c)
        return;
    if (c->methods)
        c->methods->accept(c, u);
    else if (c->in >= 0)
        loop_add_fd(&c->input);
}

/* Coming and going */

void chardev_attach(struct chardev *c, int in, int out)
{
    c->in = in;
    c->out = out;
    c->input = (struct loop_fd){.fd = in, .events = POLLIN, .ready = input_ready};
    c->output = (struct loop_fd){.fd = out, .events = POLLOUT, .ready = output_ready};
    if (in >= 0 && c->user)
        loop_add_fd(&c->input);
    if (c->user && c->user->opened)
        c->user->opened(c->user, true);
}

void chardev_detach(struct chardev *c)
{
    loop_remove_fd(&c->input);
    loop_remove_fd(&c->output);
    loop_set_timer(&c->flush, INT64_MAX);
    if (c->in >= 0)
        close(c->in);
    if (c->out >= 0 && c->out != c->in)
        close(c->out);
    c->in = c->out = -1;
    c->kept_size = 0;
    if (c->full) {
        c->full = false;
        if (c->user && c->user->drained)
            c->user->drained(c->user);
    }
}

void chardev_lose(struct chardev *c)
{
    if (c->in != c->out && c->out >= 0) { /* only the input has ended */
        loop_remove_fd(&c->input);
        close(c->in);
        c->in = -1;
        return;
    }
    chardev_detach(c);
    if (c->user && c->user->opened)
        c->user->opened(c->user, false);
    if (c->lost)
        c->lost(c);
}

bool chardev_connect(struct chardev *c, struct chardev_user *u)
{
    if (c->methods) {
        if (!c->methods->connect(c, u))
            return false;
        u->chardev = c;
        return true;
    }
    if (c->user)
        return false;
    c->user = u;
    u->chardev = c;
    if (c->in >= 0)
        loop_add_fd(&c->input);
    if (u->opened)
        u->opened(u, c->in >= 0 || c->out >= 0);
    return true;
}

/* The end of the program: what the guest wrote last is what people want to read. */
static void finish(void)
{
    for (struct chardev *c = chardevs; c; c = c->next) {
        if (c->methods || c->out < 0)
            continue;
        struct pollfd p = {.fd = c->out, .events = POLLOUT};
        while (!write_kept(c) && poll(&p, 1, END_PATIENCE) > 0)
            ;
    }
    chardev_restore_terminal();
}

/* Making them */

struct chardev *chardev_find(const char *id)
{
    struct chardev *c = chardevs;
    while (c && strcmp(c->label, id) != 0)
        c = c->next;
    return c;
}

static struct chardev *create(struct machine *m, const char *label)
{
    struct chardev *c = calloc(1, sizeof *c);
    if (!c || !(c->label = strdup(label)))
        die("out of memory");
    c->machine = m;
    c->in = c->out = c->log = -1;
    c->flush = (struct loop_timer){.fire = flush_due, .deadline = INT64_MAX, .host = true};
    if (!chardevs) {
        atexit(finish);
        signal(SIGPIPE, SIG_IGN); /* a reader that has gone is no reason to end */
    }
    c->next = chardevs;
    chardevs = c;
    return c;
}

static bool open_log(struct chardev *c, const struct chardev_options *o, char *error,
                     size_t error_size)
{
    if (!o->logfile)
        return true;
    int how = o->logappend ? O_APPEND : O_TRUNC;
    c->log = open(o->logfile, O_WRONLY | O_CREAT | O_CLOEXEC | how, 0666);
    return c->log >= 0 || keys_fail(error, error_size, "%s: %s", o->logfile, strerror(errno));
}

/* Makes one of a kind, with a mux over it if wanted; NULL with a reason. */
static struct chardev *open_kind(struct machine *m, const char *label, chardev_open_fn *open,
                                 const struct chardev_options *o, char *error, size_t error_size)
{
    char base[80];
    snprintf(base, sizeof base, "%s-base", label);
    if (chardev_find(label)) {
        keys_fail(error, error_size, "-chardev: there are two with id=%s", label);
        return NULL;
    }
    struct chardev *c = create(m, o->mux ? base : label);
    if (!open_log(c, o, error, error_size) || !open(c, o, error, error_size))
        return NULL;
    if (!o->mux)
        return c;
    struct chardev *mux = create(m, label);
    chardev_mux(mux, c);
    return mux;
}

/* Lists what -serial (or -chardev) knows; a kind that is written in several ways is there once. */
static bool unknown(const char *text, bool option, char *error, size_t error_size)
{
    char known[200] = "";
    size_t used = 0;
    for (unsigned i = 0; i < NKINDS; i++)
        if (!option || !i || strcmp(kinds[i].kind, kinds[i - 1].kind) != 0)
            used += snprintf(known + used, sizeof known - used, " %s",
                             option ? kinds[i].kind : kinds[i].prefix);
    return keys_fail(error, error_size, "'%s': unknown character device (known:%s%s)", text, known,
                     option ? "" : " none mon: chardev:");
}

struct chardev *chardev_open(struct machine *m, const char *label, const char *text, char *error,
                             size_t error_size)
{
    if (error_size)
        *error = 0;
    struct chardev_options o = {.wait = true, .signal = true};
    const char *rest = text;
    bool monitor = strncmp(text, "mon:", 4) == 0;
    if (monitor) { /* shared with the monitor, so Ctrl-C is the guest's */
        o.mux = true;
        o.signal = false;
        rest += 4;
    }
    if (strcmp(text, "none") == 0)
        return NULL;
    if (strncmp(rest, "chardev:", 8) == 0) {
        struct chardev *c = chardev_find(rest + 8);
        if (!c)
            keys_fail(error, error_size, "'%s': there is no -chardev with that id", text);
        return c;
    }
    const struct kind_row *k = NULL;
    for (unsigned i = 0; i < NKINDS && !k; i++) {
        size_t n = strlen(kinds[i].prefix);
        if (strncmp(rest, kinds[i].prefix, n) == 0 &&
            (kinds[i].first || !rest[n] || rest[n] == ',')) {
            k = &kinds[i];
            rest += n;
        }
    }
    if (!k) {
        if (strncmp(rest, "telnet:", 7) == 0)
            keys_fail(error, error_size, "'%s': telnet is not offered; tcp: is", text);
        else
            unknown(text, false, error, error_size);
        return NULL;
    }
    if (!keys_parse(text, rest, k->first, keys, NKEYS, &o, error, error_size))
        return NULL;
    struct chardev *c = open_kind(m, label, k->open, &o, error, error_size);
    if (c && monitor)
        monitor_start(m, c);
    return c;
}

bool chardev_option(struct machine *m, const char *text, char *error, size_t error_size)
{
    struct chardev_options o = {.wait = true, .signal = true};
    size_t n = strcspn(text, ",");
    const struct kind_row *k = NULL;
    for (unsigned i = 0; i < NKINDS && !k; i++)
        if (strncmp(kinds[i].kind, text, n) == 0 && !kinds[i].kind[n])
            k = &kinds[i];
    if (!k)
        return unknown(text, true, error, error_size);
    if (!keys_parse("-chardev", text + n + (text[n] == ','), NULL, keys, NKEYS, &o, error,
                    error_size))
        return false;
    if (!o.id)
        return keys_fail(error, error_size, "-chardev %s: it needs id=", text);
    return open_kind(m, o.id, k->open, &o, error, error_size) != NULL;
}

void chardev_print(FILE *out)
{
    for (struct chardev *c = chardevs; c; c = c->next)
        fprintf(out, "%s: filename=%s%s\n", c->label,
                !c->methods && c->in < 0 && c->out < 0 && c->lost ? "disconnected:" : "", c->about);
}
