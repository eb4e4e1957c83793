/*
 * virtio-serial and its ports (VIRTIO 1.2, 5.3): virtio-serial-device has the queues, virtconsole
 * and virtserialport are what is connected to character devices.
 *
 * What a port owes the guest on the control queue is a set of bits, sent when there is a buffer: a
 * guest that never takes it costs nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "softmmu-system/chardev.h"
#include "softmmu-system/machine.h"
#include "softmmu-system/virtio.h"
#include "util/log.h"

#define F_MULTIPORT   (1ull << 1)
#define F_EMERG_WRITE (1ull << 2)

enum { MAX_PORTS = 31, NAME = 128 };

/* Events of the control queues (5.3.6.2). */
enum {
    DEVICE_READY = 0,
    PORT_ADD = 1,
    PORT_READY = 3,
    CONSOLE_PORT = 4,
    PORT_OPEN = 6,
    PORT_NAME = 7,
};

struct control {
    uint32_t id;
    uint16_t event, value;
};

struct config {
    uint16_t columns, rows;
    uint32_t max_ports, emergency_write;
};

struct virtio_serial {
    struct virtio_device virtio;
    uint64_t max_ports; /* property */
    struct config config;
    struct port *port[MAX_PORTS]; /* by number; NULL: none */
    struct virtqueue *control_in, *control_out;
};

struct port {
    struct device device;
    struct virtio_serial *serial;
    struct chardev_user user;
    unsigned number;
    bool console;
    struct virtqueue *in, *out;     /* to and from the guest */
    struct virtio_request *filling; /* of `in`: a buffer for what the host will send; NULL: none */
    struct virtio_request
        *emptying; /* of `out`, of which `emptied` bytes are through; NULL: none */
    uint64_t emptied;
    bool host_open;
    /* Properties. */
    struct chardev *chardev;
    const char *name, *bus;
    uint64_t nr;
    /* State. */
    bool guest_open;
    uint8_t owed; /* bits: events that the guest is still to be told */
};

/* ---- control messages ---- */

static bool multiport(const struct virtio_serial *s)
{
    return virtio_has(&s->virtio, F_MULTIPORT);
}

static void write_message(const struct port *p, struct virtio_request *r, uint16_t event)
{
    struct control c = {p->number, event, event == PORT_OPEN ? p->host_open : 1};
    size_t size = virtio_put(r, 0, &c, sizeof(c));

    if (event == PORT_NAME)
        size += virtio_put(r, size, p->name, strlen(p->name));
    virtqueue_push(r, size);
}

/* Sends what ports owe while the guest gives buffers, by port and in the order of the events'
 * numbers. */
static void send_owed(struct virtio_serial *s)
{
    struct virtio_request *r;

    for (unsigned i = 0; i < MAX_PORTS; i++) {
        struct port *p = s->port[i];
        while (p && p->owed && (r = virtqueue_pop(s->control_in))) {
            unsigned event = __builtin_ctz(p->owed);
            p->owed &= ~(1 << event);
            write_message(p, r, event);
        }
    }
    virtqueue_notify(s->control_in);
}

static void owe(struct port *p, unsigned event)
{
    p->owed |= 1 << event;
    send_owed(p->serial);
}

static void port_ready(struct port *p)
{
    if (p->console)
        owe(p, CONSOLE_PORT);
    if (p->name)
        owe(p, PORT_NAME);
    if (p->host_open)
        owe(p, PORT_OPEN);
}

static void handle_control(struct virtio_serial *s, const struct control *c)
{
    if (c->event == DEVICE_READY) {
        for (unsigned i = 0; i < MAX_PORTS; i++)
            if (s->port[i] && c->value)
                owe(s->port[i], PORT_ADD);
        return;
    }
    struct port *p = c->id < MAX_PORTS ? s->port[c->id] : NULL;
    if (!p)
        return;
    if (c->event == PORT_READY && c->value) {
        port_ready(p);
    } else if (c->event == PORT_OPEN) {
        p->guest_open = c->value;
        chardev_accept(&p->user);
    }
}

static void control_out_notified(struct virtqueue *q)
{
    struct virtio_serial *s = (struct virtio_serial *)q->device;
    unsigned left = q->max_size;
    struct virtio_request *r;
    struct control c;

    while (left && (r = virtqueue_pop(q))) {
        bool whole = virtio_get(r, 0, &c, sizeof(c)) == sizeof(c);
        virtqueue_push(r, 0);
        if (whole)
            handle_control(s, &c);
        left--;
    }
    virtqueue_notify(q);
    if (!left)
        virtqueue_again(q);
}

static void control_in_notified(struct virtqueue *q)
{
    send_owed((struct virtio_serial *)q->device);
}

/* ---- data ---- */

static struct port *port_of(struct virtqueue *q)
{
    struct virtio_serial *s = (struct virtio_serial *)q->device;
    unsigned pair = q->index / 2;

    /* The second pair is the control queues'. */
    return s->port[pair > 1 ? pair - 1 : 0];
}

