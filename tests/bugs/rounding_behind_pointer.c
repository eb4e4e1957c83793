/*
 * After frm changed to "ties away" and back, computed jumps and returns went on in code that had
 * been translated for the other rounding mode. (A mode that only RISC-V has; elsewhere its results
 * are told.)
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { NEAREST_EVEN = 0, TIES_AWAY = 4 };

static int mode;

__attribute__((noinline)) static void set_mode(int frm)
{
    mode = frm;
#ifdef __riscv
    __asm__ volatile("fsrm %0" : : "r"(frm));
#endif
}

/* 1 + 2^-53 lies half way between two numbers. */
__attribute__((noinline)) static double half_way(void)
{
#ifdef __riscv
    double sum, one = 1, tiny = 0x1p-53;
    __asm__ volatile("fadd.d %0, %1, %2, dyn" : "=f"(sum) : "f"(one), "f"(tiny));
    return sum;
#else
    return mode == TIES_AWAY ? 1 + 0x1p-52 : 1;
#endif
}

static double (*volatile pointer)(void) = half_way;

/* The mode changes in a function called, so that the return is to code for another mode. */
__attribute__((noinline)) static double changed_by_call(int frm)
{
    double before = half_way();
    set_mode(frm);
#ifdef __riscv
    double sum, one = 1, tiny = 0x1p-53;
    __asm__ volatile("fadd.d %0, %1, %2, dyn" : "=f"(sum) : "f"(one), "f"(tiny));
#else
    double sum = half_way();
#endif
    return sum - before;
}

static void print(const char *what, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    printf("%s %016llx\n", what, (unsigned long long)bits);
}

int main(void)
{
    for (int i = 0; i < 4; i++) {
        int frm = i & 1 ? TIES_AWAY : NEAREST_EVEN;
        set_mode(frm);
        print("pointer", pointer());
        double there = changed_by_call(frm ^ TIES_AWAY);
        set_mode(NEAREST_EVEN);
        print("call", there);
    }
    return 0;
}
