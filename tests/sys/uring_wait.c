/* io_uring_enter waits: signals, temporary masks, timeouts, epoll events, other threads. */
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/time.h>

#include "uring.h"

static volatile int caught;

static void handler(int signal)
{
    caught = signal;
}

static void alarm_soon(void)
{
    struct itimerval soon = {.it_value = {0, 50000}};
    caught = 0;
    MUST(setitimer(ITIMER_REAL, &soon, NULL));
}

static void signals(struct ring *r)
{
    struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};
    MUST(sigaction(SIGALRM, &sa, NULL));
    alarm_soon();
    VALUE(ring_enter(r, 0, 1));
    YES(caught == SIGALRM);

    /* What has been submitted counts more. */
    struct io_uring_cqe cqe;
    ring_entry(r, IORING_OP_NOP, -1);
    alarm_soon();
    VALUE(syscall(SYS_io_uring_enter, r->fd, 1, 2, IORING_ENTER_GETEVENTS, NULL, 0));
    YES(caught == SIGALRM);
    YES(ring_reap(r, &cqe));

    sigset_t block, none;
    sigemptyset(&none);
    sigemptyset(&block);
    sigaddset(&block, SIGALRM);
    MUST(sigprocmask(SIG_BLOCK, &block, NULL));
    alarm_soon();
    VALUE(syscall(SYS_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS, &none, 8));
    YES(caught == SIGALRM);
    TRY(syscall(SYS_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS, &none, 5));

    struct __kernel_timespec time = {0, 30000000};
    struct io_uring_getevents_arg arg = {.ts = (unsigned long)&time};
    VALUE(syscall(SYS_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG,
                  &arg, sizeof arg));
    arg = (struct io_uring_getevents_arg){.sigmask = (unsigned long)&none, .sigmask_sz = 8};
    alarm_soon();
    VALUE(syscall(SYS_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG,
                  &arg, sizeof arg));
    YES(caught == SIGALRM);
    /* Pending already when the wait begins. */
    alarm_soon();
    guest_sleep_ms(100);
    ring_entry(r, IORING_OP_NOP, -1);
    VALUE(syscall(SYS_io_uring_enter, r->fd, 1, 2, IORING_ENTER_GETEVENTS, &none, 8));
    YES(caught == SIGALRM);
    YES(ring_reap(r, &cqe));
}

static void timeouts(struct ring *r)
{
    struct __kernel_timespec time = {0, 20000000};
    struct io_uring_sqe *s = ring_entry(r, IORING_OP_TIMEOUT, -1);
    s->addr = (unsigned long)&time;
    s->len = 1;
    ring_do(r, "timeout", false);
}

static void epoll(struct ring *r)
{
    int ep = (int)MUST(epoll_create1(0)), event = (int)MUST(eventfd(0, 0));
    struct epoll_event want = {.events = EPOLLIN, .data.u64 = 0x123456789abcdef0};
    struct io_uring_sqe *s = ring_entry(r, IORING_OP_EPOLL_CTL, ep);
    s->off = (unsigned)event;
    s->len = EPOLL_CTL_ADD;
    s->addr = (unsigned long)&want;
    ring_do(r, "epoll_ctl", false);
    MUST(eventfd_write(event, 1));
    struct epoll_event got = {0};
    VALUE(epoll_wait(ep, &got, 1, 1000));
    YES(got.events == EPOLLIN && got.data.u64 == 0x123456789abcdef0);
    s = ring_entry(r, IORING_OP_EPOLL_CTL, ep);
    s->off = (unsigned)event;
    s->len = EPOLL_CTL_ADD;
    s->addr = 8;
    ring_do(r, "epoll_ctl, no event", false);
}

static struct ring shared;

static void *waiter(void *arg)
{
    struct io_uring_cqe cqe;
    unsigned long *sum = arg;
    for (int seen = 0; seen < 200; seen++) {
        while (!ring_reap(&shared, &cqe))
            ring_enter(&shared, 0, 1);
        *sum += cqe.user_data;
        if (cqe.res >= 0)
            close(cqe.res);
    }
    return NULL;
}

/* One thread waits while another submits. */
static void threads(void)
{
    unsigned long sum = 0;
    pthread_t thread;
    MUST(ring_open(&shared, 8));
    pthread_create(&thread, NULL, waiter, &sum);
    for (unsigned i = 0; i < 200; i++) {
        struct io_uring_sqe *s = ring_entry(&shared, IORING_OP_OPENAT, AT_FDCWD);
        s->addr = (unsigned long)"/";
        s->open_flags = O_RDONLY | O_DIRECTORY;
        s->user_data = i;
        MUST(ring_enter(&shared, 1, 0));
    }
    pthread_join(thread, NULL);
    SHOW(sum);
}

int main(void)
{
    struct ring r = {0};
    MUST(ring_open(&r, 4));
    signals(&r);
    timeouts(&r);
    epoll(&r);
    threads();
    return 0;
}
