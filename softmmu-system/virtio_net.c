/*
 * The virtio network card (VIRTIO 1.2, 5.1): one receive and one transmit queue, and the control
 * queue with filters.
 *
 * What the driver sends is carried by the event loop and not by the hart that notified, in batches:
 * the guest goes on meanwhile, and while there is work it is not asked to notify. A frame travels
 * from the buffers of the guest to the network without a copy, and back with one. Interrupts come
 * once a round of the loop.
 */
#include <string.h>

#include "softmmu-system/loop.h"
#include "softmmu-system/machine.h"
#include "softmmu-system/netdev.h"
#include "softmmu-system/virtio.h"

/* Feature bits (5.1.3). */
#define VIRTIO_NET_F_CSUM          (1ull << 0)
#define VIRTIO_NET_F_GUEST_CSUM    (1ull << 1)
#define VIRTIO_NET_F_MTU           (1ull << 3)
#define VIRTIO_NET_F_MAC           (1ull << 5)
#define VIRTIO_NET_F_HOST_TSO4     (1ull << 11)
#define VIRTIO_NET_F_HOST_TSO6     (1ull << 12)
#define VIRTIO_NET_F_MRG_RXBUF     (1ull << 15)
#define VIRTIO_NET_F_STATUS        (1ull << 16)
#define VIRTIO_NET_F_CTRL_VQ       (1ull << 17)
#define VIRTIO_NET_F_CTRL_RX       (1ull << 18)
#define VIRTIO_NET_F_CTRL_VLAN     (1ull << 19)
#define VIRTIO_NET_F_CTRL_RX_EXTRA (1ull << 20)
#define VIRTIO_NET_F_CTRL_MAC_ADDR (1ull << 23)

enum { VIRTIO_NET_S_LINK_UP = 1 };

/* The configuration space (5.1.4), up to what is offered. */
struct virtio_net_config {
    uint8_t mac[6];
    uint16_t status, max_virtqueue_pairs, mtu;
};

/* Before each frame (5.1.6). */
struct virtio_net_hdr {
    struct netdev_header frame;
    uint16_t num_buffers;
};

/* Commands of the control queue (5.1.6.5) and the answers to them. */
enum { VIRTIO_NET_CTRL_RX, VIRTIO_NET_CTRL_MAC, VIRTIO_NET_CTRL_VLAN };
enum {
    VIRTIO_NET_CTRL_RX_PROMISC,
    VIRTIO_NET_CTRL_RX_ALLMULTI,
    VIRTIO_NET_CTRL_RX_ALLUNI,
    VIRTIO_NET_CTRL_RX_NOMULTI,
    VIRTIO_NET_CTRL_RX_NOUNI,
    VIRTIO_NET_CTRL_RX_NOBCAST,
};
enum { VIRTIO_NET_CTRL_MAC_TABLE_SET, VIRTIO_NET_CTRL_MAC_ADDR_SET };
enum { VIRTIO_NET_CTRL_VLAN_ADD, VIRTIO_NET_CTRL_VLAN_DEL };
enum { VIRTIO_NET_OK, VIRTIO_NET_ERR };

struct virtio_net_ctrl_hdr {
    uint8_t class, cmd;
};

enum {
    HEADER = sizeof(struct virtio_net_hdr),
    QUEUE_SIZE = 256, /* descriptors, unless said */
    BATCH = 128,      /* frames a round of the loop */
    MERGED = 64,      /* buffers of one received frame, at most */
    MAC_TABLE = 64,   /* addresses that are kept; with more, all pass */
    VLAN_WORDS = 4096 / 32,
};

struct virtio_net_filter {
    uint8_t promiscuous, all_multicast, all_unicast, no_multicast, no_unicast, no_broadcast;
    uint8_t unicast_overflow, multicast_overflow;
    uint32_t unicasts, macs; /* of `mac`: first the unicast ones */
    uint8_t mac[MAC_TABLE][6];
    uint32_t vlans[VLAN_WORDS]; /* bits */
};

