/*
 * getrlimit, setrlimit, prlimit; limits that bite: files' sizes, descriptors, processes'
 * inheritance.
 */
#include "guest.h"
#include <sys/resource.h>

int main(void)
{
    struct rlimit l, old;
    TRY(getrlimit(RLIMIT_NOFILE, &l));
    YES(l.rlim_cur <= l.rlim_max);
    l = (struct rlimit){40, 50};
    TRY(setrlimit(RLIMIT_NOFILE, &l));
    l = (struct rlimit){20, 50};
    TRY(prlimit(0, RLIMIT_NOFILE, &l, &old));
    printf("%d %d\n", (int)old.rlim_cur, (int)old.rlim_max);
    l = (struct rlimit){60, 50};
    TRY(setrlimit(RLIMIT_NOFILE, &l));
    int n = 0;
    while (dup(0) >= 0)
        n++;
    SHOW(n);
    TRY(open("/dev/null", O_RDONLY));
    for (int i = 3; i < 20; i++)
        close(i);
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        getrlimit(RLIMIT_NOFILE, &l);
        printf("child: %d %d\n", (int)l.rlim_cur, (int)l.rlim_max);
        l = (struct rlimit){1000, 1000};
        setrlimit(RLIMIT_FSIZE, &l);
        int fd = open("file", O_WRONLY | O_CREAT, 0600);
        static char block[1500];
        printf("%d\n", (int)write(fd, block, sizeof block));
        signal(SIGXFSZ, SIG_IGN);
        printf("%s\n", write(fd, block, 1) == -1 ? guest_error_name(errno) : "written");
        signal(SIGXFSZ, SIG_DFL);
        write(fd, block, 1);
        _exit(0);
    }
    guest_reap("child", pid);
    TRY(getrlimit(99, &l));
    TRY(setrlimit(RLIMIT_NOFILE, BAD));
    TRY(getrlimit(RLIMIT_STACK, &l));
    l = (struct rlimit){123456789, RLIM_INFINITY};
    MUST(getrlimit(RLIMIT_CPU, &old));
    l.rlim_max = old.rlim_max;
    TRY(setrlimit(RLIMIT_CPU, &l));
    MUST(getrlimit(RLIMIT_CPU, &l));
    SHOW(l.rlim_cur);
    return 0;
}
