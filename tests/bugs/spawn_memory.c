/* A thousand spawned programs leave no memory behind: what execve took for a child of vfork was
 * kept. */
#include "guest.h"
#include <spawn.h>

extern char **environ;

static long resident(void)
{
    char text[4096] = "";
    int fd = (int)MUST(open("/proc/self/status", O_RDONLY));
    MUST(read(fd, text, sizeof text - 1));
    close(fd);
    return atol(strstr(text, "VmRSS:") + 6);
}

static void spawn(int times)
{
    char *args[] = {"true", NULL};
    for (int i = 0; i < times; i++) {
        pid_t pid;
        int status;
        if (posix_spawn(&pid, "/bin/true", NULL, NULL, args, environ) != 0)
            printf("cannot spawn\n");
        MUST(waitpid(pid, &status, 0));
    }
}

int main(void)
{
    spawn(20);
    long before = resident();
    spawn(1000);
    YES(resident() - before < 1024);
    return 0;
}
