/*
 * Hostile drivers at random: registers of every virtio device are read and written, queues lie and
 * point anywhere, and while the device works another thread (a hart) scribbles over what it reads.
 * Nothing may crash, hang or leave guest memory; a reset must give a device that works. The choices
 * of the driver are the same each time.
 *
 * FERRY_LONG: a hundred times as many. FERRY_SEED: another series.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "softmmu-system/block.h"
#include "softmmu-system/loop.h"
#include "softmmu-system/netdev.h"
#include "tests/system/rig.h"

static struct rig *r;
static uint64_t seed;
static char error[400];

static uint32_t dice(uint32_t sides)
{
    seed = seed * 6364136223846793005 + 1442695040888963407;
    return (seed >> 33) % sides;
}

/* ---- what a driver may say ---- */

enum { ARENA = 1 << 16 }; /* bytes at the beginning of RAM, in which most of it happens */

static uint64_t some_address(void)
{
    switch (dice(16)) {
    case 0:
        return dice(2) ? 0 : -(uint64_t)dice(64);
    case 1:
        return RIG_RAM + RIG_RAM_SIZE - dice(4096);
    case 2:
        return RIG_RAM - dice(16);
    case 3:
        return 0x10001000 + dice(0x200);
    case 4:
        return (uint64_t)dice(UINT32_MAX) << 32 | dice(UINT32_MAX);
    default:
        return RIG_RAM + (dice(ARENA) & (dice(4) ? ~15 : ~0));
    }
}

static uint32_t some_length(void)
{
    switch (dice(8)) {
    case 0:
        return dice(2) ? UINT32_MAX - dice(16) : 0;
    case 1:
        return dice(RIG_RAM_SIZE);
    case 2:
        return 16 * dice(64);
    case 3:
        return 1;
    case 4:
        return 16;
    default:
        return dice(8) * 512;
    }
}

static uint32_t some_value(void)
{
    switch (dice(8)) {
    case 0:
        return dice(UINT32_MAX);
    case 1:
        return 1u << dice(32);
    case 2:
        return UINT32_MAX - dice(4);
    case 3:
        return some_address();
    default:
        return dice(16);
    }
}

static void some_descriptors(struct ring *q)
{
    for (unsigned n = dice(8); n; n--)
        q->descriptors[dice(q->size)] =
            (struct descriptor){some_address(), some_length(), dice(8) ? dice(4) : dice(UINT16_MAX),
                                dice(8) ? dice(q->size) : dice(UINT16_MAX)};
}

/* A chain that a device may take for a request: a header, some data, a byte to answer in. */
static void likely_chain(struct ring *q)
{
    unsigned head = dice(q->size), i = head, next;
    uint64_t header = RIG_RAM + (dice(ARENA) & ~15);

    *(uint32_t *)rig_at(r, header) = dice(16);
    *(uint64_t *)rig_at(r, header + 8) = dice(8) ? dice(2048) : some_address();
    q->descriptors[i] = (struct descriptor){header, 16, DESC_NEXT, next = dice(q->size)};
    for (unsigned n = dice(4); n; n--) {
        i = next;
        q->descriptors[i] =
            (struct descriptor){some_address(), some_length(),
                                DESC_NEXT | (dice(4) ? DESC_WRITE : 0), next = dice(q->size)};
    }
    q->descriptors[next] = (struct descriptor){RIG_RAM + dice(ARENA), dice(64), DESC_WRITE, 0};
    ring_offer(q, head);
}

/* ---- another hart ---- */

static atomic_bool stop;

static void *scribble(void *argument)
{
    uint64_t x = 88172645463325252;

    for (; !atomic_load_explicit(&stop, memory_order_relaxed);) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        volatile uint16_t *p = (uint16_t *)(r->ram + (x >> 20) % (ARENA - 2) / 2 * 2);
        *p = x >> 40 & (x & 1 ? 0xf : 0xffff);
        if (!(x >> 58))
            usleep(50);
    }
    return argument;
}

/* ---- rounds ---- */

static int host = -1; /* the other end of a port; -1: none */

static void nothing(struct loop_call *c)
{
    (void)c;
}

