/* io_uring: set-up and its errors, several entries at once, links, overflow, probing, teardown. */
#include <poll.h>
#include <sys/socket.h>

#include "uring.h"

static bool in_maps(void *address)
{
    char line[512];
    unsigned long start, end, at = (unsigned long)address;
    bool found = false;
    FILE *f = fopen("/proc/self/maps", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "%lx-%lx", &start, &end) == 2 && start <= at && at < end)
            found = true;
    if (f)
        fclose(f);
    return found;
}

static void errors(struct ring *r)
{
    struct io_uring_params p = {.flags = 1u << 30};
    TRY(syscall(SYS_io_uring_setup, 8, &p));
    TRY(syscall(SYS_io_uring_setup, 8, BAD));
    p.flags = 0;
    TRY(syscall(SYS_io_uring_setup, 0, &p));
    TRY(syscall(SYS_io_uring_setup, 1 << 20, &p));
    TRY(syscall(SYS_io_uring_enter, 99, 0, 0, 0, NULL, 0));
    TRY(syscall(SYS_io_uring_enter, 1, 0, 0, 0, NULL, 0));
    TRY(syscall(SYS_io_uring_enter, r->fd, 0, 0, 1 << 20, NULL, 0));
    TRY(syscall(SYS_io_uring_register, r->fd, 999, NULL, 0));
    TRY(syscall(SYS_io_uring_register, 99, IORING_REGISTER_PROBE, NULL, 0));
}

static void links(struct ring *r, int fd)
{
    char buffer[16] = "";
    struct io_uring_sqe *s = ring_entry(r, IORING_OP_WRITE, fd);
    s->addr = (unsigned long)"linked";
    s->len = 7;
    s->flags = IOSQE_IO_LINK;
    s->user_data = 1;
    s = ring_entry(r, IORING_OP_READ, fd);
    s->addr = (unsigned long)buffer;
    s->len = sizeof buffer;
    s->flags = IOSQE_IO_LINK;
    s->user_data = 2;
    s = ring_entry(r, IORING_OP_READ, 99);
    s->flags = IOSQE_IO_LINK;
    s->user_data = 3;
    s = ring_entry(r, IORING_OP_NOP, -1);
    s->user_data = 4;
    VALUE(ring_enter(r, 4, 4));
    struct io_uring_cqe cqe;
    while (ring_reap(r, &cqe))
        printf("link %llu: %d\n", (unsigned long long)cqe.user_data, cqe.res);
    TEXT(buffer);
}

/* Every index of the ring, more than once around. */
static void around(struct ring *r)
{
    unsigned long sum = 0;
    struct io_uring_cqe cqe;
    for (unsigned i = 0; i < 100; i++) {
        ring_entry(r, IORING_OP_NOP, -1)->user_data = i;
        if (i % 5 == 4) {
            MUST(ring_enter(r, 5, 5));
            while (ring_reap(r, &cqe))
                sum += cqe.user_data;
        }
    }
    SHOW(sum);
}

int main(void)
{
    struct ring r = {0};
    MUST(ring_open(&r, 6));
    SHOW(r.params.sq_entries);
    SHOW(r.params.cq_entries);
    YES(r.params.features & IORING_FEAT_SINGLE_MMAP);
    YES(in_maps(r.memory));
    YES(in_maps(r.sqes));
    errors(&r);
    around(&r);

    int fd = (int)MUST(open("file", O_RDWR | O_CREAT | O_TRUNC, 0666));
    links(&r, fd);

    /* An entry is the program's own: it may be looked at and used again. */
    struct io_uring_sqe *s = ring_entry(&r, IORING_OP_OPENAT, AT_FDCWD);
    s->addr = (unsigned long)"missing";
    s->open_flags = O_RDONLY | O_NOFOLLOW;
    ring_do(&r, "openat", false);
    YES(s->open_flags == (O_RDONLY | O_NOFOLLOW) && s->opcode == IORING_OP_OPENAT);

    struct {
        struct io_uring_probe probe;
        struct io_uring_probe_op ops[64];
    } p;
    memset(&p, 0, sizeof p);
    TRY(syscall(SYS_io_uring_register, r.fd, IORING_REGISTER_PROBE, &p, 64));
    YES(p.probe.ops[IORING_OP_OPENAT].flags & IO_URING_OP_SUPPORTED);
    ring_entry(&r, 200, -1);
    ring_do(&r, "operation 200", false);

    /* Descriptors that are not there. */
    ring_entry(&r, IORING_OP_CLOSE, 99);
    ring_do(&r, "close", false);
    ring_entry(&r, IORING_OP_FSYNC, -1);
    ring_do(&r, "fsync", false);

    /* Polls of a socket pair, completed later. */
    int pair[2];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    s = ring_entry(&r, IORING_OP_POLL_ADD, pair[0]);
    s->poll32_events = POLLIN | POLLRDHUP;
    s->user_data = 77;
    VALUE(ring_enter(&r, 1, 0));
    struct io_uring_cqe cqe;
    YES(ring_reap(&r, &cqe));
    MUST(write(pair[1], "x", 1));
    VALUE(ring_enter(&r, 0, 1));
    YES(ring_reap(&r, &cqe) && cqe.user_data == 77 && cqe.res == POLLIN);

    /* A ring that is gone lets go of what it holds. */
    s = ring_entry(&r, IORING_OP_RECV, pair[0]);
    char byte[4];
    MUST(read(pair[0], byte, 1));
    s->addr = (unsigned long)byte;
    s->len = 1;
    MUST(ring_enter(&r, 1, 0));
    close(pair[0]);
    void *rings = r.memory, *sqes = r.sqes;
    ring_close(&r);
    struct pollfd peer = {.fd = pair[1], .events = POLLIN};
    YES(poll(&peer, 1, 5000) == 1);
    VALUE(read(pair[1], byte, 1));
    YES(in_maps(rings));
    YES(in_maps(sqes));
    return 0;
}
