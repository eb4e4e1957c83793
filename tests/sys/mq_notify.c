/* mq_notify: a signal when a message comes to an empty queue, once; attributes; errors. */
#include "guest.h"
#include <mqueue.h>

int main(void)
{
    char name[64], text[64];
    unsigned priority = 9;
    siginfo_t info;
    struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 32}, old;
    snprintf(name, sizeof name, "/guest-test-%d", getpid());
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    TRY(mq_open("/guest-test-missing", O_RDWR));
    mqd_t q = (mqd_t)MUST(mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attr));
    TRY(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
    MUST(mq_getattr(q, &old));
    printf("%ld %ld %ld %s\n", old.mq_maxmsg, old.mq_msgsize, old.mq_curmsgs,
           old.mq_flags == O_NONBLOCK ? "nonblocking" : "blocking");
    struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    e.sigev_value.sival_int = 77;
    TRY(syscall(SYS_mq_notify, q, &e));
    TRY(syscall(SYS_mq_notify, q, &e));
    TRY(mq_send(q, "message", 7, 3));
    SHOW(sigwaitinfo(&set, &info) == SIGUSR1);
    SHOW(info.si_code == SI_MESGQ);
    SHOW(info.si_value.sival_int);
    YES(info.si_pid == getpid());
    VALUE(mq_receive(q, text, sizeof text, &priority));
    SHOW(priority);
    VALUE(mq_receive(q, text, sizeof text, &priority));
    VALUE(mq_receive(q, text, 4, &priority));
    TRY(mq_send(q, text, 40, 0));
    TRY(mq_send(q, text, 4, 1000000));
    attr.mq_flags = 0;
    MUST(mq_setattr(q, &attr, &old));
    struct timespec soon;
    clock_gettime(CLOCK_REALTIME, &soon);
    VALUE(mq_timedreceive(q, text, sizeof text, NULL, &soon));
    TRY(syscall(SYS_mq_notify, q, BAD));
    TRY(syscall(SYS_mq_notify, 1000, &e));
    e.sigev_signo = 1000;
    TRY(syscall(SYS_mq_notify, q, &e));
    TRY(syscall(SYS_mq_getsetattr, q, BAD, NULL));
    TRY(mq_unlink(name));
    TRY(mq_unlink(name));
    return 0;
}
