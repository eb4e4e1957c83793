/*
 * execve inside a root without /proc, which the program has entered by itself: programs, scripts,
 * descriptors from outside, and programs executed by those.
 */
#include "guest.h"
#include <sched.h>

static char self[PATH_MAX];

static void run(const char *file, int fd, const char *depth)
{
    char *args[] = {"me", (char *)depth, NULL}, *none[] = {"A=1", NULL};
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        if (fd >= 0)
            fexecve(fd, args, none);
        else
            execve(file, args, none);
        printf("%s: %s\n", file ? file : "descriptor", guest_error_name(errno));
        _exit(1);
    }
    guest_reap(file ? file : "descriptor", pid);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        int depth = atoi(argv[argc - 1]);
        printf("%s, depth %d, %d arguments\n", argv[0], depth, argc);
        if (depth > 0)
            run("/bin/me", -1, depth == 2 ? "1" : "0");
        return depth;
    }
    MUST(readlink("/proc/self/exe", self, sizeof self));
    MUST(mkdir("root", 0755));
    MUST(mkdir("root/bin", 0755));
    guest_copy_program(self, "root/bin/me");
    guest_file("root/script", "#!/bin/me\n");
    chmod("root/script", 0755);
    int inside = (int)MUST(open("root/bin/me", O_RDONLY | O_CLOEXEC));
    int outside = (int)MUST(open(self, O_RDONLY | O_CLOEXEC));
    if (chroot("root") != 0) {
        MUST(unshare(CLONE_NEWUSER));
        MUST(chroot("root"));
    }
    MUST(chdir("/"));
    run("/bin/me", -1, "2");
    run("/script", -1, "1");
    run("bin/../bin/me", -1, "1");
    run(NULL, inside, "1");
    run(NULL, outside, "1");
    run("/bin/absent", -1, "1");
    TRY(access("/proc/self/exe", F_OK));
    return 0;
}
