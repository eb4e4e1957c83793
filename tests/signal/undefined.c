/* SIGILL and SIGTRAP can be caught; the address is the instruction's; skipping it goes on. */
#include "guest.h"
#include <ucontext.h>

extern char undefined_here[], undefined_next[], break_here[], break_next[];

#ifdef __riscv
#define PC(uc)    ((uc)->uc_mcontext.__gregs[REG_PC])
#define UNDEFINED ".4byte 0xffffffff"
#define BREAK     "ebreak"
#elif defined __aarch64__
#define PC(uc)    ((uc)->uc_mcontext.pc)
#define UNDEFINED "udf #0"
#define BREAK     "brk #0"
#else
#define PC(uc)    ((uc)->uc_mcontext.gregs[REG_RIP])
#define UNDEFINED "ud2"
#define BREAK     "int3"
#endif

static void handler(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    if (number == SIGILL) {
        guest_say(info->si_addr == undefined_here ? "ILL, address right" : "ILL, address wrong");
        guest_say((char *)PC(uc) == undefined_here ? "pc right" : "pc wrong");
        guest_say(info->si_code > 0 ? "code of the kernel" : "code of a process");
        PC(uc) = (unsigned long)undefined_next;
    } else {
        guest_say("TRAP");
        PC(uc) = (unsigned long)break_next;
    }
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGILL, &a, NULL);
    sigaction(SIGTRAP, &a, NULL);
#pragma GCC unroll 1
    for (int i = 0; i < 3; i++) {
        __asm__ volatile(".globl undefined_here, undefined_next\nundefined_here: " UNDEFINED
                         "\nundefined_next:" ::
                             : "memory");
        __asm__ volatile(".globl break_here, break_next\nbreak_here: " BREAK "\nbreak_next:" ::
                             : "memory");
    }
    printf("went on\n");
    return 0;
}
