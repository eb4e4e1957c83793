/*
 * Formats of disk images: what block.c calls. A format is a file with a `struct block_driver` and a
 * row in block.def; what lies below it (the file, another image) is its own.
 *
 * All but open and close is called from worker threads, several at a time; ranges are whole sectors
 * within the disk, and not empty. They may block, and return 0 or an errno.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_BLOCK_DRIVER_H
#define FERRY_SOFTMMU_SYSTEM_BLOCK_DRIVER_H

#include "softmmu-system/block.h"

/* An open image; a driver's structure begins with it. */
struct block_image {
    const struct block_driver *driver;
    uint64_t size; /* bytes, whole sectors; set by open */
    bool readonly;
};

struct block_driver {
    const char *name; /* format= */
    /* NULL with a one-line reason that names the file. */
    struct block_image *(*open)(const struct block_options *o, char *error, size_t error_size);
    void (*close)(struct block_image *i);
    int (*read)(struct block_image *i, const struct iovec *iov, unsigned niov, uint64_t offset,
                uint64_t size);
    /* EAGAIN: it would have to wait. Called from any thread. NULL: it always may. */
    int (*read_now)(struct block_image *i, const struct iovec *iov, unsigned niov, uint64_t offset,
                    uint64_t size);
    int (*write)(struct block_image *i, const struct iovec *iov, unsigned niov, uint64_t offset,
                 uint64_t size);
    int (*flush)(struct block_image *i);
    /* A hint: what is there afterwards is unspecified. */
    int (*discard)(struct block_image *i, uint64_t offset, uint64_t size);
    int (*write_zeroes)(struct block_image *i, uint64_t offset, uint64_t size, bool unmap);
};

extern const struct block_driver block_raw;

/* An image whose writes go to a temporary file, over one that is only read; it is the new one's to
 * close. */
struct block_image *block_snapshot(struct block_image *base, char *error, size_t error_size);

/*
 * Locks an image as QEMU does, so that either keeps the other's writers off: a writer alone,
 * readers among themselves. False with a one-line reason that names the file.
 */
bool block_lock(int fd, const char *file, bool readonly, char *error, size_t error_size);

/* File I/O for drivers: all of it, whatever the host does at a time. What is behind the end reads
 * as zeroes. */
int block_pread(int fd, const struct iovec *iov, unsigned niov, uint64_t offset, uint64_t size,
                int flags);
int block_pwrite(int fd, const struct iovec *iov, unsigned niov, uint64_t offset, uint64_t size);
int block_pwrite_zeroes(int fd, uint64_t offset, uint64_t size, bool unmap);

#endif
