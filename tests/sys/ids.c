/*
 * User and group numbers, real, effective, saved; supplementary groups; priorities; what setters
 * refuse.
 */
#include "guest.h"
#include <grp.h>
#include <sys/fsuid.h>
#include <sys/resource.h>

int main(void)
{
    uid_t r, e, s;
    gid_t gr, ge, gs;
    TRY(getresuid(&r, &e, &s));
    TRY(getresgid(&gr, &ge, &gs));
    YES(r == getuid() && e == geteuid() && gr == getgid() && ge == getegid());
    TRY(setresuid((uid_t)-1, (uid_t)-1, (uid_t)-1));
    TRY(setuid(getuid()));
    TRY(setgid(getgid()));
    TRY(setreuid((uid_t)-1, getuid()));
    gid_t groups[64];
    int n = getgroups(0, NULL);
    YES(n >= 0 && n == getgroups(64, groups));
    if (n > 1)
        TRY(getgroups(1, groups));
    YES(setfsuid((uid_t)-1) == (int)geteuid());
    YES(getppid() > 0 && getpid() != getppid());
    YES(syscall(SYS_gettid) == getpid());
    SHOW(getpriority(PRIO_PROCESS, 0));
    TRY(setpriority(PRIO_PROCESS, 0, 5));
    SHOW(getpriority(PRIO_PROCESS, 0));
    SHOW(nice(3));
    TRY(setpriority(9, 0, 0));
    if (geteuid() == 0) {
        pid_t pid = (pid_t)MUST(fork());
        if (pid == 0) {
            gid_t some[3] = {7, 8, 9};
            MUST(setgroups(3, some));
            SHOW(getgroups(64, groups));
            SHOW(groups[2]);
            MUST(setresgid(100, 200, 300));
            MUST(setresuid(1000, 2000, 3000));
            MUST(getresuid(&r, &e, &s));
            MUST(getresgid(&gr, &ge, &gs));
            printf("%d %d %d %d %d %d\n", r, e, s, gr, ge, gs);
            TRY(setuid(0));
            TRY(seteuid(3000));
            TRY(setuid(1000));
            SHOW(geteuid());
            TRY(setgroups(1, some));
            TRY(open("/etc/shadow", O_RDONLY));
            _exit(0);
        }
        guest_reap("dropped", pid);
    }
    return 0;
}
