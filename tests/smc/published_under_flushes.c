/*
 * One thread writes functions and publishes them, while another announces changes elsewhere all the
 * time, and the others run what they are given: always the newest.
 */
#include "code.h"
#include <pthread.h>

enum { SLOTS = 64, ROUNDS = 400, RUNNERS = 3 };

static char *code;
static _Atomic int published[SLOTS]; /* what the slot's function returns at least, its low bits */
static _Atomic bool stop;
static _Atomic long wrong, runs;

static void *flush_elsewhere(void *arg)
{
    while (!stop)
        for (int i = 0; i < 256; i++)
            code_flush((char *)arg + i * 64, 64);
    return NULL;
}

static void *run(void *arg)
{
    unsigned n = (unsigned)(uintptr_t)arg;
    while (!stop) {
        n = n * 1103515245 + 12345;
        int slot = n >> 16 & (SLOTS - 1), least = published[slot];
        __sync_synchronize();
#ifdef __aarch64__
        __asm__ volatile("isb" ::: "memory");
#endif
        int got = ((number_fn *)(code + slot * 256 + least % 4 * 64))();
        if (got != least && published[slot] == least)
            wrong++;
        runs++;
    }
    return NULL;
}

int main(void)
{
    pthread_t thread[RUNNERS + 1];
    code = code_pages(65536, PROT_READ | PROT_WRITE | PROT_EXEC);
    char *other = code_pages(65536, PROT_READ | PROT_WRITE | PROT_EXEC);
    for (int i = 0; i < SLOTS; i++)
        code_return(code + i * 256, 0);
    code_flush(code, 65536);
    for (uintptr_t i = 0; i < RUNNERS; i++)
        pthread_create(&thread[i], NULL, run, (void *)(i + 1));
    pthread_create(&thread[RUNNERS], NULL, flush_elsewhere, other);
    for (int round = 1; round < ROUNDS; round++)
        for (int slot = 0; slot < SLOTS; slot++) {
            /* Four places in turn, so that nobody is in the one that changes. */
            char *at = code + slot * 256 + round % 4 * 64;
            code_return(at, round);
            code_flush(at, CODE_BYTES);
            published[slot] = round;
        }
    while (!runs) /* a busy machine may not have let them begin */
        sched_yield();
    stop = true;
    for (int i = 0; i <= RUNNERS; i++)
        pthread_join(thread[i], NULL);
    SHOW(wrong);
    YES(runs > 0);
}
