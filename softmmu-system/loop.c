/*
 * The event loop: one ppoll a round, over what is registered and what the sources add for that
 * round.
 *
 * Who changes something while the loop sleeps wakes it through an eventfd, and only then:
 * `sleeping` is set before the last look at `changed` and `deferred`, so that either the loop sees
 * the change or the changer sees the sleeper. Lists are short (a dozen descriptors, a handful of
 * timers): they are lists.
 *
 * The machine's lock guards all but the atomics. There is one loop a program; descriptors and
 * timers may be added before loop_init.
 */
#include "softmmu-system/loop.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "softmmu-system/machine.h"
#include "util/log.h"

enum { GUEST_CLOCK, HOST_CLOCK, CLOCKS };

static struct {
    struct machine *machine;
    int wake; /* eventfd; -1: no loop yet */
    struct loop_fd *fds;
    struct loop_timer *timers[CLOCKS]; /* by deadline */
    struct loop_source *sources;
    /* This round's: owners[i] waits for polls[i]; NULL: a source's, or its owner has gone. */
    struct pollfd *polls;
    struct loop_fd **owners;
    int npolls, capacity;
    _Atomic(struct loop_call *) deferred; /* newest first */
    atomic_bool sleeping, changed;
} loop = {.wake = -1};

static int64_t host_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

void loop_init(struct machine *m)
{
    loop.machine = m;
    loop.wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop.wake < 0)
        die("no descriptor for the event loop: %m");
}

/* Ends the loop's sleep, if it sleeps. Async-signal-safe. */
static void wake(void)
{
    if (!atomic_exchange(&loop.sleeping, false) || loop.wake < 0)
        return;
    int saved = errno;
    ssize_t n = write(loop.wake, &(uint64_t){1}, sizeof(uint64_t));
    (void)n; /* it can only fail by being awake already */
    errno = saved;
}

void loop_changed(void)
{
    atomic_store(&loop.changed, true);
    wake();
}

void loop_add_fd(struct loop_fd *f)
{
    if (f->added)
        return;
    f->added = true;
    f->next = loop.fds;
    loop.fds = f;
    loop_changed();
}

void loop_remove_fd(struct loop_fd *f)
{
    if (!f->added)
        return;
    f->added = false;
    struct loop_fd **p = &loop.fds;
    while (*p != f)
        p = &(*p)->next;
    *p = f->next;
    for (int i = 0; i < loop.npolls; i++)
        if (loop.owners[i] == f)
            loop.owners[i] = NULL;
    loop_changed();
}

void loop_set_timer(struct loop_timer *t, int64_t deadline)
{
    struct loop_timer **list = &loop.timers[t->host ? HOST_CLOCK : GUEST_CLOCK], **p;
    if (t->added) {
        for (p = list; *p != t;)
            p = &(*p)->next;
        *p = t->next;
    }
    t->deadline = deadline;
    t->added = deadline != INT64_MAX;
    if (!t->added)
        return;
    for (p = list; *p && (*p)->deadline <= deadline;)
        p = &(*p)->next;
    t->next = *p;
    *p = t;
    if (*list == t)
        loop_changed();
}

void loop_add_source(struct loop_source *s)
{
    s->next = loop.sources;
    loop.sources = s;
    loop_changed();
}

static int add_poll(int fd, short events, struct loop_fd *owner)
{
    if (loop.npolls == loop.capacity) {
        loop.capacity = loop.capacity ? 2 * loop.capacity : 32;
        loop.polls = realloc(loop.polls, loop.capacity * sizeof *loop.polls);
        loop.owners = realloc(loop.owners, loop.capacity * sizeof(struct loop_fd *));
        if (!loop.polls || !loop.owners)
            die("out of memory");
    }
    loop.polls[loop.npolls] = (struct pollfd){.fd = fd, .events = events};
    loop.owners[loop.npolls] = owner;
    return loop.npolls++;
}

int loop_poll_add(int fd, short events)
{
    return add_poll(fd, events, NULL);
}

short loop_poll_result(int index)
{
    return index >= 0 && index < loop.npolls ? loop.polls[index].revents : 0;
}

