/* Dekker's test: with full fences two threads never both miss the other's store. */
#include "guest.h"
#include <pthread.h>
#include <stdatomic.h>

static _Atomic int x, y;
static _Atomic int turn;
static int seen_x, seen_y;
enum { ROUNDS = 20000 };

static void meet(int want)
{
    atomic_fetch_add(&turn, 1);
    int spins = 0;
    while (atomic_load(&turn) < want)
        if (++spins % 100 == 0)
            sched_yield();
}

static void *other(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        meet(4 * i + 2);
        atomic_store_explicit(&y, 1, memory_order_relaxed);
        atomic_thread_fence(memory_order_seq_cst);
        seen_x = atomic_load_explicit(&x, memory_order_relaxed);
        meet(4 * i + 4);
    }
    return arg;
}

int main(void)
{
    pthread_t t;
    long both_missed = 0;
    pthread_create(&t, NULL, other, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        atomic_store(&x, 0);
        atomic_store(&y, 0);
        meet(4 * i + 2);
        atomic_store_explicit(&x, 1, memory_order_relaxed);
        atomic_thread_fence(memory_order_seq_cst);
        seen_y = atomic_load_explicit(&y, memory_order_relaxed);
        meet(4 * i + 4);
        both_missed += !seen_x && !seen_y;
    }
    pthread_join(t, NULL);
    SHOW(both_missed);
}
