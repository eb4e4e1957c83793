/*
 * The translator's memory: code, mapped twice from one memfd so that no page is writable and
 * executable through one mapping, and the tables that describe it. All of it is address space
 * reserved once; pages come as they are touched.
 */
#include "translator/internal.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/log.h"

/* Code per entry of a table, low enough that code memory fills first in practice. */
enum {
    CODE_PER_BLOCK = 64,
    CODE_PER_EXIT = 24,
    CODE_PER_MAP_BYTE = 4,
    DEFAULT_CODE_SIZE = 128 << 20
};

static void *reserve(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
    if (p == MAP_FAILED)
        die("cannot reserve %zu bytes for the translator: %s", size, strerror(errno));
    return p;
}

/*
 * A memfd under a number that the guest does not expect to get. -1 where there cannot be one: no
 * number is free, or the guest's limit of file sizes, which is for memfds too and has a signal, is
 * below our size.
 */
static int code_memfd(size_t size)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < size)
        return -1;
    int fd = memfd_create("ferry-code", MFD_CLOEXEC);
    if (fd < 0)
        return -1;
    if (ftruncate(fd, (off_t)size) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void map_code(struct translator *t, int fd, uint8_t *rw_at, uint8_t *rx_at)
{
    int fixed = rw_at ? MAP_FIXED : 0;
    t->rw = mmap(rw_at, t->code_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE | fixed,
                 fd, 0);
    t->rx =
        mmap(rx_at, t->code_size, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_NORESERVE | fixed, fd, 0);
    if (t->rw == MAP_FAILED || t->rx == MAP_FAILED)
        die("cannot map %zu bytes of code memory: %s", t->code_size, strerror(errno));
}

/*
 * The same without a descriptor, and without contents. A fork pays for what it copies into this with
 * a page fault per page, and a memfd takes it by a write: so this is for when there is none.
 */
static void map_anonymous(struct translator *t, size_t keep, uint8_t *rw_at, uint8_t *rx_at)
{
    uint8_t *rw = mmap(NULL, t->code_size, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (rw == MAP_FAILED)
        die("cannot map %zu bytes of code memory: %s", t->code_size, strerror(errno));
    memcpy(rw, t->rw, keep);
    int fixed = MREMAP_MAYMOVE | (rw_at ? MREMAP_FIXED : 0);
    /* An old size of 0 maps what is shared once more. */
    t->rx = mremap(rw, 0, t->code_size, fixed, rx_at);
    t->rw = rw_at ? mremap(rw, t->code_size, t->code_size, fixed, rw_at) : rw;
    if (t->rx == MAP_FAILED || t->rw == MAP_FAILED ||
        mprotect(t->rx, t->code_size, PROT_READ | PROT_EXEC) < 0)
        die("cannot map %zu bytes of code memory: %s", t->code_size, strerror(errno));
}

void memory_create(struct translator *t)
{
    size_t size = t->options.cache_size ? t->options.cache_size : DEFAULT_CODE_SIZE;
    if (size < 16 * CHUNK_SIZE)
        size = 16 * CHUNK_SIZE;
    if (size > (size_t)1 << 30)
        size = (size_t)1 << 30; /* every rel32 must reach */
    t->code_size = size & ~(size_t)(CHUNK_SIZE - 1);
    int fd = code_memfd(t->code_size);
    if (fd >= 0) {
        map_code(t, fd, NULL, NULL);
        /* The mappings keep the memory; a descriptor would only be in the guest's way. */
        close(fd);
    } else {
        map_anonymous(t, 0, NULL, NULL);
    }
    t->nchunks = (uint32_t)(t->code_size / CHUNK_SIZE);
    t->chunk_first = reserve(t->nchunks * sizeof *t->chunk_first);
    t->max_blocks = (uint32_t)(t->code_size / CODE_PER_BLOCK);
    t->blocks = reserve(t->max_blocks * sizeof *t->blocks);
    t->max_exits = (uint32_t)(t->code_size / CODE_PER_EXIT);
    t->exits = reserve(t->max_exits * sizeof *t->exits);
    t->maps_capacity = (uint32_t)(t->code_size / CODE_PER_MAP_BYTE);
    t->maps = reserve(t->maps_capacity);
    t->table = reserve(TABLE_SIZE * sizeof *t->table);
    t->pages = reserve(PAGES_SIZE * sizeof *t->pages);
    t->recent = reserve(RECENT_INVALIDATIONS * sizeof *t->recent);
    t->page_order = reserve(PAGES_SIZE / 2 * sizeof *t->page_order);
    atomic_store(&t->next_block, 1);
}

uint32_t memory_code_room(struct translator *t, struct translator_thread *th, uint32_t size,
                          uint32_t *room)
{
    if (!th->chunk || CHUNK_SIZE - th->chunk_used < size) {
        uint32_t chunk = atomic_load(&t->next_chunk);
        do {
            if (chunk >= t->nchunks)
                return 0;
        } while (!atomic_compare_exchange_weak(&t->next_chunk, &chunk, chunk + 1));
        th->chunk = chunk + 1;
        th->chunk_used = 0;
    }
    *room = CHUNK_SIZE - th->chunk_used;
    return (th->chunk - 1) * CHUNK_SIZE + th->chunk_used;
}

/* Gives the pages of a table back; they read as zero afterwards. */
static void forget(void *p, size_t size)
{
    madvise(p, size, MADV_DONTNEED);
}

void memory_clear(struct translator *t)
{
    forget(t->chunk_first, t->nchunks * sizeof *t->chunk_first);
    forget(t->blocks, t->max_blocks * sizeof *t->blocks);
    forget(t->exits, t->max_exits * sizeof *t->exits);
    forget(t->maps, t->maps_capacity);
    forget(t->table, TABLE_SIZE * sizeof *t->table);
    forget(t->pages, PAGES_SIZE * sizeof *t->pages);
    atomic_store(&t->pages_used, 0);
    atomic_store(&t->next_chunk, t->reserved_chunks);
    atomic_store(&t->next_block, 1);
    atomic_store(&t->next_exit, 0);
    atomic_store(&t->next_map, 0);
}

/* Writes the used part of code memory into a new memfd: one copy in the kernel, no page fault. */
int memory_copy(const struct translator *t)
{
    int fd = code_memfd(t->code_size);
    if (fd < 0)
        return -1;
    size_t used = (size_t)atomic_load(&t->next_chunk) * CHUNK_SIZE, done = 0;
    /* The last chunk is filled in part only; a lone thread knows how far. */
    if (t->nthreads == 1 && t->threads->chunk == atomic_load(&t->next_chunk))
        used -= CHUNK_SIZE - t->threads->chunk_used;
    while (done < used) {
        ssize_t n = pwrite(fd, t->rw + done, used - done, (off_t)done);
        if (n <= 0) {
            close(fd);
            return -1;
        }
        done += (size_t)n;
    }
    return fd;
}

void memory_close(int fd)
{
    close(fd);
}

void memory_adopt(struct translator *t, int fd)
{
    map_code(t, fd, t->rw, t->rx);
    close(fd);
}

/* Fresh code memory that holds only the stubs, for the child of a fork by one of several threads.
 */
void memory_renew(struct translator *t)
{
    int fd = code_memfd(t->code_size);
    if (fd < 0)
        map_anonymous(t, t->stubs.size, t->rw, t->rx);
    else if (pwrite(fd, t->rw, t->stubs.size, 0) == (ssize_t)t->stubs.size)
        memory_adopt(t, fd);
    else
        die("cannot make code memory after a fork: %s", strerror(errno));
}
