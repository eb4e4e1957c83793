/* fork: memory is copied, descriptors' offsets are shared, locks and timers are not inherited. */
#include "guest.h"
#include <sys/times.h>

int main(void)
{
    guest_file("file", "0123456789");
    int fd = (int)MUST(open("file", O_RDONLY)), value = 1;
    int *heap = malloc(sizeof *heap);
    *heap = 1;
    alarm(100);
    raise(0);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    pid_t me = getpid(), pid = (pid_t)MUST(fork());
    if (pid == 0) {
        YES(getppid() == me && getpid() != me);
        SHOW(alarm(0));
        sigpending(&set);
        SHOW(sigismember(&set, SIGUSR1));
        sigprocmask(SIG_BLOCK, NULL, &set);
        SHOW(sigismember(&set, SIGUSR1));
        struct tms t;
        times(&t);
        SHOW(t.tms_cutime);
        char c[3];
        MUST(read(fd, c, 3));
        value = *heap = 2;
        close(fd);
        _exit(11);
    }
    guest_reap("child", pid);
    printf("%d %d\n", value, *heap);
    SHOW(lseek(fd, 0, SEEK_CUR));
    YES(alarm(0) > 90);
    /* A chain of generations, each with its own copy. */
    int depth = 0;
    while (depth < 6 && (pid = (pid_t)MUST(fork())) == 0)
        depth++;
    int status = 0;
    if (pid)
        waitpid(pid, &status, 0);
    if (depth)
        _exit(WEXITSTATUS(status) + depth);
    guest_ended("generations", status);
    return 0;
}
