/*
 * Every thread has its mask; a signal for the process goes to one that lets it through, or to
 * sigwait.
 */
#include "guest.h"
#include <pthread.h>

static pthread_t receiver;
static volatile int by_receiver, by_others;
static int ready[2];

static void handler(int number)
{
    (void)number;
    if (pthread_equal(pthread_self(), receiver))
        by_receiver++;
    else
        by_others++;
}

static void *receive(void *p)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    write(ready[1], "r", 1);
    while (by_receiver < 50)
        guest_sleep_ms(1);
    return p;
}

static void *wait_for(void *p)
{
    sigset_t set;
    int number;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTERM);
    for (int i = 0; i < 3; i++) {
        sigwait(&set, &number);
        printf("sigwait: %s\n", guest_signal_name(number));
        write(ready[1], "r", 1);
    }
    return p;
}

int main(void)
{
    char c;
    sigset_t set;
    MUST(pipe(ready));
    sigfillset(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGUSR1, handler);
    pthread_create(&receiver, NULL, receive, NULL);
    read(ready[0], &c, 1);
    for (int i = 0; i < 50; i++) {
        kill(getpid(), SIGUSR1);
        while (by_receiver + by_others == i)
            guest_sleep_ms(1);
    }
    pthread_join(receiver, NULL);
    SHOW(by_receiver);
    SHOW(by_others);
    pthread_t waiter;
    pthread_create(&waiter, NULL, wait_for, NULL);
    kill(getpid(), SIGUSR2);
    read(ready[0], &c, 1);
    pthread_kill(waiter, SIGTERM);
    read(ready[0], &c, 1);
    raise(SIGUSR2);
    sigpending(&set);
    SHOW(sigismember(&set, SIGUSR2));
    kill(getpid(), SIGTERM);
    pthread_join(waiter, NULL);
    sigpending(&set);
    printf("%d %d\n", sigismember(&set, SIGUSR2), sigismember(&set, SIGTERM));
    return 0;
}
