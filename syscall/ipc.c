/*
 * System V semaphores: semctl, whose fourth argument is a number, an array or a structure by
 * command. Message queues and shared memory have the same structures on all 64-bit hosts and
 * guests.
 */
#include <errno.h>
#include <sys/sem.h>

#include "syscall/host_number.h"
#include "syscall/table.h"

#ifndef SEM_STAT_ANY
#define SEM_STAT_ANY 20
#endif

int64_t sys_semctl(struct task *task, const uint64_t args[6])
{
    struct semid_ds ds;
    const uint64_t host = (uint64_t)(uintptr_t)&ds;
    int64_t result;
    switch ((int)args[2]) {
    case IPC_SET:
        if (struct_in(task, STRUCT_semid_ds, &ds, args[3]) == 0)
            return host_syscall(SYS_semctl, args[0], args[1], args[2], host, 0, 0);
        break;
    case IPC_STAT:
    case SEM_STAT:
    case SEM_STAT_ANY:
        result = host_syscall(SYS_semctl, args[0], args[1], args[2], host, 0, 0);
        if (result >= 0 && struct_out(task, STRUCT_semid_ds, args[3], &ds) != 0)
            return -EFAULT;
        return result;
    case SETVAL:
        return host_syscall(SYS_semctl, args[0], args[1], args[2], args[3], 0, 0);
    default:
        break;
    }
    return host_syscall(SYS_semctl, args[0], args[1], args[2],
                        (uint64_t)(uintptr_t)guest_pointer(task, args[3]), 0, 0);
}
