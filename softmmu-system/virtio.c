/*
 * Virtio devices: status, features, configuration space, interrupts (VIRTIO 1.2, 2.1 to 2.5, 3.1).
 * The rings are in virtqueue.c, the registers in the transport's file.
 */
#include "softmmu-system/virtio.h"

#include <stdlib.h>
#include <string.h>

#include "softmmu-system/machine.h"
#include "util/log.h"

/* ---- making ---- */

static bool is_transport(const struct device *d)
{
    return !strcmp(d->class->name, "virtio-mmio");
}

/* The transport a device named with bus=, or the free one of the highest address. */
static struct virtio_transport *find_transport(const struct virtio_device *v, char *error,
                                               size_t error_size)
{
    struct virtio_transport *found = NULL;
    unsigned n = 0;

    for (struct device *d = v->device.machine->devices; d; d = d->next) {
        if (!is_transport(d))
            continue;
        struct virtio_transport *t = (struct virtio_transport *)d;
        char name[32];
        snprintf(name, sizeof(name), "virtio-mmio-bus.%u", n++);
        if (!v->bus) {
            if (!t->plugged && (!found || found->device.base < d->base))
                found = t;
        } else if (!strcmp(v->bus, name)) {
            if (!t->plugged)
                return t;
            snprintf(error, error_size, "%s: %s has a device already", v->device.class->name,
                     v->bus);
            return NULL;
        }
    }
    if (!found && v->bus)
        snprintf(error, error_size, "%s: no bus %s; known are virtio-mmio-bus.0 to %u",
                 v->device.class->name, v->bus, n ? n - 1 : 0);
    else if (!found)
        snprintf(error, error_size, "%s: all %u virtio transports have a device",
                 v->device.class->name, n);
    return found;
}

bool virtio_start(struct virtio_device *v, char *error, size_t error_size)
{
    struct virtio_transport *t = find_transport(v, error, error_size);

    if (!t)
        return false;
    t->plugged = v;
    v->transport = t;
    v->device.parent = &t->device;
    v->offered = VIRTIO_F_VERSION_1 | VIRTIO_RING_F_INDIRECT_DESC | VIRTIO_RING_F_EVENT_IDX;
    return true;
}

static void notify_again(struct loop_call *c)
{
    struct virtqueue *q = (struct virtqueue *)((char *)c - offsetof(struct virtqueue, again));

    if (q->notified)
        q->notified(q);
}

void virtqueue_again(struct virtqueue *q)
{
    loop_defer(&q->again);
}

struct virtqueue *virtio_add_queue(struct virtio_device *v, unsigned size,
                                   void (*notified)(struct virtqueue *q))
{
    if (v->nqueues == VIRTIO_QUEUES || size > VIRTIO_QUEUE_SIZE)
        bug("%s: too many queues or too long a one", v->device.class->name);
    struct virtqueue *q = &v->queue[v->nqueues];
    *q = (struct virtqueue){
        .device = v,
        .state = &v->queue_state[v->nqueues],
        .index = v->nqueues++,
        .max_size = size,
        .notified = notified,
        .again = {.run = notify_again},
    };
    return q;
}

void virtio_reset(struct device *d)
{
    struct virtio_device *v = (struct virtio_device *)d;
    const struct virtio_class *c = virtio_class_of(v);

    v->generation++;
    v->quiet = false;
    for (unsigned i = 0; i < v->nqueues; i++) {
        struct virtqueue *q = &v->queue[i];
        q->descriptors = q->driver = q->used = NULL;
        q->taken = 0;
    }
    if (c->reset)
        c->reset(v);
    if (v->transport)
        v->transport->interrupt(v->transport);
}

void virtio_finish(struct device *d)
{
    struct virtio_device *v = (struct virtio_device *)d;

    for (unsigned i = 0; i < v->nqueues; i++) {
        struct virtio_request *next;
        for (struct virtio_request *r = v->queue[i].spare; r; r = next) {
            next = r->next;
            free(r->buffers);
            free(r);
        }
        v->queue[i].spare = NULL;
    }
}

/* ---- the driver's life with it ---- */

static void interrupt_configuration(struct virtio_device *v)
{
    if (!(v->status & VIRTIO_STATUS_DRIVER_OK))
        return;
    v->interrupt_status |= VIRTIO_INTERRUPT_CONFIG;
    v->transport->interrupt(v->transport);
}

void virtio_broken(struct virtio_device *v, const char *what)
{
    if (!v->quiet && log_on(LOG_GUEST_ERRORS))
        log_print("%s: %s: the device needs a reset\n", v->device.class->name, what);
    v->quiet = true;
    if (v->status & VIRTIO_STATUS_NEEDS_RESET)
        return;
    v->status |= VIRTIO_STATUS_NEEDS_RESET;
    interrupt_configuration(v);
}

void virtio_config_changed(struct virtio_device *v)
{
    v->config_generation++;
    interrupt_configuration(v);
}

static void driver_ok(struct virtio_device *v)
{
    const struct virtio_class *c = virtio_class_of(v);

    if (!(v->status & VIRTIO_STATUS_FEATURES_OK)) {
        virtio_broken(v, "DRIVER_OK without FEATURES_OK");
        return;
    }
    if (c->driver_ok)
        c->driver_ok(v);
    /* A driver may have filled its queues before; what it has said then was not heard. */
    for (unsigned i = 0; i < v->nqueues; i++)
        virtio_queue_notify(v, i);
}

void virtio_set_status(struct virtio_device *v, uint8_t status)
{
    if (!status) {
        device_reset(&v->device);
        return;
    }
    uint8_t old = v->status;
    status = (status & ~VIRTIO_STATUS_NEEDS_RESET) | (old & VIRTIO_STATUS_NEEDS_RESET);
    uint8_t set = status & ~old;
    /* (VERSION_1 is not asked for: simple drivers, xv6's among them, only accept the low half) */
    if (set & VIRTIO_STATUS_FEATURES_OK && v->features & ~v->offered)
        status &= ~VIRTIO_STATUS_FEATURES_OK;
    v->status = status;
    if (set & VIRTIO_STATUS_DRIVER_OK)
        driver_ok(v);
}

void virtio_queue_notify(struct virtio_device *v, unsigned index)
{
    if (index >= v->nqueues)
        return;
    struct virtqueue *q = &v->queue[index];
    if (q->notified && !virtqueue_empty(q))
        q->notified(q);
}

uint8_t virtio_config_read(struct virtio_device *v, size_t offset)
{
    const struct virtio_class *c = virtio_class_of(v);

    if (offset >= c->config_size)
        return 0;
    if (c->config_read)
        c->config_read(v);
    return ((const uint8_t *)v)[c->config + offset];
}

void virtio_config_write(struct virtio_device *v, size_t offset, uint8_t value)
{
    const struct virtio_class *c = virtio_class_of(v);

    if (offset < c->config_size && c->config_write)
        c->config_write(v, offset, value);
}
