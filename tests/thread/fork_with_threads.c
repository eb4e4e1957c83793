/* Forks while other threads allocate, lock and print: the child works, and can make threads itself.
 */
#include "guest.h"
#include <pthread.h>

static volatile int stop;

static void *busy(void *arg)
{
    while (!stop) {
        void *p = malloc(100 + (size_t)(intptr_t)arg);
        memset(p, 1, 100);
        free(p);
    }
    return NULL;
}

static void *child_thread(void *arg)
{
    void *p = malloc(1000);
    free(p);
    return (void *)((intptr_t)arg + 1);
}

int main(void)
{
    pthread_t t[3];
    int good = 0;
    for (intptr_t i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, busy, (void *)i);
    for (int i = 0; i < 60; i++) {
        pid_t child = fork();
        if (!child) {
            pthread_t c[2];
            long sum = 0;
            for (intptr_t k = 0; k < 2; k++)
                pthread_create(&c[k], NULL, child_thread, (void *)k);
            for (int k = 0; k < 2; k++) {
                void *result;
                pthread_join(c[k], &result);
                sum += (intptr_t)result;
            }
            _exit(sum == 3 ? 0 : 1);
        }
        int status;
        waitpid(child, &status, 0);
        good += status == 0;
    }
    stop = 1;
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    SHOW(good);
}
