/*
 * Networks of the host: where a network card is connected. One file a kind (user: libslirp; tap), a
 * row each in netdev.def. All functions are called with the machine's lock held, but for
 * netdev_option.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_NETDEV_H
#define FERRY_SOFTMMU_SYSTEM_NETDEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/uio.h>

struct netdev;

/*
 * What a card leaves to the network about a frame: the layout of VIRTIO 1.2, 5.1.6, without
 * num_buffers. A checksum is the ones' complement sum from csum_start to the frame's end, stored
 * csum_offset bytes behind csum_start, where the pseudo header's sum stands.
 */
struct netdev_header {
    uint8_t flags, gso_type;
    uint16_t hdr_len, gso_size, csum_start, csum_offset;
};
enum { NETDEV_NEEDS_CHECKSUM = 1, NETDEV_CHECKSUM_VALID = 2 };

/* What a network can do for a card. */
enum netdev_offers {
    NETDEV_CHECKSUMS = 1, /* complete checksums of frames that it is sent */
    NETDEV_SEGMENTS = 2,  /* take TCP segments of up to 64 KiB, whatever the MTU */
    NETDEV_VALID = 4,     /* frames that it gives need not be checked */
};

/* A network card: embedded by a device. */
struct netdev_user {
    struct netdev *netdev; /* NULL: not connected */
    /* An Ethernet frame, without virtio's header; false: no room now, netdev_accept follows. */
    bool (*receive)(struct netdev_user *u, const uint8_t *frame, size_t size);
    void (*print)(struct netdev_user *u, FILE *out); /* its line in `info network`; NULL: none */
};

/* -netdev KIND,id=ID,...: the kinds of netdev.def. */
bool netdev_option(const char *text, char *error, size_t error_size);
/*
 * -nic KIND[,model=CARD][,mac=...][,...]: makes the network, and says which card (never NULL:
 * "virtio-net-device" by default), which id the network has, and which mac (NULL: none given) the
 * caller shall make. `-nic none`: *model is NULL.
 */
bool netdev_nic_option(const char *text, const char **model, const char **id, const char **mac,
                       char *error, size_t error_size);
struct netdev *netdev_find(const char *id);
bool netdev_connect(struct netdev *n, struct netdev_user *u);
/* Sum of enum netdev_offers. */
unsigned netdev_offers(const struct netdev *n);
/* Sends an Ethernet frame. `header`: what is left to do, within netdev_offers; NULL: nothing. */
void netdev_send(struct netdev *n, const struct netdev_header *header, const struct iovec *iov,
                 unsigned niov);
/* The card takes frames again. */
void netdev_accept(struct netdev_user *u);
/*
 * `hostfwd_add` ([ID ]RULE) and `hostfwd_remove` of the monitor, on that network or the first that
 * can. What is wrong is a line in `out`.
 */
void netdev_forward(const char *text, bool add, FILE *out);
/* `info usernet`. */
void netdev_print_connections(FILE *out);
/* `info network`. */
void netdev_print(FILE *out);

#endif
