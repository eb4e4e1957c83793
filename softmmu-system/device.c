/* Devices: the classes' list, properties, reset, and register accesses by table. See device.h. */
#include "softmmu-system/device.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "softmmu-system/block.h"
#include "softmmu-system/chardev.h"
#include "softmmu-system/keyval.h"
#include "softmmu-system/machine.h"
#include "softmmu-system/netdev.h"
#include "util/log.h"

#define DEVICE(class) extern const struct device_class class;
#include "softmmu-system/device.def"
#undef DEVICE

static const struct device_class *const classes[] = {
#define DEVICE(class) &class,
#include "softmmu-system/device.def"
#undef DEVICE
};
enum { CLASSES = sizeof classes / sizeof *classes };

const struct device_class *device_class_find(const char *name)
{
    for (unsigned i = 0; i < CLASSES; i++)
        if (!strcmp(classes[i]->name, name))
            return classes[i];
    return NULL;
}

void device_print_classes(FILE *out, enum device_bus bus)
{
    for (unsigned i = 0; i < CLASSES; i++)
        if (classes[i]->bus == bus)
            fprintf(out, "%-24s %s\n", classes[i]->name, classes[i]->text);
}

void device_list_classes(char *text, size_t size, enum device_bus bus)
{
    size_t n = 0;
    *text = '\0';
    for (unsigned i = 0; i < CLASSES && n < size; i++)
        if (classes[i]->bus == bus)
            n += (size_t)snprintf(text + n, size - n, "%s%s", n ? ", " : "", classes[i]->name);
}

void device_print_properties(FILE *out, const struct device_class *class)
{
    static const char *const kinds[] = {
        [PROPERTY_BOOL] = "on|off",   [PROPERTY_NUMBER] = "number", [PROPERTY_SIZE] = "size",
        [PROPERTY_STRING] = "text",   [PROPERTY_DRIVE] = "drive",   [PROPERTY_CHARDEV] = "chardev",
        [PROPERTY_NETDEV] = "netdev", [PROPERTY_MAC] = "address",
    };
    fprintf(out, "%s: %s\n", class->name, class->text);
    for (unsigned i = 0; i < class->nproperties; i++) {
        const struct property_row *p = &class->properties[i];
        fprintf(out, "  %s=%-*s %s\n", p->name, (int)(22 - strlen(p->name) % 22), kinds[p->kind],
                p->text ? p->text : "");
    }
}

struct device *device_create(struct machine *m, const struct device_class *class)
{
    struct device *d = calloc(1, class->size), **end = &m->devices;
    if (!d)
        die("no memory for the device '%s'", class->name);
    d->class = class;
    d->machine = m;
    while (*end)
        end = &(*end)->next;
    *end = d;
    if (class->create)
        class->create(d);
    return d;
}

/* ---- properties ---- */

static bool set_mac(uint8_t mac[6], const char *text)
{
    char rest;
    unsigned b[6];
    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", b, b + 1, b + 2, b + 3, b + 4, b + 5, &rest) != 6)
        return false;
    for (unsigned i = 0; i < 6; i++)
        mac[i] = (uint8_t)b[i];
    return true;
}

/* Sets the variable; returns NULL, or what the value should have been. */
static const char *set_value(struct device *d, const struct property_row *p, const char *value)
{
    void *at = (char *)d + p->offset;
    switch (p->kind) {
    case PROPERTY_BOOL:
        return keyval_switch(value, at) ? NULL : "on or off";
    case PROPERTY_NUMBER:
        return keyval_number(value, at) ? NULL : "a number";
    case PROPERTY_SIZE:
        return keyval_size(value, 1, at) ? NULL : "a size";
    case PROPERTY_STRING:
        free(*(char **)at);
        *(char **)at = strdup(value);
        return NULL;
    case PROPERTY_DRIVE:
        *(struct block **)at = block_find(value);
        return *(struct block **)at ? NULL : "the id of a drive";
    case PROPERTY_CHARDEV:
        *(struct chardev **)at = chardev_find(value);
        return *(struct chardev **)at ? NULL : "the id of a character device";
    case PROPERTY_NETDEV:
        *(struct netdev **)at = netdev_find(value);
        return *(struct netdev **)at ? NULL : "the id of a network";
    case PROPERTY_MAC:
        return set_mac(at, value) ? NULL : "an Ethernet address";
    }
    return "of a known kind";
}

static void unknown_property(const struct device *d, const char *property, char *error, size_t size)
{
    int n = snprintf(error, size, "%s has no property '%s' (known: id", d->class->name, property);
    for (unsigned i = 0; i < d->class->nproperties && (size_t)n < size; i++)
        n += snprintf(error + n, size - (size_t)n, ", %s", d->class->properties[i].name);
    if ((size_t)n < size)
        snprintf(error + n, size - (size_t)n, ")");
}

