/* A stopped child is seen to stop, to go on, and a handler of SIGCONT runs. */
#include "guest.h"

static volatile int continued;

static void on_cont(int s)
{
    (void)s;
    continued++;
}

int main(void)
{
    int status;
    pid_t child = fork();
    if (!child) {
        signal(SIGCONT, on_cont);
        raise(SIGSTOP);
        guest_sleep_ms(200);
        _exit(continued == 1 ? 0 : 1);
    }
    MUST(waitpid(child, &status, WUNTRACED));
    guest_ended("child", status);
    kill(child, SIGCONT);
    MUST(waitpid(child, &status, WCONTINUED));
    guest_ended("child", status);
    guest_reap("child", child);
    child = fork();
    if (!child)
        for (;;)
            pause();
    kill(child, SIGTSTP);
    MUST(waitpid(child, &status, WUNTRACED));
    guest_ended("second", status);
    kill(child, SIGKILL);
    guest_reap("second", child);
}
