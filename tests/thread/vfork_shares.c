/* vfork: the child runs on the parent's memory while the parent waits, until _exit or exec. */
#include "guest.h"

static volatile int shared;

int main(void)
{
    volatile int local = 1;
    pid_t child = vfork();
    if (!child) {
        shared = 11;
        local = 22;
        guest_sleep_ms(30);
        shared++;
        _exit(5);
    }
    SHOW(shared);
    SHOW(local);
    guest_reap("child", child);
    child = vfork();
    if (!child) {
        execl("/nowhere/nothing", "nothing", (char *)NULL);
        shared = errno;
        _exit(6);
    }
    printf("exec in the child: %s\n", guest_error_name(shared));
    guest_reap("child", child);
    child = vfork();
    if (!child) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(7);
    }
    guest_reap("true", child);
    child = vfork();
    if (!child) {
        signal(SIGTERM, SIG_IGN);
        raise(SIGKILL);
    }
    guest_reap("killed", child);
    struct sigaction a;
    sigaction(SIGTERM, NULL, &a);
    YES(a.sa_handler == SIG_DFL);
}
