/* After fork parent and child change the same code differently, and each runs its own. */
#include "code.h"

int main(void)
{
    void *p = code_pages(4096, PROT_READ | PROT_WRITE | PROT_EXEC);
    number_fn *f = (number_fn *)p;
    code_return(p, 1);
    code_flush(p, CODE_BYTES);
    SHOW(f());
    pid_t child = fork();
    if (!child) {
        SHOW(f());
        code_return(p, 2);
        code_flush(p, CODE_BYTES);
        _exit(f());
    }
    guest_reap("child", child);
    SHOW(f());
    code_return(p, 3);
    code_flush(p, CODE_BYTES);
    SHOW(f());
}
