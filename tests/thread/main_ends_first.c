/* The first thread may end before the others; the process goes on and ends with the last of them.
 */
#include "guest.h"
#include <pthread.h>

static void *later(void *arg)
{
    guest_sleep_ms(50);
    puts("main is gone, I am here");
    return arg;
}

static void *exits(void *arg)
{
    guest_sleep_ms(50);
    exit((int)(intptr_t)arg);
}

int main(void)
{
    for (int i = 0; i < 2; i++) {
        fflush(stdout);
        pid_t child = fork();
        if (!child) {
            pthread_t t;
            pthread_create(&t, NULL, i ? exits : later, (void *)5);
            pthread_exit(NULL);
        }
        guest_reap("child", child);
    }
}
