/* System calls with bad pointers are EFAULT, never a signal. */
#include "guest.h"
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>

int main(void)
{
    char *bad = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int p[2];
    MUST(pipe(p));
    TRY(syscall(SYS_write, p[1], bad, 10));
    TRY(syscall(SYS_rt_sigprocmask, SIG_BLOCK, bad, NULL, 8));
    TRY(syscall(SYS_rt_sigaction, SIGUSR1, bad, NULL, 8));
    TRY(syscall(SYS_sigaltstack, bad, NULL));
    TRY(syscall(SYS_uname, bad));
    TRY(syscall(SYS_execve, bad, NULL, NULL));
    TRY(syscall(SYS_openat, AT_FDCWD, bad, O_RDONLY));
    TRY(syscall(SYS_rt_sigpending, bad, 8));
    TRY(syscall(SYS_nanosleep, bad, NULL));
    TRY(syscall(SYS_rt_sigtimedwait, bad, NULL, NULL, 8));
    char *const argv[] = {bad, NULL};
    TRY(syscall(SYS_execve, "/bin/true", argv, NULL));
    TRY(syscall(SYS_pipe2, bad, 0));
}
