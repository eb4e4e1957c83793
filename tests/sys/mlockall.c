/* mlockall and munlockall: what is locked, what comes later, what they refuse. */
#include "guest.h"
#include <sys/resource.h>

static long locked_kib(void)
{
    char line[256];
    long n = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "VmLck: %ld", &n);
    if (f)
        fclose(f);
    return n;
}

int main(void)
{
    TRY(mlockall(0));
    TRY(mlockall(8));
    TRY(mlockall(MCL_ONFAULT));
    SHOW(locked_kib());
    TRY(mlockall(MCL_CURRENT));
    YES(locked_kib() > 100 && locked_kib() < 20000);
    void *p = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    long before = locked_kib();
    TRY(mlockall(MCL_FUTURE));
    p = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    YES(locked_kib() == before + 1024);
    munmap(p, 1 << 20);
    YES(locked_kib() == before);
    TRY(mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT));
    if (fork() == 0) {
        printf("in the child: %ld\n", locked_kib());
        mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        printf("and later: %ld\n", locked_kib());
        _exit(0);
    }
    wait(NULL);
    TRY(munlockall());
    SHOW(locked_kib());
    mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    SHOW(locked_kib());
    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
        return 0;
    struct rlimit r = {64 << 20, 64 << 20};
    if (setrlimit(RLIMIT_MEMLOCK, &r) == 0) {
        TRY(mlockall(MCL_CURRENT));
        TRY(munlockall());
    }
    r = (struct rlimit){16384, 16384};
    TRY(setrlimit(RLIMIT_MEMLOCK, &r));
    TRY(mlockall(MCL_CURRENT));
    TRY(mlockall(MCL_FUTURE));
    YES(mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
        errno == EAGAIN);
    TRY(munlockall());
    r = (struct rlimit){0, 0};
    TRY(setrlimit(RLIMIT_MEMLOCK, &r));
    TRY(mlockall(MCL_CURRENT));
    TRY(mlock(p, 4096));
}
