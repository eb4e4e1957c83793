/*
 * NS16550A, a serial port with FIFOs of 16 bytes (National Semiconductor PC16550D data sheet).
 *
 * Lines have no speed: what is sent leaves at once, unless the host does not take it; what arrives
 * comes as fast as the driver reads. So a received byte that does not fill the FIFO to its trigger
 * level is announced at once, as the data sheet's time-out would do a little later.
 *
 * Every register is a byte. A wider access is one of the register at its address, as QEMU's port
 * does and drivers with word accesses expect.
 */
#include "softmmu-system/ns16550.h"

#include <string.h>

#include "softmmu-system/chardev.h"
#include "softmmu-system/machine.h"

enum { RBR_THR, IER, IIR_FCR, LCR, MCR, LSR, MSR, SCR, REGISTERS };

enum { FIFO = 16 };
enum { IER_RDA = 1, IER_THRE = 2, IER_RLS = 4, IER_MS = 8, IER_MASK = 15 };
enum {
    IIR_MS = 0,
    IIR_NONE = 1,
    IIR_THRE = 2,
    IIR_RDA = 4,
    IIR_RLS = 6,
    IIR_TIMEOUT = 12,
    IIR_FIFO = 0xc0
};
enum { FCR_ENABLE = 1, FCR_CLEAR_RX = 2, FCR_CLEAR_TX = 4, FCR_MASK = 0xc9 };
enum { LCR_DLAB = 0x80 };
enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 16, MCR_MASK = 31 };
enum { LSR_DR = 1, LSR_OE = 2, LSR_PE = 4, LSR_FE = 8, LSR_BI = 16, LSR_THRE = 32, LSR_TEMT = 64 };
enum { MSR_DELTA = 15, MSR_TERI = 4, MSR_CTS = 16, MSR_DSR = 32, MSR_RI = 64, MSR_DCD = 128 };

struct ns16550 {
    struct device device;
    struct chardev *chardev;
    struct chardev_user user;
    uint8_t ier, fcr, lcr, mcr, msr, scratch;
    uint8_t errors;    /* LSR's bits that reading it clears */
    bool thre_pending; /* THRE interrupt: the transmitter ran empty, and nobody has looked at IIR */
    bool thre_seen;    /* nor need he: LSR was read since, and the line no longer asks */
    uint16_t divisor;
    uint8_t receive[FIFO], send[FIFO];
    uint8_t received, sending; /* bytes in them */
};

static struct ns16550 *of(struct device *d)
{
    return (struct ns16550 *)d;
}

static unsigned depth(const struct ns16550 *s)
{
    return s->fcr & FCR_ENABLE ? FIFO : 1;
}

static uint8_t line_status(const struct ns16550 *s)
{
    return s->errors | (s->received ? LSR_DR : 0) | (s->sending ? 0 : LSR_THRE | LSR_TEMT);
}

/* The most urgent interrupt that is enabled (data sheet, table V). */
static uint8_t interrupt(const struct ns16550 *s)
{
    static const uint8_t triggers[] = {1, 4, 8, 14};
    if (s->ier & IER_RLS && s->errors)
        return IIR_RLS;
    if (s->ier & IER_RDA && s->received) {
        bool enough = !(s->fcr & FCR_ENABLE) || s->received >= triggers[s->fcr >> 6];
        return enough ? IIR_RDA : IIR_TIMEOUT;
    }
    if (s->ier & IER_THRE && s->thre_pending)
        return IIR_THRE;
    return s->ier & IER_MS && s->msr & MSR_DELTA ? IIR_MS : IIR_NONE;
}

/*
 * A driver that never reads IIR but learns from LSR that it may send (xv6's) would be interrupted for ever where it
 * has nothing to send. It is asked once; IIR says what it does on hardware.
 */
static void update(struct ns16550 *s)
{
    uint8_t reason = interrupt(s);
    irq_set(&s->device.irq[0], reason != IIR_NONE && !(reason == IIR_THRE && s->thre_seen));
}

static void empty(struct ns16550 *s)
{
    s->thre_pending = true;
    s->thre_seen = false;
}

/* ---- receiving ---- */

static void put_received(struct ns16550 *s, uint8_t byte)
{
    if (s->received >= depth(s)) {
        s->errors |= LSR_OE;
        if (s->fcr & FCR_ENABLE)
            return; /* the FIFO stays as it is */
        s->received = 0;
    }
    s->receive[s->received++] = byte;
}

