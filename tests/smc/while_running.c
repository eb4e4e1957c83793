/* A function is replaced while another thread calls it in a loop: old or new, never anything else.
 */
#include "code.h"
#include <pthread.h>

static char *code;
static int stop;
static long calls;

static void *caller(void *arg)
{
    long strange = 0;
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
        int n = ((number_fn *)code)();
        strange += n < 0 || n >= 1000;
        __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    }
    *(long *)arg = strange;
    return NULL;
}

int main(void)
{
    pthread_t t[2];
    long strange[2];
    code = code_pages(4096, PROT_READ | PROT_WRITE | PROT_EXEC);
    code_return(code, 0);
    code_flush(code, CODE_BYTES);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, caller, &strange[i]);
    for (int i = 0; i < 1000; i++) {
        /* One aligned store of the instruction that differs. */
        char text[CODE_BYTES];
        uint64_t word;
        code_return(text, i);
        memcpy(&word, text, 8);
        __atomic_store_n((uint64_t *)code, word, __ATOMIC_RELEASE);
        code_flush(code, CODE_BYTES);
        long before = __atomic_load_n(&calls, __ATOMIC_RELAXED);
        while (i % 50 == 0 && __atomic_load_n(&calls, __ATOMIC_RELAXED) == before)
            sched_yield();
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    for (int i = 0; i < 2; i++) {
        pthread_join(t[i], NULL);
        SHOW(strange[i]);
    }
}
