/* Code changed by one thread and flushed is seen by another that is told so. */
#include "code.h"
#include <pthread.h>

static void *code;
static int turn;

static int get(void)
{
    return __atomic_load_n(&turn, __ATOMIC_ACQUIRE);
}

static void *runner(void *arg)
{
    long wrong = 0;
    for (int i = 0; i < 500; i++) {
        while (get() != 2 * i + 1)
            sched_yield();
        wrong += ((number_fn *)code)() != i;
        __atomic_store_n(&turn, 2 * i + 2, __ATOMIC_RELEASE);
    }
    *(long *)arg = wrong;
    return NULL;
}

int main(void)
{
    pthread_t t;
    long wrong = -1;
    code = code_pages(4096, PROT_READ | PROT_WRITE | PROT_EXEC);
    pthread_create(&t, NULL, runner, &wrong);
    for (int i = 0; i < 500; i++) {
        code_return(code, i);
        code_flush(code, CODE_BYTES);
        __atomic_store_n(&turn, 2 * i + 1, __ATOMIC_RELEASE);
        while (get() != 2 * i + 2)
            sched_yield();
    }
    pthread_join(t, NULL);
    SHOW(wrong);
}
