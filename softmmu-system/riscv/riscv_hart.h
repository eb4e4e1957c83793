/*
 * A RISC-V hart as a privileged machine: what its parts share.
 *
 *   arch.c        struct arch: creation, reset, service of exits, `info registers`
 *   csr.def csr.c control and status registers: one row each
 *   trap.c        exceptions and interrupts, delegation, xRET, what a change of privilege means
 *   instruction.c privileged instructions that translated code leaves to the runtime
 *   timer.c       time, Sstc's stimecmp, cycle and instret
 *   mmu.c pmp.c   address translation and physical memory protection
 *   sbi*.c        the firmware that is built in
 *
 * State is in two places. What translated code reads or writes without leaving is a slot of
 * cpu.state (frontend/riscv/state.def): mstatus, xscratch, xepc, xcause, xtval. Everything else is
 * here. All of it is touched by the hart's own thread only (or while it is stopped), but for
 * hart.lines.
 *
 * Pending interrupts: bits of hart.lines, numbered as in mip. SSIP (1) and STIP (5) live there too,
 * as other harts and timers set them; MSIP, MTIP, SEIP, MEIP are inputs. The bit of mip.SEIP that
 * software writes is `seip`.
 *
 * "Privileged manual" below is The RISC-V Instruction Set Manual, Volume II, 20240411.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_RISCV_RISCV_HART_H
#define FERRY_SOFTMMU_SYSTEM_RISCV_RISCV_HART_H

#include "frontend/riscv/riscv.h"
#include "softmmu-system/hart.h"
#include "softmmu-system/loop.h"
#include "softmmu-system/riscv/pmp.h"

enum { RV_USER, RV_SUPERVISOR, RV_MACHINE = 3 };

/* Spaces of the software MMU: the effective privilege of an access, and SUM. */
enum rv_space {
    RV_SPACE_USER,
    RV_SPACE_SUPERVISOR,
    RV_SPACE_SUPERVISOR_SUM, /* user pages may be read and written */
    RV_SPACE_MACHINE,        /* no translation; PMP as for M mode */
    RV_SPACE_BARE,           /* U or S mode with satp.MODE = Bare: PMP as for these */
    RV_SPACE_COUNT
};

/* Interrupts: bits of mip and mie, numbers of hart.lines, causes (privileged manual, table 14). */
enum {
    RV_IRQ_SSI = 1,
    RV_IRQ_MSI = 3,
    RV_IRQ_STI = 5,
    RV_IRQ_MTI = 7,
    RV_IRQ_SEI = 9,
    RV_IRQ_MEI = 11,
};

/* Exceptions (table 14). */
enum rv_cause {
    RV_CAUSE_FETCH_MISALIGNED = 0,
    RV_CAUSE_FETCH_ACCESS = 1,
    RV_CAUSE_ILLEGAL = 2,
    RV_CAUSE_BREAKPOINT = 3,
    RV_CAUSE_LOAD_MISALIGNED = 4,
    RV_CAUSE_LOAD_ACCESS = 5,
    RV_CAUSE_STORE_MISALIGNED = 6,
    RV_CAUSE_STORE_ACCESS = 7,
    RV_CAUSE_ECALL_U = 8,
    RV_CAUSE_ECALL_S = 9,
    RV_CAUSE_ECALL_M = 11,
    RV_CAUSE_FETCH_PAGE = 12,
    RV_CAUSE_LOAD_PAGE = 13,
    RV_CAUSE_STORE_PAGE = 15,
};

/* mstatus (chapter 3.1.6); sstatus shows a part of it. More of it in frontend/riscv/riscv.h. */
#define RV_MSTATUS_UBE (UINT64_C(1) << 6)
#define RV_MSTATUS_SPP (UINT64_C(1) << 8)
#define RV_MSTATUS_VS (UINT64_C(3) << 9)
#define RV_MSTATUS_MPP (UINT64_C(3) << 11)
#define RV_MSTATUS_FS (UINT64_C(3) << 13)
#define RV_MSTATUS_XS (UINT64_C(3) << 15)
#define RV_MSTATUS_MPRV (UINT64_C(1) << 17)
#define RV_MSTATUS_MXR (UINT64_C(1) << 19)
#define RV_MSTATUS_TVM (UINT64_C(1) << 20)
#define RV_MSTATUS_TW (UINT64_C(1) << 21)
#define RV_MSTATUS_TSR (UINT64_C(1) << 22)
#define RV_MSTATUS_UXL (UINT64_C(3) << 32)
#define RV_MSTATUS_SXL (UINT64_C(3) << 34)
#define RV_MSTATUS_SD (UINT64_C(1) << 63)

