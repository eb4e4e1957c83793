/* Threads start, get their argument, return a value, and are gone when joined; many times over. */
#include "guest.h"
#include <pthread.h>

static void *run(void *arg)
{
    return (void *)((intptr_t)arg * 3);
}

int main(void)
{
    long sum = 0;
    for (int round = 0; round < 50; round++) {
        pthread_t t[8];
        for (intptr_t i = 0; i < 8; i++)
            if (pthread_create(&t[i], NULL, run, (void *)i) != 0)
                puts("cannot create");
        for (int i = 0; i < 8; i++) {
            void *result;
            pthread_join(t[i], &result);
            sum += (intptr_t)result;
        }
    }
    SHOW(sum);
}
