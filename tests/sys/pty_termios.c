/* A pseudo terminal: modes read and set, line editing, echo, signals by character. */
#include "guest.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master;

/* Shows so many bytes that the terminal sends back. */
static void echoed(ssize_t bytes)
{
    char text[100];
    ssize_t n = 0;
    struct pollfd f = {master, POLLIN, 0};
    while (n < bytes && poll(&f, 1, 5000) == 1)
        n += read(master, text + n, sizeof text - (size_t)n);
    printf("echo:");
    for (ssize_t i = 0; i < n; i++)
        printf(" %02x", (unsigned char)text[i]);
    printf("\n");
}

int main(void)
{
    master = (int)MUST(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK));
    TRY(grantpt(master));
    TRY(unlockpt(master));
    int slave = (int)TRY(open(ptsname(master), O_RDWR | O_NOCTTY));
    SHOW(isatty(slave));
    struct termios t;
    TRY(tcgetattr(slave, &t));
    printf("%o %o %o %o\n", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag);
    for (int i = 0; i < 17; i++)
        printf("%d ", t.c_cc[i]);
    printf("\n");
    SHOW(cfgetospeed(&t) == B38400);
    MUST(write(master, "lost\025line x\177y\n", 14));
    echoed(28);
    char text[40] = "";
    SHOW(read(slave, text, 39));
    TEXT(text);
    int n;
    MUST(write(master, "abc\n", 4));
    echoed(5);
    MUST(ioctl(slave, FIONREAD, &n));
    SHOW(n);
    SHOW(read(slave, text, 39));
    t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    t.c_cc[VMIN] = 1;
    t.c_cc[VTIME] = 0;
    cfsetspeed(&t, B115200);
    TRY(tcsetattr(slave, TCSANOW, &t));
    MUST(write(master, "d", 1));
    memset(text, 0, sizeof text);
    SHOW(read(slave, text, 39));
    TEXT(text);
    struct termios u;
    MUST(tcgetattr(slave, &u));
    YES(u.c_lflag == t.c_lflag && u.c_cc[VMIN] == 1 && cfgetispeed(&u) == B115200);
    MUST(write(slave, "out\n", 4));
    echoed(5);
    cfmakeraw(&t);
    TRY(tcsetattr(slave, TCSADRAIN, &t));
    MUST(write(slave, "out\n", 4));
    echoed(4);
    TRY(tcflush(slave, TCIOFLUSH));
    TRY(tcsetattr(master, 77, &t));
    TRY(ioctl(slave, TCSETS, BAD));
    close(slave);
    TRY(read(master, text, 1));
    return 0;
}
