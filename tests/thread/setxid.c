/*
 * The C library changes a process's identity in all its threads by a signal of its own, 33: sent to threads
 * that compute, that sleep, that come and go. No identity changes here, so that anyone may run it.
 */
#include <pthread.h>

#include "guest.h"

static volatile bool stop;

static void *compute(void *arg)
{
    volatile unsigned long n = 0;
    while (!stop)
        n++;
    return arg;
}

static void *sleeping(void *arg)
{
    char c;
    TRY(read((int)(intptr_t)arg, &c, 1));
    return NULL;
}

static void *change(void *arg)
{
    for (int i = 0; i < 30; i++)
        MUST(setresgid((gid_t)-1, (gid_t)-1, (gid_t)-1));
    return arg;
}

static void *nothing(void *arg)
{
    return arg;
}

int main(void)
{
    pthread_t threads[4], t;
    int p[2];
    MUST(pipe(p));
    pthread_create(&threads[0], NULL, compute, NULL);
    TRY(setresuid((uid_t)-1, (uid_t)-1, (uid_t)-1));
    pthread_create(&threads[1], NULL, sleeping, (void *)(intptr_t)p[0]);
    pthread_create(&threads[2], NULL, change, NULL);
    pthread_create(&threads[3], NULL, change, NULL);
    for (int i = 0; i < 30; i++) {
        pthread_create(&t, NULL, nothing, NULL);
        MUST(setresuid((uid_t)-1, (uid_t)-1, (uid_t)-1));
        pthread_join(t, NULL);
    }
    pthread_join(threads[2], NULL);
    pthread_join(threads[3], NULL);
    stop = true;
    MUST(write(p[1], "x", 1));
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pid_t child = fork();
    if (!child) {
        pthread_create(&t, NULL, compute, NULL);
        stop = false;
        TRY(setresuid((uid_t)-1, (uid_t)-1, (uid_t)-1));
        fflush(stdout);
        _exit(0);
    }
    int status;
    MUST(waitpid(child, &status, 0));
    printf("child ended with %d\n", status);
}
