/*
 * IORING_SETUP_SQPOLL: entries are taken without a call, or by one where the ring asks for it;
 * paths and flags in them mean what they always mean.
 */
#include "uring.h"

static struct ring r;

/* As a program does that leaves submission to the kernel. */
static int complete(const char *what)
{
    struct io_uring_cqe cqe = {0};
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (__atomic_load_n(r.flags, __ATOMIC_RELAXED) & IORING_SQ_NEED_WAKEUP)
        MUST(syscall(SYS_io_uring_enter, r.fd, 1, 0, IORING_ENTER_SQ_WAKEUP, NULL, 0));
    for (int i = 0; i < 10000 && !ring_reap(&r, &cqe); i++)
        guest_sleep_ms(1);
    if (what)
        printf("%s: %s\n", what, cqe.res < 0 ? guest_error_name(-cqe.res) : "ok");
    return cqe.res;
}

int main(void)
{
    struct io_uring_params p = {.flags = IORING_SETUP_SQ_AFF};
    TRY(syscall(SYS_io_uring_setup, 4, &p));
    p.flags = IORING_SETUP_SQPOLL | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SINGLE_ISSUER;
    TRY(syscall(SYS_io_uring_setup, 4, &p));
    p = (struct io_uring_params){.flags = IORING_SETUP_SQPOLL | IORING_SETUP_SQ_AFF,
                                 .sq_thread_cpu = 100000};
    TRY(syscall(SYS_io_uring_setup, 4, &p));

    r.params.flags = IORING_SETUP_SQPOLL;
    r.params.sq_thread_idle = 1;
    MUST(ring_open(&r, 4));
    YES(r.params.flags == IORING_SETUP_SQPOLL);
    ring_entry(&r, IORING_OP_NOP, -1);
    complete("nop");
    MUST(mkdir("directory", 0777));
    MUST(symlink("directory", "link"));
    struct io_uring_sqe *s = ring_entry(&r, IORING_OP_OPENAT, AT_FDCWD);
    s->addr = (unsigned long)"directory";
    s->open_flags = O_RDONLY | O_DIRECTORY;
    int fd = complete("openat");
    YES(fcntl(fd, F_GETFL) & O_DIRECTORY);
    s = ring_entry(&r, IORING_OP_OPENAT, AT_FDCWD);
    s->addr = (unsigned long)"link";
    s->open_flags = O_RDONLY | O_NOFOLLOW;
    complete("openat, a link");
    guest_sleep_ms(50);
    int good = 0;
    for (int i = 0; i < 100; i++) {
        ring_entry(&r, IORING_OP_NOP, -1);
        good += complete(NULL) == 0;
    }
    SHOW(good);

    /* Several at once, and a wait. */
    for (int i = 0; i < 4; i++)
        ring_entry(&r, IORING_OP_NOP, -1);
    VALUE(syscall(SYS_io_uring_enter, r.fd, 4, 4, IORING_ENTER_GETEVENTS | IORING_ENTER_SQ_WAKEUP,
                  NULL, 0));
    struct io_uring_cqe cqe;
    for (good = 0; ring_reap(&r, &cqe);)
        good++;
    SHOW(good);
    VALUE(syscall(SYS_io_uring_enter, r.fd, 0, 0, IORING_ENTER_SQ_WAIT, NULL, 0));
    return 0;
}
