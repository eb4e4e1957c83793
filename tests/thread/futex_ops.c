/* futex: wait, wake, bitsets, requeue, wake-op, timeouts, and what they refuse. */
#include "guest.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>

static uint32_t a, b;
static int woken, waiting;

static long futex(uint32_t *word, int op, uint32_t value, const void *timeout, void *other, uint32_t v3)
{
    return syscall(SYS_futex, word, op, value, timeout, other, v3);
}

static void *waiter(void *bits)
{
    __atomic_add_fetch(&waiting, 1, __ATOMIC_SEQ_CST);
    futex(&a, FUTEX_WAIT_BITSET, 0, NULL, NULL, (uint32_t)(uintptr_t)bits);
    __atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

/* Wakes until so many threads came back in all. */
static void wake(uint32_t *word, int count, uint32_t bits, int total)
{
    int n = 0;
    while (n < count)
        n += (int)futex(word, FUTEX_WAKE_BITSET, (uint32_t)(count - n), NULL, NULL, bits);
    while (__atomic_load_n(&woken, __ATOMIC_SEQ_CST) != total)
        sched_yield();
    printf("%d woken\n", total);
}

int main(void)
{
    TRY(futex(&a, FUTEX_WAIT, 1, NULL, NULL, 0));
    struct timespec t = {0, 5000000};
    int64_t start = guest_now_ns();
    TRY(futex(&a, FUTEX_WAIT_PRIVATE, 0, &t, NULL, 0));
    YES(guest_now_ns() - start >= 5000000);
    clock_gettime(CLOCK_REALTIME, &t);
    TRY(futex(&a, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &t, NULL, ~0u));
    TRY(futex(&a, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0));
    TRY(futex((uint32_t *)((char *)&a + 1), FUTEX_WAIT, 0, NULL, NULL, 0));
    TRY(futex(BAD, FUTEX_WAIT, 0, NULL, NULL, 0));
    TRY(futex(&a, 99, 0, NULL, NULL, 0));
    t.tv_nsec = -1;
    TRY(futex(&a, FUTEX_WAIT, 0, &t, NULL, 0));
    SHOW(futex(&a, FUTEX_WAKE, 10, NULL, NULL, 0));

    pthread_t threads[6];
    for (int i = 0; i < 6; i++)
        pthread_create(&threads[i], NULL, waiter, (void *)(uintptr_t)(1u << i / 2));
    while (__atomic_load_n(&waiting, __ATOMIC_SEQ_CST) < 6)
        sched_yield();
    wake(&a, 2, 2, 2);
    wake(&a, 1, 1, 3);
    wake(&a, 1, 1 | 8, 4);
    SHOW(futex(&a, FUTEX_WAKE_BITSET, 10, NULL, NULL, 8));
    /* The two that are left go over to the other word. */
    long moved = 0;
    TRY(futex(&a, FUTEX_CMP_REQUEUE, 0, (void *)2, &b, 1));
    while (moved < 2)
        moved += futex(&a, FUTEX_CMP_REQUEUE, 0, (void *)2, &b, 0);
    SHOW(futex(&a, FUTEX_WAKE, 10, NULL, NULL, 0));
    SHOW(futex(&a, FUTEX_WAKE_OP, 0, (void *)1, &b, FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_EQ, 0)));
    SHOW(b);
    SHOW(futex(&a, FUTEX_WAKE_OP, 1, (void *)1, &b, FUTEX_OP(FUTEX_OP_SET, 7, FUTEX_OP_CMP_EQ, 0)));
    SHOW(b);
    SHOW(futex(&b, FUTEX_WAKE, 10, NULL, NULL, 0));
    for (int i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
    SHOW(woken);
    return 0;
}
