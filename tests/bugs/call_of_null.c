/*
 * A call through a null pointer ran forever where it was the first jump of a thread to that entry of its jump
 * table, which says 0 where it is empty.
 */
#include "guest.h"

#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

static sigjmp_buf again;

static void on_fault(int number, siginfo_t *info, void *context)
{
    (void)context;
    printf("signal %d at %p\n", number, info->si_addr);
    siglongjmp(again, 1);
}

int main(void)
{
    void (*volatile nothing)(void) = 0;
    struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &sa, NULL);
    alarm(20);
    for (int i = 0; i < 3; i++)
        if (!sigsetjmp(again, 1))
            nothing();
    return 0;
}
