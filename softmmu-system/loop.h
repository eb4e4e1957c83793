/*
 * The event loop of the main thread: descriptors, timers, and calls deferred from other threads.
 * All callbacks run in that thread with the machine's lock held, and must not block.
 *
 * Adding and removing may be done from any thread that holds the lock, callbacks included.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_LOOP_H
#define FERRY_SOFTMMU_SYSTEM_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct machine;

/* Embedded by whoever waits; all fields are the loop's but for the first three. */
struct loop_fd {
    int fd;
    short events; /* POLLIN | POLLOUT; 0: not now. May be changed any time (loop_changed). */
    void (*ready)(struct loop_fd *f, short revents); /* POLLHUP and POLLERR come unasked */
    struct loop_fd *next;
    bool added;
};

struct loop_timer {
    int64_t deadline;                   /* ns; INT64_MAX: off */
    void (*fire)(struct loop_timer *t); /* the timer is off by then */
    bool host; /* of CLOCK_MONOTONIC; otherwise of machine_clock, which may stand */
    struct loop_timer *next;
    bool added;
};

struct loop_call {
    void (*run)(struct loop_call *c);
    struct loop_call *next;
    bool queued;
};

/* Sources with many descriptors of their own (libslirp): asked before and told after each poll. */
struct loop_source {
    /* Adds its descriptors with loop_poll_add; lowers *timeout_ms (-1: none) to wake earlier. */
    void (*prepare)(struct loop_source *s, int *timeout_ms);
    void (*dispatch)(struct loop_source *s, bool failed); /* reads results with loop_poll_result */
    struct loop_source *next;
};

void loop_init(struct machine *m);
void loop_add_fd(struct loop_fd *f);
void loop_remove_fd(struct loop_fd *f);
/* Sets, moves or (INT64_MAX) clears a timer. */
void loop_set_timer(struct loop_timer *t, int64_t deadline);
void loop_add_source(struct loop_source *s);
int loop_poll_add(int fd, short events); /* returns an index */
short loop_poll_result(int index);

/* Has c->run called soon; once, however often it is asked meanwhile. Any thread, no lock needed. */
void loop_defer(struct loop_call *c);
/*
 * Makes the loop look again, if it sleeps (events of a descriptor have changed, a request waits).
 * Any thread; async-signal-safe.
 */
void loop_changed(void);

/*
 * One round: waits until something happens (at most until the next timer), serves it. Takes the
 * machine's lock while serving.
 */
void loop_once(struct machine *m);

#endif
