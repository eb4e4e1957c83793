/* A signal sent to a thread runs on that thread, also while it sleeps in a call or spins. */
#include "guest.h"
#include <pthread.h>

static __thread int id;
static volatile int ran_on[4], ready;

static void on_signal(int s)
{
    (void)s;
    ran_on[id]++;
}

static void *run(void *arg)
{
    id = (int)(intptr_t)arg;
    __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
    if (id == 1)
        while (!ran_on[1])
            guest_sleep_ms(1000);
    if (id == 2)
        while (!ran_on[2])
            ;
    if (id == 3) {
        int p[2];
        char c;
        if (pipe(p) == 0)
            while (!ran_on[3] && read(p[0], &c, 1) < 0)
                ;
    }
    return NULL;
}

int main(void)
{
    pthread_t t[4];
    struct sigaction a = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &a, NULL);
    for (intptr_t i = 1; i < 4; i++)
        pthread_create(&t[i], NULL, run, (void *)i);
    while (ready < 3)
        sched_yield();
    guest_sleep_ms(50);
    for (int i = 1; i < 4; i++)
        pthread_kill(t[i], SIGUSR1);
    for (int i = 1; i < 4; i++) {
        pthread_join(t[i], NULL);
        printf("thread %d: %d\n", i, ran_on[i]);
    }
    printf("main: %d\n", ran_on[0]);
}
