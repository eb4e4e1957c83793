/*
 * Split virtqueues (VIRTIO 1.2, 2.7). Everything in guest memory may be anything and may change at
 * any time: what is read is read once, checked, and only then used; loops are bounded by counts
 * that the guest does not choose.
 */
#include "softmmu-system/virtio.h"

#include <stdlib.h>
#include <string.h>

#include "softmmu-system/iov.h"
#include "softmmu-system/machine.h"
#include "util/log.h"

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

enum { DESCRIPTOR_NEXT = 1, DESCRIPTOR_WRITE = 2, DESCRIPTOR_INDIRECT = 4 };

/* The available ring (driver area) and the used ring (device area), in 16-bit units. */
enum { RING_FLAGS = 0, RING_INDEX = 1, RING_ENTRIES = 2 };
enum { AVAILABLE_NO_INTERRUPT = 1 };

struct used_element {
    uint32_t id, length;
};

static uint64_t driver_area(const struct virtqueue_state *s)
{
    return 2 * (RING_ENTRIES + (uint64_t)s->size + 1);
}

static uint64_t device_area(const struct virtqueue_state *s)
{
    return 2 * (RING_ENTRIES + 1) + sizeof(struct used_element) * (uint64_t)s->size;
}

static uint16_t load16(const uint8_t *area, unsigned unit)
{
    return __atomic_load_n((const uint16_t *)area + unit, __ATOMIC_ACQUIRE);
}

static void store16(uint8_t *area, unsigned unit, uint16_t value)
{
    __atomic_store_n((uint16_t *)area + unit, value, __ATOMIC_RELEASE);
}

/* The last unit of the used ring: at which entry of the available ring we want to be notified. */
static unsigned available_event(const struct virtqueue *q)
{
    return RING_ENTRIES + sizeof(struct used_element) / 2 * q->state->size;
}

static bool usable(const struct virtqueue *q)
{
    const struct virtio_device *v = q->device;

    return q->used && (v->status & (VIRTIO_STATUS_DRIVER_OK | VIRTIO_STATUS_NEEDS_RESET)) ==
                          VIRTIO_STATUS_DRIVER_OK;
}

void virtio_queue_ready(struct virtqueue *q, bool ready)
{
    struct virtqueue_state *s = q->state;
    const struct memory *m = &q->device->device.machine->memory;

    s->ready = ready;
    q->descriptors = q->driver = q->used = NULL;
    if (!ready)
        return;
    if (!s->size)
        s->size = q->max_size;
    if (s->size > q->max_size || (s->size & (s->size - 1))) {
        virtio_broken(q->device, "a queue's size is no power of two or too large");
        return;
    }
    if (s->descriptors % 16 || s->driver % 2 || s->device % 4) {
        virtio_broken(q->device, "a queue's areas are not aligned");
        return;
    }
    uint8_t *descriptors =
        memory_host(m, s->descriptors, sizeof(struct descriptor) * (uint64_t)s->size, false);
    uint8_t *driver = memory_host(m, s->driver, driver_area(s), false);
    uint8_t *used = memory_host(m, s->device, device_area(s), true);
    if (!descriptors || !driver || !used) {
        virtio_broken(q->device, "a queue's areas are not in RAM");
        return;
    }
    q->descriptors = descriptors;
    q->driver = driver;
    q->used = used;
}

bool virtqueue_empty(struct virtqueue *q)
{
    if (!usable(q))
        return true;

    struct virtqueue_state *s = q->state;
    uint16_t index = load16(q->driver, RING_INDEX);
    if (index == s->next_available) {
        if (!virtio_has(q->device, VIRTIO_RING_F_EVENT_IDX))
            return true;
        /*
         * Only now is a notification asked for: what the driver adds while we are at work is found
         * without one. It may have added something before it saw the wish, so look again.
         */
        unsigned event = available_event(q);
        if (load16(q->used, event) != s->next_available) {
            store16(q->used, event, s->next_available);
            memory_written(&q->device->device.machine->memory, q->used + 2 * event, 2);
        }
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        index = load16(q->driver, RING_INDEX);
        if (index == s->next_available)
            return true;
    }
    if ((uint16_t)(index - s->next_available) > s->size) {
        virtio_broken(q->device, "the available ring is longer than the queue");
        return true;
    }
    return false;
}

