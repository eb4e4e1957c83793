/*
 * A lock-free stack under contention: compare-and-swap with a version beside it loses no element.
 */
#include "guest.h"
#include <pthread.h>

enum { THREADS = 4, ELEMENTS = 64, ROUNDS = 20000 };

/* Index of the first element in the low half, a count of changes in the high half. */
static uint64_t top;
static uint32_t next[ELEMENTS + 1];
static uint32_t owned[ELEMENTS + 1];
static int wrong;

static void push(uint32_t e)
{
    uint64_t seen = __atomic_load_n(&top, __ATOMIC_RELAXED);
    do
        next[e] = (uint32_t)seen;
    while (!__atomic_compare_exchange_n(&top, &seen, ((seen >> 32) + 1) << 32 | e, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED));
}

static uint32_t pop(void)
{
    uint64_t seen = __atomic_load_n(&top, __ATOMIC_ACQUIRE);
    while ((uint32_t)seen &&
           !__atomic_compare_exchange_n(&top, &seen, ((seen >> 32) + 1) << 32 | next[(uint32_t)seen], true,
                                        __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
        ;
    return (uint32_t)seen;
}

static void *run(void *p)
{
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t e = pop();
        if (!e)
            continue;
        if (__atomic_exchange_n(&owned[e], 1, __ATOMIC_RELAXED))
            __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
        __atomic_store_n(&owned[e], 0, __ATOMIC_RELAXED);
        push(e);
    }
    return p;
}

int main(void)
{
    for (uint32_t e = 1; e <= ELEMENTS; e++)
        push(e);
    pthread_t t[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&t[i], NULL, run, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    int left = 0;
    while (pop())
        left++;
    SHOW(wrong);
    SHOW(left);
    return 0;
}
