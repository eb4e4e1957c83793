/* Filters go to children, threads and executed programs; TSYNC brings all threads to one. */
#include <pthread.h>

#include "seccomp.h"

static pthread_barrier_t barrier;

static void *asks(void *arg)
{
    TRY(syscall(SYS_getppid));
    return arg;
}

static void *is_synchronised(void *arg)
{
    YES(syscall(SYS_getpgid, 0) >= 0);
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    TRY(syscall(SYS_getpgid, 0));
    return arg;
}

static void *diverges(void *arg)
{
    MUST(FILTER(0, ONLY(SYS_getpgid, SECCOMP_RET_ERRNO | EBADR)));
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    TRY(syscall(SYS_getpgid, 0));
    return arg;
}

static void with_thread(void *(*body)(void *), unsigned flags)
{
    pthread_t thread;
    pthread_create(&thread, NULL, body, NULL);
    pthread_barrier_wait(&barrier);
    long r = FILTER(flags, ONLY(SYS_getpgid, SECCOMP_RET_ERRNO | EBFONT));
    printf("TSYNC: %s\n", r == 0 ? "all" : r > 0 ? "a thread" : guest_error_name(errno));
    pthread_barrier_wait(&barrier);
    pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
    pthread_t thread;
    if (argc > 1) {
        VALUE(prctl(PR_GET_SECCOMP));
        TRY(syscall(SYS_getppid));
        TRY(syscall(SYS_getpgid, 0));
        YES(syscall(SYS_getsid, 0) >= 0);
        return 0;
    }
    NO_NEW_PRIVS();
    pthread_barrier_init(&barrier, NULL, 2);
    TRY(FILTER(0, ONLY(SYS_getppid, SECCOMP_RET_ERRNO | EBADFD)));
    pid_t pid = fork();
    if (pid == 0) {
        TRY(syscall(SYS_getppid));
        _exit(0);
    }
    guest_reap("child", pid);
    pid = vfork();
    if (pid == 0) {
        execl("/proc/self/exe", argv[0], "again", NULL);
        _exit(1);
    }
    guest_reap("executed", pid);
    pthread_create(&thread, NULL, asks, NULL);
    pthread_join(thread, NULL);

    TRY(FILTER(SECCOMP_FILTER_FLAG_TSYNC, RETURN(SECCOMP_RET_ALLOW)));
    with_thread(diverges, SECCOMP_FILTER_FLAG_TSYNC);
    with_thread(diverges, SECCOMP_FILTER_FLAG_TSYNC | (1 << 4) /* TSYNC_ESRCH */);
    YES(syscall(SYS_getpgid, 0) >= 0);
    with_thread(is_synchronised, SECCOMP_FILTER_FLAG_TSYNC);
    TRY(syscall(SYS_getpgid, 0));
    pthread_create(&thread, NULL, asks, NULL);
    pthread_join(thread, NULL);
    execl("/proc/self/exe", argv[0], "again", NULL);
    return 1;
}
