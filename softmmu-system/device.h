/*
 * Devices: what a machine is made of beside harts and memory.
 *
 * A device is one file. It defines a structure that begins with `struct device`, and one `const
 * struct device_class` that says everything about it as tables: its registers, its state (all that
 * a reset clears and a saved machine must hold), its properties (what -device sets), its interrupt
 * lines. The shared code (device.c) serves register accesses from the table, resets, and lists.
 *
 * Locking: every function of a class is called with the machine's lock held (machine.h), from a
 * hart's thread or the event loop's. A device never blocks: what takes time goes to block.h,
 * chardev.h, net.h, which call back with the lock held.
 *
 * The guest is hostile: offsets, values and whatever a device reads from guest memory may be
 * anything.
 *
 * To add a device: its file, and a row in device.def.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_DEVICE_H
#define FERRY_SOFTMMU_SYSTEM_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct device;
struct machine;
struct fdt;

/* A wire to an interrupt controller's input or a hart's, for levels; unconnected: set is NULL. */
struct irq_line {
    void (*set)(void *target, unsigned number, bool level);
    void *target;
    unsigned number;
};

static inline void irq_set(const struct irq_line *line, bool level)
{
    if (line->set)
        line->set(line->target, line->number, level);
}

/*
 * A register, or an array of equal ones. An access that covers a part of a register, or more than
 * one aligned whole, is cut or joined by the shared code if the class allows its size.
 */
struct register_row {
    const char *name;
    uint64_t offset; /* from the device's base, bytes */
    uint8_t size;    /* bytes: 1, 2, 4, 8 */
    uint32_t count;  /* of an array; 0 and 1: a single one */
    uint32_t stride; /* bytes between elements; 0: size */
    size_t field;    /* offset in the device of a variable of that size; 0: none, reads 0 */
    uint64_t writable; /* bits that a write changes in the field */
    /* In the field's stead; index is the element's. Either may be NULL. */
    uint64_t (*read)(struct device *d, unsigned index);
    /* Gets the value as written; stores what it wants itself. */
    void (*write)(struct device *d, unsigned index, uint64_t value);
};

/* A variable that reset sets to zero (before class->reset) and that a saved machine holds. */
struct state_row {
    const char *name;
    size_t offset;  /* in the device's structure */
    uint32_t size;  /* bytes of an element */
    uint32_t count; /* elements */
};
/* clang-format off */
#define STATE(type, field)                                                                         \
    {#field, offsetof(type, field), sizeof(((type *)0)->field), 1}
#define STATE_ARRAY(type, field)                                                                   \
    {#field, offsetof(type, field), sizeof(((type *)0)->field[0]),                                 \
     sizeof(((type *)0)->field) / sizeof(((type *)0)->field[0])}
/* clang-format on */

enum property_kind {
    PROPERTY_BOOL,    /* bool; on off yes no true false */
    PROPERTY_NUMBER,  /* uint64_t */
    PROPERTY_SIZE,    /* uint64_t; with suffix K M G T */
    PROPERTY_STRING,  /* const char *; owned by the device */
    PROPERTY_DRIVE,   /* struct block *; the id of a -drive or -blockdev */
    PROPERTY_CHARDEV, /* struct chardev *; the id of a -chardev */
    PROPERTY_NETDEV,  /* struct netdev *; the id of a -netdev */
    PROPERTY_MAC,     /* uint8_t[6] */
};

/* NAME=VALUE of -device. */
struct property_row {
    const char *name;
    enum property_kind kind;
    size_t offset;    /* in the device's structure */
    const char *text; /* for -device NAME,help; one line */
};

enum { DEVICE_IRQS = 4 };

/* What a device plugs into. */
enum device_bus {
    BUS_MACHINE, /* the machine places it; no -device */
    BUS_VIRTIO,  /* behind a virtio transport (virtio.h); -device NAME */
};

/* A table of a class and its length. */
#define DEVICE_TABLE(table, rows) .table = rows, .n##table = sizeof(rows) / sizeof *(rows)

struct device_class {
    const char *name; /* as QEMU names it: -device, `info mtree` */
    const char *text; /* one line */
    size_t size;      /* of the structure, in bytes */
    enum device_bus bus;
    uint64_t span;  /* bytes of address space; 0: none of its own */
    uint8_t access; /* sizes allowed, sum of 1 2 4 8; others are access faults */
    const struct register_row *registers;
    unsigned nregisters;
    const struct state_row *state;
    unsigned nstate;
    const struct property_row *properties;
    unsigned nproperties;
    /* Made, and all zeroes: the properties' values unless set. NULL: they are zero. */
    void (*create)(struct device *d);
    /*
     * The properties are set: takes what it needs. False with a one-line reason in `error`. Not
     * called under the lock: nothing runs yet.
     */
    bool (*start)(struct device *d, char *error, size_t error_size);
    /* Power-on state, beyond zeroes. NULL: none. */
    void (*reset)(struct device *d);
    /* The machine ends: gives everything back. NULL: nothing to do. */
    void (*finish)(struct device *d);
    /* For windows that are no table of registers. `size` is an allowed one, aligned. */
    uint64_t (*read)(struct device *d, uint64_t offset, unsigned size);
    void (*write)(struct device *d, uint64_t offset, uint64_t value, unsigned size);
    /* Writes its node into the device tree (fdt.h). NULL: the machine does. */
    void (*describe)(struct device *d, struct fdt *fdt);
    const void *more; /* the bus's own part of the class: struct virtio_class */
};

struct device {
    const struct device_class *class;
    struct machine *machine;
    struct device *next;              /* all devices of the machine, in order of creation */
    struct device *parent;            /* the transport it sits behind; NULL: the machine */
    const char *id;                   /* -device ...,id=; NULL: none; owned */
    uint64_t base;                    /* guest physical address; 0 without a span */
    struct irq_line irq[DEVICE_IRQS]; /* outputs */
};

/* The class of that name in device.def; NULL: unknown. */
const struct device_class *device_class_find(const char *name);

/* All classes of `bus`, one line each with its text; for `-device help`. */
void device_print_classes(FILE *out, enum device_bus bus);

/* Their names in one line, "a, b, c". */
void device_list_classes(char *text, size_t size, enum device_bus bus);

/* `-device NAME,help`. */
void device_print_properties(FILE *out, const struct device_class *class);

/* A new device of the machine, not started. Ends the program when memory is short. */
struct device *device_create(struct machine *m, const struct device_class *class);

/* Sets a property from text. False with a one-line reason that names device and property. */
bool device_set(struct device *d, const char *property, const char *value, char *error,
                size_t error_size);

/* class->start. */
bool device_start(struct device *d, char *error, size_t error_size);

/* Zeroes the state, then class->reset. */
void device_reset(struct device *d);

/*
 * A register access by the guest, of 1, 2, 4 or 8 bytes. False: the device has nothing there, or
 * does not allow that size; the guest gets an access fault. `value` is zero-extended.
 */
bool device_read(struct device *d, uint64_t offset, unsigned size, uint64_t *value);
bool device_write(struct device *d, uint64_t offset, unsigned size, uint64_t value);

#endif
