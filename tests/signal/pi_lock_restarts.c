/*
 * Waiting for a priority-inheriting lock, or to be moved to one, goes on after a handler even without
 * SA_RESTART: such a waiter keeps its place.
 */
#include <linux/futex.h>
#include <pthread.h>

#include "guest.h"

static uint32_t lock, queue;
static volatile int handled, waiting;
static pthread_t waiter;

static long futex(uint32_t *word, int op, uint32_t value, void *timeout, uint32_t *other)
{
    return syscall(SYS_futex, word, op, value, timeout, other, 0);
}

static void on_usr1(int signal)
{
    (void)signal;
    handled++;
}

static void *wait_lock(void *arg)
{
    (void)arg;
    waiting = 1;
    TRY(futex(&lock, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL));
    TRY(futex(&lock, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL));
    return NULL;
}

static void *wait_moved(void *arg)
{
    (void)arg;
    waiting = 1;
    TRY(futex(&queue, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 0, NULL, &lock));
    TRY(futex(&lock, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL));
    return NULL;
}

/* A few signals to whoever waits. */
static void disturb(void)
{
    while (!waiting)
        guest_sleep_ms(1);
    for (int i = 0; i < 3; i++) {
        int before = handled;
        guest_sleep_ms(30);
        pthread_kill(waiter, SIGUSR1);
        while (handled == before)
            guest_sleep_ms(1);
    }
    guest_sleep_ms(30);
    waiting = 0;
}

int main(void)
{
    struct sigaction sa = {.sa_handler = on_usr1};
    MUST(sigaction(SIGUSR1, &sa, NULL));
    MUST(futex(&lock, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL));
    pthread_create(&waiter, NULL, wait_lock, NULL);
    disturb();
    puts("unlocking");
    MUST(futex(&lock, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL));
    pthread_join(waiter, NULL);

    pthread_create(&waiter, NULL, wait_moved, NULL);
    disturb();
    puts("moving");
    long moved = futex(&queue, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, NULL, &lock);
    pthread_join(waiter, NULL);
    SHOW(moved);
    SHOW(handled);
    return 0;
}
