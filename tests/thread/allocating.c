/* Threads that allocate, map, protect and unmap at once keep their memory apart. */
#include "guest.h"
#include <pthread.h>

static void *run(void *p)
{
    uint64_t x = (uintptr_t)p * 88172645463325252u + 1;
    long wrong = 0;
    char *blocks[32] = {0};
    size_t sizes[32];
    for (int i = 0; i < 3000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        unsigned k = x % 32;
        if (blocks[k]) {
            wrong += blocks[k][0] != (char)k || blocks[k][sizes[k] - 1] != (char)(uintptr_t)p;
            free(blocks[k]);
            blocks[k] = NULL;
        } else {
            sizes[k] = 2 + (x >> 20) % (i % 50 ? 2000 : 300000);
            blocks[k] = malloc(sizes[k]);
            blocks[k][0] = (char)k;
            blocks[k][sizes[k] - 1] = (char)(uintptr_t)p;
        }
        if (i % 40 == 0) {
            char *m = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            m[8192] = 7;
            mprotect(m, 4096, PROT_NONE);
            munmap(m + 4096, 4096);
            wrong += m[8192] != 7 || m[12288] != 0;
            munmap(m, 16384);
        }
    }
    return (void *)wrong;
}

int main(void)
{
    pthread_t t[4];
    long wrong = 0;
    for (uintptr_t i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, run, (void *)(i + 1));
    for (int i = 0; i < 4; i++) {
        void *result;
        pthread_join(t[i], &result);
        wrong += (long)result;
    }
    SHOW(wrong);
    return 0;
}