void loop_defer(struct loop_call *c)
{
    if (__atomic_exchange_n(&c->queued, true, __ATOMIC_ACQ_REL))
        return;
    struct loop_call *first = atomic_load(&loop.deferred);
    do
        c->next = first;
    while (!atomic_compare_exchange_weak(&loop.deferred, &first, c));
    wake();
}

/* Calls what has been deferred by now, in the order of asking; what they defer comes next round. */
static void run_deferred(void)
{
    struct loop_call *c = atomic_exchange(&loop.deferred, NULL), *in_order = NULL;
    while (c) {
        struct loop_call *next = c->next;
        c->next = in_order;
        in_order = c;
        c = next;
    }
    while (in_order) {
        c = in_order;
        in_order = c->next;
        /* From here on it may be asked for again: `run` may be looking at older things already. */
        __atomic_store_n(&c->queued, false, __ATOMIC_RELEASE);
        c->run(c);
    }
}

/* The timer list's time, or INT64_MIN while its clock stands, when nothing is due. */
static int64_t clock_now(int clock)
{
    if (clock == HOST_CLOCK)
        return host_now();
    return loop.machine->clock_stopped ? INT64_MIN : machine_clock(loop.machine);
}

/* How long the loop may sleep for its timers, ns; -1: for ever. */
static int64_t until_timer(void)
{
    int64_t shortest = -1;
    for (int clock = 0; clock < CLOCKS; clock++) {
        int64_t now;
        if (!loop.timers[clock] || (now = clock_now(clock)) == INT64_MIN)
            continue;
        int64_t left = loop.timers[clock]->deadline - now;
        left = left < 0 ? 0 : left;
        if (shortest < 0 || left < shortest)
            shortest = left;
    }
    return shortest;
}

static void fire_timers(void)
{
    for (int clock = 0; clock < CLOCKS; clock++) {
        if (!loop.timers[clock])
            continue;
        int64_t now = clock_now(clock);
        struct loop_timer *t;
        /* Bounded: one that sets itself into the past again and again cannot hold the loop. */
        for (int n = 0; n < 100 && (t = loop.timers[clock]) && t->deadline <= now; n++) {
            loop.timers[clock] = t->next;
            t->added = false;
            t->fire(t);
        }
    }
}

/* Fills `polls` and returns how long to sleep, ns; -1: for ever. */
static int64_t prepare(void)
{
    loop.npolls = 0;
    add_poll(loop.wake, POLLIN, NULL);
    for (struct loop_fd *f = loop.fds; f; f = f->next)
        add_poll(f->fd, f->events, f);
    int64_t timeout = until_timer();
    for (struct loop_source *s = loop.sources; s; s = s->next) {
        int ms = -1;
        s->prepare(s, &ms);
        if (ms >= 0 && (timeout < 0 || ms * 1000000LL < timeout))
            timeout = ms * 1000000LL;
    }
    return timeout;
}

/* Sleeps at most `timeout` ns (-1: for ever); true: results are valid. */
static bool wait_for_events(int64_t timeout)
{
    atomic_store(&loop.sleeping, true);
    if (atomic_load(&loop.changed) || atomic_load(&loop.deferred))
        timeout = 0;
    struct timespec t = {timeout / 1000000000, timeout % 1000000000};
    bool good = ppoll(loop.polls, loop.npolls, timeout < 0 ? NULL : &t, NULL) >= 0;
    atomic_store(&loop.sleeping, false);
    if (good && loop.polls[0].revents) {
        uint64_t count;
        ssize_t n = read(loop.wake, &count, sizeof count);
        (void)n;
    }
    return good;
}

void loop_once(struct machine *m)
{
    machine_lock(m);
    atomic_store(&loop.changed, false);
    int64_t timeout = prepare();
    machine_unlock(m);

    bool good = wait_for_events(timeout);

    machine_lock(m);
    for (int i = 1; good && i < loop.npolls; i++) {
        struct loop_fd *f = loop.owners[i];
        if (f && loop.polls[i].revents)
            f->ready(f, loop.polls[i].revents);
    }
    for (struct loop_source *s = loop.sources; s; s = s->next)
        s->dispatch(s, !good);
    fire_timers();
    run_deferred();
    machine_unlock(m);
}
