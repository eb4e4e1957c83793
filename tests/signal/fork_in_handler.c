/* A handler may fork; the child returns from it into its own copy of the interrupted program. */
#include "guest.h"

static volatile int forked;
static volatile pid_t pid;

static void handler(int number)
{
    (void)number;
    pid = fork();
    forked++;
}

int main(void)
{
    static char stack[65536];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    for (int flags = 0; flags <= SA_ONSTACK; flags += SA_ONSTACK) {
        struct sigaction a = {.sa_handler = handler, .sa_flags = flags};
        sigaction(SIGUSR1, &a, NULL);
        for (int i = 0; i < 5; i++) {
            int before = forked * 10;
            raise(SIGUSR1);
            if (pid == 0) {
                sigset_t set;
                sigprocmask(SIG_BLOCK, NULL, &set);
                _exit(before + sigismember(&set, SIGUSR1));
            }
            guest_reap("child", pid);
        }
    }
    SHOW(forked);
    return 0;
}
