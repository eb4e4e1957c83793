/*
 * The state of the whole machine: its clock, what is asked of it, its run from power-on to end. See
 * machine.h.
 *
 * A request is a bit that anybody sets, signal handlers included; the event loop's thread looks at
 * the bits between two rounds, when it holds no lock, so that it may wait for harts that want the
 * lock.
 */
#include "softmmu-system/machine.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "softmmu-system/block.h"
#include "softmmu-system/chardev.h"
#include "softmmu-system/hart.h"
#include "softmmu-system/loop.h"
#include "softmmu-system/ns16550.h"
#include "util/log.h"

#define MACHINE(class) extern const struct machine_class class;
#include "softmmu-system/machine.def"
#undef MACHINE

static const struct machine_class *const classes[] = {
#define MACHINE(class) &class,
#include "softmmu-system/machine.def"
#undef MACHINE
};
enum { CLASSES = sizeof classes / sizeof *classes };

const struct machine_class *machine_class_find(const char *name)
{
    for (unsigned i = 0; i < CLASSES; i++)
        if (!name || !strcmp(classes[i]->name, name))
            return classes[i];
    return NULL;
}

void machine_print_classes(FILE *out)
{
    for (unsigned i = 0; i < CLASSES; i++)
        fprintf(out, "%-20s %s%s\n", classes[i]->name, classes[i]->text, i ? "" : " (default)");
}

struct device *machine_find_device(struct machine *m, const char *name, const char *id)
{
    for (struct device *d = m->devices; d; d = d->next)
        if ((!name || !strcmp(d->class->name, name)) && (!id || (d->id && !strcmp(d->id, id))))
            return d;
    return NULL;
}

/* ---- the clock ---- */

static int64_t host_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/*
 * clock_stopped is set last when the clock stops and cleared last when it goes on, so that a reader
 * between sees time stand still and never jump.
 */
int64_t machine_clock(const struct machine *m)
{
    int64_t stopped = __atomic_load_n(&m->clock_stopped, __ATOMIC_ACQUIRE);
    return stopped ? stopped : host_now() + __atomic_load_n(&m->clock_offset, __ATOMIC_RELAXED);
}

static void clock_stop(struct machine *m)
{
    int64_t now = machine_clock(m);
    __atomic_store_n(&m->clock_stopped, now ? now : 1, __ATOMIC_RELEASE);
}

static void clock_go_on(struct machine *m)
{
    __atomic_store_n(&m->clock_offset, m->clock_stopped - host_now(), __ATOMIC_RELAXED);
    __atomic_store_n(&m->clock_stopped, 0, __ATOMIC_RELEASE);
}

void machine_init(struct machine *m)
{
    pthread_mutex_init(&m->mutex, NULL);
    m->memory.machine = m;
    m->state = RUN_STOPPED;
    m->clock_stopped = 1;
}

/* ---- requests ---- */

static void look_again(struct loop_call *c)
{
    (void)c; /* it has ended the loop's round: that is all */
}

static struct loop_call wake_up = {.run = look_again};

void machine_request(struct machine *m, enum run_state state)
{
    atomic_fetch_or(&m->requests, 1u << state);
    loop_defer(&wake_up);
}

void machine_exit(struct machine *m, int status)
{
    atomic_store(&m->exit_status, status);
    machine_request(m, RUN_SHUTDOWN);
}

void machine_console_write(struct machine *m, const uint8_t *bytes, size_t n)
{
    machine_lock(m);
    if (m->serial[0])
        chardev_write(m->serial[0], bytes, n);
    machine_unlock(m);
}

size_t machine_console_read(struct machine *m, uint8_t *bytes, size_t n)
{
    machine_lock(m);
    n = m->console ? ns16550_take(m->console, bytes, n) : 0;
    machine_unlock(m);
    return n;
}

/* The machine that signals end; its handler can be given nothing else. */
static struct machine *running;
static volatile sig_atomic_t ended_by;

static void end_by_signal(int number)
{
    int saved = errno;
    ended_by = number;
    machine_request(running, RUN_QUIT);
    errno = saved;
}

static void catch_signals(struct machine *m)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    running = m;
    struct sigaction end = {.sa_handler = end_by_signal, .sa_flags = SA_RESTART};
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction before;
        /* What the caller ignores (nohup, a background job of a script) stays ignored. */
        if (!sigaction(numbers[i], NULL, &before) && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &end, NULL);
    }
    signal(SIGPIPE, SIG_IGN);
}

/* ---- running ---- */

static void stop(struct machine *m)
{
    if (m->state == RUN_STOPPED)
        return;
    hart_stop_all(m);
    machine_lock(m);
    clock_stop(m);
    m->state = RUN_STOPPED;
    machine_unlock(m);
}

static void go_on(struct machine *m)
{
    if (m->state == RUN_RUNNING)
        return;
    machine_lock(m);
    clock_go_on(m);
    m->state = RUN_RUNNING;
    machine_unlock(m);
    hart_resume_all(m);
}

/* Power-on state of everything; the harts are stopped. */
static void power_on(struct machine *m)
{
    char error[512] = "";
    machine_lock(m);
    for (struct device *d = m->devices; d; d = d->next)
        device_reset(d);
    for (unsigned i = 0; i < m->nharts; i++)
        m->arch->reset(m->harts[i]);
    bool booted = m->class->boot(m, error, sizeof error);
    machine_unlock(m);
    if (!booted) {
        chardev_restore_terminal();
        die("%s", error);
    }
}

static void reset(struct machine *m)
{
    bool was_running = m->state == RUN_RUNNING;
    stop(m);
    power_on(m);
    if (was_running)
        go_on(m);
}

/* Does what has been asked for; false: the machine ends. */
static bool serve_requests(struct machine *m)
{
    unsigned asked = atomic_exchange(&m->requests, 0);
    if (asked & 1u << RUN_RESET && m->no_reboot)
        asked |= 1u << RUN_SHUTDOWN;
    if (asked & 1u << RUN_QUIT || (asked & 1u << RUN_SHUTDOWN && !m->no_shutdown))
        return false;
    if (asked & (1u << RUN_SHUTDOWN | 1u << RUN_STOPPED))
        stop(m);
    else if (asked & 1u << RUN_RESET)
        reset(m);
    if (asked & 1u << RUN_RUNNING)
        go_on(m);
    return true;
}

static void finish(struct machine *m)
{
    stop(m);
    hart_quit_all(m);
    block_drain_all();
    machine_lock(m);
    for (struct device *d = m->devices; d; d = d->next)
        if (d->class->finish)
            d->class->finish(d);
    machine_unlock(m);
    chardev_restore_terminal();
    if (ended_by)
        warn("ended by signal %d (%s)", (int)ended_by, strsignal(ended_by));
}

void machine_start(struct machine *m)
{
    power_on(m);
    catch_signals(m);
}

int machine_run(struct machine *m)
{
    for (unsigned i = 0; i < m->nharts; i++)
        hart_run(m->harts[i]);
    if (!m->start_stopped)
        go_on(m);
    do
        loop_once(m);
    while (serve_requests(m));
    finish(m);
    return m->exit_status;
}
