/*
 * Every call, given arguments that make no sense, fails as it must: the same errors, the same
 * order.
 */
#include "calls.h"

enum { NOTHING = 0x60000000 }; /* no process, no descriptor, no memory of a static program */

/* What would end or stop the test, or change the machine, or answer by who asks or when. */
static const char *const spared[] = {
    "exit", "exit_group", "rt_sigreturn", "rt_sigsuspend", "clone", "clone3", "kill", "tkill",
    "tgkill", "reboot", "vhangup", "sync", "setsid", "setpgid", "kexec_load", "kexec_file_load",
    "brk", "munmap", "close_range", "close", "sched_yield", "restart_syscall", "getpid", "getppid",
    "gettid", "getpgid", "getsid", "set_tid_address", "set_robust_list", "get_robust_list",
    "umask", "times", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname",
    "setdomainname", "unshare", "setns", "chroot", "pivot_root", "syslog", "munlockall", "mlockall",
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid",
    "setgroups", "capset", "personality", "prctl", "acct", "swapon", "swapoff", "umount2", "mount",
    "ioprio_set", "ioprio_get", "setpriority", "getpriority", "sched_setscheduler", "getrandom",
    "sched_getscheduler", "sched_setparam", "sched_setattr", "init_module", "finit_module",
    "delete_module", "bpf", "perf_event_open", "userfaultfd", "memfd_secret", "landlock_restrict_self",
    "statmount", "listmount", "lsm_list_modules", "lsm_get_self_attr", "lsm_set_self_attr",
    "getuid", "getgid", "geteuid", "getegid", "getgroups", "waitid", "wait4", "pselect6", "ppoll",
    "rt_sigtimedwait", "keyctl", "add_key", "request_key", "semget", "shmget", "msgget", "membarrier",
    "timer_create", "setitimer", "io_setup", "mmap", "mremap", "futex", "futex_wait", "futex_waitv",
    "rt_sigqueueinfo", "rt_tgsigqueueinfo", "memfd_create", "quotactl", "nanosleep", "process_madvise",
    "fsopen", "open_tree", "open_tree_attr", "sigaltstack", "kcmp", "rt_sigaction", "execve",
    "mq_open", "inotify_init1", "fanotify_init", "migrate_pages", "mbind", "set_mempolicy",
    "get_mempolicy", "move_pages", "remap_file_pages", "getitimer", "name_to_handle_at", "madvise",
    "landlock_create_ruleset", "landlock_add_rule", "io_destroy", "fsconfig", "listxattrat",
    "file_getattr", "file_setattr", "cachestat", "sysinfo", "setrlimit", "renameat",
    "riscv_flush_icache", "riscv_hwprobe",
};

int main(void)
{
    static const long patterns[][6] = {
        {-1, -1, -1, -1, -1, -1},
        {0x7fff, 8, 8, 8, 8, 8},
        {AT_FDCWD, 8, 1, 8, 8, 8},
        {NOTHING, 0, 0, 0, 0, 0},
    };
    for (size_t i = 0; i < COUNT(calls); i++) {
        if (calls[i].number < 0 || strcmp(calls[i].how, "none") == 0 || is_one_of(calls[i].name, spared, COUNT(spared)))
            continue;
        printf("%s:", calls[i].name);
        for (size_t p = 0; p < COUNT(patterns); p++) {
            const long *a = patterns[p];
            long r = syscall(calls[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
            printf(" %s", r == -1 ? guest_error_name(errno) : "ok");
        }
        printf("\n");
    }
    return 0;
}
