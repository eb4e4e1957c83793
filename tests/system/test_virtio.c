/* The virtio disk, source of randomness and serial ports, by a driver that is this test. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "softmmu-system/block.h"
#include "softmmu-system/loop.h"
#include "tests/system/rig.h"

static struct rig *r;
static struct ring q;
static char path[64], error[400];

/* ---- the disk ---- */

enum { IN, OUT, FLUSH = 4, GET_ID = 8, DISCARD = 11, WRITE_ZEROES = 13 };
enum { OK, IOERR, UNSUPP };
enum { DISK = 1 << 20 };
#define F_FLUSH      (1ull << 9)
#define F_CONFIG_WCE (1ull << 11)

static uint64_t header, data, status; /* guest addresses */

static void begin(uint64_t without)
{
    rig_negotiate(r, without);
    rig_write(r, MMIO_QUEUE_SEL, 0);
    uint32_t size = rig_read(r, MMIO_QUEUE_SIZE_MAX);
    q = rig_queue(r, 0, size < 64 ? size : 64);
    rig_driver_ok(r);
}

static void make_disk(bool readonly)
{
    struct block_options o = {.file = path, .readonly = readonly};

    strcpy(path, "/tmp/ferry-blk.XXXXXX");
    int fd = mkstemp(path);
    cr_assert(fd >= 0 && !ftruncate(fd, DISK - 100));
    close(fd);
    cr_assert(block_open("d", &o, error, sizeof(error)), "%s", error);
    r = rig_make(device_class_find("virtio-blk-device"), "drive", "d", "serial",
                 "a serial number of 27 bytes", NULL);
    begin(0);
    header = rig_alloc(r, 16);
    data = rig_alloc(r, 64 << 10);
    status = rig_alloc(r, 1);
}

static void end_disk(void)
{
    unlink(path);
}
TestSuite(blk, .fini = end_disk, .timeout = 60);

static void put_header(uint32_t type, uint64_t sector)
{
    uint32_t *h = (uint32_t *)rig_at(r, header);

    h[0] = type;
    h[1] = 0;
    memcpy(h + 2, &sector, 8);
    *rig_at(r, status) = 0xff;
}

static int finish(uint32_t length)
{
    uint32_t id, n;

    ring_offer(&q, 0);
    ring_notify(&q);
    cr_assert(ring_wait(&q, &id, &n), "no answer");
    cr_expect_eq(id, 0);
    cr_expect_eq(n, length);
    return *rig_at(r, status);
}

/* A request as drivers make it; its status. */
static int blk(uint32_t type, uint64_t sector, uint32_t size)
{
    bool in = type == IN || type == GET_ID;

    put_header(type, sector);
    q.descriptors[0] = (struct descriptor){header, 16, DESC_NEXT, size ? 1 : 2};
    q.descriptors[1] = (struct descriptor){data, size, DESC_NEXT | (in ? DESC_WRITE : 0), 2};
    q.descriptors[2] = (struct descriptor){status, 1, DESC_WRITE, 0};
    return finish(in ? size + 1 : 1);
}

Test(blk, identity)
{
    char id[21] = "";

    make_disk(false);
    cr_expect_eq(rig_read(r, MMIO_DEVICE_ID), 2);
    cr_expect_eq(rig_read(r, MMIO_CONFIG), DISK / 512);
    cr_expect_eq(rig_read(r, MMIO_CONFIG + 4), 0);
    cr_expect_eq(blk(GET_ID, 0, 20), OK);
    memcpy(id, rig_at(r, data), 20);
    cr_expect_str_eq(id, "a serial number of 2");
    cr_expect_eq(blk(GET_ID, 0, 8), OK);
    cr_expect_eq(blk(77, 0, 0), UNSUPP);
}

