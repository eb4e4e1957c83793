/* At a fault the handler sees every register as the program left it, and what it changes stays
 * changed. */
#include "guest.h"
#include <ucontext.h>

extern char reg_fault[], reg_next[];
static bool seen_right = true;
static int faults;

#ifdef __riscv
/* a0 points to the values; x10 and the frame registers stay out of it. */
#define INTS(X)                                                                                    \
    X(5)                                                                                           \
    X(6) X(7) X(9) X(11) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23)   \
        X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
#define FLOATS(X)                                                                                  \
    X(0)                                                                                           \
    X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17)   \
        X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
#define LOAD(n)      "ld x" #n ", " #n "*8(a0)\n"
#define STORE(n)     "sd x" #n ", " #n "*8(a0)\n"
#define FLOAD(n)     "fld f" #n ", 256+" #n "*8(a0)\n"
#define FSTORE(n)    "fsd f" #n ", 256+" #n "*8(a0)\n"
#define PREPARE      ""
#define FAULT        "ld zero, 8(zero)\n"
#define INT(uc, n)   ((uc)->uc_mcontext.__gregs[n])
#define FLOAT(uc, n) ((uc)->uc_mcontext.__fpregs.__d.__f[n])
#define PC(uc)       INT(uc, REG_PC)
#define REG(n)       , "x" #n
#define FREG(n)      , "f" #n
#define ADDRESS      "a0"
#elif defined __aarch64__
/* x0 points to the values; x17 is the bad address; x18, x29, x30 stay out of it. Doubles only: the low halves of v0 to v31. */
#define INTS(X)                                                                                    \
    X(1)                                                                                           \
    X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(19)        \
        X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28)
#define FLOATS(X)                                                                                  \
    X(0)                                                                                           \
    X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17)   \
        X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
#define LOAD(n)      "ldr x" #n ", [x0, #" #n "*8]\n"
#define STORE(n)     "str x" #n ", [x0, #" #n "*8]\n"
#define FLOAD(n)     "ldr d" #n ", [x0, #256+" #n "*8]\n"
#define FSTORE(n)    "str d" #n ", [x0, #256+" #n "*8]\n"
#define PREPARE      "mov x17, #8\n"
#define FAULT        "ldr xzr, [x17]\n"
#define SCRATCH      "x17"
#define INT(uc, n)   ((uc)->uc_mcontext.regs[n])
#define FLOAT(uc, n) (*fpsimd_low(uc, n))
#define PC(uc)       ((uc)->uc_mcontext.pc)
#define REG(n)       , "x" #n
#define FREG(n)      , "v" #n
#define ADDRESS      "x0"
#else
#define INTS(X) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define FLOATS(X)                                                                                  \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define LOAD(n)      "mov " #n "*8(%%rax), %%r" #n "\n"
#define STORE(n)     "mov %%r" #n ", " #n "*8(%%rax)\n"
#define FLOAD(n)     "movsd 256+" #n "*8(%%rax), %%xmm" #n "\n"
#define FSTORE(n)    "movsd %%xmm" #n ", 256+" #n "*8(%%rax)\n"
#define PREPARE      ""
#define FAULT        "mov 8, %%rdx\n"
#define SCRATCH      "rdx"
#define INT(uc, n)   ((uc)->uc_mcontext.gregs[(n)-8])
#define FLOAT(uc, n) (*(uint64_t *)(uc)->uc_mcontext.fpregs->_xmm[n].element)
#define PC(uc)       ((uc)->uc_mcontext.gregs[REG_RIP])
#define REG(n)       , "r" #n
#define FREG(n)      , "xmm" #n
#define ADDRESS      "rax"
#endif

static uint64_t values[64];

#ifdef __aarch64__
/* The low half of a vector register in the frame. */
static uint64_t *fpsimd_low(ucontext_t *uc, int n)
{
    struct fpsimd_context *fp = (void *)uc->uc_mcontext.__reserved;
    seen_right &= fp->head.magic == FPSIMD_MAGIC;
    return (uint64_t *)&fp->vregs[n];
}
#endif

static uint64_t value(int n)
{
    return 0x0123456789abcdefu * (uint64_t)(n + 1) + (uint64_t)faults;
}

static void handler(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info;
    ucontext_t *uc = context;
#define SEE(n)                                                                                     \
    seen_right &= (uint64_t)INT(uc, n) == value(n);                                                \
    INT(uc, n) += 1000 + n;
#define FSEE(n)                                                                                    \
    seen_right &= FLOAT(uc, n) == value(32 + n);                                                   \
    FLOAT(uc, n) += 2000 + n;
    INTS(SEE)
    FLOATS(FSEE)
    seen_right &= (char *)PC(uc) == reg_fault;
    PC(uc) = (unsigned long)reg_next;
    for (volatile int i = 0; i < 64; i++)
        values[i] ^= (uint64_t)i << 40;
}

__attribute__((noinline)) static void run(void)
{
    register uint64_t *p __asm__(ADDRESS) = values;
    __asm__ volatile(INTS(LOAD) FLOATS(FLOAD) PREPARE ".globl reg_fault, reg_next\nreg_fault: " FAULT
                                              "reg_next:\n" INTS(STORE) FLOATS(FSTORE)
                     : "+r"(p)
                     :
                     : "memory" INTS(REG) FLOATS(FREG)
#ifdef SCRATCH
                           ,
                       SCRATCH
#endif
    );
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &a, NULL);
    bool changed_right = true;
    for (faults = 0; faults < 5; faults++) {
        for (int i = 0; i < 64; i++)
            values[i] = value(i);
        run();
#define CHANGED(n)  changed_right &= values[n] == value(n) + 1000 + n;
#define FCHANGED(n) changed_right &= values[32 + n] == value(32 + n) + 2000 + n;
        INTS(CHANGED)
        FLOATS(FCHANGED)
    }
    YES(seen_right);
    YES(changed_right);
    return 0;
}
