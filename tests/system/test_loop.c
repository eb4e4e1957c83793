/* The event loop: descriptors, timers of both clocks, calls from other threads. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "softmmu-system/loop.h"
#include "softmmu-system/machine.h"

static struct machine machine = {.mutex = PTHREAD_MUTEX_INITIALIZER};
static int64_t guest_clock;

int64_t machine_clock(const struct machine *m)
{
    (void)m;
    return guest_clock;
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void init(void)
{
    loop_init(&machine);
}
TestSuite(loop, .init = init, .timeout = 60);

static char seen[64];

static void note(char c)
{
    size_t n = strlen(seen);
    if (n + 1 < sizeof seen)
        seen[n] = c;
}

static void fire_a(struct loop_timer *t)
{
    cr_assert_not(t->added);
    note('a');
}

static void fire_b(struct loop_timer *t)
{
    (void)t;
    note('b');
}

static void fire_late(struct loop_timer *t)
{
    (void)t;
    note('z');
}

Test(loop, timers_by_deadline)
{
    struct loop_timer a = {.fire = fire_a, .host = true}, b = {.fire = fire_b, .host = true},
                      z = {.fire = fire_late, .host = true};
    int64_t start = now();
    loop_set_timer(&z, start + 3600000000000);
    loop_set_timer(&b, start + 30000000);
    loop_set_timer(&a, start + 5000000);
    while (strlen(seen) < 2)
        loop_once(&machine);
    cr_assert_str_eq(seen, "ab");
    cr_assert_geq(now() - start, 30000000);
    loop_set_timer(&z, INT64_MAX);
    cr_assert_not(z.added);
    loop_set_timer(&a, 0); /* the past */
    loop_once(&machine);
    cr_assert_str_eq(seen, "aba");
}

/* The guest's clock stands while it is stopped: its timers do, and the loop does not spin
 * meanwhile. */
Test(loop, guest_clock_stands)
{
    struct loop_timer guest = {.fire = fire_b}, host = {.fire = fire_a, .host = true};
    guest_clock = 1000;
    machine.clock_stopped = 1000;
    loop_set_timer(&guest, 500);
    loop_set_timer(&host, now() + 20000000);
    int rounds = 0;
    while (!strchr(seen, 'a') && ++rounds < 1000)
        loop_once(&machine);
    cr_assert_str_eq(seen, "a");
    cr_assert_lt(rounds, 10);
    machine.clock_stopped = 0;
    loop_changed();
    loop_once(&machine);
    cr_assert_str_eq(seen, "ab");
}

static void fire_again(struct loop_timer *t)
{
    note('r');
    loop_set_timer(t, 0);
}

Test(loop, a_timer_in_the_past_does_not_hold_the_loop)
{
    struct loop_timer t = {.fire = fire_again, .host = true};
    loop_set_timer(&t, 0);
    loop_once(&machine);
    loop_once(&machine);
    cr_assert_eq(seen[0], 'r');
}

static int calls;

static void count(struct loop_call *c)
{
    (void)c;
    calls++;
}

static struct loop_call deferred = {.run = count};

static void *asker(void *argument)
{
    (void)argument;
    usleep(20000); /* the loop sleeps by now, most of the time */
    loop_defer(&deferred);
    return NULL;
}

Test(loop, deferred_calls_wake_it)
{
    pthread_t thread;
    loop_defer(&deferred);
    loop_defer(&deferred);
    loop_once(&machine);
    cr_assert_eq(calls, 1);
    for (int i = 2; i < 12; i++) {
        pthread_create(&thread, NULL, asker, NULL);
        while (calls < i)
            loop_once(&machine);
        pthread_join(thread, NULL);
    }
    cr_assert_eq(calls, 11);
}

static atomic_bool storm_over;

static void *storm(void *argument)
{
    (void)argument;
    for (int i = 0; i < 20000; i++) {
        loop_defer(&deferred);
        if (i % 8 == 0)
            loop_changed();
    }
    storm_over = true;
    loop_changed();
    return NULL;
}

Test(loop, many_threads_ask)
{
    pthread_t thread[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, storm, NULL);
    while (!storm_over)
        loop_once(&machine);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    loop_defer(&deferred);
    int before = calls;
    loop_once(&machine);
    cr_assert_eq(calls, before + 1);
}

struct pair {
    struct loop_fd fd;
    struct loop_fd *other;
    int peer;
};

static void take_and_remove_other(struct loop_fd *f, short revents)
{
    struct pair *p = (struct pair *)f;
    char byte;
    cr_assert(revents & POLLIN);
    cr_assert_eq(read(f->fd, &byte, 1), 1);
    note(byte);
    if (p->other)
        loop_remove_fd(p->other);
}

static struct pair make_pair(void)
{
    int fds[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    return (struct pair){.fd = {.fd = fds[0], .events = POLLIN, .ready = take_and_remove_other},
                         .peer = fds[1]};
}

Test(loop, descriptors)
{
    struct pair a = make_pair(), b = make_pair();
    loop_add_fd(&a.fd);
    loop_add_fd(&b.fd);
    loop_add_fd(&b.fd); /* twice is once */
    cr_assert_eq(write(a.peer, "1", 1), 1);
    loop_once(&machine);
    cr_assert_eq(write(b.peer, "2", 1), 1);
    loop_once(&machine);
    cr_assert_str_eq(seen, "12");
    /* Both are ready, and either removes the other: only one is served. */
    a.other = &b.fd;
    b.other = &a.fd;
    cr_assert_eq(write(a.peer, "3", 1), 1);
    cr_assert_eq(write(b.peer, "3", 1), 1);
    loop_once(&machine);
    cr_assert_str_eq(seen, "123");
}

static int source_index;
static bool source_served;

static void prepare(struct loop_source *s, int *timeout_ms)
{
    struct pair *p = (struct pair *)((char *)s + sizeof *s);
    source_index = loop_poll_add(p->fd.fd, POLLIN);
    *timeout_ms = 10000;
}

static void dispatch(struct loop_source *s, bool failed)
{
    (void)s;
    source_served = !failed && (loop_poll_result(source_index) & POLLIN);
}

Test(loop, sources_add_their_own)
{
    struct {
        struct loop_source source;
        struct pair pair;
    } s = {.source = {.prepare = prepare, .dispatch = dispatch}, .pair = make_pair()};
    cr_assert_eq(sizeof s, sizeof s.source + sizeof s.pair);
    loop_add_source(&s.source);
    cr_assert_eq(write(s.pair.peer, "1", 1), 1);
    loop_once(&machine);
    cr_assert(source_served);
    cr_assert_eq(loop_poll_result(-1), 0);
    cr_assert_eq(loop_poll_result(1000), 0);
}
