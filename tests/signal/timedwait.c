/* sigtimedwait and signalfd take blocked signals, with their values, in order of number and
 * arrival. */
#include "guest.h"
#include <sys/signalfd.h>

int main(void)
{
    sigset_t set;
    siginfo_t info;
    struct timespec now = {0, 0}, soon = {0, 20000000};
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, 40);
    sigaddset(&set, 41);
    sigprocmask(SIG_BLOCK, &set, NULL);
    TRY(sigtimedwait(&set, &info, &now));
    for (int i = 0; i < 3; i++) {
        sigqueue(getpid(), 41, (union sigval){.sival_int = 410 + i});
        sigqueue(getpid(), 40, (union sigval){.sival_int = 400 + i});
    }
    for (int i = 0; i < 6; i++) {
        int s = sigtimedwait(&set, &info, &soon);
        printf("%d: value %d, code %d, from me %d\n", s, info.si_value.sival_int, info.si_code,
               info.si_pid == getpid());
    }
    TRY(sigtimedwait(&set, &info, &soon));
    int fd = (int)MUST(signalfd(-1, &set, SFD_NONBLOCK));
    struct signalfd_siginfo fdinfo;
    TRY(read(fd, &fdinfo, sizeof fdinfo));
    kill(getpid(), SIGUSR1);
    sigqueue(getpid(), 41, (union sigval){.sival_int = 7});
    for (int i = 0; i < 2; i++) {
        TRY(read(fd, &fdinfo, sizeof fdinfo));
        printf("%d: %d\n", fdinfo.ssi_signo, fdinfo.ssi_int);
    }
}
