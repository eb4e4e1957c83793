/*
 * Disks: the list of them, and the worker threads that do what devices ask for. See block.h.
 *
 * There is one queue and one small set of workers for all disks. A worker takes a request, does it
 * (host system calls that block) and leaves it in `finished`, which the event loop empties. Workers
 * are made when a request finds none idle, and stay.
 */
#include "softmmu-system/block.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "softmmu-system/block_driver.h"
#include "softmmu-system/loop.h"
#include "util/log.h"

#define BLOCK_DRIVER(name) extern const struct block_driver block_##name;
#include "softmmu-system/block.def"
#undef BLOCK_DRIVER

static const struct block_driver *const drivers[] = {
#define BLOCK_DRIVER(name) &block_##name,
#include "softmmu-system/block.def"
#undef BLOCK_DRIVER
};

struct block {
    const char *id, *file;
    const char *device; /* which has it; NULL: none */
    struct block_image *image;
    bool no_flush, writethrough;
    unsigned active;   /* requests queued or running; pool.mutex */
    atomic_bool dirty; /* written since the last flush */
    struct block *next;
};

static struct block *blocks; /* in order of opening */

enum { WORKERS = 16 };

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t work, ended;
    struct block_request *first, *last; /* waiting, oldest first */
    unsigned workers, idle, waiting;
    _Atomic(struct block_request *) finished; /* newest first */
    struct loop_call call;
} pool = {.mutex = PTHREAD_MUTEX_INITIALIZER,
          .work = PTHREAD_COND_INITIALIZER,
          .ended = PTHREAD_COND_INITIALIZER};

/* ---- the list ---- */

static const struct block_driver *find_driver(const char *format)
{
    if (!format)
        format = "raw";
    for (unsigned i = 0; i < sizeof(drivers) / sizeof(*drivers); i++)
        if (!strcmp(drivers[i]->name, format))
            return drivers[i];
    return NULL;
}

static void unknown_format(const struct block_options *o, char *error, size_t error_size)
{
    size_t n = snprintf(error, error_size, "'%s': unknown format '%s' (known:", o->file, o->format);

    for (unsigned i = 0; i < sizeof(drivers) / sizeof(*drivers) && n < error_size; i++)
        n += snprintf(error + n, error_size - n, " %s", drivers[i]->name);
    if (n < error_size)
        snprintf(error + n, error_size - n, ")");
}

struct block *block_open(const char *id, const struct block_options *options, char *error,
                         size_t error_size)
{
    const struct block_driver *driver = find_driver(options->format);

    if (!driver) {
        unknown_format(options, error, error_size);
        return NULL;
    }
    if (id && block_find(id)) {
        snprintf(error, error_size, "'%s': there is a drive '%s' already", options->file, id);
        return NULL;
    }
    struct block_image *image = driver->open(options, error, error_size);
    if (!image)
        return NULL;
    if (options->snapshot) {
        struct block_image *over = block_snapshot(image, error, error_size);
        if (!over) {
            driver->close(image);
            return NULL;
        }
        over->readonly = options->readonly;
        image = over;
    }
    struct block *b = calloc(1, sizeof(*b)), **end = &blocks;
    if (!b)
        die("out of memory");
    b->id = id ? strdup(id) : NULL;
    b->file = strdup(options->file);
    b->image = image;
    b->no_flush = options->no_flush;
    b->writethrough = options->writethrough;
    while (*end)
        end = &(*end)->next;
    *end = b;
    return b;
}

void block_close(struct block *b)
{
    struct block **p = &blocks;

    block_drain(b);
    while (*p != b)
        p = &(*p)->next;
    *p = b->next;
    b->image->driver->close(b->image);
    free((char *)b->id);
    free((char *)b->file);
    free((char *)b->device);
    free(b);
}

struct block *block_find(const char *id)
{
    for (struct block *b = blocks; b; b = b->next)
        if (b->id && !strcmp(b->id, id))
            return b;
    return NULL;
}

bool block_attach(struct block *b, const char *device)
{
    if (b->device)
        return false;
    b->device = strdup(device);
    return true;
}

uint64_t block_size(const struct block *b)
{
    return b->image->size;
}

bool block_readonly(const struct block *b)
{
    return b->image->readonly;
}

const char *block_id(const struct block *b)
{
    return b->id;
}

const char *block_user(const struct block *b)
{
    return b->device;
}

void block_print(FILE *out)
{
    for (struct block *b = blocks; b; b = b->next) {
        fprintf(out, "%s: %s (%s%s)\n", b->id ? b->id : "(no id)", b->file, b->image->driver->name,
                b->image->readonly ? ", read-only" : "");
        fprintf(out, "    Attached to:      %s\n", b->device ? b->device : "nothing");
        fprintf(out, "    Cache mode:       %s%s\n", b->writethrough ? "writethrough" : "writeback",
                b->no_flush ? ", ignore flushes" : "");
        fprintf(out, "    Size:             %" PRIu64 " bytes\n", b->image->size);
    }
}

/* ---- doing ---- */

