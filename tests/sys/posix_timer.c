/* timer_create: signals with values, overruns, SIGEV_NONE, SIGEV_THREAD_ID, deletion. */
#include "guest.h"
#include <time.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

int main(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 3);
    sigprocmask(SIG_BLOCK, &set, NULL);
    struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 3,
                         .sigev_value.sival_ptr = (void *)0x1234567812345678};
    timer_t timer, none;
    TRY(timer_create(CLOCK_MONOTONIC, &e, &timer));
    struct itimerspec old, t = {.it_value = {0, 5000000}};
    TRY(timer_settime(timer, 0, &t, NULL));
    siginfo_t info;
    YES(sigwaitinfo(&set, &info) == SIGRTMIN + 3);
    YES(info.si_code == SI_TIMER);
    printf("value %llx overrun %d\n", (unsigned long long)(uintptr_t)info.si_value.sival_ptr,
           info.si_overrun);
    t.it_interval.tv_nsec = 1000000;
    MUST(timer_settime(timer, 0, &t, NULL));
    guest_sleep_ms(30);
    YES(sigwaitinfo(&set, &info) == SIGRTMIN + 3);
    YES(info.si_overrun >= 5);
    YES(timer_getoverrun(timer) >= 5);
    t = (struct itimerspec){{3, 0}, {50, 0}};
    MUST(timer_settime(timer, 0, &t, NULL));
    MUST(timer_gettime(timer, &old));
    YES(old.it_interval.tv_sec == 3 && old.it_value.tv_sec >= 48 && old.it_value.tv_sec <= 50);
    while (sigtimedwait(&set, &info, &(struct timespec){0, 0}) > 0)
        ;
    e.sigev_notify = SIGEV_NONE;
    TRY(timer_create(CLOCK_REALTIME, &e, &none));
    t = (struct itimerspec){.it_value = {0, 1000000}};
    MUST(timer_settime(none, 0, &t, NULL));
    guest_sleep_ms(10);
    TRY(sigtimedwait(&set, &info, &(struct timespec){0, 0}));
    MUST(timer_gettime(none, &old));
    YES(old.it_value.tv_sec == 0 && old.it_value.tv_nsec == 0);
    TRY(timer_delete(none));
    TRY(timer_delete(timer));

    e.sigev_notify = SIGEV_THREAD_ID;
    e.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
    TRY(timer_create(CLOCK_MONOTONIC, &e, &timer));
    MUST(timer_settime(timer, TIMER_ABSTIME, &t, NULL));
    YES(sigwaitinfo(&set, &info) == SIGRTMIN + 3);
    TRY(timer_create(CLOCK_MONOTONIC, NULL, &none));
    e.sigev_signo = 65;
    TRY(timer_create(CLOCK_MONOTONIC, &e, &none));
    TRY(timer_create(77, NULL, &none));
    TRY(syscall(SYS_timer_delete, 4242));
    return 0;
}
