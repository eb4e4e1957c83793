/* A robust mutex whose owner dies, as a thread or as a process, says EOWNERDEAD and can be mended.
 */
#include "guest.h"
#include <pthread.h>

static void *dies(void *m)
{
    pthread_mutex_lock(m);
    return NULL;
}

int main(void)
{
    pthread_mutexattr_t a;
    pthread_mutexattr_init(&a);
    pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
    pthread_mutex_t *m =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutex_init(m, &a);
    pthread_t t;
    pthread_create(&t, NULL, dies, m);
    pthread_join(t, NULL);
    int e = pthread_mutex_lock(m);
    printf("after the thread: %s\n", guest_error_name(e));
    pthread_mutex_consistent(m);
    pthread_mutex_unlock(m);
    for (int how = 0; how < 3; how++) {
        pid_t child = fork();
        if (!child) {
            pthread_mutex_lock(m);
            if (how == 0)
                _exit(0);
            if (how == 1)
                raise(SIGKILL);
            char *const argv[] = {"/bin/true", NULL};
            execv("/bin/true", argv);
            _exit(9);
        }
        waitpid(child, NULL, 0);
        e = pthread_mutex_lock(m);
        printf("after the process: %s\n", guest_error_name(e));
        pthread_mutex_consistent(m);
        pthread_mutex_unlock(m);
    }
}
