/* clone with CLONE_VM but neither VFORK nor THREAD: another process on the same memory, side by
 * side. */
#include "guest.h"
#include <sched.h>

static volatile int shared, go;
static char stack[65536];

static int child(void *arg)
{
    while (!go)
        sched_yield();
    shared = (int)(intptr_t)arg + (getpid() != getppid());
    return 12;
}

int main(void)
{
    pid_t pid = clone(child, stack + sizeof stack, CLONE_VM | SIGCHLD, (void *)100);
    if (pid < 0) {
        puts("clone failed");
        return 1;
    }
    go = 1;
    guest_reap("child", pid);
    SHOW(shared);
}
