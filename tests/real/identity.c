/*
 * For identity.sh. Built for this machine, it runs a program under a filter that forbids PR_SET_MM;
 * built for a guest, it says who it is, executes what its arguments name, or waits for input.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int forbid(char **command)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_MM, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return 77;
    execvp(command[0], command);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc > 2 && !strcmp(argv[1], "forbid"))
        return forbid(argv + 2);
    printf("%s: uid %d euid %d secure %lu %s\n", argv[0], getuid(), geteuid(), getauxval(AT_SECURE),
           getenv("FERRY_EXEC") ? "note seen" : "note hidden");
    fflush(stdout);
    if (argc > 1 && !strcmp(argv[1], "wait"))
        return getchar() == EOF;
    if (argc > 1) {
        execv(argv[1], argv + 1);
        perror(argv[1]);
    }
    return 0;
}
