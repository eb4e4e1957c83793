/*
 * What the vDSO functions that most guests have do: the host's own, so that they do not enter the
 * kernel either.
 */
#ifndef FERRY_LINUX_USER_VDSO_CALL_H
#define FERRY_LINUX_USER_VDSO_CALL_H

#include "linux-user/task.h"

/* The immediate of the guest's host-call instruction; guests add their own from VDSO_CALL_OWN on. */
enum vdso_call {
    VDSO_CLOCK_GETTIME,
    VDSO_GETTIMEOFDAY,
    VDSO_CLOCK_GETRES,
    VDSO_GETCPU,
    VDSO_CALL_OWN,
};

/* Serves one with the guest's arguments: the function's result, or -ENOSYS. */
int64_t vdso_call(struct task *t, enum vdso_call function, const uint64_t args[6]);

#endif
