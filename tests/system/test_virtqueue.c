/*
 * Virtqueues and the MMIO transport, with a device that notes what it gets: drivers that keep the
 * rules, and drivers that break each of them.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/system/rig.h"

/* ---- the device ---- */

enum { HELD = 64 };

struct noting {
    struct virtio_device virtio;
    uint8_t config[4];
    bool hold; /* keeps what it pops */
    struct virtio_request *held[HELD];
    unsigned nheld, popped;
    unsigned nout, nin; /* of the last request */
    uint64_t out_size, in_size;
    uint8_t first; /* byte of `out` */
};

static void notified(struct virtqueue *q)
{
    struct noting *d = (struct noting *)q->device;
    struct virtio_request *r;

    while ((r = virtqueue_pop(q))) {
        d->popped++;
        d->nout = r->nout;
        d->nin = r->nin;
        d->out_size = r->out_size;
        d->in_size = r->in_size;
        d->first = 0;
        virtio_get(r, 0, &d->first, 1);
        if (d->hold && d->nheld < HELD) {
            d->held[d->nheld++] = r;
            continue;
        }
        for (unsigned i = 0; i < r->nin; i++)
            memset(r->in[i].iov_base, 0x5a, r->in[i].iov_len);
        virtqueue_push(r, r->in_size);
    }
    virtqueue_notify(q);
}

static bool start(struct device *device, char *error, size_t error_size)
{
    struct virtio_device *v = (struct virtio_device *)device;

    if (!virtio_start(v, error, error_size))
        return false;
    v->offered |= 1;
    virtio_add_queue(v, 256, notified);
    virtio_add_queue(v, 8, notified);
    return true;
}

static const struct virtio_class noting_virtio = {
    .id = 63,
    .config = offsetof(struct noting, config),
    .config_size = sizeof(((struct noting *)0)->config),
};
static const struct state_row state[] = {VIRTIO_STATE(struct noting)};
static const struct device_class noting_class = {
    .name = "noting",
    .size = sizeof(struct noting),
    .bus = BUS_VIRTIO,
    .state = state,
    .nstate = sizeof(state) / sizeof(*state),
    .start = start,
    .reset = virtio_reset,
    .finish = virtio_finish,
    .more = &noting_virtio,
};

/* ---- a driver's beginning ---- */

static struct rig *r;
static struct noting *d;
static struct ring q;
static uint64_t buffer; /* 64 KiB */

static void begin(uint64_t without, unsigned size)
{
    if (!r) {
        r = rig_make(&noting_class, NULL);
        d = (struct noting *)r->device;
    }
    rig_negotiate(r, without);
    q = rig_queue(r, 0, size);
    rig_driver_ok(r);
    buffer = rig_alloc(r, 64 << 10);
}

static void describe(unsigned i, uint64_t address, uint32_t length, uint16_t flags, uint16_t next)
{
    q.descriptors[i] = (struct descriptor){address, length, flags, next};
}

static void send(uint16_t head)
{
    ring_offer(&q, head);
    ring_notify(&q);
}

/* The device has given `head` back with `length` bytes. */
static void expect_used(uint32_t head, uint32_t length)
{
    uint32_t id, n;

    cr_assert(ring_take(&q, &id, &n));
    cr_expect_eq(id, head);
    cr_expect_eq(n, length);
}

