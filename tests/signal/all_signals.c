/* Every signal from 1 to 64 but SIGKILL and SIGSTOP can be caught, through the raw calls too. */
#include "guest.h"

static volatile int got;

static void on_signal(int s)
{
    got = s;
}

int main(void)
{
    int caught = 0;
    for (int s = 1; s <= 64; s++) {
        struct sigaction a = {.sa_handler = on_signal};
        got = 0;
        if (s == 32 || s == 33) { /* the C library keeps these from its callers */
            struct {
                void *handler;
                unsigned long flags, mask, pad;
            } raw = {SIG_IGN, 0, 0, 0};
            printf("%d ignored: %ld\n", s, syscall(SYS_rt_sigaction, s, &raw, NULL, 8));
            syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), s);
            continue;
        }
        if (sigaction(s, &a, NULL) != 0) {
            printf("%d: %s\n", s, guest_error_name(errno));
            continue;
        }
        kill(getpid(), s);
        caught += got == s;
        if (got != s)
            printf("%d not caught\n", s);
    }
    SHOW(caught);
}
