/* A load from address 0 that a handler steps over: what runtimes make of null checks. */
#define _GNU_SOURCE
#include <signal.h>
#include <ucontext.h>

#include "bench.h"

static uint64_t h;

/* One load, of as many bytes of code as the handler adds. */
#if defined(__x86_64__)
#define LOAD(p) __asm__ volatile("movb (%0), %%al; nop; nop" : : "r"(p) : "rax", "memory")
#define PC(uc)  (uc)->uc_mcontext.gregs[REG_RIP]
enum { STEP = 2 };
#elif defined(__aarch64__)
#define LOAD(p) __asm__ volatile("ldrb w9, [%0]" : : "r"(p) : "x9", "memory")
#define PC(uc)  (uc)->uc_mcontext.pc
enum { STEP = 4 };
#elif defined(__riscv)
#define LOAD(p) __asm__ volatile(".option push; .option norvc; lbu t0, 0(%0); .option pop" : : "r"(p) : "t0", "memory")
#define PC(uc)  (uc)->uc_mcontext.__gregs[REG_PC]
enum { STEP = 4 };
#endif

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    ucontext_t *uc = context;
    h = mix(h, (uintptr_t)info->si_addr);
    PC(uc) += STEP;
}

int main(void)
{
    struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &sa, NULL);
    char *volatile null = NULL;
    for (uintptr_t i = 0; i < 100000; i++)
        LOAD(null + i % 256);
    return result(h);
}
