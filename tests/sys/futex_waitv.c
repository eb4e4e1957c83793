/* futex_waitv, and futex_wait, futex_wake and futex_requeue of Linux 6.7. */
#include "guest.h"
#include "../../syscall/host_number.h"
#include <linux/futex.h>
#include <pthread.h>

enum { SIZE_U32 = 2, PRIVATE = 128 };

static uint32_t words[4];

static void *waker(void *which)
{
    guest_sleep_ms(50);
    uint32_t *word = which;
    __atomic_store_n(word, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0);
    return NULL;
}

int main(void)
{
    struct futex_waitv w[3];
    struct timespec soon, past = {0, 0};
    pthread_t thread;
    for (int i = 0; i < 3; i++)
        w[i] = (struct futex_waitv){0, (uintptr_t)&words[i], SIZE_U32 | PRIVATE, 0};
    VALUE(syscall(SYS_futex_waitv, w, 0, 0, NULL, 0));
    VALUE(syscall(SYS_futex_waitv, w, 200, 0, NULL, 0));
    VALUE(syscall(SYS_futex_waitv, w, 3, 1, NULL, 0));
    VALUE(syscall(SYS_futex_waitv, BAD, 3, 0, NULL, 0));
    VALUE(syscall(SYS_futex_waitv, w, 3, 0, &past, CLOCK_MONOTONIC));
    VALUE(syscall(SYS_futex_waitv, w, 3, 0, &past, 1000));
    w[1].val = 7;
    VALUE(syscall(SYS_futex_waitv, w, 3, 0, NULL, 0));
    w[1].val = 0;
    pthread_create(&thread, NULL, waker, &words[2]);
    VALUE(syscall(SYS_futex_waitv, w, 3, 0, NULL, 0));
    pthread_join(thread, NULL);
    clock_gettime(CLOCK_MONOTONIC, &soon);
    soon.tv_nsec += 20000000;
    soon.tv_sec += soon.tv_nsec / 1000000000;
    soon.tv_nsec %= 1000000000;
    VALUE(syscall(SYS_futex_waitv, w, 2, 0, &soon, CLOCK_MONOTONIC));

    VALUE(syscall(SYS_futex_wait, &words[0], 5UL, -1UL & 0xffffffff, SIZE_U32 | PRIVATE, NULL, 0));
    VALUE(syscall(SYS_futex_wait, &words[0], 0UL, 0xffffffffUL, SIZE_U32 | PRIVATE, &past,
                  CLOCK_MONOTONIC));
    pthread_create(&thread, NULL, waker, &words[3]);
    VALUE(syscall(SYS_futex_wait, &words[3], 0UL, 0xffffffffUL, SIZE_U32 | PRIVATE, NULL, 0));
    pthread_join(thread, NULL);
    VALUE(syscall(SYS_futex_wake, &words[0], 0xffffffffUL, 1, SIZE_U32 | PRIVATE));
    VALUE(syscall(SYS_futex_wake, &words[0], 0xffffffffUL, 1, 64));
    VALUE(syscall(SYS_futex_requeue, w, 0, 1, 1));
    VALUE(syscall(SYS_futex_requeue, w, 1, 1, 1));
    VALUE(syscall(SYS_futex_requeue, BAD, 0, 1, 1));
    return 0;
}
