/*
 * Virtio devices: what they share. A device behind a transport (virtio_mmio.c) is a structure that
 * begins with `struct virtio_device`, a `struct device_class` with bus BUS_VIRTIO whose `more` is a
 * `struct virtio_class`, and queues with a function each that is called when the driver has put
 * something in.
 *
 * Split virtqueues of VIRTIO 1.2 with indirect descriptors and event indices; all that the driver
 * says is checked before it is used: buffers reach a device as host addresses of guest RAM, in
 * order, with bounded counts. What makes no sense ends in DEVICE_NEEDS_RESET and a configuration
 * interrupt; the device is then asked nothing more until the driver resets it.
 *
 * The machine's lock is held at every call. Guest RAM changes under a device's hands (harts run):
 * read what is checked once, into a variable.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_VIRTIO_H
#define FERRY_SOFTMMU_SYSTEM_VIRTIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "softmmu-system/device.h"
#include "softmmu-system/loop.h"

struct virtio_device;
struct virtqueue;

/* Device status (2.1). */
enum {
    VIRTIO_STATUS_ACKNOWLEDGE = 1,
    VIRTIO_STATUS_DRIVER = 2,
    VIRTIO_STATUS_DRIVER_OK = 4,
    VIRTIO_STATUS_FEATURES_OK = 8,
    VIRTIO_STATUS_NEEDS_RESET = 64,
    VIRTIO_STATUS_FAILED = 128,
};

/* What interrupt_status says (2.3, 4.2.2). */
enum { VIRTIO_INTERRUPT_USED = 1, VIRTIO_INTERRUPT_CONFIG = 2 };

/* Feature bits that belong to no device (6). */
#define VIRTIO_RING_F_INDIRECT_DESC (1ull << 28)
#define VIRTIO_RING_F_EVENT_IDX     (1ull << 29)
#define VIRTIO_F_VERSION_1          (1ull << 32)

enum {
    VIRTIO_QUEUES = 64,       /* of a device */
    VIRTIO_QUEUE_SIZE = 1024, /* the most descriptors of a queue */
    VIRTIO_CHAIN = 1024,      /* the most buffers of a request */
};

/* What a kind of device adds to its device_class. */
struct virtio_class {
    uint16_t id;   /* device type (5) */
    size_t config; /* offset of its configuration space in the device's structure, as the driver
                      sees it */
    size_t config_size;  /* bytes */
    size_t request_size; /* bytes of its structure that begins with struct virtio_request; 0: that
                            itself */
    /* Brings the configuration space up to date before it is read. NULL: it always is. */
    void (*config_read)(struct virtio_device *v);
    /* The driver wrote the byte at `offset`; stores what may be written. NULL: nothing. */
    void (*config_write)(struct virtio_device *v, size_t offset, uint8_t value);
    /* DRIVER_OK: v->features are agreed, the queues it uses are ready. NULL: nothing to do. */
    void (*driver_ok)(struct virtio_device *v);
    /*
     * The driver, or the machine, resets it. Nothing may write to buffers of the guest when it
     * returns; requests that have not been pushed may be given back (virtqueue_push) now or later,
     * which then does no more than free them. NULL: nothing to do.
     */
    void (*reset)(struct virtio_device *v);
};

/* What the driver has told of a queue, and how far it is: a machine's state. */
struct virtqueue_state {
    uint64_t descriptors, driver, device; /* guest physical addresses of the three areas */
    uint16_t size;
    uint16_t ready;
    uint16_t next_available; /* the next entry of the available ring to be taken */
    uint16_t next_used;      /* the next entry of the used ring to be written */
    uint16_t published;      /* what the used ring's idx says */
    uint16_t signalled;      /* `published` at the last look whether to interrupt */
    uint32_t zero;
};

struct virtio_request;

struct virtqueue {
    struct virtio_device *device;
    struct virtqueue_state *state;
    unsigned index;
    uint16_t max_size;
    void (*notified)(struct virtqueue *q);
    /* The areas in host memory while the queue is ready; else NULL. */
    uint8_t *descriptors, *driver, *used;
    unsigned taken;               /* requests popped and not pushed */
    struct virtio_request *spare; /* list */
    struct loop_call again;
};

/* A chain of descriptors. Device's structures may begin with it (virtio_class.request_size). */
struct virtio_request {
    struct virtqueue *queue;
    struct iovec *out,
        *in; /* buffers to be read, and to be written, by the device; none is empty */
    unsigned nout, nin;
    uint64_t out_size, in_size; /* bytes in all */
    /* virtio.c's own */
    struct virtio_request *next;
    struct iovec *buffers; /* all of them; `out` and `in` point into it when popped */
    uint32_t generation;   /* the device's when it was popped */
    uint16_t head;
    uint16_t capacity; /* of `buffers` */
};

