/* SA_RESETHAND: the action is the default one from the first delivery on. */
#include "guest.h"

static void on_signal(int s)
{
    printf("handled %s\n", guest_signal_name(s));
}

int main(void)
{
    struct sigaction a = {.sa_handler = on_signal, .sa_flags = SA_RESETHAND}, now;
    MUST(sigaction(SIGUSR1, &a, NULL));
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &now);
    YES(now.sa_handler == SIG_DFL);
    pid_t child = fork();
    if (!child) {
        raise(SIGUSR1);
        _exit(0);
    }
    guest_reap("child", child);
    MUST(sigaction(SIGSEGV, &a, NULL));
    child = fork();
    if (!child) {
        raise(SIGSEGV);
        raise(SIGSEGV);
        _exit(0);
    }
    guest_reap("second child", child);
}
