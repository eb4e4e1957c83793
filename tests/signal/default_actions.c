/* What a signal does by default to a process, and that its parent sees just that. */
#include "guest.h"
#include <sys/resource.h>

int main(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    for (int s = 1; s <= 64; s++) {
        if (s == SIGTSTP || s == SIGTTIN || s == SIGTTOU || s == SIGSTOP)
            continue;
        pid_t child = fork();
        if (!child) {
            signal(SIGUSR1, SIG_IGN);
            syscall(SYS_kill, getpid(), s);
            _exit(7);
        }
        guest_reap(guest_signal_name(s), child);
    }
    pid_t child = fork();
    if (!child)
        abort();
    guest_reap("abort", child);
}
