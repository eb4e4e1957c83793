/*
 * Every call with arguments by chance, of the kind that the call expects and often wrong: the same
 * errors as natively, whichever of several wrongs comes first. Each call is made in a process of
 * its own, by a user without rights.
 *
 *     random_arguments [SEED [COUNT [CALL]]]    to look for more than the test does
 */
#include "calls.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

/* What would end or stop the test, or answers by who asks, when, or on which processor. */
static const char *const spared[] = {
    "exit", "exit_group", "rt_sigreturn", "clone", "clone3", "kill", "tkill", "tgkill", "reboot",
    "vhangup", "sync", "syncfs", "kexec_load", "kexec_file_load", "rt_sigsuspend", "prctl",
    "restart_syscall", "settimeofday", "clock_settime", "riscv_flush_icache", "riscv_hwprobe",
    "pidfd_send_signal", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "io_uring_setup", "seccomp",
    "io_uring_enter", "io_uring_register", "ptrace", "getpid", "gettid", "getppid", "getpgid",
    "getsid", "set_tid_address", "bpf", "perf_event_open", "wait4", "waitid", "get_robust_list",
    "set_robust_list", "userfaultfd", "memfd_secret", "setpriority", "ioprio_set", "renameat",
    "sched_setaffinity", "process_madvise", "munlockall", "mlockall", "close_range", "brk",
    "init_module", "finit_module", "delete_module", "semget", "shmget", "msgget", "shmat",
    "add_key", "request_key", "keyctl", "pidfd_open", "syslog", "acct", "process_mrelease",
    "migrate_pages", "move_pages", "getcwd", "personality", "sysinfo", "execve", "execveat",
    "munmap", "mremap", "mmap", "epoll_ctl", "fanotify_init", "rseq", "sigaltstack", "mseal",
    "io_setup", "io_destroy", "listns", "mq_open", "mq_unlink", "fallocate", "setitimer",
    "setrlimit", "prlimit64",
};

static uint64_t state;

static uint64_t chance(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1d >> 16;
}

#define ONE_OF(list) ((list)[chance() % COUNT(list)])

/* Memory at the same addresses everywhere: some pages, and strings; nothing follows `end`. */
static char *const pages = (char *)0x20100000, *const end = (char *)0x20102000,
                   *const strings = (char *)0x20300000;
static int fds[16], nfds;
static size_t string_at;

static long descriptor(void)
{
    static const long other[] = {-1, 1000, AT_FDCWD, 0x7fffffff};
    size_t which = chance() % ((size_t)nfds + COUNT(other));
    return which < (size_t)nfds ? fds[which] : other[which - (size_t)nfds];
}

static long text(void)
{
    static const char *const list[] = {"file", "directory", "", "missing", "link", "dangling",
                                       "directory/", "file/x", "missing/x", "fifo", "loop", ".",
                                       "/", "user.x", "/proc/self/exe"};
    switch (chance() % 10) {
    case 0:
        return 8;
    case 1:
        return (long)(end - 3);
    default: {
        char *at = strcpy(strings + string_at, ONE_OF(list));
        string_at += 64;
        return (long)at;
    }
    }
}

static long pointer(void)
{
    static const long far[] = {0, 8, -1, (long)0xffff800000000000};
    static const int near[] = {0, 1, 4, 8, 16};
    switch (chance() % 3) {
    case 0:
        return ONE_OF(far);
    case 1:
        return (long)(end - ONE_OF(near));
    default:
        return (long)(pages + chance() % 4 * 256 + (chance() % 4 == 0));
    }
}

static long number(bool flags)
{
    static const long list[] = {0, 1, 2, 3, -1, 8, 16, 24, 64, 100, 128, 4096, 0x7fffffff,
                                -0x80000000L, 0x80000000L, 0x100000000, 1L << 40, 1L << 62,
                                LONG_MIN, LONG_MAX, 999999, 0644, 65534};
    if (!flags)
        return ONE_OF(list);
    /* Not those that the architectures number in their own way. */
    unsigned bit = chance() % 32;
    return chance() % 2 ? (long)(chance() % 16) : bit >= 4 && bit <= 17 ? -1 : 1L << bit;
}

