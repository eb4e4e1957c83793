/* pidfd_open, pidfd_send_signal, pidfd_getfd, poll on one, waitid(P_PIDFD). */
#include "guest.h"
#include <poll.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

int main(void)
{
    int p[2];
    MUST(pipe(p));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0)
        for (;;)
            pause();
    int fd = (int)TRY(syscall(SYS_pidfd_open, pid, 0));
    SHOW(fcntl(fd, F_GETFD));
    struct pollfd f = {fd, POLLIN, 0};
    SHOW(poll(&f, 1, 0));
    TRY(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    int copy = (int)TRY(syscall(SYS_pidfd_getfd, fd, p[1], 0));
    MUST(write(copy, "x", 1));
    char c;
    SHOW(read(p[0], &c, 1));
    TRY(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
    SHOW(poll(&f, 1, 5000));
    SHOW(f.revents);
    siginfo_t info;
    TRY(waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
    printf("%d %s\n", info.si_code == CLD_KILLED, guest_signal_name(info.si_status));
    TRY(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    TRY(syscall(SYS_pidfd_open, 99999999, 0));
    TRY(syscall(SYS_pidfd_open, getpid(), 1));
    TRY(syscall(SYS_pidfd_send_signal, p[0], 0, NULL, 0));
    return 0;
}
