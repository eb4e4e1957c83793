/* fexecve and execveat: programs by descriptor, close-on-exec too, and relative to a directory. */
#include "guest.h"

extern char **environ;

static pid_t start(int how, int fd, int dir, const char *base)
{
    static const char *const names[] = {"fexecve", "cloexec", "execveat dir", "execveat empty",
                                        "not a program", "nofollow"};
    char *args[] = {"self", (char *)names[how], NULL};
    pid_t pid = (pid_t)MUST(fork());
    if (pid)
        return pid;
    switch (how) {
    case 0:
    case 1:
        fexecve(fd, args, environ);
        break;
    case 2:
        syscall(SYS_execveat, dir, base, args, environ, 0);
        break;
    case 3:
        syscall(SYS_execveat, fd, "", args, environ, AT_EMPTY_PATH);
        break;
    case 4:
        fexecve(open("/dev/null", O_RDONLY), args, environ);
        break;
    case 5:
        symlink("/proc/self/exe", "link");
        syscall(SYS_execveat, AT_FDCWD, "link", args, environ, AT_SYMLINK_NOFOLLOW);
        break;
    }
    printf("%s: %s\n", args[1], guest_error_name(errno));
    _exit(1);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        printf("started: %s\n", argv[1]);
        return 30;
    }
    char self[PATH_MAX] = "";
    MUST(readlink("/proc/self/exe", self, sizeof self));
    int fd = (int)MUST(open(self, O_RDONLY));
    int cloexec = (int)MUST(open(self, O_PATH | O_CLOEXEC));
    char *base = strrchr(self, '/');
    *base++ = 0;
    int dir = (int)MUST(open(self, O_RDONLY | O_DIRECTORY));
    for (int how = 0; how < 6; how++)
        guest_reap("child", start(how, how == 1 ? cloexec : fd, dir, base));
    return 0;
}
