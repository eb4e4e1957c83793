/* The mask in the context is what returning from the handler puts in place; it shows the
 * interrupted one. */
#include "guest.h"
#include <ucontext.h>

static void handler(int number, siginfo_t *info, void *context)
{
    (void)number, (void)info;
    ucontext_t *uc = context;
    guest_say(sigismember(&uc->uc_sigmask, SIGHUP) ? "HUP was blocked" : "HUP was open");
    guest_say(sigismember(&uc->uc_sigmask, SIGUSR1) ? "USR1 was blocked" : "USR1 was open");
    sigaddset(&uc->uc_sigmask, SIGUSR2);
    sigaddset(&uc->uc_sigmask, SIGKILL);
    sigdelset(&uc->uc_sigmask, SIGHUP);
}

static void hup(int number)
{
    (void)number;
    guest_say("HUP delivered");
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &a, NULL);
    signal(SIGHUP, hup);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGHUP);
    raise(SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &set);
    printf("%d %d %d %d\n", sigismember(&set, SIGHUP), sigismember(&set, SIGUSR1),
           sigismember(&set, SIGUSR2), sigismember(&set, SIGKILL));
    return 0;
}
