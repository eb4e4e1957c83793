/* fcntl(F_GETFL) reports the flags of open(2) by their numbers, and F_SETFL changes only some. */
#include "guest.h"

/* Flags whose numbers differ between processors, as the others' generic ones. */
static unsigned generic(int flags)
{
    static const struct { int here; unsigned there; } numbers[] = {
        {O_DIRECT, 040000}, {O_DIRECTORY, 0200000}, {O_NOFOLLOW, 0400000},
#ifdef __aarch64__
        {0400000, 0100000}, /* O_LARGEFILE, which the library says is 0 */
#else
        {0100000, 0100000},
#endif
    };
    unsigned result = (unsigned)flags;
    for (unsigned i = 0; i < COUNT(numbers); i++)
        result &= ~(unsigned)numbers[i].here;
    for (unsigned i = 0; i < COUNT(numbers); i++)
        result |= flags & numbers[i].here ? numbers[i].there : 0;
    return result;
}

static void show(const char *name, const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    if (fd < 0)
        printf("%s: %s\n", name, guest_error_name(errno));
    else
        printf("%s: %o, descriptor flags %d\n", name, generic(fcntl(fd, F_GETFL)),
               fcntl(fd, F_GETFD));
    close(fd);
}

#define OPEN(path, flags) show(#flags, path, flags)

int main(void)
{
    guest_file("file", "contents");
    OPEN("file", O_RDONLY);
    OPEN("file", O_WRONLY);
    OPEN("file", O_RDWR);
    OPEN("file", O_RDWR | O_APPEND);
    OPEN("file", O_RDWR | O_NONBLOCK);
    OPEN("file", O_RDWR | O_DSYNC);
    OPEN("file", O_RDWR | O_SYNC);
    OPEN("file", O_RDWR | O_DIRECT);
    OPEN("file", O_RDWR | O_NOATIME);
    OPEN("file", O_RDONLY | O_CLOEXEC);
    OPEN("file", O_RDONLY | O_NOFOLLOW);
    OPEN("file", O_RDWR | O_CREAT | O_TRUNC | O_NOCTTY);
    OPEN("file", O_PATH);
    OPEN("file", O_PATH | O_NOFOLLOW | O_CLOEXEC);
    OPEN(".", O_RDONLY | O_DIRECTORY);
    OPEN(".", O_PATH | O_DIRECTORY);
    OPEN("file", O_ACCMODE);

    int fd = (int)MUST(open("file", O_RDWR));
    TRY(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
    printf("%o\n", generic(fcntl(fd, F_GETFL)));
    TRY(fcntl(fd, F_SETFL, O_WRONLY | O_CREAT | O_SYNC | O_NOATIME));
    printf("%o\n", generic(fcntl(fd, F_GETFL)));
    TRY(fcntl(fd, F_SETFL, O_DIRECT));
    printf("%o\n", generic(fcntl(fd, F_GETFL)));
    return 0;
}
