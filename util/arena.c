/* The bump allocator's slow half: chunks straight from mmap, so that it works in any process state.
 */
#include "util/arena.h"
#include "util/log.h"

#include <assert.h>
#include <sys/mman.h>

struct arena_chunk {
    struct arena_chunk *next;
    size_t size;
};

enum { CHUNK_HEADER = 16 };
static_assert(sizeof(struct arena_chunk) <= CHUNK_HEADER, "objects start after the header");

void arena_init(struct arena *a, size_t chunk_size)
{
    *a = (struct arena){.chunk_size = chunk_size ? chunk_size : 64 * 1024};
}

static void use_chunk(struct arena *a, struct arena_chunk *c)
{
    a->cursor = (uint8_t *)c + CHUNK_HEADER;
    a->limit = (uint8_t *)c + c->size;
}

void *arena_grow(struct arena *a, size_t size)
{
    size_t want = size + CHUNK_HEADER;
    want = want > a->chunk_size ? (want + 4095) & ~(size_t)4095 : a->chunk_size;
    struct arena_chunk *c =
        mmap(NULL, want, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (c == MAP_FAILED)
        die("out of memory: cannot map %zu bytes", want);
    c->size = want;
    c->next = a->chunks;
    a->chunks = c;
    use_chunk(a, c);
    return arena_alloc(a, size);
}

static void release(struct arena_chunk *c)
{
    while (c) {
        struct arena_chunk *next = c->next;
        munmap(c, c->size);
        c = next;
    }
}

void arena_reset(struct arena *a)
{
    if (!a->chunks)
        return;
    release(a->chunks->next);
    a->chunks->next = NULL;
    use_chunk(a, a->chunks);
}

void arena_free(struct arena *a)
{
    release(a->chunks);
    arena_init(a, a->chunk_size);
}
