/* setresuid changes every thread, by the C library's own signal, while threads come, go and wait. */
#include <pthread.h>
#include <semaphore.h>

#include "guest.h"

enum { THREADS = 8 };

static volatile int stop;
static unsigned wrong;
static sem_t never;

static void *check(void *arg)
{
    uid_t want = *(uid_t *)arg;
    (void)sem_wait(&never);
    if ((uid_t)syscall(SYS_getuid) != want || (uid_t)syscall(SYS_geteuid) != want)
        __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void *nothing(void *arg)
{
    return arg;
}

static void *come_and_go(void *arg)
{
    while (!stop) {
        pthread_t t;
        if (pthread_create(&t, NULL, nothing, arg) == 0)
            pthread_join(t, NULL);
    }
    return NULL;
}

static volatile uint64_t work;

static void *compute(void *arg)
{
    while (!stop)
        work = work * 3 + 1;
    return arg;
}

int main(void)
{
    uid_t want = getuid() ? getuid() : 65534;
    pthread_t waiting[THREADS], busy[2];
    sem_init(&never, 0, 0);
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_create(&waiting[i], NULL, check, &want) ? -1 : 0);
    pthread_create(&busy[0], NULL, come_and_go, NULL);
    pthread_create(&busy[1], NULL, compute, NULL);
    for (int i = 0; i < 20; i++)
        if (setresuid(-1, -1, -1) != 0)
            wrong++;
    MUST(setresuid(want, want, want));
    stop = 1;
    pthread_join(busy[0], NULL);
    pthread_join(busy[1], NULL);
    for (int i = 0; i < THREADS; i++)
        sem_post(&never);
    for (int i = 0; i < THREADS; i++)
        pthread_join(waiting[i], NULL);
    SHOW(wrong);
    YES(getuid() == want);
}
