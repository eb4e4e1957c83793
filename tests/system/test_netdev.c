/* Networks, with a card that is this test: rules, frames there and back, and frames that wait. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "softmmu-system/loop.h"
#include "softmmu-system/machine.h"
#include "softmmu-system/netdev.h"

static struct machine machine = {.mutex = PTHREAD_MUTEX_INITIALIZER};
static char error[400];

int64_t machine_clock(const struct machine *m)
{
    (void)m;
    return 0;
}

static void init(void)
{
    loop_init(&machine);
}
TestSuite(netdev, .init = init, .timeout = 60);

static void refused(const char *text, const char *why)
{
    cr_assert_not(netdev_option(text, error, sizeof error), "%s", text);
    cr_assert(strstr(error, why), "%s: \"%s\" does not say \"%s\"", text, error, why);
}

Test(netdev, texts)
{
    refused("user", "id=");
    refused("bridge,id=n", "'bridge'");
    refused("bridge,id=n", "user tap");
    refused("user,id=n,foo=1", "'foo' (known:");
    refused("user,id=n,net=banana", "net=banana");
    refused("user,id=n,net=10.1.0.0/99", "not a network");
    refused("user,id=n,host=10.9.9.9", "not in net=");
    refused("user,id=n,restrict=perhaps", "on or off");
    static const char *const rules[] = {"",
                                        "tcp",
                                        "tcp:",
                                        "tcp::",
                                        "tcp::99999-:22",
                                        "tcp::1-:0",
                                        "icmp::1-:2",
                                        "tcp:nohost:1-:2",
                                        "tcp::1-x:2",
                                        "tcp::1",
                                        "tcp::-:22",
                                        "tcp::+1-:22",
                                        "tcp::1-:22x"};
    for (unsigned i = 0; i < sizeof rules / sizeof *rules; i++) {
        char text[100];
        snprintf(text, sizeof text, "user,id=n,hostfwd=%s", rules[i]);
        refused(text, "must be [tcp|udp]:");
    }
    refused("tap,id=n,script=/etc/up", "script");
    refused("tap,id=n,vhost=on", "vhost");
    refused("tap,id=n,fd=9999", "Bad file descriptor");
    cr_assert(netdev_option("user,id=n", error, sizeof error), "%s", error);
    refused("user,id=n", "two with id=n");
    const char *model, *id, *mac;
    cr_assert(netdev_nic_option("none", &model, &id, &mac, error, sizeof error));
    cr_assert_null(model);
    cr_assert(netdev_nic_option("user,model=virtio-net-device,mac=52:54:00:00:00:01", &model, &id,
                                &mac, error, sizeof error));
    cr_assert_str_eq(model, "virtio-net-device");
    cr_assert_str_eq(mac, "52:54:00:00:00:01");
    cr_assert(netdev_find(id));
}

/* The card. */
static struct netdev_user card;
static unsigned room, frames;
static uint8_t last[2000];
static size_t last_size;

static bool receive(struct netdev_user *u, const uint8_t *frame, size_t size)
{
    (void)u;
    if (!room)
        return false;
    room--;
    frames++;
    last_size = size < sizeof last ? size : sizeof last;
    memcpy(last, frame, last_size);
    return true;
}

static struct netdev *connect_card(const char *text)
{
    cr_assert(netdev_option(text, error, sizeof error), "%s", error);
    card.receive = receive;
    cr_assert(netdev_connect(netdev_find("n"), &card));
    cr_assert_not(netdev_connect(netdev_find("n"), &(struct netdev_user){.receive = receive}));
    return netdev_find("n");
}

static const uint8_t mac[6] = {0x52, 0x54, 0, 0x12, 0x34, 0x56};

/* An ARP request for 10.0.2.`host`, in three pieces as a guest may have it. */
static void ask_arp(struct netdev *n, uint8_t host)
{
    uint8_t frame[42] = {255, 255, 255, 255, 255, 255, [12] = 8, 6, 0, 1, 8, 0, 6, 4, 0, 1};
    memcpy(frame + 6, mac, 6);
    memcpy(frame + 22, mac, 6);
    memcpy(frame + 28, (uint8_t[]){10, 0, 2, 15}, 4);
    memcpy(frame + 38, (uint8_t[]){10, 0, 2, host}, 4);
    struct iovec iov[] = {{frame, 3}, {frame + 3, 30}, {frame + 33, 9}};
    netdev_send(n, NULL, iov, 3);
}

Test(netdev, arp)
{
    struct netdev *n = connect_card("user,id=n");
    room = 10;
    ask_arp(n, 2);
    cr_assert_eq(frames, 1);
    cr_assert_eq(memcmp(last, mac, 6), 0);
    cr_assert_eq(last[21], 2, "an answer");
    cr_assert_eq(memcmp(last + 28, (uint8_t[]){10, 0, 2, 2}, 4), 0);
}

/* Frames that the card has no room for come later, in order. */
Test(netdev, frames_wait)
{
    struct netdev *n = connect_card("user,id=n");
    ask_arp(n, 2);
    ask_arp(n, 3);
    cr_assert_eq(frames, 0);
    room = 1;
    netdev_accept(&card);
    cr_assert_eq(frames, 1);
    cr_assert_eq(last[31], 2);
    ask_arp(n, 2);
    room = 10;
    netdev_accept(&card);
    cr_assert_eq(frames, 3);
    cr_assert_eq(last[31], 2);
    netdev_accept(&card);
    cr_assert_eq(frames, 3);
}

