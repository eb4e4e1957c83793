/*
 * Traps: exceptions and interrupts on their way to the handler of the privilege that takes them, the way
 * back, and what the hart's state means for translated code (privileged manual, chapters 3.1.6 to 3.1.9,
 * 3.3.2, 10.1).
 */
#include "softmmu-system/machine.h"
#include "softmmu-system/riscv/riscv_hart.h"
#include "util/log.h"

#define BIT(n) (UINT64_C(1) << (n))

/* ---- what translated code must know ------------------------------------------------------- */

static unsigned space_of(const struct riscv_hart *r, unsigned privilege, bool sum)
{
    if (privilege == RV_MACHINE)
        return RV_SPACE_MACHINE;
    if (r->satp >> RV_SATP_MODE_SHIFT == 0)
        return RV_SPACE_BARE;
    if (privilege == RV_USER)
        return RV_SPACE_USER;
    return sum ? RV_SPACE_SUPERVISOR_SUM : RV_SPACE_SUPERVISOR;
}

/* A cache-block operation's enable in the environment of a privilege ("CMO", CSR controls). */
static bool enabled(const struct riscv_hart *r, unsigned privilege, uint64_t bits)
{
    return (privilege == RV_MACHINE || r->menvcfg & bits) &&
           (privilege != RV_USER || r->senvcfg & bits);
}

static uint32_t mode_of(const struct riscv_hart *r, unsigned privilege, uint64_t status)
{
    uint32_t mode = RV_MODE_SYSTEM | privilege << RV_MODE_PRIV_SHIFT;
    if (!(status & RV_MSTATUS_FS))
        mode |= RV_MODE_FP_TRAP;
    if (riscv_counters_permitted(r, privilege, RV_COUNTER_TM))
        mode |= RV_MODE_TIME;
    if (riscv_counters_permitted(r, privilege, RV_COUNTER_CY | RV_COUNTER_IR) &&
        riscv_counters_agree(r))
        mode |= RV_MODE_CYCLES;
    if (enabled(r, privilege, RV_ENVCFG_CBIE))
        mode |= RV_MODE_CBO_INVAL;
    if (enabled(r, privilege, RV_ENVCFG_CBCFE))
        mode |= RV_MODE_CBO_CLEAN;
    if (enabled(r, privilege, RV_ENVCFG_CBZE))
        mode |= RV_MODE_CBO_ZERO;
    return mode;
}

static void select_spaces(struct riscv_hart *r, unsigned privilege, uint64_t status)
{
    unsigned data = privilege;
    if (privilege == RV_MACHINE && status & RV_MSTATUS_MPRV)
        data = (status & RV_MSTATUS_MPP) >> 11;
    softmmu_select(&r->hart, space_of(r, data, status & RV_MSTATUS_SUM),
                   space_of(r, privilege, false));
}

void riscv_select(struct riscv_hart *r, unsigned privilege)
{
    struct cpu *cpu = hart_cpu(&r->hart);
    uint64_t status = *riscv_slot(r, RV_SLOT_mstatus);
    cpu->mode = (cpu->mode & RV_MODE_ROUND) | mode_of(r, privilege, status);
    select_spaces(r, privilege, status);
}

uint64_t riscv_helper_status(struct cpu *cpu, uint64_t status, uint64_t b, uint64_t c)
{
    struct riscv_hart *r = riscv_hart(hart_of((struct vcpu *)cpu));
    (void)b, (void)c;
    select_spaces(r, riscv_privilege(r), status);
    return 0;
}

/* ---- entering a handler ------------------------------------------------------------------- */

static void log_trap(struct riscv_hart *r, uint64_t cause, uint64_t tval, uint64_t pc)
{
    log_print("hart %u: %s %u in mode %u at %#llx, tval %#llx\n", r->hart.id,
              cause >> 63 ? "interrupt" : "exception", (unsigned)cause & 63, riscv_privilege(r),
              (unsigned long long)pc, (unsigned long long)tval);
}

static uint64_t vector(uint64_t tvec, uint64_t cause)
{
    bool vectored = tvec & 1 && cause >> 63;
    return (tvec & ~UINT64_C(3)) + (vectored ? 4 * (cause & 63) : 0);
}

/* The CSRs of a trap, and where in mstatus a privilege keeps what it interrupted. */
struct level {
    uint8_t epc, cause, tval; /* slots */
    uint8_t ie, pie;          /* bits */
    uint8_t pp;               /* lowest bit */
    uint64_t pp_mask;
};
static const struct level supervisor = {
    RV_SLOT_sepc, RV_SLOT_scause, RV_SLOT_stval, 1, 5, 8, RV_MSTATUS_SPP};
