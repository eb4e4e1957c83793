/*
 * What exec keeps and resets: handlers, ignored signals, mask, altstack, timers, umask, cwd, name,
 * threads.
 */
#include "guest.h"
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>

static void *forever(void *p)
{
    for (;;)
        pause();
    return p;
}

int main(int argc, char **argv)
{
    struct sigaction a;
    sigset_t set;
    char text[PATH_MAX] = "";
    if (argc > 1) {
        sigaction(SIGUSR1, NULL, &a);
        YES(a.sa_handler == SIG_DFL);
        sigaction(SIGUSR2, NULL, &a);
        YES(a.sa_handler == SIG_IGN);
        sigprocmask(SIG_BLOCK, NULL, &set);
        YES(sigismember(&set, SIGTERM) == 1 && sigismember(&set, SIGHUP) == 0);
        sigpending(&set);
        YES(sigismember(&set, SIGTERM) == 1);
        stack_t s;
        sigaltstack(NULL, &s);
        YES(s.ss_flags & SS_DISABLE);
        YES(alarm(0) > 50);
        printf("umask %o\n", umask(0));
        TEXT(strrchr(getcwd(text, sizeof text), '/'));
        memset(text, 0, sizeof text);
        prctl(PR_GET_NAME, text);
        YES(!strncmp(text, strrchr(argv[1], '/') + 1, 15));
        YES(getppid() == atoi(argv[2]));
        struct rlimit l;
        getrlimit(RLIMIT_NOFILE, &l);
        SHOW(l.rlim_cur);
        YES(access("/proc/self/task", F_OK) == 0);
        SHOW(nice(0));
        return 0;
    }
    memset(&a, 0, sizeof a);
    a.sa_handler = (void (*)(int))(void *)main;
    sigaction(SIGUSR1, &a, NULL);
    signal(SIGUSR2, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_SETMASK, &set, NULL);
    raise(SIGTERM);
    static char stack[65536];
    MUST(sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL));
    alarm(100);
    umask(0137);
    MUST(mkdir("work", 0755));
    MUST(chmod("work", 0755));
    MUST(chdir("work"));
    MUST(prctl(PR_SET_NAME, "other name"));
    struct rlimit l = {123, 200};
    MUST(setrlimit(RLIMIT_NOFILE, &l));
    nice(4);
    pthread_t t;
    pthread_create(&t, NULL, forever, NULL);
    MUST(readlink("/proc/self/exe", text, sizeof text));
    char parent[20];
    snprintf(parent, sizeof parent, "%d", getppid());
    execl(text, text, text, parent, NULL);
    return 1;
}
