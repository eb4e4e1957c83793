/* Filters for the tests of seccomp: built of rows, for this machine's numbers. */
#ifndef FERRY_TESTS_SYS_SECCOMP_H
#define FERRY_TESTS_SYS_SECCOMP_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "../guest.h"

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#else
#define THIS_ARCH AUDIT_ARCH_RISCV64
#endif

#define LOAD(field)          BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define LOAD_ARGUMENT(n)     LOAD(args[n])
#define RETURN(value)        BPF_STMT(BPF_RET | BPF_K, value)
/* Goes on if A is `value`, else skips so many. */
#define IS(value, skip)      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)
/* `action` for one call, everything else allowed. */
#define ONLY(number, action) LOAD(nr), IS(number, 1), RETURN(action), RETURN(SECCOMP_RET_ALLOW)

static inline long set_filter_flags(const struct sock_filter *code, unsigned length, unsigned flags)
{
    struct sock_fprog program = {(unsigned short)length, (struct sock_filter *)code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

#define FILTER(flags, ...)                                                                         \
    set_filter_flags(                                                                              \
        (const struct sock_filter[]){__VA_ARGS__},                                                 \
        sizeof((const struct sock_filter[]){__VA_ARGS__}) / sizeof(struct sock_filter), flags)

#define NO_NEW_PRIVS() MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))

#endif
