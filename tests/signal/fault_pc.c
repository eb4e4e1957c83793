/* A handler sees the exact faulting instruction and registers, can change them, and the program
 * goes on. */
#include "guest.h"
#include <ucontext.h>

extern char fault_here[], fault_next[];
static volatile int faults;
static volatile bool pc_right, value_right;

#ifdef __riscv
#define PC(uc)       ((uc)->uc_mcontext.__gregs[REG_PC])
#define REGISTER(uc) ((uc)->uc_mcontext.__gregs[REG_A0 + 4])
#elif defined __aarch64__
#define PC(uc)       ((uc)->uc_mcontext.pc)
#define REGISTER(uc) ((uc)->uc_mcontext.regs[4])
#else
#define PC(uc)       ((uc)->uc_mcontext.gregs[REG_RIP])
#define REGISTER(uc) ((uc)->uc_mcontext.gregs[REG_RBX])
#endif

static void on_fault(int s, siginfo_t *info, void *context)
{
    (void)s, (void)info;
    ucontext_t *uc = context;
    pc_right = (char *)PC(uc) == fault_here;
    value_right = (long)REGISTER(uc) == 1000 + faults;
    faults++;
    REGISTER(uc) = 5000;
    PC(uc) = (unsigned long)fault_next;
}

__attribute__((noinline, noclone)) static long run(long value)
{
#ifdef __riscv
    register long a4 __asm__("a4") = value;
    __asm__ volatile(
        ".globl fault_here, fault_next\nfault_here: sd a4, 0(zero)\nfault_next: addi a4, a4, 1"
        : "+r"(a4)
        :
        : "memory");
    return a4;
#elif defined __aarch64__
    register long x4 __asm__("x4") = value;
    __asm__ volatile(".globl fault_here, fault_next\nmov x5, #0\n"
                     "fault_here: str x4, [x5]\nfault_next: add x4, x4, #1"
                     : "+r"(x4)
                     :
                     : "memory", "x5");
    return x4;
#else
    register long rbx __asm__("rbx") = value;
    __asm__ volatile(".globl fault_here, fault_next\nfault_here: mov %0, 0\nfault_next: inc %0"
                     : "+r"(rbx)
                     :
                     : "memory");
    return rbx;
#endif
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &a, NULL);
    for (int i = 0; i < 5; i++) {
        long result = run(1000 + i);
        printf("pc %d value %d result %ld\n", pc_right, value_right, result);
    }
    SHOW(faults);
}