static int flush(struct block *b)
{
    if (b->no_flush)
        return 0;
    /* Cleared first: what is written meanwhile makes it dirty again. */
    atomic_store(&b->dirty, false);
    int error = b->image->driver->flush(b->image);
    if (error)
        atomic_store(&b->dirty, true);
    return error;
}

static int change(struct block *b, struct block_request *r)
{
    struct block_image *i = b->image;
    const struct block_driver *d = i->driver;
    int error = 0;

    atomic_store_explicit(&b->dirty, true, memory_order_relaxed);
    if (r->operation == BLOCK_WRITE)
        error = d->write(i, r->iov, r->niov, r->offset, r->size);
    else if (r->operation == BLOCK_WRITE_ZEROES)
        error = d->write_zeroes(i, r->offset, r->size, r->unmap);
    else
        error = d->discard(i, r->offset, r->size);
    if (!error && (r->through || b->writethrough))
        error = flush(b);
    return error;
}

static int perform(struct block_request *r)
{
    struct block_image *i = r->block->image;

    switch (r->operation) {
    case BLOCK_READ:
        return i->driver->read(i, r->iov, r->niov, r->offset, r->size);
    case BLOCK_FLUSH:
        return flush(r->block);
    default:
        return change(r->block, r);
    }
}

static void call_done(struct loop_call *c)
{
    struct block_request *r = atomic_exchange(&pool.finished, NULL), *in_order = NULL, *next;

    (void)c;
    for (; r; r = next) {
        next = r->next;
        r->next = in_order;
        in_order = r;
    }
    for (r = in_order; r; r = next) {
        next = r->next;
        r->done(r);
    }
}

/* From any thread: `done` is called in the event loop. */
static void finish(struct block_request *r, int error)
{
    r->error = error;
    r->next = atomic_load(&pool.finished);
    while (!atomic_compare_exchange_weak(&pool.finished, &r->next, r))
        ;
    loop_defer(&pool.call);
}

static void *worker(void *argument)
{
    pthread_mutex_lock(&pool.mutex);
    for (;;) {
        while (!pool.first) {
            pool.idle++;
            pthread_cond_wait(&pool.work, &pool.mutex);
            pool.idle--;
        }
        struct block_request *r = pool.first;
        pool.first = r->next;
        pool.waiting--;
        pthread_mutex_unlock(&pool.mutex);

        struct block *b = r->block;
        finish(r, perform(r));

        pthread_mutex_lock(&pool.mutex);
        if (!--b->active)
            pthread_cond_broadcast(&pool.ended);
    }
    return argument;
}

/* One more worker; without any, the program cannot go on. Called with pool.mutex. */
static void add_worker(void)
{
    sigset_t all, old;
    pthread_t thread;

    /* Signals are for other threads; SIGXFSZ, which a file at its limit sends, for nobody. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int error = pthread_create(&thread, NULL, worker, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!error) {
        pthread_detach(thread);
        pool.workers++;
    } else if (!pool.workers) {
        die("no thread for disks: %s", strerror(error));
    }
}

static bool in_range(const struct block *b, const struct block_request *r)
{
    uint64_t size = b->image->size;

    if (r->operation == BLOCK_FLUSH)
        return true;
    return !((r->offset | r->size) % BLOCK_SECTOR) && r->offset <= size &&
           r->size <= size - r->offset;
}

/* What needs no worker: an errno, or 0; -1: it does. */
static int at_once(const struct block *b, const struct block_request *r)
{
    if (!in_range(b, r))
        return EINVAL;
    if (r->operation != BLOCK_READ && r->operation != BLOCK_FLUSH && b->image->readonly)
        return EROFS;
    return r->operation != BLOCK_FLUSH && !r->size ? 0 : -1;
}

void block_submit(struct block *b, struct block_request *r)
{
    int error = at_once(b, r);

    pool.call.run = call_done;
    r->block = b;
    if (error >= 0) {
        finish(r, error);
        return;
    }
    r->next = NULL;
    pthread_mutex_lock(&pool.mutex);
    if (pool.first)
        pool.last->next = r;
    else
        pool.first = r;
    pool.last = r;
    b->active++;
    /* Idle workers that have been woken but have not taken theirs yet are still counted as idle. */
    if (++pool.waiting > pool.idle && pool.workers < WORKERS)
        add_worker();
    pthread_cond_signal(&pool.work);
    pthread_mutex_unlock(&pool.mutex);
}

bool block_read_now(struct block *b, const struct block_request *r)
{
    const struct block_driver *d = b->image->driver;

    if (!d->read_now || !in_range(b, r))
        return false;
    return !r->size || !d->read_now(b->image, r->iov, r->niov, r->offset, r->size);
}

void block_drain(struct block *b)
{
    pthread_mutex_lock(&pool.mutex);
    while (b->active)
        pthread_cond_wait(&pool.ended, &pool.mutex);
    pthread_mutex_unlock(&pool.mutex);
}

void block_drain_all(void)
{
    for (struct block *b = blocks; b; b = b->next) {
        block_drain(b);
        if (atomic_load(&b->dirty) && flush(b))
            warn("the disk image '%s' may have lost writes", b->file);
    }
}
