/* A machine without harts, for tests of devices: see rig.h. */
#include "tests/system/rig.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "softmmu-system/chardev.h"
#include "softmmu-system/loop.h"

/* ---- making ---- */

static void line_changed(void *target, unsigned number, bool level)
{
    struct rig *r = target;

    (void)number;
    r->rises += level && !r->level;
    r->level = level;
}

static struct device *add(struct rig *r, const struct device_class *class, va_list properties)
{
    struct device *d = device_create(r->machine, class);
    const char *name;
    char error[256] = "";

    while ((name = va_arg(properties, const char *)))
        cr_assert(device_set(d, name, va_arg(properties, const char *), error, sizeof(error)), "%s",
                  error);
    cr_assert(device_start(d, error, sizeof(error)), "%s", error);
    return d;
}

struct rig *rig_make(const struct device_class *class, ...)
{
    struct rig *r = calloc(1, sizeof(*r));
    va_list properties;
    char error[256];

    r->machine = calloc(1, sizeof(*r->machine));
    r->machine->memory.machine = r->machine;
    pthread_mutex_init(&r->machine->mutex, NULL);
    loop_init(r->machine);
    r->ram = memory_add_ram(&r->machine->memory, "ram", RIG_RAM, RIG_RAM_SIZE, false)->host;
    r->free = RIG_RAM;
    r->transport = device_create(r->machine, device_class_find("virtio-mmio"));
    r->transport->irq[0] = (struct irq_line){line_changed, r, 0};
    cr_assert(device_start(r->transport, error, sizeof(error)));
    memory_add_device(&r->machine->memory, r->transport, 0x10001000);

    va_start(properties, class);
    r->device = (struct virtio_device *)add(r, class, properties);
    va_end(properties);
    for (struct device *d = r->machine->devices; d; d = d->next)
        device_reset(d);
    return r;
}

struct device *rig_add(struct rig *r, const struct device_class *class, ...)
{
    va_list properties;

    va_start(properties, class);
    struct device *d = add(r, class, properties);
    va_end(properties);
    device_reset(d);
    return d;
}

int rig_chardev(struct rig *r, const char *id)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    char text[200], error[256];
    int server = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(a.sun_path, sizeof(a.sun_path), "/tmp/ferry-rig.%d", getpid());
    unlink(a.sun_path);
    cr_assert(!bind(server, (struct sockaddr *)&a, sizeof(a)) && !listen(server, 1));
    snprintf(text, sizeof(text), "socket,id=%s,path=%s", id, a.sun_path);
    cr_assert(chardev_option(r->machine, text, error, sizeof(error)), "%s", error);
    int other = accept(server, NULL, NULL);
    cr_assert(other >= 0);
    unlink(a.sun_path);
    close(server);
    return other;
}

/* ---- registers and memory ---- */

uint32_t rig_read(struct rig *r, unsigned offset)
{
    uint64_t value = 0;

    machine_lock(r->machine);
    device_read(r->transport, offset, 4, &value);
    machine_unlock(r->machine);
    return value;
}

void rig_write(struct rig *r, unsigned offset, uint32_t value)
{
    machine_lock(r->machine);
    device_write(r->transport, offset, 4, value);
    machine_unlock(r->machine);
}

uint64_t rig_alloc(struct rig *r, uint64_t size)
{
    uint64_t address = r->free;

    r->free += (size + 4095) & ~4095ull;
    cr_assert(r->free <= RIG_RAM + RIG_RAM_SIZE);
    memset(rig_at(r, address), 0, size);
    return address;
}

uint8_t *rig_at(struct rig *r, uint64_t address)
{
    return r->ram + (address - RIG_RAM);
}

/* ---- the driver ---- */

void rig_negotiate(struct rig *r, uint64_t without)
{
    rig_write(r, MMIO_STATUS, 0);
    rig_write(r, MMIO_STATUS, VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER);
    for (unsigned half = 0; half < 2; half++) {
        rig_write(r, MMIO_DEVICE_FEATURES_SEL, half);
        rig_write(r, MMIO_DRIVER_FEATURES_SEL, half);
        rig_write(r, MMIO_DRIVER_FEATURES,
                  rig_read(r, MMIO_DEVICE_FEATURES) & ~(uint32_t)(without >> (32 * half)));
    }
    rig_write(r, MMIO_STATUS, rig_read(r, MMIO_STATUS) | VIRTIO_STATUS_FEATURES_OK);
}

static void write_address(struct rig *r, unsigned offset, uint64_t address)
{
    rig_write(r, offset, address);
    rig_write(r, offset + 4, address >> 32);
}

struct ring rig_queue(struct rig *r, unsigned index, unsigned size)
{
    uint64_t descriptors = rig_alloc(r, 16 * size), available = rig_alloc(r, 6 + 2 * size),
             used = rig_alloc(r, 6 + 8 * size);

    rig_write(r, MMIO_QUEUE_SEL, index);
    rig_write(r, MMIO_QUEUE_SIZE, size);
    write_address(r, MMIO_QUEUE_DESC, descriptors);
    write_address(r, MMIO_QUEUE_DRIVER, available);
    write_address(r, MMIO_QUEUE_DEVICE, used);
    rig_write(r, MMIO_QUEUE_READY, 1);
    return (struct ring){
        .rig = r,
        .index = index,
        .size = size,
        .descriptors = (struct descriptor *)rig_at(r, descriptors),
        .available = (uint16_t *)rig_at(r, available),
        .used = (uint16_t *)rig_at(r, used),
    };
}

void rig_driver_ok(struct rig *r)
{
    rig_write(r, MMIO_STATUS, rig_read(r, MMIO_STATUS) | VIRTIO_STATUS_DRIVER_OK);
}

void ring_offer(struct ring *q, uint16_t head)
{
    q->available[2 + q->available[1] % q->size] = head;
    q->available[1]++;
}

void ring_notify(struct ring *q)
{
    rig_write(q->rig, MMIO_QUEUE_NOTIFY, q->index);
}

bool ring_take(struct ring *q, uint32_t *id, uint32_t *length)
{
    if (q->used[1] == q->seen)
        return false;
    uint32_t *element = (uint32_t *)(q->used + 2) + 2 * (q->seen++ % q->size);
    *id = element[0];
    *length = element[1];
    return true;
}

bool ring_wait(struct ring *q, uint32_t *id, uint32_t *length)
{
    time_t end = time(NULL) + 20;

    while (!ring_take(q, id, length)) {
        if (time(NULL) >= end)
            return false;
        loop_once(q->rig->machine);
    }
    return true;
}
