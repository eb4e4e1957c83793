/* A read interrupted by a handler is made again with SA_RESTART, and is EINTR without. */
#include "guest.h"

static volatile int handled;

static void on_alarm(int s)
{
    (void)s;
    handled++;
}

static pid_t writer(int fd)
{
    pid_t pid = fork();
    if (!pid) {
        guest_sleep_ms(50);
        kill(getppid(), SIGUSR1);
        guest_sleep_ms(50);
        if (write(fd, "x", 1) != 1)
            _exit(1);
        _exit(0);
    }
    return pid;
}

static void once(int flags)
{
    int p[2];
    char c = 0;
    MUST(pipe(p));
    struct sigaction a = {.sa_handler = on_alarm, .sa_flags = flags};
    sigaction(SIGUSR1, &a, NULL);
    handled = 0;
    pid_t child = writer(p[1]);
    long n = TRY(read(p[0], &c, 1));
    printf("read %ld, byte '%c', handled %d\n", n, c ? c : '-', handled);
    if (n < 0)
        TRY(read(p[0], &c, 1));
    guest_reap("writer", child);
    close(p[0]);
    close(p[1]);
}

int main(void)
{
    once(SA_RESTART);
    once(0);
}
