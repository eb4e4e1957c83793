/* signalfd: blocked signals read as structures, with the sender's value. */
#include "guest.h"
#include <poll.h>
#include <sys/signalfd.h>

int main(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN + 1);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = (int)MUST(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    SHOW(fcntl(fd, F_GETFD));
    struct signalfd_siginfo s[4];
    TRY(read(fd, s, sizeof s));
    raise(SIGUSR1);
    sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_ptr = (void *)0x123456789abcdef0});
    sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = -7});
    struct pollfd f = {fd, POLLIN, 0};
    SHOW(poll(&f, 1, 0));
    SHOW(read(fd, s, sizeof s) / (ssize_t)sizeof s[0]);
    for (int i = 0; i < 3; i++)
        printf("%s code %d own %d value %llx int %d\n",
               s[i].ssi_signo == (unsigned)SIGRTMIN + 1 ? "RT" : guest_signal_name((int)s[i].ssi_signo),
               s[i].ssi_code, s[i].ssi_pid == (unsigned)getpid(), (unsigned long long)s[i].ssi_ptr,
               s[i].ssi_int);
    TRY(read(fd, s, 10));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0)
        _exit(23);
    SHOW(poll(&f, 1, 5000));
    SHOW(read(fd, s, sizeof s) / (ssize_t)sizeof s[0]);
    printf("%s code %d child %d status %d\n", guest_signal_name((int)s[0].ssi_signo), s[0].ssi_code,
           s[0].ssi_pid == (unsigned)pid, s[0].ssi_status);
    guest_reap("child", pid);
    sigemptyset(&set);
    TRY(signalfd(fd, &set, 0));
    raise(SIGUSR1);
    TRY(read(fd, s, sizeof s));
    TRY(signalfd(0, &set, 0));
    TRY(signalfd(-1, &set, 1));
    return 0;
}
