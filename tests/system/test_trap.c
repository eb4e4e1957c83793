/*
 * Exceptions and interrupts of a RISC-V hart, the way back, and privileged instructions that are not
 * allowed (privileged manual 20240411, chapters 3.1.6 to 3.1.9, 3.3, 10.1).
 */
#include <criterion/criterion.h>

#include "tests/system/hart.h"

enum { SSTATUS = 0x100, STVEC = 0x105, SEPC = 0x141, SCAUSE = 0x142, STVAL = 0x143, SATP = 0x180 };
enum { MSTATUS = 0x300, MEDELEG = 0x302, MIDELEG = 0x303, MIE = 0x304, MTVEC = 0x305 };
enum { MEPC = 0x341, MCAUSE = 0x342, MTVAL = 0x343 };
enum { SRET = 0x10200073, MRET = 0x30200073, WFI = 0x10500073, SFENCE_VMA = 0x12000073 };
enum { SINVAL_VMA = 0x16000073, SFENCE_W_INVAL = 0x18000073, SFENCE_INVAL_IR = 0x18100073 };
enum { M_HANDLER = 0x80001000, S_HANDLER = 0x80002000 };
#define ONES UINT64_MAX
#define BIT(n) (UINT64_C(1) << (n))

static const unsigned modes[] = {RV_USER, RV_SUPERVISOR, RV_MACHINE};

static void setup(void)
{
    hart_setup(NULL);
    hart_put(MTVEC, M_HANDLER);
    hart_put(STVEC, S_HANDLER);
}

static uint64_t status(void)
{
    return *riscv_slot(hart, RV_SLOT_mstatus);
}

static void set_status(uint64_t clear, uint64_t set)
{
    *riscv_slot(hart, RV_SLOT_mstatus) = (status() & ~clear) | set;
}

/* ---- exceptions --------------------------------------------------------------------------- */

Test(trap, exceptions_and_their_delegation)
{
    setup();
    for (unsigned cause = 0; cause < 16; cause++) {
        if (!(RV_DELEGABLE >> cause & 1))
            continue;
        for (unsigned i = 0; i < 6; i++) {
            unsigned from = modes[i % 3];
            bool delegated = i >= 3, to_supervisor = delegated && from != RV_MACHINE;
            hart->medeleg = delegated ? BIT(cause) : RV_DELEGABLE & ~BIT(cause);
            set_status(ONES, RV_MSTATUS_SIE | RV_MSTATUS_MIE);
            hart_enter(from);
            riscv_trap(hart, cause, 0x55, 0x80000124);
            cr_expect_eq(riscv_privilege(hart), to_supervisor ? RV_SUPERVISOR : RV_MACHINE);
            cr_expect_eq(hart_pc(), to_supervisor ? S_HANDLER : M_HANDLER);
            cr_expect_eq(*riscv_slot(hart, to_supervisor ? RV_SLOT_scause : RV_SLOT_mcause), cause);
            cr_expect_eq(*riscv_slot(hart, to_supervisor ? RV_SLOT_stval : RV_SLOT_mtval), 0x55);
            cr_expect_eq(*riscv_slot(hart, to_supervisor ? RV_SLOT_sepc : RV_SLOT_mepc),
                         0x80000124);
            if (to_supervisor)
                cr_expect_eq(status(), RV_MSTATUS_MIE | RV_MSTATUS_SPIE | (uint64_t)from << 8);
            else
                cr_expect_eq(status(), RV_MSTATUS_SIE | RV_MSTATUS_MPIE | (uint64_t)from << 11);
        }
    }
}

/* A trap from S mode with interrupts off says so in SPIE. */
Test(trap, interrupts_that_were_off_stay_off)
{
    setup();
    hart->medeleg = RV_DELEGABLE;
    set_status(ONES, RV_MSTATUS_SPIE);
    hart_enter(RV_SUPERVISOR);
    riscv_trap(hart, RV_CAUSE_BREAKPOINT, 0, RAM);
    cr_expect_eq(status(), RV_MSTATUS_SPP);
    cr_expect(!hart_execute(SRET) && hart_pc() == RAM);
    cr_expect_eq(status(), RV_MSTATUS_SPIE);
}

