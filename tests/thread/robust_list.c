/* set_robust_list and get_robust_list; the kernel marks the words of a thread that dies. */
#include "guest.h"
#include <linux/futex.h>
#include <pthread.h>

struct lock {
    struct robust_list list;
    uint32_t word;
};

static struct lock locks[2];
static struct robust_list_head head;

static void *run(void *p)
{
    struct robust_list_head *seen;
    size_t size = 0;
    uint32_t tid = (uint32_t)syscall(SYS_gettid);
    head.futex_offset = offsetof(struct lock, word);
    head.list.next = &locks[0].list;
    locks[0].list.next = &head.list;
    locks[0].word = tid | FUTEX_WAITERS;
    locks[1].list.next = NULL;
    locks[1].word = tid;
    head.list_op_pending = &locks[1].list;
    TRY(syscall(SYS_set_robust_list, &head, sizeof head));
    TRY(syscall(SYS_set_robust_list, &head, 8));
    TRY(syscall(SYS_get_robust_list, 0, &seen, &size));
    YES(seen == &head && size == sizeof head);
    return p;
}

int main(void)
{
    struct robust_list_head *seen;
    size_t size = 0;
    pthread_t t;
    TRY(syscall(SYS_get_robust_list, 0, &seen, &size));
    YES(seen != NULL && size == 24);
    TRY(syscall(SYS_get_robust_list, 99999999, &seen, &size));
    pthread_create(&t, NULL, run, NULL);
    pthread_join(t, NULL);
    printf("%x %x\n", locks[0].word, locks[1].word);
    return 0;
}