static uint8_t take_received(struct ns16550 *s)
{
    if (!s->received)
        return 0;
    uint8_t byte = s->receive[0];
    memmove(s->receive, s->receive + 1, --s->received);
    if (s->chardev && !(s->mcr & MCR_LOOP))
        chardev_accept(&s->user);
    return byte;
}

static struct ns16550 *of_user(struct chardev_user *u)
{
    return (struct ns16550 *)((char *)u - offsetof(struct ns16550, user));
}

static size_t room(struct chardev_user *u)
{
    struct ns16550 *s = of_user(u);
    return s->mcr & MCR_LOOP || s->received >= depth(s) ? 0 : depth(s) - s->received;
}

static void receive(struct chardev_user *u, const uint8_t *bytes, size_t n)
{
    struct ns16550 *s = of_user(u);
    for (size_t i = 0; i < n; i++)
        put_received(s, bytes[i]);
    update(s);
}

/* A break is a zero byte and LSR's bit. */
static void line_break(struct chardev_user *u)
{
    struct ns16550 *s = of_user(u);
    put_received(s, 0);
    s->errors |= LSR_BI;
    update(s);
}

size_t ns16550_take(struct device *d, uint8_t *bytes, size_t n)
{
    size_t taken = 0;
    while (taken < n && of(d)->received)
        bytes[taken++] = take_received(of(d));
    update(of(d));
    return taken;
}

/* ---- sending ---- */

/* Sends what the host takes; the rest waits. */
static void drain(struct ns16550 *s)
{
    size_t n = s->chardev ? chardev_write_room(s->chardev) : s->sending;
    n = n < s->sending ? n : s->sending;
    if (s->chardev && n)
        chardev_write(s->chardev, s->send, n);
    memmove(s->send, s->send + n, s->sending -= (uint8_t)n);
    if (!s->sending)
        empty(s);
}

static void drained(struct chardev_user *u)
{
    drain(of_user(u));
    update(of_user(u));
}

static void transmit(struct ns16550 *s, uint8_t byte)
{
    s->thre_pending = false;
    if (s->mcr & MCR_LOOP) {
        put_received(s, byte);
        empty(s);
    } else if (!s->sending && s->chardev && chardev_write_room(s->chardev)) {
        chardev_write(s->chardev, &byte, 1);
        empty(s);
    } else {
        s->sending -= s->sending >= depth(s); /* the driver did not look: the last one is lost */
        s->send[s->sending++] = byte;
        drain(s);
    }
}

/* ---- registers ---- */

/* The modem's lines: looped back, MCR's; otherwise of a partner who is always there. */
static void set_modem(struct ns16550 *s)
{
    uint8_t lines = MSR_CTS | MSR_DSR | MSR_DCD;
    if (s->mcr & MCR_LOOP)
        lines = (uint8_t)((s->mcr & MCR_RTS ? MSR_CTS : 0) | (s->mcr & MCR_DTR ? MSR_DSR : 0) |
                          (s->mcr & MCR_OUT1 ? MSR_RI : 0) | (s->mcr & MCR_OUT2 ? MSR_DCD : 0));
    uint8_t changed = (uint8_t)((lines ^ s->msr) >> 4), delta = changed & ~MSR_TERI;
    if (changed & MSR_TERI && !(lines & MSR_RI))
        delta |= MSR_TERI; /* the ring indicator's trailing edge only */
    s->msr = lines | (s->msr & MSR_DELTA) | delta;
}

static void write_fcr(struct ns16550 *s, uint8_t value)
{
    if ((value ^ s->fcr) & FCR_ENABLE)
        value |= FCR_CLEAR_RX | FCR_CLEAR_TX;
    if (value & FCR_CLEAR_RX)
        s->received = 0;
    if (value & FCR_CLEAR_TX) {
        s->sending = 0;
        empty(s);
    }
    s->fcr = value & FCR_ENABLE ? value & FCR_MASK : 0;
    if (s->chardev)
        chardev_accept(&s->user);
}

static void write_ier(struct ns16550 *s, uint8_t value)
{
    /* Enabling THRE's interrupt tells of an empty transmitter anew. */
    if (value & ~s->ier & IER_THRE && !s->sending)
        empty(s);
    s->ier = value & IER_MASK;
}

