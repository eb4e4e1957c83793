/* Without an alternate stack, or with one too small for a frame, a stack overflow kills by SIGSEGV.
 */
#include "guest.h"
#include <sys/resource.h>

static void handler(int number)
{
    (void)number;
    guest_say("handler ran");
    _exit(9);
}

__attribute__((noinline)) static int recurse(int n)
{
    volatile char frame[1024];
    frame[0] = (char)n;
    return n < INT_MAX ? recurse(n + 1) + frame[0] : 0;
}

int main(void)
{
    struct rlimit none = {0, 0}, small = {1 << 20, 1 << 20};
    setrlimit(RLIMIT_CORE, &none);
    for (int how = 0; how < 3; how++) {
        pid_t pid = (pid_t)MUST(fork());
        if (pid == 0) {
            setrlimit(RLIMIT_STACK, &small);
            struct sigaction a = {.sa_handler = handler, .sa_flags = how ? SA_ONSTACK : 0};
            sigaction(SIGSEGV, &a, NULL);
            static char stack[65536];
            if (how == 2)
                sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
            _exit(recurse(0));
        }
        guest_reap(how == 0 ? "no flag" : how == 1 ? "no stack" : "both", pid);
    }
    return 0;
}
