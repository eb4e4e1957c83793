/*
 * The virtio transport over MMIO, version 2 (VIRTIO 1.2, 4.2): a page of registers, of which the
 * control registers are read and written 32 bits at a time, and one interrupt line. A transport
 * without a device shows device 0, which drivers pass over.
 */
#include "softmmu-system/virtio.h"

#include "softmmu-system/machine.h"

struct virtio_mmio {
    struct virtio_transport transport;
    /* State. */
    uint32_t device_features_sel, driver_features_sel, queue_sel;
};

/* The vendor that drivers know, and that some insist on. */
enum { MMIO_MAGIC = 0x74726976, MMIO_VERSION = 2, MMIO_VENDOR = 0x554d4551 };

enum { CONFIG = 0x100, SPAN = 0x1000 };

static struct virtio_device *plugged(struct device *d)
{
    return ((struct virtio_mmio *)d)->transport.plugged;
}

static void update_interrupt(struct virtio_transport *t)
{
    irq_set(&t->device.irq[0], t->plugged && t->plugged->interrupt_status);
}

/* The queue that QueueSel names; NULL: none. */
static struct virtqueue *selected(struct device *d)
{
    struct virtio_device *v = plugged(d);
    uint32_t n = ((struct virtio_mmio *)d)->queue_sel;

    return v && n < v->nqueues ? &v->queue[n] : NULL;
}

/* Sets the low (0) or high (1) half of a 64-bit value. */
static void set_half(uint64_t *value, unsigned half, uint32_t bits)
{
    uint64_t mask = (uint64_t)UINT32_MAX << (32 * half);

    *value = (*value & ~mask) | (uint64_t)bits << (32 * half);
}

static uint64_t read_magic(struct device *d, unsigned i)
{
    (void)d, (void)i;
    return MMIO_MAGIC;
}

static uint64_t read_version(struct device *d, unsigned i)
{
    (void)d, (void)i;
    return MMIO_VERSION;
}

static uint64_t read_device_id(struct device *d, unsigned i)
{
    (void)i;
    return plugged(d) ? virtio_class_of(plugged(d))->id : 0;
}

static uint64_t read_vendor_id(struct device *d, unsigned i)
{
    (void)d, (void)i;
    return MMIO_VENDOR;
}

static uint64_t read_device_features(struct device *d, unsigned i)
{
    uint32_t half = ((struct virtio_mmio *)d)->device_features_sel;

    (void)i;
    return plugged(d) && half < 2 ? (uint32_t)(plugged(d)->offered >> (32 * half)) : 0;
}

/* Once FEATURES_OK is set, they stand. Bits that were not offered are kept: FEATURES_OK is then
 * refused. */
static void write_driver_features(struct device *d, unsigned i, uint64_t value)
{
    struct virtio_device *v = plugged(d);
    uint32_t half = ((struct virtio_mmio *)d)->driver_features_sel;

    (void)i;
    if (v && half < 2 && !(v->status & VIRTIO_STATUS_FEATURES_OK))
        set_half(&v->features, half, value);
}

static uint64_t read_queue_size_max(struct device *d, unsigned i)
{
    struct virtqueue *q = selected(d);

    (void)i;
    return q ? q->max_size : 0;
}

static void write_queue_size(struct device *d, unsigned i, uint64_t value)
{
    struct virtqueue *q = selected(d);

    (void)i;
    if (q && !q->state->ready)
        q->state->size = value <= UINT16_MAX ? value : UINT16_MAX;
}

static uint64_t read_queue_ready(struct device *d, unsigned i)
{
    struct virtqueue *q = selected(d);

    (void)i;
    return q ? q->state->ready : 0;
}

static void write_queue_ready(struct device *d, unsigned i, uint64_t value)
{
    struct virtqueue *q = selected(d);

    (void)i;
    if (q && q->state->ready != (value & 1))
        virtio_queue_ready(q, value & 1);
}

static void write_queue_notify(struct device *d, unsigned i, uint64_t value)
{
    (void)i;
    if (plugged(d))
        virtio_queue_notify(plugged(d), value);
}

static void write_queue_descriptors(struct device *d, unsigned half, uint64_t value)
{
    struct virtqueue *q = selected(d);

    if (q && !q->state->ready)
        set_half(&q->state->descriptors, half, value);
}

static void write_queue_driver(struct device *d, unsigned half, uint64_t value)
{
    struct virtqueue *q = selected(d);

    if (q && !q->state->ready)
        set_half(&q->state->driver, half, value);
}

static void write_queue_device(struct device *d, unsigned half, uint64_t value)
{
    struct virtqueue *q = selected(d);

    if (q && !q->state->ready)
        set_half(&q->state->device, half, value);
}

