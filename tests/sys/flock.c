/* flock: shared and exclusive, by open description; conversion; LOCK_NB. */
#include "guest.h"
#include <sys/file.h>

int main(void)
{
    guest_file("file", "");
    int a = (int)MUST(open("file", O_RDONLY)), b = (int)MUST(open("file", O_RDONLY));
    TRY(flock(a, LOCK_SH));
    TRY(flock(b, LOCK_SH | LOCK_NB));
    TRY(flock(a, LOCK_EX | LOCK_NB));
    TRY(flock(b, LOCK_UN));
    TRY(flock(a, LOCK_EX | LOCK_NB));
    TRY(flock(b, LOCK_SH | LOCK_NB));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        guest_sleep_ms(30);
        flock(a, LOCK_UN);
        _exit(0);
    }
    TRY(flock(b, LOCK_EX));
    guest_reap("child", pid);
    TRY(flock(b, 99));
    TRY(flock(99, LOCK_SH));
    return 0;
}
