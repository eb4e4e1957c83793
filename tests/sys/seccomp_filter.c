/* seccomp filters: who may set them, what they see, which action wins, what comes back. */
#include "seccomp.h"

static void errors(void)
{
    struct sock_filter allow[] = {RETURN(SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {1, allow};
    TRY(prctl(PR_SET_SECCOMP, 7, &program));
    TRY(syscall(SYS_seccomp, 99, 0, &program));
    TRY(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL));
    TRY(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, &program));
    TRY(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 1 << 20, &program));
    TRY(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, BAD));
    program.len = 0;
    TRY(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
    program.len = 4097;
    TRY(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
    program.len = 1;
    program.filter = BAD;
    TRY(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
    unsigned action = SECCOMP_RET_TRAP;
    TRY(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
    TRY(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 1, &action));
    TRY(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, BAD));
    action = 0x12340000;
    TRY(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
    struct seccomp_notif_sizes sizes;
    TRY(syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes));
    SHOW(sizes.seccomp_notif);
    SHOW(sizes.seccomp_notif_resp);
    SHOW(sizes.seccomp_data);
}

/* Nobody's privilege and no promise to gain none. */
static void unprivileged(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (geteuid() == 0) {
            MUST(setresgid(65534, 65534, 65534));
            MUST(setresuid(65534, 65534, 65534));
        }
        TRY(FILTER(0, RETURN(SECCOMP_RET_ALLOW)));
        TRY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        TRY(FILTER(0, RETURN(SECCOMP_RET_ALLOW)));
        VALUE(prctl(PR_GET_SECCOMP));
        TRY(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL));
        _exit(0);
    }
    guest_reap("unprivileged", pid);
}

int main(void)
{
    VALUE(prctl(PR_GET_SECCOMP));
    NO_NEW_PRIVS();
    unprivileged();
    errors();
    VALUE(prctl(PR_GET_SECCOMP));

    TRY(FILTER(0, ONLY(SYS_getppid, SECCOMP_RET_ERRNO | ENOTNAM)));
    VALUE(prctl(PR_GET_SECCOMP));
    TRY(syscall(SYS_getppid));
    YES(getpid() > 0);

    /* The architecture is this one, arguments are 64 bits wide, the first half the lower one. */
    TRY(FILTER(0, LOAD(arch), IS(THIS_ARCH, 2), LOAD(nr), IS(SYS_getpgid, 1),
               RETURN(SECCOMP_RET_ERRNO | EXDEV), RETURN(SECCOMP_RET_ALLOW)));
    TRY(syscall(SYS_getpgid, 0));
    TRY(FILTER(0, LOAD(nr), IS(SYS_dup3, 5), LOAD_ARGUMENT(0), IS(0x89abcdef, 3),
               BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]) + 4),
               IS(0x01234567, 1), RETURN(SECCOMP_RET_ERRNO | EBADE), RETURN(SECCOMP_RET_ALLOW)));
    TRY(syscall(SYS_dup3, 0x0123456789abcdef, 0L, 0L));
    TRY(syscall(SYS_dup3, 0x0123456689abcdef, 0L, 0L));

    /* A call that is made from where the program counter is: not at zero. */
    TRY(FILTER(0, LOAD(nr), IS(SYS_getsid, 3), LOAD(instruction_pointer), IS(0, 1),
               RETURN(SECCOMP_RET_ERRNO | EADV), RETURN(SECCOMP_RET_ALLOW)));
    YES(getsid(0) > 0 || errno != EADV);

    /* Newer filters see calls first, but the stricter action wins, and among equals the newer. */
    TRY(FILTER(0, ONLY(SYS_getppid, SECCOMP_RET_ERRNO | EL2HLT)));
    TRY(syscall(SYS_getppid));
    TRY(FILTER(0, ONLY(SYS_getppid, SECCOMP_RET_TRACE | 1)));
    TRY(syscall(SYS_getppid));
    TRY(FILTER(0, ONLY(SYS_getegid, SECCOMP_RET_TRACE | 1)));
    TRY(syscall(SYS_getegid));
    TRY(FILTER(0, ONLY(SYS_geteuid, SECCOMP_RET_LOG)));
    YES(syscall(SYS_geteuid) >= 0);
    TRY(FILTER(0, ONLY(SYS_getgid, SECCOMP_RET_ERRNO)));
    VALUE(syscall(SYS_getgid));
    TRY(FILTER(0, ONLY(SYS_gettid, SECCOMP_RET_ERRNO | 0xffff)));
    errno = 0;
    VALUE(syscall(SYS_gettid));
    SHOW(errno);

    /* A number that no kernel knows can be given an answer, too. */
    TRY(FILTER(0, ONLY(9999, SECCOMP_RET_ERRNO | EOWNERDEAD)));
    TRY(syscall(9999));
    TRY(syscall(9998));
    TRY(FILTER(0, ONLY((unsigned)-5, SECCOMP_RET_ERRNO | EUNATCH)));
    TRY(syscall(-5));

    /* A filter may forbid the next one. */
    TRY(FILTER(0, ONLY(SYS_seccomp, SECCOMP_RET_ERRNO | EPERM)));
    TRY(FILTER(0, RETURN(SECCOMP_RET_ALLOW)));
    return 0;
}
