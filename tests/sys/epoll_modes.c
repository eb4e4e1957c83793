/* Level and edge triggering, EPOLLONESHOT, hang up, nested epolls. */
#include "guest.h"
#include <sys/epoll.h>

static int ready(int e)
{
    struct epoll_event ev[4];
    int n = epoll_wait(e, ev, 4, 0);
    return n > 0 ? (int)(ev[0].events << 4) | n : n;
}

int main(void)
{
    int e = (int)MUST(epoll_create1(0)), p[2];
    MUST(pipe(p));
    struct epoll_event ev = {.events = EPOLLIN, .data.fd = p[0]};
    MUST(epoll_ctl(e, EPOLL_CTL_ADD, p[0], &ev));
    MUST(write(p[1], "a", 1));
    SHOW(ready(e));
    SHOW(ready(e));
    ev.events = EPOLLIN | EPOLLET;
    MUST(epoll_ctl(e, EPOLL_CTL_MOD, p[0], &ev));
    SHOW(ready(e));
    SHOW(ready(e));
    MUST(write(p[1], "b", 1));
    SHOW(ready(e));
    SHOW(ready(e));
    ev.events = EPOLLIN | EPOLLONESHOT;
    MUST(epoll_ctl(e, EPOLL_CTL_MOD, p[0], &ev));
    SHOW(ready(e));
    MUST(write(p[1], "c", 1));
    SHOW(ready(e));
    MUST(epoll_ctl(e, EPOLL_CTL_MOD, p[0], &ev));
    SHOW(ready(e));
    int outer = (int)MUST(epoll_create1(0));
    ev.events = EPOLLIN;
    MUST(epoll_ctl(outer, EPOLL_CTL_ADD, e, &ev));
    SHOW(ready(outer));
    MUST(epoll_ctl(e, EPOLL_CTL_MOD, p[0], &ev));
    SHOW(ready(outer));
    char c[3];
    MUST(read(p[0], c, 3));
    SHOW(ready(outer));
    close(p[1]);
    SHOW(ready(e));
    close(p[0]);
    SHOW(ready(e));
    return 0;
}
