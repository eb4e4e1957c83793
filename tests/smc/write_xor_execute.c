/* The same page writable, then executable, then writable again, as careful JITs do. */
#include "code.h"

int main(void)
{
    void *p = code_pages(4096, PROT_READ | PROT_WRITE);
    number_fn *f = (number_fn *)p;
    int wrong = 0;
    for (int i = 0; i < 300; i++) {
        MUST(mprotect(p, 4096, PROT_READ | PROT_WRITE));
        code_return(p, i);
        MUST(mprotect(p, 4096, PROT_READ | PROT_EXEC));
        code_flush(p, CODE_BYTES);
        wrong += f() != i;
    }
    SHOW(wrong);
}
