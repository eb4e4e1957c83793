/*
 * Faults, and calls with pointers that fault, in a storm of queued and sent signals: each fault is
 * handled once, no queued signal is lost, and none is blocked in the end.
 */
#include "guest.h"
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { SIGNALS_SENT = 20000, PAGE_BYTES = 65536 };

static volatile int queued, sent, faults;
static volatile char *page;

static void on_queued(int signal)
{
    (void)signal;
    queued++;
}

static void on_sent(int signal)
{
    (void)signal;
    sent++;
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    if (info->si_code <= 0) {
        sent++;
        return;
    }
    faults++;
    mprotect((void *)page, PAGE_BYTES, PROT_READ | PROT_WRITE);
}

static void send_all(pid_t to)
{
    static const int also[] = {SIGSEGV, SIGBUS, SIGUSR1, SIGFPE};
    /* The number of a dead process may be another's. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = 0; i < SIGNALS_SENT && getppid() == to; i++) {
        while (sigqueue(to, SIGRTMIN + i % 3, (union sigval){.sival_int = i}) == -1)
            if (errno == EAGAIN && getppid() == to)
                sched_yield();
            else
                _exit(1);
        kill(to, also[i % COUNT(also)]);
    }
    _exit(0);
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction b = {.sa_handler = on_queued, .sa_flags = SA_RESTART};
    struct sigaction c = {.sa_handler = on_sent, .sa_flags = SA_RESTART};
    alarm(100);
    page = mmap(NULL, PAGE_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sigaction(SIGSEGV, &a, NULL);
    sigaction(SIGBUS, &c, NULL);
    sigaction(SIGFPE, &c, NULL);
    sigaction(SIGUSR1, &c, NULL);
    for (int i = 0; i < 3; i++)
        sigaction(SIGRTMIN + i, &b, NULL);
    pid_t parent = getpid(), pid = (pid_t)MUST(fork());
    if (pid == 0)
        send_all(parent);
    bool right = true, failed = true;
    for (int i = 0; i < 2000 || queued < SIGNALS_SENT; i++) {
        int before = faults;
        page[i % PAGE_BYTES] = (char)i;
        right &= faults == before + 1 && page[i % PAGE_BYTES] == (char)i;
        mprotect((void *)page, PAGE_BYTES, PROT_READ);
        failed &= syscall(SYS_rt_sigprocmask, SIG_BLOCK, 16L, NULL, 8) == -1 && errno == EFAULT;
    }
    YES(right);
    YES(failed);
    SHOW(queued);
    YES(sent > 0);
    guest_reap("sender", pid);
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    bool empty = true;
    for (int s = 1; s < SIGRTMAX; s++)
        empty &= sigismember(&mask, s) != 1;
    YES(empty);
    static const int all[] = {SIGSEGV, SIGBUS, SIGFPE, SIGUSR1};
    for (size_t i = 0; i < COUNT(all); i++) {
        int before = sent;
        raise(all[i]);
        SHOW(sent - before);
    }
    int before = queued;
    raise(SIGRTMIN);
    SHOW(queued - before);
    return 0;
}
