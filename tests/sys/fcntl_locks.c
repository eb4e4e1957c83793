/*
 * Record locks of fcntl: ranges, conflicts as another process sees them, waiting, release by close.
 */
#include "guest.h"

static struct flock range(short type, off_t start, off_t length)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
}

/* What a child may do with a range; runs in the child. */
static void probe(int fd, off_t start, off_t length, pid_t parent)
{
    struct flock l = range(F_WRLCK, start, length);
    MUST(fcntl(fd, F_GETLK, &l));
    if (l.l_type == F_UNLCK)
        printf("%d+%d free\n", (int)start, (int)length);
    else
        printf("%d+%d: type %d at %d+%d, parent's %d\n", (int)start, (int)length, l.l_type,
               (int)l.l_start, (int)l.l_len, l.l_pid == parent);
}

int main(void)
{
    guest_file("file", "0123456789012345678901234567890123456789");
    int fd = (int)MUST(open("file", O_RDWR));
    struct flock l = range(F_WRLCK, 10, 10);
    TRY(fcntl(fd, F_SETLK, &l));
    l = range(F_RDLCK, 30, 0);
    TRY(fcntl(fd, F_SETLK, &l));
    l = range(F_UNLCK, 14, 2);
    TRY(fcntl(fd, F_SETLK, &l));
    pid_t parent = getpid(), pid = (pid_t)MUST(fork());
    if (pid == 0) {
        probe(fd, 0, 10, parent);
        probe(fd, 0, 11, parent);
        probe(fd, 14, 2, parent);
        probe(fd, 15, 3, parent);
        probe(fd, 100, 5, parent);
        l = range(F_RDLCK, 35, 5);
        TRY(fcntl(fd, F_SETLK, &l));
        l = range(F_WRLCK, 35, 5);
        TRY(fcntl(fd, F_SETLK, &l));
        l = range(F_WRLCK, 10, 2);
        TRY(fcntl(fd, F_SETLKW, &l));
        _exit(0);
    }
    guest_sleep_ms(50);
    close((int)MUST(open("file", O_RDONLY)));
    guest_reap("child", pid);
    l = range(77, 0, 1);
    TRY(fcntl(fd, F_SETLK, &l));
    TRY(fcntl(fd, F_SETLK, BAD));
    int r = (int)MUST(open("file", O_RDONLY));
    l = range(F_WRLCK, 0, 1);
    TRY(fcntl(r, F_SETLK, &l));
    TRY(lockf(fd, F_TLOCK, 5));
    TRY(fcntl(fd, 9999, 0));
    return 0;
}
