/* Thousands of small functions, made and made again, as a JIT does; more than any cache of blocks.
 */
#include "code.h"

enum { FUNCTIONS = 20000 };

int main(void)
{
    char *p = code_pages(FUNCTIONS * CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC);
    for (int round = 0; round < 3; round++) {
        long wrong = 0;
        for (int i = 0; i < FUNCTIONS; i++)
            code_return(p + i * CODE_BYTES, (i * 7 + round) % 2048);
        code_flush(p, FUNCTIONS * CODE_BYTES);
        for (int i = 0; i < FUNCTIONS; i++)
            wrong += ((number_fn *)(p + i * CODE_BYTES))() != (i * 7 + round) % 2048;
        SHOW(wrong);
    }
}
