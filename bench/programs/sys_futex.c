/* Two threads that wake each other by futex. */
#define _GNU_SOURCE
#include <pthread.h>

#include "ping_pong.h"

static struct ping_pong game = {.flag = FUTEX_PRIVATE_FLAG};

static void *other(void *arg)
{
    (void)arg;
    play(&game, 1);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    one_processor();
    if (pthread_create(&thread, NULL, other, NULL) != 0)
        return 1;
    play(&game, 0);
    pthread_join(thread, NULL);
    return result(game.hash);
}
