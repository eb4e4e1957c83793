/*
 * A bump allocator. Objects live until the arena is reset or freed; there is no free of one object.
 * An arena belongs to one thread. Allocation never returns NULL: running out of memory is fatal.
 */
#ifndef FERRY_UTIL_ARENA_H
#define FERRY_UTIL_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_chunk;

struct arena {
    uint8_t *cursor;
    uint8_t *limit;
    struct arena_chunk *chunks; /* newest first */
    size_t chunk_size;          /* bytes asked of the host at a time */
};

/* Makes an empty arena that grows by `chunk_size` bytes (0: 64 KiB). Takes no memory yet. */
void arena_init(struct arena *a, size_t chunk_size);

/* Forgets every object and keeps the newest chunk for reuse. */
void arena_reset(struct arena *a);

/* Gives all memory back to the host. */
void arena_free(struct arena *a);

/* The slow half of arena_alloc: makes room for `size` bytes. */
void *arena_grow(struct arena *a, size_t size);

/* Returns `size` bytes aligned to 16, uninitialised. */
static inline void *arena_alloc(struct arena *a, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    if ((size_t)(a->limit - a->cursor) < size)
        return arena_grow(a, size);
    void *p = a->cursor;
    a->cursor += size;
    return p;
}

#endif
