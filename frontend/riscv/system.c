/*
 * Environment calls, CSRs, instruction-fetch fence, cache-block operations, hints,
 * may-be-operations (RISC-V ISA Manual, chapters 2.8, 5 to 8, "CMO", "Zimop"), and what of the
 * privileged architecture code does by itself: the rest leaves with IR_EXIT_SYSTEM.
 *
 * The accrued FP flags live in the host's MXCSR, in its order; fflags has another. frm has a slot,
 * and writing it changes the host's rounding mode and the mode bits of blocks, so the block ends
 * there.
 */
#include "frontend/riscv/decode.h"

enum {
    CSR_FFLAGS = 0x001,
    CSR_FRM = 0x002,
    CSR_FCSR = 0x003,
    CSR_SSTATUS = 0x100,
    CSR_MSTATUS = 0x300,
    CSR_CYCLE = 0xc00,
    CSR_TIME = 0xc01,
    CSR_INSTRET = 0xc02,
};

bool rv_ecall(struct translation *t)
{
    ir_exit(t->block, IR_EXIT_SYSCALL, t->pc + t->length);
    return true;
}

bool rv_ebreak(struct translation *t)
{
    ir_exit(t->block, IR_EXIT_BREAK, t->pc);
    return true;
}

bool rv_fence_i(struct translation *t)
{
    ir_exit(t->block, IR_EXIT_FLUSH, t->pc + t->length);
    return true;
}

bool rv_nop(struct translation *t)
{
    (void)t;
    return true;
}

bool rv_zero(struct translation *t, const struct rv_args_rd *a)
{
    put_x(t, a->rd, ir_const(t->block, 0));
    return true;
}

bool rv_hostcall(struct translation *t, const struct rv_args_imm *a)
{
    if (t->pc - t->config->hostcall_lo >= t->config->hostcall_hi - t->config->hostcall_lo)
        return false;
    ir_helper_call(t->block, IR_VOID, RV_HELPER_hostcall, ir_const(t->block, (uint32_t)a->imm),
                   IR_NONE, IR_NONE);
    return true;
}

/* The instruction is the runtime's, which finds its word in a slot. A process has no such thing. */
bool rv_privileged(struct translation *t)
{
    if (!(t->mode & RV_MODE_SYSTEM))
        return false;
    ir_put(t->block, RV_SLOT_word, ir_const(t->block, t->word));
    ir_exit(t->block, IR_EXIT_SYSTEM, t->pc);
    return true;
}

/* A process may use all cache-block operations; on a hart its environment's configuration says. */
static bool cache_block_enabled(const struct translation *t, uint32_t bit)
{
    return !(t->mode & RV_MODE_SYSTEM) || t->mode & bit;
}

/* Nothing to do for caches that are coherent, but an address that cannot be accessed must fault. */
bool rv_cache_block(struct translation *t, const struct rv_args_rs1 *a, int enabled_by)
{
    if (!cache_block_enabled(t, (uint32_t)enabled_by))
        return false;
    ir_load(t->block, IR_I64, get_x(t, a->rs1), 0, 0);
    return true;
}

bool rv_cache_block_zero(struct translation *t, const struct rv_args_rs1 *a)
{
    struct ir_block *b = t->block;
    if (!cache_block_enabled(t, RV_MODE_CBO_ZERO))
        return false;
    ir_ref start =
        ir_op2(b, IR_AND, IR_I64, get_x(t, a->rs1), ir_const(b, -(uint64_t)RISCV_CACHE_BLOCK));
    ir_emit(b, (struct ir_insn){.op = IR_CBOZERO, .a = start, .aux = RISCV_CACHE_BLOCK});
    return true;
}

/* ---- CSRs --------------------------------------------------------------------------------- */

/* One flag in the host's order (enum ir_fpflag) and its bit in fflags (chapter 20.2). */
static const struct {
    uint8_t host, guest;
} flag_bits[] = {
    {5, 0}, /* inexact */
    {4, 1}, /* underflow */
    {3, 2}, /* overflow */
    {2, 3}, /* division by zero */
    {0, 4}, /* invalid */
};
static_assert(IR_EXC_INEXACT == 1 << 5 && IR_EXC_UNDERFLOW == 1 << 4 && IR_EXC_OVERFLOW == 1 << 3 &&
                  IR_EXC_DIVZERO == 1 << 2 && IR_EXC_INVALID == 1,
              "flag_bits");

