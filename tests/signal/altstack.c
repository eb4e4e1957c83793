/* SA_ONSTACK handlers run on the alternate stack, nested ones too; ss_flags say so; disarm works.
 */
#include "guest.h"

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

static char stack[65536];

static bool on_stack(const void *p)
{
    return (const char *)p >= stack && (const char *)p < stack + sizeof stack;
}

static void inner(int s)
{
    (void)s;
    char here;
    printf("inner on alternate stack: %d\n", on_stack(&here));
}

static void outer(int s)
{
    (void)s;
    char here;
    stack_t now;
    sigaltstack(NULL, &now);
    printf("outer on alternate stack: %d, flags %s\n", on_stack(&here),
           now.ss_flags & SS_ONSTACK   ? "ONSTACK"
           : now.ss_flags & SS_DISABLE ? "DISABLE"
                                       : "none");
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack / 2};
    TRY(sigaltstack(&other, NULL));
    raise(SIGUSR2);
}

int main(void)
{
    stack_t none, s = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(NULL, &none);
    YES(none.ss_flags == SS_DISABLE);
    stack_t small = {.ss_sp = stack, .ss_size = 100};
    TRY(sigaltstack(&small, NULL));
    stack_t wrong = {.ss_sp = stack, .ss_size = sizeof stack, .ss_flags = 77};
    TRY(sigaltstack(&wrong, NULL));
    TRY(sigaltstack(&s, NULL));
    struct sigaction a = {.sa_handler = outer, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR1, &a, NULL);
    a.sa_handler = inner;
    sigaction(SIGUSR2, &a, NULL);
    raise(SIGUSR1);
    a.sa_flags = 0;
    sigaction(SIGUSR2, &a, NULL);
    raise(SIGUSR2);
    s.ss_flags = SS_AUTODISARM;
    TRY(sigaltstack(&s, NULL));
    puts("autodisarm:");
    a.sa_handler = outer;
    a.sa_flags = SA_ONSTACK;
    sigaction(SIGUSR1, &a, NULL);
    raise(SIGUSR1);
    sigaltstack(NULL, &none);
    YES(none.ss_size == sizeof stack);
    s.ss_flags = SS_DISABLE;
    TRY(sigaltstack(&s, NULL));
    raise(SIGUSR1);
}
