/*
 * Character devices of the host: where a serial port, a console or the monitor is connected. One
 * file a kind (stdio, file, unix and tcp sockets, pty, null), a row each in chardev.def; `mux` lets
 * several users share one, with escape keys.
 *
 * All functions are called with the machine's lock held, but for chardev_open, which is before the
 * start.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_CHARDEV_H
#define FERRY_SOFTMMU_SYSTEM_CHARDEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct chardev;
struct machine;

/* Who uses it: embedded by a device. */
struct chardev_user {
    struct chardev *chardev;                /* NULL: not connected */
    size_t (*room)(struct chardev_user *u); /* how many bytes it would take now */
    void (*receive)(struct chardev_user *u, const uint8_t *bytes, size_t n); /* n <= room */
    /* The other three may be NULL. The other side, or the mux's focus, came or went. */
    void (*opened)(struct chardev_user *u, bool open);
    /* chardev_write has room again after it had none. */
    void (*drained)(struct chardev_user *u);
    /* A break on the line. */
    void (*line_break)(struct chardev_user *u);
    bool background; /* of a mux: does not take the focus by connecting */
};

/*
 * Makes one from the text of -serial or -monitor: stdio, null, none, file:PATH, pty,
 * unix:PATH[,server=on][,wait=off], tcp:HOST:PORT[,server=on][,wait=off], mon:WHAT, chardev:ID.
 * `label` is what it is called to the user and found by: serial0, monitor0. NULL with a one-line
 * reason. `none` gives NULL and an empty error. A server with wait=on (the default) waits here for
 * its client.
 */
struct chardev *chardev_open(struct machine *m, const char *label, const char *text, char *error,
                             size_t error_size);
/* -chardev KIND,id=ID,...: registered under its id. */
bool chardev_option(struct machine *m, const char *text, char *error, size_t error_size);
struct chardev *chardev_find(const char *id);
/* `info chardev`. */
void chardev_print(FILE *out);

/* Connects a user. False if another has it and it is no mux. */
bool chardev_connect(struct chardev *c, struct chardev_user *u);

/*
 * Sends. What the host does not take at once is kept, as far as there is room (chardev_write_room);
 * then the oldest rule of serial lines holds: it is lost.
 */
void chardev_write(struct chardev *c, const uint8_t *bytes, size_t n);
/* Bytes that would be kept without loss now. */
size_t chardev_write_room(struct chardev *c);
/* The user has room again. */
void chardev_accept(struct chardev_user *u);

/* Gives the terminal back as it was; at every end of the program, async-signal-safe. */
void chardev_restore_terminal(void);

#endif
