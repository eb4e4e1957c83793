/*
 * The thread of a hart: see hart.h.
 *
 * Who wants something of a hart sets it, then `signalled` and cpu.attention, and wakes the thread
 * if it sleeps. The thread clears attention before it looks, so nothing is missed. An interrupt
 * input is a bit of `lines` and needs no lock.
 */
#include "softmmu-system/hart.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "softmmu-system/machine.h"
#include "util/log.h"

enum { SIGNAL_STACK = 64 * 1024 };

/* The hart whose thread this is. */
static _Thread_local struct hart *self;

/* ---- creation ----------------------------------------------------------------------------- */

/* The only fault of ours that can be mended is the return stack's overflow. */
static void on_segv(int number, siginfo_t *info, void *context)
{
    bool handled;
    (void)info;
    if (self && translator_fault(self->vcpu, context, &handled) && handled)
        return;
    signal(number, SIG_DFL);
}

static void catch_overflows(void)
{
    struct sigaction sa = {.sa_sigaction = on_segv, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &sa, NULL);
}

struct hart *hart_create(struct machine *m, const struct arch *arch, struct translator *t,
                         unsigned id)
{
    struct hart *h = calloc(1, arch->hart_size);
    pthread_condattr_t monotonic;
    if (!h || !(h->vcpu = translator_vcpu_create(t)))
        die("no memory for hart %u", id);
    h->vcpu->owner = h;
    h->arch = arch;
    h->machine = m;
    h->id = id;
    h->stop_wanted = true;
    h->last_work = &h->work;
    pthread_mutex_init(&h->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&h->wake, &monotonic);
    h->mmu = softmmu_create(h, arch->spaces, arch->nspaces);
    softmmu_select(h, 0, 0);
    arch->create(h);
    if (!id)
        catch_overflows();
    return h;
}

bool hart_call(struct vcpu *v)
{
    struct hart *h = hart_of(v);
    return h->arch->quick && h->arch->quick(h, v->cpu.exit_reason);
}

/* ---- being asked -------------------------------------------------------------------------- */

static void notify(struct hart *h)
{
    translator_kick(h->vcpu);
    if (!atomic_load(&h->sleeps))
        return;
    pthread_mutex_lock(&h->mutex);
    pthread_cond_broadcast(&h->wake);
    pthread_mutex_unlock(&h->mutex);
}

void hart_kick(struct hart *h)
{
    if (h != self)
        notify(h);
    else
        translator_kick(h->vcpu);
}

void hart_set_line(struct hart *h, unsigned number, bool level)
{
    uint64_t bit = UINT64_C(1) << number;
    uint64_t before = level ? atomic_fetch_or(&h->lines, bit) : atomic_fetch_and(&h->lines, ~bit);
    if (level && !(before & bit))
        hart_kick(h);
}

static void add_work(struct hart *h, struct hart_work *w)
{
    w->next = NULL;
    pthread_mutex_lock(&h->mutex);
    *h->last_work = w;
    h->last_work = &w->next;
    atomic_store(&h->signalled, true);
    translator_kick(h->vcpu);
    pthread_cond_broadcast(&h->wake);
    pthread_mutex_unlock(&h->mutex);
}

/* With the mutex held, which is given up meanwhile. */
static void do_work(struct hart *h)
{
    while (h->work) {
        struct hart_work w = *h->work, *from = h->work;
        h->work = w.next;
        if (!h->work)
            h->last_work = &h->work;
        pthread_mutex_unlock(&h->mutex);
        w.run(h, w.argument);
        if (w.left)
            atomic_fetch_sub(w.left, 1); /* the asker may be gone after this */
        else
            free(from);
        pthread_mutex_lock(&h->mutex);
    }
}

void hart_tell(struct hart *h, void (*run)(struct hart *h, void *argument), void *argument)
{
    struct hart_work *w = malloc(sizeof *w);
    if (!w)
        die("out of memory");
    *w = (struct hart_work){.run = run, .argument = argument};
    add_work(h, w);
}

static void serve_own(void)
{
    if (!self || !atomic_load(&self->signalled))
        return;
    pthread_mutex_lock(&self->mutex);
    do_work(self);
    pthread_mutex_unlock(&self->mutex);
}

void hart_ask(struct machine *m, uint64_t mask, void (*run)(struct hart *h, void *argument),
              void *argument)
{
    struct hart_work work[MACHINE_HARTS];
    _Atomic unsigned left = 0;
    for (unsigned i = 0; i < m->nharts; i++) {
        if (!(mask >> i & 1) || m->harts[i] == self)
            continue;
        work[i] = (struct hart_work){.run = run, .argument = argument, .left = &left};
        atomic_fetch_add(&left, 1);
        add_work(m->harts[i], &work[i]);
    }
    if (self && mask >> self->id & 1)
        run(self, argument);
    for (unsigned spins = 0; atomic_load(&left); spins++) {
        serve_own();
        if (spins > 50)
            sched_yield();
    }
}

