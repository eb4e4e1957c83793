/*
 * Control and status registers of a RISC-V hart: who may access which, and what they can hold (privileged
 * manual 20240411, chapters 2 and 3, 10.1).
 */
#include <criterion/criterion.h>

#include "tests/system/hart.h"

enum {
    FFLAGS = 0x001, FRM = 0x002, FCSR = 0x003,
    SSTATUS = 0x100, SIE = 0x104, STVEC = 0x105, SCOUNTEREN = 0x106, SENVCFG = 0x10a,
    SSCRATCH = 0x140, SEPC = 0x141, SCAUSE = 0x142, STVAL = 0x143, SIP = 0x144, STIMECMP = 0x14d,
    SATP = 0x180,
    MSTATUS = 0x300, MISA = 0x301, MEDELEG = 0x302, MIDELEG = 0x303, MIE = 0x304, MTVEC = 0x305,
    MCOUNTEREN = 0x306, MENVCFG = 0x30a, MCOUNTINHIBIT = 0x320, MHPMEVENT3 = 0x323,
    MSCRATCH = 0x340, MEPC = 0x341, MCAUSE = 0x342, MTVAL = 0x343, MIP = 0x344,
    PMPCFG0 = 0x3a0, PMPADDR0 = 0x3b0, TSELECT = 0x7a0, TINFO = 0x7a4,
    MCYCLE = 0xb00, MINSTRET = 0xb02, MHPMCOUNTER3 = 0xb03,
    CYCLE = 0xc00, TIME = 0xc01, INSTRET = 0xc02, HPMCOUNTER3 = 0xc03,
    MVENDORID = 0xf11, MHARTID = 0xf14, MCONFIGPTR = 0xf15,
};
#define ONES UINT64_MAX
#define BIT(n) (UINT64_C(1) << (n))

/* ---- which there are ---------------------------------------------------------------------- */

/* First and last of the registers that a hart of all extensions has. */
static const struct {
    uint16_t first, last;
} present[] = {
    {FFLAGS, FCSR}, {SSTATUS, SSTATUS}, {SIE, SCOUNTEREN}, {SENVCFG, SENVCFG}, {SSCRATCH, SIP},
    {STIMECMP, STIMECMP}, {SATP, SATP}, {MSTATUS, MCOUNTEREN}, {MENVCFG, MENVCFG},
    {MCOUNTINHIBIT, MCOUNTINHIBIT}, {MHPMEVENT3, MHPMEVENT3 + 28}, {MSCRATCH, MIP},
    {PMPADDR0, PMPADDR0 + 63}, {TSELECT, TINFO}, {MCYCLE, MCYCLE}, {MINSTRET, MINSTRET},
    {MHPMCOUNTER3, MHPMCOUNTER3 + 28}, {CYCLE, HPMCOUNTER3 + 28}, {MVENDORID, MCONFIGPTR},
};

static bool is_present(unsigned csr)
{
    if (csr >= PMPCFG0 && csr < PMPADDR0)
        return csr % 2 == 0;
    for (unsigned i = 0; i < sizeof present / sizeof present[0]; i++)
        if (csr >= present[i].first && csr <= present[i].last)
            return true;
    return false;
}

/* All 4096 numbers in all modes, everything enabled: the number alone decides. */
Test(csr, rights_by_number)
{
    static const unsigned modes[] = {RV_USER, RV_SUPERVISOR, RV_MACHINE};
    hart_setup(NULL);
    hart_put(MSTATUS, RV_MSTATUS_FS);
    hart_put(MCOUNTEREN, ONES);
    hart_put(SCOUNTEREN, ONES);
    hart_put(MENVCFG, ONES);
    uint64_t value;
    for (unsigned csr = 0; csr < 4096; csr++) {
        for (unsigned i = 0; i < 3; i++) {
            hart_enter(modes[i]);
            bool readable = is_present(csr) && modes[i] >= (csr >> 8 & 3);
            if (csr > HPMCOUNTER3 - 1 && csr < HPMCOUNTER3 + 29)
                readable = modes[i] == RV_MACHINE; /* nothing to enable them by */
            cr_expect_eq(hart_csr_read(csr, &value), readable, "%#x in mode %u", csr, modes[i]);
            if (readable && csr >> 10 == 3)
                cr_expect(!hart_csr_write(csr, 0) && !hart_csr_set(csr, 1), "%#x is read-only",
                          csr);
        }
    }
}

