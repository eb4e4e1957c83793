/* Pointers to nowhere give EFAULT, in every position, and leave the caller alive. */
#include "guest.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <sys/utsname.h>

int main(void)
{
    int s[2], p[2];
    char c[16];
    MUST(pipe(p));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    guest_file("file", "contents");
    int fd = (int)MUST(open("file", O_RDWR));
    TRY(read(fd, BAD, 4));
    TRY(write(fd, BAD, 4));
    TRY(write(p[1], BAD, 4));
    TRY(pread(fd, BAD, 4, 0));
    TRY(open(BAD, O_RDONLY));
    TRY(fstat(fd, BAD));
    TRY(readlink(BAD, c, 4));
    TRY(unlink(BAD));
    TRY(rename(BAD, "x"));
    TRY(rename("file", BAD));
    TRY(mkdir(BAD, 0700));
    TRY(chdir(BAD));
    TRY(syscall(SYS_pipe2, BAD, 0));
    TRY(truncate(BAD, 1));
    TRY(readv(fd, BAD, 1));
    TRY(poll(BAD, 1, 0));
    TRY(send(s[0], BAD, 4, 0));
    TRY(sendmsg(s[0], BAD, 0));
    TRY(recvmsg(s[0], BAD, MSG_DONTWAIT));
    TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, BAD));
    TRY(getsockname(s[0], BAD, BAD));
    TRY(syscall(SYS_getrusage, RUSAGE_SELF, BAD));
    TRY(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, BAD));
    TRY(syscall(SYS_times, BAD));
    TRY(sysinfo(BAD));
    TRY(syscall(SYS_uname, BAD));
    TRY(syscall(SYS_gettimeofday, BAD, NULL));
    TRY(syscall(SYS_nanosleep, BAD, NULL));
    TRY(syscall(SYS_rt_sigaction, SIGUSR1, BAD, NULL, 8));
    TRY(syscall(SYS_rt_sigaction, SIGUSR1, NULL, BAD, 8));
    TRY(syscall(SYS_rt_sigprocmask, SIG_BLOCK, BAD, NULL, 8));
    TRY(syscall(SYS_rt_sigpending, BAD, 8));
    TRY(syscall(SYS_rt_sigtimedwait, BAD, NULL, NULL, 8));
    TRY(sigaltstack(BAD, NULL));
    TRY(syscall(SYS_futex, BAD, 0, 0, NULL, NULL, 0));
    TRY(syscall(SYS_execve, BAD, NULL, NULL));
    TRY(syscall(SYS_execve, "/bin/true", BAD, NULL));
    TRY(syscall(SYS_getitimer, ITIMER_REAL, BAD));
    TRY(syscall(SYS_getgroups, 100, BAD) >= 0 ? 0 : -1);
    TRY(syscall(SYS_sched_getaffinity, 0, 128, BAD));
    TRY(syscall(SYS_clone3, BAD, 88));
    TRY(syscall(SYS_statfs, ".", BAD));
    TRY(syscall(SYS_capget, BAD, NULL));

    /* The end of a mapping: what fits is done. */
    char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(munmap(map + 4096, 4096));
    MUST(write(p[1], "0123456789", 10));
    SHOW(read(p[0], map + 4090, 10) > 0 || errno == EFAULT);
    strcpy(map + 4090, "file");
    TRY(access(map + 4090, F_OK));
    memset(map + 4080, 'x', 16);
    TRY(access(map + 4080, F_OK));
    TRY(uname((struct utsname *)(void *)(map + 4000)));
    TRY(wait4(-1, BAD, 0, NULL));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0)
        _exit(0);
    TRY(wait4(pid, BAD, 0, NULL));
    TRY(getrandom(BAD, 8, 0));
    return 0;
}
