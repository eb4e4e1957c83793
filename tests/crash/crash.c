/*
 * Dies in a known way, for tests/crash/run.sh: the argument says how. Two other threads exist, one
 * that computes and one that sleeps.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define OWN __attribute__((noinline, noclone))

char marker[8192] = "not what the core shall show";
volatile int turns;

OWN int innermost(volatile int *p)
{
    return *p + 1;
}

OWN int outer(int *p)
{
    char room[64];
    memset(room, 1, sizeof room);
    __asm__ volatile("" : : "r"(room) : "memory");
    return innermost(p) + room[3];
}

OWN void on_signal(int signal)
{
    (void)signal;
    outer((int *)16);
}

static void *compute(void *arg)
{
    for (;;)
        turns++;
    return arg;
}

static void *sleeping(void *arg)
{
    for (;;)
        pause();
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    const char *how = argc > 1 ? argv[1] : "";
    strcpy(marker + 5000, "what the core shall show");
    pthread_create(&thread, NULL, compute, NULL);
    pthread_create(&thread, NULL, sleeping, NULL);
    while (turns < 1000)
        ;
    usleep(20000);
    mmap(NULL, (size_t)1 << 44, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
         -1, 0); /* costs nothing */
    if (!strcmp(how, "null"))
        outer(NULL);
    if (!strcmp(how, "handler")) {
        signal(SIGUSR1, on_signal);
        raise(SIGUSR1);
    }
    if (!strcmp(how, "abort"))
        abort();
    if (!strcmp(how, "jump"))
        ((void (*)(void))4096)();
    if (!strcmp(how, "illegal"))
        __asm__ volatile(".word 0");
    if (!strcmp(how, "quit"))
        kill(getpid(), SIGQUIT);
    if (!strcmp(how, "term"))
        kill(getpid(), SIGTERM);
    puts("still here");
    return 3;
}
