/* clone3 with set_tid: the child gets the number that was asked for, where the caller may ask. */
#include "guest.h"
#include <linux/sched.h>

static long start(pid_t tid)
{
    struct clone_args a = {.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&tid, .set_tid_size = 1};
    long pid = syscall(SYS_clone3, &a, sizeof a);
    if (!pid)
        _exit(getpid() == tid ? 4 : 5);
    return pid;
}

int main(void)
{
    long pid = -1;
    for (pid_t tid = getpid() + 1500; pid < 0 && tid < getpid() + 1600; tid++) {
        pid = start(tid);
        if (pid < 0 && errno != EEXIST)
            break;
    }
    printf("%s\n", pid < 0 ? guest_error_name(errno) : "started");
    if (pid > 0)
        guest_reap("child", (pid_t)pid);
    TRY(start(getpid()));
    TRY(start(-1));
    return 0;
}