Test(blk, read_and_write)
{
    make_disk(false);
    for (unsigned i = 0; i < 65536; i++)
        rig_at(r, data)[i] = i * 11 + i / 512;
    cr_expect_eq(blk(OUT, 100, 65536), OK);
    cr_expect_eq(blk(FLUSH, 0, 0), OK);
    memset(rig_at(r, data), 0, 65536);
    cr_expect_eq(blk(IN, 100, 65536), OK);
    for (unsigned i = 0; i < 65536; i++)
        cr_assert_eq(rig_at(r, data)[i], (uint8_t)(i * 11 + i / 512));
    cr_expect_eq(blk(IN, 101, 512), OK);
    cr_expect_eq(rig_at(r, data)[3], (uint8_t)(3 * 11 + 512 * 11 + 1));
    cr_expect_eq(blk(IN, DISK / 512 - 1, 512), OK);
    cr_expect_eq(blk(IN, DISK / 512, 512), IOERR);
    cr_expect_eq(blk(OUT, DISK / 512 - 1, 1024), IOERR);
    cr_expect_eq(blk(OUT, UINT64_MAX, 512), IOERR);
    cr_expect_eq(blk(OUT, UINT64_MAX / 512, 512), IOERR);
    cr_expect_eq(blk(OUT, 0, 100), IOERR);
    cr_expect_eq(blk(IN, 0, 511), IOERR);
}

/* Header, data and status in other pieces than drivers make: no framing may be assumed (2.7.4). */
Test(blk, other_framing)
{
    make_disk(false);
    uint64_t all = rig_alloc(r, 4096);
    uint8_t *p = rig_at(r, all);

    put_header(OUT, 7);
    memcpy(p, rig_at(r, header), 16);
    memset(p + 16, 0x77, 512);
    /* 5 + 11 bytes of header, the second with data behind them. */
    q.descriptors[0] = (struct descriptor){all, 5, DESC_NEXT, 1};
    q.descriptors[1] = (struct descriptor){all + 5, 11 + 100, DESC_NEXT, 2};
    q.descriptors[2] = (struct descriptor){all + 116, 412, DESC_NEXT, 3};
    q.descriptors[3] = (struct descriptor){status, 1, DESC_WRITE, 0};
    cr_expect_eq(finish(1), OK);
    put_header(IN, 7);
    memset(p, 0, 4096);
    /* The status right behind the data. */
    q.descriptors[0] = (struct descriptor){header, 16, DESC_NEXT, 1};
    q.descriptors[1] = (struct descriptor){all, 1, DESC_NEXT | DESC_WRITE, 2};
    q.descriptors[2] = (struct descriptor){all + 1, 512, DESC_WRITE, 0};
    p[512] = 0xff;
    finish(513);
    cr_expect_eq(p[0], 0x77);
    cr_expect_eq(p[511], 0x77);
    cr_expect_eq(p[512], OK);
}

Test(blk, zeroes_and_discard)
{
    make_disk(false);
    struct {
        uint64_t sector;
        uint32_t sectors, flags;
    } *segment = (void *)rig_at(r, data);

    memset(rig_at(r, data), 1, 8192);
    cr_expect_eq(blk(OUT, 8, 8192), OK);
    for (unsigned flags = 0; flags < 2; flags++) {
        segment->sector = 9 + 4 * flags;
        segment->sectors = 2;
        segment->flags = flags;
        cr_expect_eq(blk(WRITE_ZEROES, 0, 16), OK);
    }
    segment->flags = 0;
    segment->sector = 1000;
    cr_expect_eq(blk(DISCARD, 0, 16), OK);
    segment->sector = DISK / 512;
    cr_expect_eq(blk(WRITE_ZEROES, 0, 16), IOERR);
    cr_expect_eq(blk(DISCARD, 0, 16), IOERR);
    segment->sector = UINT64_MAX;
    segment->sectors = UINT32_MAX;
    cr_expect_eq(blk(DISCARD, 0, 16), IOERR);
    cr_expect_eq(blk(DISCARD, 0, 8), IOERR);
    segment->flags = 2;
    cr_expect_eq(blk(WRITE_ZEROES, 0, 16), UNSUPP);
    cr_expect_eq(blk(IN, 8, 8192), OK);
    for (unsigned i = 0; i < 8192; i++) {
        unsigned sector = 8 + i / 512;
        bool zero = sector == 9 || sector == 10 || sector == 13 || sector == 14;
        cr_assert_eq(rig_at(r, data)[i], !zero, "byte %u", i);
    }
}

