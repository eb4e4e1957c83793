/* Thread-local variables and keys are each thread's own; destructors run. */
#include "guest.h"
#include <pthread.h>

static __thread int initialised = 42;
static __thread char zeroed[100];
static pthread_key_t key;
static int destroyed;

static void destroy(void *p)
{
    (void)p;
    __atomic_add_fetch(&destroyed, 1, __ATOMIC_SEQ_CST);
}

static void *run(void *arg)
{
    int id = (int)(intptr_t)arg, ok = initialised == 42 && !zeroed[id];
    pthread_setspecific(key, arg);
    initialised += id;
    zeroed[id] = (char)id;
    for (int i = 0; i < 10; i++) {
        sched_yield();
        ok &= initialised == 42 + id && zeroed[id] == (char)id && pthread_getspecific(key) == arg;
    }
    return (void *)(intptr_t)ok;
}

int main(void)
{
    pthread_t t[10];
    int ok = 0;
    pthread_key_create(&key, destroy);
    for (intptr_t i = 1; i <= 10; i++)
        pthread_create(&t[i - 1], NULL, run, (void *)i);
    for (int i = 0; i < 10; i++) {
        void *result;
        pthread_join(t[i], &result);
        ok += result != NULL;
    }
    SHOW(ok);
    SHOW(initialised);
    SHOW(destroyed);
}
