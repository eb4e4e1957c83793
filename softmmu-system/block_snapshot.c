/*
 * -snapshot: what the guest writes goes to a temporary file without a name, sector by sector at the
 * same place; a bitmap says which sectors are there. The file is sparse, and so is the bitmap:
 * neither takes room for what is not written.
 */
#include "softmmu-system/block_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "softmmu-system/iov.h"
#include "util/log.h"

struct snapshot {
    struct block_image image;
    struct block_image *base;
    int fd;
    /* A bit a sector, set when its data is in the file. */
    uint64_t *written;
    size_t written_size; /* bytes */
};

enum { WORD = 64 };

/* ---- the bitmap ---- */

static uint64_t word_at(const struct snapshot *s, uint64_t sector)
{
    return __atomic_load_n(&s->written[sector / WORD], __ATOMIC_ACQUIRE);
}

/* How many sectors from `sector` on, at most `limit`, are as that one is. */
static uint64_t run_length(const struct snapshot *s, uint64_t sector, uint64_t limit, bool *written)
{
    uint64_t n = 0;

    *written = word_at(s, sector) >> sector % WORD & 1;
    while (n < limit) {
        unsigned bit = (sector + n) % WORD;
        uint64_t others = word_at(s, sector + n);
        others = (*written ? ~others : others) >> bit; /* bits set: sectors that are not */
        if (others)
            return n + __builtin_ctzll(others) < limit ? n + __builtin_ctzll(others) : limit;
        n += WORD - bit;
    }
    return limit;
}

static void mark_written(struct snapshot *s, uint64_t sector, uint64_t n)
{
    while (n) {
        unsigned bit = sector % WORD, here = WORD - bit < n ? WORD - bit : n;
        uint64_t bits = here == WORD ? UINT64_MAX : ((1ull << here) - 1) << bit;
        __atomic_fetch_or(&s->written[sector / WORD], bits, __ATOMIC_RELEASE);
        sector += here;
        n -= here;
    }
}

/* ---- requests ---- */

/* One run from where it is. */
static int read_run(struct snapshot *s, bool written, const struct iovec *iov, unsigned niov,
                    uint64_t offset, uint64_t size)
{
    if (written)
        return block_pread(s->fd, iov, niov, offset, size, 0);
    return s->base->driver->read(s->base, iov, niov, offset, size);
}

static int snapshot_read(struct block_image *image, const struct iovec *iov, unsigned niov,
                         uint64_t offset, uint64_t size)
{
    struct snapshot *s = (struct snapshot *)image;
    struct iovec *part = NULL;
    int error = 0;

    for (uint64_t done = 0; done < size && !error;) {
        bool written;
        uint64_t n = BLOCK_SECTOR * run_length(s, (offset + done) / BLOCK_SECTOR,
                                               (size - done) / BLOCK_SECTOR, &written);
        if (n == size)
            return read_run(s, written, iov, niov, offset, size);
        if (!part && !(part = malloc(niov * sizeof(*part))))
            return ENOMEM;
        unsigned nparts = iov_slice(iov, niov, done, n, part);
        error = read_run(s, written, part, nparts, offset + done, n);
        done += n;
    }
    free(part);
    return error;
}

/* Worth it for what is in one place, as most is. */
static int snapshot_read_now(struct block_image *image, const struct iovec *iov, unsigned niov,
                             uint64_t offset, uint64_t size)
{
    struct snapshot *s = (struct snapshot *)image;
    bool written;

    if (run_length(s, offset / BLOCK_SECTOR, size / BLOCK_SECTOR, &written) != size / BLOCK_SECTOR)
        return EAGAIN;
    if (written)
        return block_pread(s->fd, iov, niov, offset, size, RWF_NOWAIT) ? EAGAIN : 0;
    if (!s->base->driver->read_now)
        return EAGAIN;
    return s->base->driver->read_now(s->base, iov, niov, offset, size);
}

static int snapshot_write(struct block_image *image, const struct iovec *iov, unsigned niov,
                          uint64_t offset, uint64_t size)
{
    struct snapshot *s = (struct snapshot *)image;
    int error = block_pwrite(s->fd, iov, niov, offset, size);

    if (!error)
        mark_written(s, offset / BLOCK_SECTOR, size / BLOCK_SECTOR);
    return error;
}

/* Nothing of it outlives the program. */
static int snapshot_flush(struct block_image *image)
{
    (void)image;
    return 0;
}

static int snapshot_discard(struct block_image *image, uint64_t offset, uint64_t size)
{
    (void)image, (void)offset, (void)size;
    return 0;
}

static int snapshot_write_zeroes(struct block_image *image, uint64_t offset, uint64_t size,
                                 bool unmap)
{
    struct snapshot *s = (struct snapshot *)image;
    int error = block_pwrite_zeroes(s->fd, offset, size, unmap);

    if (!error)
        mark_written(s, offset / BLOCK_SECTOR, size / BLOCK_SECTOR);
    return error;
}

/* ---- making ---- */

static void snapshot_close(struct block_image *image)
{
    struct snapshot *s = (struct snapshot *)image;

    s->base->driver->close(s->base);
    munmap(s->written, s->written_size);
    close(s->fd);
    free(s);
}

static const struct block_driver snapshot_driver = {
    .name = "raw, snapshot",
    .close = snapshot_close,
    .read = snapshot_read,
    .read_now = snapshot_read_now,
    .write = snapshot_write,
    .flush = snapshot_flush,
    .discard = snapshot_discard,
    .write_zeroes = snapshot_write_zeroes,
};

/* A file without a name in TMPDIR, or where large temporary files belong; -1: none, with the
 * reason. */
static int temporary_file(char *error, size_t error_size)
{
    const char *directory = getenv("TMPDIR");
    char name[4096];

    if (!directory || !*directory)
        directory = "/var/tmp";
    int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    snprintf(name, sizeof(name), "%s/ferry-snapshot.XXXXXX", directory);
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    else
        snprintf(error, error_size, "-snapshot: no temporary file in %s: %s", directory,
                 strerror(errno));
    return fd;
}

struct block_image *block_snapshot(struct block_image *base, char *error, size_t error_size)
{
    int fd = temporary_file(error, error_size);

    if (fd < 0)
        return NULL;
    size_t size = (base->size / BLOCK_SECTOR / WORD + 1) * sizeof(uint64_t);
    uint64_t *written = mmap(NULL, size, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct snapshot *s = calloc(1, sizeof(*s));
    if (!s || written == MAP_FAILED)
        die("out of memory");
    *s = (struct snapshot){.image = {.driver = &snapshot_driver, .size = base->size},
                           .base = base,
                           .fd = fd,
                           .written = written,
                           .written_size = size};
    return &s->image;
}
