/* wait4, waitpid, waitid: which children, WNOHANG, WNOWAIT, siginfo, ECHILD. */
#include "guest.h"

static pid_t child(int code)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        if (code < 0) {
            guest_sleep_ms(30);
            code = -code;
        }
        _exit(code);
    }
    return pid;
}

int main(void)
{
    int status = 0;
    siginfo_t info;
    TRY(wait(&status));
    pid_t slow = child(-9);
    SHOW(waitpid(slow, &status, WNOHANG));
    memset(&info, 0x55, sizeof info);
    TRY(waitid(P_PID, (id_t)slow, &info, WEXITED | WNOHANG));
    SHOW(info.si_pid);
    guest_reap("slow", slow);

    pid_t a = child(300), b = child(7);
    TRY(waitid(P_PID, (id_t)a, &info, WEXITED | WNOWAIT));
    printf("%s code %d status %d pid right %d uid right %d\n", guest_signal_name(info.si_signo),
           info.si_code, info.si_status, info.si_pid == a, info.si_uid == getuid());
    TRY(waitid(P_PID, (id_t)a, &info, WEXITED));
    TRY(waitid(P_PID, (id_t)a, &info, WEXITED));
    YES(waitpid(-1, &status, 0) == b);
    guest_ended("b", status);
    pid_t group = child(-3);
    MUST(setpgid(group, group));
    TRY(waitpid(-getpgrp(), &status, WNOHANG));
    YES(waitpid(-group, &status, 0) == group);
    guest_ended("group", status);
    pid_t killed = child(-100);
    kill(killed, SIGKILL);
    TRY(waitid(P_ALL, 0, &info, WEXITED));
    printf("code %d status %d\n", info.si_code == CLD_KILLED, info.si_status);
    TRY(waitid(P_ALL, 0, &info, WEXITED));
    TRY(waitid(P_ALL, 0, &info, 0));
    TRY(waitid(77, 0, &info, WEXITED));
    TRY(waitpid(-1, &status, 0x1000));
    TRY(wait4(INT_MIN, &status, 0, NULL));
    child(0);
    TRY(wait(NULL));
    return 0;
}
