/*
 * What the kinds of networks share with netdev.c. To add one: a file with a function
 * `netdev_open_KIND`, and a row in netdev.def.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_NETDEV_KIND_H
#define FERRY_SOFTMMU_SYSTEM_NETDEV_KIND_H

#include "softmmu-system/keys.h"
#include "softmmu-system/loop.h"
#include "softmmu-system/netdev.h"

/* The longest frame that is carried, bytes: an IP packet of any size with its Ethernet and VLAN
 * headers. */
enum { NETDEV_FRAME = 65535 + 18 };

struct netdev {
    char *id;
    const char *kind;
    char about[120];          /* for `info network` */
    struct netdev_user *user; /* NULL: no card */
    struct netdev *next;
    unsigned offers; /* enum netdev_offers */
    /* `header` is NULL where it asks for nothing, and `niov` at most IOV_MAX. */
    void (*send)(struct netdev *n, const struct netdev_header *header, const struct iovec *iov,
                 unsigned niov, size_t size);
    void (*accept)(struct netdev *n); /* the card takes frames again */
    /* Adds or removes a hostfwd rule; false with a reason. NULL: it has none. */
    bool (*forward)(struct netdev *n, const char *rule, bool add, char *error, size_t error_size);
    void (*print_connections)(struct netdev *n, FILE *out); /* NULL: it has none */
    void *own;                                              /* the kind's */
};

/* Opens one from what follows -netdev KIND, (id is taken already); false with a one-line reason. */
typedef bool netdev_open_fn(struct netdev *n, const char *text, char *error, size_t error_size);
#define NETDEV(kind, options, help) netdev_open_fn netdev_open_##kind;
#include "softmmu-system/netdev.def"
#undef NETDEV

/* Gives a frame to the card; false: it has no room now (try again at `accept`). Without a card it
 * is dropped. */
bool netdev_receive(struct netdev *n, const uint8_t *frame, size_t size);

#endif
