/* RLIMIT_AS and RLIMIT_DATA: what counts, and what is refused. */
#include "guest.h"
#include <sys/resource.h>

#define MiB ((size_t)1 << 20)

static char *take(size_t mib, int prot, int flags)
{
    char *p = mmap(NULL, mib * MiB, prot, flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    printf("%s%s %s %zu MiB: %s\n", prot & PROT_READ ? "r" : "-", prot & PROT_WRITE ? "w" : "-",
           flags & MAP_SHARED ? "shared" : "private", mib,
           p == MAP_FAILED ? guest_error_name(errno) : "ok");
    return p;
}

static void limit(int what, rlim_t mib)
{
    struct rlimit r = {mib * MiB, RLIM_INFINITY};
    MUST(setrlimit(what, &r));
    MUST(getrlimit(what, &r));
    printf("limit %d: %ld MiB\n", what == RLIMIT_AS, (long)(r.rlim_cur / MiB));
}

int main(void)
{
    const int rw = PROT_READ | PROT_WRITE;
    limit(RLIMIT_DATA, 64);
    take(100, PROT_NONE, MAP_PRIVATE);
    take(100, rw, MAP_SHARED);
    char *p = take(100, PROT_READ, MAP_PRIVATE);
    TRY(mprotect(p, 50 * MiB, rw));
    TRY(mprotect(p, 100 * MiB, rw));
    take(30, rw, MAP_PRIVATE);
    char *q = take(5, rw, MAP_PRIVATE);
    YES(sbrk(30 * MiB) == (void *)-1 && errno == ENOMEM);
    munmap(p, 100 * MiB);
    YES(sbrk(30 * MiB) != (void *)-1);
    YES(mmap(q, 5 * MiB, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == q);
    limit(RLIMIT_DATA, 10000);
    limit(RLIMIT_AS, 1000);
    take(1000, PROT_NONE, MAP_PRIVATE);
    p = take(500, PROT_NONE, MAP_PRIVATE);
    take(400, PROT_NONE, MAP_PRIVATE);
    YES(mremap(p, 500 * MiB, 900 * MiB, MREMAP_MAYMOVE) == MAP_FAILED && errno == ENOMEM);
    YES(mmap(p, 500 * MiB, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) ==
        p);
    YES(malloc(900 * MiB) == NULL);
    if (fork() == 0) {
        take(400, PROT_NONE, MAP_PRIVATE); /* inherited */
        _exit(0);
    }
    wait(NULL);
    munmap(p, 500 * MiB);
    take(400, PROT_NONE, MAP_PRIVATE);
}
