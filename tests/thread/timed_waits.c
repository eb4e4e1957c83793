/*
 * Waits with a time limit end with ETIMEDOUT and not before: conditions, mutexes, locks,
 * semaphores, joins.
 */
#include "guest.h"
#include <pthread.h>
#include <semaphore.h>

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, held = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static sem_t s;

static struct timespec in_ms(clockid_t clock, long ms)
{
    struct timespec t;
    clock_gettime(clock, &t);
    t.tv_nsec += ms * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

static void *hold(void *p)
{
    pthread_mutex_lock(&held);
    pthread_rwlock_wrlock(&rw);
    sem_post(&s);
    for (;;)
        pause();
    return p;
}

int main(void)
{
    pthread_t t;
    sem_init(&s, 0, 0);
    pthread_create(&t, NULL, hold, NULL);
    sem_wait(&s);
    int64_t start = guest_now_ns();
    struct timespec end = in_ms(CLOCK_REALTIME, 10);
    pthread_mutex_lock(&m);
    TEXT(guest_error_name(pthread_cond_timedwait(&c, &m, &end)));
    end = in_ms(CLOCK_MONOTONIC, 10);
    TEXT(guest_error_name(pthread_cond_clockwait(&c, &m, CLOCK_MONOTONIC, &end)));
    end = in_ms(CLOCK_REALTIME, 10);
    TEXT(guest_error_name(pthread_mutex_timedlock(&held, &end)));
    end = in_ms(CLOCK_MONOTONIC, 10);
    TEXT(guest_error_name(pthread_rwlock_clockrdlock(&rw, CLOCK_MONOTONIC, &end)));
    end = in_ms(CLOCK_REALTIME, 10);
    TRY(sem_timedwait(&s, &end));
    end = in_ms(CLOCK_REALTIME, 10);
    TEXT(guest_error_name(pthread_timedjoin_np(t, NULL, &end)));
    YES(guest_now_ns() - start >= 60 * 1000000);
    TEXT(guest_error_name(pthread_tryjoin_np(t, NULL)));
    TRY(sem_trywait(&s));
    return 0;
}
