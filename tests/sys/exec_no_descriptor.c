/* execve needs no free descriptor: a program that has used up all can execute another. */
#include "guest.h"
#include <sys/resource.h>

int main(int argc, char **argv)
{
    (void)argv;
    struct rlimit limit;
    if (argc > 1) {
        MUST(getrlimit(RLIMIT_NOFILE, &limit));
        SHOW(limit.rlim_cur);
        SHOW(open("/dev/null", O_RDONLY));
        return 4;
    }
    char self[PATH_MAX] = "";
    MUST(readlink("/proc/self/exe", self, sizeof self));
    for (int fd = 3; fd < 2048; fd++)
        close(fd);
    MUST(getrlimit(RLIMIT_NOFILE, &limit));
    char *args[] = {"x", "again", NULL}, *none[] = {NULL};
    for (int spare = 0; spare < 4; spare++) {
        pid_t pid = (pid_t)MUST(fork());
        if (!pid) {
            limit.rlim_cur = 40;
            MUST(setrlimit(RLIMIT_NOFILE, &limit));
            while (open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0)
                ;
            printf("%s\n", guest_error_name(errno));
            for (int i = 0; i < spare; i++)
                close(10 + i);
            execve(self, args, none);
            printf("execve: %s\n", guest_error_name(errno));
            _exit(1);
        }
        guest_reap("child", pid);
    }
    return 0;
}