Test(blk, read_only)
{
    make_disk(true);
    cr_expect(r->device->offered & 1 << 5);
    cr_expect_eq(blk(IN, 0, 512), OK);
    cr_expect_eq(blk(OUT, 0, 512), IOERR);
    cr_expect_eq(blk(WRITE_ZEROES, 0, 16), UNSUPP);
}

/* Every flush of an image ends here; counted. */
static atomic_uint flushes;

int fdatasync(int fd)
{
    flushes++;
    return syscall(SYS_fdatasync, fd);
}

/* A write of one sector; how many flushes came with it. */
static unsigned flushes_of_write(void)
{
    unsigned before = flushes;

    cr_expect_eq(blk(OUT, 0, 512), OK);
    return flushes - before;
}

Test(blk, write_cache)
{
    make_disk(false);
    unsigned at = MMIO_CONFIG + 32;
    cr_expect_eq(rig_read(r, at) & 0xff, 1);
    cr_expect_eq(flushes_of_write(), 0);
    cr_expect_eq(blk(FLUSH, 0, 0), OK);
    cr_expect_eq(flushes, 1);
    rig_write(r, at, 0);
    cr_expect_eq(rig_read(r, at) & 0xff, 0);
    cr_expect_eq(flushes_of_write(), 1);
    begin(F_CONFIG_WCE);
    cr_expect_eq(rig_read(r, at) & 0xff, 1);
    rig_write(r, at, 0);
    cr_expect_eq(rig_read(r, at) & 0xff, 1);
    cr_expect_eq(flushes_of_write(), 0);
    /* A driver that cannot flush relies on what is acknowledged. */
    begin(F_CONFIG_WCE | F_FLUSH);
    cr_expect_eq(flushes_of_write(), 1);
}

Test(blk, without_header_or_status)
{
    make_disk(false);
    for (unsigned i = 0; i < 3; i++) {
        put_header(IN, 0);
        q.descriptors[0] = (struct descriptor){header, i ? 16 : 15, DESC_NEXT, 1};
        q.descriptors[1] = (struct descriptor){status, 1, i ? 0 : DESC_WRITE, 0};
        if (i == 2)
            q.descriptors[0].flags = DESC_WRITE;
        ring_offer(&q, 0);
        ring_notify(&q);
        cr_expect(rig_read(r, MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET);
        begin(0);
        cr_expect_eq(blk(IN, 0, 512), OK);
    }
}

/* Many at a time, and a reset among them: nothing writes to the guest's memory afterwards. */
Test(blk, reset_among_requests)
{
    enum { SIZE = 512 << 10, REQUESTS = 16 };

    make_disk(false);
    uint64_t big = rig_alloc(r, SIZE), free = r->free;
    for (unsigned round = 0; round < 50; round++) {
        for (unsigned i = 0; i < REQUESTS; i++) {
            uint64_t at = rig_alloc(r, 32);
            unsigned d = 3 * i;
            put_header(IN, 0);
            memcpy(rig_at(r, at), rig_at(r, header), 16);
            q.descriptors[d] = (struct descriptor){at, 16, DESC_NEXT, d + 1};
            q.descriptors[d + 1] = (struct descriptor){big, SIZE, DESC_NEXT | DESC_WRITE, d + 2};
            q.descriptors[d + 2] = (struct descriptor){at + 16, 1, DESC_WRITE, 0};
            ring_offer(&q, d);
        }
        ring_notify(&q);
        rig_write(r, MMIO_STATUS, 0);
        memset(rig_at(r, big), 0xa5, SIZE);
        usleep(round % 5 * 100);
        for (unsigned i = 0; i < SIZE; i += 512)
            cr_assert_eq(rig_at(r, big)[i], 0xa5);
        r->free = free;
        begin(0);
        cr_expect_eq(blk(FLUSH, 0, 0), OK);
    }
}

Test(blk, properties)
{
    static const char *const bad[][2] = {
        {"logical_block_size", "1000"}, {"queue-size", "7"},    {"num-queues", "65"},
        {"physical_block_size", "256"}, {"queue-size", "2048"},
    };

    make_disk(false);
    struct block_options o = {.file = path, .no_lock = true};
    cr_assert(block_open("e", &o, error, sizeof(error)), "%s", error);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct device *d = device_create(r->machine, device_class_find("virtio-blk-device"));
        cr_assert(device_set(d, "drive", "e", error, sizeof(error)));
        cr_assert(device_set(d, bad[i][0], bad[i][1], error, sizeof(error)), "%s", error);
        cr_expect(!device_start(d, error, sizeof(error)), "%s", bad[i][0]);
        cr_expect(strstr(error, "virtio-blk-device: "), "%s", error);
    }
    struct device *d = device_create(r->machine, device_class_find("virtio-blk-device"));
    cr_expect(!device_start(d, error, sizeof(error)));
    cr_expect(strstr(error, "drive="));
    cr_assert(device_set(d, "drive", "d", error, sizeof(error)));
    cr_expect(!device_start(d, error, sizeof(error)));
    cr_expect(strstr(error, "drive d has a device already"), "%s", error);
    cr_assert(device_set(d, "drive", "e", error, sizeof(error)));
    cr_expect(!device_start(d, error, sizeof(error)));
    cr_expect(strstr(error, "virtio transport"), "%s", error);
}

