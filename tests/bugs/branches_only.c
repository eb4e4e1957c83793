/*
 * A loop that consists of conditional branches only: whoever follows both ways of each in search of
 * what becomes of the flags must give up.
 */
#include "guest.h"

int main(void)
{
    long sum = 0;
    for (volatile int i = 0; i < 3; i++) {
#ifdef __aarch64__
        long x = 1, y = i;
        __asm__ volatile("    cmp %1, #1\n"
                         "    b.eq 2f\n"
                         "1:  cbz %0, 1b\n"
                         "    tbz %0, #0, 1b\n"
                         "    cbz %0, 1b\n"
                         "2:  cset %0, eq\n"
                         : "+r"(x)
                         : "r"(y)
                         : "cc");
        sum += x;
#else
        sum += i == 1;
#endif
    }
    SHOW(sum);
    return 0;
}
