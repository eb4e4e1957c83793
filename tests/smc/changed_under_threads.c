/*
 * Two threads make, run and throw away code of their own in pages side by side, with mmap and
 * munmap.
 */
#include "code.h"
#include <pthread.h>

static void *run(void *p)
{
    long wrong = 0;
    for (int i = 0; i < 400; i++) {
        char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (int k = 0; k < 8; k++)
            code_return(page + k * 64, (i * 8 + k) % 2000);
        wrong += mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0;
        code_flush(page, 4096);
        for (int k = 0; k < 8; k++)
            wrong += ((number_fn *)(page + k * 64))() != (i * 8 + k) % 2000;
        munmap(page, 4096);
    }
    *(long *)p = wrong;
    return NULL;
}

int main(void)
{
    pthread_t t[3];
    long wrong[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, run, &wrong[i]);
    for (int i = 0; i < 3; i++) {
        pthread_join(t[i], NULL);
        SHOW(wrong[i]);
    }
    return 0;
}
