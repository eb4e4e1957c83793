/* mremap moves code: it runs at the new address, the old one faults, other code may come there. */
#include "code.h"
#include <setjmp.h>

static sigjmp_buf back;

static void on_fault(int number)
{
    siglongjmp(back, number);
}

int main(void)
{
    signal(SIGSEGV, on_fault);
    char *area = code_pages(65536, PROT_NONE);
    int rwx = PROT_READ | PROT_WRITE | PROT_EXEC, flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    volatile int wrong = 0;
    for (volatile int i = 0; i < 100; i++) {
        char *from = mmap(area, 4096, rwx, flags, -1, 0), *to = area + 4096 * (1 + i % 8);
        code_return(from, i);
        code_flush(from, CODE_BYTES);
        wrong += ((number_fn *)from)() != i;
        MUST(mremap(from, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to ? 0 : -1);
        wrong += ((number_fn *)to)() != i;
        if (sigsetjmp(back, 1) == 0) {
            ((number_fn *)from)();
            wrong++;
        }
    }
    SHOW(wrong);
    return 0;
}