static const struct level machine = {
    RV_SLOT_mepc, RV_SLOT_mcause, RV_SLOT_mtval, 3, 7, 11, RV_MSTATUS_MPP};

/* `cause` as in xcause: with bit 63 for interrupts. */
static void enter(struct riscv_hart *r, uint64_t cause, uint64_t tval, uint64_t pc)
{
    unsigned from = riscv_privilege(r);
    uint64_t delegated = (cause >> 63 ? r->mideleg : r->medeleg) >> (cause & 63) & 1;
    bool to_machine = from == RV_MACHINE || !(delegated || r->sbi);
    const struct level *level = to_machine ? &machine : &supervisor;
    uint64_t *status = riscv_slot(r, RV_SLOT_mstatus);
    uint64_t was_enabled = *status >> level->ie & 1;
    if (log_on(LOG_INT))
        log_trap(r, cause, tval, pc);
    *riscv_slot(r, level->epc) = pc;
    *riscv_slot(r, level->cause) = cause;
    *riscv_slot(r, level->tval) = tval;
    *status &= ~(BIT(level->ie) | BIT(level->pie) | level->pp_mask);
    *status |= was_enabled << level->pie | (uint64_t)from << level->pp;
    hart_cpu(&r->hart)->exit_pc = vector(to_machine ? r->mtvec : r->stvec, cause);
    riscv_select(r, to_machine ? RV_MACHINE : RV_SUPERVISOR);
}

void riscv_trap(struct riscv_hart *r, enum rv_cause cause, uint64_t tval, uint64_t pc)
{
    enter(r, cause, tval, pc);
}

/* ---- and back ----------------------------------------------------------------------------- */

static void leave(struct riscv_hart *r, const struct level *level)
{
    uint64_t *status = riscv_slot(r, RV_SLOT_mstatus);
    unsigned to = (unsigned)((*status & level->pp_mask) >> level->pp);
    uint64_t enable = *status >> level->pie & 1;
    *status &= ~(BIT(level->ie) | level->pp_mask);
    *status |= BIT(level->pie) | enable << level->ie;
    if (to != RV_MACHINE)
        *status &= ~RV_MSTATUS_MPRV;
    hart_cpu(&r->hart)->exit_pc = *riscv_slot(r, level->epc);
    riscv_select(r, to);
}

void riscv_sret(struct riscv_hart *r)
{
    leave(r, &supervisor);
}

void riscv_mret(struct riscv_hart *r)
{
    leave(r, &machine);
}

/* ---- interrupts --------------------------------------------------------------------------- */

void riscv_set_pending(struct riscv_hart *r, uint64_t bits, bool set)
{
    if (set)
        atomic_fetch_or(&r->hart.lines, bits);
    else
        atomic_fetch_and(&r->hart.lines, ~bits);
}

/* What devices, other harts and software want, but for time that has just come. */
static uint64_t pending(struct riscv_hart *r)
{
    return atomic_load(&r->hart.lines) | (uint64_t)r->seip << RV_IRQ_SEI;
}

uint64_t riscv_mip(struct riscv_hart *r)
{
    uint64_t bits = pending(r);
    if (riscv_has_timer(r))
        bits = (bits & ~BIT(RV_IRQ_STI)) | (uint64_t)(riscv_time(r) >= r->stimecmp) << RV_IRQ_STI;
    return bits & RV_INTERRUPTS;
}

bool riscv_wakes(struct hart *h)
{
    struct riscv_hart *r = riscv_hart(h);
    return pending(r) & r->mie;
}

/* The most urgent of some interrupts (3.1.9). */
static unsigned most_urgent(uint64_t bits)
{
    static const uint8_t order[] = {RV_IRQ_MEI, RV_IRQ_MSI, RV_IRQ_MTI,
                                    RV_IRQ_SEI, RV_IRQ_SSI, RV_IRQ_STI};
    unsigned i = 0;
    while (!(bits >> order[i] & 1))
        i++;
    return order[i];
}

void riscv_interrupt(struct hart *h)
{
    struct riscv_hart *r = riscv_hart(h);
    uint64_t bits = pending(r) & r->mie;
    *riscv_slot(r, RV_SLOT_irq) = bits;
    if (!bits)
        return;
    unsigned privilege = riscv_privilege(r);
    uint64_t status = *riscv_slot(r, RV_SLOT_mstatus), taken = 0;
    if (privilege < RV_MACHINE || status & RV_MSTATUS_MIE)
        taken = bits & ~r->mideleg;
    if (!taken && (privilege < RV_SUPERVISOR ||
                   (privilege == RV_SUPERVISOR && status & RV_MSTATUS_SIE)))
        taken = bits & r->mideleg;
    if (taken)
        enter(r, BIT(63) | most_urgent(taken), 0, hart_cpu(h)->exit_pc);
}
