/*
 * Threads of the translator, and the flush that empties the cache when it is full.
 *
 * A thread is in code inside translator_run (in_code). A flush sets `flushing`, asks every thread
 * to leave, and waits until none is in code; a thread that wants to enter while `flushing` is set
 * waits. Each side first stores its own flag, then reads the other's, both sequentially consistent,
 * so one of them sees the other. A thread that sits in a system call is not in code and delays
 * nobody.
 */
#include "translator/internal.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "util/log.h"

/*
 * What the lock holds while this thread has it. A child of vfork has its parent's thread-local
 * storage, so the parent can see that the child has died with the lock: see translator_vcpu_bury.
 */
static uintptr_t this_thread(void)
{
    static _Thread_local char here;
    return (uintptr_t)&here;
}

void registry_lock(struct translator *t)
{
    uintptr_t free = 0, self = this_thread();
    while (!atomic_compare_exchange_weak(&t->registry, &free, self)) {
        free = 0;
        sched_yield();
    }
}

void registry_unlock(struct translator *t)
{
    atomic_store(&t->registry, 0);
}

/* Waits, outside code, for a flush by another thread to end. */
void flush_wait(struct translator *t)
{
    while (atomic_load(&t->flushing))
        sched_yield();
}

/*
 * A machine's harts change code, and wait for those who do, from within code: while they are waited for, the
 * registry is theirs. Their list does not change, and `flushing` keeps others from a flush of their own.
 */
static void wait_for_others(struct translator *t)
{
    for (struct translator_thread *th = t->threads; th; th = th->next) {
        translator_kick(th->vcpu);
        for (unsigned spins = 0; atomic_load(&th->in_code); spins++) {
            if (t->options.machine)
                registry_unlock(t);
            if (spins < 100)
                sched_yield();
            else
                nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
            if (t->options.machine)
                registry_lock(t);
            /* The thread may have taken the request for something else and gone in again. */
            translator_kick(th->vcpu);
        }
    }
}

/* With the registry locked. */
static void flush_now(struct translator *t)
{
    atomic_store(&t->flushing, 1);
    wait_for_others(t);
    memory_clear(t);
    for (struct translator_thread *th = t->threads; th; th = th->next) {
        th->chunk = 0;
        th->vcpu->cpu.exit_link = CPU_NO_LINK;
        views_forget(th);
    }
    for (struct translator_thread *th = t->idle; th; th = th->next)
        th->chunk = 0;
    atomic_fetch_add(&t->flushes, 1);
    atomic_store(&t->flushing, 0);
}

void flush_all(struct translator *t)
{
    uint64_t seen = atomic_load(&t->flushes);
    registry_lock(t);
    if (atomic_load(&t->flushes) == seen && !atomic_load(&t->flushing))
        flush_now(t);
    registry_unlock(t);
    flush_wait(t);
}