/* Moves bit `from` of x to bit `to`, alone. */
static ir_ref move_bit(struct ir_block *b, ir_ref x, unsigned from, unsigned to)
{
    ir_ref bit = ir_op2(b, IR_AND, IR_I64, x, ir_const(b, (uint64_t)1 << from));
    if (to > from)
        return ir_op2(b, IR_SHL, IR_I64, bit, ir_const(b, to - from));
    return ir_op2(b, IR_SHR, IR_I64, bit, ir_const(b, from - to));
}

static ir_ref move_flags(struct ir_block *b, ir_ref x, bool to_guest)
{
    ir_ref sum = ir_const(b, 0);
    for (unsigned i = 0; i < sizeof flag_bits / sizeof flag_bits[0]; i++) {
        unsigned host = flag_bits[i].host, guest = flag_bits[i].guest;
        sum = ir_op2(b, IR_OR, IR_I64, sum,
                     to_guest ? move_bit(b, x, host, guest) : move_bit(b, x, guest, host));
    }
    return sum;
}

uint32_t riscv_get_fcsr(const struct cpu *cpu)
{
    uint32_t fcsr = (uint32_t)(*(const uint64_t *)(cpu->state + RV_STATE_FRM) & 7) << 5;
    for (unsigned i = 0; i < sizeof flag_bits / sizeof flag_bits[0]; i++)
        fcsr |= (cpu->mxcsr >> flag_bits[i].host & 1) << flag_bits[i].guest;
    return fcsr;
}

void riscv_set_fcsr(struct cpu *cpu, uint32_t fcsr)
{
    cpu->mxcsr &= ~0x3fu;
    for (unsigned i = 0; i < sizeof flag_bits / sizeof flag_bits[0]; i++)
        cpu->mxcsr |= (fcsr >> flag_bits[i].guest & 1) << flag_bits[i].host;
    *(uint64_t *)(cpu->state + RV_STATE_FRM) = fcsr >> 5 & 7;
    cpu->mxcsr = rv_apply_frm(cpu, cpu->mxcsr, fcsr >> 5 & 7);
}

/* What translation.notes hold: the flags read last, in the guest's and in the host's order. */
enum { NOTE_GUEST_FLAGS, NOTE_HOST_FLAGS };

static ir_ref read_flags(struct translation *t)
{
    struct ir_block *b = t->block;
    ir_ref host = ir_emit(b, (struct ir_insn){.op = IR_FGETEXC, .type = IR_I64});
    t->notes[NOTE_HOST_FLAGS] = host;
    return t->notes[NOTE_GUEST_FLAGS] = move_flags(b, host, true);
}

/*
 * Compilers put a quiet comparison between frflags and fsflags: then the order need not change
 * twice.
 */
static void write_flags(struct translation *t, ir_ref fflags)
{
    struct ir_block *b = t->block;
    ir_ref host = fflags == t->notes[NOTE_GUEST_FLAGS] ? t->notes[NOTE_HOST_FLAGS]
                                                       : move_flags(b, fflags, false);
    ir_emit(b, (struct ir_insn){.op = IR_FSETEXC, .type = IR_I64, .a = host});
}

/* Emits the read of a CSR into *value; false if there is no such CSR. */
static bool read_csr(struct translation *t, uint32_t csr, ir_ref *value)
{
    struct ir_block *b = t->block;
    switch (csr) {
    case CSR_FFLAGS: *value = read_flags(t); break;
    case CSR_FRM: *value = ir_get(b, RV_SLOT_frm); break;
    case CSR_FCSR:
        *value = ir_op2(b, IR_OR, IR_I64, read_flags(t),
                        ir_op2(b, IR_SHL, IR_I64, ir_get(b, RV_SLOT_frm), ir_const(b, 5)));
        break;
    case CSR_TIME:
        *value = ir_helper_call(b, IR_I64, RV_HELPER_time, IR_NONE, IR_NONE, IR_NONE);
        break;
    case CSR_CYCLE:
    case CSR_INSTRET:
        *value = ir_helper_call(b, IR_I64, RV_HELPER_cycle, IR_NONE, IR_NONE, IR_NONE);
        break;
    }
    return true;
}

