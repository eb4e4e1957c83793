/* Ten thousand detached threads come and go; memory for them does not run out. */
#include "guest.h"
#include <pthread.h>

static int done;

static void *run(void *arg)
{
    __atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
    return arg;
}

int main(void)
{
    pthread_attr_t a;
    pthread_attr_init(&a);
    pthread_attr_setdetachstate(&a, PTHREAD_CREATE_DETACHED);
    int failures = 0;
    for (int i = 0; i < 10000; i++) {
        pthread_t t;
        if (pthread_create(&t, &a, run, NULL) != 0)
            failures++;
        if (i % 16 == 15)
            while (__atomic_load_n(&done, __ATOMIC_SEQ_CST) + failures < i + 1)
                sched_yield();
    }
    SHOW(failures);
    SHOW(done);
}
