/* Blocking calls and a signal: EINTR without SA_RESTART; with it, those the manual names go on. */
#include "guest.h"
#include <linux/futex.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/time.h>

static volatile int ticks;

static void handler(int number)
{
    (void)number;
    ticks++;
}

static int in[2], s[2], fd;
static uint32_t word;

static long do_read(void)
{
    char c;
    return read(in[0], &c, 1);
}
static long do_recv(void)
{
    char c;
    return recv(s[0], &c, 1, 0);
}
static long do_wait(void)
{
    return waitpid(-1, NULL, 0) > 0 ? 0 : -1;
}
static long do_flock(void)
{
    return flock(fd, LOCK_EX);
}
static long do_poll(void)
{
    struct pollfd f = {in[0], POLLIN, 0};
    return poll(&f, 1, -1);
}
static long do_futex(void)
{
    return syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
}
static long do_futex_timed(void)
{
    struct timespec t = {5, 0};
    return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &t, NULL, 0);
}
static long do_epoll(void)
{
    int e = epoll_create1(0);
    struct epoll_event ev = {.events = EPOLLIN};
    epoll_ctl(e, EPOLL_CTL_ADD, in[0], &ev);
    long r = epoll_wait(e, &ev, 1, -1);
    int error = errno;
    close(e);
    errno = error;
    return r;
}

/* Each call completes when a child does its part after 40 ms, if the signals let it. */
static void try(const char *name, long (*call)(void), int flags)
{
    struct sigaction a = {.sa_handler = handler, .sa_flags = flags};
    sigaction(SIGALRM, &a, NULL);
    int held = open("lock", O_RDONLY);
    flock(held, LOCK_EX);
    static uint32_t *shared;
    if (!shared)
        shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        guest_sleep_ms(60);
        write(in[1], "x", 1);
        write(s[1], "x", 1);
        flock(held, LOCK_UN);
        _exit(0);
    }
    ticks = 0;
    struct itimerval t = {{0, 10000}, {0, 10000}}, off = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &t, NULL);
    long r = call();
    int error = errno;
    setitimer(ITIMER_REAL, &off, NULL);
    printf("%s%s: %s, signals %d\n", name, flags ? " with SA_RESTART" : "",
           r == -1 ? guest_error_name(error) : "done", ticks > 0);
    int status;
    while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
        ;
    char c;
    recv(s[0], &c, 1, MSG_DONTWAIT);
    struct pollfd f = {in[0], POLLIN, 0};
    while (poll(&f, 1, 0) == 1)
        read(in[0], &c, 1);
    flock(fd, LOCK_UN);
    close(held);
}

int main(void)
{
    MUST(pipe(in));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    guest_file("lock", "");
    fd = (int)MUST(open("lock", O_RDONLY));
    const struct {
        const char *name;
        long (*call)(void);
        bool ends;
    } calls[] = {
        {"read", do_read, true},
        {"recv", do_recv, true},
        {"waitpid", do_wait, true},
        {"flock", do_flock, true},
        {"poll", do_poll, true},
        {"epoll_wait", do_epoll, true},
        {"futex with a timeout", do_futex_timed, true},
        {"futex", do_futex, false},
    };
    for (unsigned i = 0; i < COUNT(calls); i++) {
        try(calls[i].name, calls[i].call, 0);
        if (calls[i].ends && i != 6)
            try(calls[i].name, calls[i].call, SA_RESTART);
    }
    return 0;
}
