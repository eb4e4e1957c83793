/*
 * Hints, barriers, system registers, cache maintenance (Arm ARM C4.1, "Branches, Exception
 * Generating and System instructions"; C5).
 *
 * FPCR has a slot that holds it as written. What it means is elsewhere: the rounding mode in the
 * host's MXCSR, the rest in the mode bits of blocks, so a block ends where it changes. FPSR is put
 * together from MXCSR and the slots qc and idc; denormal inputs count (IDC) in flush mode only,
 * where MXCSR's bit for them is exact. Underflow is the host's until the thread accesses FPSR.
 */
#include <string.h>

#include "frontend/aarch64/decode.h"
#include "frontend/aarch64/internal.h"
#include "frontend/aarch64/system.h"
#include "ir/fp.h"

/* ---- hints and barriers -------------------------------------------------------------------- */

bool a64_hint(struct translation *t)
{
    (void)t;
    return true;
}

/* Nobody can say when an event comes: the processor is given away, and the program looks again. */
bool a64_yield(struct translation *t)
{
    ir_exit(t->block, IR_EXIT_YIELD, t->pc + t->length);
    return true;
}

bool a64_yield_until(struct translation *t)
{
    return a64_yield(t);
}

bool a64_clrex(struct translation *t)
{
    ir_emit(t->block, (struct ir_insn){.op = IR_CLRX});
    return true;
}

/* Of all orders the host lacks only that of stores before loads: the domain matters to nobody. */
bool a64_barrier(struct translation *t, const struct a64_args_crm *a)
{
    enum { LOADS = 1, STORES = 2 };
    uint32_t kind = a->crm & 3;
    ir_emit(t->block, (struct ir_insn){.op = IR_FENCE, .aux = kind == LOADS || kind == STORES
                                                                  ? IR_FENCE_NONE
                                                                  : IR_FENCE_FULL});
    return true;
}

/* Changed code has been announced by IC IVAU already; SB orders nothing that one can see. */
bool a64_isb(struct translation *t)
{
    ir_emit(t->block, (struct ir_insn){.op = IR_FENCE, .aux = IR_FENCE_NONE});
    return true;
}

/* ---- system operations --------------------------------------------------------------------- */

/* op1:CRn:CRm:op2, the bits 18 to 5 of the word. */
#define SYS(op1, crn, crm, op2) ((op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

enum { LINE_SIZE = 4 << A64_LOG_LINE_WORDS };

/* Caches are coherent, but an address that cannot be read faults. */
static bool clean_line(struct translation *t, ir_ref address)
{
    ir_load(t->block, IR_I64, address, 0, 0);
    return true;
}

static bool zero_line(struct translation *t, ir_ref address)
{
    struct ir_block *b = t->block;
    ir_ref start = ir_op2(b, IR_AND, IR_I64, address, ir_const(b, -(uint64_t)LINE_SIZE));
    ir_emit(b, (struct ir_insn){.op = IR_CBOZERO, .a = start, .aux = LINE_SIZE});
    return true;
}

/* The line's address goes to the runtime in cpu.exit_info. */
static bool invalidate_line(struct translation *t, ir_ref address)
{
    ir_load(t->block, IR_I64, address, 0, 0);
    ir_helper_call(t->block, IR_VOID, A64_HELPER_note_address, address, IR_NONE, IR_NONE);
    ir_exit(t->block, IR_EXIT_FLUSH_LINE, t->pc + t->length);
    return true;
}

bool a64_sys(struct translation *t, const struct a64_args_sys *a)
{
    ir_ref address = a64_address(t, get_x(t, a->rd));
    switch (SYS(a->op1, a->crn, a->crm, a->op2)) {
    case SYS(3, 7, 4, 1): return zero_line(t, address);        /* DC ZVA */
    case SYS(3, 7, 5, 1): return invalidate_line(t, address);  /* IC IVAU */
    case SYS(3, 7, 10, 1):                                     /* DC CVAC */
    case SYS(3, 7, 11, 1):                                     /* DC CVAU */
    case SYS(3, 7, 14, 1): return clean_line(t, address);      /* DC CIVAC */
    case SYS(3, 7, 12, 1):                                     /* DC CVAP */
        return cpu_has(t->config, A64_FEATURE_DPB) && clean_line(t, address);
    case SYS(3, 7, 13, 1):                                     /* DC CVADP */
        return cpu_has(t->config, A64_FEATURE_DPB2) && clean_line(t, address);
    }
    return false;
}

/* ---- FPCR and FPSR ------------------------------------------------------------------------- */

enum { FPSR_QC = 27, FPSR_IDC = 7 };

/*
 * A thread's first access to FPSR: from here on somebody may ask for underflow, so the code, from
 * this instruction on, is made anew. False if that has been done.
 */
static bool starts_watching(struct translation *t)
{
    if (t->mode & A64_MODE_UNDERFLOW)
        return false;
    ir_helper_call(t->block, IR_VOID, A64_HELPER_watch_underflow, IR_NONE, IR_NONE, IR_NONE);
    ir_exit(t->block, IR_EXIT_LOOKUP, t->pc);
    return true;
}