static uint64_t ns16550_read(struct device *d, uint64_t offset, unsigned size)
{
    struct ns16550 *s = of(d);
    uint8_t value = 0;
    (void)size;
    switch (offset) {
    case RBR_THR:
        value = s->lcr & LCR_DLAB ? (uint8_t)s->divisor : take_received(s);
        break;
    case IER:
        value = s->lcr & LCR_DLAB ? (uint8_t)(s->divisor >> 8) : s->ier;
        break;
    case IIR_FCR:
        value = interrupt(s);
        if (value == IIR_THRE)
            s->thre_pending = false;
        value |= s->fcr & FCR_ENABLE ? IIR_FIFO : 0;
        break;
    case LCR:
        value = s->lcr;
        break;
    case MCR:
        value = s->mcr;
        break;
    case LSR:
        value = line_status(s);
        s->errors = 0;
        s->thre_seen |= (value & LSR_THRE) != 0;
        break;
    case MSR:
        value = s->msr;
        s->msr &= ~MSR_DELTA;
        break;
    case SCR:
        value = s->scratch;
        break;
    }
    update(s);
    return value;
}

static void ns16550_write(struct device *d, uint64_t offset, uint64_t wide, unsigned size)
{
    struct ns16550 *s = of(d);
    uint8_t value = (uint8_t)wide;
    (void)size;
    switch (offset) {
    case RBR_THR:
        if (s->lcr & LCR_DLAB)
            s->divisor = (uint16_t)((s->divisor & 0xff00) | value);
        else
            transmit(s, value);
        break;
    case IER:
        if (s->lcr & LCR_DLAB)
            s->divisor = (uint16_t)((s->divisor & 0xff) | value << 8);
        else
            write_ier(s, value);
        break;
    case IIR_FCR:
        write_fcr(s, value);
        break;
    case LCR:
        s->lcr = value;
        break;
    case MCR:
        s->mcr = value & MCR_MASK;
        set_modem(s);
        if (s->chardev)
            chardev_accept(&s->user);
        break;
    case SCR:
        s->scratch = value;
        break;
    }
    update(s);
}

/* ---- the device ---- */

void ns16550_connect(struct device *d, struct chardev *c)
{
    of(d)->chardev = c;
}

static bool start(struct device *d, char *error, size_t error_size)
{
    struct ns16550 *s = of(d);
    s->user = (struct chardev_user){
        .room = room, .receive = receive, .drained = drained, .line_break = line_break};
    if (s->chardev && !chardev_connect(s->chardev, &s->user)) {
        snprintf(error, error_size, "the serial port's character device is in use");
        return false;
    }
    return true;
}

static void reset(struct device *d)
{
    struct ns16550 *s = of(d);
    s->mcr = MCR_OUT2;
    s->msr = MSR_CTS | MSR_DSR | MSR_DCD;
    s->divisor = 12;
    if (s->chardev)
        chardev_accept(&s->user);
    update(s);
}

static const struct state_row state[] = {
    STATE(struct ns16550, ier),        STATE(struct ns16550, fcr),
    STATE(struct ns16550, lcr),        STATE(struct ns16550, mcr),
    STATE(struct ns16550, msr),        STATE(struct ns16550, scratch),
    STATE(struct ns16550, errors),     STATE(struct ns16550, thre_pending),
    STATE(struct ns16550, thre_seen),
    STATE(struct ns16550, divisor),    STATE_ARRAY(struct ns16550, receive),
    STATE_ARRAY(struct ns16550, send), STATE(struct ns16550, received),
    STATE(struct ns16550, sending),
};

static const struct property_row properties[] = {
    {"chardev", PROPERTY_CHARDEV, offsetof(struct ns16550, chardev), "where the line ends"},
};

const struct device_class ns16550_class = {
    .name = "serial",
    .text = "NS16550A serial port",
    .size = sizeof(struct ns16550),
    .bus = BUS_MACHINE,
    .span = REGISTERS,
    .access = 1 | 2 | 4 | 8,
    DEVICE_TABLE(state, state),
    DEVICE_TABLE(properties, properties),
    .start = start,
    .reset = reset,
    .read = ns16550_read,
    .write = ns16550_write,
};