static uint64_t read_interrupt_status(struct device *d, unsigned i)
{
    (void)i;
    return plugged(d) ? plugged(d)->interrupt_status : 0;
}

static void write_interrupt_ack(struct device *d, unsigned i, uint64_t value)
{
    struct virtio_device *v = plugged(d);

    (void)i;
    if (!v)
        return;
    v->interrupt_status &= ~value;
    update_interrupt(v->transport);
}

static uint64_t read_status(struct device *d, unsigned i)
{
    (void)i;
    return plugged(d) ? plugged(d)->status : 0;
}

static void write_status(struct device *d, unsigned i, uint64_t value)
{
    (void)i;
    if (plugged(d))
        virtio_set_status(plugged(d), value);
}

/* There is no shared memory: its length is all ones, and so is its address (4.2.2). */
static uint64_t read_shared_memory(struct device *d, unsigned i)
{
    (void)d, (void)i;
    return UINT32_MAX;
}

static uint64_t read_config_generation(struct device *d, unsigned i)
{
    (void)i;
    return plugged(d) ? plugged(d)->config_generation : 0;
}

static uint64_t read_config(struct device *d, unsigned offset)
{
    return plugged(d) ? virtio_config_read(plugged(d), offset) : 0;
}

static void write_config(struct device *d, unsigned offset, uint64_t value)
{
    if (plugged(d))
        virtio_config_write(plugged(d), offset, value);
}

#define SELECTOR(name, offset, field)                                                              \
    {                                                                                              \
        name, offset, 4, 1, 0, offsetof(struct virtio_mmio, field), UINT32_MAX, NULL, NULL         \
    }
#define REGISTER(name, offset, count, read, write)                                                 \
    {                                                                                              \
        name, offset, 4, count, 0, 0, 0, read, write                                               \
    }

/* In the order of 4.2.2, but for those that every request needs: they are found first. */
static const struct register_row registers[] = {
    REGISTER("QueueNotify", 0x050, 1, NULL, write_queue_notify),
    REGISTER("InterruptStatus", 0x060, 1, read_interrupt_status, NULL),
    REGISTER("InterruptACK", 0x064, 1, NULL, write_interrupt_ack),
    REGISTER("MagicValue", 0x000, 1, read_magic, NULL),
    REGISTER("Version", 0x004, 1, read_version, NULL),
    REGISTER("DeviceID", 0x008, 1, read_device_id, NULL),
    REGISTER("VendorID", 0x00c, 1, read_vendor_id, NULL),
    REGISTER("DeviceFeatures", 0x010, 1, read_device_features, NULL),
    SELECTOR("DeviceFeaturesSel", 0x014, device_features_sel),
    REGISTER("DriverFeatures", 0x020, 1, NULL, write_driver_features),
    SELECTOR("DriverFeaturesSel", 0x024, driver_features_sel),
    SELECTOR("QueueSel", 0x030, queue_sel),
    REGISTER("QueueSizeMax", 0x034, 1, read_queue_size_max, NULL),
    REGISTER("QueueSize", 0x038, 1, NULL, write_queue_size),
    REGISTER("QueueReady", 0x044, 1, read_queue_ready, write_queue_ready),
    REGISTER("Status", 0x070, 1, read_status, write_status),
    REGISTER("QueueDesc", 0x080, 2, NULL, write_queue_descriptors),
    REGISTER("QueueDriver", 0x090, 2, NULL, write_queue_driver),
    REGISTER("QueueDevice", 0x0a0, 2, NULL, write_queue_device),
    REGISTER("SHMLen", 0x0b0, 2, read_shared_memory, NULL),
    REGISTER("SHMBase", 0x0b8, 2, read_shared_memory, NULL),
    REGISTER("ConfigGeneration", 0x0fc, 1, read_config_generation, NULL),
    {"Config", CONFIG, 1, SPAN - CONFIG, 0, 0, 0, read_config, write_config},
};

static const struct state_row state[] = {
    STATE(struct virtio_mmio, device_features_sel),
    STATE(struct virtio_mmio, driver_features_sel),
    STATE(struct virtio_mmio, queue_sel),
};

static bool start(struct device *d, char *error, size_t error_size)
{
    (void)error, (void)error_size;
    ((struct virtio_mmio *)d)->transport.interrupt = update_interrupt;
    return true;
}

const struct device_class virtio_mmio_class = {
    .name = "virtio-mmio",
    .text = "virtio transport",
    .size = sizeof(struct virtio_mmio),
    .bus = BUS_MACHINE,
    .span = SPAN,
    .access = 1 | 2 | 4,
    DEVICE_TABLE(registers, registers),
    DEVICE_TABLE(state, state),
    .start = start,
};
