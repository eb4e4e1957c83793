/*
 * Endless recursion ends in SIGSEGV on the alternate stack, after megabytes, and can be survived.
 */
#include "guest.h"
#include <setjmp.h>
#include <sys/resource.h>

static sigjmp_buf back;
static char stack[65536];
static volatile char *lowest;
static char *volatile top;

static void on_fault(int s, siginfo_t *info, void *context)
{
    (void)s, (void)context;
    lowest = info->si_addr;
    siglongjmp(back, 1);
}

__attribute__((noinline)) static int deeper(int n)
{
    volatile char buffer[4000];
    buffer[0] = (char)n;
    return n < 0 ? 0 : deeper(n + 1) + buffer[0]; /* never ends, but the compiler cannot tell */
}

int main(void)
{
    char here;
    struct rlimit limit;
    getrlimit(RLIMIT_STACK, &limit);
    if (limit.rlim_cur > 8 << 20) {
        limit.rlim_cur = 8 << 20;
        setrlimit(RLIMIT_STACK, &limit);
    }
    top = &here;
    stack_t s = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&s, NULL);
    struct sigaction a = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &a, NULL);
    for (int i = 0; i < 2; i++) {
        if (!sigsetjmp(back, 1))
            printf("%d\n", deeper(0));
        else
            printf("overflow after more than 4 MiB: %d\n", top - lowest > 4 << 20);
    }
}
