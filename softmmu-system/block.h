/*
 * Disks, as devices see them: requests of whole sectors that end some time later. Formats are
 * behind `struct block_driver` (block_driver.h), a file each and a row in block.def.
 *
 * Requests run on worker threads, never on a hart's or in the event loop. `done` is called in the
 * event loop with the machine's lock held. A flush ends when everything whose write had ended
 * before it was submitted is on stable storage.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_BLOCK_H
#define FERRY_SOFTMMU_SYSTEM_BLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/uio.h>

enum { BLOCK_SECTOR = 512 };

enum block_operation { BLOCK_READ, BLOCK_WRITE, BLOCK_FLUSH, BLOCK_DISCARD, BLOCK_WRITE_ZEROES };

struct block;
struct machine;

/* Owned by the caller, and alive until `done`. */
struct block_request {
    enum block_operation operation;
    uint64_t offset,
        size; /* bytes, whole sectors; within the disk (checked: else done with EINVAL) */
    const struct iovec *iov; /* READ and WRITE: `size` bytes in all; alive until `done` */
    unsigned niov;
    bool through; /* WRITE: on stable storage when done, as if a flush followed */
    bool unmap;   /* WRITE_ZEROES: the space may be given back */
    void (*done)(struct block_request *r); /* r->error is 0 or an errno */
    int error;
    /* block.c's own */
    struct block *block;
    struct block_request *next;
};

struct block_options {
    const char *file;
    const char *format;                  /* NULL: raw */
    bool readonly;                       /* readonly=on: the file is opened so */
    bool snapshot;                       /* -snapshot: writes go to a temporary file */
    bool no_lock;                        /* file.locking=off */
    bool direct, no_flush, writethrough; /* cache=none, unsafe, writethrough */
    bool discard;                        /* discard=unmap */
};

/*
 * Opens an image; it is locked against a second writer (open file description locks). NULL with a
 * one-line reason that names the file.
 */
struct block *block_open(const char *id, const struct block_options *options, char *error,
                         size_t error_size);
/* Waits for what runs and closes it; no device has it any more. */
void block_close(struct block *b);
/*
 * -drive
 * file=,if=none|virtio,format=,id=,readonly=,snapshot=,cache=,discard=,serial=,file.locking=,...:
 * noted now, opened by block_open_all when all options are known (`snapshot`: -snapshot was among
 * them), before any -device asks for it. Then block_make_devices gives each drive with if=virtio
 * (the default) its virtio-blk-device. All false with a one-line reason.
 */
bool block_option(const char *text, char *error, size_t error_size);
bool block_open_all(bool snapshot, char *error, size_t error_size);
bool block_make_devices(struct machine *m, char *error, size_t error_size);
/* By -drive id=; NULL: unknown. */
struct block *block_find(const char *id);
/* Claims it for a device: false if another has it. */
bool block_attach(struct block *b, const char *device);
uint64_t block_size(const struct block *b); /* bytes */
bool block_readonly(const struct block *b);
const char *block_id(const struct block *b);   /* NULL: none */
const char *block_user(const struct block *b); /* the device that has it; NULL: none */
void block_submit(struct block *b, struct block_request *r);
/*
 * Does a READ at once if that needs no waiting: the host has it in memory. True: it is done,
 * without a call of `done`. False: nothing has happened but that buffers may have been changed;
 * submit it.
 */
bool block_read_now(struct block *b, const struct block_request *r);
/*
 * Waits until no request of it is running or waits to: nothing touches its buffers any more. `done`
 * of those that ended meanwhile is called later, as ever. For a device's reset.
 */
void block_drain(struct block *b);
/* Waits until all that was submitted has ended and is on stable storage; at the end of the program,
 * lock not held. */
void block_drain_all(void);
/* `info block`. */
void block_print(FILE *out);

#endif
