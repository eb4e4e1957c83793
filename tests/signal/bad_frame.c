/*
 * A frame that sigreturn cannot take ends in SIGSEGV: on arm64 at the stack pointer, with SEGV_ACCERR, and
 * also for a processor state that no program may have; elsewhere from the kernel, without an address.
 */
#include <setjmp.h>
#include <ucontext.h>

#include "guest.h"

static sigjmp_buf out;
static volatile int code;
static volatile uintptr_t address, frame;
static volatile int what;

static void on_segv(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    code = info->si_code;
    address = (uintptr_t)info->si_addr;
    siglongjmp(out, 1);
}

#ifdef __aarch64__
enum { WAYS = 4 };
static void spoil(siginfo_t *info, ucontext_t *uc)
{
    uint32_t *record = (uint32_t *)uc->uc_mcontext.__reserved;
    frame = what < 2 ? (uintptr_t)info : uc->uc_mcontext.sp;
    switch (what) {
    case 0: record[0] = 0x12345678; break; /* a record that nobody knows */
    case 1: record[1] = 8; break;          /* one that is too small */
    case 2: uc->uc_mcontext.pstate |= 5; break;
    case 3: uc->uc_mcontext.pstate |= 0x80; break;
    }
}
static int as_it_should(void)
{
    return code == SEGV_ACCERR && (address == frame || what >= 2);
}
#elif defined(__riscv)
enum { WAYS = 4 };
static void spoil(siginfo_t *info, ucontext_t *uc)
{
    (void)info;
    /* Behind the registers of floating point: a reserved word, a record's magic and size. */
    uc->uc_mcontext.__fpregs.__q.__glibc_reserved[what % 3] = 7;
}
static int as_it_should(void)
{
    return code == SI_KERNEL && address == 0;
}
#else
enum { WAYS = 4 };
static void spoil(siginfo_t *info, ucontext_t *uc)
{
    (void)info, (void)uc;
    code = SI_KERNEL;
    siglongjmp(out, 1);
}
static int as_it_should(void)
{
    return code == SI_KERNEL && address == 0;
}
#endif

static void on_usr1(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    spoil(info, context);
}

int main(void)
{
    struct sigaction sa = {.sa_sigaction = on_segv, .sa_flags = SA_SIGINFO};
    MUST(sigaction(SIGSEGV, &sa, NULL));
    sa.sa_sigaction = on_usr1;
    MUST(sigaction(SIGUSR1, &sa, NULL));
    for (what = 0; what < WAYS; what++) {
        code = 0;
        address = 0;
        if (!sigsetjmp(out, 1))
            raise(SIGUSR1);
        printf("way %d: %s\n", what, as_it_should() ? "as it should" : "not so");
    }
    return 0;
}
