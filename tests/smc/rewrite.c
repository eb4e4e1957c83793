/* Code rewritten in place and flushed runs in its new form, at once and every time. */
#include "code.h"

int main(void)
{
    void *p = code_pages(4096, PROT_READ | PROT_WRITE | PROT_EXEC);
    number_fn *f = (number_fn *)p;
    long sum = 0;
    int wrong = 0;
    for (int i = 0; i < 1000; i++) {
        code_return(p, i);
        code_flush(p, CODE_BYTES);
        for (int k = 0; k < 3; k++) {
            sum += f();
            wrong += f() != i;
        }
    }
    SHOW(sum);
    SHOW(wrong);
}
