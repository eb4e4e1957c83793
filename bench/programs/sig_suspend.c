/* A signal for the process, waited for by sigsuspend. */
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>

#include "bench.h"

static volatile int count;

static void handler(int signal)
{
    (void)signal;
    count++;
}

int main(void)
{
    struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigset_t block, none;
    sigemptyset(&none);
    sigemptyset(&block);
    sigaddset(&block, SIGALRM);
    sigprocmask(SIG_BLOCK, &block, NULL);
    sigaction(SIGALRM, &sa, NULL);
    for (int i = 0; i < 100000; i++) {
        kill(getpid(), SIGALRM);
        sigsuspend(&none);
    }
    return result((uint64_t)count);
}
