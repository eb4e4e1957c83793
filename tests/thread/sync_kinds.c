/* Barriers, read-write locks, semaphores, once and spin locks do what they are called. */
#include "guest.h"
#include <pthread.h>
#include <semaphore.h>

static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t sem;
static int value, torn, inits, serial, spun;

static void init(void)
{
    inits++;
}

static void *run(void *arg)
{
    pthread_once(&once, init);
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
        __atomic_add_fetch(&serial, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < 1000; i++) {
        if (i % 10 == 0) {
            pthread_rwlock_wrlock(&rwlock);
            value++;
            value++;
            pthread_rwlock_unlock(&rwlock);
        } else {
            pthread_rwlock_rdlock(&rwlock);
            torn += value % 2;
            pthread_rwlock_unlock(&rwlock);
        }
        pthread_spin_lock(&spin);
        spun++;
        pthread_spin_unlock(&spin);
        sem_wait(&sem);
        sem_post(&sem);
    }
    return arg;
}

int main(void)
{
    pthread_t t[4];
    pthread_barrier_init(&barrier, NULL, 4);
    pthread_spin_init(&spin, 0);
    sem_init(&sem, 0, 2);
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, run, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    SHOW(value);
    SHOW(torn);
    SHOW(inits);
    SHOW(serial);
    SHOW(spun);
}
