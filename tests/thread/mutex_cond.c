/* A mutex excludes, a condition wakes: a bounded queue between producers and consumers loses
 * nothing. */
#include "guest.h"
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER, not_full = PTHREAD_COND_INITIALIZER;
static int queue[16], count, next_in, next_out;
static long consumed_sum;
static int consumed;
enum { PRODUCERS = 3, ITEMS = 3000 };

static void *produce(void *arg)
{
    for (int i = 0; i < ITEMS; i++) {
        pthread_mutex_lock(&lock);
        while (count == 16)
            pthread_cond_wait(&not_full, &lock);
        queue[next_in++ % 16] = i;
        count++;
        pthread_cond_signal(&not_empty);
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

static void *consume(void *arg)
{
    for (;;) {
        pthread_mutex_lock(&lock);
        while (!count && consumed < PRODUCERS * ITEMS)
            pthread_cond_wait(&not_empty, &lock);
        if (!count) {
            pthread_cond_broadcast(&not_empty);
            pthread_mutex_unlock(&lock);
            return arg;
        }
        consumed_sum += queue[next_out++ % 16];
        count--;
        if (++consumed == PRODUCERS * ITEMS)
            pthread_cond_broadcast(&not_empty);
        pthread_cond_signal(&not_full);
        pthread_mutex_unlock(&lock);
    }
}

int main(void)
{
    pthread_t t[6];
    for (int i = 0; i < 6; i++)
        pthread_create(&t[i], NULL, i < PRODUCERS ? produce : consume, NULL);
    for (int i = 0; i < 6; i++)
        pthread_join(t[i], NULL);
    SHOW(consumed);
    SHOW(consumed_sum);
    struct timespec soon;
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec += 20000000;
    soon.tv_sec += soon.tv_nsec / 1000000000;
    soon.tv_nsec %= 1000000000;
    pthread_mutex_lock(&lock);
    printf("timed wait: %s\n", guest_error_name(pthread_cond_timedwait(&not_empty, &lock, &soon)));
}
