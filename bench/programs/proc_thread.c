/* Threads that end at once. */
#include <pthread.h>

#include "bench.h"

static void *thread(void *arg)
{
    return arg;
}

int main(void)
{
    uint64_t h = 0;
    for (uintptr_t i = 0; i < 20000; i++) {
        pthread_t t;
        void *value;
        if (pthread_create(&t, NULL, thread, (void *)i) != 0)
            return 1;
        pthread_join(t, &value);
        h = mix(h, (uintptr_t)value);
    }
    return result(h);
}
