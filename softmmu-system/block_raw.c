/*
 * Raw images: a file, or a block device of the host, that is the disk byte for byte. A size that is
 * not whole sectors is rounded up; what is behind the file's end reads as zeroes until it is
 * written.
 */
#include "softmmu-system/block_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/log.h"

struct raw_image {
    struct block_image image;
    int fd;
    int direct_fd;     /* the same with O_DIRECT; -1: not asked for */
    bool discard;      /* discard=unmap */
    atomic_bool waits; /* the file system has no reads that do not wait */
};

/* ---- opening ---- */

/* Formats that we do not know, by their first bytes: to be opened as raw they have to be called so.
 */
static const char *foreign_format(int fd)
{
    static const struct {
        const char *bytes;
        unsigned length;
        const char *name;
    } formats[] = {
        {"QFI\xfb", 4, "qcow2"}, {"KDMV", 4, "vmdk"},         {"conectix", 8, "vpc"},
        {"vhdxfile", 8, "vhdx"}, {"LUKS\xba\xbe", 6, "luks"}, {"QED\0", 4, "qed"},
    };
    char start[8] = {0};

    if (pread(fd, start, sizeof(start), 0) < 4)
        return NULL;
    for (unsigned i = 0; i < sizeof(formats) / sizeof(*formats); i++)
        if (!memcmp(start, formats[i].bytes, formats[i].length))
            return formats[i].name;
    return NULL;
}

/* Opens the file; -1 with the reason. */
static int open_file(const struct block_options *o, bool readonly, int flags, char *error,
                     size_t error_size)
{
    int fd = open(o->file, (readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC | flags);

    if (fd >= 0)
        return fd;
    bool denied = !readonly && (errno == EACCES || errno == EPERM || errno == EROFS);
    snprintf(error, error_size, "cannot open the disk image '%s': %s%s", o->file, strerror(errno),
             denied ? " (readonly=on or -snapshot would leave it as it is)" : "");
    return -1;
}

/* False with the reason if `fd` is nothing that has a size and places. */
static bool find_size(int fd, const char *file, uint64_t *size, char *error, size_t error_size)
{
    struct stat s;
    off_t end;

    if (fstat(fd, &s) || (!S_ISREG(s.st_mode) && !S_ISBLK(s.st_mode)) ||
        (end = lseek(fd, 0, SEEK_END)) < 0) {
        snprintf(error, error_size, "'%s' is neither a file nor a block device", file);
        return false;
    }
    *size = ((uint64_t)end + BLOCK_SECTOR - 1) / BLOCK_SECTOR * BLOCK_SECTOR;
    return true;
}

static struct block_image *raw_open(const struct block_options *o, char *error, size_t error_size)
{
    bool readonly = o->readonly || o->snapshot;
    uint64_t size;
    const char *foreign;
    int direct_fd = -1, fd = open_file(o, readonly, 0, error, error_size);

    if (fd < 0)
        return NULL;
    if (!find_size(fd, o->file, &size, error, error_size))
        goto failed;
    if (!o->format && (foreign = foreign_format(fd))) {
        snprintf(error, error_size,
                 "the disk image '%s' is a %s one, which is not supported (known: raw)", o->file,
                 foreign);
        goto failed;
    }
    if (!o->no_lock && !block_lock(fd, o->file, readonly, error, error_size))
        goto failed;
    if (o->direct && (direct_fd = open_file(o, readonly, O_DIRECT, error, error_size)) < 0)
        goto failed;

    struct raw_image *i = calloc(1, sizeof(*i));
    if (!i)
        die("out of memory");
    *i = (struct raw_image){.image = {.driver = &block_raw, .size = size, .readonly = o->readonly},
                            .fd = fd,
                            .direct_fd = direct_fd,
                            .discard = o->discard};
    return &i->image;

failed:
    close(fd);
    return NULL;
}

static void raw_close(struct block_image *image)
{
    struct raw_image *i = (struct raw_image *)image;

    if (i->direct_fd >= 0)
        close(i->direct_fd);
    close(i->fd);
    free(i);
}

/* ---- requests ---- */

/*
 * With O_DIRECT, what the host finds badly aligned (buffers, or sectors smaller than the disk's)
 * goes through its page cache; the host keeps the two ways coherent.
 */
static int raw_read(struct block_image *image, const struct iovec *iov, unsigned niov,
                    uint64_t offset, uint64_t size)
{
    struct raw_image *i = (struct raw_image *)image;
    int error = EINVAL;

    if (i->direct_fd >= 0)
        error = block_pread(i->direct_fd, iov, niov, offset, size, 0);
    return error == EINVAL ? block_pread(i->fd, iov, niov, offset, size, 0) : error;
}

static int raw_read_now(struct block_image *image, const struct iovec *iov, unsigned niov,
                        uint64_t offset, uint64_t size)
{
    struct raw_image *i = (struct raw_image *)image;

    if (i->direct_fd >= 0 || atomic_load_explicit(&i->waits, memory_order_relaxed))
        return EAGAIN;
    int error = block_pread(i->fd, iov, niov, offset, size, RWF_NOWAIT);
    if (error == EOPNOTSUPP)
        atomic_store(&i->waits, true);
    return error ? EAGAIN : 0;
}

static int raw_write(struct block_image *image, const struct iovec *iov, unsigned niov,
                     uint64_t offset, uint64_t size)
{
    struct raw_image *i = (struct raw_image *)image;
    int error = EINVAL;

    if (i->direct_fd >= 0)
        error = block_pwrite(i->direct_fd, iov, niov, offset, size);
    return error == EINVAL ? block_pwrite(i->fd, iov, niov, offset, size) : error;
}

static int raw_flush(struct block_image *image)
{
    int fd = ((struct raw_image *)image)->fd;

    while (fdatasync(fd))
        if (errno != EINTR)
            return errno;
    return 0;
}

static int raw_discard(struct block_image *image, uint64_t offset, uint64_t size)
{
    struct raw_image *i = (struct raw_image *)image;

    /* A hint, so that it cannot fail: the host may have nothing of the kind. */
    if (i->discard)
        (void)!fallocate(i->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, size);
    return 0;
}

static int raw_write_zeroes(struct block_image *image, uint64_t offset, uint64_t size, bool unmap)
{
    struct raw_image *i = (struct raw_image *)image;

    return block_pwrite_zeroes(i->fd, offset, size, unmap && i->discard);
}

const struct block_driver block_raw = {
    .name = "raw",
    .open = raw_open,
    .close = raw_close,
    .read = raw_read,
    .read_now = raw_read_now,
    .write = raw_write,
    .flush = raw_flush,
    .discard = raw_discard,
    .write_zeroes = raw_write_zeroes,
};
