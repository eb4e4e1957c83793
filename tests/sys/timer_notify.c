/* timer_create: by signal to a thread, without notice, overruns, values, errors. */
#include "guest.h"
#include <pthread.h>

static volatile int count;
static volatile pid_t who;

static void handler(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    count += info->si_code == SI_TIMER && info->si_value.sival_int == 42;
    who = gettid();
}

static void *target(void *tid)
{
    __atomic_store_n((pid_t *)tid, gettid(), __ATOMIC_SEQ_CST);
    while (!count)
        guest_sleep_ms(1);
    YES(who == gettid());
    return NULL;
}

static long create(clockid_t clock, int notify, int number, pid_t tid, int *id)
{
    struct sigevent e = {.sigev_notify = notify, .sigev_signo = number};
    e.sigev_value.sival_int = 42;
    e._sigev_un._tid = tid;
    return syscall(SYS_timer_create, clock, &e, id);
}

int main(void)
{
    int id = 0;
    pid_t tid = 0;
    pthread_t thread;
    struct itimerspec once = {.it_value = {0, 5000000}}, often = {{0, 1000000}, {0, 1000000}}, now;
    sigaction(SIGRTMIN, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL);
    pthread_create(&thread, NULL, target, &tid);
    while (!__atomic_load_n(&tid, __ATOMIC_SEQ_CST))
        guest_sleep_ms(1);
    TRY(create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, SIGRTMIN, tid, &id));
    TRY(syscall(SYS_timer_settime, id, 0, &once, NULL));
    pthread_join(thread, NULL);
    SHOW(count);
    TRY(syscall(SYS_timer_gettime, id, &now));
    SHOW(now.it_value.tv_sec + now.it_value.tv_nsec);
    TRY(syscall(SYS_timer_delete, id));
    TRY(syscall(SYS_timer_delete, id));

    TRY(create(CLOCK_PROCESS_CPUTIME_ID, SIGEV_NONE, 0, 0, &id));
    TRY(syscall(SYS_timer_settime, id, 0, &(struct itimerspec){.it_value = {100, 0}}, &now));
    SHOW(now.it_value.tv_sec);
    TRY(syscall(SYS_timer_gettime, id, &now));
    SHOW(now.it_value.tv_sec >= 98);
    TRY(syscall(SYS_timer_delete, id));

    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    TRY(create(CLOCK_REALTIME, SIGEV_SIGNAL, SIGUSR1, 0, &id));
    TRY(syscall(SYS_timer_settime, id, 0, &often, NULL));
    guest_sleep_ms(50);
    siginfo_t info;
    SHOW(sigwaitinfo(&set, &info) == SIGUSR1);
    SHOW(info.si_code == SI_TIMER);
    SHOW(info.si_overrun > 5);
    SHOW(syscall(SYS_timer_getoverrun, id) > 5);
    TRY(syscall(SYS_timer_delete, id));

    TRY(create(1000, SIGEV_SIGNAL, SIGUSR1, 0, &id));
    TRY(create(CLOCK_REALTIME, SIGEV_SIGNAL, 1000, 0, &id));
    TRY(create(CLOCK_REALTIME, 77, SIGUSR1, 0, &id));
    TRY(create(CLOCK_REALTIME, SIGEV_THREAD_ID, SIGUSR1, 1, &id));
    TRY(syscall(SYS_timer_create, CLOCK_REALTIME, BAD, &id));
    TRY(syscall(SYS_timer_create, CLOCK_REALTIME, NULL, BAD));
    TRY(syscall(SYS_timer_create, CLOCK_REALTIME, NULL, &id));
    TRY(syscall(SYS_timer_settime, id, 0, BAD, NULL));
    TRY(syscall(SYS_timer_settime, id, 0, NULL, NULL));
    TRY(syscall(SYS_timer_settime, id, 0, &(struct itimerspec){.it_value = {0, -1}}, NULL));
    TRY(syscall(SYS_timer_gettime, id, BAD));
    return 0;
}
