/* Atomic operations of all kinds on contended words lose no update. */
#include "guest.h"
#include <pthread.h>
#include <stdatomic.h>

static _Atomic uint32_t word;
static _Atomic uint64_t dword, maximum;
static _Atomic uint16_t half;
static _Atomic uint8_t byte;
static _Atomic uint64_t bits;
enum { THREADS = 4, ROUNDS = 20000 };

static void *run(void *arg)
{
    uint64_t me = (uintptr_t)arg;
    for (uint64_t i = 0; i < ROUNDS; i++) {
        atomic_fetch_add(&word, 1);
        atomic_fetch_add_explicit(&dword, i, memory_order_relaxed);
        atomic_fetch_add(&half, 1);
        atomic_fetch_sub(&byte, 1);
        atomic_fetch_xor(&bits, UINT64_C(1) << (me * 16 + i % 16));
        uint64_t seen = atomic_load(&maximum), mine = i * THREADS + me;
        while (seen < mine && !atomic_compare_exchange_weak(&maximum, &seen, mine))
            ;
    }
    return NULL;
}

int main(void)
{
    pthread_t t[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&t[i], NULL, run, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    SHOW(word);
    SHOW(dword);
    SHOW(half);
    SHOW(byte);
    SHOW(bits);
    SHOW(maximum);
}
