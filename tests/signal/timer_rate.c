/* Timers at a high rate in many threads, as profilers set them: every thread goes on, each gets its
 * signals, calls that can restart do, and what was computed is right. */
#include <pthread.h>
#include <sys/time.h>

#include "guest.h"

enum { THREADS = 20, WANTED = 60 };

static volatile unsigned profiled;
static __thread volatile unsigned mine;
static unsigned wrong;

static void on_own(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    if (info->si_code != SI_TIMER)
        __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
    mine++;
}

static void on_profile(int signal)
{
    (void)signal;
    profiled++;
}

static uint64_t compute(uint64_t seed)
{
    double d = 1;
    for (int i = 0; i < 2000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        d = d * 1.000001 + (double)(seed >> 60);
    }
    return seed + (uint64_t)d;
}

static void *thread(void *arg)
{
    int pipe_fd[2];
    uint64_t want = compute(7);
    timer_t timer;
    struct sigevent e = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 1};
    e._sigev_un._tid = (int)syscall(SYS_gettid);
    struct itimerspec often = {.it_value = {0, 100000}, .it_interval = {0, 100000}};
    MUST(pipe(pipe_fd));
    MUST(timer_create(CLOCK_MONOTONIC, &e, &timer));
    MUST(timer_settime(timer, 0, &often, NULL));
    while (mine < WANTED) {
        char c = 'x';
        if (compute(7) != want || write(pipe_fd[1], &c, 1) != 1 || read(pipe_fd[0], &c, 1) != 1 ||
            c != 'x')
            __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
    }
    timer_delete(timer);
    close(pipe_fd[0]);
    close(pipe_fd[1]);
    return arg;
}

int main(void)
{
    struct sigaction own = {.sa_sigaction = on_own, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction profile = {.sa_handler = on_profile, .sa_flags = SA_RESTART};
    struct itimerval t = {{0, 1000}, {0, 1000}};
    pthread_t threads[THREADS];
    sigaction(SIGRTMIN + 1, &own, NULL);
    sigaction(SIGPROF, &profile, NULL);
    setitimer(ITIMER_PROF, &t, NULL);
    for (int i = 0; i < THREADS; i++)
        MUST(pthread_create(&threads[i], NULL, thread, NULL) ? -1 : 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    while (profiled < 5)
        compute(1);
    SHOW(wrong);
    puts("all have had their signals");
}