Test(trap, environment_calls_and_breakpoints)
{
    static const unsigned causes[4] = {RV_CAUSE_ECALL_U, RV_CAUSE_ECALL_S, 0, RV_CAUSE_ECALL_M};
    setup();
    for (unsigned i = 0; i < 3; i++) {
        hart_enter(modes[i]);
        hart_cpu(&hart->hart)->exit_pc = RAM + 4; /* behind it */
        arch_riscv64.serve(&hart->hart, IR_EXIT_SYSCALL);
        cr_expect_eq(hart_get(MCAUSE), causes[modes[i]]);
        cr_expect_eq(hart_get(MEPC), RAM);
        cr_expect_eq(hart_get(MTVAL), 0);
    }
    hart_enter(RV_USER);
    arch_riscv64.serve(&hart->hart, IR_EXIT_BREAK);
    cr_expect_eq(hart_get(MCAUSE), RV_CAUSE_BREAKPOINT);
    cr_expect_eq(hart_get(MTVAL), RAM);
}

/* ---- the way back ------------------------------------------------------------------------- */

Test(trap, returns)
{
    setup();
    *riscv_slot(hart, RV_SLOT_mepc) = 0x80000200;
    *riscv_slot(hart, RV_SLOT_sepc) = 0x80000300;
    for (unsigned i = 0; i < 3; i++) {
        hart_enter(RV_MACHINE);
        set_status(ONES, (uint64_t)modes[i] << 11 | RV_MSTATUS_MPIE | RV_MSTATUS_MPRV);
        hart_execute(MRET);
        cr_expect_eq(hart_pc(), 0x80000200);
        cr_expect_eq(riscv_privilege(hart), modes[i]);
        cr_expect_eq(status(), RV_MSTATUS_MPIE | RV_MSTATUS_MIE |
                                   (modes[i] == RV_MACHINE ? RV_MSTATUS_MPRV : 0));
    }
    for (unsigned i = 0; i < 2; i++) {
        hart_enter(RV_SUPERVISOR);
        set_status(ONES, (uint64_t)modes[i] << 8 | RV_MSTATUS_SIE);
        hart_execute(SRET);
        cr_expect_eq(hart_pc(), 0x80000300);
        cr_expect_eq(riscv_privilege(hart), modes[i]);
        cr_expect_eq(status(), RV_MSTATUS_SPIE, "SIE is what SPIE was");
    }
    hart_enter(RV_MACHINE); /* sret there is allowed as well */
    set_status(ONES, RV_MSTATUS_MPRV);
    hart_execute(SRET);
    cr_expect_eq(riscv_privilege(hart), RV_USER);
    cr_expect_eq(status() & RV_MSTATUS_MPRV, 0);
}

/* ---- instructions that are not allowed ---------------------------------------------------- */

static bool traps(unsigned privilege, uint64_t status_bits, uint32_t word)
{
    hart_enter(RV_MACHINE);
    set_status(RV_MSTATUS_TVM | RV_MSTATUS_TW | RV_MSTATUS_TSR, status_bits);
    hart_put(MCAUSE, 99);
    atomic_store(&hart->hart.lines, BIT(RV_IRQ_SSI)); /* wfi does not wait */
    hart->mie = BIT(RV_IRQ_SSI);
    hart_enter(privilege);
    hart_execute(word);
    if (*riscv_slot(hart, RV_SLOT_mcause) == 99)
        return false;
    cr_expect_eq(*riscv_slot(hart, RV_SLOT_mcause), RV_CAUSE_ILLEGAL);
    cr_expect_eq(*riscv_slot(hart, RV_SLOT_mtval), word);
    return true;
}

Test(trap, instructions_by_privilege)
{
    static const struct {
        uint32_t word;
        unsigned least;     /* privilege */
        uint64_t forbidden; /* to S mode by this bit */
    } cases[] = {
        {SRET, RV_SUPERVISOR, RV_MSTATUS_TSR},
        {MRET, RV_MACHINE, 0},
        {WFI, RV_SUPERVISOR, RV_MSTATUS_TW},
        {SFENCE_VMA, RV_SUPERVISOR, RV_MSTATUS_TVM},
        {SFENCE_VMA | 10 << 15 | 11 << 20, RV_SUPERVISOR, RV_MSTATUS_TVM},
        {SINVAL_VMA, RV_SUPERVISOR, RV_MSTATUS_TVM},
        {SFENCE_W_INVAL, RV_SUPERVISOR, 0},
        {SFENCE_INVAL_IR, RV_SUPERVISOR, 0},
        {(uint32_t)SATP << 20 | 2 << 12 | 0x73, RV_SUPERVISOR, RV_MSTATUS_TVM},
    };
    setup();
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (unsigned m = 0; m < 3; m++)
            cr_expect_eq(traps(modes[m], 0, cases[i].word), modes[m] < cases[i].least,
                         "%08x in mode %u", cases[i].word, modes[m]);
        uint64_t all = RV_MSTATUS_TVM | RV_MSTATUS_TW | RV_MSTATUS_TSR;
        if (cases[i].least == RV_SUPERVISOR) {
            cr_expect(!traps(RV_SUPERVISOR, all & ~cases[i].forbidden, cases[i].word));
            cr_expect_eq(traps(RV_SUPERVISOR, all, cases[i].word), cases[i].forbidden != 0);
        }
        cr_expect(!traps(RV_MACHINE, all, cases[i].word));
    }
    cr_expect(traps(RV_MACHINE, 0, 0x7b200073), "dret: there is no debug mode");
    cr_expect(traps(RV_MACHINE, 0, 0x00200073), "uret");
}

