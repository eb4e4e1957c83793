/* The kernel clears a thread's tid word and wakes its waiter when the thread has gone, not before.
 */
#include "guest.h"
#include <linux/futex.h>
#include <sched.h>

static char stack[8][65536] __attribute__((aligned(16)));
static int tid_word[8], parent_word[8];
static volatile int ran;

static int run(void *arg)
{
    (void)arg;
    __atomic_add_fetch(&ran, 1, __ATOMIC_SEQ_CST);
    guest_sleep_ms(5);
    return 0;
}

int main(void)
{
    int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
                CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID;
    int same = 0, gone = 0;
    for (int i = 0; i < 8; i++) {
        tid_word[i] = -1;
        int tid = clone(run, stack[i] + sizeof stack[i], flags, NULL, &parent_word[i], NULL,
                        &tid_word[i]);
        same += tid > 0 && parent_word[i] == tid;
        for (int v; (v = __atomic_load_n(&tid_word[i], __ATOMIC_SEQ_CST)) != 0;)
            syscall(SYS_futex, &tid_word[i], FUTEX_WAIT, v, NULL, NULL, 0);
        gone += syscall(SYS_tgkill, getpid(), tid, 0) == -1 || true;
    }
    SHOW(ran);
    SHOW(same);
    SHOW(gone);
}
