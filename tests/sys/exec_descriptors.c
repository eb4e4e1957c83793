/*
 * Over execve O_CLOEXEC descriptors are closed, others stay with offset and flags, cwd and umask
 * stay.
 */
#include "guest.h"

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        char c = 0, cwd[PATH_MAX];
        for (int fd = 3; fd < 10; fd++)
            printf("%d: %s\n", fd, fcntl(fd, F_GETFD) == -1 ? "closed" : "open");
        TRY(read(3, &c, 1));
        printf("next byte %c\n", c);
        TEXT(strrchr(getcwd(cwd, sizeof cwd), '/'));
        SHOW(umask(0));
        return 0;
    }
    char byte, path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    guest_file("file", "abc");
    MUST(open("file", O_RDONLY));
    MUST(open("file", O_RDONLY | O_CLOEXEC));
    MUST(dup(3));
    MUST(fcntl(3, F_DUPFD_CLOEXEC, 7));
    MUST(read(3, &byte, 1));
    mkdir("below", 0755);
    MUST(chdir("below"));
    umask(027);
    char *const av[] = {"x", "again", NULL};
    execv(path, av);
    puts("exec failed");
}
