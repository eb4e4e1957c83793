/* A thread's signals to itself: handled before tgkill returns, or kept while they are blocked. */
#include <pthread.h>
#include <setjmp.h>
#include <sys/syscall.h>

#include "guest.h"

static volatile int count, depth, deepest;
static volatile siginfo_t last;
static volatile pid_t where;
static sigjmp_buf out;

static int me(void)
{
    return (int)syscall(SYS_gettid);
}

static int send(int signal)
{
    return (int)syscall(SYS_tgkill, getpid(), me(), signal);
}

static void note(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    last = *info;
    where = me();
    count++;
}

static void again(int signal, siginfo_t *info, void *context)
{
    note(signal, info, context);
    deepest = ++depth > deepest ? depth : deepest;
    if (count < 4)
        send(signal);
    depth--;
}

static void leave(int signal)
{
    (void)signal;
    siglongjmp(out, 1);
}

static void handle(int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
    MUST(sigaction(signal, &sa, NULL));
    count = depth = deepest = 0;
}

static void show(const char *what)
{
    printf("%s: %d, signal %s, code %d, from %s, by %s, errno %d, in %s\n", what, count,
           guest_signal_name(last.si_signo), last.si_code, last.si_pid == getpid() ? "me" : "?",
           last.si_uid == getuid() ? "me" : "?", last.si_errno, where == me() ? "me" : "?");
}

static void *in_thread(void *unused)
{
    handle(SIGUSR1, note, 0);
    TRY(send(SIGUSR1));
    show("in a thread");
    return unused;
}

int main(void)
{
    static const int signals[] = {SIGUSR1, SIGSEGV, SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGURG, 34, 64};
    for (size_t i = 0; i < COUNT(signals); i++) {
        handle(signals[i], note, 0);
        TRY(send(signals[i]));
        show("sent");
    }
    handle(SIGUSR1, again, 0);
    TRY(send(SIGUSR1));
    printf("%d, %d deep\n", count, deepest);
    handle(SIGUSR1, again, SA_NODEFER);
    TRY(send(SIGUSR1));
    printf("%d, %d deep\n", count, deepest);

    sigset_t set, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    handle(SIGUSR1, note, SA_RESETHAND);
    sigprocmask(SIG_BLOCK, &set, NULL);
    TRY(send(SIGUSR1));
    TRY(send(SIGUSR1));
    sigpending(&pending);
    printf("blocked: %d, pending %d\n", count, sigismember(&pending, SIGUSR1));
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    show("unblocked");
    struct sigaction now;
    sigaction(SIGUSR1, NULL, &now);
    YES(now.sa_handler == SIG_DFL);
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    TRY(send(SIGUSR1));
    for (volatile int i = 0; i < 3; i++) {
        sigaction(SIGUSR2, &(struct sigaction){.sa_handler = leave}, NULL);
        if (!sigsetjmp(out, 1))
            send(SIGUSR2);
        else
            puts("jumped out");
    }
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, in_thread, NULL) ? -1 : 0);
    pthread_join(thread, NULL);
    handle(SIGUSR1, note, 0);
    fflush(stdout);
    pid_t child = fork();
    if (!child) {
        TRY(send(SIGUSR1));
        show("in a child");
        fflush(stdout);
        signal(SIGUSR1, SIG_DFL);
        send(SIGUSR1);
        _exit(0);
    }
    guest_reap("child", child);
    TRY(syscall(SYS_tgkill, getpid(), me(), 0));
    TRY(syscall(SYS_tgkill, getpid(), me(), 65));
    TRY(syscall(SYS_tgkill, getpid(), me(), -1));
    TRY(syscall(SYS_tgkill, getpid() + 1, me(), SIGUSR1));
    TRY(syscall(SYS_tgkill, getpid(), -1, SIGUSR1));
    TRY(syscall(SYS_tgkill, 0, me(), SIGUSR1));
    return 0;
}
