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

/*
 * The software TLB, where guest addresses are not the host's: an entry a page, found by the low bits of the
 * page's number. An access may be done at address + addend if the page's address is the tag of its kind.
 */
enum { CPU_PAGE_BITS = 12, CPU_TLB_ENTRY_BITS = 5 };
/* Bytes of the longest guest instruction: one so near the end of a page may go on in another. */
enum { CPU_MAX_INSN = 4 };
struct cpu_tlb_entry {
    uint64_t read, write; /* tags: the page's address, or CPU_TLB_NONE; no page is for writing only */
    uint64_t addend;      /* host address - guest address */
    uint64_t info;        /* the runtime's own */
};
static_assert(sizeof(struct cpu_tlb_entry) == 1 << CPU_TLB_ENTRY_BITS, "indexed by generated code");
/* No page's address. */
#define CPU_TLB_NONE ((uint64_t)1 << (CPU_PAGE_BITS - 1))

/* Groups of accesses in a block that share a look-up. */
enum { CPU_GROUPS = 64 };

/* Registers of the host, in encoding order. */
struct host_state {
    uint64_t gpr[16];
    uint8_t xmm[16][16];
};

/*
 * An access that the TLB does not know, as generated code describes it to cpu.miss (bits of
 * cpu.miss_access). The value of a load goes to, that of a store comes from the register of cpu.saved; it is
 * extended as IR_MEM_SIGNED says, bytes are swapped if IR_MEM_BIG.
 */
enum cpu_miss {
    CPU_MISS_MEMOP = 0xff,     /* enum ir_memop */
    CPU_MISS_WRITE = 1 << 8,
    CPU_MISS_WIDE = 1 << 9,    /* a signed load is extended to 64 bits, else to 32 */
    CPU_MISS_XMM = 1 << 10,    /* the register is an xmm register */
    CPU_MISS_CONST = 1 << 11,  /* the value of a store is in cpu.miss_value */
    CPU_MISS_DIRECT = 1 << 12, /* needs the host address: memory only (atomics) */
    CPU_MISS_REG_SHIFT = 16,   /* the register */
    CPU_MISS_TEMP_SHIFT = 20,  /* the register where the addend is expected */
};
/* What cpu.miss returns. */
enum cpu_miss_answer {
    CPU_MISS_GO,   /* the access can be done at address + the register TEMP of cpu.saved */
    CPU_MISS_DONE, /* it has been done */
};

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
    /*
     * Asked at a system call (IR_EXIT_SYSCALL, IR_EXIT_SYSTEM), with all state at home: the code to
     * go on with, or NULL to leave.
     */
    const void *(*call)(struct cpu *cpu);

    /* the backend's own: see backend_init_cpu */
    void *runtime[CPU_RUNTIME];   /* C functions */
    _Alignas(16) uint8_t constants[CPU_CONSTANTS][16];
    uint8_t spill[CPU_SPILLS][16]; /* values without a home that are short of a register, within a block */

    _Alignas(64) struct cpu_jump jump_cache[CPU_JUMP_CACHE];

    /* where guest addresses go through the TLB */
    struct cpu_tlb_entry *tlb;
    uint64_t tlb_mask;        /* (entries - 1) << CPU_TLB_ENTRY_BITS */
    struct cpu_jump *jumps;   /* in the stead of jump_cache, of as many entries */
    /* enum cpu_miss_answer; or does not return, after backend_recover */
    uint32_t (*miss)(struct cpu *cpu);
    uint64_t miss_address;    /* guest address */
    uint64_t miss_value;
    uint32_t miss_access;     /* enum cpu_miss */
    uint32_t pad2;
    uint64_t group[CPU_GROUPS]; /* the backend's own: an addend, 0: none, within a block */
    uint64_t saved_pc;        /* where in generated code: known to backend_recover */
    _Alignas(16) struct host_state saved;
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
