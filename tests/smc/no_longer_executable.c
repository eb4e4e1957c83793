/* Code whose page loses PROT_EXEC, or goes, can be run no more: SIGSEGV, at the right address. */
#include "code.h"
#include <setjmp.h>

static sigjmp_buf back;
static void *volatile where;

static void on_fault(int s, siginfo_t *info, void *context)
{
    (void)s, (void)context;
    where = info->si_addr;
    siglongjmp(back, 1);
}

static void try(char *p, const char *what)
{
    if (!sigsetjmp(back, 1))
        printf("%s: returns %d\n", what, ((number_fn *)p)());
    else
        printf("%s: fault, address right %d\n", what, where == p);
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &a, NULL);
    char *p = code_pages(4096, PROT_READ | PROT_WRITE | PROT_EXEC);
    code_return(p, 7);
    code_flush(p, CODE_BYTES);
    try(p, "executable");
    mprotect(p, 4096, PROT_READ | PROT_WRITE);
    try(p, "not executable");
    mprotect(p, 4096, PROT_READ | PROT_EXEC);
    try(p, "executable again");
    munmap(p, 4096);
    try(p, "unmapped");
}