/* A request to the TFTP server for a file that is not there: an answer shows that the checksum was
 * right. */
static unsigned ask_udp(struct netdev *n, bool completed)
{
    uint8_t frame[14 + 20 + 8 + 10] = {0x52, 0x55, 10, 0, 2,  2,         [12] = 8,
                                       0,    0x45, 0,  0, 38, [22] = 64, 17};
    memcpy(frame + 6, mac, 6);
    memcpy(frame + 26, (uint8_t[]){10, 0, 2, 15, 10, 0, 2, 2}, 8);
    uint32_t sum = 0;
    for (int i = 14; i < 34; i += 2)
        sum += frame[i] << 8 | frame[i + 1];
    sum = ~(sum % 0xffff);
    frame[24] = sum >> 8, frame[25] = sum;
    memcpy(frame + 34, (uint8_t[]){200, 1, 0, 69, 0, 18}, 6);
    memcpy(frame + 42, "\0\1x\0octet", 10); /* a read request */
    sum = 10 * 256 + 0 + 2 * 256 + 15 + 10 * 256 + 0 + 2 * 256 + 2 + 17 +
          18; /* the pseudo header's */
    frame[40] = sum >> 8, frame[41] = sum;
    struct netdev_header h = {.flags = NETDEV_NEEDS_CHECKSUM, .csum_start = 34, .csum_offset = 6};
    struct iovec iov[] = {{frame, 40}, {frame + 40, sizeof frame - 40}};
    frames = 0;
    room = 10;
    netdev_send(n, completed ? &h : NULL, iov, 2);
    return frames;
}

Test(netdev, checksums)
{
    struct netdev *n = connect_card("user,id=n,tftp=/nowhere");
    cr_assert(netdev_offers(n) & NETDEV_CHECKSUMS);
    room = 10;
    ask_arp(n, 2);
    cr_assert_eq(ask_udp(n, false), 0, "wrong checksums are dropped");
    cr_assert_eq(ask_udp(n, true), 1, "%u frames, %zu bytes, type %u, code %u", frames, last_size,
                 last[23], last[43]);
    cr_assert_eq(last[23], 17);
    cr_assert_eq(last[43], 5, "TFTP's error");
}

static void nothing(struct loop_call *c)
{
    (void)c;
}

/* Any length, any content. */
Test(netdev, hostile_frames)
{
    struct netdev *n = connect_card("user,id=n");
    static struct loop_call call = {.run = nothing};
    static uint8_t bytes[70000];
    uint64_t state = 88172645463325252;
    for (int i = 0; i < 3000; i++) {
        for (int k = 0; k < 80; k++) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            bytes[k] = state;
        }
        memcpy(bytes, (uint8_t[]){0x52, 0x55, 10, 0, 2, 2}, 6);
        static const uint8_t types[][2] = {{8, 0}, {8, 6}, {0x86, 0xdd}, {0x81, 0}};
        memcpy(bytes + 12, types[state % 4], 2);
        if (state & 64) /* an IP header that looks right */
            bytes[14] = state % 4 == 2 ? 0x60 : 0x45;
        size_t size = state >> 8 & 1 ? state >> 16 & 127 : (state >> 16) % sizeof bytes;
        room = 10;
        struct netdev_header h = {state >> 9 & 3, state >> 11, state,
                                  state >> 20,    state >> 30, state >> 40};
        netdev_send(n, state & 128 ? &h : NULL, &(struct iovec){bytes, size}, 1);
        if (i % 100 == 0) {
            loop_defer(&call);
            loop_once(&machine);
        }
    }
    netdev_send(n, NULL, NULL, 0);
    room = 10;
    frames = 0;
    ask_arp(n, 2);
    cr_assert_geq(frames, 1, "the network still answers");
}

static int listening_on(uint32_t address, uint16_t port)
{
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(address)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0), code = connect(fd, (struct sockaddr *)&a, sizeof a);
    close(fd);
    return code == 0;
}

/* A port that nobody had a moment ago. */
static uint16_t free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&a, size), 0);
    getsockname(fd, (struct sockaddr *)&a, &size);
    close(fd);
    return ntohs(a.sin_port);
}

Test(netdev, hostfwd_is_for_this_machine_only)
{
    char text[100];
    uint16_t port = free_port();
    snprintf(text, sizeof text, "user,id=n,hostfwd=tcp::%u-:22", port);
    connect_card(text);
    cr_assert(listening_on(INADDR_LOOPBACK, port));
    cr_assert_not(listening_on(0x7f000002, port), "127.0.0.2 is another address");
    snprintf(text, sizeof text, "user,id=other,hostfwd=tcp::%u-:22", port);
    refused(text, "Address already in use");
    FILE *out = tmpfile();
    snprintf(text, sizeof text, "n tcp::%u", port);
    netdev_forward(text, false, out);
    cr_assert_eq(ftell(out), 0);
    cr_assert_not(listening_on(INADDR_LOOPBACK, port));
    netdev_forward(text, false, out);
    cr_assert_gt(ftell(out), 0, "there is none any more");
}
