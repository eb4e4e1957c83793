/*
 * A child that shares memory, of vfork or of clone, is killed in the middle of whatever it does to
 * that memory, again and again; its parent and the parent's other threads go on.
 */
#include "guest.h"
#include <pthread.h>
#include <sched.h>

enum { ROUNDS = 300, PAGES = 16 * 4096 };

static volatile pid_t victim;
static volatile bool done;

static void churn(void)
{
    char *m = mmap(NULL, PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m == MAP_FAILED)
        return;
    m[0] = 1;
    mprotect(m, PAGES / 2, PROT_READ | PROT_EXEC);
    mprotect(m, PAGES, PROT_READ | PROT_WRITE);
    munmap(m, PAGES);
}

static void *killer(void *unused)
{
    (void)unused;
    unsigned random = 12345;
    while (!done) {
        pid_t pid = __atomic_exchange_n(&victim, 0, __ATOMIC_ACQ_REL);
        if (!pid)
            continue;
        random = random * 1103515245 + 12345;
        for (volatile unsigned i = 0; i < random % 20000; i++)
            ;
        kill(pid, SIGKILL);
    }
    return NULL;
}

static void *other(void *unused)
{
    (void)unused;
    while (!done)
        churn();
    return NULL;
}

static int child(void *unused)
{
    (void)unused;
    __atomic_store_n(&victim, getpid(), __ATOMIC_RELEASE);
    while (!done)
        churn();
    return 0;
}

static pid_t start(bool by_vfork)
{
    static _Alignas(16) char stack[1 << 16];
    if (!by_vfork)
        return clone(child, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL);
    return clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
}

int main(void)
{
    pthread_t a, b;
    MUST(pthread_create(&a, NULL, killer, NULL));
    MUST(pthread_create(&b, NULL, other, NULL));
    int killed = 0;
    for (int i = 0; i < ROUNDS; i++) {
        int status;
        pid_t pid = (pid_t)MUST(start(i % 2 == 0));
        MUST(waitpid(pid, &status, 0));
        killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    }
    done = true;
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    SHOW(killed);
    return 0;
}