/* ---- randomness ---- */

static bool random_bytes(uint32_t size, uint32_t *given)
{
    uint32_t id;

    q.descriptors[0] = (struct descriptor){data, size, DESC_WRITE, 0};
    ring_offer(&q, 0);
    ring_notify(&q);
    return ring_take(&q, &id, given);
}

Test(rng, bytes)
{
    uint32_t given;
    unsigned zeroes = 0;

    r = rig_make(device_class_find("virtio-rng-device"), NULL);
    begin(0);
    data = rig_alloc(r, 1 << 20);
    cr_assert(random_bytes(4096, &given));
    cr_expect_eq(given, 4096);
    for (unsigned i = 0; i < 4096; i++)
        zeroes += !rig_at(r, data)[i];
    cr_expect(zeroes < 100);
    cr_expect_eq(rig_at(r, data)[4096], 0);
    cr_assert(random_bytes(1 << 20, &given));
    cr_expect(given > 0 && given <= 1 << 20);
}

Test(rng, rate)
{
    uint32_t given, id;

    r = rig_make(device_class_find("virtio-rng-device"), "max-bytes", "100", "period", "200", NULL);
    begin(0);
    data = rig_alloc(r, 4096);
    cr_assert(random_bytes(60, &given));
    cr_expect_eq(given, 60);
    cr_assert(random_bytes(60, &given));
    cr_expect_eq(given, 40);
    cr_expect(!random_bytes(60, &given), "more than allowed");
    cr_assert(ring_wait(&q, &id, &given));
    cr_expect_eq(given, 60);
}

/* ---- serial ports ---- */

static struct ring rings[6];
static int host; /* the other end of the port's chardev */

static void make_ports(bool several)
{
    r = rig_make(device_class_find("virtio-serial-device"), "max_ports", several ? "4" : "1", NULL);
    host = rig_chardev(r, "c");
    rig_add(r, device_class_find("virtconsole"), "chardev", "c", NULL);
    if (several)
        rig_add(r, device_class_find("virtserialport"), "name", "org.example.port", NULL);
    rig_negotiate(r, 0);
    for (unsigned i = 0; i < (several ? 6 : 2); i++)
        rings[i] = rig_queue(r, i, 8);
    rig_driver_ok(r);
    data = rig_alloc(r, 4096);
}

/* The guest gives a buffer to receive into. */
static void give(struct ring *ring, unsigned i, uint32_t size)
{
    ring->descriptors[i] = (struct descriptor){data + 512 * i, size, DESC_WRITE, 0};
    ring_offer(ring, i);
    ring_notify(ring);
}