static enum rv_feature csr_feature(uint32_t csr)
{
    return csr <= CSR_FCSR ? RV_FEATURE_F : RV_FEATURE_Zicntr;
}

static bool csr_exists(const struct translation *t, uint32_t csr)
{
    bool known = (csr >= CSR_FFLAGS && csr <= CSR_FCSR) || (csr >= CSR_CYCLE && csr <= CSR_INSTRET);
    return known && cpu_has(t->config, csr_feature(csr));
}

static void write_csr(struct translation *t, uint32_t csr, ir_ref value, uint32_t rd, ir_ref old)
{
    struct ir_block *b = t->block;
    if (csr == CSR_FFLAGS || csr == CSR_FCSR)
        write_flags(t, value);
    if (csr == CSR_FFLAGS) {
        put_x(t, rd, old);
        return;
    }
    ir_ref frm = csr == CSR_FCSR ? ir_op2(b, IR_SHR, IR_I64, value, ir_const(b, 5)) : value;
    frm = ir_op2(b, IR_AND, IR_I64, frm, ir_const(b, 7));
    ir_ref current = ir_get(b, RV_SLOT_frm);
    put_x(t, rd, old);
    /* Libraries mostly set the mode that is set already: then nothing changes. */
    ir_brcc(b, IR_EQ, IR_I64, frm, current, t->pc + t->length);
    ir_helper_call(b, IR_VOID, RV_HELPER_set_frm, frm, IR_NONE, IR_NONE);
    ir_put(b, RV_SLOT_frm, frm);
    ir_exit(b, IR_EXIT_LOOKUP, t->pc + t->length);
}

/* What an instruction writes that found `old`. */
static ir_ref new_value(struct translation *t, int operation, ir_ref old, ir_ref source)
{
    if (operation == CSR_SET)
        return ir_op2(t->block, IR_OR, IR_I64, old, source);
    if (operation == CSR_CLEAR)
        return ir_op2(t->block, IR_ANDN, IR_I64, old, source);
    return source;
}

/* ---- CSRs of a machine's hart ------------------------------------------------------------- */

/* CSRs that are storage and nothing else: their slots, and the bits that can be written. */
static const struct plain_csr {
    uint16_t csr;
    uint8_t slot;
    uint64_t writable;
} plain_csrs[] = {
    {0x140, RV_SLOT_sscratch, ~UINT64_C(0)}, {0x141, RV_SLOT_sepc, RV_EPC_BITS},
    {0x142, RV_SLOT_scause, ~UINT64_C(0)},   {0x143, RV_SLOT_stval, ~UINT64_C(0)},
    {0x340, RV_SLOT_mscratch, ~UINT64_C(0)}, {0x341, RV_SLOT_mepc, RV_EPC_BITS},
    {0x342, RV_SLOT_mcause, ~UINT64_C(0)},   {0x343, RV_SLOT_mtval, ~UINT64_C(0)},
};

static const struct plain_csr *find_plain(uint32_t csr)
{
    for (unsigned i = 0; i < sizeof plain_csrs / sizeof plain_csrs[0]; i++)
        if (plain_csrs[i].csr == csr)
            return &plain_csrs[i];
    return NULL;
}

static void access_plain(struct translation *t, int operation, const struct plain_csr *plain,
                         uint32_t rd, ir_ref source, bool writes)
{
    struct ir_block *b = t->block;
    ir_ref old = ir_get(b, plain->slot);
    if (writes)
        ir_put(b, plain->slot,
               ir_op2(b, IR_AND, IR_I64, new_value(t, operation, old, source),
                      ir_const(b, plain->writable)));
    put_x(t, rd, old);
}

/* Privilege by the CSR's number (privileged manual, chapter 2.1). */
static bool privilege_suffices(const struct translation *t, uint32_t csr)
{
    return (t->mode >> RV_MODE_PRIV_SHIFT & 3) >= (csr >> 8 & 3);
}

