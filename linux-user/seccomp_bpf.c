/*
 * Classic BPF as seccomp has it: the check of a program, and its interpreter. Only the instructions
 * that seccomp allows exist (kernel/seccomp.c, seccomp_check_filter; net/core/filter.c,
 * bpf_check_classic): 32-bit words of struct seccomp_data at fixed places, arithmetic, sixteen
 * words of scratch memory, forward jumps.
 */
#include <stddef.h>
#include <string.h>

#include "linux-user/seccomp.h"

enum { DATA_SIZE = sizeof(struct seccomp_data) };

/* What an instruction needs besides being known. */
enum rule {
    RULE_UNKNOWN,
    RULE_NONE,
    RULE_DATA,
    RULE_MEMORY,
    RULE_STORE,
    RULE_DIVISOR,
    RULE_SHIFT,
    RULE_JUMP,
    RULE_BRANCH
};

static enum rule rule_of(uint16_t code)
{
    switch (code) {
    case BPF_LD | BPF_W | BPF_ABS:
        return RULE_DATA;
    case BPF_LD | BPF_MEM:
    case BPF_LDX | BPF_MEM:
        return RULE_MEMORY;
    case BPF_ST:
    case BPF_STX:
        return RULE_STORE;
    case BPF_ALU | BPF_DIV | BPF_K:
        return RULE_DIVISOR;
    case BPF_ALU | BPF_LSH | BPF_K:
    case BPF_ALU | BPF_RSH | BPF_K:
        return RULE_SHIFT;
    case BPF_JMP | BPF_JA:
        return RULE_JUMP;
    case BPF_JMP | BPF_JEQ | BPF_K:
    case BPF_JMP | BPF_JEQ | BPF_X:
    case BPF_JMP | BPF_JGE | BPF_K:
    case BPF_JMP | BPF_JGE | BPF_X:
    case BPF_JMP | BPF_JGT | BPF_K:
    case BPF_JMP | BPF_JGT | BPF_X:
    case BPF_JMP | BPF_JSET | BPF_K:
    case BPF_JMP | BPF_JSET | BPF_X:
        return RULE_BRANCH;
    case BPF_RET | BPF_K:
    case BPF_RET | BPF_A:
    case BPF_LD | BPF_IMM:
    case BPF_LDX | BPF_IMM:
    case BPF_LD | BPF_W | BPF_LEN:
    case BPF_LDX | BPF_W | BPF_LEN:
    case BPF_MISC | BPF_TAX:
    case BPF_MISC | BPF_TXA:
    case BPF_ALU | BPF_NEG:
    case BPF_ALU | BPF_ADD | BPF_K:
    case BPF_ALU | BPF_ADD | BPF_X:
    case BPF_ALU | BPF_SUB | BPF_K:
    case BPF_ALU | BPF_SUB | BPF_X:
    case BPF_ALU | BPF_MUL | BPF_K:
    case BPF_ALU | BPF_MUL | BPF_X:
    case BPF_ALU | BPF_DIV | BPF_X:
    case BPF_ALU | BPF_AND | BPF_K:
    case BPF_ALU | BPF_AND | BPF_X:
    case BPF_ALU | BPF_OR | BPF_K:
    case BPF_ALU | BPF_OR | BPF_X:
    case BPF_ALU | BPF_XOR | BPF_K:
    case BPF_ALU | BPF_XOR | BPF_X:
    case BPF_ALU | BPF_LSH | BPF_X:
    case BPF_ALU | BPF_RSH | BPF_X:
        return RULE_NONE;
    default:
        return RULE_UNKNOWN;
    }
}

static bool insn_valid(const struct sock_filter *i, unsigned behind)
{
    switch (rule_of(i->code)) {
    case RULE_UNKNOWN:
        return false;
    case RULE_NONE:
        return true;
    case RULE_DATA:
        return i->k < DATA_SIZE && i->k % 4 == 0;
    case RULE_MEMORY:
    case RULE_STORE:
        return i->k < BPF_MEMWORDS;
    case RULE_DIVISOR:
        return i->k != 0;
    case RULE_SHIFT:
        return i->k < 32;
    case RULE_JUMP:
        return i->k < behind;
    case RULE_BRANCH:
        return i->jt < behind && i->jf < behind;
    }
    return false;
}