/* ---- interrupts --------------------------------------------------------------------------- */

/* What is taken in a mode: xcause without bit 63, or 0; the target in *to. */
static unsigned interrupt(unsigned privilege, unsigned *to)
{
    hart_enter(privilege);
    *riscv_slot(hart, RV_SLOT_mcause) = *riscv_slot(hart, RV_SLOT_scause) = 0;
    arch_riscv64.interrupt(&hart->hart);
    *to = riscv_privilege(hart);
    if (hart_pc() == RAM)
        return 0;
    uint64_t cause = *riscv_slot(hart, *to == RV_MACHINE ? RV_SLOT_mcause : RV_SLOT_scause);
    cr_expect(cause >> 63);
    return (unsigned)cause;
}

Test(trap, priorities)
{
    static const unsigned order[] = {11, 3, 7, 9, 1, 5};
    uint64_t all = 0;
    setup();
    hart->mie = RV_INTERRUPTS;
    for (unsigned i = 6; i-- > 0;) { /* each is preferred to all before it */
        unsigned to;
        all |= BIT(order[i]);
        atomic_store(&hart->hart.lines, all);
        cr_expect_eq(interrupt(RV_USER, &to), order[i]);
        cr_expect_eq(to, RV_MACHINE);
    }
    hart->mideleg = RV_SUPERVISOR_INTERRUPTS;
    for (unsigned i = 0; i < 6; i++) {
        unsigned to;
        cr_expect_eq(interrupt(RV_USER, &to), order[i]);
        cr_expect_eq(to, i < 3 ? RV_MACHINE : RV_SUPERVISOR);
        all &= ~BIT(order[i]);
        atomic_store(&hart->hart.lines, all);
    }
}

Test(trap, interrupts_by_privilege_and_enable)
{
    setup();
    hart->mie = RV_INTERRUPTS;
    hart->mideleg = RV_SUPERVISOR_INTERRUPTS;
    for (unsigned i = 0; i < 12; i++) {
        unsigned from = modes[i % 3], to;
        bool sie = i / 3 & 1, mie = i / 6 & 1;
        uint64_t enables = (sie ? RV_MSTATUS_SIE : 0) | (mie ? RV_MSTATUS_MIE : 0);
        set_status(ONES, enables);
        atomic_store(&hart->hart.lines, BIT(RV_IRQ_MTI));
        cr_expect_eq(interrupt(from, &to), from < RV_MACHINE || mie ? RV_IRQ_MTI : 0);
        set_status(ONES, enables);
        atomic_store(&hart->hart.lines, BIT(RV_IRQ_STI));
        bool taken = from == RV_USER || (from == RV_SUPERVISOR && sie);
        cr_expect_eq(interrupt(from, &to), taken ? RV_IRQ_STI : 0);
    }
    hart->mie = 0;
    unsigned to;
    cr_expect_eq(interrupt(RV_USER, &to), 0);
    cr_expect(!arch_riscv64.wakes(&hart->hart));
    hart->mie = BIT(RV_IRQ_STI);
    set_status(ONES, 0);
    hart_enter(RV_MACHINE);
    cr_expect(arch_riscv64.wakes(&hart->hart), "whatever the global enable");
}

