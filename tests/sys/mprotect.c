/*
 * mprotect takes effect at once, page by page, and faults carry SEGV_ACCERR and the exact address.
 */
#include "guest.h"
#include <setjmp.h>

static sigjmp_buf back;
static siginfo_t seen;

static void handler(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    seen = *info;
    siglongjmp(back, 1);
}

static void touch(const char *what, volatile char *p, bool write)
{
    if (sigsetjmp(back, 1) == 0) {
        if (write)
            *p = 1;
        else
            (void)*p;
        printf("%s: allowed\n", what);
    } else {
        printf("%s: %s, address %s\n", what,
               seen.si_code == SEGV_ACCERR ? "ACCERR" : seen.si_code == SEGV_MAPERR ? "MAPERR" : "?",
               seen.si_addr == p ? "right" : "wrong");
    }
}

int main(void)
{
    struct sigaction act = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &act, NULL);
    size_t page = 4096;
    char *p = mmap(NULL, 6 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    TRY(mprotect(p + page, page, PROT_READ));
    TRY(mprotect(p + 2 * page, page, PROT_NONE));
    touch("write rw", p, true);
    touch("read r", p + page, false);
    touch("write r", p + page + 17, true);
    touch("read none", p + 2 * page + 5, false);
    touch("write none", p + 2 * page + 4095, true);
    touch("next page", p + 3 * page, true);
    TRY(mprotect(p + page, 2 * page, PROT_READ | PROT_WRITE));
    touch("write again", p + page + 17, true);
    MUST(munmap(p + 4 * page, page));
    touch("read unmapped", p + 4 * page + 9, false);
    TRY(mprotect(p + 3 * page, 3 * page, PROT_READ));
    touch("before the hole", p + 3 * page, true);
    touch("after the hole", p + 5 * page, true);
    TRY(mprotect(p + 1, page, PROT_READ));
    TRY(mprotect(p, 0, PROT_READ));
    TRY(mprotect(p, page, 0x100));
    guest_file("file", "text");
    int fd = (int)MUST(open("file", O_RDONLY));
    char *f = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
    TRY(mprotect(f, page, PROT_READ | PROT_WRITE));
    return 0;
}
