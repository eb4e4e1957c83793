/* A procfs with subset=pid has no /proc/cpuinfo, and nobody invents one; its processes are there. */
#include <sched.h>
#include <sys/mount.h>

#include "guest.h"

static void look(const char *path)
{
    int fd = open(path, O_RDONLY);
    printf("%s: %s\n", path, fd == -1 ? guest_error_name(errno) : "ok");
    close(fd);
}

int main(void)
{
    /* Needs a user namespace; where there is none, nothing is shown, here and there. */
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) == -1)
        return 0;
    pid_t child = (pid_t)MUST(fork());
    if (child)
        return guest_reap("child", child) != 0;
    if (mount("proc", "/proc", "proc", 0, "subset=pid") == -1)
        return 0;
    look("/proc/cpuinfo");
    look("/proc/self/maps");
    look("/proc/self/status");
    return 0;
}