Test(csr, an_illegal_access_traps_with_the_word)
{
    hart_setup(NULL);
    hart_put(MTVEC, 0x80001000);
    hart_enter(RV_SUPERVISOR);
    *riscv_x(hart, 5) = 77;
    uint32_t word = MSTATUS << 20 | 5 << 7 | 2 << 12 | 0x73; /* csrr t0, mstatus */
    cr_expect(!hart_execute(word));
    cr_expect_eq(hart_pc(), 0x80001000);
    cr_expect_eq(*riscv_x(hart, 5), 77, "rd is as it was");
    cr_expect_eq(hart_get(MCAUSE), RV_CAUSE_ILLEGAL);
    cr_expect_eq(hart_get(MTVAL), word);
    cr_expect_eq(hart_get(MEPC), RAM);
}

Test(csr, of_extensions_that_are_off)
{
    uint64_t value;
    hart_setup("rv64,sstc=off,zicntr=off,svpbmt=off,svadu=off,zicbom=off");
    cr_expect(!hart_csr_read(STIMECMP, &value) && !hart_csr_read(TIME, &value));
    hart_put(MENVCFG, ONES);
    cr_expect_eq(hart_get(MENVCFG), RV_ENVCFG_FIOM | RV_ENVCFG_CBZE);
    hart_setup("rv64,f=off");
    hart_put(MSTATUS, RV_MSTATUS_FS);
    cr_expect_eq(hart_get(MSTATUS) & RV_MSTATUS_FS, 0);
    cr_expect(!hart_csr_read(FCSR, &value));
    cr_expect_eq(hart_get(MISA) & (BIT(3) | BIT(5)), 0);
}

/* ---- what they hold ----------------------------------------------------------------------- */

Test(csr, legal_values)
{
    static const struct {
        unsigned csr;
        uint64_t written, read;
    } cases[] = {
        {MSCRATCH, ONES, ONES},
        {SSCRATCH, ONES, ONES},
        {MEPC, ONES, ~UINT64_C(1)},
        {SEPC, 0x123, 0x122},
        {MCAUSE, BIT(63) | 7, BIT(63) | 7},
        {STVAL, ONES, ONES},
        {MEDELEG, ONES, 0xb3ff},
        {MIDELEG, ONES, 0x222},
        {MIE, ONES, 0xaaa},
        {MTVEC, 0x80000005, 0x80000005},
        {MTVEC, 0x90000002, 0x80000005},
        {STVEC, ONES - 2, ONES - 2},
        {STVEC, 2, ONES - 2},
        {MCOUNTEREN, ONES, 7},
        {SCOUNTEREN, ONES, 7},
        {MCOUNTINHIBIT, ONES, 5},
        {MENVCFG, ONES, 0xe0000000000000f1},
        {MENVCFG, 2 << 4, 3 << 4},
        {MENVCFG, 1 << 4, 1 << 4},
        {SENVCFG, ONES, 0xf1},
        {SENVCFG, 2 << 4, 3 << 4},
        {MHPMEVENT3, ONES, 0},
        {MHPMCOUNTER3, ONES, 0},
        {TSELECT, ONES, 0},
    };
    hart_setup(NULL);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hart_put(cases[i].csr, cases[i].written);
        cr_expect_eq(hart_get(cases[i].csr), cases[i].read, "%#x: %#llx for %#llx", cases[i].csr,
                     (unsigned long long)hart_get(cases[i].csr),
                     (unsigned long long)cases[i].written);
    }
    uint64_t misa = hart_get(MISA);
    cr_expect_eq(misa, UINT64_C(2) << 62 | BIT(0) | BIT(2) | BIT(3) | BIT(5) | BIT(8) | BIT(12) |
                           BIT(18) | BIT(20));
    hart_put(MISA, 0);
    cr_expect_eq(hart_get(MISA), misa);
    cr_expect_eq(hart_get(MHARTID), 0);
}

