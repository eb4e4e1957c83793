/*
 * Threads' stacks: sizes asked for are there, their guard page faults, many deep ones side by side.
 */
#include "guest.h"
#include <pthread.h>
#include <setjmp.h>

static __thread sigjmp_buf back;

static void handler(int number)
{
    siglongjmp(back, number);
}

__attribute__((noinline)) static int use(int kilobytes)
{
    volatile char frame[1024];
    frame[0] = (char)kilobytes;
    frame[1023] = 1;
    return kilobytes > 1 ? use(kilobytes - 1) + frame[1023] : 1;
}

static void *deep(void *p)
{
    return (void *)(long)use((int)(intptr_t)p);
}

static void *overflow(void *p)
{
    static __thread char stack[32768];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    if (sigsetjmp(back, 1))
        return (void *)-1;
    use(1 << 20);
    return p;
}

int main(void)
{
    struct sigaction a = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    sigaction(SIGSEGV, &a, NULL);
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    SHOW(pthread_attr_setstacksize(&attr, 1 << 20));
    pthread_t t[8];
    void *result;
    for (int i = 0; i < 8; i++)
        pthread_create(&t[i], &attr, deep, (void *)(intptr_t)(900 - i));
    for (int i = 0; i < 8; i++) {
        pthread_join(t[i], &result);
        SHOW((long)result);
    }
    for (int i = 0; i < 3; i++) {
        pthread_create(&t[0], &attr, overflow, NULL);
        pthread_join(t[0], &result);
        SHOW((long)result);
    }
    return 0;
}
