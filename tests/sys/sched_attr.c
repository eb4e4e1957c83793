/* Scheduling: policies, parameters, attributes, priorities, affinity sizes, I/O priorities. */
#include "guest.h"
#include <sched.h>
#include <sys/resource.h>

struct attr {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
    uint32_t util_min, util_max;
};

int main(void)
{
    struct attr a = {0};
    struct sched_param p = {0};
    unsigned long mask[128] = {0};
    struct timespec t;
    VALUE(sched_getscheduler(0));
    TRY(sched_getparam(0, &p));
    TRY(sched_getparam(0, NULL));
    TRY(sched_getparam(-1, &p));
    TRY(sched_getparam(999999999, &p));
    TRY(sched_setscheduler(0, SCHED_BATCH, &p));
    VALUE(sched_getscheduler(0));
    p.sched_priority = 1;
    TRY(sched_setscheduler(0, SCHED_OTHER, &p));
    TRY(sched_setscheduler(0, 1000, &p));
    TRY(sched_setscheduler(0, SCHED_OTHER, BAD));
    p.sched_priority = 0;
    TRY(sched_setscheduler(0, SCHED_OTHER, &p));
    TRY(sched_setparam(0, &p));
    TRY(sched_setparam(0, BAD));
    VALUE(sched_get_priority_max(SCHED_FIFO));
    VALUE(sched_get_priority_min(1000));
    YES(sched_rr_get_interval(0, &t) == 0);
    TRY(sched_rr_get_interval(0, BAD));

    TRY(syscall(SYS_sched_getattr, 0, &a, sizeof a, 0));
    SHOW(a.policy);
    SHOW(a.size <= sizeof a);
    TRY(syscall(SYS_sched_getattr, 0, &a, 4, 0));
    TRY(syscall(SYS_sched_getattr, 0, BAD, sizeof a, 0));
    TRY(syscall(SYS_sched_getattr, 0, &a, sizeof a, 1));
    a = (struct attr){.size = 48, .policy = SCHED_BATCH, .nice = 3};
    TRY(syscall(SYS_sched_setattr, 0, &a, 0));
    SHOW(getpriority(PRIO_PROCESS, 0));
    a.size = 3;
    TRY(syscall(SYS_sched_setattr, 0, &a, 0));
    TRY(syscall(SYS_sched_setattr, 0, BAD, 0));
    a = (struct attr){.size = 48, .policy = 6, .runtime = 10, .deadline = 5, .period = 3};
    TRY(syscall(SYS_sched_setattr, 0, &a, 0));
    TRY(setpriority(PRIO_PROCESS, 0, 5));
    SHOW(syscall(SYS_getpriority, PRIO_PROCESS, 0));
    TRY(setpriority(1000, 0, 5));
    TRY(getpriority(PRIO_PROCESS, 999999999));

    long n = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    YES(n > 0 && n % 8 == 0);
    TRY(syscall(SYS_sched_getaffinity, 0, 7, mask));
    TRY(syscall(SYS_sched_getaffinity, 0, 0, mask));
    TRY(syscall(SYS_sched_setaffinity, 0, n, mask));
    memset(mask, 0, sizeof mask);
    TRY(syscall(SYS_sched_setaffinity, 0, n, mask));
    TRY(syscall(SYS_sched_setaffinity, 0, n, BAD));

    VALUE(syscall(SYS_ioprio_get, 1, 0));
    TRY(syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 5));
    VALUE(syscall(SYS_ioprio_get, 1, 0));
    TRY(syscall(SYS_ioprio_set, 1, 0, 7 << 13));
    TRY(syscall(SYS_ioprio_get, 1000, 0));
    return 0;
}
