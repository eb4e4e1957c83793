/* Process groups and sessions: setpgid, getpgid, setsid, kill of a group. */
#include "guest.h"

int main(void)
{
    pid_t me = getpid();
    TRY(setpgid(0, 0));
    YES(getpgrp() == me && getpgid(0) == me);
    YES(getsid(0) == getsid(me));
    TRY(setsid());
    int p[2];
    MUST(pipe(p));
    pid_t first = 0, pids[3];
    for (int i = 0; i < 3; i++) {
        pids[i] = (pid_t)MUST(fork());
        if (pids[i] == 0) {
            setpgid(0, first);
            write(p[1], "r", 1);
            for (;;)
                pause();
        }
        setpgid(pids[i], first);
        if (!first)
            first = pids[0];
    }
    char c;
    for (int i = 0; i < 3; i++)
        MUST(read(p[0], &c, 1));
    YES(getpgid(pids[2]) == first);
    TRY(kill(-first, 0));
    TRY(killpg(first, SIGTERM));
    for (int i = 0; i < 3; i++)
        guest_reap("member", pids[i]);
    TRY(kill(-first, 0));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        YES(getpgrp() == me);
        YES(setsid() == getpid());
        YES(getsid(0) == getpid() && getpgrp() == getpid());
        TRY(setpgid(0, me));
        _exit(0);
    }
    guest_reap("session leader", pid);
    TRY(setpgid(0, -1));
    TRY(setpgid(1, me));
    TRY(getpgid(99999999));
    TRY(kill(99999999, 0));
    TRY(kill(me, 99));
    return 0;
}
