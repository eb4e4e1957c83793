/* The virtio network card on a user network, by a driver that is this test. */
#include <criterion/criterion.h>
#include <string.h>

#include "softmmu-system/loop.h"
#include "softmmu-system/netdev.h"
#include "tests/system/rig.h"

enum { RECEIVE, TRANSMIT, CONTROL };
enum { HEADER = 12, ARP = 42, BUFFERS = 16 };
#define F_GUEST_CSUM (1ull << 1)
#define F_MRG_RXBUF  (1ull << 15)
#define F_EVENT_IDX  (1ull << 29)

static struct rig *r;
static struct ring receive, transmit, control;
static uint64_t in, out, command, answer; /* guest addresses */
static const uint8_t mac[6] = {0x52, 0x54, 0, 0xaa, 0xbb, 0xcc};

static void begin(uint64_t without)
{
    rig_negotiate(r, without);
    receive = rig_queue(r, RECEIVE, BUFFERS);
    transmit = rig_queue(r, TRANSMIT, BUFFERS);
    control = rig_queue(r, CONTROL, BUFFERS);
    rig_driver_ok(r);
}

static void init(void)
{
    char error[200];
    cr_assert(netdev_option("user,id=n", error, sizeof error), "%s", error);
    r = rig_make(device_class_find("virtio-net-device"), "netdev", "n", "mac", "52:54:00:aa:bb:cc",
                 "host_mtu", "1400", NULL);
    begin(0);
    in = rig_alloc(r, BUFFERS * 4096);
    out = rig_alloc(r, 70000);
    command = rig_alloc(r, 4096);
    answer = rig_alloc(r, 4096);
}
TestSuite(net, .init = init, .timeout = 60);

static void nothing(struct loop_call *c)
{
    (void)c;
}

/* A round of the loop that does not sleep. */
static void turn(void)
{
    static struct loop_call call = {.run = nothing};
    loop_defer(&call);
    loop_once(r->machine);
}

/* Offers a buffer of `size` bytes for receiving, as descriptor `i`. */
static void offer(unsigned i, uint32_t size)
{
    receive.descriptors[i] = (struct descriptor){in + 4096 * i, size, DESC_WRITE, 0};
    ring_offer(&receive, i);
}

/* Asks who has 10.0.2.`host`: the header and the frame in pieces of `piece` bytes. */
static void ask_arp(uint8_t host, unsigned piece)
{
    uint8_t *f = rig_at(r, out);
    unsigned n = 0;
    uint32_t id, length;
    memset(f, 0, HEADER + ARP);
    memcpy(f + HEADER, (uint8_t[]){255, 255, 255, 255, 255, 255}, 6);
    memcpy(f + HEADER + 6, mac, 6);
    memcpy(f + HEADER + 12, (uint8_t[]){8, 6, 0, 1, 8, 0, 6, 4, 0, 1}, 10);
    memcpy(f + HEADER + 22, mac, 6);
    memcpy(f + HEADER + 28, (uint8_t[]){10, 0, 2, 15}, 4);
    memcpy(f + HEADER + 38, (uint8_t[]){10, 0, 2, host}, 4);
    for (unsigned at = 0; at < HEADER + ARP; at += piece, n++)
        transmit.descriptors[n] =
            (struct descriptor){out + at, at + piece < HEADER + ARP ? piece : HEADER + ARP - at,
                                at + piece < HEADER + ARP ? DESC_NEXT : 0, n + 1};
    ring_offer(&transmit, 0);
    ring_notify(&transmit);
    cr_assert(ring_wait(&transmit, &id, &length));
    cr_assert_eq(id, 0);
    cr_assert_eq(length, 0);
}

static const uint8_t *frame_in(unsigned i)
{
    return rig_at(r, in + 4096 * i);
}

/* The answer for 10.0.2.`host` is in buffer `i`, whole. */
static void expect_arp(unsigned i, uint8_t host)
{
    uint32_t id, length;
    cr_assert(ring_wait(&receive, &id, &length), "no frame");
    cr_assert_eq(id, i);
    cr_assert_geq(length, HEADER + ARP);
    cr_assert_eq(frame_in(i)[10], 1, "num_buffers");
    cr_assert_eq(memcmp(frame_in(i) + HEADER, mac, 6), 0);
    cr_assert_eq(frame_in(i)[HEADER + 31], host);
}

