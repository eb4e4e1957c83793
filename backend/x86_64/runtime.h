/*
 * What generated code finds in struct cpu beside the guest's state: C functions of the backend's
 * own, constants, and reserved spill cells. A row each; backend_init_cpu fills them in.
 */
#ifndef FERRY_BACKEND_RUNTIME_H
#define FERRY_BACKEND_RUNTIME_H

#include "ir/cpu.h"

/* All have the signature of ir_helper_fn and are pure but for MXCSR. */
enum runtime_function {
    RT_CLMUL32, RT_CLMULH32, RT_CLMUL64, RT_CLMULH64,
    RT_EXACT, /* the op described in the cells below; called by stub.call[3] only */
    RT_COUNT
};
static_assert((int)RT_COUNT <= (int)CPU_RUNTIME, "struct cpu has room");

/* 16 bytes each, at fixed places of struct cpu. */
enum runtime_constant {
    K_SIGN32, K_SIGN64,   /* sign bit of the lowest lane */
    K_ABS32, K_ABS64,     /* all its other bits */
    K_BOX,                /* bits 32 to 63 */
    K_NAN32, K_NAN64,     /* the canonical NaN */
    K_FTOU32, K_FTOU64,   /* F64 images from which on a conversion to U32, U64 is rare */
    K_BYTE_SWAP,          /* pshufb control: all 16 bytes reversed */
    K_BITREV,             /* gf2p8affineqb matrix: the bits of each byte reversed */
    K_COUNT
};
static_assert((int)K_COUNT <= (int)CPU_CONSTANTS, "struct cpu has room");

/* Spill cells that the allocator never gives out. */
enum reserved_cell {
    CELL_RESERVED = 224,
    CELL_XMM = 224,      /* registers while stub.call[3] runs */
    CELL_GPR = 240,      /* two a cell */
    CELL_ARG_A = 248, CELL_ARG_B, CELL_ARG_C, CELL_RESULT,
    CELL_EXACT_OP,       /* struct exact_op */
    CELL_MXCSR,          /* scratch of stmxcsr and ldmxcsr */
    CELL_END
};
static_assert((int)CELL_END <= (int)CPU_SPILLS, "struct cpu has room");

/* The instruction that RT_EXACT is to do, as struct ir_insn has it. */
struct exact_op {
    uint8_t op, type, sub, pad;
    uint32_t d, aux;
};

#define CONSTANT_MEM(k) mem_at(RBP, cpu_disp(offsetof(struct cpu, constants) + (k) * 16))
#define RUNTIME_POINTER(f) (offsetof(struct cpu, runtime) + (f) * sizeof(void *))

#endif
