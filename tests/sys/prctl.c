/* prctl: name, death signal, dumpable, subreaper, keepcaps, no_new_privs; what it inherits. */
#include "guest.h"
#include <sys/prctl.h>

int main(void)
{
    char name[20] = "";
    int v = -1;
    TRY(prctl(PR_SET_NAME, "a name that is too long"));
    TRY(prctl(PR_GET_NAME, name));
    TEXT(name);
    TRY(prctl(PR_GET_PDEATHSIG, &v));
    SHOW(v);
    TRY(prctl(PR_SET_PDEATHSIG, SIGUSR1));
    MUST(prctl(PR_GET_PDEATHSIG, &v));
    SHOW(v == SIGUSR1);
    TRY(prctl(PR_SET_PDEATHSIG, 1000));
    SHOW(prctl(PR_GET_DUMPABLE));
    TRY(prctl(PR_SET_DUMPABLE, 0));
    SHOW(prctl(PR_GET_DUMPABLE));
    TRY(prctl(PR_SET_DUMPABLE, 1));
    TRY(prctl(PR_SET_DUMPABLE, 5));
    SHOW(prctl(PR_GET_KEEPCAPS));
    SHOW(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    TRY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    SHOW(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    TRY(prctl(PR_SET_CHILD_SUBREAPER, 1));
    MUST(prctl(PR_GET_CHILD_SUBREAPER, &v));
    SHOW(v);
    int p[2];
    MUST(pipe(p));
    pid_t me = getpid(), pid = (pid_t)MUST(fork());
    if (pid == 0) {
        prctl(PR_GET_PDEATHSIG, &v);
        SHOW(v);
        if (fork() == 0) {
            char c;
            while (getppid() != me)
                guest_sleep_ms(1);
            read(p[0], &c, 1);
            printf("adopted by the subreaper\n");
            _exit(5);
        }
        _exit(0);
    }
    int status;
    YES(waitpid(pid, &status, 0) == pid);
    MUST(write(p[1], "go", 2));
    YES(wait(&status) > 0);
    guest_ended("orphan", status);
    TRY(prctl(PR_GET_NAME, BAD));
    TRY(prctl(987654, 0, 0, 0, 0));
    return 0;
}
