/*
 * The device tree while it is made: a thin layer on libfdt. First nodes are written in sequence
 * (tree_begin .. tree_end, properties before sub-nodes), then tree_finish, after which tree_open
 * and the tree_set functions change what is there: /chosen, at each boot.
 *
 * An error sticks: tree_finish and tree_pack say so.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_FDT_H
#define FERRY_SOFTMMU_SYSTEM_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fdt {
    void *blob;
    size_t capacity;  /* bytes */
    uint32_t phandle; /* the last one given out */
    int error;        /* libfdt's; 0: none so far */
};

/* An empty tree being written, its root open. Ends the program when memory is short. */
void tree_create(struct fdt *t);

void tree_begin(struct fdt *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tree_end(struct fdt *t);
/* Properties of the node that is open: 32-bit cells, 64-bit pairs of cells, texts, nothing. */
void tree_cells(struct fdt *t, const char *name, unsigned n, const uint32_t *cells);
#define tree_cell(t, name, ...)                                                                    \
    tree_cells(t, name, sizeof((uint32_t[]){__VA_ARGS__}) / 4, (uint32_t[]){__VA_ARGS__})
void tree_wide(struct fdt *t, const char *name, uint64_t first, uint64_t second);
void tree_string(struct fdt *t, const char *name, const char *text);
/* `text` holds `size` bytes: texts with a NUL each; the sizeof of a literal is right. */
void tree_strings(struct fdt *t, const char *name, const char *text, size_t size);
void tree_empty(struct fdt *t, const char *name);
/* Gives the node a phandle, and returns it. */
uint32_t tree_phandle(struct fdt *t);

/* The root ends; the blob is whole. Returns NULL, or what went wrong. */
const char *tree_finish(struct fdt *t);

/* A changeable copy of a blob, with `room` bytes to grow, for tree_free; error as tree_finish. */
const char *tree_open(struct fdt *t, const void *blob, size_t room);
/* Properties of a node by its path; the last part of the path is made if need be. */
void tree_set(struct fdt *t, const char *path, const char *name, const void *bytes, size_t size);
void tree_set_string(struct fdt *t, const char *path, const char *name, const char *text);
void tree_set_u64(struct fdt *t, const char *path, const char *name, uint64_t value);
/* Done: the blob is as large as it must be and `room` bytes, for others to grow it in. */
const char *tree_pack(struct fdt *t, size_t room);

/* Bytes of a blob that claims to be one within `size` bytes; 0: it is none. */
size_t tree_size(const void *blob, size_t size);
void tree_free(struct fdt *t);

#endif
