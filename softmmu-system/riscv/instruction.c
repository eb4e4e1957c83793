/*
 * Privileged instructions: what translated code leaves to the runtime (IR_EXIT_SYSTEM). Each is executed on
 * cpu.state, or is an illegal instruction as the hart stands (privileged manual, chapters 3.1.6.5, 3.3, 10.2,
 * "Svinval").
 */
#include "frontend/riscv/decode.h"
#include "softmmu-system/riscv/mmu.h"
#include "softmmu-system/riscv/riscv_hart.h"

static uint64_t read_x(struct riscv_hart *r, unsigned x)
{
    return x ? *riscv_x(r, x) : 0;
}

/* In S mode, the bit of mstatus that keeps S mode from it is clear; in M mode always. */
static bool supervisor_may(struct riscv_hart *r, uint64_t trap_bit)
{
    unsigned privilege = riscv_privilege(r);
    return privilege == RV_MACHINE ||
           (privilege == RV_SUPERVISOR && !(*riscv_slot(r, RV_SLOT_mstatus) & trap_bit));
}

static void next(struct riscv_hart *r)
{
    hart_cpu(&r->hart)->exit_pc += 4;
}

/* ---- CSR instructions --------------------------------------------------------------------- */

/* Setting and clearing with x0 or zero is no write, whatever the CSR (RISC-V ISA Manual, 6.1). */
static bool access_csr(struct riscv_hart *r, uint32_t word)
{
    static const uint8_t operations[4] = {0, CSR_WRITE, CSR_SET, CSR_CLEAR};
    unsigned funct3 = word >> 12 & 7, rd = word >> 7 & 31, rs1 = word >> 15 & 31;
    uint64_t source = funct3 & 4 ? rs1 : read_x(r, rs1), old;
    enum rv_csr_operation operation = operations[funct3 & 3];
    if (!riscv_csr_access(r, word >> 20, operation, source, operation == CSR_WRITE || rs1, &old))
        return false;
    if (rd)
        *riscv_x(r, rd) = old;
    next(r);
    return true;
}

/* ---- the others --------------------------------------------------------------------------- */

static bool fence(struct riscv_hart *r, uint32_t word)
{
    unsigned rs1 = word >> 15 & 31, rs2 = word >> 20 & 31;
    uint64_t address = read_x(r, rs1), asid = read_x(r, rs2);
    if (!supervisor_may(r, RV_MSTATUS_TVM))
        return false;
    riscv_fence(r, rs1 ? &address : NULL, rs2 ? &asid : NULL);
    next(r);
    return true;
}

/* Orders of invalidations, which are done at once here. */
static bool fence_order(struct riscv_hart *r)
{
    if (riscv_privilege(r) == RV_USER)
        return false;
    next(r);
    return true;
}

static bool wait_for_interrupt(struct riscv_hart *r)
{
    if (!supervisor_may(r, RV_MSTATUS_TW))
        return false;
    next(r);
    riscv_wait(r);
    return true;
}

static bool sret(struct riscv_hart *r)
{
    if (!supervisor_may(r, RV_MSTATUS_TSR))
        return false;
    riscv_sret(r);
    return true;
}

static bool mret(struct riscv_hart *r)
{
    if (riscv_privilege(r) != RV_MACHINE)
        return false;
    riscv_mret(r);
    return true;
}

static bool execute(struct riscv_hart *r, uint32_t word)
{
    switch (rv_decode_insn32(word)) {
    case RV_csrrw:
    case RV_csrrs:
    case RV_csrrc:
    case RV_csrrwi:
    case RV_csrrsi:
    case RV_csrrci: return access_csr(r, word);
    case RV_sret: return sret(r);
    case RV_mret: return mret(r);
    case RV_wfi: return wait_for_interrupt(r);
    case RV_sfence_vma:
    case RV_sinval_vma: return fence(r, word);
    case RV_sfence_w_inval:
    case RV_sfence_inval_ir: return fence_order(r);
    default: return false;
    }
}

bool riscv_may_sleep(uint32_t word)
{
    return rv_decode_insn32(word) == RV_wfi;
}

void riscv_instruction(struct riscv_hart *r, uint32_t word)
{
    if (!execute(r, word))
        riscv_trap(r, RV_CAUSE_ILLEGAL, word, hart_cpu(&r->hart)->exit_pc);
}
