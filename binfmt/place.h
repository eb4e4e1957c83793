/*
 * The place where registrations live: one instance of binfmt_misc, and the configuration that
 * systemd reads at boot. Everything is looked for below a root, which is the machine's own unless
 * --root names another: an image under construction, or a test's made-up machine.
 */
#ifndef FERRY_BINFMT_PLACE_H
#define FERRY_BINFMT_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "binfmt/guest.h"

enum { ENTRY_MAGIC = 256 };

/* A registration, as its file tells. */
struct entry {
    char name[NAME_MAX + 1];
    char interpreter[PATH_MAX];
    char flags[16]; /* letters */
    bool enabled;
    bool by_magic; /* and not by the file name's extension */
    unsigned offset, size;
    uint8_t magic[ENTRY_MAGIC], mask[ENTRY_MAGIC];
};

enum instance {
    INSTANCE_READY,
    INSTANCE_READ_ONLY,   /* someone else's: the host's as seen by a container */
    INSTANCE_NOT_MOUNTED, /* the kernel has binfmt_misc */
    INSTANCE_NO_KERNEL    /* or its module is not loaded yet */
};

struct place {
    const char *root; /* "" or a directory without a trailing slash */
    enum instance instance;
    bool enabled; /* as a whole */
    struct entry *entries;
    unsigned nentries;
};

/* A path below the root, in one of four static buffers that take turns. */
const char *place_path(const struct place *p, const char *path);

/* Reads the state. `root` stays the caller's. */
void place_read(struct place *p, const char *root);
void place_free(struct place *p);

/*
 * Mounts an instance where there is none or where the one to be seen is not ours to change.
 * 0 or an errno.
 */
int place_mount(struct place *p);

/* Writes a line to `register`, or `text` ("1", "0", "-1") to an entry. 0 or an errno. */
int place_register(const struct place *p, const char *line);
int place_tell(const struct place *p, const char *entry, const char *text);

const struct entry *place_entry(const struct place *p, const char *name);

/* True if the entry takes a file that begins like this. Enabled or not. */
bool entry_takes(const struct entry *e, const uint8_t head[MAGIC_SIZE]);
/* ... programs of this guest, fixed-position ones at least. */
bool entry_takes_guest(const struct entry *e, const struct binfmt_guest *g);
/*
 * True if this interpreter is a ferry: by its own name, by that of what it links to, or because an
 * entry ferry-GUEST has it, as --interpreter may have asked for. An entry of such a name is ours.
 */
bool path_is_ferry(const struct place *p, const char *path);
bool entry_is_ferry(const struct place *p, const struct entry *e);
bool entry_has(const struct entry *e, char flag);

/*
 * The user namespace: whether it is the machine's first one, and whether this process may mount
 * and register in it.
 */
bool place_in_first_namespace(void);

#endif