/* menvcfg and senvcfg (3.1.18, 4.1.10). */
#define RV_ENVCFG_FIOM (UINT64_C(1) << 0)
#define RV_ENVCFG_CBIE (UINT64_C(3) << 4)
#define RV_ENVCFG_CBCFE (UINT64_C(1) << 6)
#define RV_ENVCFG_CBZE (UINT64_C(1) << 7)
#define RV_ENVCFG_ADUE (UINT64_C(1) << 61)
#define RV_ENVCFG_PBMTE (UINT64_C(1) << 62)
#define RV_ENVCFG_STCE (UINT64_C(1) << 63)

/*
 * What CSRs can hold: exceptions that S mode can handle, interrupts that are its own, and all there
 * are.
 */
#define RV_DELEGABLE UINT64_C(0xb3ff)
#define RV_SUPERVISOR_INTERRUPTS UINT64_C(0x222)
#define RV_INTERRUPTS UINT64_C(0xaaa)
/* Counters that count: cycle, time, instret, as bits of xcounteren. */
#define RV_COUNTERS UINT64_C(7)
enum { RV_COUNTER_CY = 1, RV_COUNTER_TM = 2, RV_COUNTER_IR = 4 };

#define RV_SATP_MODE_SHIFT 60

struct riscv_hart {
    struct hart hart; /* first */
    const struct cpu_config *config;

    uint64_t misa;
    uint64_t medeleg, mideleg, mie;
    uint64_t mtvec, stvec;
    uint64_t mcounteren, scounteren, mcountinhibit;
    uint64_t menvcfg, senvcfg;
    uint64_t satp;
    bool seip;       /* mip.SEIP as software wrote it */
    bool mxr;        /* mstatus.MXR, for the walk: the slot may be in a host register then */
    struct rv_pmp pmp;

    /* timer.c's */
    uint64_t stimecmp;             /* ticks; the machine's lock is held to change it */
    _Atomic int64_t time_offset;   /* ticks, added to the machine's clock */
    /* minstret's last written value, and the address behind the instruction; 0: none */
    uint64_t minstret, minstret_written;
    uint64_t counter_offset[2];    /* by enum riscv_counter: added to the host's; inhibited: the value */
    struct loop_timer timer;       /* sets STIP when it is time */

    /* The built-in firmware: there is no M mode then. */
    bool sbi;
    _Atomic bool suspended;        /* in hart_suspend; hart.off is HSM's "stopped" */
};

static inline struct riscv_hart *riscv_hart(struct hart *h)
{
    return (struct riscv_hart *)h;
}

/* STIP follows stimecmp: by Sstc, or because the firmware uses it so. */
static inline bool riscv_has_timer(const struct riscv_hart *r)
{
    return r->sbi || r->menvcfg & RV_ENVCFG_STCE;
}

/* The home of a slot, RV_SLOT_...; right while no translated code runs. */
static inline uint64_t *riscv_slot(struct riscv_hart *r, unsigned slot)
{
    return (uint64_t *)(void *)(hart_cpu(&r->hart)->state + 8 * slot);
}

/* Register x1 to x31; x0 has no home. */
static inline uint64_t *riscv_x(struct riscv_hart *r, unsigned x)
{
    return riscv_slot(r, RV_SLOT_X1 + x - 1);
}

/* RV_USER, RV_SUPERVISOR, RV_MACHINE: what cpu.mode says. */
static inline unsigned riscv_privilege(struct riscv_hart *r)
{
    return hart_cpu(&r->hart)->mode >> RV_MODE_PRIV_SHIFT & 3;
}

/* ---- trap.c ------------------------------------------------------------------------------- */

/*
 * An exception of the instruction at `pc`: enters the handler of the privilege it is delegated to;
 * cpu.exit_pc is the handler's then.
 */
void riscv_trap(struct riscv_hart *r, enum rv_cause cause, uint64_t tval, uint64_t pc);

/* arch->interrupt and arch->wakes. */
void riscv_interrupt(struct hart *h);
bool riscv_wakes(struct hart *h);

/* sret and mret, allowed or not having been looked at. Set cpu.exit_pc. */
void riscv_sret(struct riscv_hart *r);
void riscv_mret(struct riscv_hart *r);

/*
 * Privilege, mstatus, satp or what counters may be read has changed: cpu.mode and the spaces in
 * force follow. `privilege` is the new one.
 */
