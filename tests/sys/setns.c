/* setns by a descriptor of /proc/PID/ns and by a pidfd; unshare of each kind. */
#include "namespace.h"
#include <sys/utsname.h>

int main(void)
{
    static const struct {
        const char *name;
        int flag;
    } kinds[] = {{"mnt", CLONE_NEWNS},    {"uts", CLONE_NEWUTS},       {"ipc", CLONE_NEWIPC},
                 {"net", CLONE_NEWNET},   {"cgroup", CLONE_NEWCGROUP}, {"pid", CLONE_NEWPID},
                 {"time", 0x80}};
    char path[64];
    namespace_enter(CLONE_NEWUTS);
    int p[2];
    MUST(pipe(p));
    MUST(sethostname("outer", 5));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        for (size_t i = 0; i < COUNT(kinds); i++)
            printf("unshare %s: %s\n", kinds[i].name,
                   unshare(kinds[i].flag) ? guest_error_name(errno) : "ok");
        MUST(sethostname("inner", 5));
        MUST(setdomainname("domain", 6));
        MUST(write(p[1], "x", 1));
        guest_sleep_ms(60000);
        _exit(0);
    }
    char c;
    MUST(read(p[0], &c, 1));
    struct utsname u;
    MUST(uname(&u));
    TEXT(u.nodename);
    snprintf(path, sizeof path, "/proc/%d/ns/uts", pid);
    int own = (int)MUST(open("/proc/self/ns/uts", O_RDONLY));
    int fd = (int)MUST(open(path, O_RDONLY));
    TRY(setns(fd, CLONE_NEWNET));
    TRY(setns(fd, 0));
    MUST(uname(&u));
    TEXT(u.nodename);
    TEXT(u.domainname);
    TRY(setns(own, CLONE_NEWUTS));
    MUST(uname(&u));
    TEXT(u.nodename);
    int pidfd = (int)MUST(syscall(SYS_pidfd_open, pid, 0));
    TRY(setns(pidfd, CLONE_NEWUTS | CLONE_NEWIPC));
    MUST(uname(&u));
    TEXT(u.nodename);
    TRY(setns(pidfd, 0));
    TRY(setns(1000, 0));
    TRY(setns(p[0], 0));
    kill(pid, SIGKILL);
    guest_reap("child", pid);
    TRY(unshare(0x10000000 | 1));
    return 0;
}
