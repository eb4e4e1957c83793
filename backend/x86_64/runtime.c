/* The functions and constants that generated code finds in struct cpu. */
#include "backend/x86_64/runtime.h"

#include <string.h>

#include "backend/backend.h"
#include "ir/eval.h"
#include "ir/fp.h"

static uint64_t clmul32(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    return (uint32_t)eval_clmul((uint32_t)a, (uint32_t)b);
}

static uint64_t clmulh32(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    return (uint64_t)eval_clmul((uint32_t)a, (uint32_t)b) >> 32;
}

static uint64_t clmul64(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    return (uint64_t)eval_clmul(a, b);
}

static uint64_t clmulh64(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    return (uint64_t)(eval_clmul(a, b) >> 64);
}

static bool is_vector(const struct ir_op_info *info)
{
    return info->result == 'V' || info->operand[0] == 'V';
}

/* Arguments and result in the reserved cells. */
static uint64_t exact(struct cpu *cpu, uint64_t x, uint64_t y, uint64_t z)
{
    struct exact_op f;
    union ir_v128 v[4]; /* result, a, b, c */
    memcpy(&f, cpu->spill[CELL_EXACT_OP], sizeof f);
    memcpy(v + 1, cpu->spill[CELL_ARG_A], 3 * sizeof v[0]);
    v[0] = (union ir_v128){.d = {0}};
    if (f.op == IR_CALLV) {
        ((ir_helper_fn *)cpu->helper[f.aux])(cpu, (uint64_t)(uintptr_t)v, f.d, 0);
    } else {
        struct ir_insn insn = {
            .op = f.op, .type = f.type, .sub = f.sub, .d = (ir_ref)f.d, .aux = f.aux};
        if (is_vector(&ir_op_info[f.op]))
            ir_eval_vector(&insn, &v[0], &v[1], &v[2], &v[3]);
        else
            v[0].d[0] = fp_eval(&insn, v[1].d[0], v[2].d[0], v[3].d[0]);
    }
    memcpy(cpu->spill[CELL_RESULT], &v[0], sizeof v[0]);
    return 0;
}

static ir_helper_fn *const functions[RT_COUNT] = {
    [RT_CLMUL32] = clmul32,   [RT_CLMULH32] = clmulh32, [RT_CLMUL64] = clmul64,
    [RT_CLMULH64] = clmulh64, [RT_EXACT] = exact,
};

static const uint64_t constants[K_COUNT][2] = {
    [K_SIGN32] = {0x80000000}, [K_SIGN64] = {(uint64_t)1 << 63},
    [K_ABS32] = {0x7fffffff}, [K_ABS64] = {INT64_MAX},
    [K_BOX] = {(uint64_t)UINT32_MAX << 32},
    [K_NAN32] = {0x7fc00000}, [K_NAN64] = {0x7ff8000000000000},
    [K_FTOU32] = {0x41efffffffe00000}, [K_FTOU64] = {0x43e0000000000000},
    [K_BYTE_SWAP] = {0x08090a0b0c0d0e0f, 0x0001020304050607},
    [K_BITREV] = {0x8040201008040201, 0x8040201008040201},
};

/* Where nobody has put in something better, every system call leaves. */
static const void *leave_always(struct cpu *cpu)
{
    (void)cpu;
    return NULL;
}

void backend_init_cpu(const struct backend *be, struct cpu *cpu)
{
    cpu->call = leave_always;
    for (unsigned i = 0; i < RT_COUNT; i++)
        cpu->runtime[i] = (void *)functions[i];
    static_assert(sizeof constants[0] == sizeof cpu->constants[0], "16 bytes a constant");
    memcpy(cpu->constants, constants, sizeof constants);
}
