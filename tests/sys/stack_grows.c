/*
 * The main stack comes as it is touched, up to RLIMIT_STACK as it is at that moment, also under the
 * kernel's hands; beyond it is SIGSEGV with the address.
 */
#include "guest.h"
#include <sys/resource.h>

static char *top;
static long limit;

static long mapped(void) /* KiB that /proc/self/maps gives the stack */
{
    char line[512];
    unsigned long start, end;
    FILE *f = fopen("/proc/self/maps", "r");
    long size = 0;
    while (f && fgets(line, sizeof line, f))
        if (strstr(line, "[stack]") && sscanf(line, "%lx-%lx", &start, &end) == 2)
            size = (long)(end - start) / 1024;
    if (f)
        fclose(f);
    return size;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    long used = top - (char *)info->si_addr;
    guest_say(info->si_code == SEGV_MAPERR ? "SEGV_MAPERR" : "another code");
    guest_say(used > limit - 65536 && used < limit + 65536 ? "at the limit" : "not at the limit");
    _exit(0);
}

__attribute__((noinline)) static int deeper(int n)
{
    volatile char frame[2048];
    frame[0] = (char)n;
    return n ? deeper(n - 1) + frame[0] : 0;
}

static void overflow(const char *what, long kib)
{
    guest_say(what);
    if (fork() == 0) {
        struct rlimit r;
        getrlimit(RLIMIT_STACK, &r);
        r.rlim_cur = (rlim_t)(limit = kib * 1024);
        MUST(setrlimit(RLIMIT_STACK, &r));
        deeper(1 << 30);
        _exit(1);
    }
    wait(NULL);
}

int main(void)
{
    char here;
    struct rlimit r = {8 << 20, RLIM_INFINITY};
    top = &here;
    MUST(getrlimit(RLIMIT_STACK, &r));
    if (r.rlim_cur > 64 << 20)
        return 0; /* another layout */
    stack_t ss = {.ss_sp = malloc(65536), .ss_size = 65536};
    MUST(sigaltstack(&ss, NULL));
    struct sigaction a = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    MUST(sigaction(SIGSEGV, &a, NULL));
    YES(mapped() < 400);
    deeper(1000);
    YES(mapped() >= 2000 && mapped() < 3000);
    int fd = (int)MUST(open("/dev/zero", O_RDONLY));
    YES(read(fd, &here - (4 << 20), 100) == 100); /* the kernel grows it, too */
    YES(mapped() >= 4000 && mapped() < 5000);
    /* What has grown can be protected, and is no place for others. */
    char *page = (char *)((uintptr_t)(&here - (4 << 20)) & -4096L);
    TRY(mprotect(page, 4096, PROT_READ));
    TRY(mprotect(page, 4096, PROT_READ | PROT_WRITE));
    void *p = mmap(page, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    YES(p == MAP_FAILED && errno == EEXIST);
    overflow("8 MiB", 8192);
    overflow("5 MiB", 5120);
    overflow("20 MiB", 20480);
}