bool device_set(struct device *d, const char *property, const char *value, char *error,
                size_t error_size)
{
    for (unsigned i = 0; i < d->class->nproperties; i++) {
        const struct property_row *p = &d->class->properties[i];
        if (strcmp(p->name, property))
            continue;
        const char *wanted = set_value(d, p, value);
        if (wanted)
            snprintf(error, error_size, "%s: %s='%s' is not %s", d->class->name, property, value,
                     wanted);
        return !wanted;
    }
    unknown_property(d, property, error, error_size);
    return false;
}

bool device_start(struct device *d, char *error, size_t error_size)
{
    return !d->class->start || d->class->start(d, error, error_size);
}

void device_reset(struct device *d)
{
    for (unsigned i = 0; i < d->class->nstate; i++) {
        const struct state_row *s = &d->class->state[i];
        memset((char *)d + s->offset, 0, (size_t)s->size * s->count);
    }
    if (d->class->reset)
        d->class->reset(d);
}

/* ---- registers ---- */

static uint64_t ones(unsigned bytes)
{
    return bytes < 8 ? (UINT64_C(1) << 8 * bytes) - 1 : UINT64_MAX;
}

/* The row that holds a byte at `offset`; its element and the byte's place in it. NULL: a hole. */
static const struct register_row *find_register(const struct device *d, uint64_t offset,
                                                unsigned *index, unsigned *byte)
{
    for (unsigned i = 0; i < d->class->nregisters; i++) {
        const struct register_row *r = &d->class->registers[i];
        uint64_t stride = r->stride ? r->stride : r->size, from = offset - r->offset;
        if (offset < r->offset || from >= stride * (r->count ? r->count : 1) ||
            from % stride >= r->size)
            continue;
        *index = (unsigned)(from / stride);
        *byte = (unsigned)(from % stride);
        return r;
    }
    return NULL;
}

static void *register_field(struct device *d, const struct register_row *r, unsigned index)
{
    return (char *)d + r->field + (size_t)index * r->size;
}

/* Fields are host variables of the register's size: little-endian hosts only, as is all of Ferry.
 */
static uint64_t field_value(struct device *d, const struct register_row *r, unsigned index)
{
    uint64_t value = 0;
    if (r->field)
        memcpy(&value, register_field(d, r, index), r->size);
    return value;
}

static uint64_t register_read(struct device *d, const struct register_row *r, unsigned index)
{
    return (r->read ? r->read(d, index) : field_value(d, r, index)) & ones(r->size);
}

/* Writes the bytes that `mask` covers; the others keep the value a read gives. */
static void register_write(struct device *d, const struct register_row *r, unsigned index,
                           uint64_t value, uint64_t mask)
{
    if (r->write) {
        if (mask != ones(r->size))
            value = (value & mask) | (register_read(d, r, index) & ~mask);
        r->write(d, index, value);
    } else if (r->field) {
        mask &= r->writable;
        value = (value & mask) | (field_value(d, r, index) & ~mask);
        memcpy(register_field(d, r, index), &value, r->size);
    }
}

/* True if the class takes such an access. */
static bool allowed(const struct device *d, uint64_t offset, unsigned size)
{
    const struct device_class *c = d->class;
    if ((c->access & size) && !(offset & (size - 1)) && offset < c->span &&
        size <= c->span - offset)
        return true;
    if (log_on(LOG_GUEST_ERRORS))
        log_print("%s: access of %u bytes at offset 0x%" PRIx64 " refused\n", c->name, size,
                  offset);
    return false;
}

static void log_hole(const struct device *d, const char *what, uint64_t offset)
{
    if (log_on(LOG_GUEST_ERRORS))
        log_print("%s: %s at offset 0x%" PRIx64 ": no register there\n", d->class->name, what,
                  offset);
}

bool device_read(struct device *d, uint64_t offset, unsigned size, uint64_t *value)
{
    *value = 0;
    if (!allowed(d, offset, size))
        return false;
    if (d->class->read) {
        *value = d->class->read(d, offset, size) & ones(size);
        return true;
    }
    for (unsigned done = 0, n; done < size; done += n) {
        unsigned index, byte;
        const struct register_row *r = find_register(d, offset + done, &index, &byte);
        n = 1;
        if (!r) {
            log_hole(d, "read", offset + done);
            n = size - done < 4 ? size - done : 4; /* holes are of words */
            continue;
        }
        n = r->size - byte < size - done ? r->size - byte : size - done;
        *value |= (register_read(d, r, index) >> 8 * byte & ones(n)) << 8 * done;
    }
    return true;
}

bool device_write(struct device *d, uint64_t offset, unsigned size, uint64_t value)
{
    if (!allowed(d, offset, size))
        return false;
    value &= ones(size);
    if (d->class->write) {
        d->class->write(d, offset, value, size);
        return true;
    }
    for (unsigned done = 0, n; done < size; done += n) {
        unsigned index, byte;
        const struct register_row *r = find_register(d, offset + done, &index, &byte);
        if (!r) {
            log_hole(d, "write", offset + done);
            n = size - done < 4 ? size - done : 4;
            continue;
        }
        n = r->size - byte < size - done ? r->size - byte : size - done;
        register_write(d, r, index, value >> 8 * done << 8 * byte, ones(n) << 8 * byte);
    }
    return true;
}