static void *map_private(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static void thread_free(struct translator_thread *th)
{
    views_free(th);
    if (th->ir)
        munmap(th->ir, sizeof *th->ir);
    if (th->work)
        backend_work_destroy(th->work);
    interpreter_destroy(th);
    munmap(th->vcpu, sizeof *th->vcpu);
    munmap(th, sizeof *th);
}

static struct translator_thread *thread_new(struct translator *t)
{
    struct vcpu *v = map_private(sizeof *v);
    struct translator_thread *th = map_private(sizeof *th);
    if (!v || !th) {
        if (v)
            munmap(v, sizeof *v);
        return NULL;
    }
    v->translator = t;
    v->thread = th;
    th->vcpu = v;
    th->ir = map_private(sizeof *th->ir);
    th->work = t->options.interpret ? NULL : backend_work_create(t->backend);
    if (!th->ir || (!t->options.interpret && !th->work) || !view_create_first(v)) {
        thread_free(th);
        return NULL;
    }
    if (t->options.machine)
        v->cpu.miss = t->options.machine->miss;
    if (!t->options.interpret) {
        backend_init_cpu(t->backend, &v->cpu);
        v->cpu.call = serve_call;
        v->cpu.jump_cache[0].code = t->rx + t->stubs.null;
    }
    return th;
}

/*
 * A thread that came and went leaves its memory, and the code chunk it had begun, to the next one:
 * programs that start a thread a task would otherwise spend their time in mmap and use up the
 * cache.
 */
enum { MAX_IDLE = 16 };

static struct translator_thread *take_idle(struct translator *t)
{
    registry_lock(t);
    struct translator_thread *th = t->idle;
    if (th) {
        t->idle = th->next;
        t->nidle--;
    }
    registry_unlock(t);
    if (!th)
        return NULL;
    struct cpu *cpu = &th->vcpu->cpu;
    memset(cpu->state, 0, sizeof cpu->state);
    cpu->attention = cpu->mode = 0;
    views_forget(th);
    th->stats = (struct translator_stats){0};
    return th;
}

struct vcpu *translator_vcpu_create(struct translator *t)
{
    struct translator_thread *th = take_idle(t);
    if (!th)
        th = thread_new(t);
    if (!th) {
        errno = ENOMEM;
        return NULL;
    }
    struct vcpu *v = th->vcpu;
    v->cpu.exclusive_address = CPU_NOT_EXCLUSIVE;
    v->cpu.exit_link = CPU_NO_LINK;
    v->cpu.mxcsr = 0x1f80;
    atomic_store(&th->in_code, 0);
    for (unsigned i = 0; i < t->frontend->ir.nhelpers; i++)
        v->cpu.helper[i] = (void *)t->frontend->ir.helpers[i].fn;
    t->frontend->reset(&t->options.config, &v->cpu);
    registry_lock(t);
    th->next = t->threads;
    t->threads = th;
    t->nthreads++;
    registry_unlock(t);
    return v;
}

static void retire(struct translator *t, const struct translator_stats *s)
{
    t->retired.blocks += s->blocks;
    t->retired.guest_insns += s->guest_insns;
    t->retired.host_bytes += s->host_bytes;
    t->retired.lookups += s->lookups;
    t->retired.translate_ns += s->translate_ns;
}

void translator_vcpu_destroy(struct vcpu *v)
{
    struct translator *t = v->translator;
    registry_lock(t);
    struct translator_thread **link = &t->threads;
    while (*link != v->thread)
        link = &(*link)->next;
    *link = v->thread->next;
    t->nthreads--;
    retire(t, &v->thread->stats);
    bool keep = t->nidle < MAX_IDLE;
    if (keep) {
        v->thread->next = t->idle;
        t->idle = v->thread;
        t->nidle++;
    }
    registry_unlock(t);
    if (!keep)
        thread_free(v->thread);
}

void translator_vcpu_bury(struct vcpu *v)
{
    struct translator *t = v->translator;
    atomic_store(&v->thread->in_code, 0); /* a flush may be waiting for it */
    if (atomic_load(&t->registry) == this_thread()) {
        /* It left the lock to us. Whatever it was at, an empty cache is whole. */
        if (!t->options.interpret)
            flush_now(t);
        registry_unlock(t);
    }
    translator_vcpu_destroy(v);
}

int translator_before_fork(struct translator *t)
{
    registry_lock(t);
    return t->options.interpret || t->nthreads > 1 ? -1 : memory_copy(t);
}

void translator_after_fork(struct translator *t, struct vcpu *self, int token, bool child)
{
    if (!child) {
        if (token >= 0)
            memory_close(token);
        registry_unlock(t);
        return;
    }
    registry_unlock(t);
    for (struct translator_thread *th = t->threads, *next; th; th = next) {
        next = th->next;
        if (th != self->thread)
            thread_free(th);
    }
    t->threads = self->thread;
    self->thread->next = NULL;
    t->nthreads = 1;
    if (t->options.interpret)
        return;
    if (token >= 0) {
        memory_adopt(t, token);
        return;
    }
    memory_renew(t);
    memory_clear(t);
    self->thread->chunk = 0;
    for (struct translator_thread *th = t->idle; th; th = th->next)
        th->chunk = 0;
    views_forget(self->thread);
}

void translator_stats(const struct translator *t, struct translator_stats *out)
{
    struct translator sum = {.retired = t->retired};
    for (struct translator_thread *th = t->threads; th; th = th->next)
        retire(&sum, &th->stats);
    *out = sum.retired;
    out->flushes = atomic_load(&t->flushes);
    out->invalidated = atomic_load(&t->invalidations);
}
