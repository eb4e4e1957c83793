/* poll and ppoll report readiness, hang-up, bad descriptors and timeouts. */
#include "sys.h"
#include <poll.h>
#include <time.h>

int main(void)
{
    int p[2];
    char c;
    pipe(p);
    struct pollfd f[3] = {{p[0], POLLIN, 0}, {p[1], POLLOUT, 0}, {99, POLLIN, 0}};
    CALL(poll(f, 3, 0));
    SHOW(f[0].revents);
    SHOW(f[1].revents);
    SHOW(f[2].revents);
    CALL(poll(f, 1, 10));
    write(p[1], "x", 1);
    CALL(poll(f, 1, -1));
    SHOW(f[0].revents);
    read(p[0], &c, 1);
    close(p[1]);
    CALL(poll(f, 1, -1));
    SHOW(f[0].revents);
    struct timespec t = {0, 1000000};
    CALL(ppoll(NULL, 0, &t, NULL));
    t.tv_nsec = -1;
    CALL(ppoll(f, 1, &t, NULL));
    CALL(syscall(SYS_ppoll, 8, 1, NULL, NULL, 8));
    CALL(syscall(SYS_ppoll, f, 1, NULL, &f, 5));
    return 0;
}
