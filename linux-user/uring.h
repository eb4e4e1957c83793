/*
 * io_uring for 64-bit guests.
 *
 * The rings are the kernel's own memory, mapped by the guest: their layout is alike everywhere, and
 * completions need no conversion. What the guest writes into the submission queue may: paths,
 * open flags, epoll's events. So the entries that the guest maps are memory of ours, and the
 * kernel's entries are mapped by Ferry alone. When the guest submits (io_uring_enter), those
 * between head and tail are copied over and converted on the way. The kernel copies what an entry
 * refers to before it returns from io_uring_enter (IORING_FEAT_SUBMIT_STABLE), so that converted
 * paths live no longer.
 *
 * Invariants:
 *   - Ferry's mapping of a ring's entries lives as long as the guest's, for it keeps the ring alive
 *     like a descriptor does;
 *   - entries are converted and consumed under the ring's lock, and nothing waits under it; a child
 *     of fork makes the locks anew;
 *   - a ring is known by the inode of its file: descriptors come and go without a word.
 */
#ifndef FERRY_LINUX_USER_URING_H
#define FERRY_LINUX_USER_URING_H

#include <sys/types.h>

#include "linux-user/task.h"

/* ---- the kernel's structures; its headers may be older than it is ---- */

struct uring_sqe {
    uint8_t opcode, flags;
    uint16_t ioprio;
    int32_t fd;
    uint64_t off; /* or addr2 */
    uint64_t addr;
    uint32_t len, op_flags; /* the second is called after each operation */
    uint64_t user_data;
    uint16_t buf_index, personality;
    int32_t splice_fd_in; /* or file_index */
    uint64_t addr3, pad;
};
static_assert(sizeof(struct uring_sqe) == 64, "as the kernel has it");

struct uring_sq_offsets {
    uint32_t head, tail, ring_mask, ring_entries, flags, dropped, array, reserved;
    uint64_t user_addr;
};

struct uring_cq_offsets {
    uint32_t head, tail, ring_mask, ring_entries, overflow, cqes, flags, reserved;
    uint64_t user_addr;
};

struct uring_params {
    uint32_t sq_entries, cq_entries, flags, sq_thread_cpu, sq_thread_idle, features, wq_fd;
    uint32_t reserved[3];
    struct uring_sq_offsets sq_off;
    struct uring_cq_offsets cq_off;
};
static_assert(sizeof(struct uring_params) == 120, "as the kernel has it");

enum { URING_REGISTERED = 16 }; /* rings that a thread can register */

/* ---- a ring ---- */

/* Memory for what entries refer to, until the kernel has read it. Never given back before the ring.
 */
struct uring_scratch {
    struct uring_scratch *next;
    size_t size, used;
    char bytes[];
};

struct uring {
    struct uring *next;
    dev_t device;
    ino_t inode;
    struct uring_params params; /* as the kernel returned them */
    uint64_t rings;             /* the guest's mapping of the rings; 0: none */
    uint64_t sqes;              /* the guest's entries; 0: not mapped */
    uint8_t *real;              /* the kernel's, of the same size */
    size_t size;                /* bytes of either */
    uint32_t lock;
    uint32_t registered; /* how often a thread has registered it */
    bool done;           /* the entries have been unmapped: probably given up */
    struct uring_scratch *scratch;
};

/* There have been rings in this process: what concerns only them need not be asked before. */
extern bool uring_used;

/* mmap of a descriptor: true if it is a ring's, with the result in *result. */
bool uring_mmap(struct task *t, const uint64_t a[6], int64_t *result);
/* The guest has unmapped a range. */
void uring_unmapped(uint64_t start, uint64_t size);
/* In the child of a fork; and when a thread ends. */
void uring_after_fork(struct task *t);
void uring_thread_ends(struct task *t);

/* The ring open at fd, or NULL. uring_registered: registered by the thread under that index. */
struct uring *uring_find(int fd);
struct uring *uring_registered(struct task *t, uint32_t index);
/* The kernel has given a ring other memory: the guest's mappings are of the old one. Lock held. */
void uring_resized(struct uring *r, const struct uring_params *p);
void uring_lock(struct uring *r);
void uring_unlock(struct uring *r);

/*
 * Copies and converts up to `count` of the entries that the guest has queued. Returns how many
 * there are, or 0 if that cannot be known. Lock held.
 */
uint32_t uring_convert_queued(struct task *t, struct uring *r, uint32_t count);

/* uring_sqe.c: converts one entry in place. */
void uring_convert(struct task *t, struct uring *r, struct uring_sqe *sqe);
/* Is this an operation that the guest may use? */
bool uring_offers(uint8_t opcode);

/* Room for `size` bytes that lives until the kernel has consumed the entries; NULL: no memory. */
void *uring_keep(struct uring *r, size_t size);

#endif
