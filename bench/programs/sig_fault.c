/* A store to a protected page, whose handler unprotects it: what garbage collectors do. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>

#include "bench.h"

enum { PAGE = 4096 };

static uint64_t h;
static volatile char *page;

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    h = mix(h, (uint64_t)((volatile char *)info->si_addr - page));
    mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE);
}

int main(void)
{
    struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sigaction(SIGSEGV, &sa, NULL);
    for (int i = 0; i < 60000; i++) {
        page[i % PAGE] = (char)i;
        mprotect((void *)page, PAGE, PROT_READ);
    }
    return result(h);
}
