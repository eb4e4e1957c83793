/* ioctl: FIONREAD, FIONBIO, FIOCLEX; unknown requests and wrong files give ENOTTY. */
#include "guest.h"
#include <sys/ioctl.h>
#include <termios.h>

int main(void)
{
    int p[2], n = -1, on = 1;
    MUST(pipe(p));
    MUST(write(p[1], "12345", 5));
    TRY(ioctl(p[0], FIONREAD, &n));
    SHOW(n);
    TRY(ioctl(p[0], FIONBIO, &on));
    printf("%o\n", (unsigned)fcntl(p[0], F_GETFL));
    on = 0;
    TRY(ioctl(p[0], FIONBIO, &on));
    printf("%o\n", (unsigned)fcntl(p[0], F_GETFL));
    TRY(ioctl(p[0], FIOCLEX));
    SHOW(fcntl(p[0], F_GETFD));
    TRY(ioctl(p[0], FIONCLEX));
    SHOW(fcntl(p[0], F_GETFD));
    guest_file("file", "1234567890");
    int fd = (int)MUST(open("file", O_RDONLY));
    MUST(lseek(fd, 4, SEEK_SET));
    TRY(ioctl(fd, FIONREAD, &n));
    SHOW(n);
    struct termios t;
    struct winsize w;
    TRY(tcgetattr(fd, &t));
    TRY(ioctl(p[0], TIOCGWINSZ, &w));
    SHOW(isatty(fd));
    TRY(ioctl(fd, 0x12345678, &n));
    TRY(ioctl(p[0], 0xdeadbeef, &n));
    TRY(ioctl(99, FIONREAD, &n));
    TRY(ioctl(p[0], FIONREAD, BAD));
    int null = (int)MUST(open("/dev/null", O_RDWR));
    TRY(ioctl(null, TCGETS, &t));
    SHOW(ttyname(fd) == NULL && errno == ENOTTY);
    return 0;
}
