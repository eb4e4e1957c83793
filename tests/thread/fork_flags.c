/* clone3 and clone with unusual flags, and those that must be refused. */
#include "guest.h"
#include <linux/sched.h>

static long do_clone3(uint64_t flags, uint64_t exit_signal)
{
    struct clone_args a = {.flags = flags, .exit_signal = exit_signal};
    return syscall(SYS_clone3, &a, sizeof a);
}

int main(void)
{
    long pid = do_clone3(0, SIGCHLD);
    if (pid == 0)
        _exit(3);
    guest_reap("clone3", (pid_t)pid);
    signal(SIGUSR1, SIG_IGN);
    pid = do_clone3(0, SIGUSR1);
    if (pid == 0)
        _exit(4);
    int status;
    MUST(waitpid((pid_t)pid, &status, __WALL));
    guest_ended("with SIGUSR1", status);
    int pidfd = -1;
    struct clone_args a = {
        .flags = CLONE_PIDFD, .exit_signal = SIGCHLD, .pidfd = (uintptr_t)&pidfd};
    pid = syscall(SYS_clone3, &a, sizeof a);
    if (pid == 0)
        _exit(5);
    YES(pidfd >= 0);
    guest_reap("with a pidfd", (pid_t)pid);
    TRY(do_clone3(CLONE_THREAD, 0));
    TRY(do_clone3(CLONE_SIGHAND, 0));
    TRY(do_clone3(0, 100));
    TRY(syscall(SYS_clone3, &a, 8));
    TRY(syscall(SYS_clone3, (void *)8, sizeof a));
}
