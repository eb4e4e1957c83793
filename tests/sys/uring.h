/* A small io_uring by hand, for the tests of it. */
#ifndef FERRY_TESTS_SYS_URING_H
#define FERRY_TESTS_SYS_URING_H

#include <linux/io_uring.h>

#include "../guest.h"

struct ring {
    int fd;
    struct io_uring_params params;
    unsigned *head, *tail, *array, *flags, *cq_head, *cq_tail;
    unsigned mask, cq_mask;
    struct io_uring_cqe *cqes;
    struct io_uring_sqe *sqes;
    void *memory;
    size_t size, sqes_size;
};

static inline void ring_pointers(struct ring *r, void *memory)
{
    char *p = memory;
    r->memory = memory;
    r->head = (unsigned *)(p + r->params.sq_off.head);
    r->tail = (unsigned *)(p + r->params.sq_off.tail);
    r->flags = (unsigned *)(p + r->params.sq_off.flags);
    r->array = (unsigned *)(p + r->params.sq_off.array);
    r->mask = *(unsigned *)(p + r->params.sq_off.ring_mask);
    r->cq_head = (unsigned *)(p + r->params.cq_off.head);
    r->cq_tail = (unsigned *)(p + r->params.cq_off.tail);
    r->cq_mask = *(unsigned *)(p + r->params.cq_off.ring_mask);
    r->cqes = (struct io_uring_cqe *)(p + r->params.cq_off.cqes);
}

/* 0, or -1 with errno set. Entries with flags in *r->params. */
static inline int ring_open(struct ring *r, unsigned entries)
{
    r->fd = (int)syscall(SYS_io_uring_setup, entries, &r->params);
    if (r->fd < 0)
        return -1;
    r->size = r->params.sq_off.array + r->params.sq_entries * sizeof(unsigned);
    size_t cqes = r->params.cq_off.cqes + r->params.cq_entries * sizeof(struct io_uring_cqe);
    if (cqes > r->size)
        r->size = cqes;
    r->sqes_size = r->params.sq_entries * sizeof(struct io_uring_sqe);
    void *memory = mmap(NULL, r->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd,
                        IORING_OFF_SQ_RING);
    r->sqes = mmap(NULL, r->sqes_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd,
                   IORING_OFF_SQES);
    if (memory == MAP_FAILED || r->sqes == MAP_FAILED)
        return -1;
    ring_pointers(r, memory);
    return 0;
}

static inline void ring_close(struct ring *r)
{
    munmap(r->sqes, r->sqes_size);
    munmap(r->memory, r->size);
    close(r->fd);
}

/* Queues an entry; it is the caller's to fill before the next call. */
static inline struct io_uring_sqe *ring_entry(struct ring *r, int opcode, int fd)
{
    unsigned tail = *r->tail, index = tail & r->mask;
    struct io_uring_sqe *sqe = &r->sqes[index];
    memset(sqe, 0, sizeof *sqe);
    sqe->opcode = (unsigned char)opcode;
    sqe->fd = fd;
    r->array[index] = index;
    __atomic_store_n(r->tail, tail + 1, __ATOMIC_RELEASE);
    return sqe;
}

static inline long ring_enter(struct ring *r, unsigned submit, unsigned wait)
{
    return syscall(SYS_io_uring_enter, r->fd, submit, wait, wait ? IORING_ENTER_GETEVENTS : 0, NULL,
                   0);
}

/* Takes a completion; false: there is none. */
static inline bool ring_reap(struct ring *r, struct io_uring_cqe *out)
{
    unsigned head = *r->cq_head;
    if (head == __atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE))
        return false;
    *out = r->cqes[head & r->cq_mask];
    __atomic_store_n(r->cq_head, head + 1, __ATOMIC_RELEASE);
    return true;
}

/* Submits the entry just queued, waits for its completion and prints the result. */
static inline int ring_do(struct ring *r, const char *what, bool show)
{
    struct io_uring_cqe cqe = {0};
    if (ring_enter(r, 1, 1) != 1 || !ring_reap(r, &cqe)) {
        printf("%s: not submitted: %s\n", what, guest_error_name(errno));
        return -1;
    }
    if (cqe.res < 0)
        printf("%s: %s\n", what, guest_error_name(-cqe.res));
    else if (show)
        printf("%s: %d\n", what, cqe.res);
    else
        printf("%s: ok\n", what);
    return cqe.res;
}

#endif
