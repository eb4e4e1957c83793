/* WUNTRACED, WSTOPPED and WCONTINUED report a child's stops and continuations. */
#include "guest.h"

int main(void)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        raise(SIGSTOP);
        raise(SIGTSTP);
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
    TRY(waitid(P_PID, (id_t)pid, &info, WSTOPPED));
    printf("%d %s\n", info.si_code == CLD_STOPPED, guest_signal_name(info.si_status));
    MUST(kill(pid, SIGTERM));
    SHOW(waitpid(pid, &status, WNOHANG));
    MUST(kill(pid, SIGCONT));
    YES(waitpid(pid, &status, 0) == pid);
    guest_ended("child", status);
    return 0;
}