/* True if a process's way of accessing the CSR is right for the hart as well. */
static bool same_as_in_process(const struct translation *t, uint32_t csr, bool writes)
{
    switch (csr) {
    case CSR_FFLAGS:
    case CSR_FRM:
    case CSR_FCSR: return !(t->mode & RV_MODE_FP_TRAP);
    case CSR_TIME: return !writes && t->mode & RV_MODE_TIME;
    case CSR_CYCLE:
    case CSR_INSTRET: return !writes && t->mode & RV_MODE_CYCLES;
    }
    return false;
}

/*
 * Kernels switch interrupts off and on, and allow themselves user memory, all the time: constants that
 * csrrs and csrrc set and clear. True if that has been done in place.
 */
static bool change_status(struct translation *t, int operation, uint32_t rd, ir_ref source,
                          uint64_t visible)
{
    const uint64_t enables = RV_MSTATUS_SIE | RV_MSTATUS_MIE;
    const uint64_t others = RV_MSTATUS_SPIE | RV_MSTATUS_MPIE | RV_MSTATUS_SUM;
    struct ir_block *b = t->block;
    if (operation == CSR_WRITE || !ir_is_const(source))
        return false;
    uint64_t bits = ir_const_value(b, source);
    if (bits & ~((enables | others) & visible))
        return false;
    ir_ref old = ir_get(b, RV_SLOT_mstatus), new = new_value(t, operation, old, source);
    ir_put(b, RV_SLOT_mstatus, new);
    put_x(t, rd, ir_op2(b, IR_AND, IR_I64, old, ir_const(b, visible)));
    if (bits & RV_MSTATUS_SUM)
        ir_helper_call(b, IR_VOID, RV_HELPER_status, new, IR_NONE, IR_NONE);
    if (operation == CSR_SET && bits & enables) {
        ir_brcc(b, IR_EQ, IR_I64, ir_get(b, RV_SLOT_irq), ir_const(b, 0), t->pc + t->length);
        ir_exit(b, IR_EXIT_NONE, t->pc + t->length);
    }
    return true;
}

/* All but what is done in place is left to the runtime, illegal accesses too. */
static bool access_system_csr(struct translation *t, int operation, uint32_t csr, uint32_t rd,
                              ir_ref source, bool writes)
{
    const struct plain_csr *plain = find_plain(csr);
    if (!privilege_suffices(t, csr))
        return rv_privileged(t);
    if (plain) {
        access_plain(t, operation, plain, rd, source, writes);
        return true;
    }
    if (csr != CSR_MSTATUS && csr != CSR_SSTATUS)
        return rv_privileged(t);
    uint64_t visible = csr == CSR_MSTATUS ? ~UINT64_C(0) : RV_SSTATUS_BITS;
    if (writes)
        return change_status(t, operation, rd, source, visible) || rv_privileged(t);
    put_x(t, rd, ir_op2(t->block, IR_AND, IR_I64, ir_get(t->block, RV_SLOT_mstatus),
                        ir_const(t->block, visible)));
    return true;
}

/* ---- the instructions --------------------------------------------------------------------- */

static bool access_csr(struct translation *t, int operation, uint32_t csr, uint32_t rd,
                       ir_ref source, bool writes)
{
    ir_ref old = ir_const(t->block, 0);
    if (t->mode & RV_MODE_SYSTEM && !(csr_exists(t, csr) && same_as_in_process(t, csr, writes)))
        return access_system_csr(t, operation, csr, rd, source, writes);
    if (!csr_exists(t, csr) || (writes && csr >> 10 == 3))
        return false;
    if (rd || operation != CSR_WRITE)
        read_csr(t, csr, &old);
    if (writes)
        write_csr(t, csr, new_value(t, operation, old, source), rd, old);
    else
        put_x(t, rd, old);
    return true;
}

/* Setting and clearing with x0 or zero is no write, whatever the CSR (chapter 6.1). */
bool rv_csr(struct translation *t, const struct rv_args_csr *a, int operation)
{
    return access_csr(t, operation, a->csr, a->rd, get_x(t, a->rs1),
                      operation == CSR_WRITE || a->rs1);
}

bool rv_csr_imm(struct translation *t, const struct rv_args_csri *a, int operation)
{
    return access_csr(t, operation, a->csr, a->rd, ir_const(t->block, a->uimm),
                      operation == CSR_WRITE || a->uimm);
}