Test(trap, vectors)
{
    unsigned to;
    setup();
    hart->mie = RV_INTERRUPTS;
    hart->mtvec = M_HANDLER | 1;
    atomic_store(&hart->hart.lines, BIT(RV_IRQ_MEI));
    interrupt(RV_USER, &to);
    cr_expect_eq(hart_pc(), M_HANDLER + 4 * RV_IRQ_MEI);
    riscv_trap(hart, RV_CAUSE_ILLEGAL, 0, RAM);
    cr_expect_eq(hart_pc(), M_HANDLER, "exceptions are not vectored");
}

/* With the firmware that is built in there is no M mode: all goes to S mode. */
Test(trap, firmware)
{
    setup();
    hart->sbi = true;
    machine_lock(&machine);
    riscv_hart_start(hart, RAM + 8, 3, 4);
    machine_unlock(&machine);
    cr_expect_eq(hart_pc(), RAM + 8);
    cr_expect_eq(riscv_privilege(hart), RV_SUPERVISOR);
    cr_expect(*riscv_x(hart, 10) == 3 && *riscv_x(hart, 11) == 4);
    cr_expect_eq(hart->satp, 0);
    cr_expect_eq(status() & RV_MSTATUS_SIE, 0);
    hart->stvec = S_HANDLER;
    riscv_trap(hart, RV_CAUSE_LOAD_ACCESS, 1, RAM);
    cr_expect_eq(hart_pc(), S_HANDLER);
    hart_put(0x14d, 0); /* stimecmp */
    cr_expect(arch_riscv64.wakes(&hart->hart) == false, "not enabled");
    hart_put(0x104, ONES);
    cr_expect(arch_riscv64.wakes(&hart->hart));
}

/* ---- anything ------------------------------------------------------------------------------ */

static uint64_t random_number(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* A CSR instruction on any number, or one of the others. No wfi: nobody would end it. */
static uint32_t random_word(uint64_t *state)
{
    static const uint32_t others[] = {SRET, MRET, SFENCE_VMA, SINVAL_VMA, SFENCE_W_INVAL};
    uint64_t n = random_number(state);
    if (n % 8 == 0)
        return others[(n >> 8) % 5] | (n & 64 ? 10 << 15 | 11 << 20 : 0);
    return (uint32_t)(n >> 20) << 12 | 0x73;
}

static void expect_legal(uint32_t word)
{
    uint64_t now = status(), fs = now & RV_MSTATUS_FS;
    uint32_t mode = hart_cpu(&hart->hart)->mode;
    cr_assert((now & RV_MSTATUS_MPP) != UINT64_C(2) << 11, "%08x", word);
    cr_assert(fs == 0 || fs == RV_MSTATUS_FS, "%08x", word);
    cr_assert_eq(now >> 63, fs != 0, "%08x", word);
    cr_assert_eq((now & (RV_MSTATUS_UXL | RV_MSTATUS_SXL)) >> 32, 10, "%08x", word);
    cr_assert(mode & RV_MODE_SYSTEM && riscv_privilege(hart) != 2, "%08x", word);
    cr_assert_eq(!!(mode & RV_MODE_FP_TRAP), fs == 0, "%08x", word);
    cr_assert_eq(*riscv_slot(hart, RV_SLOT_mepc) & 1, 0, "%08x", word);
    cr_assert_eq(hart->mideleg & ~RV_SUPERVISOR_INTERRUPTS, 0, "%08x", word);
    cr_assert((hart->mtvec & 2) == 0 && (hart->stvec & 2) == 0, "%08x", word);
}

/* Whatever a guest does to its registers, they hold what is legal, and the mode follows. */
Test(trap, random_instructions)
{
    static const unsigned exceptions[] = {RV_CAUSE_ILLEGAL, RV_CAUSE_LOAD_PAGE};
    uint64_t state = 88172645463325252;
    setup();
    for (unsigned i = 0; i < 200000; i++) {
        uint64_t n = random_number(&state);
        for (unsigned x = 1; x < 32; x++)
            *riscv_x(hart, x) = random_number(&state) >> (n & 32 ? 0 : n & 63);
        uint32_t word = random_word(&state);
        if (n % 16 == 0)
            hart_enter(modes[n >> 8 & 1 ? 2 : n >> 9 & 1]);
        if (n % 64 == 1)
            atomic_store(&hart->hart.lines, n >> 16 & RV_INTERRUPTS);
        if (n % 64 == 2)
            riscv_trap(hart, exceptions[n >> 8 & 1], n, n & ~UINT64_C(1));
        else
            riscv_instruction(hart, word);
        expect_legal(word);
        arch_riscv64.interrupt(&hart->hart);
        expect_legal(word);
    }
}
