/*
 * A child that shares memory and descriptors executes a program: its parent's descriptors are as
 * before.
 */
#include "guest.h"
#include <sched.h>

extern char **environ;

static char stack[1 << 16];
static char self[PATH_MAX];
static const char *program;

static int child(void *unused)
{
    (void)unused;
    char *args[] = {"x", "run", NULL};
    execve(program, args, environ);
    _exit(9);
}

static int count(void)
{
    int n = 0;
    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) != -1;
    return n;
}

static void start(const char *what)
{
    program = what;
    int before = count();
    pid_t pid = (pid_t)MUST(
        clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, NULL));
    SHOW(count() - before);
    guest_reap("child", pid);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1)
        return 3;
    MUST(readlink("/proc/self/exe", self, sizeof self));
    guest_file("script", "#!/bin/sh\nexit 4\n");
    chmod("script", 0755);
    start(self);
    start("/bin/true");
    start("./script");
    start("./absent");
    return 0;
}
