/* getsockopt and setsockopt: values, lengths in and out, structures, errors. */
#include "guest.h"
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

static void show(const char *name, int fd, int level, int option)
{
    int value = -1;
    socklen_t size = sizeof value;
    if (getsockopt(fd, level, option, &value, &size) == -1)
        printf("%s: %s\n", name, guest_error_name(errno));
    else
        printf("%s: %d, size %u\n", name, value, size);
}

#define OPTION(fd, level, option) show(#option, fd, level, option)

int main(void)
{
    int fd = (int)MUST(socket(AF_INET, SOCK_STREAM, 0)), v = 1;
    OPTION(fd, SOL_SOCKET, SO_TYPE);
    OPTION(fd, SOL_SOCKET, SO_DOMAIN);
    OPTION(fd, SOL_SOCKET, SO_PROTOCOL);
    OPTION(fd, SOL_SOCKET, SO_ACCEPTCONN);
    OPTION(fd, SOL_SOCKET, SO_ERROR);
    OPTION(fd, SOL_SOCKET, SO_KEEPALIVE);
    TRY(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &v, sizeof v));
    OPTION(fd, SOL_SOCKET, SO_KEEPALIVE);
    v = 20000;
    TRY(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &v, sizeof v));
    OPTION(fd, SOL_SOCKET, SO_RCVBUF);
    struct linger l = {1, 7}, got = {0, 0};
    TRY(setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l));
    socklen_t size = sizeof got;
    TRY(getsockopt(fd, SOL_SOCKET, SO_LINGER, &got, &size));
    printf("%d %d %u\n", got.l_onoff, got.l_linger, size);
    struct timeval t = {2, 500000}, back = {0, 0};
    TRY(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t));
    size = sizeof back;
    TRY(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &back, &size));
    printf("%ld.%06ld %u\n", (long)back.tv_sec, (long)back.tv_usec, size);
    char one = 77;
    size = 1;
    TRY(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, &size));
    printf("%d %u\n", one, size);
    TRY(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &v, 2));
    TRY(setsockopt(fd, SOL_SOCKET, 9999, &v, sizeof v));
    TRY(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, BAD, sizeof v));
    TRY(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &v, BAD));
    TRY(setsockopt(0, SOL_SOCKET, SO_KEEPALIVE, &v, sizeof v));
    v = 33;
    TRY(setsockopt(fd, IPPROTO_IP, IP_TTL, &v, sizeof v));
    OPTION(fd, IPPROTO_IP, IP_TTL);
    int six = (int)MUST(socket(AF_INET6, SOCK_STREAM, 0));
    TRY(setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, &v, sizeof v));
    OPTION(six, IPPROTO_IPV6, IPV6_V6ONLY);

    int s[2];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    t = (struct timeval){0, 20000};
    MUST(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t));
    TRY(read(s[0], &one, 1));
    return 0;
}
