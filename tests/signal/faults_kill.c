/* A fault that nobody handles, or that is blocked or ignored, kills by its own signal. */
#include "guest.h"
#include <sys/resource.h>

static void fault(void)
{
    *(volatile int *)8 = 1;
}

int main(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    for (int how = 0; how < 3; how++) {
        pid_t child = fork();
        if (!child) {
            sigset_t set;
            sigemptyset(&set);
            sigaddset(&set, SIGSEGV);
            if (how == 1)
                sigprocmask(SIG_BLOCK, &set, NULL);
            if (how == 2)
                signal(SIGSEGV, SIG_IGN);
            fault();
            _exit(0);
        }
        guest_reap(how == 0 ? "default" : how == 1 ? "blocked" : "ignored", child);
    }
    pid_t child = fork();
    if (!child) {
        ((void (*)(void))16)();
        _exit(0);
    }
    guest_reap("jump to nowhere", child);
    child = fork();
    if (!child) {
#ifdef __riscv
        __asm__ volatile(".4byte 0xffffffff");
#elif defined __aarch64__
        __asm__ volatile("udf #0");
#else
        __asm__ volatile("ud2");
#endif
        _exit(0);
    }
    guest_reap("undefined instruction", child);
    child = fork();
    if (!child) {
#ifdef __riscv
        __asm__ volatile("ebreak");
#elif defined __aarch64__
        __asm__ volatile("brk #0");
#else
        __asm__ volatile("int3");
#endif
        _exit(0);
    }
    guest_reap("breakpoint", child);
}
