/*
 * A process for the unit tests of syscall/: what that folder asks of linux-user, as simple as it
 * can be. Guest memory is the test's own, at fake.abi.memory_base.
 */
#ifndef TESTS_SYSCALL_FAKE_H
#define TESTS_SYSCALL_FAKE_H

#include <signal.h>

#include "syscall/struct.h"
#include "syscall/table.h"

struct task {
    struct guest_abi abi;
    volatile uint32_t attention;
    const char *path_from, *path_to; /* one path that task_path rewrites */
    const char *exe;                 /* what /proc/self/exe says */
    bool mask_waiting;               /* a signal waits that any temporary mask lets through */
    uint64_t mask_seen;
    int64_t mask_result;
};

extern struct task fake;

/* Makes `fake` a riscv64 process, or a 32-bit ARM one whose memory is at `base`. */
void fake_riscv64(void);
void fake_arm32(uint64_t base);

/* Installs handlers that do what linux-user's do for this folder. */
void fake_handlers(void);

/* A call by the guest's number, with the arguments given. */
#define GUEST(number, ...) syscall_dispatch(&fake, number, (const uint64_t[6]){__VA_ARGS__})
#define P(pointer)         ((uint64_t)(uintptr_t)(pointer))

#endif
