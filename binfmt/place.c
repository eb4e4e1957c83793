/* The instance of binfmt_misc: reading and changing it. See place.h. */
#include "binfmt/place.h"

#include <ctype.h>
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DIRECTORY "/proc/sys/fs/binfmt_misc"

/* The inode number that the kernel gives to the first user namespace: PROC_USER_INIT_INO. */
#define FIRST_USER_NAMESPACE 0xEFFFFFFDu

const char *place_path(const struct place *p, const char *path)
{
    static char buffers[4][PATH_MAX + 256];
    static unsigned turn;
    char *b = buffers[turn++ % 4];
    snprintf(b, sizeof *buffers, "%s%s", p->root, path);
    return b;
}

static const char *entry_path(const struct place *p, const char *name)
{
    char path[sizeof DIRECTORY + NAME_MAX + 1];
    snprintf(path, sizeof path, DIRECTORY "/%s", name);
    return place_path(p, path);
}

/* ---- reading ---- */

/* All of a small file, or false. */
static bool read_file(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    return n >= 0;
}

static unsigned read_hex(const char *hex, uint8_t *bytes)
{
    unsigned n = 0;
    for (unsigned v; n < ENTRY_MAGIC && sscanf(hex + 2 * n, "%2x", &v) == 1 &&
                     isxdigit((unsigned char)hex[2 * n + 1]);)
        bytes[n++] = (uint8_t)v;
    return n;
}

/* The value of a line "word value" of an entry's file, or NULL. */
static const char *value(const char *line, const char *word)
{
    size_t n = strlen(word);
    return !strncmp(line, word, n) ? line + n : NULL;
}

static bool read_entry(const struct place *p, const char *name, struct entry *e)
{
    char text[2 * PATH_MAX], *save = NULL;
    const char *v;
    if (!read_file(entry_path(p, name), text, sizeof text))
        return false;
    *e = (struct entry){0};
    snprintf(e->name, sizeof e->name, "%s", name);
    memset(e->mask, 0xff, sizeof e->mask);
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (!strcmp(line, "enabled"))
            e->enabled = true;
        else if ((v = value(line, "interpreter ")))
            snprintf(e->interpreter, sizeof e->interpreter, "%s", v);
        else if ((v = value(line, "flags: ")))
            snprintf(e->flags, sizeof e->flags, "%s", v);
        else if ((v = value(line, "offset ")))
            e->offset = (unsigned)strtoul(v, NULL, 10);
        else if ((v = value(line, "magic ")))
            e->by_magic = (e->size = read_hex(v, e->magic)) > 0;
        else if ((v = value(line, "mask ")))
            read_hex(v, e->mask);
    }
    return e->interpreter[0];
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void read_entries(struct place *p)
{
    DIR *d = opendir(place_path(p, DIRECTORY));
    for (struct dirent *f; d && (f = readdir(d));) {
        struct entry e;
        if (f->d_name[0] == '.' || !strcmp(f->d_name, "register") || !strcmp(f->d_name, "status") ||
            !read_entry(p, f->d_name, &e))
            continue;
        struct entry *more = realloc(p->entries, (p->nentries + 1) * sizeof e);
        if (!more)
            break;
        p->entries = more;
        p->entries[p->nentries++] = e;
    }
    if (d)
        closedir(d);
    if (p->nentries)
        qsort(p->entries, p->nentries, sizeof *p->entries, by_name);
}

static bool kernel_has_it(const struct place *p)
{
    char text[8192];
    return read_file(place_path(p, "/proc/filesystems"), text, sizeof text) &&
           strstr(text, "\tbinfmt_misc\n");
}

void place_read(struct place *p, const char *root)
{
    char status[32];
    *p = (struct place){.root = root};
    if (access(entry_path(p, "register"), F_OK) != 0) {
        p->instance = kernel_has_it(p) ? INSTANCE_NOT_MOUNTED : INSTANCE_NO_KERNEL;
        return;
    }
    p->instance =
        access(entry_path(p, "register"), W_OK) == 0 ? INSTANCE_READY : INSTANCE_READ_ONLY;
    p->enabled = !read_file(entry_path(p, "status"), status, sizeof status) ||
                 !strncmp(status, "enabled", 7);
    read_entries(p);
}

void place_free(struct place *p)
{
    free(p->entries);
    *p = (struct place){0};
}

/* ---- changing ---- */

int place_mount(struct place *p)
{
    const char *root = p->root;
    if (p->instance == INSTANCE_READY)
        return 0;
    if (root[0])
        return ENOTSUP;
    if (p->instance == INSTANCE_READ_ONLY && place_in_first_namespace())
        return EACCES; /* another mount would show the same instance */
    /* Opening the file system loads its module, without which its directory is not there. */
    int fs = p->instance == INSTANCE_NO_KERNEL
                 ? (int)syscall(SYS_fsopen, "binfmt_misc", FSOPEN_CLOEXEC)
                 : -1;
    if (fs >= 0)
        close(fs);
    if (mount("binfmt_misc", place_path(p, DIRECTORY), "binfmt_misc", 0, NULL) != 0)
        return errno;
    place_free(p);
    place_read(p, root);
    return p->instance == INSTANCE_READY ? 0 : EACCES;
}

static int write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    size_t n = strlen(text);
    int error = write(fd, text, n) == (ssize_t)n ? 0 : errno;
    close(fd);
    return error;
}

int place_register(const struct place *p, const char *line)
{
    return write_text(entry_path(p, "register"), line);
}

int place_tell(const struct place *p, const char *entry, const char *text)
{
    return write_text(entry_path(p, entry), text);
}

/* ---- questions ---- */

const struct entry *place_entry(const struct place *p, const char *name)
{
    for (unsigned i = 0; i < p->nentries; i++)
        if (!strcmp(p->entries[i].name, name))
            return &p->entries[i];
    return NULL;
}

bool entry_takes(const struct entry *e, const uint8_t head[MAGIC_SIZE])
{
    if (!e->by_magic || e->offset + e->size > MAGIC_SIZE)
        return false;
    for (unsigned i = 0; i < e->size; i++)
        if ((head[e->offset + i] ^ e->magic[i]) & e->mask[i])
            return false;
    return true;
}

bool entry_takes_guest(const struct entry *e, const struct binfmt_guest *g)
{
    uint8_t head[MAGIC_SIZE];
    binfmt_head(g->machine, g->bits, ET_EXEC, ELFOSABI_NONE, head);
    return entry_takes(e, head);
}

static bool named_ferry(const char *path)
{
    const char *base = strrchr(path, '/');
    return !strncmp(base ? base + 1 : path, "ferry", 5);
}

static bool called_ferry(const struct entry *e)
{
    return !strncmp(e->name, "ferry-", 6);
}

bool path_is_ferry(const struct place *p, const char *path)
{
    char real[PATH_MAX];
    if (named_ferry(path) || (realpath(place_path(p, path), real) && named_ferry(real)))
        return true;
    for (unsigned i = 0; i < p->nentries; i++)
        if (called_ferry(&p->entries[i]) && !strcmp(p->entries[i].interpreter, path))
            return true;
    return false;
}

bool entry_is_ferry(const struct place *p, const struct entry *e)
{
    return called_ferry(e) || path_is_ferry(p, e->interpreter);
}

bool entry_has(const struct entry *e, char flag)
{
    return strchr(e->flags, flag);
}

bool place_in_first_namespace(void)
{
    struct stat st;
    return stat("/proc/self/ns/user", &st) != 0 || st.st_ino == FIRST_USER_NAMESPACE;
}