Test(csr, accessed_and_dirty_bits_from_the_start)
{
    hart_setup(NULL);
    cr_expect_eq(hart_get(MENVCFG), RV_ENVCFG_ADUE);
    hart_setup("rv64,svade=on");
    cr_expect_eq(hart_get(MENVCFG), 0);
    hart_setup("rv64,svadu=off");
    cr_expect_eq(hart_get(MENVCFG), 0);
}

Test(csr, status)
{
    const uint64_t lengths = UINT64_C(10) << 32, fs = RV_MSTATUS_FS | RV_MSTATUS_SD;
    hart_setup(NULL);
    cr_expect_eq(hart_get(MSTATUS), lengths);
    hart_put(MSTATUS, ONES);
    cr_expect_eq(hart_get(MSTATUS), lengths | fs | 0x7e19aa);
    cr_expect_eq(hart_get(SSTATUS), UINT64_C(2) << 32 | fs | 0xc0122);
    hart_put(SSTATUS, 0);
    cr_expect_eq(hart_get(MSTATUS), lengths | 0x721888, "what S mode does not see is as it was");
    for (unsigned state = 1; state < 4; state++) {
        hart_put(SSTATUS, (uint64_t)state << 13);
        cr_expect_eq(hart_get(SSTATUS), UINT64_C(2) << 32 | fs, "any state but Off is Dirty");
        cr_expect(hart_csr_clear(SSTATUS, RV_MSTATUS_FS));
        cr_expect_eq(hart_get(SSTATUS), UINT64_C(2) << 32);
    }
    hart_put(MSTATUS, 1 << 11);
    hart_put(MSTATUS, 2 << 11);
    cr_expect_eq(hart_get(MSTATUS), lengths | 1 << 11, "MPP = 2 is not legal");
}

Test(csr, set_and_clear)
{
    hart_setup(NULL);
    hart_put(MSCRATCH, 0xf0);
    cr_expect(hart_csr_set(MSCRATCH, 0x0f));
    cr_expect_eq(*riscv_x(hart, 11), 0xf0);
    cr_expect(hart_csr_clear(MSCRATCH, 0x81));
    cr_expect_eq(*riscv_x(hart, 11), 0xff);
    cr_expect_eq(hart_get(MSCRATCH), 0x7e);
    cr_expect(hart_execute(MSCRATCH << 20 | 31 << 15 | 5 << 12 | 0x73)); /* csrwi 31 */
    cr_expect_eq(hart_get(MSCRATCH), 31);
}

/* ---- interrupts' registers ---------------------------------------------------------------- */

Test(csr, pending_and_enabled)
{
    hart_setup(NULL);
    hart_put(MIE, ONES);
    cr_expect_eq(hart_get(SIE), 0, "nothing is delegated");
    hart_put(MIP, ONES);
    cr_expect_eq(hart_get(MIP), 0x222, "software's own");
    cr_expect_eq(hart_get(SIP), 0);
    hart_put(MIDELEG, 0x202);
    cr_expect_eq(hart_get(SIP), 0x202);
    hart_put(SIP, 0);
    cr_expect_eq(hart_get(MIP), 0x220, "SSIP alone is S mode's to clear");
    hart_put(SIE, 0);
    cr_expect_eq(hart_get(MIE), 0x8a8);
    atomic_store(&hart->hart.lines, BIT(RV_IRQ_MSI) | BIT(RV_IRQ_MTI) | BIT(RV_IRQ_MEI));
    cr_expect_eq(hart_get(MIP), 0xa88, "software's SEIP stays");
    hart_put(MIP, 0);
    cr_expect_eq(hart_get(MIP), 0x888, "lines are read-only");
}

