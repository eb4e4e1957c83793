/* Mutexes with priority inheritance: exclusion, errors, trylock, timeout, a dead owner. */
#include "guest.h"
#include <linux/futex.h>
#include <pthread.h>

static pthread_mutex_t m;
static long count;

static void *add(void *p)
{
    for (int i = 0; i < 20000; i++) {
        pthread_mutex_lock(&m);
        count++;
        pthread_mutex_unlock(&m);
    }
    return p;
}

static void *hold(void *p)
{
    pthread_mutex_lock(&m);
    return p;
}

static void *contend(void *p)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    TEXT(guest_error_name(pthread_mutex_trylock(&m)));
    TEXT(guest_error_name(pthread_mutex_timedlock(&m, &t)));
    return p;
}

int main(void)
{
    pthread_mutexattr_t a;
    pthread_mutexattr_init(&a);
    SHOW(pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT));
    pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
    SHOW(pthread_mutex_init(&m, &a));
    pthread_t t[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, add, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    SHOW(count);
    SHOW(pthread_mutex_lock(&m));
    TEXT(guest_error_name(pthread_mutex_lock(&m)));
    pthread_create(&t[0], NULL, contend, NULL);
    pthread_join(t[0], NULL);
    SHOW(pthread_mutex_unlock(&m));
    TEXT(guest_error_name(pthread_mutex_unlock(&m)));
    pthread_create(&t[0], NULL, hold, NULL);
    pthread_join(t[0], NULL);
    TEXT(guest_error_name(pthread_mutex_lock(&m)));
    SHOW(pthread_mutex_consistent(&m));
    SHOW(pthread_mutex_unlock(&m));
    SHOW(pthread_mutex_lock(&m));
    uint32_t word = 0;
    SHOW(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    YES(word == (uint32_t)syscall(SYS_gettid));
    TRY(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    SHOW(syscall(SYS_futex, &word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
    TRY(syscall(SYS_futex, &word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
    return 0;
}
