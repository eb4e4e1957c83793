/* accept4's flags, accept on a non-blocking socket, a bad address length. */
#include "guest.h"
#include <sys/socket.h>
#include <sys/un.h>

int main(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "s"}, peer;
    int listener = (int)MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    SHOW(fcntl(listener, F_GETFD));
    printf("%o\n", (unsigned)fcntl(listener, F_GETFL));
    MUST(bind(listener, (struct sockaddr *)&a, sizeof a));
    MUST(listen(listener, 8));
    TRY(accept(listener, NULL, NULL));
    for (int i = 0; i < 4; i++) {
        int c = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
        MUST(connect(c, (struct sockaddr *)&a, sizeof a));
    }
    int s = (int)TRY(accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
    printf("%d %o\n", fcntl(s, F_GETFD), (unsigned)fcntl(s, F_GETFL));
    s = (int)TRY(accept4(listener, NULL, NULL, 0));
    printf("%d %o\n", fcntl(s, F_GETFD), (unsigned)fcntl(s, F_GETFL));
    TRY(accept4(listener, NULL, NULL, 0x10));
    socklen_t size = sizeof peer;
    TRY(accept(listener, (struct sockaddr *)&peer, &size));
    SHOW(size);
    SHOW(peer.sun_family);
    size = (socklen_t)-1;
    TRY(accept(listener, (struct sockaddr *)&peer, &size));
    TRY(accept(listener, NULL, NULL));
    TRY(accept(0, NULL, NULL));
    return 0;
}
