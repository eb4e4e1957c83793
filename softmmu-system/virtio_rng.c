/*
 * virtio-rng: randomness from the host's kernel (VIRTIO 1.2, 5.4), at most max-bytes in period
 * milliseconds.
 */
#include "softmmu-system/virtio.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

#include "softmmu-system/loop.h"
#include "softmmu-system/machine.h"

/* The most for one request: a device may give less than is asked for, and the lock is held
 * meanwhile. */
enum { AT_A_TIME = 64 << 10 };

struct virtio_rng {
    struct virtio_device virtio;
    struct virtqueue *queue;
    struct loop_timer timer; /* when there is a new allowance and a request waits for it */
    /* Properties. */
    uint64_t max_bytes, period;
    const char *source; /* rng=: QEMU has several sources of entropy */
    /* State: what may be given until `until` on the machine's clock, ns. */
    uint64_t allowance;
    int64_t until;
};

/* Random bytes for the whole request or for what is allowed; returns how many. */
static uint64_t fill(struct virtio_request *r, uint64_t limit)
{
    uint64_t done = 0;

    for (unsigned i = 0; i < r->nin && done < limit; i++) {
        size_t n = r->in[i].iov_len < limit - done ? r->in[i].iov_len : limit - done;
        for (size_t at = 0; at < n;) {
            ssize_t got = getrandom((uint8_t *)r->in[i].iov_base + at, n - at, 0);
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return done + at;
            at += got;
        }
        done += n;
    }
    return done;
}

/* How many bytes may be given now; when there are none, the timer is set. */
static uint64_t allowed(struct virtio_rng *d)
{
    int64_t now = machine_clock(d->virtio.device.machine);

    if (now >= d->until) {
        d->allowance = d->max_bytes;
        d->until = now + (int64_t)d->period * 1000000;
    }
    if (!d->allowance)
        loop_set_timer(&d->timer, d->until);
    return d->allowance;
}

static void notified(struct virtqueue *q)
{
    struct virtio_rng *d = (struct virtio_rng *)q->device;
    unsigned left = q->max_size;
    uint64_t limit = 0;

    while (left && !virtqueue_empty(q) && (limit = allowed(d))) {
        struct virtio_request *r = virtqueue_pop(q);
        if (!r)
            break;
        uint64_t given = fill(r, limit < AT_A_TIME ? limit : AT_A_TIME);
        d->allowance -= given;
        virtqueue_push(r, given);
        left--;
    }
    virtqueue_notify(q);
    if (!left)
        virtqueue_again(q);
}

static void new_period(struct loop_timer *t)
{
    struct virtio_rng *d = (struct virtio_rng *)((char *)t - offsetof(struct virtio_rng, timer));

    notified(d->queue);
}

static void reset(struct virtio_device *v)
{
    loop_set_timer(&((struct virtio_rng *)v)->timer, INT64_MAX);
}

static void create(struct device *device)
{
    struct virtio_rng *d = (struct virtio_rng *)device;

    d->max_bytes = INT64_MAX;
    d->period = 1 << 16;
}

static bool start(struct device *device, char *error, size_t error_size)
{
    struct virtio_rng *d = (struct virtio_rng *)device;

    if (!d->max_bytes || !d->period || d->period > UINT32_MAX) {
        snprintf(error, error_size, "virtio-rng-device: max-bytes= and period= begin at 1");
        return false;
    }
    if (!virtio_start(&d->virtio, error, error_size))
        return false;
    d->timer.fire = new_period;
    d->timer.deadline = INT64_MAX;
    d->queue = virtio_add_queue(&d->virtio, 8, notified);
    return true;
}

static const struct property_row properties[] = {
    {"max-bytes", PROPERTY_NUMBER, offsetof(struct virtio_rng, max_bytes), "bytes in a period"},
    {"rng", PROPERTY_STRING, offsetof(struct virtio_rng, source), "an -object; all are the host's"},
    {"period", PROPERTY_NUMBER, offsetof(struct virtio_rng, period), "milliseconds"},
    VIRTIO_PROPERTIES(struct virtio_rng),
};

static const struct state_row state[] = {
    VIRTIO_STATE(struct virtio_rng),
    STATE(struct virtio_rng, allowance),
    STATE(struct virtio_rng, until),
};

static const struct virtio_class rng = {
    .id = 4,
    .reset = reset,
};

const struct device_class virtio_rng_class = {
    .name = "virtio-rng-device",
    .text = "virtio source of randomness",
    .size = sizeof(struct virtio_rng),
    .bus = BUS_VIRTIO,
    DEVICE_TABLE(state, state),
    DEVICE_TABLE(properties, properties),
    .create = create,
    .start = start,
    .reset = virtio_reset,
    .finish = virtio_finish,
    .more = &rng,
};
