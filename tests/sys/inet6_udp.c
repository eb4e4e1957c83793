/* UDP over IPv6 and IPv4 loopback: addresses, connected sockets, errors that come back. */
#include "guest.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static void exchange(int family, struct sockaddr *a, socklen_t length)
{
    int server = (int)TRY(socket(family, SOCK_DGRAM, 0));
    if (server < 0 || TRY(bind(server, a, length)) == -1)
        return;
    MUST(getsockname(server, a, &length));
    SHOW(length);
    int client = (int)MUST(socket(family, SOCK_DGRAM, 0));
    SHOW(sendto(client, "unconnected", 11, 0, a, length));
    TRY(connect(client, a, length));
    SHOW(send(client, "connected", 9, 0));
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    char text[40] = "", address[64] = "";
    SHOW(recvfrom(server, text, 39, 0, (struct sockaddr *)&from, &size));
    TEXT(text);
    const void *raw = family == AF_INET6 ? (void *)&((struct sockaddr_in6 *)&from)->sin6_addr
                                         : (void *)&((struct sockaddr_in *)&from)->sin_addr;
    TEXT(inet_ntop(family, raw, address, sizeof address));
    SHOW(size);
    SHOW(recv(server, text, 4, MSG_TRUNC));
    SHOW(sendto(server, "back", 4, 0, (struct sockaddr *)&from, size));
    memset(text, 0, sizeof text);
    SHOW(recv(client, text, 39, 0));
    TEXT(text);
    close(server);
    SHOW(send(client, "x", 1, 0));
    TRY(recv(client, text, 1, 0));
    close(client);
}

int main(void)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    exchange(AF_INET6, (struct sockaddr *)&six, sizeof six);
    exchange(AF_INET, (struct sockaddr *)&four, sizeof four);
    int fd = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
    TRY(connect(fd, (struct sockaddr *)&six, sizeof six));
    TRY(listen(fd, 1));
    return 0;
}
