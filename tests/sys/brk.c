/*
 * brk and sbrk: growth is zeroed and contiguous, shrinking unmaps, refusal returns the old break.
 */
#include "guest.h"
#include <sys/resource.h>

int main(void)
{
    char *start = sbrk(0);
    YES(start == (char *)syscall(SYS_brk, 0));
    YES(sbrk(100000) == start);
    YES(sbrk(0) == start + 100000);
    int dirty = 0;
    for (int i = 0; i < 100000; i++)
        dirty += start[i] != 0;
    SHOW(dirty);
    memset(start, 'x', 100000);
    YES(sbrk(-100000) == start + 100000);
    YES(sbrk(100000) == start);
    int kept = 0;
    for (int i = 8192; i < 90000; i++)
        kept += start[i] != 0;
    SHOW(kept);
    YES(syscall(SYS_brk, 1) == (long)sbrk(0));
    YES(syscall(SYS_brk, (char *)0x7000000000000000) == (long)sbrk(0));
    YES(sbrk((intptr_t)1 << 46) == (void *)-1 && errno == ENOMEM);
    YES(sbrk(64 << 20) != (void *)-1);
    char *end = sbrk(0);
    end[-1] = 1;
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        char *mine = sbrk(4096);
        *mine = 5;
        _exit(mine == end ? 7 : 8);
    }
    guest_reap("child", pid);
    YES(sbrk(0) == end);
    return 0;
}
