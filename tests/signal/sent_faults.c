/* SIGSEGV and its like, sent by kill: handled, with the sender's code; ignored; blocked. */
#include "guest.h"

static volatile int code;

static void on_signal(int s, siginfo_t *info, void *context)
{
    (void)context;
    code = info->si_code;
    printf("%s code %d from me %d\n", guest_signal_name(s), code, info->si_pid == getpid());
}

int main(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
    for (size_t i = 0; i < COUNT(signals); i++) {
        struct sigaction a = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
        sigset_t set, pending;
        sigaction(signals[i], &a, NULL);
        kill(getpid(), signals[i]);
        raise(signals[i]);
        signal(signals[i], SIG_IGN);
        kill(getpid(), signals[i]);
        puts("ignored");
        sigaction(signals[i], &a, NULL);
        sigemptyset(&set);
        sigaddset(&set, signals[i]);
        sigprocmask(SIG_BLOCK, &set, NULL);
        kill(getpid(), signals[i]);
        sigpending(&pending);
        printf("pending %d\n", sigismember(&pending, signals[i]));
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        pid_t child = fork();
        if (!child) {
            signal(signals[i], SIG_DFL);
            kill(getpid(), signals[i]);
            _exit(0);
        }
        guest_reap("default", child);
    }
}
