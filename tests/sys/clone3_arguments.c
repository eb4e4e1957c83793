/*
 * What clone3 refuses, and in which order: sizes of its structure, unknown flags, flags that contradict
 * each other, stacks without size; and what clone takes that clone3 does not.
 */
#include <linux/sched.h>

#include "guest.h"

union arguments {
    struct clone_args c;
    char bytes[4096 + 8];
};

static long clone3(const void *c, size_t size)
{
    long pid = syscall(SYS_clone3, c, size);
    if (pid == 0)
        _exit(7);
    if (pid > 0) {
        int status;
        if (waitpid(pid, &status, __WALL) == -1)
            printf("not a child: ");
        return 1;
    }
    return pid;
}

#define WITH(...)                                                                                  \
    do {                                                                                           \
        union arguments a = {.c = {__VA_ARGS__}};                                                  \
        guest_value(#__VA_ARGS__, clone3(&a, sizeof a.c));                                         \
    } while (0)

static void sizes(void)
{
    static union arguments a;
    a.c.exit_signal = SIGCHLD;
    VALUE(clone3(&a, 63));
    VALUE(clone3(&a, 64));
    VALUE(clone3(&a, 72));
    VALUE(clone3(&a, 4096));
    VALUE(clone3(&a, 4097));
    a.bytes[4095] = 1;
    VALUE(clone3(&a, 4096));
    VALUE(clone3(&a, 4088));
    VALUE(clone3(BAD, 64));
    VALUE(clone3(BAD, 63));
}

static void flags(void)
{
    static char stack[4096];
    uint64_t at = (uintptr_t)stack;
    int tids[2] = {0, 0};
    WITH(.flags = 1);
    WITH(.flags = CLONE_DETACHED);
    WITH(.flags = UINT64_C(1) << 40);
    WITH(.exit_signal = 65);
    WITH(.exit_signal = 64);
    WITH(.flags = CLONE_THREAD, .exit_signal = SIGCHLD);
    WITH(.flags = CLONE_PARENT, .exit_signal = SIGCHLD);
    WITH(.flags = CLONE_SIGHAND, .exit_signal = SIGCHLD);
    WITH(.flags = CLONE_THREAD);
    WITH(.flags = CLONE_FS | CLONE_NEWNS, .exit_signal = SIGCHLD);
    WITH(.flags = CLONE_FS | CLONE_NEWUSER, .exit_signal = SIGCHLD);
    WITH(.flags = CLONE_SYSVSEM | CLONE_NEWIPC, .exit_signal = SIGCHLD);
    WITH(.flags = CLONE_VM | CLONE_SIGHAND | CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD);
    WITH(.stack = at, .exit_signal = SIGCHLD);
    WITH(.stack_size = sizeof stack, .exit_signal = SIGCHLD);
    WITH(.set_tid_size = 1, .exit_signal = SIGCHLD);
    WITH(.set_tid = (uintptr_t)tids, .exit_signal = SIGCHLD);
    WITH(.set_tid = (uintptr_t)tids, .set_tid_size = 33, .exit_signal = SIGCHLD);
    WITH(.set_tid = (uintptr_t)tids, .set_tid_size = 2, .exit_signal = SIGCHLD);
    WITH(.flags = CLONE_INTO_CGROUP, .cgroup = UINT32_MAX, .exit_signal = SIGCHLD);
    WITH(.flags = CLONE_INTO_CGROUP, .cgroup = 99, .exit_signal = SIGCHLD);
}

/* A sibling is its parent's parent's child, whatever signal the old call names. */
static void sibling(void)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
        if (pid == 0)
            _exit(5);
        printf("clone of a sibling: %s\n", pid == -1 ? guest_error_name(errno) : "ok");
        printf("it is no child: %s\n", waitpid(pid, NULL, 0) == -1 ? guest_error_name(errno) : "ok");
        _exit(pid == -1);
    }
    guest_reap("the child", child);
    guest_reap("its sibling", -1);
    long pid = syscall(SYS_clone, CLONE_DETACHED | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0)
        _exit(3);
    guest_reap("detached, which means nothing", (pid_t)pid);
}

int main(void)
{
    sizes();
    flags();
    sibling();
    return 0;
}
