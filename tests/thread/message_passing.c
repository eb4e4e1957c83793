/* Release and acquire: what was written before the flag is seen after it, and by fences too. */
#include "guest.h"
#include <pthread.h>
#include <stdatomic.h>

static uint64_t data[8];
static _Atomic uint64_t flag, answer;
enum { ROUNDS = 20000 };

static void *reader(void *arg)
{
    long wrong = 0;
    for (uint64_t i = 1; i <= ROUNDS; i++) {
        int spins = 0;
        while (atomic_load_explicit(&flag, memory_order_acquire) < i)
            if (++spins % 100 == 0)
                sched_yield();
        for (int k = 0; k < 8; k++)
            wrong += data[k] != i + (uint64_t)k;
        atomic_store_explicit(&answer, i, memory_order_release);
    }
    *(long *)arg = wrong;
    return NULL;
}

int main(void)
{
    pthread_t t;
    long wrong = -1;
    pthread_create(&t, NULL, reader, &wrong);
    for (uint64_t i = 1; i <= ROUNDS; i++) {
        for (int k = 0; k < 8; k++)
            data[k] = i + (uint64_t)k;
        atomic_store_explicit(&flag, i, memory_order_release);
        int spins = 0;
        while (atomic_load_explicit(&answer, memory_order_acquire) < i)
            if (++spins % 100 == 0)
                sched_yield();
    }
    pthread_join(t, NULL);
    SHOW(wrong);
}