struct virtio_net {
    struct virtio_device virtio;
    struct virtio_net_config config;           /* as the driver sees it */
    struct netdev *netdev;                     /* property */
    uint8_t mac[6];                            /* property: the card's own */
    uint64_t mtu, receive_size, transmit_size; /* properties; 0: default */
    struct netdev_user user;
    struct virtqueue *receive, *transmit, *control;
    struct loop_call send, announce;
    struct virtio_net_filter filter;
    bool starved; /* the network waits for room */
};

static struct virtio_net *net_of(struct virtio_device *v)
{
    return (struct virtio_net *)v;
}

/* ---- transmitting ---- */

static void transmit(struct virtio_net *n, struct virtio_request *r)
{
    struct iovec *iov = r->out;
    unsigned niov = r->nout;
    size_t header = HEADER;
    struct virtio_net_hdr h;
    virtio_get(r, 0, &h, HEADER);
    /* The header may lie alone, in several buffers, or before the frame in the first. */
    while (niov && header >= iov->iov_len) {
        header -= iov->iov_len;
        iov++;
        niov--;
    }
    if (!niov)
        return;
    *iov = (struct iovec){(uint8_t *)iov->iov_base + header, iov->iov_len - header};
    if (n->netdev)
        netdev_send(n->netdev, virtio_has(&n->virtio, VIRTIO_NET_F_CSUM) ? &h.frame : NULL, iov,
                    niov);
}

static void send_frames(struct loop_call *c)
{
    struct virtio_net *n = (struct virtio_net *)((char *)c - offsetof(struct virtio_net, send));
    struct virtio_request *r = NULL;
    for (int i = 0; i < BATCH && (r = virtqueue_pop(n->transmit)); i++) {
        if (r->out_size < HEADER) {
            virtqueue_unpop(r);
            virtio_broken(&n->virtio, "a frame without a header");
            return;
        }
        transmit(n, r);
        virtqueue_push(r, 0);
    }
    virtqueue_notify(n->transmit);
    if (r)
        loop_defer(&n->send);
}

static void transmit_notified(struct virtqueue *q)
{
    loop_defer(&net_of(q->device)->send);
}

/* ---- receiving ---- */

static bool in_table(const struct virtio_net_filter *f, const uint8_t *mac, unsigned from,
                     unsigned to)
{
    for (unsigned i = from; i < to; i++)
        if (memcmp(f->mac[i], mac, 6) == 0)
            return true;
    return false;
}

static bool passes(const struct virtio_net *n, const uint8_t *frame, size_t size)
{
    static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    const struct virtio_net_filter *f = &n->filter;
    if (size < 14)
        return false;
    if (f->promiscuous)
        return true;
    if (frame[12] == 0x81 && frame[13] == 0 && size >= 18 &&
        virtio_has(&n->virtio, VIRTIO_NET_F_CTRL_VLAN)) {
        unsigned vlan = (frame[14] << 8 | frame[15]) & 0xfff;
        if (!(f->vlans[vlan / 32] >> vlan % 32 & 1))
            return false;
    }
    if (memcmp(frame, broadcast, 6) == 0)
        return !f->no_broadcast;
    if (frame[0] & 1)
        return !f->no_multicast && (f->all_multicast || f->multicast_overflow ||
                                    in_table(f, frame, f->unicasts, f->macs));
    return !f->no_unicast &&
           (f->all_unicast || f->unicast_overflow || memcmp(frame, n->config.mac, 6) == 0 ||
            in_table(f, frame, 0, f->unicasts));
}

/*
 * Takes buffers for `size` bytes; returns how many. 0: there are not enough now (*never false), or
 * they are of a kind that never takes such a frame.
 */
