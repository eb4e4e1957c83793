/* io_uring_register: files, buffers, eventfds, rings known by index, probing, resizing. */
#include <sys/eventfd.h>
#include <sys/uio.h>

#include "uring.h"

enum { RESIZE_RINGS = 33, REGISTERED_RING = 1 << 4 };

struct update {
    unsigned offset, reserved;
    unsigned long long data;
};

static void files(struct ring *r)
{
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT | O_TRUNC, 0666));
    int fds[2] = {fd, -1};
    TRY(syscall(SYS_io_uring_register, r->fd, IORING_REGISTER_FILES, fds, 2));
    close(fd);
    struct io_uring_sqe *s = ring_entry(r, IORING_OP_WRITE, 0);
    s->flags = IOSQE_FIXED_FILE;
    s->addr = (unsigned long)"by index";
    s->len = 8;
    ring_do(r, "write to a registered file", true);
    /* Straight into the table. */
    s = ring_entry(r, IORING_OP_OPENAT, AT_FDCWD);
    s->addr = (unsigned long)".";
    s->open_flags = O_RDONLY | O_DIRECTORY;
    s->file_index = 2;
    ring_do(r, "open into the table", true);
    s = ring_entry(r, IORING_OP_OPENAT, AT_FDCWD);
    s->addr = (unsigned long)"/proc/self/maps";
    s->open_flags = O_RDONLY;
    s->file_index = 2;
    ring_do(r, "a file of /proc into the table", true);
    char text[4096];
    s = ring_entry(r, IORING_OP_READ, 1);
    s->flags = IOSQE_FIXED_FILE;
    s->addr = (unsigned long)text;
    s->len = sizeof text;
    YES(ring_do(r, "read", false) > 0);
    int update[1] = {-1};
    s = ring_entry(r, IORING_OP_FILES_UPDATE, -1);
    s->addr = (unsigned long)update;
    s->len = 1;
    s->off = 1;
    ring_do(r, "files_update", true);
    TRY(syscall(SYS_io_uring_register, r->fd, IORING_UNREGISTER_FILES, NULL, 0));
    fds[0] = 99;
    TRY(syscall(SYS_io_uring_register, r->fd, IORING_REGISTER_FILES, fds, 2));
}

static void buffers(struct ring *r)
{
    char buffer[64] = "";
    struct iovec iov = {buffer, sizeof buffer};
    TRY(syscall(SYS_io_uring_register, r->fd, IORING_REGISTER_BUFFERS, &iov, 1));
    int fd = (int)MUST(open("file", O_RDONLY));
    struct io_uring_sqe *s = ring_entry(r, IORING_OP_READ_FIXED, fd);
    s->addr = (unsigned long)buffer;
    s->len = sizeof buffer;
    ring_do(r, "read into a registered buffer", true);
    TEXT(buffer);
    close(fd);
    TRY(syscall(SYS_io_uring_register, r->fd, IORING_UNREGISTER_BUFFERS, NULL, 0));
    int event = (int)MUST(eventfd(0, EFD_NONBLOCK));
    TRY(syscall(SYS_io_uring_register, r->fd, IORING_REGISTER_EVENTFD, &event, 1));
    ring_entry(r, IORING_OP_NOP, -1);
    ring_do(r, "nop", true);
    uint64_t count = 0;
    VALUE(read(event, &count, sizeof count));
    SHOW(count);
    TRY(syscall(SYS_io_uring_register, r->fd, IORING_UNREGISTER_EVENTFD, NULL, 0));
}

static void by_index(struct ring *r)
{
    struct update u = {.offset = 3, .data = (unsigned)r->fd};
    VALUE(syscall(SYS_io_uring_register, r->fd, IORING_REGISTER_RING_FDS, &u, 1));
    SHOW(u.offset);
    struct io_uring_sqe *s = ring_entry(r, IORING_OP_OPENAT, AT_FDCWD);
    s->addr = (unsigned long)".";
    s->open_flags = O_RDONLY | O_DIRECTORY;
    VALUE(syscall(SYS_io_uring_enter, 3, 1, 1, IORING_ENTER_GETEVENTS | REGISTERED_RING, NULL, 0));
    struct io_uring_cqe cqe;
    YES(ring_reap(r, &cqe) && cqe.res >= 0);
    TRY(syscall(SYS_io_uring_enter, 4, 1, 1, IORING_ENTER_GETEVENTS | REGISTERED_RING, NULL, 0));
    VALUE(syscall(SYS_io_uring_register, r->fd, IORING_UNREGISTER_RING_FDS, &u, 1));
    TRY(syscall(SYS_io_uring_enter, 3, 1, 1, IORING_ENTER_GETEVENTS | REGISTERED_RING, NULL, 0));
}

/* What is queued moves along. */
static void resize(void)
{
    struct ring r = {.params = {.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN}};
    MUST(ring_open(&r, 2));
    MUST(mkdir("directory", 0777));
    struct io_uring_sqe *s = ring_entry(&r, IORING_OP_OPENAT, AT_FDCWD);
    s->addr = (unsigned long)"directory";
    s->open_flags = O_RDONLY | O_DIRECTORY;
    struct io_uring_params p = {.sq_entries = 8, .cq_entries = 16};
    if (syscall(SYS_io_uring_register, r.fd, RESIZE_RINGS, &p, 1) != 0) {
        printf("resize: %s\n", guest_error_name(errno));
        return;
    }
    munmap(r.sqes, r.sqes_size);
    munmap(r.memory, r.size);
    r.params.sq_off = p.sq_off;
    r.params.cq_off = p.cq_off;
    SHOW(p.sq_entries);
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, r.fd, IORING_OFF_SQ_RING);
    r.sqes_size = 8 * sizeof *r.sqes;
    r.sqes = mmap(NULL, r.sqes_size, PROT_READ | PROT_WRITE, MAP_SHARED, r.fd, IORING_OFF_SQES);
    YES(memory != MAP_FAILED && r.sqes != MAP_FAILED);
    ring_pointers(&r, memory);
    YES(r.sqes[0].opcode == IORING_OP_OPENAT);
    ring_do(&r, "openat after resizing", false);
    s = ring_entry(&r, IORING_OP_OPENAT, AT_FDCWD);
    s->addr = (unsigned long)"directory";
    s->open_flags = O_RDONLY | O_DIRECTORY;
    ring_do(&r, "another", false);
}

int main(void)
{
    struct ring r = {0};
    MUST(ring_open(&r, 4));
    files(&r);
    buffers(&r);
    by_index(&r);
    ring_close(&r);
    resize();
    return 0;
}