/* What the host's side takes of the buffers that the guest has sent, at most `budget` bytes. */
static void empty_buffer(struct port *p, size_t *budget)
{
    struct virtio_request *r = p->emptying;
    uint8_t bytes[4096];

    while (p->user.chardev && p->emptied < r->out_size) {
        size_t n = chardev_write_room(p->user.chardev);
        n = n < sizeof(bytes) ? n : sizeof(bytes);
        n = n < *budget ? n : *budget;
        if (!n)
            return; /* `drained` will go on, or the next round */
        n = virtio_get(r, p->emptied, bytes, n);
        chardev_write(p->user.chardev, bytes, n);
        p->emptied += n;
        *budget -= n;
    }
    p->emptying = NULL;
    virtqueue_push(r, 0);
}

static void out_notified(struct virtqueue *q)
{
    struct port *p = port_of(q);
    unsigned left = q->max_size;
    size_t budget = 64 << 10;

    if (!p)
        return;
    while (left && budget) {
        if (!p->emptying) {
            p->emptying = virtqueue_pop(q);
            p->emptied = 0;
        }
        if (!p->emptying)
            break;
        empty_buffer(p, &budget);
        if (p->emptying)
            break;
        left--;
    }
    virtqueue_notify(q);
    if (!left || !budget)
        virtqueue_again(q);
}

static void drained(struct chardev_user *u)
{
    struct port *p = (struct port *)((char *)u - offsetof(struct port, user));

    if (p->emptying)
        out_notified(p->out);
}

static void in_notified(struct virtqueue *q)
{
    struct port *p = port_of(q);

    if (p)
        chardev_accept(&p->user);
}

static size_t room(struct chardev_user *u)
{
    struct port *p = (struct port *)((char *)u - offsetof(struct port, user));

    if (multiport(p->serial) && !p->guest_open)
        return 0;
    while (!p->filling && (p->filling = virtqueue_pop(p->in)) && !p->filling->in_size) {
        virtqueue_push(p->filling, 0);
        p->filling = NULL;
    }
    return p->filling ? p->filling->in_size : 0;
}

static void receive(struct chardev_user *u, const uint8_t *bytes, size_t n)
{
    struct port *p = (struct port *)((char *)u - offsetof(struct port, user));
    struct virtio_request *r = p->filling;

    if (!r)
        return;
    p->filling = NULL;
    virtqueue_push(r, virtio_put(r, 0, bytes, n));
    virtqueue_notify(p->in);
}

static void opened(struct chardev_user *u, bool open)
{
    struct port *p = (struct port *)((char *)u - offsetof(struct port, user));

    if (p->console || p->host_open == open)
        return;
    p->host_open = open;
    if (multiport(p->serial) && p->serial->virtio.status & VIRTIO_STATUS_DRIVER_OK)
        owe(p, PORT_OPEN);
}

/* ---- virtio-serial-device ---- */

static void config_write(struct virtio_device *v, size_t offset, uint8_t value)
{
    struct port *p = ((struct virtio_serial *)v)->port[0];

    if (offset == offsetof(struct config, emergency_write) && p && p->user.chardev)
        chardev_write(p->user.chardev, &value, 1);
}

static void forget(struct virtio_request **r)
{
    if (*r)
        virtqueue_push(*r, 0);
    *r = NULL;
}

static void reset(struct virtio_device *v)
{
    struct virtio_serial *s = (struct virtio_serial *)v;

    for (unsigned i = 0; i < MAX_PORTS; i++) {
        struct port *p = s->port[i];
        if (!p)
            continue;
        forget(&p->filling);
        forget(&p->emptying);
        p->guest_open = false;
        p->owed = 0;
    }
}

static void create(struct device *d)
{
    ((struct virtio_serial *)d)->max_ports = MAX_PORTS;
}

static bool start(struct device *device, char *error, size_t error_size)
{
    struct virtio_serial *s = (struct virtio_serial *)device;

    if (!s->max_ports || s->max_ports > MAX_PORTS) {
        snprintf(error, error_size, "virtio-serial-device: max_ports= is 1 to %u", MAX_PORTS);
        return false;
    }
    if (!virtio_start(&s->virtio, error, error_size))
        return false;
    s->virtio.offered |= F_EMERG_WRITE | (s->max_ports > 1 ? F_MULTIPORT : 0);
    s->config.max_ports = s->max_ports;
    virtio_add_queue(&s->virtio, 128, in_notified);
    virtio_add_queue(&s->virtio, 128, out_notified);
    if (s->max_ports == 1)
        return true;
    s->control_in = virtio_add_queue(&s->virtio, 32, control_in_notified);
    s->control_out = virtio_add_queue(&s->virtio, 32, control_out_notified);
    for (unsigned i = 1; i < s->max_ports; i++) {
        virtio_add_queue(&s->virtio, 128, in_notified);
        virtio_add_queue(&s->virtio, 128, out_notified);
    }
    return true;
}

static const struct property_row properties[] = {
    {"max_ports", PROPERTY_NUMBER, offsetof(struct virtio_serial, max_ports), "1 to 31"},
    VIRTIO_PROPERTIES(struct virtio_serial),
};

