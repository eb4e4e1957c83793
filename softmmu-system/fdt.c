/* The device tree while it is made: see fdt.h. */
#include "softmmu-system/fdt.h"

#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/log.h"

enum { CAPACITY = 1 << 20 }; /* 64 harts take 40 KiB */

static void keep(struct fdt *t, int error)
{
    if (error < 0 && !t->error)
        t->error = error;
}

static void allocate(struct fdt *t, size_t capacity)
{
    *t = (struct fdt){.blob = calloc(1, capacity), .capacity = capacity};
    if (!t->blob)
        die("no memory for the device tree");
}

void tree_create(struct fdt *t)
{
    allocate(t, CAPACITY);
    keep(t, fdt_create(t->blob, CAPACITY));
    keep(t, fdt_finish_reservemap(t->blob));
    keep(t, fdt_begin_node(t->blob, ""));
}

void tree_begin(struct fdt *t, const char *format, ...)
{
    char name[128];
    va_list ap;
    va_start(ap, format);
    vsnprintf(name, sizeof name, format, ap);
    va_end(ap);
    keep(t, fdt_begin_node(t->blob, name));
}

void tree_end(struct fdt *t)
{
    keep(t, fdt_end_node(t->blob));
}

void tree_cells(struct fdt *t, const char *name, unsigned n, const uint32_t *cells)
{
    void *to = NULL;
    keep(t, fdt_property_placeholder(t->blob, name, (int)(4 * n), &to));
    for (unsigned i = 0; to && i < n; i++)
        fdt32_st((uint8_t *)to + 4 * i, cells[i]);
}

void tree_wide(struct fdt *t, const char *name, uint64_t first, uint64_t second)
{
    tree_cell(t, name, (uint32_t)(first >> 32), (uint32_t)first, (uint32_t)(second >> 32),
              (uint32_t)second);
}

void tree_string(struct fdt *t, const char *name, const char *text)
{
    keep(t, fdt_property_string(t->blob, name, text));
}

void tree_strings(struct fdt *t, const char *name, const char *text, size_t size)
{
    keep(t, fdt_property(t->blob, name, text, (int)size));
}

void tree_empty(struct fdt *t, const char *name)
{
    keep(t, fdt_property(t->blob, name, NULL, 0));
}

uint32_t tree_phandle(struct fdt *t)
{
    tree_cell(t, "phandle", ++t->phandle);
    return t->phandle;
}

const char *tree_finish(struct fdt *t)
{
    keep(t, fdt_end_node(t->blob));
    keep(t, fdt_finish(t->blob));
    return t->error ? fdt_strerror(t->error) : NULL;
}

const char *tree_open(struct fdt *t, const void *blob, size_t room)
{
    allocate(t, fdt_totalsize(blob) + room);
    keep(t, fdt_open_into(blob, t->blob, (int)t->capacity));
    return t->error ? fdt_strerror(t->error) : NULL;
}

/* The node's offset, which changes hold for no longer than until the next change. */
static int node(struct fdt *t, const char *path)
{
    int at = fdt_path_offset(t->blob, path);
    if (at != -FDT_ERR_NOTFOUND)
        return at;
    const char *last = strrchr(path, '/');
    int parent = last == path ? 0 : fdt_path_offset_namelen(t->blob, path, (int)(last - path));
    return parent < 0 ? parent : fdt_add_subnode(t->blob, parent, last + 1);
}

void tree_set(struct fdt *t, const char *path, const char *name, const void *bytes, size_t size)
{
    int at = node(t, path);
    keep(t, at < 0 ? at : fdt_setprop(t->blob, at, name, bytes, (int)size));
}

void tree_set_string(struct fdt *t, const char *path, const char *name, const char *text)
{
    tree_set(t, path, name, text, strlen(text) + 1);
}

void tree_set_u64(struct fdt *t, const char *path, const char *name, uint64_t value)
{
    fdt64_t bytes = cpu_to_fdt64(value);
    tree_set(t, path, name, &bytes, sizeof bytes);
}

const char *tree_pack(struct fdt *t, size_t room)
{
    keep(t, t->error ? 0 : fdt_pack(t->blob));
    size_t size = fdt_totalsize(t->blob) + room;
    if (!t->error && size <= t->capacity)
        fdt_set_totalsize(t->blob, (uint32_t)size);
    return t->error ? fdt_strerror(t->error) : NULL;
}

size_t tree_size(const void *blob, size_t size)
{
    if (size < sizeof(struct fdt_header) || fdt_check_header(blob) || fdt_totalsize(blob) > size ||
        fdt_check_full(blob, size))
        return 0;
    return fdt_totalsize(blob);
}

void tree_free(struct fdt *t)
{
    free(t->blob);
    *t = (struct fdt){0};
}
