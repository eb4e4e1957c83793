/*
 * A signal sent to a child the moment it exists is not lost, and be it one that faults raise too; with a
 * handler that it inherited and without.
 */
#include "guest.h"

static void on_signal(int signal)
{
    _exit(signal);
}

static int ends_by_it(int signal, bool handled)
{
    int right = 0;
    for (int i = 0; i < 60; i++) {
        pid_t child = (pid_t)MUST(fork());
        if (child == 0) {
            alarm(20);
            for (;;)
                pause();
        }
        kill(child, signal);
        int status;
        waitpid(child, &status, 0);
        right += handled ? WIFEXITED(status) && WEXITSTATUS(status) == signal
                         : WIFSIGNALED(status) && WTERMSIG(status) == signal;
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
            break;
    }
    return right;
}

int main(void)
{
    const int signals[] = {SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGTERM};
    for (size_t i = 0; i < COUNT(signals); i++) {
        int s = signals[i];
        printf("%s: %d of 60", guest_signal_name(s), ends_by_it(s, false));
        signal(s, on_signal);
        printf(", with a handler %d\n", ends_by_it(s, true));
    }
    return 0;
}