static const struct state_row state[] = {VIRTIO_STATE(struct virtio_serial)};

static const struct virtio_class serial = {
    .id = 3,
    .config = offsetof(struct virtio_serial, config),
    .config_size = sizeof(struct config),
    .config_write = config_write,
    .reset = reset,
};

const struct device_class virtio_serial_class = {
    .name = "virtio-serial-device",
    .text = "virtio serial ports; see virtconsole and virtserialport",
    .size = sizeof(struct virtio_serial),
    .bus = BUS_VIRTIO,
    DEVICE_TABLE(state, state),
    DEVICE_TABLE(properties, properties),
    .create = create,
    .start = start,
    .reset = virtio_reset,
    .finish = virtio_finish,
    .more = &serial,
};

/* ---- virtconsole, virtserialport ---- */

#define ANY_NUMBER UINT64_MAX

static void port_create(struct device *d)
{
    ((struct port *)d)->nr = ANY_NUMBER;
}

/* The device that bus=ID.0 names, or the first. */
static struct virtio_serial *find_serial(const struct port *p)
{
    for (struct device *d = p->device.machine->devices; d; d = d->next) {
        if (d->class != &virtio_serial_class)
            continue;
        size_t length = d->id ? strlen(d->id) : 0;
        if (!p->bus || (length && !strncmp(p->bus, d->id, length) &&
                        (!p->bus[length] || !strcmp(p->bus + length, ".0"))))
            return (struct virtio_serial *)d;
    }
    return NULL;
}

/* The number asked for or the first free one. Number 0 is a console's: that is what drivers expect.
 */
static bool find_number(struct port *p, char *error, size_t error_size)
{
    const struct virtio_serial *s = p->serial;
    uint64_t n = p->nr != ANY_NUMBER ? p->nr : !p->console;

    while (p->nr == ANY_NUMBER && n < s->max_ports && s->port[n])
        n++;
    if (n < s->max_ports && !s->port[n]) {
        p->number = n;
        return true;
    }
    snprintf(error, error_size, "%s: %s", p->device.class->name,
             p->nr == ANY_NUMBER ? "virtio-serial-device has no port left"
             : n < s->max_ports  ? "nr= is taken"
                                 : "nr= is beyond max_ports=");
    return false;
}

static bool port_start(struct device *d, char *error, size_t error_size)
{
    struct port *p = (struct port *)d;

    p->serial = find_serial(p);
    if (!p->serial) {
        snprintf(error, error_size, "%s: needs a -device virtio-serial-device before it%s%s",
                 d->class->name, p->bus ? ", with id of bus=" : "", p->bus ? p->bus : "");
        return false;
    }
    if (p->name && strlen(p->name) > NAME) {
        snprintf(error, error_size, "%s: name= is longer than %u bytes", d->class->name, NAME);
        return false;
    }
    if (!find_number(p, error, error_size))
        return false;
    p->user = (struct chardev_user){
        .room = room, .receive = receive, .opened = opened, .drained = drained};
    p->host_open = p->console;
    unsigned pair = p->number ? p->number + 1 : 0;
    p->in = &p->serial->virtio.queue[2 * pair];
    p->out = &p->serial->virtio.queue[2 * pair + 1];
    p->serial->port[p->number] = p;
    d->parent = &p->serial->virtio.device;
    if (p->chardev && !chardev_connect(p->chardev, &p->user)) {
        snprintf(error, error_size, "%s: its chardev is in use", d->class->name);
        return false;
    }
    return true;
}

static bool console_start(struct device *d, char *error, size_t error_size)
{
    ((struct port *)d)->console = true;
    return port_start(d, error, error_size);
}

static const struct property_row port_properties[] = {
    {"chardev", PROPERTY_CHARDEV, offsetof(struct port, chardev), "where it is connected"},
    {"name", PROPERTY_STRING, offsetof(struct port, name), "/dev/virtio-ports/NAME in the guest"},
    {"nr", PROPERTY_NUMBER, offsetof(struct port, nr), "the port's number"},
    {"bus", PROPERTY_STRING, offsetof(struct port, bus), "ID.0 of a virtio-serial-device"},
};

static const struct state_row port_state[] = {
    STATE(struct port, guest_open),
    STATE(struct port, owed),
};

const struct device_class virtconsole_class = {
    .name = "virtconsole",
    .text = "console on a virtio-serial-device",
    .size = sizeof(struct port),
    .bus = BUS_VIRTIO,
    DEVICE_TABLE(state, port_state),
    DEVICE_TABLE(properties, port_properties),
    .create = port_create,
    .start = console_start,
};

const struct device_class virtserialport_class = {
    .name = "virtserialport",
    .text = "port on a virtio-serial-device",
    .size = sizeof(struct port),
    .bus = BUS_VIRTIO,
    DEVICE_TABLE(state, port_state),
    DEVICE_TABLE(properties, port_properties),
    .create = port_create,
    .start = port_start,
};
