/* siglongjmp leaves handlers of faults and of timers, thousands of times, with the mask restored.
 */
#include "guest.h"
#include <setjmp.h>
#include <sys/time.h>

static sigjmp_buf back;
static volatile int depth;

static void handler(int number)
{
    siglongjmp(back, number);
}

__attribute__((noinline)) static int deep(int n)
{
    volatile char frame[200];
    frame[0] = (char)n;
    if (n == 0) {
        depth++;
        *(volatile int *)8 = 1;
    }
    return n ? deep(n - 1) + frame[0] : 0;
}

int main(void)
{
    static char stack[65536];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    for (volatile int flags = 0; flags <= SA_ONSTACK; flags += SA_ONSTACK) {
        struct sigaction a = {.sa_handler = handler, .sa_flags = flags};
        sigaction(SIGSEGV, &a, NULL);
        volatile int caught = 0;
        for (volatile int i = 0; i < 3000; i++) {
            if (sigsetjmp(back, 1) == 0)
                deep(i % 40);
            else
                caught++;
        }
        SHOW(caught);
    }
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    SHOW(sigismember(&now, SIGSEGV));
    struct sigaction a = {.sa_handler = handler};
    sigaction(SIGALRM, &a, NULL);
    volatile int alarms = 0;
    volatile unsigned long work = 0;
    while (alarms < 100) {
        if (sigsetjmp(back, 1)) {
            alarms++;
            continue;
        }
        struct itimerval t = {{0, 0}, {0, 500}};
        setitimer(ITIMER_REAL, &t, NULL);
        for (;;)
            work++;
    }
    SHOW(alarms);
    YES(work > 0);
    return 0;
}
