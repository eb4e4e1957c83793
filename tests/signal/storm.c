/* Twenty thousand queued signals from another process, during computing and calling: none is lost.
 */
#include "guest.h"
#include <sched.h>

static volatile int counts[3];

static void handler(int number)
{
    counts[number - SIGRTMIN]++;
}

__attribute__((noinline)) static uint64_t compute(void)
{
    uint64_t x = 1;
    double sum = 0;
    for (int i = 0; i < 1000; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        sum += (double)(x >> 40);
    }
    return x ^ (uint64_t)sum;
}

int main(void)
{
    struct sigaction a = {.sa_handler = handler, .sa_flags = SA_RESTART};
    for (int i = 0; i < 3; i++)
        sigaction(SIGRTMIN + i, &a, NULL);
    pid_t parent = getpid(), pid = (pid_t)MUST(fork());
    if (pid == 0) {
        for (int i = 0; i < 20000; i++)
            while (sigqueue(parent, SIGRTMIN + i % 3, (union sigval){.sival_int = i}) == -1)
                if (errno == EAGAIN)
                    sched_yield();
                else
                    _exit(1);
        _exit(0);
    }
    uint64_t want = compute();
    bool right = true;
    while (counts[0] + counts[1] + counts[2] < 20000) {
        right &= compute() == want;
        getppid();
    }
    YES(right);
    for (int i = 0; i < 3; i++)
        SHOW(counts[i]);
    guest_reap("sender", pid);
    return 0;
}
