/* select: sets in, sets out, the remaining time, errors. */
#include "guest.h"
#include <sys/select.h>

int main(void)
{
    int p[2], high;
    MUST(pipe(p));
    high = (int)MUST(fcntl(p[0], F_DUPFD, 200));
    fd_set in, out;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(p[0], &in);
    FD_SET(high, &in);
    FD_SET(p[1], &out);
    SHOW(select(high + 1, &in, &out, NULL, NULL));
    printf("%d %d %d\n", FD_ISSET(p[0], &in) != 0, FD_ISSET(high, &in) != 0,
           FD_ISSET(p[1], &out) != 0);
    MUST(write(p[1], "x", 1));
    FD_SET(p[0], &in);
    FD_SET(high, &in);
    struct timeval t = {5, 0};
    SHOW(select(high + 1, &in, NULL, NULL, &t));
    printf("%d %d\n", FD_ISSET(p[0], &in) != 0, FD_ISSET(high, &in) != 0);
    YES(t.tv_sec == 4 || (t.tv_sec == 5 && t.tv_usec == 0));
    char c;
    MUST(read(p[0], &c, 1));
    t = (struct timeval){0, 20000};
    FD_SET(p[0], &in);
    SHOW(select(high + 1, &in, NULL, NULL, &t));
    printf("%d, %ld.%06ld\n", FD_ISSET(p[0], &in) != 0, (long)t.tv_sec, (long)t.tv_usec);
    SHOW(select(0, NULL, NULL, NULL, &t));
    FD_SET(150, &in);
    TRY(select(151, &in, NULL, NULL, &t));
    TRY(select(-1, NULL, NULL, NULL, &t));
    t = (struct timeval){-1, 0};
    TRY(select(0, NULL, NULL, NULL, &t));
    TRY(select(10, BAD, NULL, NULL, NULL));
    return 0;
}
