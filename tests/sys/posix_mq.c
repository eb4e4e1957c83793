/* POSIX message queues: priorities, attributes, non-blocking, timeouts, notification. */
#include "guest.h"
#include <mqueue.h>

int main(void)
{
    char name[40], text[64] = "";
    unsigned priority;
    snprintf(name, sizeof name, "/ferry-test-%d", getpid());
    struct mq_attr a = {.mq_maxmsg = 3, .mq_msgsize = 32};
    mqd_t q = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &a);
    TRY(q);
    TRY(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &a));
    TRY(mq_send(q, "low", 3, 1));
    TRY(mq_send(q, "high", 4, 9));
    TRY(mq_send(q, "low again", 9, 1));
    TRY(mq_send(q, "full", 4, 1));
    MUST(mq_getattr(q, &a));
    printf("flags %lo max %ld size %ld now %ld\n", a.mq_flags, a.mq_maxmsg, a.mq_msgsize, a.mq_curmsgs);
    for (int i = 0; i < 4; i++) {
        memset(text, 0, sizeof text);
        ssize_t n = mq_receive(q, text, sizeof text, &priority);
        if (n < 0)
            printf("%s\n", guest_error_name(errno));
        else
            printf("%zd \"%s\" %u\n", n, text, priority);
    }
    TRY(mq_receive(q, text, 10, NULL));
    a.mq_flags = 0;
    TRY(mq_setattr(q, &a, NULL));
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    TRY(mq_timedreceive(q, text, sizeof text, NULL, &t));

    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1,
                         .sigev_value.sival_int = 4711};
    TRY(mq_notify(q, &e));
    TRY(mq_notify(q, &e));
    TRY(mq_send(q, "wake", 4, 0));
    siginfo_t info;
    YES(sigwaitinfo(&set, &info) == SIGUSR1);
    YES(info.si_code == SI_MESGQ);
    SHOW(info.si_value.sival_int);
    TRY(mq_unlink(name));
    TRY(mq_unlink(name));
    TRY(mq_close(q));
    TRY(mq_open("/absent-queue", O_RDONLY));
    return 0;
}
