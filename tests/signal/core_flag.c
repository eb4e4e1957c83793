/* The wait status tells of a core dump where the limits allow one, and only there. */
#include "guest.h"
#include <sys/prctl.h>
#include <sys/resource.h>

static void die(const char *name, int number, rlim_t limit, bool dumpable)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        struct rlimit l = {limit, limit};
        if (setrlimit(RLIMIT_CORE, &l) != 0)
            _exit(1);
        prctl(PR_SET_DUMPABLE, dumpable);
        if (number == SIGABRT)
            abort();
        else if (number == SIGSEGV)
            *(volatile int *)8 = 1;
        else
            kill(getpid(), number);
        _exit(2);
    }
    guest_reap(name, pid);
    unlink("core");
}

int main(void)
{
    struct rlimit l;
    getrlimit(RLIMIT_CORE, &l);
    rlim_t most = l.rlim_max < (64 << 20) ? l.rlim_max : 64 << 20;
    die("fault, no limit", SIGSEGV, most, true);
    die("fault, limit 0", SIGSEGV, 0, true);
    die("abort, no limit", SIGABRT, most, true);
    die("quit, no limit", SIGQUIT, most, true);
    die("quit, not dumpable", SIGQUIT, most, false);
    die("term, no limit", SIGTERM, most, true);
    die("kill, no limit", SIGKILL, most, true);
    return 0;
}