/* IOC, then DZC to IXC: the host has its bit for denormals between them. */
static ir_ref read_fpsr(struct translation *t)
{
    struct ir_block *b = t->block;
    ir_ref host = ir_emit(b, (struct ir_insn){.op = IR_FGETEXC, .type = IR_I64});
    ir_ref invalid = ir_op2(b, IR_AND, IR_I64, host, ir_const(b, IR_EXC_INVALID));
    ir_ref others = ir_op2(b, IR_AND, IR_I64, ir_op2(b, IR_SHR, IR_I64, host, ir_const(b, 1)),
                           ir_const(b, 0x1e));
    ir_ref fpsr = ir_op2(b, IR_OR, IR_I64, invalid, others), idc = ir_get(b, A64_SLOT_idc);
    if (t->mode & A64_MODE_FZ) {
        ir_ref denormal = ir_op2(b, IR_AND, IR_I64, host, ir_const(b, IR_EXC_DENORMAL));
        idc = ir_op2(b, IR_OR, IR_I64, idc,
                     ir_op2(b, IR_SHR, IR_I64, denormal, ir_const(b, 1)));
    }
    fpsr = ir_op2(b, IR_OR, IR_I64, fpsr,
                  ir_op2(b, IR_SHL, IR_I64, idc, ir_const(b, FPSR_IDC)));
    ir_ref qc = ir_get(b, A64_SLOT_qc), half[2];
    for (unsigned i = 0; i < 2; i++)
        half[i] = ir_emit(b, (struct ir_insn){.op = IR_VLANE, .type = IR_I64, .sub = IR_I64,
                                              .a = qc, .aux = i});
    ir_ref saturated = ir_setcc(b, IR_NE, IR_I64, ir_op2(b, IR_OR, IR_I64, half[0], half[1]),
                                ir_const(b, 0));
    return ir_op2(b, IR_OR, IR_I64, fpsr,
                  ir_op2(b, IR_SHL, IR_I64, saturated, ir_const(b, FPSR_QC)));
}

static ir_ref bit_of(struct translation *t, ir_ref x, unsigned bit)
{
    struct ir_block *b = t->block;
    return ir_emit(b, (struct ir_insn){.op = IR_EXTRACT, .type = IR_I64, .a = x,
                                       .aux = bit | 1 << 8});
}

static void write_fpsr(struct translation *t, ir_ref value)
{
    struct ir_block *b = t->block;
    ir_ref invalid = ir_op2(b, IR_AND, IR_I64, value, ir_const(b, IR_EXC_INVALID));
    ir_ref others = ir_op2(b, IR_AND, IR_I64, value, ir_const(b, 0x1e));
    ir_ref host = ir_op2(b, IR_OR, IR_I64, invalid,
                         ir_op2(b, IR_SHL, IR_I64, others, ir_const(b, 1)));
    ir_ref qc = bit_of(t, value, FPSR_QC), idc = bit_of(t, value, FPSR_IDC);
    ir_emit(b, (struct ir_insn){.op = IR_FSETEXC, .type = IR_I64, .a = host});
    ir_put(b, A64_SLOT_qc, ir_emit(b, (struct ir_insn){.op = IR_VZEXT, .type = IR_V128,
                                                       .sub = IR_I64, .a = qc}));
    ir_put(b, A64_SLOT_idc, idc);
}

static void write_fpcr(struct translation *t, ir_ref value)
{
    struct ir_block *b = t->block;
    uint64_t mask = A64_FPCR_AHP | A64_FPCR_DN | A64_FPCR_FZ | A64_FPCR_RMODE;
    if (cpu_has(t->config, A64_FEATURE_FP16))
        mask |= A64_FPCR_FZ16;
    value = ir_op2(b, IR_AND, IR_I64, value, ir_const(b, mask));
    /* Libraries mostly write what is there already: then nothing changes. */
    ir_brcc(b, IR_EQ, IR_I64, value, ir_get(b, A64_SLOT_fpcr), t->pc + t->length);
    ir_helper_call(b, IR_VOID, A64_HELPER_set_fpcr, value, IR_NONE, IR_NONE);
    ir_exit(b, IR_EXIT_LOOKUP, t->pc + t->length);
}

/* ---- system registers ---------------------------------------------------------------------- */

#define SYSREG(name, text, op0, op1, crn, crm, op2)                                                \
    SYSREG_##name = ((op0) - 2) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2),
enum {
#include "frontend/aarch64/sysreg.def"
};
#undef SYSREG

const char *a64_system_register_name(unsigned number)
{
    switch (number) {
#define SYSREG(name, text, op0, op1, crn, crm, op2)                                                \
    case SYSREG_##name: return text;
#include "frontend/aarch64/sysreg.def"
#undef SYSREG
    }
    return NULL;
}

/* A bit of PSTATE as the register of its name shows it. */
static ir_ref read_pstate(struct translation *t, uint64_t bit)
{
    return ir_op2(t->block, IR_AND, IR_I64, ir_get(t->block, A64_SLOT_pstate),
                  ir_const(t->block, bit));
}