Test(net, configuration)
{
    for (int i = 0; i < 6; i++)
        cr_assert_eq(rig_read(r, MMIO_CONFIG + (i & ~3)) >> 8 * (i & 3) & 0xff, mac[i]);
    cr_assert_eq(rig_read(r, MMIO_CONFIG + 4) >> 16, 1, "the link is up");
    cr_assert_eq(rig_read(r, MMIO_CONFIG + 8), 1 | 1400 << 16, "a pair of queues, the MTU");
}

Test(net, there_and_back)
{
    begin(F_EVENT_IDX);
    for (unsigned piece = 1; piece < 60; piece += piece < 5 ? 4 : 7) {
        if ((HEADER + ARP) / piece >= BUFFERS)
            continue;
        offer(3, 2000);
        ring_notify(&receive);
        ask_arp(2, piece);
        expect_arp(3, 2);
        cr_assert(r->level);
        rig_write(r, MMIO_INTERRUPT_ACK, 1);
    }
}

Test(net, checksums_of_received_frames_are_valid)
{
    offer(0, 2000);
    ask_arp(2, 100);
    expect_arp(0, 2);
    cr_assert_eq(frame_in(0)[0], 2);
    begin(F_GUEST_CSUM);
    offer(0, 2000);
    ask_arp(2, 100);
    expect_arp(0, 2);
    cr_assert_eq(frame_in(0)[0], 0);
}

Test(net, small_buffers_are_merged)
{
    uint32_t id, length;
    for (unsigned i = 0; i < 8; i++)
        offer(i, 16);
    ask_arp(2, 100);
    uint8_t all[200];
    unsigned n = 0, buffers = 0;
    cr_assert(ring_wait(&receive, &id, &length));
    do {
        cr_assert_eq(id, buffers++);
        cr_assert_leq(length, 16);
        memcpy(all + n, frame_in(id), length);
        n += length;
    } while (ring_take(&receive, &id, &length));
    cr_assert_geq(n, HEADER + ARP);
    cr_assert_eq(all[10], buffers);
    cr_assert_eq(all[HEADER + 31], 2);
}

/* Too few buffers for one frame: none is used until there are enough. */
Test(net, frames_wait_for_buffers)
{
    uint32_t id, length;
    offer(0, 20);
    ask_arp(2, 100);
    ask_arp(3, 100);
    turn();
    cr_assert_not(ring_take(&receive, &id, &length));
    receive.descriptors[0] = (struct descriptor){in, 2000, DESC_WRITE, 0};
    offer(1, 2000);
    ring_notify(&receive);
    expect_arp(0, 2);
    expect_arp(1, 3);
}

/* What waited for a driver is not the next one's. */
Test(net, a_reset_forgets_frames)
{
    uint32_t id, length;
    ask_arp(2, 100);
    turn();
    begin(0);
    offer(0, 2000);
    ring_notify(&receive);
    turn();
    cr_assert_not(ring_take(&receive, &id, &length));
    ask_arp(3, 100);
    expect_arp(0, 3);
}

