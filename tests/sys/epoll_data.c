/* epoll gives back the 64 bits of data it was given, for one event and for many at once. */
#include "guest.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

static int compare(const void *a, const void *b)
{
    uint64_t x = ((const struct epoll_event *)a)->data.u64, y = ((const struct epoll_event *)b)->data.u64;
    return x < y ? -1 : x > y;
}

int main(void)
{
    struct epoll_event e, many[20];
    int ep, fds[10];
    TRY(ep = epoll_create1(EPOLL_CLOEXEC));
    for (int i = 0; i < 10; i++) {
        fds[i] = eventfd(i & 1, EFD_NONBLOCK);
        e = (struct epoll_event){EPOLLIN, {.u64 = UINT64_C(0x1122334455667700) + (uint64_t)i}};
        VALUE(epoll_ctl(ep, EPOLL_CTL_ADD, fds[i], &e));
    }
    memset(many, 0xab, sizeof many);
    int n = (int)VALUE(epoll_wait(ep, many, 20, 0));
    qsort(many, (size_t)n, sizeof *many, compare);
    for (int i = 0; i < n; i++)
        printf("%#x %#llx\n", many[i].events, (unsigned long long)many[i].data.u64);
    printf("%#llx\n", (unsigned long long)many[n].data.u64); /* untouched */
    VALUE(epoll_wait(ep, many, 2, 0));
    e.events = EPOLLOUT | EPOLLONESHOT;
    e.data.u64 = 42;
    VALUE(epoll_ctl(ep, EPOLL_CTL_MOD, fds[0], &e));
    for (int i = 1; i < 10; i++)
        epoll_ctl(ep, EPOLL_CTL_DEL, fds[i], NULL);
    VALUE(epoll_wait(ep, many, 20, 0));
    printf("%#x %llu\n", many[0].events, (unsigned long long)many[0].data.u64);
    VALUE(epoll_wait(ep, many, 20, 0));
    VALUE(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &e));
    VALUE(epoll_ctl(ep, EPOLL_CTL_DEL, fds[5], NULL));
    VALUE(epoll_ctl(ep, 9, fds[0], &e));
    VALUE(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &e));
    VALUE(epoll_ctl(ep, EPOLL_CTL_ADD, fds[5], BAD));
    VALUE(epoll_wait(ep, many, 0, 0));
    VALUE(epoll_wait(fds[0], many, 1, 0));
    return 0;
}
