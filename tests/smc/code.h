/* Machine code for the tests of changing code: functions that return a number, for either machine.
 */
#ifndef FERRY_TESTS_SMC_CODE_H
#define FERRY_TESTS_SMC_CODE_H

#include "guest.h"

typedef int number_fn(void);

enum { CODE_BYTES = 16 };

/* `return n` for 0 <= n < 2048. */
static inline void code_return(void *at, int n)
{
#ifdef __riscv
    uint32_t words[2] = {(uint32_t)n << 20 | 10 << 7 | 0x13, 0x00008067}; /* li a0, n; ret */
    memcpy(at, words, sizeof words);
#elif defined __aarch64__
    uint32_t words[2] = {0x52800000 | (uint32_t)n << 5, 0xd65f03c0}; /* mov w0, #n; ret */
    memcpy(at, words, sizeof words);
#else
    uint8_t bytes[6] = {0xb8, (uint8_t)n, (uint8_t)(n >> 8), 0, 0, 0xc3}; /* mov $n, %eax; ret */
    memcpy(at, bytes, sizeof bytes);
#endif
}

/* What a program must do after it has written code. */
static inline void code_flush(void *at, size_t size)
{
    __builtin___clear_cache((char *)at, (char *)at + size);
}

static inline void *code_pages(size_t size, int prot)
{
    void *p = mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(p == MAP_FAILED ? -1 : 0);
    return p;
}

#endif
