/* What siginfo says of each kind of sender: timers, message queues, descriptors, sigqueue, tgkill, children. */
#include <mqueue.h>
#include <poll.h>
#include <sys/socket.h>

#include "guest.h"

static siginfo_t got;
static volatile int count;

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    got = *info;
    count++;
}

static void await(int n)
{
    for (int i = 0; i < 2000 && count < n; i++)
        guest_sleep_ms(1);
}

static void handle(int signal, int flags)
{
    struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART | flags};
    MUST(sigaction(signal, &sa, NULL));
    count = 0;
    memset(&got, 0, sizeof got);
}

static void timers(void)
{
    int mine = 42;
    handle(SIGRTMIN + 3, 0);
    timer_t t[2];
    struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 3};
    e.sigev_value.sival_ptr = &mine;
    MUST(timer_create(CLOCK_MONOTONIC, &e, &t[0]));
    MUST(timer_create(CLOCK_MONOTONIC, &e, &t[1]));
    struct itimerspec once = {.it_value = {0, 1000000}};
    MUST(timer_settime(t[1], 0, &once, NULL));
    await(1);
    YES(got.si_code == SI_TIMER);
    YES(got.si_value.sival_ptr == &mine);
    YES(got.si_timerid == (int)(intptr_t)t[1]);
    YES(got.si_overrun == 0);

    /* Blocked for a while: one signal, the others counted. */
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 3);
    sigprocmask(SIG_BLOCK, &set, NULL);
    count = 0;
    struct itimerspec often = {.it_value = {0, 1000000}, .it_interval = {0, 1000000}};
    MUST(timer_settime(t[0], 0, &often, NULL));
    guest_sleep_ms(60);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    await(1);
    timer_delete(t[0]);
    timer_delete(t[1]);
    YES(got.si_overrun > 20 || count > 1);

    e.sigev_notify = SIGEV_THREAD_ID;
    e._sigev_un._tid = (int)syscall(SYS_gettid);
    handle(SIGRTMIN + 3, 0);
    MUST(timer_create(CLOCK_REALTIME, &e, &t[0]));
    MUST(timer_settime(t[0], 0, &once, NULL));
    await(1);
    YES(got.si_code == SI_TIMER && got.si_timerid == (int)(intptr_t)t[0]);
    timer_delete(t[0]);
}

static void queues(void)
{
    char name[64];
    snprintf(name, sizeof name, "/guest-test-%d", getpid());
    struct mq_attr a = {.mq_maxmsg = 4, .mq_msgsize = 16};
    mqd_t q = mq_open(name, O_RDWR | O_CREAT, 0600, &a);
    MUST(q);
    handle(SIGUSR2, 0);
    struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2};
    e.sigev_value.sival_int = 77;
    MUST(mq_notify(q, &e));
    MUST(mq_send(q, "x", 1, 0));
    await(1);
    YES(got.si_code == SI_MESGQ);
    SHOW(got.si_value.sival_int);
    YES(got.si_pid == getpid() && got.si_uid == getuid());
    mq_close(q);
    mq_unlink(name);
}

static void descriptors(void)
{
    int s[2];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    handle(SIGRTMIN + 5, 0);
    MUST(fcntl(s[0], F_SETOWN, getpid()));
    MUST(fcntl(s[0], F_SETSIG, SIGRTMIN + 5));
    MUST(fcntl(s[0], F_SETFL, O_ASYNC | O_NONBLOCK));
    MUST(write(s[1], "x", 1));
    await(1);
    YES(got.si_fd == s[0]);
    YES(got.si_code == POLL_IN);
    YES((got.si_band & (POLLIN | POLLRDNORM)) == (POLLIN | POLLRDNORM));
    MUST(fcntl(s[0], F_SETSIG, 0));
    handle(SIGIO, 0);
    MUST(write(s[1], "y", 1));
    await(1);
    SHOW(got.si_signo == SIGIO);
    close(s[0]);
    close(s[1]);
}

static void senders(void)
{
    handle(SIGUSR1, 0);
    kill(getpid(), SIGUSR1);
    await(1);
    YES(got.si_code == SI_USER && got.si_pid == getpid());
    syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1);
    await(2);
    YES(got.si_code == SI_TKILL && got.si_pid == getpid());
    union sigval v = {.sival_ptr = (void *)0x123456789abcdef0};
    sigqueue(getpid(), SIGUSR1, v);
    await(3);
    YES(got.si_code == SI_QUEUE && got.si_value.sival_ptr == v.sival_ptr);
    siginfo_t own = {.si_signo = SIGUSR1, .si_code = -60, .si_pid = 5, .si_uid = 6};
    TRY(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &own));
    await(4);
    YES(got.si_code == -60 && got.si_pid == 5 && got.si_uid == 6);
    own.si_code = SI_USER;
    TRY(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &own));
    pid_t child = fork();
    if (child == 0) {
        TRY(syscall(SYS_rt_sigqueueinfo, getppid(), SIGUSR1, &own));
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

static void children(void)
{
    handle(SIGCHLD, SA_NOCLDSTOP);
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    kill(child, SIGSTOP);
    int status;
    waitpid(child, &status, WUNTRACED);
    SHOW(count);
    kill(child, SIGKILL);
    await(1);
    YES(got.si_code == CLD_KILLED && got.si_pid == child && got.si_status == SIGKILL);
    guest_reap("child", child);

    handle(SIGCHLD, SA_NOCLDWAIT);
    child = fork();
    if (child == 0)
        _exit(7);
    TRY(waitpid(child, NULL, 0));
    await(1);
    YES(got.si_code == CLD_EXITED && got.si_status == 7);
}

int main(void)
{
    timers();
    queues();
    descriptors();
    senders();
    children();
}