/* ---- requests ---- */

static struct virtio_request *take_request(struct virtqueue *q)
{
    struct virtio_request *r = q->spare;
    size_t size = virtio_class_of(q->device)->request_size;

    if (r) {
        q->spare = r->next;
        return r;
    }
    r = calloc(1, size ? size : sizeof(*r));
    if (!r)
        die("out of memory");
    r->queue = q;
    return r;
}

static void release_request(struct virtio_request *r)
{
    r->next = r->queue->spare;
    r->queue->spare = r;
}

/* One more buffer behind the others; false: there are too many. */
static bool add_buffer(struct virtio_request *r, uint8_t *host, uint32_t length, bool in)
{
    unsigned n = r->nout + r->nin;

    if (n == r->capacity) {
        if (n == VIRTIO_CHAIN)
            return false;
        r->capacity = n ? 2 * n : 4;
        r->buffers = realloc(r->buffers, r->capacity * sizeof(struct iovec));
        if (!r->buffers)
            die("out of memory");
    }
    r->buffers[n] = (struct iovec){host, length};
    if (in) {
        r->nin++;
        r->in_size += length;
    } else {
        r->nout++;
        r->out_size += length;
    }
    return true;
}

/* A table of descriptors: the queue's or an indirect one. */
struct table {
    const uint8_t *host;
    unsigned size;
    bool indirect;
};

static struct descriptor read_descriptor(const struct table *t, unsigned i)
{
    struct descriptor d;

    memcpy(&d, t->host + i * sizeof(d), sizeof(d));
    __asm__ volatile("" : "+m"(d)); /* the driver may be changing it: this copy is what we check */
    return d;
}

/* Goes on in the table that `d` names. Returns what is wrong, or NULL. */
static const char *enter_indirect(const struct virtqueue *q, struct table *t,
                                  const struct descriptor *d)
{
    const struct virtio_device *v = q->device;

    if (!virtio_has(v, VIRTIO_RING_F_INDIRECT_DESC))
        return "an indirect descriptor, which was not agreed on";
    if (t->indirect)
        return "an indirect descriptor in an indirect table";
    if (d->flags & DESCRIPTOR_NEXT)
        return "an indirect descriptor with a next one";
    if (!d->length || d->length % sizeof(*d) || d->length / sizeof(*d) > VIRTIO_CHAIN)
        return "an indirect table of impossible length";
    t->host = memory_host(&v->device.machine->memory, d->address, d->length, false);
    if (!t->host)
        return "an indirect table that is not in RAM";
    t->size = d->length / sizeof(*d);
    t->indirect = true;
    return NULL;
}

/* Collects the chain that begins at `head`. Returns what is wrong with it, or NULL. */
static const char *collect(struct virtqueue *q, struct virtio_request *r, unsigned head)
{
    const struct memory *m = &q->device->device.machine->memory;
    struct table t = {q->descriptors, q->state->size, false};
    unsigned i = head;

    for (unsigned steps = 0;; steps++) {
        if (i >= t.size)
            return "a descriptor's number is out of range";
        if (steps > t.size)
            return "a chain of descriptors is a loop";
        struct descriptor d = read_descriptor(&t, i);
        if (d.flags & DESCRIPTOR_INDIRECT) {
            const char *wrong = enter_indirect(q, &t, &d);
            if (wrong)
                return wrong;
            steps = 0;
            i = 0;
            continue;
        }
        bool in = d.flags & DESCRIPTOR_WRITE;
        if (!in && r->nin)
            return "a buffer to be read behind one to be written";
        if (d.length) {
            uint8_t *host = memory_host(m, d.address, d.length, in);
            if (!host)
                return "a buffer that is not in RAM";
            if (!add_buffer(r, host, d.length, in))
                return "a chain of too many buffers";
        }
        if (!(d.flags & DESCRIPTOR_NEXT))
            return NULL;
        i = d.next;
    }
}

