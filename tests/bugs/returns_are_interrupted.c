/*
 * A loop whose only way back is a return to somewhere else than its call (as a switch of coroutines
 * is) was never interrupted by a signal.
 */
#include "guest.h"

#include <sys/time.h>

static volatile sig_atomic_t done;

static void on_alarm(int signal)
{
    (void)signal;
    puts("interrupted");
    exit(0);
}

int main(void)
{
    struct itimerval soon = {{0, 0}, {0, 100000}};
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &soon, NULL);
#if defined __riscv
    __asm__ volatile("1:\n"
                     "    la t1, 1b\n"
                     "    jal ra, 2f\n"
                     "    ebreak\n"
                     "2:  mv ra, t1\n"
                     "    ret\n" ::: "ra", "t1", "memory");
#elif defined __aarch64__
    __asm__ volatile("1:\n"
                     "    adr x9, 1b\n"
                     "    bl 2f\n"
                     "    brk #0\n"
                     "2:  mov x30, x9\n"
                     "    ret\n" ::: "x30", "x9", "memory");
#else
    while (!done)
        ;
#endif
    return 1;
}
