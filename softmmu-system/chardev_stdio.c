/*
 * Standard input and output. A terminal is made raw while the program runs, and given back at every
 * end of it: at exit, and where a signal ends, stops or continues it.
 *
 * O_NONBLOCK belongs to the open file, which the shell and others share. So what can be opened
 * again (terminals, pipes) is, and only what cannot (sockets; another user's terminal) has the flag
 * set, and cleared at the end. Regular files never block.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "softmmu-system/chardev_kind.h"

static struct {
    volatile sig_atomic_t raw; /* the terminal is to be given back */
    struct termios before, now;
    volatile sig_atomic_t flagged[2]; /* O_NONBLOCK has been set on this descriptor */
} terminal;

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGABRT};

int chardev_reopen(int fd, int access)
{
    struct stat st;
    char path[40];
    if (fstat(fd, &st) < 0)
        return -1;
    if (S_ISREG(st.st_mode)) /* its position is shared with what else writes there */
        return fcntl(fd, F_DUPFD_CLOEXEC, 3);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int own = open(path, access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (own >= 0)
        return own;
    int flags = fcntl(fd, F_GETFL);
    if (!(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 && fd < 2)
        terminal.flagged[fd] = 1;
    return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

void chardev_restore_terminal(void)
{
    if (terminal.raw) {
        terminal.raw = 0;
        tcsetattr(STDIN_FILENO, TCSANOW, &terminal.before);
    }
    for (int fd = 0; fd < 2; fd++)
        if (terminal.flagged[fd]) {
            terminal.flagged[fd] = 0;
            fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
        }
}

/* In the background, setting a terminal would stop the program: it is done when it comes to the
 * front. */
static void make_raw(void)
{
    if (tcgetpgrp(STDIN_FILENO) == getpgrp() &&
        tcsetattr(STDIN_FILENO, TCSANOW, &terminal.now) == 0)
        terminal.raw = 1;
}

static void end(int signal)
{
    chardev_restore_terminal();
    struct sigaction act = {.sa_handler = SIG_DFL};
    sigaction(signal, &act, NULL);
    raise(signal);
}

static void go_on(int signal)
{
    (void)signal;
    int saved = errno;
    make_raw();
    errno = saved;
}

static void set_terminal(bool signals)
{
    struct termios *t = &terminal.now;
    if (tcgetattr(STDIN_FILENO, &terminal.before) < 0)
        return;
    *t = terminal.before;
    t->c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    t->c_lflag &= ~(ECHO | ECHONL | ICANON | IEXTEN);
    if (!signals)
        t->c_lflag &= ~ISIG;
    t->c_cflag = (t->c_cflag & ~(CSIZE | PARENB)) | CS8;
    t->c_cc[VMIN] = 1;
    t->c_cc[VTIME] = 0;
    make_raw();
    for (unsigned i = 0; i < sizeof ending / sizeof *ending; i++) {
        struct sigaction act;
        if (sigaction(ending[i], NULL, &act) == 0 && act.sa_handler == SIG_DFL) {
            act.sa_handler = end;
            sigaction(ending[i], &act, NULL);
        }
    }
    struct sigaction act = {.sa_handler = go_on, .sa_flags = SA_RESTART};
    sigaction(SIGCONT, &act, NULL);
}

bool chardev_open_stdio(struct chardev *c, const struct chardev_options *o, char *error,
                        size_t error_size)
{
    static bool used;
    if (used)
        return keys_fail(error, error_size, "%s: stdio is in use already; mon:stdio shares it",
                         c->label);
    used = true;
    if (isatty(STDIN_FILENO))
        set_terminal(o->signal);
    snprintf(c->about, sizeof c->about, "stdio");
    /* Either may be closed, and stays so. */
    int in = chardev_reopen(STDIN_FILENO, O_RDONLY), out = chardev_reopen(STDOUT_FILENO, O_WRONLY);
    chardev_attach(c, in, out);
    return true;
}
