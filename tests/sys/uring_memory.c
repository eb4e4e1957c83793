/* io_uring on memory: advice, an entry ring of the program's own, forks, unmapping. */
#include "uring.h"

#ifndef IORING_SETUP_NO_MMAP
#define IORING_SETUP_NO_MMAP (1U << 14)
#endif

static void advice(struct ring *r)
{
    char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    p[0] = p[4096] = 1;
    struct io_uring_sqe *s = ring_entry(r, IORING_OP_MADVISE, -1);
    s->addr = (unsigned long)p;
    s->len = 4096;
    s->fadvise_advice = MADV_DONTNEED;
    ring_do(r, "madvise", false);
    printf("%d %d\n", p[0], p[4096]);
    munmap(p, 8192);
    s = ring_entry(r, IORING_OP_MADVISE, -1);
    s->addr = (unsigned long)p;
    s->len = 4096;
    s->fadvise_advice = MADV_DONTNEED;
    ring_do(r, "madvise, nothing there", false);
}

static void own_memory(void)
{
    struct ring r = {.params = {.flags = IORING_SETUP_NO_MMAP}};
    char *memory = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct offsets { /* the last words of both are newer than the headers may be */
        unsigned word[8];
        unsigned long long address;
    } *sq = (struct offsets *)&r.params.sq_off, *cq = (struct offsets *)&r.params.cq_off;
    sq->address = (unsigned long)memory;
    cq->address = (unsigned long)memory + 32768;
    r.fd = (int)syscall(SYS_io_uring_setup, 8, &r.params);
    if (r.fd < 0) {
        printf("own memory: %s\n", guest_error_name(errno));
        return;
    }
    YES(sq->address == (unsigned long)memory);
    r.sqes = (struct io_uring_sqe *)memory;
    ring_pointers(&r, memory + 32768);
    struct io_uring_sqe *s = ring_entry(&r, IORING_OP_OPENAT, AT_FDCWD);
    s->addr = (unsigned long)".";
    s->open_flags = O_RDONLY | O_DIRECTORY;
    ring_do(&r, "own memory, openat", false);
    YES(mmap(NULL, 4096, PROT_READ, MAP_SHARED, r.fd, IORING_OFF_SQES) == MAP_FAILED);
    close(r.fd);
}

int main(void)
{
    struct ring r = {0};
    MUST(ring_open(&r, 4));
    advice(&r);

    /* A child uses the ring, too: entries and rings are shared. */
    ring_entry(&r, IORING_OP_NOP, -1)->user_data = 5;
    pid_t pid = fork();
    if (pid == 0) {
        struct io_uring_cqe cqe = {0};
        VALUE(ring_enter(&r, 1, 1));
        YES(ring_reap(&r, &cqe) && cqe.user_data == 5);
        struct io_uring_sqe *s = ring_entry(&r, IORING_OP_OPENAT, AT_FDCWD);
        s->addr = (unsigned long)".";
        s->open_flags = O_RDONLY | O_DIRECTORY;
        ring_do(&r, "child, openat", false);
        /* Left for the parent. */
        ring_entry(&r, IORING_OP_NOP, -1)->user_data = 6;
        _exit(0);
    }
    guest_reap("child", pid);
    struct io_uring_cqe cqe = {0};
    VALUE(ring_enter(&r, 1, 1));
    YES(ring_reap(&r, &cqe) && cqe.user_data == 6);

    /* Through another descriptor. */
    int other = dup(r.fd), first = r.fd;
    close(first);
    r.fd = other;
    ring_entry(&r, IORING_OP_NOP, -1)->user_data = 7;
    VALUE(ring_enter(&r, 1, 1));
    YES(ring_reap(&r, &cqe) && cqe.user_data == 7);
    ring_close(&r);

    /* Many rings, one after the other. */
    int good = 0;
    for (int i = 0; i < 200; i++) {
        struct ring one = {0};
        MUST(ring_open(&one, 4));
        struct io_uring_sqe *s = ring_entry(&one, IORING_OP_OPENAT, AT_FDCWD);
        s->addr = (unsigned long)".";
        s->open_flags = O_RDONLY | O_DIRECTORY;
        MUST(ring_enter(&one, 1, 1));
        if (ring_reap(&one, &cqe) && cqe.res >= 0) {
            close(cqe.res);
            good++;
        }
        ring_close(&one);
    }
    SHOW(good);
    own_memory();
    return 0;
}