static void write_pstate(struct translation *t, uint64_t bit, ir_ref value)
{
    struct ir_block *b = t->block;
    ir_ref others = ir_op2(b, IR_AND, IR_I64, ir_get(b, A64_SLOT_pstate), ir_const(b, ~bit));
    ir_put(b, A64_SLOT_pstate,
           ir_op2(b, IR_OR, IR_I64, others, ir_op2(b, IR_AND, IR_I64, value, ir_const(b, bit))));
}

bool a64_msr_imm(struct translation *t, const struct a64_args_crm *a, int bit)
{
    write_pstate(t, (uint64_t)bit, ir_const(t->block, a->crm & 1 ? (uint64_t)bit : 0));
    return true;
}

/* Never fails, so NZCV becomes 0000. */
static ir_ref read_random(struct translation *t)
{
    put_nzcv(t, ir_emit(t->block, (struct ir_insn){.op = IR_FLAGS, .type = IR_B, .sub = IR_I32,
                                                   .a = ir_const(t->block, IR_FLAG_C)}));
    return ir_helper_call(t->block, IR_I64, A64_HELPER_random, IR_NONE, IR_NONE, IR_NONE);
}

/* The kernel emulates reads of the space of identification registers, op0 3, op1 0, CRn 0, CRm 0
 * and 2 to 7; those without a meaning are zero. */
static bool is_identification(unsigned number)
{
    unsigned crm = number >> 3 & 15, op2 = number & 7;
    if (number >> 7 != 1 << 7)
        return false;
    return crm == 0 ? op2 == 0 || op2 == 5 || op2 == 6 : crm >= 2 && crm <= 7;
}

static bool read_register(struct translation *t, unsigned number, ir_ref *value)
{
    struct ir_block *b = t->block;
    const struct cpu_config *config = t->config;
    if (is_identification(number)) {
        *value = ir_const(b, a64_identification(config, number));
        return true;
    }
    switch (number) {
    case SYSREG_CTR_EL0: *value = ir_const(b, A64_CTR); return true;
    case SYSREG_DCZID_EL0: *value = ir_const(b, A64_LOG_LINE_WORDS); return true;
    case SYSREG_NZCV: *value = a64_read_nzcv(t); return true;
    case SYSREG_FPCR: *value = ir_get(b, A64_SLOT_fpcr); return true;
    case SYSREG_FPSR: *value = read_fpsr(t); return true;
    case SYSREG_TPIDR_EL0: *value = ir_get(b, A64_SLOT_tpidr); return true;
    case SYSREG_TPIDRRO_EL0: *value = ir_const(b, 0); return true;
    case SYSREG_CNTFRQ_EL0: *value = ir_const(b, A64_COUNTER_FREQUENCY); return true;
    case SYSREG_CNTVCTSS_EL0:
        if (!cpu_has(config, A64_FEATURE_ECV))
            return false;
        __attribute__((fallthrough));
    case SYSREG_CNTVCT_EL0:
        *value = ir_helper_call(b, IR_I64, A64_HELPER_counter, IR_NONE, IR_NONE, IR_NONE);
        return true;
    case SYSREG_RNDR:
    case SYSREG_RNDRRS:
        if (!cpu_has(config, A64_FEATURE_RNG))
            return false;
        *value = read_random(t);
        return true;
    case SYSREG_DIT:
        *value = read_pstate(t, A64_PSTATE_DIT);
        return cpu_has(config, A64_FEATURE_DIT);
    case SYSREG_SSBS:
        *value = read_pstate(t, A64_PSTATE_SSBS);
        return cpu_has(config, A64_FEATURE_SSBS);
    }
    return false;
}

bool a64_mrs(struct translation *t, const struct a64_args_system *a)
{
    ir_ref value;
    if (a->sysreg == SYSREG_FPSR && starts_watching(t))
        return true;
    if (!read_register(t, a->sysreg, &value))
        return false;
    put_x(t, a->rd, value);
    return true;
}

bool a64_msr(struct translation *t, const struct a64_args_system *a)
{
    if (a->sysreg == SYSREG_FPSR && starts_watching(t))
        return true;
    ir_ref value = get_x(t, a->rd);
    switch (a->sysreg) {
    case SYSREG_NZCV: a64_write_nzcv(t, value); return true;
    case SYSREG_FPCR: write_fpcr(t, value); return true;
    case SYSREG_FPSR: write_fpsr(t, value); return true;
    case SYSREG_TPIDR_EL0: ir_put(t->block, A64_SLOT_tpidr, value); return true;
    case SYSREG_DIT:
        if (cpu_has(t->config, A64_FEATURE_DIT))
            write_pstate(t, A64_PSTATE_DIT, value);
        return cpu_has(t->config, A64_FEATURE_DIT);
    case SYSREG_SSBS:
        if (cpu_has(t->config, A64_FEATURE_SSBS))
            write_pstate(t, A64_PSTATE_SSBS, value);
        return cpu_has(t->config, A64_FEATURE_SSBS);
    }
    return false;
}