static unsigned take_buffers(struct virtio_net *n, struct virtio_request *buffers[MERGED],
                             size_t size, bool *never)
{
    unsigned most = virtio_has(&n->virtio, VIRTIO_NET_F_MRG_RXBUF) ? MERGED : 1, taken = 0;
    uint64_t room = 0;
    *never = false;
    while (room < size && taken < most) {
        struct virtio_request *r = virtqueue_pop(n->receive);
        if (!r)
            break;
        buffers[taken++] = r;
        room += r->in_size;
    }
    if (taken && room >= size && buffers[0]->in_size >= HEADER)
        return taken;
    *never = taken == most || (taken && buffers[0]->in_size < HEADER);
    while (taken)
        virtqueue_unpop(buffers[--taken]);
    return 0;
}

static bool receive(struct netdev_user *u, const uint8_t *frame, size_t size)
{
    struct virtio_net *n = (struct virtio_net *)((char *)u - offsetof(struct virtio_net, user));
    if (!(n->virtio.status & VIRTIO_STATUS_DRIVER_OK) || !n->receive->used ||
        !passes(n, frame, size))
        return true;
    struct virtio_request *buffers[MERGED];
    bool never;
    unsigned nbuffers = take_buffers(n, buffers, HEADER + size, &never);
    if (!nbuffers) {
        n->starved = !never;
        return never || n->virtio.status & VIRTIO_STATUS_NEEDS_RESET;
    }
    struct virtio_net_hdr header = {.num_buffers = nbuffers};
    if (virtio_has(&n->virtio, VIRTIO_NET_F_GUEST_CSUM))
        header.frame.flags = NETDEV_CHECKSUM_VALID;
    virtio_put(buffers[0], 0, &header, HEADER);
    size_t done = virtio_put(buffers[0], HEADER, frame, size);
    virtqueue_push(buffers[0], HEADER + done);
    for (unsigned i = 1; i < nbuffers; i++) {
        size_t part = virtio_put(buffers[i], 0, frame + done, size - done);
        virtqueue_push(buffers[i], part);
        done += part;
    }
    loop_defer(&n->announce);
    return true;
}

static void announce(struct loop_call *c)
{
    struct virtio_net *n = (struct virtio_net *)((char *)c - offsetof(struct virtio_net, announce));
    virtqueue_notify(n->receive);
}

static void receive_notified(struct virtqueue *q)
{
    struct virtio_net *n = net_of(q->device);
    if (!n->starved)
        return;
    n->starved = false;
    netdev_accept(&n->user);
}

/* ---- the control queue (5.1.6.5) ---- */

/* One of MAC_TABLE_SET's two tables, at *offset of the request; false: it is cut off. */
static bool read_table(const struct virtio_request *r, uint64_t *offset,
                       struct virtio_net_filter *f, uint8_t *overflow)
{
    uint32_t entries;
    if (virtio_get(r, *offset, &entries, sizeof entries) != sizeof entries)
        return false;
    *offset += sizeof entries;
    if (entries > (r->out_size - *offset) / 6)
        return false;
    *overflow = entries > MAC_TABLE - f->macs;
    if (!*overflow) {
        virtio_get(r, *offset, f->mac[f->macs], entries * 6);
        f->macs += entries;
    }
    *offset += entries * 6;
    return true;
}

static bool control_mac(struct virtio_net *n, const struct virtio_request *r, uint8_t command)
{
    struct virtio_net_filter f = n->filter;
    uint64_t offset = sizeof(struct virtio_net_ctrl_hdr);
    switch (command) {
    case VIRTIO_NET_CTRL_MAC_ADDR_SET:
        if (r->out_size != offset + 6)
            return false;
        virtio_get(r, offset, n->config.mac, 6);
        return true;
    case VIRTIO_NET_CTRL_MAC_TABLE_SET:
        f.macs = 0;
        if (!read_table(r, &offset, &f, &f.unicast_overflow))
            return false;
        f.unicasts = f.macs;
        if (!read_table(r, &offset, &f, &f.multicast_overflow))
            return false;
        n->filter = f;
        return true;
    default:
        return false;
    }
}

