/*
 * Files that hold disk images: whole transfers, zeroes, locks. For the drivers of formats:
 * block_driver.h.
 */
#include "softmmu-system/block_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "softmmu-system/iov.h"

/* ---- transfers ---- */

typedef ssize_t transfer_fn(int fd, const struct iovec *iov, int niov, off_t offset, int flags);

/*
 * Goes on with a transfer of which `done` bytes are through, piece by piece. Reads end with zeroes
 * at the end of the file.
 */
static int transfer_rest(transfer_fn *transfer, int fd, const struct iovec *iov, unsigned niov,
                         uint64_t offset, uint64_t size, uint64_t done, int flags)
{
    while (done < size) {
        struct iovec part[64];
        /* As many buffers as fit, beginning with the one that holds byte `done`. */
        uint64_t skipped = 0;
        unsigned first = 0;
        while (skipped + iov[first].iov_len <= done)
            skipped += iov[first++].iov_len;
        unsigned n = niov - first;
        if (n > sizeof(part) / sizeof(*part))
            n = sizeof(part) / sizeof(*part);
        n = iov_slice(iov + first, n, done - skipped, size - done, part);
        ssize_t got = transfer(fd, part, n, offset + done, flags);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0 && transfer == pwritev2)
            return EIO;
        if (got == 0) {
            iov_clear(iov, niov, done, size - done);
            return 0;
        }
        done += got;
    }
    return 0;
}

static int transfer_all(transfer_fn *transfer, int fd, const struct iovec *iov, unsigned niov,
                        uint64_t offset, uint64_t size, int flags)
{
    ssize_t done = transfer(fd, iov, niov < IOV_MAX ? niov : IOV_MAX, offset, flags);

    if (done < 0 && errno != EINTR)
        return errno;
    if (done < 0)
        done = 0;
    if ((uint64_t)done == size)
        return 0;
    return transfer_rest(transfer, fd, iov, niov, offset, size, done, flags);
}

int block_pread(int fd, const struct iovec *iov, unsigned niov, uint64_t offset, uint64_t size,
                int flags)
{
    return transfer_all(preadv2, fd, iov, niov, offset, size, flags);
}

int block_pwrite(int fd, const struct iovec *iov, unsigned niov, uint64_t offset, uint64_t size)
{
    return transfer_all(pwritev2, fd, iov, niov, offset, size, 0);
}

/* ---- zeroes ---- */

static int write_zeroes_slowly(int fd, uint64_t offset, uint64_t size)
{
    static const uint8_t zeroes[64 << 10];
    struct iovec iov[16];

    while (size) {
        uint64_t chunk = 0;
        unsigned n = 0;
        for (; n < 16 && chunk < size; n++) {
            uint64_t left = size - chunk;
            iov[n].iov_base = (void *)zeroes;
            iov[n].iov_len = left < sizeof(zeroes) ? left : sizeof(zeroes);
            chunk += iov[n].iov_len;
        }
        int error = block_pwrite(fd, iov, n, offset, chunk);
        if (error)
            return error;
        offset += chunk;
        size -= chunk;
    }
    return 0;
}

int block_pwrite_zeroes(int fd, uint64_t offset, uint64_t size, bool unmap)
{
    int mode = unmap ? FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE : FALLOC_FL_ZERO_RANGE;

    for (;;) {
        if (!fallocate(fd, mode, offset, size))
            return 0;
        if (errno == EOPNOTSUPP || errno == ENODEV || errno == EINVAL || errno == ENOSYS)
            return write_zeroes_slowly(fd, offset, size);
        if (errno != EINTR)
            return errno;
    }
}

/* ---- locks ---- */

/*
 * QEMU's agreement on image files: single bytes are locked, all of them shared. Byte 100 + n says
 * that its owner does n, byte 200 + n that it bears nobody else who does. Whoever opens the image
 * places his and then looks whether anybody's contradict; of two at the same time at least one sees
 * the other.
 */
enum { DOES = 100, FORBIDS = 200 };
enum { READ_CONSISTENTLY = 0, WRITE = 1, RESIZE = 3 };

static int place(int fd, int byte)
{
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};

    return fcntl(fd, F_OFD_SETLK, &lock) ? errno : 0;
}

/* Whether somebody else has placed a lock there. */
static bool placed(int fd, int byte)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};

    return !fcntl(fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
}

bool block_lock(int fd, const char *file, bool readonly, char *error, size_t error_size)
{
    int failed = place(fd, DOES + READ_CONSISTENTLY);
    if (!failed && !readonly)
        failed = place(fd, DOES + WRITE);
    if (!failed)
        failed = place(fd, FORBIDS + WRITE);
    if (!failed)
        failed = place(fd, FORBIDS + RESIZE);
    if (failed && failed != EAGAIN && failed != EACCES)
        return true; /* the file system knows no locks */
    if (failed || placed(fd, DOES + WRITE) || placed(fd, DOES + RESIZE) ||
        placed(fd, FORBIDS + READ_CONSISTENTLY) || (!readonly && placed(fd, FORBIDS + WRITE))) {
        snprintf(error, error_size, "the disk image '%s' is in use by another program (locked)",
                 file);
        return false;
    }
    return true;
}