void riscv_select(struct riscv_hart *r, unsigned privilege);

/* For cpu.helper: mstatus becomes `status`, of which SUM alone may be new. */
ir_helper_fn riscv_helper_status;

/* mip as CSR reads show it. */
uint64_t riscv_mip(struct riscv_hart *r);

/*
 * Sets or clears SSIP or STIP (`bits` of mip) of the own hart; others use hart_set_line(h,
 * RV_IRQ_SSI, true).
 */
void riscv_set_pending(struct riscv_hart *r, uint64_t bits, bool set);

/*
 * Makes the hart run at `pc` in S mode with a0 and a1, as SBI's HSM starts harts: satp 0,
 * interrupts off, all exceptions and interrupts delegated, counters and menvcfg's features on. Own
 * thread or stopped; the machine's lock is held.
 */
void riscv_hart_start(struct riscv_hart *r, uint64_t pc, uint64_t a0, uint64_t a1);

/* ---- csr.c -------------------------------------------------------------------------------- */

/*
 * An access as an instruction does it that finds *old and, if it `writes`, combines it with
 * `source`. False: illegal instruction, and nothing is done.
 */
bool riscv_csr_access(struct riscv_hart *r, unsigned csr, enum rv_csr_operation operation,
                      uint64_t source, bool writes, uint64_t *old);

/* May code of that privilege read all counters of `bits` (as in xcounteren)? */
bool riscv_counters_permitted(const struct riscv_hart *r, unsigned privilege, uint64_t bits);

/* menvcfg as far as the hart has it. The machine's lock is held. */
void riscv_set_menvcfg(struct riscv_hart *r, uint64_t value);

/* A register's value whatever the hart's privilege, for the monitor. It exists. */
uint64_t riscv_csr_peek(struct riscv_hart *r, unsigned csr);

/* ---- arch.c ------------------------------------------------------------------------------- */

extern const struct arch arch_riscv64;

/* The instruction word at `pc`, 2 or 4 bytes of it, as the hart would fetch it; 0 if it cannot. */
uint32_t riscv_fetch_word(struct riscv_hart *r, uint64_t pc);

/* ---- instruction.c ------------------------------------------------------------------------ */

/* Executes the privileged instruction `word` at cpu.exit_pc, or traps. Sets cpu.exit_pc. */
void riscv_instruction(struct riscv_hart *r, uint32_t word);
/* True of wfi. */
bool riscv_may_sleep(uint32_t word);

/* ---- timer.c ------------------------------------------------------------------------------ */

void riscv_timer_create(struct riscv_hart *r);
void riscv_timer_reset(struct riscv_hart *r);

/* The time CSR: ticks of 10 MHz. Any thread. */
uint64_t riscv_time(struct riscv_hart *r);

/* mtime is written: time of all harts goes on from `ticks`. The machine's lock is held. */
void riscv_set_time(struct machine *m, uint64_t ticks);

/*
 * stimecmp, or SBI's set_timer: STIP is set when time reaches `ticks`, and cleared till then. Own
 * thread.
 */
void riscv_set_timer(struct riscv_hart *r, uint64_t ticks);

/*
 * menvcfg.STCE has changed: stimecmp counts or does not. Own thread or stopped; the machine's lock
 * is held.
 */
void riscv_timer_update(struct riscv_hart *r);

/* Waits for an interrupt, as wfi does. Own thread. */
void riscv_wait(struct riscv_hart *r);

/* mcycle and minstret (instructions are not counted: that is cycles too); mcountinhibit. */
enum riscv_counter { RISCV_CYCLE, RISCV_INSTRET };
uint64_t riscv_counter(struct riscv_hart *r, enum riscv_counter which);
void riscv_set_counter(struct riscv_hart *r, enum riscv_counter which, uint64_t value);
void riscv_set_inhibit(struct riscv_hart *r, uint64_t inhibit);
/* True if one helper can serve translated code for both. */
bool riscv_counters_agree(const struct riscv_hart *r);

/* ---- mmu.c -------------------------------------------------------------------------------- */

softmmu_walk_fn riscv_walk;

/*
 * satp is written (a value of a mode that is not offered changes nothing): also tells the software
 * MMU.
 */
void rv_satp_write(struct riscv_hart *r, uint64_t value);

/* ---- sbi.c -------------------------------------------------------------------------------- */

/* Serves an ecall from S mode: arguments and results in a0 to a7. cpu.exit_pc is behind it. */
bool rv_sbi_call(struct riscv_hart *r);

#endif
