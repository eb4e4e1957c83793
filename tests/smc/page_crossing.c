/*
 * An instruction that crosses into the next page, or where none can a function: changed there, taken
 * away there, executable or not.
 */
#include "code.h"
#include <setjmp.h>

/* `return n` with some bytes, and not the whole number, before the border. */
#ifdef __aarch64__
enum { BEFORE = 4 };
static void crossing(char *at, int n)
{
    const uint32_t nop = 0xd503201f;
    memcpy(at, &nop, sizeof nop);
    code_return(at + sizeof nop, n);
}
#else
enum { BEFORE = 2 };
#define crossing code_return
#endif

static sigjmp_buf back;
static volatile int code;
static void *volatile where;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    code = info->si_code;
    where = info->si_addr;
    siglongjmp(back, 1);
}

static void run(const char *what, char *at, char *second)
{
    if (sigsetjmp(back, 1) == 0)
        printf("%s: %d\n", what, ((number_fn *)at)());
    else
        printf("%s: fault, code %s, at the second page %d\n", what,
               code == SEGV_ACCERR ? "ACCERR" : "MAPERR", where == second);
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &a, NULL);
    int rwx = PROT_READ | PROT_WRITE | PROT_EXEC;
    char *pages = code_pages(8192, rwx), *second = pages + 4096;
    char *at = second - BEFORE;
    crossing(at, 77);
    code_flush(at, CODE_BYTES);
    run("first", at, second);
    for (int i = 0; i < 50; i++) {
        /* The part that changes lies wholly in the second page. */
        char text[CODE_BYTES];
        crossing(text, 77 + 256 * (i % 7));
        memcpy(second, text + BEFORE, sizeof text - BEFORE);
        code_flush(second, CODE_BYTES);
        if (i % 10 == 9)
            run("changed", at, second);
    }
    MUST(mprotect(second, 4096, PROT_READ | PROT_WRITE));
    run("second not executable", at, second);
    MUST(mprotect(second, 4096, PROT_READ | PROT_EXEC));
    run("executable again", at, second);
    MUST(munmap(second, 4096));
    run("second gone", at, second);
    MUST(mmap(second, 4096, rwx, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ? -1 : 0);
    crossing(at, 1234);
    code_flush(at, CODE_BYTES);
    run("a new second page", at, second);
    MUST(mprotect(pages, 4096, PROT_NONE));
    if (sigsetjmp(back, 1) == 0)
        ((number_fn *)at)();
    else
        printf("first taken away: address right %d\n", where == at);
    return 0;
}