/* One round of the event loop, without sleeping. */
static void turn(void)
{
    static struct loop_call call = {.run = nothing};

    static char bytes[4096];

    if (host >= 0 && dice(2))
        (void)!send(host, bytes, 1 + dice(dice(4) ? 16 : 4096), MSG_DONTWAIT);
    while (host >= 0 && recv(host, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
        ;
    loop_defer(&call);
    loop_once(r->machine);
}

static void access_registers(void)
{
    for (unsigned n = dice(20); n; n--) {
        unsigned offset = dice(4) ? dice(0x110 / 4) * 4 : dice(0x1000);
        unsigned size = dice(8) ? 4 : 1 << dice(4);
        uint64_t value = some_value();
        machine_lock(r->machine);
        if (dice(2))
            device_read(r->transport, offset, size, &value);
        else
            device_write(r->transport, offset, size, value);
        machine_unlock(r->machine);
    }
}

static void drive_queues(void)
{
    struct ring rings[3];
    unsigned n = 0, queues = r->device->nqueues < 6 ? r->device->nqueues : 6;

    r->free = RIG_RAM;
    rig_negotiate(r, dice(2) ? 0 : 1ull << dice(40));
    for (; n < 1 + dice(3) && n < 3; n++) {
        unsigned index = dice(queues);
        rig_write(r, MMIO_QUEUE_SEL, index);
        uint32_t most = rig_read(r, MMIO_QUEUE_SIZE_MAX);
        rings[n] = rig_queue(r, index, most < 8 ? most : 8u << dice(3));
    }
    rig_driver_ok(r);
    r->free = RIG_RAM;
    for (unsigned steps = dice(40); steps; steps--) {
        struct ring *q = &rings[dice(n)];
        switch (dice(8)) {
        case 0:
            some_descriptors(q);
            ring_offer(q, dice(8) ? dice(q->size) : dice(UINT16_MAX));
            break;
        case 1:
            q->available[dice(q->size + 3)] = dice(2) ? dice(16) : dice(UINT16_MAX);
            break;
        case 2:
            if (!dice(4))
                access_registers();
            break;
        case 3:
            turn();
            break;
        default:
            likely_chain(q);
        }
        ring_notify(q);
    }
}

/* After a reset the device agrees on features and takes its first queue. */
static void still_works(void)
{
    r->free = RIG_RAM;
    rig_negotiate(r, 0);
    cr_assert(rig_read(r, MMIO_STATUS) & VIRTIO_STATUS_FEATURES_OK);
    rig_queue(r, 0, 8);
    rig_driver_ok(r);
    cr_assert_eq(rig_read(r, MMIO_STATUS) & 0xf, 0xf);
}

static void fuzz(void)
{
    unsigned rounds = getenv("FERRY_LONG") ? 1000000 : 10000;
    pthread_t thread;

    seed = getenv("FERRY_SEED") ? strtoull(getenv("FERRY_SEED"), NULL, 0) : 1;
    cr_assert(!pthread_create(&thread, NULL, scribble, NULL));
    for (unsigned i = 0; i < rounds; i++) {
        if (dice(4))
            drive_queues();
        else
            access_registers();
        turn();
        if (i % 64 == 0)
            still_works();
    }
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    rig_write(r, MMIO_STATUS, 0);
    block_drain_all();
    turn();
    still_works();
}

/* ---- the devices ---- */

TestSuite(fuzz, .timeout = 3600);

Test(fuzz, disk)
{
    char path[] = "/tmp/ferry-fuzz.XXXXXX";
    int fd = mkstemp(path);

    cr_assert(fd >= 0 && !ftruncate(fd, 1 << 20));
    close(fd);
    struct block_options o = {.file = path, .discard = true, .no_flush = true};
    cr_assert(block_open("d", &o, error, sizeof(error)), "%s", error);
    unlink(path);
    r = rig_make(device_class_find("virtio-blk-device"), "drive", "d", "num-queues", "3", NULL);
    fuzz();
}

Test(fuzz, randomness)
{
    r = rig_make(device_class_find("virtio-rng-device"), NULL);
    fuzz();
}

Test(fuzz, serial)
{
    r = rig_make(device_class_find("virtio-serial-device"), NULL);
    host = rig_chardev(r, "c");
    rig_add(r, device_class_find("virtconsole"), "chardev", "c", NULL);
    rig_add(r, device_class_find("virtserialport"), "name", "port", NULL);
    fuzz();
}

Test(fuzz, network)
{
    cr_assert(netdev_option("user,id=n,restrict=on", error, sizeof(error)), "%s", error);
    r = rig_make(device_class_find("virtio-net-device"), "netdev", "n", NULL);
    fuzz();
}
