/* Threads have names, numbers and entries in /proc/self/task of their own. */
#include "guest.h"
#include <dirent.h>
#include <pthread.h>
#include <sys/prctl.h>

static pthread_barrier_t barrier;

static void *run(void *p)
{
    prctl(PR_SET_NAME, p);
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    return (void *)syscall(SYS_gettid);
}

static int tasks(void)
{
    DIR *d = opendir("/proc/self/task");
    int n = 0;
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

int main(void)
{
    char name[20] = "";
    pthread_t t[2];
    SHOW(tasks());
    pthread_barrier_init(&barrier, NULL, 3);
    pthread_create(&t[0], NULL, run, "first");
    pthread_create(&t[1], NULL, run, "a second one too long");
    pthread_barrier_wait(&barrier);
    SHOW(tasks());
    SHOW(pthread_getname_np(t[0], name, sizeof name));
    TEXT(name);
    SHOW(pthread_getname_np(t[1], name, sizeof name));
    TEXT(name);
    SHOW(pthread_setname_np(t[0], "renamed"));
    SHOW(pthread_getname_np(t[0], name, sizeof name));
    TEXT(name);
    SHOW(pthread_setname_np(t[0], "much too long for a name") == ERANGE);
    pthread_barrier_wait(&barrier);
    void *tid[2];
    pthread_join(t[0], &tid[0]);
    pthread_join(t[1], &tid[1]);
    YES(tid[0] != tid[1] && (long)tid[0] != getpid() && (long)tid[0] > 0);
    while (tasks() != 1)
        guest_sleep_ms(1);
    TRY(syscall(SYS_tgkill, getpid(), tid[0], 0));
    YES(syscall(SYS_gettid) == getpid());
    return 0;
}
