/* sched_getaffinity, sched_setaffinity, getcpu, scheduling policies as the kernel grants them. */
#include "guest.h"
#include <sched.h>

int main(void)
{
    cpu_set_t all, one, now;
    TRY(sched_getaffinity(0, sizeof all, &all));
    YES(CPU_COUNT(&all) >= 1 && CPU_COUNT(&all) == sysconf(_SC_NPROCESSORS_ONLN));
    SHOW(syscall(SYS_sched_getaffinity, 0, sizeof all, &all) > 0);
    TRY(syscall(SYS_sched_getaffinity, 0, 1, &all));
    int first = 0;
    while (!CPU_ISSET(first, &all))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    TRY(sched_setaffinity(0, sizeof one, &one));
    MUST(sched_getaffinity(0, sizeof now, &now));
    YES(CPU_EQUAL(&one, &now));
    unsigned cpu = 999, node = 999;
    TRY(getcpu(&cpu, &node));
    YES(cpu == (unsigned)first);
    YES(sched_getcpu() == first);
    CPU_ZERO(&one);
    TRY(sched_setaffinity(0, sizeof one, &one));
    TRY(sched_setaffinity(99999999, sizeof all, &all));
    TRY(sched_setaffinity(0, sizeof all, &all));
    SHOW(sched_getscheduler(0));
    struct sched_param p = {.sched_priority = 0};
    TRY(sched_getparam(0, &p));
    TRY(sched_setscheduler(0, SCHED_BATCH, &p));
    SHOW(sched_getscheduler(0));
    SHOW(sched_get_priority_max(SCHED_FIFO));
    SHOW(sched_get_priority_min(SCHED_RR));
    TRY(sched_setscheduler(0, 77, &p));
    TRY(sched_yield());
    struct timespec t;
    TRY(sched_rr_get_interval(0, &t));
    return 0;
}