Test(net, a_frame_that_never_fits_is_dropped)
{
    uint32_t id, length;
    begin(F_MRG_RXBUF);
    offer(0, 20);
    ring_notify(&receive);
    ask_arp(2, 100);
    offer(1, 2000);
    ring_notify(&receive);
    turn();
    cr_assert_not(ring_take(&receive, &id, &length));
    cr_assert_not(rig_read(r, MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET);
}

Test(net, a_frame_without_its_header)
{
    transmit.descriptors[0] = (struct descriptor){out, HEADER - 1, 0, 0};
    ring_offer(&transmit, 0);
    ring_notify(&transmit);
    turn();
    cr_assert(rig_read(r, MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET);
    begin(0);
    offer(0, 2000);
    ask_arp(2, 100);
    expect_arp(0, 2);
}

/* A command of `n` bytes; what the card answers. */
static int run(const void *bytes, uint32_t n)
{
    uint32_t id, length;
    memcpy(rig_at(r, command), bytes, n);
    *rig_at(r, answer) = 99;
    control.descriptors[0] = (struct descriptor){command, n, DESC_NEXT, 1};
    control.descriptors[1] = (struct descriptor){answer, 1, DESC_WRITE, 0};
    ring_offer(&control, 0);
    ring_notify(&control);
    cr_assert(ring_wait(&control, &id, &length));
    cr_assert_eq(length, 1);
    return *rig_at(r, answer);
}
#define RUN(...) run((uint8_t[]){__VA_ARGS__}, sizeof((uint8_t[]){__VA_ARGS__}))
enum { OK, ERR };

Test(net, filters)
{
    uint32_t id, length;
    cr_assert_eq(RUN(0, 0, 0), OK); /* not promiscuous any more */
    offer(0, 2000);
    ask_arp(2, 100);
    expect_arp(0, 2);                                    /* it is ours */
    cr_assert_eq(RUN(1, 1, 0x52, 0x54, 0, 1, 2, 3), OK); /* another address */
    offer(1, 2000);
    ask_arp(2, 100);
    turn();
    cr_assert_not(ring_take(&receive, &id, &length));
    cr_assert_eq(RUN(1, 0, 1, 0, 0, 0, 0x52, 0x54, 0, 0xaa, 0xbb, 0xcc, 0, 0, 0, 0), OK);
    ask_arp(2, 100);
    expect_arp(1, 2);               /* it is in the table */
    cr_assert_eq(RUN(0, 4, 1), OK); /* no unicast */
    offer(2, 2000);
    ask_arp(2, 100);
    turn();
    cr_assert_not(ring_take(&receive, &id, &length));
    rig_write(r, MMIO_STATUS, 0); /* forgets all this */
    begin(0);
    offer(3, 2000);
    ask_arp(2, 100);
    expect_arp(3, 2);
}

Test(net, wrong_commands)
{
    cr_assert_eq(RUN(0), ERR);
    cr_assert_eq(RUN(0, 0), ERR);
    cr_assert_eq(RUN(0, 6, 1), ERR);
    cr_assert_eq(RUN(9, 0, 1), ERR);
    cr_assert_eq(RUN(1, 1, 1, 2, 3), ERR);
    cr_assert_eq(RUN(1, 0), ERR);
    cr_assert_eq(RUN(1, 0, 0, 0, 0, 0), ERR);
    cr_assert_eq(RUN(1, 0, 255, 255, 255, 255, 0, 0, 0, 0), ERR);
    cr_assert_eq(RUN(1, 0, 171, 170, 170, 42, 0, 0, 0, 0), ERR); /* times 6 it is small */
    cr_assert_eq(RUN(1, 0, 1, 0, 0, 0, 1, 2, 3, 4, 5, 6), ERR);
    cr_assert_eq(RUN(2, 0, 255, 15), OK);
    cr_assert_eq(RUN(2, 0, 0, 16), ERR);
    cr_assert_eq(RUN(2, 2, 0, 0), ERR);
    uint8_t many[1000] = {1, 0, 160, 0};
    many[6 + 160 * 6] = 0;
    cr_assert_eq(run(many, 6 + 160 * 6 + 4), OK); /* more than are kept: all pass */
}

/* Rings and frames of any kind: an error of the device at most. */
Test(net, hostile)
{
    uint64_t state = 88172645463325252;
    uint32_t id, length;
    for (int round = 0; round < 400; round++) {
        begin(round & 1 ? 0 : F_EVENT_IDX);
        for (int k = 0; k < 40; k++) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            struct ring *q = (struct ring *[]){&receive, &transmit, &control}[state % 3];
            struct descriptor *d = &q->descriptors[state >> 4 & 15];
            d->address = RIG_RAM + (state >> 20 & 0xffffff);
            d->length = state >> 60 ? state >> 44 & 0xfff : state >> 30;
            d->flags = state >> 10 & (state & 512 ? 7 : 3);
            d->next = state >> 13 & 15;
            if (d->address < out) /* the rings themselves, rarely */
                d->address = state & 0xff00 ? out : d->address;
            ring_offer(q, state >> 16 & 31);
            ring_notify(q);
            turn();
        }
        r->free = out + 80 * 4096; /* the rings of this round are over */
    }
    begin(0);
    while (ring_take(&receive, &id, &length))
        ;
    offer(0, 2000);
    ask_arp(2, 100);
    expect_arp(0, 2);
}
