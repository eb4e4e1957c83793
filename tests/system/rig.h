/*
 * A machine without harts, for tests of devices: RAM, a virtio transport, one device, and a driver
 * that can do anything, also what no driver should.
 */
#ifndef FERRY_TESTS_SYSTEM_RIG_H
#define FERRY_TESTS_SYSTEM_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "softmmu-system/machine.h"
#include "softmmu-system/virtio.h"

#define RIG_RAM 0x80000000ull
enum { RIG_RAM_SIZE = 16 << 20, RIG_NAMES = 8 };

/* The transport's registers. */
enum {
    MMIO_MAGIC = 0x000,
    MMIO_VERSION = 0x004,
    MMIO_DEVICE_ID = 0x008,
    MMIO_DEVICE_FEATURES = 0x010,
    MMIO_DEVICE_FEATURES_SEL = 0x014,
    MMIO_DRIVER_FEATURES = 0x020,
    MMIO_DRIVER_FEATURES_SEL = 0x024,
    MMIO_QUEUE_SEL = 0x030,
    MMIO_QUEUE_SIZE_MAX = 0x034,
    MMIO_QUEUE_SIZE = 0x038,
    MMIO_QUEUE_READY = 0x044,
    MMIO_QUEUE_NOTIFY = 0x050,
    MMIO_INTERRUPT_STATUS = 0x060,
    MMIO_INTERRUPT_ACK = 0x064,
    MMIO_STATUS = 0x070,
    MMIO_QUEUE_DESC = 0x080,
    MMIO_QUEUE_DRIVER = 0x090,
    MMIO_QUEUE_DEVICE = 0x0a0,
    MMIO_CONFIG = 0x100,
};

enum { DESC_NEXT = 1, DESC_WRITE = 2, DESC_INDIRECT = 4 };

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

struct rig {
    struct machine *machine;
    uint8_t *ram;
    struct device *transport;
    struct virtio_device *device;
    bool level;     /* of its interrupt line */
    unsigned rises; /* how often it has gone up */
    uint64_t free;  /* guest physical: what follows is unused */
};

/* A queue as the driver sees it; pointers into RAM. */
struct ring {
    struct rig *rig;
    unsigned index, size;
    struct descriptor *descriptors;
    uint16_t *available; /* flags, idx, ring, used_event */
    uint16_t *used;      /* flags, idx, ring, avail_event */
    uint16_t seen;       /* of the used ring */
};

/* A machine with a device of `class`; properties: name, value, ..., NULL. Fails the test if it
 * cannot be. */
struct rig *rig_make(const struct device_class *class, ...);
/* One more device on it: as rig->device; properties as above. */
struct device *rig_add(struct rig *r, const struct device_class *class, ...);

/* A character device `id`; returns the socket that is its other end. */
int rig_chardev(struct rig *r, const char *id);

uint32_t rig_read(struct rig *r, unsigned offset);
void rig_write(struct rig *r, unsigned offset, uint32_t value);

/* Guest memory: whole pages, zero; its host address. */
uint64_t rig_alloc(struct rig *r, uint64_t size);
uint8_t *rig_at(struct rig *r, uint64_t address);

/* Resets, takes all features that are offered but `without`, sets FEATURES_OK. */
void rig_negotiate(struct rig *r, uint64_t without);
struct ring rig_queue(struct rig *r, unsigned index, unsigned size);
void rig_driver_ok(struct rig *r);

/* Puts a head into the available ring; `publish` shows it. */
void ring_offer(struct ring *q, uint16_t head);
void ring_notify(struct ring *q);
/* A used element that has not been seen yet; false: none. */
bool ring_take(struct ring *q, uint32_t *id, uint32_t *length);
/* The same, running the event loop until there is one, some seconds at most. */
bool ring_wait(struct ring *q, uint32_t *id, uint32_t *length);

#endif
