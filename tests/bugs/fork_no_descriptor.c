/*
 * A process that has no descriptor left, or may not write large files, can fork and execute all the
 * same: the memory for translations needed a descriptor, and was a file of 128 MiB.
 */
#include <sys/resource.h>

#include "guest.h"

static int work(int n)
{
    return n < 2 ? n : work(n - 1) + work(n - 2);
}

static void fork_once(const char *how)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(work(10));
    if (pid == -1)
        printf("%s: %s\n", how, guest_error_name(errno));
    else
        guest_reap(how, pid);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return work(9);
    struct rlimit small = {200, 200};
    MUST(setrlimit(RLIMIT_NOFILE, &small));
    int n = 0;
    while (dup(1) >= 0)
        n++;
    printf("no descriptor is left: %s\n", guest_error_name(errno));
    fork_once("fork without a descriptor");
    close(199);
    fork_once("fork with one");
    for (int fd = 100; fd < 200; fd++)
        close(fd);

    struct rlimit pages = {8192, 8192};
    MUST(setrlimit(RLIMIT_FSIZE, &pages));
    fork_once("fork with a limit of file sizes");
    pid_t pid = fork();
    if (pid == 0) {
        char *again[] = {argv[0], "again", NULL};
        execv("/proc/self/exe", again);
        _exit(99);
    }
    guest_reap("execve with it", pid);
    return 0;
}