/* ---- the thread --------------------------------------------------------------------------- */

/* Sleeps for what `signalled` stands for; with the mutex held. */
static void sleep_until_signalled(struct hart *h)
{
    atomic_store(&h->sleeps, true);
    pthread_cond_wait(&h->wake, &h->mutex);
    atomic_store(&h->sleeps, false);
}

/* Does what others want; returns when the hart may run guest code, or false if it is to end. */
static bool attend(struct hart *h)
{
    pthread_mutex_lock(&h->mutex);
    for (;;) {
        atomic_store(&h->signalled, false);
        do_work(h);
        if (h->quit)
            break;
        if (!h->stop_wanted && !h->off)
            break;
        if (h->stop_wanted && !h->stopped) {
            h->stopped = true;
            pthread_cond_broadcast(&h->wake); /* hart_stop_all waits */
        }
        sleep_until_signalled(h);
        if (!h->stop_wanted)
            h->stopped = false;
    }
    h->stopped = false;
    bool goes_on = !h->quit;
    pthread_mutex_unlock(&h->mutex);
    return goes_on;
}

static struct timespec after(int64_t ns)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    ns += t.tv_nsec;
    t.tv_sec += ns / 1000000000;
    t.tv_nsec = ns % 1000000000;
    return t;
}

void hart_wait(struct hart *h, int64_t deadline)
{
    pthread_mutex_lock(&h->mutex);
    atomic_store(&h->sleeps, true);
    while (!h->work && !h->stop_wanted && !h->quit && !h->arch->wakes(h)) {
        if (deadline == INT64_MAX) {
            pthread_cond_wait(&h->wake, &h->mutex);
            continue;
        }
        int64_t left = deadline - machine_clock(h->machine);
        if (left <= 0)
            break;
        struct timespec end = after(left);
        pthread_cond_timedwait(&h->wake, &h->mutex, &end);
    }
    atomic_store(&h->sleeps, false);
    pthread_mutex_unlock(&h->mutex);
}

static void *thread(void *argument)
{
    struct hart *h = self = argument;
    stack_t stack = {.ss_sp = malloc(SIGNAL_STACK), .ss_size = SIGNAL_STACK};
    if (stack.ss_sp)
        sigaltstack(&stack, NULL);
    uint32_t *attention = &hart_cpu(h)->attention;
    for (;;) {
        if (__atomic_load_n(attention, __ATOMIC_RELAXED))
            __atomic_exchange_n(attention, 0, __ATOMIC_SEQ_CST);
        if ((atomic_load(&h->signalled) || h->off) && !attend(h))
            return NULL;
        h->arch->interrupt(h);
        enum ir_exit reason = translator_run(h->vcpu);
        if (reason != IR_EXIT_NONE)
            h->arch->serve(h, reason);
    }
}

void hart_run(struct hart *h)
{
    sigset_t all, before;
    h->signalled = true;
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&h->thread, NULL, thread, h);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error)
        die("no thread for hart %u: %s", h->id, strerror(error));
}

/* ---- all of them -------------------------------------------------------------------------- */

static void set(struct hart *h, bool *wanted, bool value)
{
    pthread_mutex_lock(&h->mutex);
    *wanted = value;
    atomic_store(&h->signalled, true);
    translator_kick(h->vcpu);
    pthread_cond_broadcast(&h->wake);
    pthread_mutex_unlock(&h->mutex);
}

void hart_stop_all(struct machine *m)
{
    for (unsigned i = 0; i < m->nharts; i++)
        set(m->harts[i], &m->harts[i]->stop_wanted, true);
    for (unsigned i = 0; i < m->nharts; i++) {
        struct hart *h = m->harts[i];
        pthread_mutex_lock(&h->mutex);
        while (!h->stopped)
            pthread_cond_wait(&h->wake, &h->mutex);
        pthread_mutex_unlock(&h->mutex);
    }
}

void hart_resume_all(struct machine *m)
{
    for (unsigned i = 0; i < m->nharts; i++)
        set(m->harts[i], &m->harts[i]->stop_wanted, false);
}

void hart_quit_all(struct machine *m)
{
    for (unsigned i = 0; i < m->nharts; i++)
        set(m->harts[i], &m->harts[i]->quit, true);
    for (unsigned i = 0; i < m->nharts; i++)
        pthread_join(m->harts[i]->thread, NULL);
}
