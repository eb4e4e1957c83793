/*
 * Sockets, in the file system and of TCP. A server takes one client at a time, and the next when
 * that one has gone; a client connects once. Without a host, TCP means this machine only.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "softmmu-system/chardev_kind.h"
#include "util/log.h"

struct chardev_socket {
    struct chardev *chardev;
    struct loop_fd listener; /* fd -1: a client */
    const char *path;        /* of a server in the file system: removed at the end */
    bool nodelay;
    struct chardev_socket *next;
};

static struct chardev_socket *sockets;

static void remove_paths(void)
{
    for (struct chardev_socket *s = sockets; s; s = s->next)
        if (s->path)
            unlink(s->path);
}

static void attach(struct chardev_socket *s, int fd)
{
    if (s->nodelay)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
    loop_remove_fd(&s->listener);
    chardev_attach(s->chardev, fd, fd);
}

static void client_comes(struct loop_fd *f, short revents)
{
    struct chardev_socket *s =
        (struct chardev_socket *)((char *)f - offsetof(struct chardev_socket, listener));
    (void)revents;
    int fd = accept4(f->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        attach(s, fd);
}

static void client_left(struct chardev *c)
{
    struct chardev_socket *s = c->own;
    if (s->listener.fd >= 0)
        loop_add_fd(&s->listener);
}

/* Binds or connects a new socket; -1 with errno. */
static int open_at(const struct sockaddr *address, socklen_t size, bool server)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (server)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (server ? bind(fd, address, size) == 0 && listen(fd, 1) == 0 &&
                     fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) == 0
               : connect(fd, address, size) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static int open_path(const char *path, bool server)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    if (server)
        unlink(path);
    return open_at((struct sockaddr *)&address, sizeof address, server);
}

/* -1 with errno, or with *reason where the name was not found. */
static int open_tcp(const char *host, const char *port, bool server, const char **reason)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int code = getaddrinfo(*host ? host : "127.0.0.1", port, &hints, &found), fd = -1;
    if (code) {
        *reason = gai_strerror(code);
        return -1;
    }
    for (struct addrinfo *a = found; a && fd < 0; a = a->ai_next)
        fd = open_at(a->ai_addr, a->ai_addrlen, server);
    freeaddrinfo(found);
    return fd;
}

/* HOST:PORT, [v6]:PORT, :PORT. */
static bool split(const char *address, char host[128], const char **port)
{
    const char *colon = strrchr(address, ':');
    size_t n = colon ? (size_t)(colon - address) : 0;
    if (!colon || !colon[1] || n >= 128)
        return false;
    bool brackets = n >= 2 && address[0] == '[' && address[n - 1] == ']';
    snprintf(host, 128, "%.*s", (int)n - 2 * brackets, address + brackets);
    *port = colon + 1;
    return true;
}

static void wait_for_client(struct chardev_socket *s)
{
    struct pollfd p = {.fd = s->listener.fd, .events = POLLIN};
    fprintf(stderr, "ferry-system: waiting for a connection to %s\n", s->chardev->about);
    while (s->chardev->in < 0)
        if (poll(&p, 1, -1) > 0)
            client_comes(&s->listener, POLLIN);
}

bool chardev_open_socket(struct chardev *c, const struct chardev_options *o, char *error,
                         size_t error_size)
{
    char host[128] = "";
    const char *port = o->port, *reason = NULL;
    if (o->telnet)
        return keys_fail(error, error_size, "%s: telnet is not offered", c->label);
    if (o->address && !split(o->address, host, &port))
        return keys_fail(error, error_size, "tcp:%s: must be HOST:PORT", o->address);
    if (o->host)
        snprintf(host, sizeof host, "%s", o->host);
    if (o->path ? !*o->path : !port)
        return keys_fail(error, error_size,
                         "%s: a socket needs path=, or host= and port=", c->label);
    struct chardev_socket *s = calloc(1, sizeof *s);
    if (!s)
        die("out of memory");
    c->own = s;
    s->chardev = c;
    s->nodelay = o->nodelay && !o->path;
    s->listener = (struct loop_fd){.fd = -1, .events = POLLIN, .ready = client_comes};
    snprintf(c->about, sizeof c->about, o->path ? "unix:%s%s" : "tcp:%s:%s%s",
             o->path ? o->path
             : *host ? host
                     : "127.0.0.1",
             o->path ? o->server ? ",server=on" : "" : port, o->server ? ",server=on" : "");
    int fd = o->path ? open_path(o->path, o->server) : open_tcp(host, port, o->server, &reason);
    if (fd < 0)
        return keys_fail(error, error_size, "%s: %s", c->about, reason ? reason : strerror(errno));
    if (!o->server) {
        attach(s, fd);
        return true;
    }
    if (o->path) {
        if (!sockets)
            atexit(remove_paths);
        s->path = o->path;
        s->next = sockets;
        sockets = s;
    }
    s->listener.fd = fd;
    c->lost = client_left;
    if (o->wait)
        wait_for_client(s);
    else
        loop_add_fd(&s->listener);
    return true;
}
