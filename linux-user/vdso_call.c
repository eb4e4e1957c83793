/* The vDSO functions that guests share. See vdso_call.h. */
#include "linux-user/vdso_call.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t result_of(int r)
{
    return r ? -errno : 0;
}

static int64_t clock_call(struct task *t, const uint64_t a[6],
                          int (*call)(clockid_t, struct timespec *))
{
    struct timespec ts;
    int64_t r = result_of(call((clockid_t)a[0], &ts));
    if (r == 0 && a[1])
        r = copy_out(t, a[1], &ts, sizeof ts);
    return r;
}

static int64_t call_gettimeofday(struct task *t, const uint64_t a[6])
{
    struct timeval tv;
    struct timezone tz;
    int64_t r = result_of(gettimeofday(&tv, NULL));
    if (r == 0 && a[0])
        r = copy_out(t, a[0], &tv, sizeof tv);
    if (r == 0 && a[1]) {
        memset(&tz, 0, sizeof tz);
        r = copy_out(t, a[1], &tz, sizeof tz);
    }
    return r;
}

static int64_t call_getcpu(struct task *t, const uint64_t a[6])
{
    unsigned cpu, node;
    int64_t r = result_of(getcpu(&cpu, &node));
    if (r == 0 && a[0])
        r = copy_out(t, a[0], &cpu, sizeof cpu);
    if (r == 0 && a[1])
        r = copy_out(t, a[1], &node, sizeof node);
    return r;
}

int64_t vdso_call(struct task *t, enum vdso_call function, const uint64_t args[6])
{
    switch (function) {
    case VDSO_CLOCK_GETTIME: return clock_call(t, args, clock_gettime);
    case VDSO_GETTIMEOFDAY: return call_gettimeofday(t, args);
    case VDSO_CLOCK_GETRES: return clock_call(t, args, clock_getres);
    case VDSO_GETCPU: return call_getcpu(t, args);
    default: return -ENOSYS;
    }
}
