/* SIGCHLD says who and how; SA_NOCLDWAIT leaves no zombie. */
#include "guest.h"

static volatile int seen, code, status;
static volatile pid_t who;

static void on_child(int s, siginfo_t *info, void *context)
{
    (void)s, (void)context;
    seen++;
    code = info->si_code;
    status = info->si_status;
    who = info->si_pid;
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO};
    sigaction(SIGCHLD, &a, NULL);
    sigset_t block, none;
    sigemptyset(&none);
    sigemptyset(&block);
    sigaddset(&block, SIGCHLD);
    sigprocmask(SIG_BLOCK, &block, NULL);
    for (int i = 0; i < 2; i++) {
        pid_t child = fork();
        if (!child) {
            if (i)
                raise(SIGTERM);
            _exit(33);
        }
        sigsuspend(&none);
        printf("seen %d code %d status %d right child %d\n", seen, code, status, who == child);
        guest_reap("child", child);
    }
    a.sa_handler = SIG_DFL;
    a.sa_flags = SA_NOCLDWAIT;
    sigaction(SIGCHLD, &a, NULL);
    pid_t child = fork();
    if (!child)
        _exit(0);
    TRY(waitpid(child, NULL, 0));
}
