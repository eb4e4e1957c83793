/* swapcontext: stacks that call and return crosswise, which no prediction of returns can follow. */
#include "guest.h"
#include <ucontext.h>

enum { COROUTINES = 8, ROUNDS = 2000 };

static ucontext_t home, contexts[COROUTINES];
static char stacks[COROUTINES][65536];
static uint64_t sums[COROUTINES];
static int current;

__attribute__((noinline)) static uint64_t step(int me, int depth, uint64_t x)
{
    if (depth == 0) {
        current = (me * 5 + 3) % COROUTINES;
        swapcontext(&contexts[me], &contexts[current]);
        return x * 3 + 1;
    }
    return step(me, depth - 1, x + (uint64_t)depth) ^ (x << depth % 7);
}

static void run(int me)
{
    for (int i = 0; i < ROUNDS; i++)
        sums[me] = step(me, (me * 7 + i) % 23, sums[me] + (uint64_t)i);
    /* The first to end goes home. */
    setcontext(&home);
}

int main(void)
{
    for (int i = 0; i < COROUTINES; i++) {
        getcontext(&contexts[i]);
        contexts[i].uc_stack.ss_sp = stacks[i];
        contexts[i].uc_stack.ss_size = sizeof stacks[i];
        contexts[i].uc_link = &home;
        makecontext(&contexts[i], (void (*)(void))run, 1, i);
    }
    swapcontext(&home, &contexts[0]);
    for (int i = 0; i < COROUTINES; i++)
        printf("%llx\n", (unsigned long long)sums[i]);
    return 0;
}
