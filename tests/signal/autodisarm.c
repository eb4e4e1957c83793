/* An alternate stack with SS_AUTODISARM is off while a handler runs on it and back afterwards. */
#include "guest.h"

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

static char first[65536], second[65536];
static volatile int depth;

static int where(const volatile void *p)
{
    const char *c = (const char *)p;
    return c >= first && c < first + sizeof first     ? 1
           : c >= second && c < second + sizeof second ? 2
                                                       : 0;
}

static void show(const char *when, const stack_t *s)
{
    printf("%s: flags %x, stack %d, size %zu\n", when, (unsigned)s->ss_flags,
           s->ss_sp ? where(s->ss_sp) : -1, s->ss_size);
}

static void handler(int signal, siginfo_t *info, void *context)
{
    volatile int here = 0;
    (void)signal, (void)info;
    stack_t s;
    const ucontext_t *uc = context;
    depth++;
    printf("handler %d on stack %d\n", depth, where(&here));
    show("saved in the frame", &uc->uc_stack);
    TRY(sigaltstack(NULL, &s));
    show("now", &s);
    if (depth == 1) {
        s = (stack_t){.ss_sp = second, .ss_size = sizeof second};
        TRY(sigaltstack(&s, NULL));
        raise(SIGUSR1);
        TRY(sigaltstack(NULL, &s));
        show("after the nested one", &s);
    }
}

static void round_with(unsigned flags)
{
    stack_t s = {.ss_sp = first, .ss_size = sizeof first, .ss_flags = (int)flags};
    depth = 0;
    TRY(sigaltstack(&s, NULL));
    raise(SIGUSR1);
    TRY(sigaltstack(NULL, &s));
    show("afterwards", &s);
    s = (stack_t){.ss_flags = SS_DISABLE};
    TRY(sigaltstack(&s, NULL));
}

int main(void)
{
    struct sigaction sa = {.sa_sigaction = handler,
                           .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigaction(SIGUSR1, &sa, NULL);
    round_with(0);
    round_with(SS_AUTODISARM);
    round_with(SS_ONSTACK);
    round_with(SS_ONSTACK | SS_AUTODISARM);
    stack_t s = {.ss_sp = first, .ss_size = 1024};
    TRY(sigaltstack(&s, NULL));
    s.ss_flags = 3;
    TRY(sigaltstack(&s, NULL));
    s.ss_flags = SS_DISABLE | (int)SS_AUTODISARM;
    TRY(sigaltstack(&s, NULL));
    TRY(sigaltstack(NULL, &s));
    show("disabled", &s);
    TRY(sigaltstack(BAD, NULL));
    TRY(sigaltstack(NULL, BAD));
}
