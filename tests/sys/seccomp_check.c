/* Which programs the kernel takes for filters, and what instructions compute. */
#include "seccomp.h"

#define ALLOW RETURN(SECCOMP_RET_ALLOW)

/* Returns from getppid with the error that A holds. */
#define ANSWER                                                                                     \
    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xfff),                                                    \
        BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO), BPF_STMT(BPF_RET | BPF_A, 0)

/* Sets a filter in a child and shows what it computes. */
#define COMPUTE(...)                                                                               \
    compute(#__VA_ARGS__,                                                                          \
            (const struct sock_filter[]){LOAD(nr), IS(SYS_getppid, 1),                             \
                                         BPF_STMT(BPF_JMP | BPF_JA, 1), ALLOW, __VA_ARGS__,        \
                                         ANSWER},                                                  \
            sizeof((const struct sock_filter[]){LOAD(nr), IS(SYS_getppid, 1),                      \
                                                BPF_STMT(BPF_JMP | BPF_JA, 1), ALLOW, __VA_ARGS__, \
                                                ANSWER}) /                                         \
                sizeof(struct sock_filter))

static void compute(const char *what, const struct sock_filter *code, unsigned length)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (set_filter_flags(code, length, 0) == 0 && syscall(SYS_getppid) == -1)
            printf("%s: %d\n", what, errno);
        else
            printf("%s: refused: %s\n", what, guest_error_name(errno));
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    if (status)
        guest_ended(what, status);
}

int main(void)
{
    NO_NEW_PRIVS();
    TRY(FILTER(0, LOAD(nr)));                                      /* no end */
    TRY(FILTER(0, BPF_STMT(BPF_JMP | BPF_JA, 0)));                 /* beyond the end */
    TRY(FILTER(0, BPF_STMT(BPF_JMP | BPF_JA, 1), ALLOW));          /* beyond the end */
    TRY(FILTER(0, BPF_STMT(BPF_JMP | BPF_JA, 0xffffffff), ALLOW)); /* backward */
    TRY(FILTER(0, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), ALLOW));
    TRY(FILTER(0, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), ALLOW));
    TRY(FILTER(0, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), ALLOW));  /* not aligned */
    TRY(FILTER(0, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), ALLOW)); /* behind the data */
    TRY(FILTER(0, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 60), ALLOW));
    TRY(FILTER(0, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)SKF_AD_OFF), ALLOW));
    TRY(FILTER(0, BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0), ALLOW));
    TRY(FILTER(0, BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), ALLOW));
    TRY(FILTER(0, BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), ALLOW));
    TRY(FILTER(0, BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 3), ALLOW));
    TRY(FILTER(0, BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), ALLOW));
    TRY(FILTER(0, BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32), ALLOW));
    TRY(FILTER(0, BPF_STMT(BPF_LD | BPF_MEM, 0), ALLOW)); /* never written */
    TRY(FILTER(0, BPF_STMT(BPF_ST, 16), ALLOW));
    TRY(FILTER(0, BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LD | BPF_MEM, 3), ALLOW));
    TRY(FILTER(0, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), BPF_STMT(BPF_ST, 3),
               BPF_STMT(BPF_LD | BPF_MEM, 3), ALLOW)); /* written on one way only */
    TRY(FILTER(0, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2), BPF_STMT(BPF_ST, 3),
               BPF_STMT(BPF_JMP | BPF_JA, 1), BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LD | BPF_MEM, 3),
               ALLOW)); /* written on both */
    TRY(FILTER(0, BPF_STMT(BPF_RET | BPF_X, 0)));
    TRY(FILTER(0, BPF_STMT(0xffff, 0), ALLOW));

    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 77));
    COMPUTE(BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0));
    COMPUTE(BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0), BPF_STMT(BPF_MISC | BPF_TXA, 0));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 7), BPF_STMT(BPF_ALU | BPF_NEG, 0));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 7), BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 5));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 7), BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, 5));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 7), BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 5));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 37), BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 5));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 37), BPF_STMT(BPF_ALU | BPF_XOR | BPF_K, 5));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 37), BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 3));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 370), BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 3));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 7), BPF_STMT(BPF_MISC | BPF_TAX, 0),
            BPF_STMT(BPF_LD | BPF_IMM, 100), BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0));
    COMPUTE(BPF_STMT(BPF_LDX | BPF_IMM, 9), BPF_STMT(BPF_STX, 15), BPF_STMT(BPF_LD | BPF_MEM, 15));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 3), BPF_STMT(BPF_ST, 2), BPF_STMT(BPF_LDX | BPF_MEM, 2),
            BPF_STMT(BPF_ALU | BPF_MUL | BPF_X, 0));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 0x80000000), BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 5, 0, 1),
            BPF_STMT(BPF_LD | BPF_IMM, 21));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 6), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 9, 0, 1),
            BPF_STMT(BPF_LD | BPF_IMM, 21));
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 6), BPF_JUMP(BPF_JMP | BPF_JGE | BPF_X, 0, 0, 1),
            BPF_STMT(BPF_LD | BPF_IMM, 21));
    /* By zero: the filter ends with 0, which kills. */
    COMPUTE(BPF_STMT(BPF_LD | BPF_IMM, 6), BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0));

    /* The sum of all filters is bounded (the bound counts what the kernel makes of them). */
    static struct sock_filter large[4096];
    for (unsigned i = 0; i < COUNT(large); i++)
        large[i] = (struct sock_filter)ALLOW;
    int count = 0;
    while (set_filter_flags(large, COUNT(large), 0) == 0)
        count++;
    printf("large filters: %s, then %s\n", count > 1 ? "some" : "no", guest_error_name(errno));
    return 0;
}
