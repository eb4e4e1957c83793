/*
 * Unix stream sockets by path and in the abstract name space; addresses as the kernel gives them.
 */
#include "guest.h"
#include <sys/socket.h>
#include <sys/un.h>

static void show_name(const char *what, int fd, int (*get)(int, struct sockaddr *, socklen_t *))
{
    struct sockaddr_un a = {0};
    socklen_t size = sizeof a;
    if (get(fd, (struct sockaddr *)&a, &size) == -1)
        printf("%s: %s\n", what, guest_error_name(errno));
    else
        printf("%s: family %d size %u path %d\"%s\"\n", what, a.sun_family, size, a.sun_path[0] == 0,
               a.sun_path[0] ? a.sun_path : a.sun_path + 1);
}

static void talk(const struct sockaddr_un *a, socklen_t size)
{
    int listener = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    int client = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    TRY(connect(client, (const struct sockaddr *)a, size));
    TRY(bind(listener, (const struct sockaddr *)a, size));
    TRY(bind(listener, (const struct sockaddr *)a, size));
    TRY(connect(client, (const struct sockaddr *)a, size));
    TRY(listen(listener, 2));
    TRY(connect(client, (const struct sockaddr *)a, size));
    struct sockaddr_un peer;
    socklen_t length = sizeof peer;
    int server = (int)TRY(accept(listener, (struct sockaddr *)&peer, &length));
    SHOW(length);
    show_name("listener", listener, getsockname);
    show_name("server", server, getsockname);
    show_name("client's peer", client, getpeername);
    show_name("server's peer", server, getpeername);
    show_name("listener's peer", listener, getpeername);
    char text[40] = "";
    SHOW(send(client, "question", 8, 0));
    SHOW(recv(server, text, 4, 0));
    SHOW(recv(server, text + 4, 30, 0));
    TEXT(text);
    SHOW(write(server, "answer", 6));
    close(server);
    memset(text, 0, sizeof text);
    SHOW(read(client, text, 30));
    TEXT(text);
    SHOW(read(client, text, 30));
    TRY(send(client, "x", 1, MSG_NOSIGNAL));
    close(client);
    close(listener);
}

int main(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "a.sock"};
    talk(&a, sizeof a);
    TRY(access("a.sock", F_OK));
    char name[40];
    int n = snprintf(name, sizeof name, "%cferry-test-%d", 0, getpid());
    memcpy(a.sun_path, name, (size_t)n);
    a.sun_path[1] = 0;
    int fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    memcpy(a.sun_path, name, (size_t)n);
    TRY(bind(fd, (struct sockaddr *)&a, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)));
    socklen_t size = sizeof a;
    MUST(getsockname(fd, (struct sockaddr *)&a, &size));
    YES(size == offsetof(struct sockaddr_un, sun_path) + (socklen_t)n && a.sun_path[0] == 0);
    TRY(bind(fd, (struct sockaddr *)&a, 200));
    TRY(bind(fd, BAD, sizeof a));
    TRY(socket(AF_UNIX, 77, 0));
    TRY(socket(77, SOCK_STREAM, 0));
    return 0;
}