struct virtio_request *virtqueue_pop(struct virtqueue *q)
{
    if (virtqueue_empty(q))
        return NULL;

    struct virtqueue_state *s = q->state;
    if (q->taken >= s->size) {
        virtio_broken(q->device, "more requests at a time than the queue has descriptors");
        return NULL;
    }
    struct virtio_request *r = take_request(q);
    r->nout = r->nin = 0;
    r->out_size = r->in_size = 0;
    r->head = load16(q->driver, RING_ENTRIES + s->next_available % s->size);
    r->generation = q->device->generation;
    const char *wrong = collect(q, r, r->head);
    if (wrong) {
        release_request(r);
        virtio_broken(q->device, wrong);
        return NULL;
    }
    r->out = r->buffers;
    r->in = r->nin ? r->buffers + r->nout : NULL;
    s->next_available++;
    q->taken++;
    return r;
}

void virtqueue_unpop(struct virtio_request *r)
{
    struct virtqueue *q = r->queue;

    if (!virtio_stale(r)) {
        q->state->next_available--;
        q->taken--;
    }
    release_request(r);
}

/* Tells memory of the first `written` bytes of `in`. */
static void tell_written(const struct virtio_request *r, uint64_t written)
{
    struct memory *m = &r->queue->device->device.machine->memory;

    for (unsigned i = 0; i < r->nin && written; i++) {
        size_t n = r->in[i].iov_len < written ? r->in[i].iov_len : written;
        memory_written(m, r->in[i].iov_base, n);
        written -= n;
    }
}

void virtqueue_push(struct virtio_request *r, uint64_t written)
{
    struct virtqueue *q = r->queue;
    struct virtqueue_state *s = q->state;

    /* Also of a stale one: it may have written before the reset. */
    tell_written(r, written);
    if (!virtio_stale(r)) {
        q->taken--;
        if (usable(q)) {
            struct used_element *ring = (struct used_element *)(q->used + 2 * RING_ENTRIES);
            ring[s->next_used++ % s->size] =
                (struct used_element){r->head, written < UINT32_MAX ? written : UINT32_MAX};
        }
    }
    release_request(r);
}

/* Whether the driver wants an interrupt now that the used ring's index went from `old` to `new`. */
static bool wants_interrupt(const struct virtqueue *q, uint16_t old, uint16_t new)
{
    if (!virtio_has(q->device, VIRTIO_RING_F_EVENT_IDX))
        return !(load16(q->driver, RING_FLAGS) & AVAILABLE_NO_INTERRUPT);
    uint16_t event = load16(q->driver, RING_ENTRIES + q->state->size);
    return (uint16_t)(new - event - 1) < (uint16_t)(new - old);
}

void virtqueue_notify(struct virtqueue *q)
{
    struct virtqueue_state *s = q->state;
    struct virtio_device *v = q->device;

    if (!usable(q) || s->next_used == s->published)
        return;
    uint16_t old = s->published;
    store16(q->used, RING_INDEX, s->next_used);
    s->published = s->next_used;
    memory_written(&v->device.machine->memory, q->used, device_area(s));
    /* The index must be seen before we look at what the driver wants: it does it the other way
     * round. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (wants_interrupt(q, old, s->published)) {
        v->interrupt_status |= VIRTIO_INTERRUPT_USED;
        v->transport->interrupt(v->transport);
    }
}

size_t virtio_get(const struct virtio_request *r, uint64_t offset, void *to, size_t n)
{
    return iov_get(r->out, r->nout, offset, to, n);
}

size_t virtio_put(const struct virtio_request *r, uint64_t offset, const void *from, size_t n)
{
    return iov_put(r->in, r->nin, offset, from, n);
}
