/* getrusage and wait4's rusage: times that grow, children apart from self. */
#include "guest.h"
#include <sys/resource.h>

static int64_t used(const struct rusage *r)
{
    return (r->ru_utime.tv_sec + r->ru_stime.tv_sec) * 1000000ll + r->ru_utime.tv_usec +
           r->ru_stime.tv_usec;
}

static char big[8 << 20];

int main(void)
{
    struct rusage before, after, child;
    TRY(getrusage(RUSAGE_CHILDREN, &before));
    SHOW(used(&before));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        /* The kernel counts pages by processor and reports 0 for a child that has touched few. */
        memset(big, 1, sizeof big);
        struct timespec t;
        do
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        while (t.tv_nsec < 40000000 && t.tv_sec == 0);
        _exit(3);
    }
    int status;
    YES(wait4(pid, &status, 0, &child) == pid);
    guest_ended("child", status);
    YES(used(&child) >= 30000 && used(&child) < 10000000);
    YES(child.ru_maxrss >= (long)sizeof big / 2048);
    TRY(getrusage(RUSAGE_CHILDREN, &after));
    YES(used(&after) >= 30000);
    TRY(getrusage(RUSAGE_SELF, &after));
    YES(after.ru_minflt > 0);
    TRY(getrusage(RUSAGE_THREAD, &after));
    TRY(getrusage(77, &after));
    TRY(getrusage(RUSAGE_SELF, BAD));
    TRY(wait4(pid, &status, 0, &child));
    return 0;
}
