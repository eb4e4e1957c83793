/* Over execve, ignored signals stay ignored, handled ones become default, the mask stays. */
#include "guest.h"

static void on_signal(int s)
{
    (void)s;
}

int main(int argc, char **argv)
{
    static const int signals[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGSEGV, SIGBUS, SIGCHLD, SIGPIPE, 40};
    if (argc > 1) {
        sigset_t mask;
        sigprocmask(SIG_BLOCK, NULL, &mask);
        for (size_t i = 0; i < COUNT(signals); i++) {
            struct sigaction a;
            sigaction(signals[i], NULL, &a);
            printf("%s: %s, blocked %d\n", guest_signal_name(signals[i]),
                   a.sa_handler == SIG_IGN   ? "ignored"
                   : a.sa_handler == SIG_DFL ? "default"
                                             : "?",
                   sigismember(&mask, signals[i]));
        }
        return 0;
    }
    signal(SIGUSR1, on_signal);
    signal(SIGUSR2, SIG_IGN);
    signal(SIGSEGV, SIG_IGN);
    signal(SIGBUS, on_signal);
    signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGSEGV);
    sigaddset(&set, 40);
    sigprocmask(SIG_BLOCK, &set, NULL);
    char *const again[] = {argv[0], "again", NULL};
    execv(argv[0], again);
    puts("exec failed");
}
