/* A signal sent to oneself, handled, returned from. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

static uint64_t h;

static void handler(int signal)
{
    h = mix(h, (uint64_t)signal);
}

int main(void)
{
    struct sigaction sa = {.sa_handler = handler};
    sigaction(SIGUSR1, &sa, NULL);
    long pid = getpid(), tid = syscall(SYS_gettid);
    for (int i = 0; i < 200000; i++)
        syscall(SYS_tgkill, pid, tid, SIGUSR1);
    return result(h);
}
