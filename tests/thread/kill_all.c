/* A fatal signal or _exit in any thread ends all of them at once, computing or waiting. */
#include "guest.h"
#include <pthread.h>

static int how;

static void *wait_in_call(void *p)
{
    char c;
    read(*(int *)p, &c, 1);
    return p;
}

static void *compute(void *p)
{
    for (volatile unsigned long i = 0;; i++)
        ;
    return p;
}

static void *end(void *p)
{
    guest_sleep_ms(5);
    if (how == 0)
        kill(getpid(), SIGTERM);
    else if (how == 1)
        *(volatile int *)8 = 1;
    else if (how == 2)
        _exit(5);
    else if (how == 3)
        abort();
    else
        syscall(SYS_exit_group, 6);
    return p;
}

int main(void)
{
    for (how = 0; how < 5; how++) {
        pid_t pid = (pid_t)MUST(fork());
        if (pid == 0) {
            int p[2];
            pthread_t t;
            MUST(pipe(p));
            pthread_create(&t, NULL, wait_in_call, p);
            pthread_create(&t, NULL, compute, NULL);
            pthread_create(&t, NULL, end, NULL);
            if (how % 2)
                pthread_join(t, NULL);
            compute(NULL);
        }
        guest_reap("process", pid);
    }
    return 0;
}
