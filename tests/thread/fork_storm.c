/* Threads fork while others start threads, map memory, handle signals and run new code: every child
 * can do all of this too, and ends as it shall. */
#include <pthread.h>

#include "guest.h"

enum { FORKERS = 3, FORKS = 25 };

static volatile int stop;
static volatile unsigned handled;
static unsigned created, mapped, bad;

static void handler(int signal)
{
    (void)signal;
    handled++;
}

static void *nothing(void *arg)
{
    return arg;
}

static void *create(void *arg)
{
    while (!stop) {
        pthread_t t;
        if (pthread_create(&t, NULL, nothing, arg) == 0) {
            pthread_join(t, NULL);
            created++;
        }
    }
    return NULL;
}

static void *map(void *arg)
{
    while (!stop) {
        char *p = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        p[0] = 1;
        mprotect(p, 4096, PROT_READ | PROT_EXEC);
        munmap(p, 1 << 16);
        mapped++;
    }
    return arg;
}

static void *send(void *arg)
{
    pthread_t to = *(pthread_t *)arg;
    while (!stop) {
        pthread_kill(to, SIGUSR1);
        sched_yield();
    }
    return NULL;
}

/* In the child: threads, memory, a child of its own. */
static int child(int number)
{
    pthread_t t;
    void *value;
    if (pthread_create(&t, NULL, nothing, &number) != 0 || pthread_join(t, &value) != 0 ||
        value != &number)
        return 1;
    char *p = malloc(1 << 20);
    memset(p, number, 1 << 20);
    free(p);
    pid_t pid = fork();
    if (pid == 0)
        _exit(number + 1);
    int status;
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != number + 1)
        return 2;
    return number;
}

static void *forks(void *arg)
{
    for (int i = 10; i < 10 + FORKS; i++) {
        int status;
        pid_t pid = fork();
        if (pid == 0)
            _exit(child(i));
        if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != i)
            __atomic_fetch_add(&bad, 1, __ATOMIC_RELAXED);
    }
    return arg;
}

int main(void)
{
    pthread_t forker[FORKERS], other[4];
    struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &sa, NULL);
    for (int i = 0; i < FORKERS; i++)
        MUST(pthread_create(&forker[i], NULL, forks, NULL) ? -1 : 0);
    pthread_create(&other[0], NULL, create, NULL);
    pthread_create(&other[1], NULL, map, NULL);
    pthread_create(&other[2], NULL, send, &other[1]);
    pthread_create(&other[3], NULL, send, &other[0]);
    for (int i = 0; i < FORKERS; i++)
        pthread_join(forker[i], NULL);
    stop = 1;
    pthread_join(other[2], NULL);
    pthread_join(other[3], NULL);
    pthread_join(other[0], NULL);
    pthread_join(other[1], NULL);
    SHOW(bad);
    YES(created > 0 && mapped > 0 && handled > 0);
}
