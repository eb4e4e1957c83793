/*
 * A function that calls another through linked jumps notices when the other is replaced, or both
 * are.
 */
#include "code.h"

/* A function that tail-calls `target`, which lies `distance` bytes behind it. */
static void code_jump(char *at, int distance)
{
#ifdef __riscv
    uint32_t d = (uint32_t)distance; /* j distance */
    uint32_t word = 0x6f | (d & 0x100000) << 11 | (d & 0x7fe) << 20 | (d & 0x800) << 9 | (d & 0xff000);
    memcpy(at, &word, 4);
#elif defined __aarch64__
    uint32_t word = 0x14000000 | ((uint32_t)distance >> 2 & 0x3ffffff); /* b distance */
    memcpy(at, &word, 4);
#else
    int32_t rel = distance - 5; /* jmp distance */
    at[0] = (char)0xe9;
    memcpy(at + 1, &rel, 4);
#endif
}

int main(void)
{
    char *code = code_pages(32768, PROT_READ | PROT_WRITE | PROT_EXEC);
    enum { LINKS = 200, STEP = 64 };
    int wrong = 0;
    for (int i = 0; i < LINKS; i++)
        code_jump(code + i * STEP, STEP);
    code_flush(code, 32768);
    for (int i = 0; i < 300; i++) {
        code_return(code + LINKS * STEP, i);
        code_flush(code + LINKS * STEP, CODE_BYTES);
        wrong += ((number_fn *)code)() != i;
    }
    SHOW(wrong);
    /* A link in the middle becomes the end, and a link again. */
    for (int i = 0; i < 100; i++) {
        char *middle = code + i * STEP;
        code_return(middle, 1000 + i);
        code_flush(middle, CODE_BYTES);
        wrong += ((number_fn *)code)() != 1000 + i;
        code_jump(middle, STEP);
        code_flush(middle, CODE_BYTES);
        wrong += ((number_fn *)code)() != 299;
    }
    SHOW(wrong);
    return 0;
}
