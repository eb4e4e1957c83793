/* Dekker's lock stands on sequentially consistent stores and loads; plain fences do as well. */
#include "guest.h"
#include <pthread.h>
#include <sched.h>

enum { ROUNDS = 30000 };
static int want[2], turn;
static long count;
static bool fences;

static int load(int *p)
{
    return __atomic_load_n(p, fences ? __ATOMIC_RELAXED : __ATOMIC_SEQ_CST);
}

static void store(int *p, int v)
{
    __atomic_store_n(p, v, fences ? __ATOMIC_RELEASE : __ATOMIC_SEQ_CST);
    if (fences)
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void *run(void *p)
{
    int me = (int)(intptr_t)p, other = 1 - me;
    for (int i = 0; i < ROUNDS; i++) {
        store(&want[me], 1);
        while (load(&want[other]))
            if (load(&turn) != me) {
                store(&want[me], 0);
                while (load(&turn) != me)
                    sched_yield();
                store(&want[me], 1);
            }
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        *(volatile long *)&count = *(volatile long *)&count + 1;
        store(&turn, other);
        store(&want[me], 0);
    }
    return NULL;
}

int main(void)
{
    for (int i = 0; i < 2; i++) {
        fences = i;
        pthread_t t[2];
        for (intptr_t k = 0; k < 2; k++)
            pthread_create(&t[k], NULL, run, (void *)k);
        for (int k = 0; k < 2; k++)
            pthread_join(t[k], NULL);
        SHOW(count);
    }
    return 0;
}
