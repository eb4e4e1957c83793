/* A program executes itself: by name, by /proc/self/exe, by descriptor, from a memfd; arguments stay. */
#include "guest.h"

extern char **environ;

static void again(char **argv)
{
    char exe[PATH_MAX] = "", comm[20] = "", line[200] = "";
    printf("argv[0] \"%s\" argv[1] \"%s\" X=%s\n", argv[0], argv[1], getenv("X") ? getenv("X") : "-");
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[n > 0 ? n : 0] = '\0';
    YES(exe[0] == '/');
    int fd = open("/proc/self/comm", O_RDONLY);
    n = read(fd, comm, sizeof comm - 1);
    close(fd);
    YES(n > 0);
    fd = open("/proc/self/cmdline", O_RDONLY);
    n = read(fd, line, sizeof line - 1);
    close(fd);
    size_t want = strlen(argv[0]) + strlen(argv[1]) + 2;
    YES(n == (ssize_t)want && !memcmp(line, argv[0], strlen(argv[0]) + 1));
    int variables = 0;
    for (char **e = environ; *e; e++)
        variables++;
    SHOW(variables);
    fd = open("/dev/null", O_RDONLY);
    SHOW(fd);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        again(argv);
        return argc;
    }
    char *const envp[] = {"X=1", "Y=2", NULL};
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    for (int how = 0; how < 6; how++) {
        pid_t child = fork();
        if (!child) {
            char *const av[] = {how == 1 ? "odd name" : "name", "by", NULL};
            int fd = open(path, O_RDONLY | O_CLOEXEC), mem;
            switch (how) {
            case 0:
            case 1:
                close(fd);
                execve(path, av, envp);
                break;
            case 2:
                close(fd);
                execve("/proc/self/exe", av, envp);
                break;
            case 3:
                fexecve(fd, av, envp);
                break;
            case 4:
                mem = memfd_create("program", MFD_CLOEXEC);
                for (char buffer[65536]; (n = read(fd, buffer, sizeof buffer)) > 0;)
                    if (write(mem, buffer, (size_t)n) != n)
                        _exit(50);
                close(fd);
                fexecve(mem, av, envp);
                break;
            case 5:
                close(fd);
                syscall(SYS_execveat, AT_FDCWD, path, av, NULL, 0);
                break;
            }
            printf("%d: %s\n", how, guest_error_name(errno));
            _exit(60);
        }
        guest_reap("again", child);
    }
}