static bool control_receive(struct virtio_net *n, const struct virtio_request *r, uint8_t command)
{
    struct virtio_net_filter *f = &n->filter;
    uint8_t *const modes[] = {
        [VIRTIO_NET_CTRL_RX_PROMISC] = &f->promiscuous,
        [VIRTIO_NET_CTRL_RX_ALLMULTI] = &f->all_multicast,
        [VIRTIO_NET_CTRL_RX_ALLUNI] = &f->all_unicast,
        [VIRTIO_NET_CTRL_RX_NOMULTI] = &f->no_multicast,
        [VIRTIO_NET_CTRL_RX_NOUNI] = &f->no_unicast,
        [VIRTIO_NET_CTRL_RX_NOBCAST] = &f->no_broadcast,
    };
    uint8_t on;
    if (command >= sizeof modes / sizeof *modes ||
        virtio_get(r, sizeof(struct virtio_net_ctrl_hdr), &on, 1) != 1)
        return false;
    *modes[command] = on != 0;
    return true;
}

static bool control_vlan(struct virtio_net *n, const struct virtio_request *r, uint8_t command)
{
    uint16_t vlan;
    if (virtio_get(r, sizeof(struct virtio_net_ctrl_hdr), &vlan, sizeof vlan) != sizeof vlan ||
        vlan >= 4096 || command > VIRTIO_NET_CTRL_VLAN_DEL)
        return false;
    if (command == VIRTIO_NET_CTRL_VLAN_ADD)
        n->filter.vlans[vlan / 32] |= 1u << vlan % 32;
    else
        n->filter.vlans[vlan / 32] &= ~(1u << vlan % 32);
    return true;
}

static bool control(struct virtio_net *n, const struct virtio_request *r)
{
    struct virtio_net_ctrl_hdr header;
    if (virtio_get(r, 0, &header, sizeof header) != sizeof header)
        return false;
    switch (header.class) {
    case VIRTIO_NET_CTRL_RX:
        return control_receive(n, r, header.cmd);
    case VIRTIO_NET_CTRL_MAC:
        return control_mac(n, r, header.cmd);
    case VIRTIO_NET_CTRL_VLAN:
        return control_vlan(n, r, header.cmd);
    default:
        return false;
    }
}

static void control_notified(struct virtqueue *q)
{
    struct virtio_net *n = net_of(q->device);
    struct virtio_request *r;
    for (int i = 0; i < BATCH && (r = virtqueue_pop(q)); i++) {
        uint8_t answer = control(n, r) ? VIRTIO_NET_OK : VIRTIO_NET_ERR;
        virtqueue_push(r, virtio_put(r, 0, &answer, 1));
    }
    virtqueue_notify(q);
}

/* ---- the device ---- */

static void print(struct netdev_user *u, FILE *out)
{
    struct virtio_net *n = (struct virtio_net *)((char *)u - offsetof(struct virtio_net, user));
    const uint8_t *m = n->config.mac;
    const struct device *d = &n->virtio.device;
    fprintf(out, "%s: index=0,type=nic,model=%s,macaddr=%02x:%02x:%02x:%02x:%02x:%02x\n",
            d->id ? d->id : d->class->name, d->class->name, m[0], m[1], m[2], m[3], m[4], m[5]);
}

/* As after power-on. Frames that waited for the driver go: it takes none now. */
static void driver_reset(struct virtio_device *v)
{
    struct virtio_net *n = net_of(v);
    memset(&n->filter, 0, sizeof n->filter);
    n->filter.promiscuous = 1; /* until the driver says what it wants */
    memcpy(n->config.mac, n->mac, 6);
    n->starved = false;
    netdev_accept(&n->user);
}

static bool queue_size(uint64_t *size)
{
    if (!*size)
        *size = QUEUE_SIZE;
    return *size <= VIRTIO_QUEUE_SIZE && !(*size & (*size - 1));
}