/* mip.SEIP reads the line or software's bit; csrrs and csrrc write back software's (3.1.9). */
Test(csr, external_line_is_not_written_back)
{
    hart_setup(NULL);
    atomic_store(&hart->hart.lines, BIT(RV_IRQ_SEI));
    cr_expect_eq(hart_get(MIP), 0x200);
    cr_expect(hart_csr_set(MIP, BIT(RV_IRQ_SSI)));
    cr_expect_eq(*riscv_x(hart, 11), 0x200);
    atomic_store(&hart->hart.lines, atomic_load(&hart->hart.lines) & ~BIT(RV_IRQ_SEI));
    cr_expect_eq(hart_get(MIP), 2);
}

/* ---- conditions --------------------------------------------------------------------------- */

Test(csr, counters_are_enabled_level_by_level)
{
    uint64_t value;
    hart_setup(NULL);
    for (unsigned m = 0; m < 8; m++)
        for (unsigned s = 0; s < 8; s++) {
            hart_enter(RV_MACHINE);
            hart_put(MCOUNTEREN, m);
            hart_put(SCOUNTEREN, s);
            for (unsigned i = 0; i < 3; i++) {
                hart_enter(RV_MACHINE);
                cr_expect(hart_csr_read(CYCLE + i, &value));
                hart_enter(RV_SUPERVISOR);
                cr_expect_eq(hart_csr_read(CYCLE + i, &value), m >> i & 1);
                hart_enter(RV_USER);
                cr_expect_eq(hart_csr_read(CYCLE + i, &value), m & s & 1u << i ? 1 : 0);
                uint32_t mode = hart_cpu(&hart->hart)->mode;
                cr_expect_eq(!!(mode & RV_MODE_TIME), (m & s) >> 1 & 1);
                cr_expect_eq(!!(mode & RV_MODE_CYCLES), (m & s & 5) == 5);
            }
        }
}

Test(csr, stimecmp_needs_leave)
{
    uint64_t value;
    hart_setup(NULL);
    hart_enter(RV_SUPERVISOR);
    cr_expect(!hart_csr_read(STIMECMP, &value));
    hart_enter(RV_MACHINE);
    cr_expect(hart_csr_read(STIMECMP, &value), "M mode needs none");
    hart_put(MENVCFG, RV_ENVCFG_STCE);
    hart_enter(RV_SUPERVISOR);
    cr_expect(!hart_csr_write(STIMECMP, 0));
    hart_enter(RV_MACHINE);
    hart_put(MCOUNTEREN, RV_COUNTER_TM);
    hart_enter(RV_SUPERVISOR);
    cr_expect(hart_csr_write(STIMECMP, 0));
}

Test(csr, time_and_its_interrupt)
{
    hart_setup(NULL);
    hart_put(MENVCFG, RV_ENVCFG_STCE);
    machine.clock_stopped = 1000000; /* ns: 10000 ticks */
    cr_expect_eq(hart_get(TIME), 10000);
    hart_put(STIMECMP, 10001);
    cr_expect_eq(hart_get(MIP) & BIT(RV_IRQ_STI), 0);
    hart_put(MIP, BIT(RV_IRQ_STI));
    cr_expect_eq(hart_get(MIP) & BIT(RV_IRQ_STI), 0, "STIP is the timer's");
    machine.clock_stopped = 1000100;
    cr_expect_eq(hart_get(MIP) & BIT(RV_IRQ_STI), BIT(RV_IRQ_STI), "seen at once");
    hart_put(STIMECMP, ONES);
    cr_expect_eq(hart_get(MIP) & BIT(RV_IRQ_STI), 0);
    machine_lock(&machine);
    riscv_set_time(&machine, 5);
    machine_unlock(&machine);
    cr_expect_eq(hart_get(TIME), 5);
    hart_put(STIMECMP, 0);
    cr_expect(riscv_mip(hart) & BIT(RV_IRQ_STI));
    hart_put(MENVCFG, 0);
    cr_expect_eq(hart_get(MIP) & BIT(RV_IRQ_STI), 0, "without STCE it is software's");
    hart_put(MIP, BIT(RV_IRQ_STI));
    cr_expect_eq(hart_get(MIP) & BIT(RV_IRQ_STI), BIT(RV_IRQ_STI));
}

