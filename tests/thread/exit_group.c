/* exit from any thread ends the process with that status, whatever the others do. */
#include "guest.h"
#include <pthread.h>

static void *sleeper(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static void *spinner(void *arg)
{
    volatile unsigned n = 0;
    for (;;)
        n++;
    return arg;
}

static void *ender(void *arg)
{
    guest_sleep_ms(20);
    exit((int)(intptr_t)arg);
}

int main(void)
{
    for (int i = 0; i < 3; i++) {
        pid_t child = fork();
        if (!child) {
            pthread_t t;
            pthread_create(&t, NULL, sleeper, NULL);
            pthread_create(&t, NULL, spinner, NULL);
            pthread_create(&t, NULL, ender, (void *)(intptr_t)(40 + i));
            if (i == 0)
                sleeper(NULL);
            if (i == 1)
                spinner(NULL);
            pthread_join(t, NULL);
        }
        guest_reap("child", child);
    }
}
