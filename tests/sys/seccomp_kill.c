/* Filters that kill, threads and processes, and strict mode. */
#include <pthread.h>

#include "seccomp.h"

static void child(const char *who, void (*body)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit {
            unsigned long current, max;
        } none = {0, 0};
        syscall(SYS_prlimit64, 0, 4 /* RLIMIT_CORE */, &none, NULL);
        body();
        _exit(0);
    }
    guest_reap(who, pid);
}

static void never(int signal)
{
    (void)signal;
    guest_say("handler");
}

static void process(void)
{
    signal(SIGSYS, never);
    FILTER(0, ONLY(SYS_getppid, SECCOMP_RET_KILL_PROCESS));
    syscall(SYS_getppid);
    guest_say("alive");
}

static void only_thread(void)
{
    signal(SIGSYS, never);
    FILTER(0, ONLY(SYS_getppid, SECCOMP_RET_KILL_THREAD));
    syscall(SYS_getppid);
    guest_say("alive");
}

static void unknown_action(void)
{
    FILTER(0, ONLY(SYS_getppid, 0x00100000));
    syscall(SYS_getppid);
    guest_say("alive");
}

static void *doomed(void *arg)
{
    (void)arg;
    FILTER(0, ONLY(SYS_getppid, SECCOMP_RET_KILL_THREAD));
    syscall(SYS_getppid);
    guest_say("alive");
    return NULL;
}

static void one_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, doomed, NULL);
    pthread_join(thread, NULL);
    guest_say("the other thread goes on");
    YES(syscall(SYS_getppid) > 0);
}

static void *murderer(void *arg)
{
    (void)arg;
    FILTER(0, ONLY(SYS_getppid, SECCOMP_RET_KILL_PROCESS));
    syscall(SYS_getppid);
    return NULL;
}

static void all_threads(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, murderer, NULL);
    pthread_join(thread, NULL);
    guest_say("alive");
}

static void strict_allowed(void)
{
    TRY(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
    if (write(1, "strict\n", 7) != 7)
        syscall(SYS_exit, 1);
    syscall(SYS_exit, 7);
}

static void strict_forbidden(void)
{
    syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL);
    syscall(SYS_getpid);
    guest_say("alive");
}

int main(void)
{
    NO_NEW_PRIVS();
    child("kill process", process);
    child("kill the only thread", only_thread);
    child("unknown action", unknown_action);
    child("kill one thread", one_thread);
    child("a thread kills the process", all_threads);
    child("strict, exit", strict_allowed);
    child("strict, getpid", strict_forbidden);
    return 0;
}
