/* Unix datagrams keep their borders and their sender's address. */
#include "guest.h"
#include <sys/socket.h>
#include <sys/un.h>

int main(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "a"};
    struct sockaddr_un b = {.sun_family = AF_UNIX, .sun_path = "b"}, from;
    int fa = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
    int fb = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
    MUST(bind(fa, (struct sockaddr *)&a, sizeof a));
    MUST(bind(fb, (struct sockaddr *)&b, sizeof b));
    SHOW(sendto(fa, "one", 3, 0, (struct sockaddr *)&b, sizeof b));
    SHOW(sendto(fa, "", 0, 0, (struct sockaddr *)&b, sizeof b));
    SHOW(sendto(fa, "three", 5, 0, (struct sockaddr *)&b, sizeof b));
    char text[20] = "";
    socklen_t size = sizeof from;
    SHOW(recvfrom(fb, text, sizeof text, 0, (struct sockaddr *)&from, &size));
    TEXT(text);
    TEXT(from.sun_path);
    SHOW(size);
    SHOW(recv(fb, text, sizeof text, 0));
    memset(text, 0, sizeof text);
    SHOW(recv(fb, text, 2, 0));
    TEXT(text);
    TRY(recv(fb, text, 2, MSG_DONTWAIT));
    size = 4;
    MUST(sendto(fa, "x", 1, 0, (struct sockaddr *)&b, sizeof b));
    memset(&from, 0x55, sizeof from);
    SHOW(recvfrom(fb, text, sizeof text, 0, (struct sockaddr *)&from, &size));
    SHOW(size);
    SHOW(from.sun_path[2]);
    TRY(send(fa, "x", 1, 0));
    TRY(connect(fa, (struct sockaddr *)&b, sizeof b));
    TRY(send(fa, "y", 1, 0));
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    TRY(connect(fa, &none, sizeof none));
    TRY(send(fa, "z", 1, 0));
    close(fb);
    TRY(sendto(fa, "x", 1, 0, (struct sockaddr *)&b, sizeof b));
    TRY(sendto(fa, BAD, 1, 0, (struct sockaddr *)&a, sizeof a));
    return 0;
}
