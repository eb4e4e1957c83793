/*
 * What the kinds of character devices share with chardev.c: a stream of bytes from one descriptor
 * and to one, which may be the same, come later, and go. A kind finds the descriptors; chardev.c
 * moves the bytes.
 *
 * To add a kind: a file with a function `chardev_open_KIND`, and a row in chardev.def.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_CHARDEV_KIND_H
#define FERRY_SOFTMMU_SYSTEM_CHARDEV_KIND_H

#include "softmmu-system/chardev.h"
#include "softmmu-system/keys.h"
#include "softmmu-system/loop.h"

/* How much output is kept for a host that does not take it, bytes; a power of two. */
enum { CHARDEV_KEPT = 65536 };

/* All that options can say about any kind. */
struct chardev_options {
    const char *id, *path, *host, *port, *address, *logfile;
    bool server, wait, nodelay, telnet, mux, signal, append, logappend;
};

struct chardev {
    struct machine *machine;
    char *label;
    char about[160];           /* for `info chardev`: what it is connected to */
    struct chardev_user *user; /* NULL: nobody yet */
    struct chardev *next;
    int in, out; /* non-blocking; -1: none now */
    struct loop_fd input, output;
    uint8_t *kept; /* ring of CHARDEV_KEPT bytes that wait for `out`; NULL: not yet needed */
    unsigned kept_first, kept_size;
    struct loop_timer flush; /* so that what comes byte by byte goes out in pieces */
    bool full;               /* chardev_write_room has said 0: `drained` is owed */
    int log;                 /* logfile=; -1: none */

    /* The other side has gone: `in` and `out` are closed and -1. NULL: it stays so. */
    void (*lost)(struct chardev *c);
    /* The mux's, in the stream's stead. NULL: a stream. */
    const struct chardev_methods *methods;
    void *own; /* the kind's */
};

struct chardev_methods {
    bool (*connect)(struct chardev *c, struct chardev_user *u);
    void (*write)(struct chardev *c, const uint8_t *bytes, size_t n);
    size_t (*room)(struct chardev *c);
    void (*accept)(struct chardev *c, struct chardev_user *u);
};

/* Opens one as `o` says; false with a one-line reason. */
typedef bool chardev_open_fn(struct chardev *c, const struct chardev_options *o, char *error,
                             size_t error_size);
#define CHARDEV(kind, prefix, first, function, text) chardev_open_fn function;
#include "softmmu-system/chardev.def"
#undef CHARDEV

/*
 * The other side is there: takes the descriptors (non-blocking; may be one; -1: that way is
 * closed), tells the user.
 */
void chardev_attach(struct chardev *c, int in, int out);
/* Closes them; output that waits is forgotten. Calls neither `lost` nor the user. */
void chardev_detach(struct chardev *c);
/* Detaches, tells the user, calls `lost`. */
void chardev_lose(struct chardev *c);
/* Gives bytes to the user if it has room; how many it took. */
size_t chardev_offer(struct chardev_user *u, const uint8_t *bytes, size_t n);

/* A mux over `base`, which nobody else may use from now on. */
void chardev_mux(struct chardev *mux, struct chardev *base);

/* A descriptor of its own for what `fd` is open on, non-blocking; see chardev_stdio.c. */
int chardev_reopen(int fd, int access);

#endif
