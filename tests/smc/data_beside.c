/*
 * Data in the page of running code may be written all the time, flushed or not, and the code stays.
 */
#include "code.h"

int main(void)
{
    char *page = code_pages(4096, PROT_READ | PROT_WRITE | PROT_EXEC);
    volatile uint64_t *counter = (volatile uint64_t *)(page + 64);
    code_return(page, 42);
    code_flush(page, CODE_BYTES);
    long sum = 0;
    for (int i = 0; i < 200000; i++) {
        sum += ((number_fn *)page)();
        *counter += (uint64_t)i;
    }
    SHOW(sum);
    SHOW(*counter);
    code_flush((char *)counter, 8);
    SHOW(((number_fn *)page)());
    return 0;
}
