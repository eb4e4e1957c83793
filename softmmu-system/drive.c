/*
 * -drive: its options, and the devices of those drives for which no -device asks. The options are a
 * table; what QEMU has and what changes nothing here is taken silently.
 */
#include "softmmu-system/block.h"

#include <stdlib.h>
#include <string.h>

#include "softmmu-system/device.h"
#include "softmmu-system/keyval.h"
#include "util/log.h"

/* Without if= a drive is virtio's unless a -device asks for it. */
enum drive_interface { IF_DEFAULT, IF_VIRTIO, IF_NONE };

struct drive {
    const char *id;
    const char *serial;
    const char *cache, *interface, *discards, *media, *ignored;
    enum drive_interface where;
    struct block_options options;
    struct block *block;
    struct drive *next;
};

static struct drive *drives; /* in order */

/* ---- options ---- */

enum option_kind { TEXT, SWITCH, WORD };

/* A word is one of `words`, separated by blanks. */
struct drive_option {
    const char *name;
    enum option_kind kind;
    size_t field;
    const char *words;
};

#define FIELD(field) offsetof(struct drive, field)
static const struct drive_option options[] = {
    {"file", TEXT, FIELD(options.file), NULL},
    {"file.filename", TEXT, FIELD(options.file), NULL},
    {"if", WORD, FIELD(interface), "virtio none"},
    {"format", TEXT, FIELD(options.format), NULL},
    {"driver", TEXT, FIELD(options.format), NULL},
    {"id", TEXT, FIELD(id), NULL},
    {"serial", TEXT, FIELD(serial), NULL},
    {"readonly", SWITCH, FIELD(options.readonly), NULL},
    {"read-only", SWITCH, FIELD(options.readonly), NULL},
    {"snapshot", SWITCH, FIELD(options.snapshot), NULL},
    {"file.locking", WORD, FIELD(ignored), "auto on off"},
    {"cache", WORD, FIELD(cache), "writeback writethrough none directsync unsafe"},
    {"discard", WORD, FIELD(discards), "ignore off unmap on"},
    {"media", WORD, FIELD(media), "disk cdrom"},
    {"aio", WORD, FIELD(ignored), "threads native io_uring"},
    {"werror", WORD, FIELD(ignored), "report"},
    {"rerror", WORD, FIELD(ignored), "report"},
    {"index", TEXT, FIELD(ignored), NULL},
};
enum { OPTIONS = sizeof(options) / sizeof(*options) };

static const struct drive_option *find_option(const char *name)
{
    for (unsigned i = 0; i < OPTIONS; i++)
        if (!strcmp(options[i].name, name))
            return &options[i];
    return NULL;
}

static void unknown_option(const char *name, char *error, size_t error_size)
{
    size_t n = snprintf(error, error_size, "-drive has no option '%s' (known:", name);

    for (unsigned i = 0; i < OPTIONS && n < error_size; i++)
        n += snprintf(error + n, error_size - n, " %s", options[i].name);
    if (n < error_size)
        snprintf(error + n, error_size - n, ")");
}

static bool is_word(const char *words, const char *value)
{
    size_t length = strlen(value);

    for (const char *w = words; *w; w += strcspn(w, " "), w += strspn(w, " "))
        if (strcspn(w, " ") == length && !memcmp(w, value, length))
            return true;
    return false;
}

static bool set_option(struct drive *d, const char *name, const char *value, char *error,
                       size_t error_size)
{
    const struct drive_option *o = find_option(name);
    const char *wanted = NULL;

    if (!o) {
        unknown_option(name, error, error_size);
        return false;
    }
    void *field = (char *)d + o->field;
    if (!value)
        value = o->kind == SWITCH ? "on" : "";
    if (o->kind == SWITCH && !keyval_switch(value, field))
        wanted = "on off";
    else if (o->kind == WORD && !is_word(o->words, value))
        wanted = o->words;
    else if (o->kind != SWITCH)
        *(const char **)field = strdup(value);
    if (wanted)
        snprintf(error, error_size, "-drive: %s='%s' is none of: %s", name, value, wanted);
    else if (!strcmp(name, "file.locking"))
        d->options.no_lock = !strcmp(value, "off");
    return !wanted;
}

static bool is(const char *text, const char *word)
{
    return text && !strcmp(text, word);
}

/* What the words mean. */
static bool finish_options(struct drive *d, char *error, size_t error_size)
{
    struct block_options *o = &d->options;

    if (!o->file || !*o->file) {
        snprintf(error, error_size, "-drive needs file=");
        return false;
    }
    if (d->interface)
        d->where = is(d->interface, "none") ? IF_NONE : IF_VIRTIO;
    if (is(d->media, "cdrom"))
        o->readonly = true;
    o->direct = is(d->cache, "none") || is(d->cache, "directsync");
    o->writethrough = is(d->cache, "writethrough") || is(d->cache, "directsync");
    o->no_flush = is(d->cache, "unsafe");
    o->discard = is(d->discards, "unmap") || is(d->discards, "on");
    return true;
}

bool block_option(const char *text, char *error, size_t error_size)
{
    struct drive *d = calloc(1, sizeof(*d)), **end = &drives;
    char *copy = strdup(text), *rest = copy, *name, *value;
    bool good = true;

    if (!d || !copy)
        die("out of memory");
    while (good && keyval_next(&rest, &name, &value))
        good = set_option(d, name, value, error, error_size);
    free(copy);
    good = good && finish_options(d, error, error_size);
    if (!good) {
        free(d); /* its texts are not worth a list: the program ends */
        return false;
    }
    while (*end)
        end = &(*end)->next;
    *end = d;
    return true;
}

/* ---- opening ---- */

bool block_open_all(bool snapshot, char *error, size_t error_size)
{
    unsigned n = 0;

    for (struct drive *d = drives; d; d = d->next) {
        char name[24];
        if (snapshot)
            d->options.snapshot = true;
        if (!d->id) {
            snprintf(name, sizeof(name), "%s%u", d->where == IF_NONE ? "none" : "virtio", n++);
            d->id = strdup(name);
        }
        d->block = block_open(d->id, &d->options, error, error_size);
        if (!d->block)
            return false;
    }
    return true;
}

bool block_make_devices(struct machine *m, char *error, size_t error_size)
{
    for (struct drive *d = drives; d; d = d->next) {
        if (d->where == IF_NONE || (d->where == IF_DEFAULT && block_user(d->block)))
            continue;
        if (block_user(d->block)) {
            snprintf(error, error_size, "-drive id=%s: a -device asks for it; it needs if=none",
                     d->id);
            return false;
        }
        struct device *blk = device_create(m, device_class_find("virtio-blk-device"));
        if (!device_set(blk, "drive", d->id, error, error_size) ||
            (d->serial && !device_set(blk, "serial", d->serial, error, error_size)) ||
            !device_start(blk, error, error_size))
            return false;
    }
    return true;
}
