/*
 * A child of vfork is killed in the middle of whatever it does to the memory it shares, again and
 * again; its parent and the parent's other threads go on.
 */
#include "guest.h"
#include <pthread.h>

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

int main(void)
{
    pthread_t a, b;
    MUST(pthread_create(&a, NULL, killer, NULL));
    MUST(pthread_create(&b, NULL, other, NULL));
    int killed = 0;
    for (int i = 0; i < ROUNDS; i++) {
        int status;
        pid_t pid = vfork();
        if (!pid) {
            __atomic_store_n(&victim, getpid(), __ATOMIC_RELEASE);
            for (;;)
                churn();
        }
        MUST(waitpid(pid, &status, 0));
        killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    }
    done = true;
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    SHOW(killed);
    return 0;
}
