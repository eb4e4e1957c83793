/*
 * A child of clone(CLONE_FILES) without CLONE_VM lives on, and no descriptor is lost or gained: what each
 * side closed of Ferry's was the other's as well.
 */
#include <sched.h>

#include "guest.h"

static int work(int n)
{
    return n < 2 ? n : work(n - 1) + work(n - 2);
}

static int lowest(void)
{
    int fd = dup(0);
    close(fd);
    return fd;
}

int main(void)
{
    int before = lowest(), right = 0;
    for (int i = 0; i < 200; i++) {
        pid_t pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
        if (pid == 0)
            _exit(work(11));
        int status = 0;
        waitpid(pid, &status, 0);
        right += WIFEXITED(status) && WEXITSTATUS(status) == 89;
    }
    SHOW(right);
    YES(lowest() == before);
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        dup2(1, 50);
        _exit(0);
    }
    guest_reap("child", pid);
    TRY(fcntl(50, F_GETFD));
    return 0;
}
