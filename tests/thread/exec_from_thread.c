/* execve from a thread: the others end, the new program has the process's pid. */
#include "guest.h"
#include <pthread.h>

static char self[PATH_MAX];

static void *sleeper(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static void *execs(void *arg)
{
    char pid[20];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    char *const argv[] = {self, "again", pid, NULL};
    execv(self, argv);
    puts("exec failed");
    return arg;
}

int main(int argc, char **argv)
{
    if (argc > 2) {
        YES(getpid() == atoi(argv[2]));
        YES(getpid() == (pid_t)syscall(SYS_gettid));
        return 4;
    }
    snprintf(self, sizeof self, "%s", argv[0]);
    pthread_t t;
    pthread_create(&t, NULL, sleeper, NULL);
    pthread_create(&t, NULL, execs, NULL);
    pthread_join(t, NULL);
}