static void say(struct ring *ring, const void *bytes, uint32_t size)
{
    uint32_t id, length;

    memcpy(rig_at(r, data + 2048), bytes, size);
    ring->descriptors[0] = (struct descriptor){data + 2048, size, 0, 0};
    ring_offer(ring, 0);
    ring_notify(ring);
    cr_assert(ring_wait(ring, &id, &length));
}

static void console_both_ways(void)
{
    char text[16] = "";
    uint32_t id, length;

    say(&rings[1], "hello", 5);
    for (unsigned i = 0; i < 100 && recv(host, text, sizeof(text), MSG_DONTWAIT) != 5; i++)
        loop_once(r->machine);
    cr_expect_str_eq(text, "hello");
    cr_assert_eq(write(host, "world", 5), 5);
    give(&rings[0], 0, 3);
    cr_assert(ring_wait(&rings[0], &id, &length));
    cr_expect_eq(length, 3);
    cr_expect(!memcmp(rig_at(r, data), "wor", 3));
    give(&rings[0], 1, 100);
    cr_assert(ring_wait(&rings[0], &id, &length));
    cr_expect_eq(length, 2);
    cr_expect(!memcmp(rig_at(r, data + 512), "ld", 2));
}

Test(console, alone, .timeout = 60)
{
    make_ports(false);
    cr_expect(!(r->device->offered & 2));
    console_both_ways();
}

/* The next message on the control queue: "id event value text". */
static void expect_message(unsigned i, const char *expected)
{
    uint32_t id, length;
    char text[100];

    cr_assert(ring_wait(&rings[2], &id, &length), "none: %s", expected);
    cr_assert_eq(id, i);
    uint8_t *p = rig_at(r, data + 512 * i);
    snprintf(text, sizeof(text), "%u %u %u %.*s", p[0], p[4], p[6], (int)(length - 8), p + 8);
    cr_expect_str_eq(text, expected);
}

Test(console, several, .timeout = 60)
{
    struct {
        uint32_t id;
        uint16_t event, value;
    } ready = {0, 0, 1}, port0 = {0, 3, 1}, port1 = {1, 3, 1}, open0 = {0, 6, 1}, none = {99, 3, 1};

    make_ports(true);
    cr_expect_eq(rig_read(r, MMIO_CONFIG + 4), 4);
    /* Nothing to write into yet: it is not lost. */
    say(&rings[3], &ready, 8);
    give(&rings[2], 0, 8);
    expect_message(0, "0 1 1 ");
    give(&rings[2], 1, 8);
    expect_message(1, "1 1 1 ");
    say(&rings[3], &none, 8);
    say(&rings[3], &port0, 8);
    say(&rings[3], &port1, 8);
    say(&rings[3], &port1, 3);
    give(&rings[2], 2, 100);
    expect_message(2, "0 4 1 ");
    give(&rings[2], 3, 100);
    expect_message(3, "0 6 1 ");
    give(&rings[2], 4 - 4, 100);
    expect_message(0, "1 7 1 org.example.port");
    say(&rings[3], &open0, 8);
    console_both_ways();
}

Test(console, what_the_host_does_not_take, .timeout = 60)
{
    make_ports(false);
    uint32_t id, length, size = 1 << 20;
    uint64_t big = rig_alloc(r, size), got = 0;
    static uint8_t bytes[65536];

    for (unsigned i = 0; i < size; i++)
        rig_at(r, big)[i] = i / 7;
    rings[1].descriptors[0] = (struct descriptor){big, size, 0, 0};
    ring_offer(&rings[1], 0);
    ring_notify(&rings[1]);
    for (unsigned i = 0; i < 50; i++) {
        rig_read(r, MMIO_STATUS);
        cr_assert(!ring_take(&rings[1], &id, &length), "all taken, though nobody reads");
    }
    while (got < size) {
        ssize_t n = recv(host, bytes, sizeof(bytes), MSG_DONTWAIT);
        for (ssize_t i = 0; i < n; i++)
            cr_assert_eq(bytes[i], (uint8_t)((got + i) / 7));
        if (n > 0)
            got += n;
        else
            loop_once(r->machine);
    }
    cr_assert(ring_wait(&rings[1], &id, &length));
}
