/* WUNTRACED, WSTOPPED and WCONTINUED report a child's stops and continuations. */
#include "guest.h"

int main(void)
{
    int p[2];
    char c;
    MUST(pipe(p));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        raise(SIGSTOP);
        /* A second stop would take the news of going on away. */
        read(p[0], &c, 1);
        raise(SIGSTOP);
        for (;;)
            pause();
    }
    int status;
    YES(waitpid(pid, &status, WUNTRACED) == pid);
    guest_ended("child", status);
    SHOW(waitpid(pid, &status, WNOHANG | WUNTRACED));
    MUST(kill(pid, SIGCONT));
    siginfo_t info;
    TRY(waitid(P_PID, (id_t)pid, &info, WCONTINUED | WNOWAIT));
    printf("%d %s\n", info.si_code == CLD_CONTINUED, guest_signal_name(info.si_status));
    YES(waitpid(pid, &status, WCONTINUED) == pid);
    guest_ended("child", status);
    MUST(write(p[1], "g", 1));
    TRY(waitid(P_PID, (id_t)pid, &info, WSTOPPED));
    printf("%d %s\n", info.si_code == CLD_STOPPED, guest_signal_name(info.si_status));
    MUST(kill(pid, SIGTERM));
    SHOW(waitpid(pid, &status, WNOHANG));
    MUST(kill(pid, SIGCONT));
    YES(waitpid(pid, &status, 0) == pid);
    guest_ended("child", status);
    return 0;
}
