/*
 * A session of its own with a controlling terminal: window size and SIGWINCH, ^C, process groups,
 * hang up.
 */
#include "guest.h"
#include <sys/ioctl.h>
#include <termios.h>

static void handler(int number)
{
    guest_say(number == SIGWINCH ? "WINCH" : number == SIGINT ? "INT" : "HUP");
    if (number == SIGHUP)
        _exit(4);
}

int main(void)
{
    int master = (int)MUST(posix_openpt(O_RDWR | O_NOCTTY)), ready[2];
    MUST(pipe(ready));
    MUST(grantpt(master));
    MUST(unlockpt(master));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        char c;
        TRY(open("/dev/tty", O_RDWR) == -1 ? -1 : 0);
        YES(setsid() == getpid());
        TRY(setsid());
        int slave = (int)MUST(open(ptsname(master), O_RDWR | O_NOCTTY));
        close(master);
        TRY(open("/dev/tty", O_RDWR));
        TRY(ioctl(slave, TIOCSCTTY, 0));
        TRY(open("/dev/tty", O_RDWR) == -1 ? -1 : 0);
        YES(tcgetpgrp(slave) == getpid());
        YES(tcgetsid(slave) == getpid());
        TRY(tcsetpgrp(slave, getpid()));
        TRY(tcsetpgrp(slave, 1));
        struct winsize w;
        MUST(ioctl(slave, TIOCGWINSZ, &w));
        printf("%d %d\n", w.ws_row, w.ws_col);
        struct sigaction a = {.sa_handler = handler};
        sigaction(SIGWINCH, &a, NULL);
        sigaction(SIGINT, &a, NULL);
        sigaction(SIGHUP, &a, NULL);
        sigset_t block, none;
        sigfillset(&block);
        sigemptyset(&none);
        sigprocmask(SIG_BLOCK, &block, NULL);
        MUST(write(ready[1], "r", 1));
        sigsuspend(&none);
        MUST(ioctl(slave, TIOCGWINSZ, &w));
        printf("%d %d\n", w.ws_row, w.ws_col);
        MUST(write(ready[1], "r", 1));
        sigsuspend(&none);
        MUST(write(ready[1], "r", 1));
        sigsuspend(&none);
        _exit(c = 5);
    }
    char c;
    struct winsize w = {33, 99, 0, 0};
    MUST(read(ready[0], &c, 1));
    MUST(ioctl(master, TIOCSWINSZ, &w));
    MUST(read(ready[0], &c, 1));
    MUST(write(master, "\003", 1));
    MUST(read(ready[0], &c, 1));
    close(master);
    guest_reap("session", pid);
    return 0;
}
