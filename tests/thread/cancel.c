/* pthread_cancel (which the C library does by a signal of its own) ends threads in calls and loops.
 */
#include "guest.h"
#include <pthread.h>

static void cleanup(void *arg)
{
    printf("clean-up of %s\n", (char *)arg);
}

static void *sleeps(void *arg)
{
    pthread_cleanup_push(cleanup, arg);
    for (;;)
        pause();
    pthread_cleanup_pop(0);
    return NULL;
}

static void *spins(void *arg)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    pthread_cleanup_push(cleanup, arg);
    for (volatile long i = 0;; i++)
        ;
    pthread_cleanup_pop(0);
    return NULL;
}

int main(void)
{
    void *(*const how[])(void *) = {sleeps, spins};
    char *const names[] = {"sleeper", "spinner"};
    for (int i = 0; i < 2; i++) {
        pthread_t t;
        void *result;
        pthread_create(&t, NULL, how[i], names[i]);
        guest_sleep_ms(20);
        pthread_cancel(t);
        pthread_join(t, &result);
        YES(result == PTHREAD_CANCELED);
    }
}