/* On every way through the program scratch memory is written before it is read. */
static bool memory_valid(const struct sock_filter *code, unsigned length)
{
    uint16_t at[BPF_MAXINSNS]; /* words that are written wherever a jump to here comes from */
    uint16_t written = 0;
    memset(at, 0xff, sizeof at);
    for (unsigned pc = 0; pc < length; pc++) {
        const struct sock_filter *i = &code[pc];
        written &= at[pc];
        switch (rule_of(i->code)) {
        case RULE_STORE:
            written |= (uint16_t)(1u << i->k);
            break;
        case RULE_MEMORY:
            if (!(written & (1u << i->k)))
                return false;
            break;
        case RULE_JUMP:
            at[pc + 1 + i->k] &= written;
            written = UINT16_MAX;
            break;
        case RULE_BRANCH:
            at[pc + 1 + i->jt] &= written;
            at[pc + 1 + i->jf] &= written;
            written = UINT16_MAX;
            break;
        default:
            break;
        }
    }
    return true;
}

bool seccomp_valid(const struct sock_filter *code, unsigned length)
{
    if (length == 0 || length > BPF_MAXINSNS)
        return false;
    for (unsigned pc = 0; pc < length; pc++)
        if (!insn_valid(&code[pc], length - pc - 1))
            return false;
    return BPF_CLASS(code[length - 1].code) == BPF_RET && memory_valid(code, length);
}

static bool branch(unsigned operation, uint32_t a, uint32_t operand)
{
    switch (operation) {
    case BPF_JEQ:
        return a == operand;
    case BPF_JGT:
        return a > operand;
    case BPF_JGE:
        return a >= operand;
    default: /* BPF_JSET */
        return a & operand;
    }
}

/* A division by zero has been sorted out. */
static uint32_t arithmetic(unsigned operation, uint32_t a, uint32_t operand)
{
    switch (operation) {
    case BPF_ADD:
        return a + operand;
    case BPF_SUB:
        return a - operand;
    case BPF_MUL:
        return a * operand;
    case BPF_DIV:
        return a / operand;
    case BPF_AND:
        return a & operand;
    case BPF_OR:
        return a | operand;
    case BPF_XOR:
        return a ^ operand;
    case BPF_LSH:
        return a << (operand & 31);
    case BPF_RSH:
        return a >> (operand & 31);
    default: /* BPF_NEG */
        return -a;
    }
}

uint32_t seccomp_run(const struct sock_filter *code, const struct seccomp_data *data, bool *looked)
{
    uint32_t a = 0, x = 0, memory[BPF_MEMWORDS];
    for (const struct sock_filter *i = code;; i++) {
        uint32_t operand = BPF_SRC(i->code) == BPF_X ? x : i->k;
        switch (i->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            if (i->k > offsetof(struct seccomp_data, arch))
                *looked = true;
            memcpy(&a, (const char *)data + i->k, sizeof a);
            break;
        case BPF_LD | BPF_IMM:
            a = i->k;
            break;
        case BPF_LDX | BPF_IMM:
            x = i->k;
            break;
        case BPF_LD | BPF_W | BPF_LEN:
            a = DATA_SIZE;
            break;
        case BPF_LDX | BPF_W | BPF_LEN:
            x = DATA_SIZE;
            break;
        case BPF_LD | BPF_MEM:
            a = memory[i->k];
            break;
        case BPF_LDX | BPF_MEM:
            x = memory[i->k];
            break;
        case BPF_ST:
            memory[i->k] = a;
            break;
        case BPF_STX:
            memory[i->k] = x;
            break;
        case BPF_MISC | BPF_TAX:
            x = a;
            break;
        case BPF_MISC | BPF_TXA:
            a = x;
            break;
        case BPF_RET | BPF_K:
            return i->k;
        case BPF_RET | BPF_A:
            return a;
        case BPF_JMP | BPF_JA:
            i += i->k;
            break;
        case BPF_ALU | BPF_DIV | BPF_X:
            if (x == 0)
                return 0; /* the program ends with this result */
            a /= x;
            break;
        default:
            if (BPF_CLASS(i->code) == BPF_JMP)
                i += branch(BPF_OP(i->code), a, operand) ? i->jt : i->jf;
            else
                a = arithmetic(BPF_OP(i->code), a, operand);
            break;
        }
    }
}
