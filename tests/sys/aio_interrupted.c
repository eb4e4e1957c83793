/* A signal interrupts a wait for AIO events; io_pgetevents waits under a mask of its own. */
#include <linux/aio_abi.h>
#include <sys/time.h>

#include "../guest.h"

static volatile int caught;

static void handler(int signal)
{
    caught = signal;
}

struct mask {
    const sigset_t *set;
    size_t size;
};

int main(void)
{
    aio_context_t c = 0;
    struct io_event done[1];
    MUST(syscall(SYS_io_setup, 4, &c));
    struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};
    MUST(sigaction(SIGALRM, &sa, NULL));
    struct itimerval soon = {.it_value = {0, 50000}};

    MUST(setitimer(ITIMER_REAL, &soon, NULL));
    VALUE(syscall(SYS_io_getevents, c, 1L, 1L, done, NULL));
    YES(caught == SIGALRM);

    sigset_t block, none;
    sigemptyset(&none);
    sigemptyset(&block);
    sigaddset(&block, SIGALRM);
    MUST(sigprocmask(SIG_BLOCK, &block, NULL));
    caught = 0;
    MUST(setitimer(ITIMER_REAL, &soon, NULL));
    struct timespec longer = {0, 200000000};
    VALUE(syscall(SYS_io_getevents, c, 1L, 1L, done, &longer));
    YES(caught == SIGALRM);
    struct mask mask = {&none, 8};
    VALUE(syscall(SYS_io_pgetevents, c, 1L, 1L, done, NULL, &mask));
    YES(caught == SIGALRM);
    return 0;
}
