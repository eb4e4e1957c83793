/* poll, select, nanosleep, epoll_wait, sigsuspend and pause are EINTR even with SA_RESTART. */
#include "guest.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>

static volatile int handled;

static void on_alarm(int s)
{
    (void)s;
    handled++;
}

static void soon(void)
{
    struct itimerval t = {.it_value = {.tv_usec = 30000}};
    handled = 0;
    setitimer(ITIMER_REAL, &t, NULL);
}

#define INTERRUPTED(call) (soon(), TRY(call), SHOW(handled))

int main(void)
{
    struct sigaction a = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    MUST(sigaction(SIGALRM, &a, NULL));
    struct timespec five = {5, 0}, left = {0, 0};
    struct timeval tv = {5, 0};
    int ep = epoll_create1(0);
    struct epoll_event event;
    sigset_t none;
    sigemptyset(&none);
    INTERRUPTED(poll(NULL, 0, 5000));
    INTERRUPTED(select(0, NULL, NULL, NULL, &tv));
    INTERRUPTED(nanosleep(&five, &left));
    YES(left.tv_sec == 4);
    INTERRUPTED(epoll_wait(ep, &event, 1, 5000));
    INTERRUPTED(ppoll(NULL, 0, &five, &none));
    INTERRUPTED(pselect(0, NULL, NULL, NULL, &five, &none));
    INTERRUPTED(sigsuspend(&none));
    INTERRUPTED(pause());
    INTERRUPTED(epoll_pwait(ep, &event, 1, 5000, &none));
}
