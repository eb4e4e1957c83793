/*
 * struct cpu: what generated code and the interpreter see of one running guest thread. The backend
 * addresses it relative to one host register, which points CPU_BIAS bytes into it so that the most
 * used registers are in reach of a one-byte displacement.
 *
 * The runtime (translator/vcpu.h) embeds it as its first member. One cpu belongs to one host thread;
 * other threads may only store to `attention` and clear entries of `jump_cache`.
 */
#ifndef FERRY_IR_CPU_H
#define FERRY_IR_CPU_H

#include <stddef.h>
#include <stdint.h>

#include "ir/ir.h"

enum {
    CPU_BIAS = 128,
    CPU_STATE_SIZE = 2048,
    CPU_JUMP_CACHE = 4096, /* entries, a power of two */
    CPU_SPILLS = 256,
    CPU_RUNTIME = 48,
    CPU_CONSTANTS = 32,
};

/*
 * Host code for a guest pc. An empty entry has pc 0, so that a fresh cpu needs no initialisation; it
 * could match a jump to guest address 0 only at index 0, where `code` then is the stub for misses.
 */
struct cpu_jump {
    uint64_t pc;
    const void *code;
};

#define CPU_NOT_EXCLUSIVE UINT64_MAX

struct cpu {
    /* homes of the slots, laid out by the guest's slot table */
    _Alignas(64) uint8_t state[CPU_STATE_SIZE];

    uint64_t memory_base;    /* host address of guest address 0: 0 for 64-bit guests */
    uint32_t attention;      /* not zero: generated code leaves at its next poll */
    uint32_t mode;           /* current mode bits, part of the key of blocks */
    uint32_t exit_reason;    /* enum ir_exit, why generated code has left */
    uint32_t mxcsr;          /* the host's FP control while C code of ours changes it */
    uint64_t exit_pc;        /* guest pc to continue at */
    uint64_t exit_info;
    uint32_t exit_link;      /* index of the exit that wants to be linked, or CPU_NO_LINK */
    uint32_t pad;
    uint64_t exclusive_address; /* reservation of ldx; CPU_NOT_EXCLUSIVE when there is none */
    uint64_t exclusive_value[2];

    void *host_sp;           /* stack of the C code that entered generated code */
    void *return_sp;         /* generated code's stack pointer, the shadow stack, while in C code */
    void *return_base;       /* lowest and highest address of the shadow stack's usable part */
    void *return_top;
    void *helper[IR_MAX_HELPERS]; /* from the guest's table */
    /* Asked at a system call, with all state at home: the code to go on with, or NULL to leave. */
    const void *(*call)(struct cpu *cpu);

    /* the backend's own: see backend_init_cpu */
    void *runtime[CPU_RUNTIME];   /* C functions */
    _Alignas(16) uint8_t constants[CPU_CONSTANTS][16];
    uint8_t spill[CPU_SPILLS][16]; /* values without a home that are short of a register, within a block */

    _Alignas(64) struct cpu_jump jump_cache[CPU_JUMP_CACHE];
};

enum { CPU_NO_LINK = 0xffffffff };

/* Index of a guest pc in the jump cache. Bit 0 of an instruction's address is always 0. */
static inline unsigned cpu_jump_index(uint64_t pc)
{
    return (unsigned)(pc >> 1) & (CPU_JUMP_CACHE - 1);
}

static inline void *cpu_slot(struct cpu *cpu, const struct ir_slot *slot)
{
    return cpu->state + slot->offset;
}

#endif
