/*
 * Calls that do not sleep are never interrupted, however many signals come whose handlers say
 * nothing of SA_RESTART: a signal comes before such a call or after it.
 */
#include "guest.h"
#include <sys/file.h>
#include <sys/time.h>
#include <sys/uio.h>

static volatile long ticks;

static void on_alarm(int signal)
{
    (void)signal;
    ticks++;
}

static long interrupted(long result)
{
    return result == -1 && errno == EINTR;
}

int main(void)
{
    struct sigaction a = {.sa_handler = on_alarm};
    struct itimerval t = {{0, 50}, {0, 50}}, off = {{0, 0}, {0, 0}};
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    char byte = 'x';
    struct iovec v = {&byte, 1};
    struct stat st;
    int file = (int)MUST(open("file", O_RDWR | O_CREAT, 0600)), ends[2];
    long reads = 0, writes = 0, opens = 0, stats = 0, locks = 0, makes = 0, pipes = 0, waits = 0;
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        alarm(100);
        for (;;)
            pause();
    }
    MUST(pipe2(ends, O_NONBLOCK));
    sigaction(SIGALRM, &a, NULL);
    setitimer(ITIMER_REAL, &t, NULL);
    while (ticks < 3000) {
        writes += interrupted(pwrite(file, &byte, 1, 0)) + interrupted(write(file, &byte, 1)) +
                  interrupted(pwritev(file, &v, 1, 0));
        lseek(file, 0, SEEK_SET);
        reads += interrupted(read(file, &byte, 1)) + interrupted(preadv(file, &v, 1, 0));
        locks += interrupted(fcntl(file, F_SETLK, &lock)) +
                 interrupted(flock(file, LOCK_EX | LOCK_NB)) + interrupted(flock(file, LOCK_UN));
        int other = open("file", O_RDONLY);
        opens += interrupted(other);
        if (other >= 0)
            close(other);
        stats += interrupted(stat("file", &st)) + interrupted(fstat(file, &st)) +
                 interrupted(access("file", R_OK));
        makes +=
            interrupted(mkdir("d", 0700)) + interrupted(rename("d", "e")) + interrupted(rmdir("e"));
        pipes += interrupted(read(ends[0], &byte, 1)) + interrupted(write(ends[1], &byte, 1));
        waits += interrupted(waitpid(child, NULL, WNOHANG));
    }
    setitimer(ITIMER_REAL, &off, NULL);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    SHOW(reads);
    SHOW(writes);
    SHOW(locks);
    SHOW(opens);
    SHOW(stats);
    SHOW(makes);
    SHOW(pipes);
    SHOW(waits);
    return 0;
}
