/* While a handler runs its own signal and sa_mask are blocked; with SA_NODEFER its own is not. */
#include "guest.h"

static volatile int depth, deepest, raised;

static void on_signal(int s)
{
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    if (++depth > deepest)
        deepest = depth;
    if (!raised++) {
        printf("in %s: itself %d, USR2 %d, TERM %d\n", guest_signal_name(s), sigismember(&now, s),
               sigismember(&now, SIGUSR2), sigismember(&now, SIGTERM));
        raise(s);
        printf("raised again at depth %d\n", depth);
    }
    depth--;
}

int main(void)
{
    struct sigaction a = {.sa_handler = on_signal};
    sigaddset(&a.sa_mask, SIGUSR2);
    MUST(sigaction(SIGUSR1, &a, NULL));
    raise(SIGUSR1);
    SHOW(deepest);
    deepest = raised = 0;
    a.sa_flags = SA_NODEFER;
    MUST(sigaction(SIGUSR1, &a, NULL));
    raise(SIGUSR1);
    SHOW(deepest);
    sigset_t after;
    sigprocmask(SIG_BLOCK, NULL, &after);
    YES(sigismember(&after, SIGUSR1));
    YES(sigismember(&after, SIGUSR2));
}