static bool net_start(struct device *d, char *error, size_t error_size)
{
    static unsigned cards;
    struct virtio_net *n = (struct virtio_net *)d;
    const char *wrong = NULL;
    if (n->mac[0] & 1)
        wrong = "mac= is a group's address";
    else if (n->mtu && (n->mtu < 68 || n->mtu > 65535))
        wrong = "host_mtu= must be 68 to 65535";
    else if (!queue_size(&n->receive_size) || !queue_size(&n->transmit_size))
        wrong = "a queue's size must be a power of two, up to 1024";
    else if (n->netdev && !netdev_connect(n->netdev, &n->user))
        wrong = "its netdev= has a card already";
    if (wrong) {
        snprintf(error, error_size, "%s: %s", d->class->name, wrong);
        return false;
    }
    if (!virtio_start(&n->virtio, error, error_size))
        return false;
    if (memcmp(n->mac, "\0\0\0\0\0\0", 6) == 0)
        memcpy(n->mac, (uint8_t[]){0x52, 0x54, 0, 0x12, 0x34, 0x56 + cards}, 6);
    cards++;
    n->virtio.offered |= VIRTIO_NET_F_MAC | VIRTIO_NET_F_STATUS | VIRTIO_NET_F_MRG_RXBUF |
                         VIRTIO_NET_F_CTRL_VQ | VIRTIO_NET_F_CTRL_RX | VIRTIO_NET_F_CTRL_RX_EXTRA |
                         VIRTIO_NET_F_CTRL_VLAN | VIRTIO_NET_F_CTRL_MAC_ADDR;
    unsigned offers = n->netdev ? netdev_offers(n->netdev) : 0;
    if (offers & NETDEV_CHECKSUMS)
        n->virtio.offered |= VIRTIO_NET_F_CSUM;
    if (offers & NETDEV_SEGMENTS)
        n->virtio.offered |= VIRTIO_NET_F_HOST_TSO4 | VIRTIO_NET_F_HOST_TSO6;
    if (offers & NETDEV_VALID)
        n->virtio.offered |= VIRTIO_NET_F_GUEST_CSUM;
    if (n->mtu)
        n->virtio.offered |= VIRTIO_NET_F_MTU;
    n->config.mtu = n->mtu ? n->mtu : 1500;
    n->config.max_virtqueue_pairs = 1;
    n->config.status = n->netdev ? VIRTIO_NET_S_LINK_UP : 0;
    n->user.receive = receive;
    n->user.print = print;
    n->send.run = send_frames;
    n->announce.run = announce;
    n->receive = virtio_add_queue(&n->virtio, n->receive_size, receive_notified);
    n->transmit = virtio_add_queue(&n->virtio, n->transmit_size, transmit_notified);
    n->control = virtio_add_queue(&n->virtio, 64, control_notified);
    return true;
}

static const struct state_row state[] = {
    VIRTIO_STATE(struct virtio_net),
    STATE_ARRAY(struct virtio_net, config.mac),
    STATE(struct virtio_net, filter),
};

static const struct property_row properties[] = {
    VIRTIO_PROPERTIES(struct virtio_net),
    {"netdev", PROPERTY_NETDEV, offsetof(struct virtio_net, netdev), "the network it is on"},
    {"mac", PROPERTY_MAC, offsetof(struct virtio_net, mac), "its address"},
    {"host_mtu", PROPERTY_NUMBER, offsetof(struct virtio_net, mtu),
     "the MTU that the guest is told"},
    {"rx_queue_size", PROPERTY_NUMBER, offsetof(struct virtio_net, receive_size),
     "descriptors of the receive queue"},
    {"tx_queue_size", PROPERTY_NUMBER, offsetof(struct virtio_net, transmit_size),
     "descriptors of the transmit queue"},
};

static const struct virtio_class virtio = {
    .id = 1,
    .config = offsetof(struct virtio_net, config),
    .config_size = sizeof(struct virtio_net_config),
    .reset = driver_reset,
};

const struct device_class virtio_net_class = {
    .name = "virtio-net-device",
    .text = "a network card",
    .size = sizeof(struct virtio_net),
    .bus = BUS_VIRTIO,
    DEVICE_TABLE(state, state),
    DEVICE_TABLE(properties, properties),
    .start = net_start,
    .reset = virtio_reset,
    .finish = virtio_finish,
    .more = &virtio,
};