/* What devices sit behind; embedded first by virtio_mmio.c's. */
struct virtio_transport {
    struct device device;
    struct virtio_device *plugged; /* NULL: none */
    /* v->interrupt_status changed. */
    void (*interrupt)(struct virtio_transport *t);
};

struct virtio_device {
    struct device device;
    struct virtio_transport *transport;
    const char *bus;  /* property: which transport; NULL: the next free one */
    uint64_t offered; /* features; set by the device's start */
    unsigned nqueues;
    struct virtqueue queue[VIRTIO_QUEUES];
    uint32_t generation; /* counts resets */
    bool quiet;          /* an error has been reported since the last reset */
    /* State (VIRTIO_STATE). */
    uint64_t features; /* what the driver has taken of them */
    uint8_t status;
    uint8_t interrupt_status; /* 1: used buffers, 2: configuration */
    uint32_t config_generation;
    struct virtqueue_state queue_state[VIRTIO_QUEUES];
};

/* For the class of a device whose structure has its struct virtio_device first, as member `virtio`.
 */
#define VIRTIO_STATE(type)                                                                         \
    STATE(type, virtio.features), STATE(type, virtio.status),                                      \
        STATE(type, virtio.interrupt_status), STATE(type, virtio.config_generation),               \
        STATE_ARRAY(type, virtio.queue_state)
#define VIRTIO_PROPERTIES(type)                                                                    \
    {                                                                                              \
        "bus", PROPERTY_STRING, offsetof(type, virtio.bus), "the transport: virtio-mmio-bus.N"     \
    }

/* ---- making a device ---- */

/*
 * First in the class's start: takes a transport and offers the features that every device has.
 * False with a one-line reason: none is free.
 */
bool virtio_start(struct virtio_device *v, char *error, size_t error_size);

/* In start: one more queue of at most `size` descriptors (a power of two). */
struct virtqueue *virtio_add_queue(struct virtio_device *v, unsigned size,
                                   void (*notified)(struct virtqueue *q));

/* The class's reset and finish. */
void virtio_reset(struct device *d);
void virtio_finish(struct device *d);

static inline const struct virtio_class *virtio_class_of(const struct virtio_device *v)
{
    return v->device.class->more;
}

static inline bool virtio_has(const struct virtio_device *v, uint64_t feature)
{
    return v->features & feature;
}

/* ---- requests ---- */

/*
 * The next request; NULL: there is none (and the driver's next one will be notified), the queue is
 * not ready, or the device is broken. The request is the device's until virtqueue_push or
 * virtqueue_unpop.
 */
struct virtio_request *virtqueue_pop(struct virtqueue *q);

/* Whether there is none; if so the driver's next one will be notified. */
bool virtqueue_empty(struct virtqueue *q);

/*
 * For a device that stops popping before the queue is empty, because a driver that adds as fast as
 * it is served must not keep the machine's lock for ever: `notified` is called again, from the
 * event loop.
 */
void virtqueue_again(struct virtqueue *q);

/* Puts the request popped last back, as if it had not been; several in the opposite order. */
void virtqueue_unpop(struct virtio_request *r);

/*
 * Gives it back to the driver, `written` bytes of `in` having been changed from its beginning
 * (memory_written is told here). The driver sees it at the next virtqueue_notify, together with
 * others pushed meanwhile. After a reset of the device it only frees the request.
 */
void virtqueue_push(struct virtio_request *r, uint64_t written);

/* Shows the driver what has been pushed, and interrupts it if it wants to be. */
void virtqueue_notify(struct virtqueue *q);

/* True if the device was reset since the request was popped. */
static inline bool virtio_stale(const struct virtio_request *r)
{
    return r->generation != r->queue->device->generation;
}

/* Copy from `out` and to `in` at an offset in bytes; return how many there were. More: iov.h. */
size_t virtio_get(const struct virtio_request *r, uint64_t offset, void *to, size_t n);
size_t virtio_put(const struct virtio_request *r, uint64_t offset, const void *from, size_t n);

/* ---- the device as a whole ---- */

/* The configuration space has changed: the driver is told. */
void virtio_config_changed(struct virtio_device *v);

/* The driver did what it must not: DEVICE_NEEDS_RESET. `what` goes to the log (-d guest_errors). */
void virtio_broken(struct virtio_device *v, const char *what);

/* ---- for transports ---- */

void virtio_set_status(struct virtio_device *v, uint8_t status); /* 0: reset */
/* Takes the areas in use or out of it. */
void virtio_queue_ready(struct virtqueue *q, bool ready);
void virtio_queue_notify(struct virtio_device *v, unsigned index);
/* Bytes of the configuration space; beyond its end there are zeroes. */
uint8_t virtio_config_read(struct virtio_device *v, size_t offset);
void virtio_config_write(struct virtio_device *v, size_t offset, uint8_t value);

#endif
