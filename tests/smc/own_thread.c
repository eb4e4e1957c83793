/* FENCE.I is enough for the thread that wrote the code; it needs no system call and no address. */
#include "code.h"

/* The processor's own way to announce changed code: for all there is where it has one. */
static inline void fence(void *at, size_t size)
{
#ifdef __riscv
    (void)at, (void)size;
    __asm__ volatile("fence.i" ::: "memory");
#else
    code_flush(at, size);
#endif
}

int main(void)
{
    char *code = code_pages(16384, PROT_READ | PROT_WRITE | PROT_EXEC);
    int wrong = 0;
    for (int i = 0; i < 2000; i++) {
        char *at = code + i * 36 % 16000;
        code_return(at, i);
        fence(at, CODE_BYTES);
        wrong += ((number_fn *)at)() != i;
    }
    SHOW(wrong);
    /* Many places changed, one fence. */
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 1000; i++)
            code_return(code + i * CODE_BYTES, (i + round) % 2000);
        fence(code, 1000 * CODE_BYTES);
        for (int i = 0; i < 1000; i++)
            wrong += ((number_fn *)(code + i * CODE_BYTES))() != (i + round) % 2000;
    }
    SHOW(wrong);
    return 0;
}