Test(csr, cycles)
{
    hart_setup(NULL);
    hart_put(MCOUNTINHIBIT, 5);
    hart_put(MCYCLE, 1234);
    hart_put(MINSTRET, 0);
    cr_expect_eq(hart_get(MCYCLE), 1234);
    cr_expect_eq(hart_get(CYCLE), 1234);
    cr_expect_eq(hart_get(INSTRET), 0);
    hart_put(MCOUNTINHIBIT, 4);
    uint64_t then = hart_get(MCYCLE);
    cr_expect(then >= 1234 && then < UINT64_C(1) << 40);
    cr_expect(hart_get(MCYCLE) > then);
    cr_expect_eq(hart_get(MINSTRET), 0);
    cr_expect(!(hart_cpu(&hart->hart)->mode & RV_MODE_CYCLES), "they differ");
}

Test(csr, floating_point_is_off)
{
    uint64_t value;
    hart_setup(NULL);
    cr_expect(!hart_csr_read(FCSR, &value) && !hart_csr_write(FRM, 0));
    cr_expect(hart_cpu(&hart->hart)->mode & RV_MODE_FP_TRAP);
    hart_put(MSTATUS, RV_MSTATUS_FS);
    cr_expect(!(hart_cpu(&hart->hart)->mode & RV_MODE_FP_TRAP));
    hart_put(FCSR, ONES);
    cr_expect_eq(hart_get(FCSR), 0xff);
    cr_expect_eq(hart_get(FFLAGS), 0x1f);
    hart_put(FRM, 4);
    cr_expect_eq(hart_get(FCSR), 0x9f);
    cr_expect_eq(hart_cpu(&hart->hart)->mode & RV_MODE_ROUND, RV_MODE_RMM);
}

Test(csr, environment)
{
    static const struct {
        uint64_t bits;
        uint32_t mode;
    } cases[] = {{RV_ENVCFG_CBIE, RV_MODE_CBO_INVAL},
                 {UINT64_C(1) << 4, RV_MODE_CBO_INVAL},
                 {RV_ENVCFG_CBCFE, RV_MODE_CBO_CLEAN},
                 {RV_ENVCFG_CBZE, RV_MODE_CBO_ZERO}};
    const uint32_t all = RV_MODE_CBO_INVAL | RV_MODE_CBO_CLEAN | RV_MODE_CBO_ZERO;
    struct cpu *cpu;
    hart_setup(NULL);
    cpu = hart_cpu(&hart->hart);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hart_enter(RV_MACHINE);
        cr_expect_eq(cpu->mode & all, all, "M mode asks nobody");
        hart_put(MENVCFG, cases[i].bits);
        hart_put(SENVCFG, 0);
        hart_enter(RV_SUPERVISOR);
        cr_expect_eq(cpu->mode & all, cases[i].mode);
        hart_enter(RV_USER);
        cr_expect_eq(cpu->mode & all, 0);
        hart_enter(RV_MACHINE);
        hart_put(SENVCFG, ONES);
        hart_enter(RV_USER);
        cr_expect_eq(cpu->mode & all, cases[i].mode);
    }
}