/* The device wants a reset and has told so; a reset makes it work again. */
static void expect_broken(const char *why)
{
    uint32_t id, length;

    cr_expect(rig_read(r, MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET, "%s: no reset wanted", why);
    cr_expect(rig_read(r, MMIO_INTERRUPT_STATUS) & 2, "%s: no configuration interrupt", why);
    cr_expect(!ring_take(&q, &id, &length), "%s: a request was done", why);
    begin(0, 16);
    cr_expect(!r->level, "%s: the line stays up", why);
    describe(0, buffer, 16, DESC_WRITE, 0);
    send(0);
    expect_used(0, 16);
}

/* ---- good drivers ---- */

Test(virtqueue, identity)
{
    begin(0, 16);
    cr_expect_eq(rig_read(r, MMIO_MAGIC), 0x74726976);
    cr_expect_eq(rig_read(r, MMIO_VERSION), 2);
    cr_expect_eq(rig_read(r, MMIO_DEVICE_ID), 63);
    rig_write(r, MMIO_QUEUE_SEL, 1);
    cr_expect_eq(rig_read(r, MMIO_QUEUE_SIZE_MAX), 8);
    rig_write(r, MMIO_QUEUE_SEL, 2);
    cr_expect_eq(rig_read(r, MMIO_QUEUE_SIZE_MAX), 0);
    d->config[1] = 0x12;
    d->config[2] = 0x34;
    cr_expect_eq(rig_read(r, MMIO_CONFIG), 0x341200);
    cr_expect_eq(rig_read(r, MMIO_CONFIG + 4), 0);
}

Test(virtqueue, a_chain)
{
    begin(0, 16);
    rig_at(r, buffer)[0] = 7;
    describe(3, buffer, 100, DESC_NEXT, 9);
    describe(9, buffer + 0x1000, 28, DESC_NEXT, 1);
    describe(1, buffer + 0x2000, 512, DESC_NEXT | DESC_WRITE, 0);
    describe(0, buffer + 0x3000, 1, DESC_WRITE, 0);
    send(3);
    expect_used(3, 513);
    cr_expect_eq(d->nout, 2);
    cr_expect_eq(d->out_size, 128);
    cr_expect_eq(d->nin, 2);
    cr_expect_eq(d->in_size, 513);
    cr_expect_eq(d->first, 7);
    cr_expect_eq(rig_at(r, buffer)[0x2000], 0x5a);
    cr_expect_eq(rig_at(r, buffer)[0x2200], 0);
    cr_expect(r->level);
    cr_expect_eq(rig_read(r, MMIO_INTERRUPT_STATUS), 1);
    rig_write(r, MMIO_INTERRUPT_ACK, 1);
    cr_expect(!r->level);
}

Test(virtqueue, wraps_around)
{
    begin(0, 4);
    for (unsigned i = 0; i < 70000; i++) {
        describe(i % 4, buffer, i % 4096 + 1, DESC_WRITE, 0);
        q.available[2 + q.size] = q.used[1]; /* an interrupt for the next one */
        send(i % 4);
        expect_used(i % 4, i % 4096 + 1);
        cr_assert(r->level);
        rig_write(r, MMIO_INTERRUPT_ACK, 1);
    }
    cr_expect_eq(r->rises, 70000);
}

Test(virtqueue, indirect)
{
    begin(0, 8);
    uint64_t address = rig_alloc(r, 16 * 600);
    struct descriptor *table = (struct descriptor *)rig_at(r, address);
    /* More buffers than the queue has descriptors, last to first. */
    for (unsigned i = 0; i < 600; i++)
        table[i] = (struct descriptor){buffer + i, 1, DESC_WRITE | (i ? DESC_NEXT : 0), i - 1};
    table[0] = (struct descriptor){buffer + 599, 1, DESC_NEXT | DESC_WRITE, 599};
    table[1].flags = DESC_WRITE;
    describe(5, address, 16 * 600, DESC_INDIRECT, 0);
    send(5);
    expect_used(5, 600);
    cr_expect_eq(d->nin, 600);
}

Test(virtqueue, direct_then_indirect)
{
    begin(0, 8);
    uint64_t address = rig_alloc(r, 32);
    struct descriptor *table = (struct descriptor *)rig_at(r, address);
    table[0] = (struct descriptor){buffer, 16, DESC_NEXT, 1};
    table[1] = (struct descriptor){buffer, 16, DESC_WRITE, 0};
    describe(0, buffer, 5, DESC_NEXT, 1);
    describe(1, address, 32, DESC_INDIRECT, 0);
    send(0);
    expect_used(0, 16);
    cr_expect_eq(d->out_size, 21);
}

Test(virtqueue, empty_buffers_are_passed_over)
{
    begin(0, 8);
    describe(0, 0, 0, DESC_NEXT, 1);
    describe(1, buffer, 4, DESC_NEXT, 2);
    describe(2, 1, 0, DESC_WRITE, 0);
    send(0);
    expect_used(0, 0);
    cr_expect_eq(d->nout, 1);
    cr_expect_eq(d->nin, 0);
}

Test(virtqueue, events)
{
    begin(0, 8);
    for (unsigned i = 0; i < 8; i++)
        describe(i, buffer, 4, DESC_WRITE, 0);
    /* Wanted: an interrupt when entry 2 has been used. */
    q.available[2 + 8] = 2;
    send(0);
    send(1);
    cr_expect(!r->level);
    send(2);
    cr_expect(r->level);
    rig_write(r, MMIO_INTERRUPT_ACK, 1);
    send(3);
    cr_expect(!r->level);
    /* The device has drained the queue and wants to hear of entry 4. */
    cr_expect_eq(*(q.used + 2 + 4 * 8), 4);
    /* Several at a time go over it. */
    q.available[2 + 8] = 5;
    for (unsigned i = 4; i < 8; i++)
        ring_offer(&q, i);
    ring_notify(&q);
    cr_expect(r->level);
    cr_expect_eq(*(q.used + 2 + 4 * 8), 8);
}

Test(virtqueue, without_events)
{
    begin(VIRTIO_RING_F_EVENT_IDX, 8);
    describe(0, buffer, 4, DESC_WRITE, 0);
    q.available[0] = 1;
    send(0);
    expect_used(0, 4);
    cr_expect(!r->level);
    q.available[0] = 0;
    send(0);
    expect_used(0, 4);
    cr_expect(r->level);
}

Test(virtqueue, filled_before_driver_ok)
{
    begin(0, 8);
    rig_negotiate(r, 0);
    q = rig_queue(r, 0, 8);
    describe(0, buffer, 4, DESC_WRITE, 0);
    send(0);
    cr_expect_eq(q.used[1], 0);
    rig_driver_ok(r);
    expect_used(0, 4);
}

Test(virtqueue, features)
{
    begin(0, 8);
    rig_negotiate(r, VIRTIO_F_VERSION_1);
    cr_expect(rig_read(r, MMIO_STATUS) & VIRTIO_STATUS_FEATURES_OK, "as xv6 does");
    rig_negotiate(r, 0);
    cr_expect(rig_read(r, MMIO_STATUS) & VIRTIO_STATUS_FEATURES_OK);
    /* They stand now. */
    rig_write(r, MMIO_DRIVER_FEATURES_SEL, 0);
    rig_write(r, MMIO_DRIVER_FEATURES, 0);
    cr_expect(virtio_has(r->device, 1));
    /* One that is not offered. */
    rig_write(r, MMIO_STATUS, 0);
    rig_write(r, MMIO_DRIVER_FEATURES_SEL, 1);
    rig_write(r, MMIO_DRIVER_FEATURES, 1 | 1 << 20);
    rig_write(r, MMIO_STATUS, 11);
    cr_expect_eq(rig_read(r, MMIO_STATUS), 3);
    rig_write(r, MMIO_STATUS, 7);
    cr_expect(rig_read(r, MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET);
}

/* ---- what devices do ---- */

Test(virtqueue, unpop)
{
    begin(0, 8);
    d->hold = true;
    describe(0, buffer, 4, DESC_WRITE, 0);
    describe(1, buffer, 5, DESC_WRITE, 0);
    ring_offer(&q, 0);
    send(1);
    cr_assert_eq(d->nheld, 2);
    virtqueue_unpop(d->held[1]);
    virtqueue_unpop(d->held[0]);
    d->nheld = 0;
    d->hold = false;
    ring_notify(&q);
    expect_used(0, 4);
    expect_used(1, 5);
}

Test(virtqueue, pushed_together)
{
    begin(0, 8);
    d->hold = true;
    describe(0, buffer, 4, DESC_WRITE, 0);
    describe(1, buffer, 5, DESC_WRITE, 0);
    ring_offer(&q, 0);
    send(1);
    virtqueue_push(d->held[1], 5);
    virtqueue_push(d->held[0], 4);
    cr_expect_eq(q.used[1], 0);
    virtqueue_notify(&r->device->queue[0]);
    expect_used(1, 5);
    expect_used(0, 4);
}

Test(virtqueue, reset_while_a_request_is_held)
{
    begin(0, 8);
    d->hold = true;
    describe(0, buffer, 4, DESC_WRITE, 0);
    send(0);
    cr_assert_eq(d->nheld, 1);
    cr_expect(!virtio_stale(d->held[0]));
    begin(0, 8);
    cr_expect(virtio_stale(d->held[0]));
    virtqueue_push(d->held[0], 4);
    virtqueue_notify(&r->device->queue[0]);
    cr_expect_eq(q.used[1], 0);
    d->hold = false;
    describe(0, buffer, 6, DESC_WRITE, 0);
    send(0);
    expect_used(0, 6);
}

/* ---- hostile drivers ---- */

Test(hostile, chains)
{
    static const struct {
        const char *why;
        struct descriptor first, second;
        uint16_t head;
    } chains[] = {
        {"a head out of range", {0}, {0}, 16},
        {"a far head", {0}, {0}, 0xffff},
        {"a next one out of range", {RIG_RAM, 4, DESC_NEXT, 16}, {0}, 0},
        {"a loop of one", {RIG_RAM, 4, DESC_NEXT, 0}, {0}, 0},
        {"a loop of two", {RIG_RAM, 4, DESC_NEXT, 1}, {RIG_RAM, 4, DESC_NEXT, 0}, 0},
        {"a loop of empty buffers", {0, 0, DESC_NEXT, 1}, {0, 0, DESC_NEXT, 0}, 0},
        {"no RAM", {0x1000, 4, 0, 0}, {0}, 0},
        {"registers", {0x10001000, 4, DESC_WRITE, 0}, {0}, 0},
        {"beyond RAM's end", {RIG_RAM + RIG_RAM_SIZE - 4, 5, 0, 0}, {0}, 0},
        {"beyond all addresses", {UINT64_MAX - 3, 8, DESC_WRITE, 0}, {0}, 0},
        {"before RAM", {RIG_RAM - 1, 2, 0, 0}, {0}, 0},
        {"the longest", {RIG_RAM, UINT32_MAX, DESC_WRITE, 0}, {0}, 0},
        {"out behind in", {RIG_RAM, 4, DESC_NEXT | DESC_WRITE, 1}, {RIG_RAM, 4, 0, 0}, 0},
    };

    begin(0, 16);
    for (unsigned i = 0; i < sizeof(chains) / sizeof(*chains); i++) {
        q.descriptors[0] = chains[i].first;
        q.descriptors[1] = chains[i].second;
        send(chains[i].head);
        expect_broken(chains[i].why);
    }
}

Test(hostile, indirect_tables)
{
    static const struct {
        const char *why;
        uint64_t offset;
        uint32_t length;
        uint16_t flags;
        struct descriptor first, second;
    } tables[] = {
        {"empty", 0, 0, DESC_INDIRECT, {0}, {0}},
        {"half an entry", 0, 24, DESC_INDIRECT, {RIG_RAM, 4, 0, 0}, {0}},
        {"too long", 0, 16 << 20, DESC_INDIRECT, {RIG_RAM, 4, 0, 0}, {0}},
        {"not in RAM", RIG_RAM_SIZE, 32, DESC_INDIRECT, {RIG_RAM, 4, 0, 0}, {0}},
        {"with a next one", 0, 32, DESC_INDIRECT | DESC_NEXT, {RIG_RAM, 4, 0, 0}, {0}},
        {"in an indirect one", 0, 32, DESC_INDIRECT, {RIG_RAM, 32, DESC_INDIRECT, 0}, {0}},
        {"a next one behind it", 0, 32, DESC_INDIRECT, {RIG_RAM, 4, DESC_NEXT, 2}, {0}},
        {"a loop", 0, 32, DESC_INDIRECT, {RIG_RAM, 4, DESC_NEXT, 1}, {RIG_RAM, 4, DESC_NEXT, 0}},
    };

    begin(0, 16);
    for (unsigned i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
        uint64_t address = rig_alloc(r, 4096);
        struct descriptor *table = (struct descriptor *)rig_at(r, address);
        table[0] = tables[i].first;
        table[1] = tables[i].second;
        if (table[0].flags & DESC_INDIRECT) {
            table[0].address = address + 64;
            table[4] = table[5] = (struct descriptor){buffer, 4, 0, 0};
        }
        describe(0, address + tables[i].offset, tables[i].length, tables[i].flags, 1);
        send(0);
        expect_broken(tables[i].why);
    }
    begin(VIRTIO_RING_F_INDIRECT_DESC, 16);
    describe(0, rig_alloc(r, 4096), 16, DESC_INDIRECT, 0);
    send(0);
    expect_broken("not agreed on");
}

Test(hostile, available_ring)
{
    begin(0, 16);
    describe(0, buffer, 4, DESC_WRITE, 0);
    q.available[1] = 17;
    ring_notify(&q);
    expect_broken("more entries than there are");
    q.available[1] = q.seen - 1;
    ring_notify(&q);
    expect_broken("backwards");
}

Test(hostile, more_requests_than_descriptors)
{
    begin(0, 4);
    d->hold = true;
    describe(0, buffer, 4, DESC_WRITE, 0);
    for (unsigned i = 0; i < 5; i++)
        send(0);
    cr_expect_eq(d->nheld, 4);
    d->hold = false;
    expect_broken("the same head five times");
    for (unsigned i = 0; i < 4; i++)
        virtqueue_push(d->held[i], 4);
}

/* Sets up queue 0 badly; the device is driven all the same. */
static void bad_queue(uint64_t descriptors, uint64_t available, uint64_t used, uint32_t size,
                      const char *why)
{
    begin(0, 16);
    rig_negotiate(r, 0);
    rig_write(r, MMIO_QUEUE_SEL, 0);
    rig_write(r, MMIO_QUEUE_SIZE, size);
    rig_write(r, MMIO_QUEUE_DESC, descriptors);
    rig_write(r, MMIO_QUEUE_DESC + 4, descriptors >> 32);
    rig_write(r, MMIO_QUEUE_DRIVER, available);
    rig_write(r, MMIO_QUEUE_DRIVER + 4, available >> 32);
    rig_write(r, MMIO_QUEUE_DEVICE, used);
    rig_write(r, MMIO_QUEUE_DEVICE + 4, used >> 32);
    rig_write(r, MMIO_QUEUE_READY, 1);
    rig_driver_ok(r);
    rig_write(r, MMIO_QUEUE_NOTIFY, 0);
    cr_expect(rig_read(r, MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET, "%s", why);
    begin(0, 16);
    describe(0, buffer, 16, DESC_WRITE, 0);
    send(0);
    expect_used(0, 16);
}

Test(hostile, queues)
{
    uint64_t end = RIG_RAM + RIG_RAM_SIZE;

    bad_queue(RIG_RAM, RIG_RAM, RIG_RAM, 3, "three");
    bad_queue(RIG_RAM, RIG_RAM, RIG_RAM, 512, "too long");
    bad_queue(RIG_RAM, RIG_RAM, RIG_RAM, 0x10010, "more than 16 bits");
    bad_queue(RIG_RAM + 8, RIG_RAM, RIG_RAM, 16, "descriptors not aligned");
    bad_queue(RIG_RAM, RIG_RAM + 1, RIG_RAM, 16, "available ring not aligned");
    bad_queue(RIG_RAM, RIG_RAM, RIG_RAM + 2, 16, "used ring not aligned");
    bad_queue(end - 16 * 15, RIG_RAM, RIG_RAM, 16, "descriptors beyond the end");
    bad_queue(RIG_RAM, end - 2 * 18, RIG_RAM, 16, "available ring beyond the end");
    bad_queue(RIG_RAM, RIG_RAM, end - 4 - 8 * 16, 16, "used ring beyond the end");
    bad_queue(0, 0, 0, 16, "nowhere");
    bad_queue(-16ull, -2ull, -4ull, 16, "at the end of all addresses");
}

Test(hostile, rings_over_each_other)
{
    /* Everything in one place: the device writes its used ring over the descriptors it reads. */
    begin(0, 16);
    rig_negotiate(r, 0);
    rig_write(r, MMIO_QUEUE_SEL, 0);
    uint64_t place = rig_alloc(r, 4096);
    for (unsigned i = 0; i < 3; i++) {
        rig_write(r, MMIO_QUEUE_DESC + 16 * i, place);
        rig_write(r, MMIO_QUEUE_DESC + 16 * i + 4, place >> 32);
    }
    rig_write(r, MMIO_QUEUE_SIZE, 16);
    rig_write(r, MMIO_QUEUE_READY, 1);
    rig_driver_ok(r);
    uint16_t *p = (uint16_t *)rig_at(r, place);
    for (unsigned i = 0; i < 1000; i++) {
        p[1]++;
        rig_write(r, MMIO_QUEUE_NOTIFY, 0);
    }
    begin(0, 16);
    describe(0, buffer, 16, DESC_WRITE, 0);
    send(0);
    expect_used(0, 16);
}

Test(hostile, nothing_there)
{
    begin(0, 16);
    for (unsigned offset = 0; offset < 0x200; offset += 4) {
        rig_write(r, MMIO_QUEUE_SEL, 0xffffffff);
        rig_write(r, offset, 0xffffffff);
        rig_read(r, offset);
        rig_write(r, offset, 0);
    }
    rig_write(r, MMIO_QUEUE_NOTIFY, 2);
    rig_write(r, MMIO_QUEUE_NOTIFY, 0xffffffff);
    begin(0, 16);
    r->transport->class->reset ? r->transport->class->reset(r->transport) : (void)0;
    ((struct virtio_transport *)r->transport)->plugged = NULL;
    for (unsigned offset = 0; offset < 0x200; offset += 4) {
        rig_write(r, offset, 1);
        rig_read(r, offset);
    }
    cr_expect_eq(rig_read(r, MMIO_DEVICE_ID), 0);
}