/* An argument of a kind: names as in kind.def. */
static long argument(const char *kind, size_t length)
{
    static const char *const plain[] = {"int", "uint", "long", "ulong", "size", "off", "off64",
                                        "id", "socklen", "mode", "signal"};
    static const long processes[] = {0, -1, 999999999, -999999999, 0x7fffffff};
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)length, kind);
    if (!strcmp(name, "fd") || !strcmp(name, "dirfd"))
        return descriptor();
    if (!strcmp(name, "path") || !strcmp(name, "lpath") || !strcmp(name, "str"))
        return text();
    if (!strcmp(name, "pid"))
        return ONE_OF(processes);
    if (is_one_of(name, plain, COUNT(plain)))
        return number(false);
    /* Structures and buffers begin with what they do: in, out or both; some with neither. */
    static const char *const flags[] = {
        "hex", "hex64", "oflag", "fdflag", "atflag", "access", "whence", "fcntl", "ioctl", "flock",
        "closerange", "rwflag", "spliceflag", "renameflag", "efdflag", "epop", "inotify",
        "clockid", "itimer", "cloneflag", "waitflag", "idtype", "futexop", "prctl", "sighow",
        "resource", "prot", "mapflag", "madvise", "memfdflag", "randflag", "ipcflag", "ipccmd",
        "family", "socktype", "sockflag", "msgflag", "sollevel", "sockopt", "shuthow", "nothing"};
    return is_one_of(name, flags, COUNT(flags)) ? number(true) : pointer();
}

static void fill(void)
{
    unsigned how = chance() % 4;
    for (unsigned i = 0; i < 1024; i++)
        pages[i] = how == 0   ? 0
                   : how == 1 ? (char)-1
                   : how == 2 ? (char)(i % 8 ? 0 : i / 8 % 5)
                              : (char)chance();
    if (how == 3)
        for (unsigned i = 0; i < 8; i++)
            ((struct iovec *)(void *)pages)[i] = (struct iovec){pages + 2048, chance() % 64};
    memcpy(end - 256, pages, 256);
}

static void prepare(void)
{
    int s[2], p[2];
    const int prot = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    YES(mmap(pages, 8192, prot, flags, -1, 0) == pages);
    YES(mmap(strings, 4096, prot, flags, -1, 0) == strings);
    guest_file("file", "some contents");
    MUST(mkdir("directory", 0755));
    MUST(symlink("file", "link") | symlink("nowhere", "dangling") | symlink("loop", "loop"));
    MUST(mkfifo("fifo", 0600));
    MUST(chmod(".", 0777) | chmod("file", 0666));
    if (geteuid() == 0)
        MUST(setgid(65534) | setuid(65534));
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
    MUST(pipe2(p, O_NONBLOCK));
    const int made[] = {
        open("file", O_RDWR), open(".", O_RDONLY), open("file", O_RDONLY), open("file", O_PATH),
        s[0], p[0], p[1], epoll_create1(0), eventfd(0, EFD_NONBLOCK),
        timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), socket(AF_INET, SOCK_DGRAM, 0),
        inotify_init1(IN_NONBLOCK),
    };
    for (; nfds < (int)COUNT(made); nfds++)
        fds[nfds] = made[nfds];
}

static void attempt(size_t which)
{
    long a[6] = {0};
    string_at = 0;
    fill();
    unsigned n = 0;
    for (const char *k = calls[which].kinds; *k && n < 6; k += strcspn(k, " ") + 1)
        a[n++] = argument(k, strcspn(k, " "));
    printf("%s(%lx, %lx, %lx, %lx, %lx, %lx):", calls[which].name, a[0], a[1], a[2], a[3], a[4],
           a[5]);
    fflush(stdout);
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        int out = fcntl(STDOUT_FILENO, F_DUPFD, 500);
        alarm(1); /* some wait */
        long r = syscall(calls[which].number, a[0], a[1], a[2], a[3], a[4], a[5]);
        dprintf(out, " %s", r == -1 ? guest_error_name(errno) : "ok");
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status))
        printf(" %s", guest_signal_name(WTERMSIG(status)));
    printf("\n");
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    int count = argc > 2 ? atoi(argv[2]) : 4;
    prepare();
    for (size_t i = 0; i < COUNT(calls); i++) {
        if (calls[i].number < 0 || !strcmp(calls[i].how, "none") ||
            is_one_of(calls[i].name, spared, COUNT(spared)) ||
            (argc > 3 && strcmp(argv[3], calls[i].name)))
            continue;
        /* By the name, so that another row changes nothing here. */
        uint64_t mixed = seed + 1;
        for (const char *c = calls[i].name; *c; c++)
            mixed = mixed * 1000003 + (unsigned char)*c;
        for (int n = 0; n < count; n++) {
            state = (mixed + (uint64_t)n) * 0x9e3779b97f4a7c15 | 1;
            chance();
            attempt(i);
        }
    }
    return 0;
}
