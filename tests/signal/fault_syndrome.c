/*
 * What an AArch64 frame tells of a memory fault beside siginfo: the address in the sigcontext and the
 * syndrome in a record of its own, with the direction of the access; and no such record after a
 * signal that was sent. Elsewhere the answers that it must give stand beside the questions.
 */
#include "guest.h"
#include <ucontext.h>

#ifdef __aarch64__
static const char *said;

static struct _aarch64_ctx *find(ucontext_t *uc, unsigned magic)
{
    struct _aarch64_ctx *c = (void *)uc->uc_mcontext.__reserved;
    while (c->magic && c->magic != magic)
        c = (void *)((char *)c + c->size);
    return c->magic ? c : NULL;
}

static void handler(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    struct esr_context *esr = (void *)find(uc, ESR_MAGIC);
    if (!find(uc, FPSIMD_MAGIC))
        said = "no vector registers";
    else if (number == SIGUSR1)
        said = esr ? "a syndrome" : "no syndrome";
    else if (!esr || esr->esr >> 26 != 0x24)
        said = "no data abort";
    else if (uc->uc_mcontext.fault_address != (uintptr_t)info->si_addr)
        said = "another address";
    else
        said = esr->esr & 0x40 ? "store" : "load";
    if (number != SIGUSR1)
        uc->uc_mcontext.pc += 4;
}
#define SAY(text, statement, wanted) statement, printf("%s: %s\n", text, said)
#else
#define SAY(text, statement, wanted) printf("%s: %s\n", text, wanted)
#endif

int main(void)
{
#ifdef __aarch64__
    struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    volatile int *nowhere = (volatile int *)16;
    char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sigaction(SIGSEGV, &a, NULL);
    sigaction(SIGUSR1, &a, NULL);
#endif
    SAY("load", (void)*nowhere, "load");
    SAY("store", *nowhere = 1, "store");
    SAY("store to a page to read", *(volatile char *)page = 1, "store");
    SAY("sent", raise(SIGUSR1), "no syndrome");
    return 0;
}
