/*
 * Control and status registers: accesses by number, and the registers that are more than storage. To add
 * one: a row in csr.def, and csr_read_NAME and csr_write_NAME here if it needs them.
 */
#include "softmmu-system/machine.h"
#include "softmmu-system/riscv/riscv_hart.h"

enum {
    CSR_STIMECMP = 0x14d,
    CSR_SATP = 0x180,
    CSR_MIP = 0x344,
    CSR_CYCLE = 0xc00,
    CSR_COUNTERS_END = 0xc20,
    CSR_FLOAT_FIRST = 0x001,
    CSR_FLOAT_LAST = 0x003,
};

enum csr_kind { KIND_FIELD, KIND_SLOT, KIND_ZERO, KIND_FN };

struct csr_row {
    const char *name;
    uint8_t kind;    /* enum csr_kind */
    uint8_t feature; /* enum rv_feature */
    uint16_t place;  /* offset in struct riscv_hart, or the slot */
    uint64_t writable;
    uint64_t (*read)(struct riscv_hart *r, unsigned csr);
    void (*write)(struct riscv_hart *r, unsigned csr, uint64_t value);
};

#define BIT(n) (UINT64_C(1) << (n))

static uint64_t replace(uint64_t old, uint64_t value, uint64_t mask)
{
    return (old & ~mask) | (value & mask);
}

/* ---- floating point ----------------------------------------------------------------------- */

static uint64_t csr_read_fcsr(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return riscv_get_fcsr(hart_cpu(&r->hart));
}

static void csr_write_fcsr(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    riscv_set_fcsr(hart_cpu(&r->hart), (uint32_t)value & 0xff);
}

static uint64_t csr_read_fflags(struct riscv_hart *r, unsigned csr)
{
    return csr_read_fcsr(r, csr) & 0x1f;
}

static void csr_write_fflags(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    csr_write_fcsr(r, csr, replace(csr_read_fcsr(r, csr), value, 0x1f));
}

static uint64_t csr_read_frm(struct riscv_hart *r, unsigned csr)
{
    return csr_read_fcsr(r, csr) >> 5;
}

static void csr_write_frm(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    csr_write_fcsr(r, csr, replace(csr_read_fcsr(r, csr), value << 5, 0xe0));
}

/* ---- status ------------------------------------------------------------------------------- */

/* Bits that code can change; UXL and SXL are 2, and there are no vectors and no other byte order. */
#define SSTATUS_WRITABLE                                                                           \
    (RV_MSTATUS_SIE | RV_MSTATUS_SPIE | RV_MSTATUS_SPP | RV_MSTATUS_FS | RV_MSTATUS_SUM |          \
     RV_MSTATUS_MXR)
#define MSTATUS_WRITABLE                                                                           \
    (SSTATUS_WRITABLE | RV_MSTATUS_MIE | RV_MSTATUS_MPIE | RV_MSTATUS_MPP | RV_MSTATUS_MPRV |      \
     RV_MSTATUS_TVM | RV_MSTATUS_TW | RV_MSTATUS_TSR)

/*
 * FS is Off or Dirty: the manual lets an implementation call the registers dirty whenever they may be
 * changed (3.1.6.6), and code that tracked them would exist twice.
 */
static uint64_t legal_status(const struct riscv_hart *r, uint64_t old, uint64_t status)
{
    if ((status & RV_MSTATUS_MPP) == UINT64_C(2) << 11)
        status = replace(status, old, RV_MSTATUS_MPP);
    status &= ~(RV_MSTATUS_SD | RV_MSTATUS_FS * !cpu_has(r->config, RV_FEATURE_F));
    if (status & RV_MSTATUS_FS)
        status |= RV_MSTATUS_FS | RV_MSTATUS_SD;
    return status;
}

static void write_status(struct riscv_hart *r, uint64_t value, uint64_t writable)
{
    uint64_t *status = riscv_slot(r, RV_SLOT_mstatus), old = *status;
    *status = legal_status(r, old, replace(old, value, writable));
    if ((old ^ *status) & RV_MSTATUS_MXR) {
        r->mxr = *status & RV_MSTATUS_MXR;
        softmmu_flush(&r->hart);
    }
}

static uint64_t csr_read_mstatus(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return *riscv_slot(r, RV_SLOT_mstatus);
}

static void csr_write_mstatus(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    write_status(r, value, MSTATUS_WRITABLE);
}

static uint64_t csr_read_sstatus(struct riscv_hart *r, unsigned csr)
{
    return csr_read_mstatus(r, csr) & RV_SSTATUS_BITS;
}

static void csr_write_sstatus(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    write_status(r, value, SSTATUS_WRITABLE);
}

/* ---- interrupts --------------------------------------------------------------------------- */

static uint64_t csr_read_sie(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return r->mie & r->mideleg;
}

static void csr_write_sie(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    r->mie = replace(r->mie, value, r->mideleg);
}

static uint64_t csr_read_mip(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return riscv_mip(r);
}

/* STIP is the timer's where there is Sstc. */
static void csr_write_mip(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    uint64_t writable = BIT(RV_IRQ_SSI) | (r->menvcfg & RV_ENVCFG_STCE ? 0 : BIT(RV_IRQ_STI));
    (void)csr;
    riscv_set_pending(r, value & writable, true);
    riscv_set_pending(r, ~value & writable, false);
    r->seip = value >> RV_IRQ_SEI & 1;
}

static uint64_t csr_read_sip(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return riscv_mip(r) & r->mideleg;
}

static void csr_write_sip(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    if (r->mideleg & BIT(RV_IRQ_SSI))
        riscv_set_pending(r, BIT(RV_IRQ_SSI), value >> RV_IRQ_SSI & 1);
}

/* Modes are direct and vectored; of a reserved one nothing is taken. */
static void write_vector(uint64_t *tvec, uint64_t value)
{
    if (!(value & 2))
        *tvec = value;
}

static uint64_t csr_read_mtvec(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return r->mtvec;
}

static void csr_write_mtvec(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    write_vector(&r->mtvec, value);
}

static uint64_t csr_read_stvec(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return r->stvec;
}

static void csr_write_stvec(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    write_vector(&r->stvec, value);
}

/* ---- environment, memory ------------------------------------------------------------------ */

/* CBIE has a reserved value, 2, which changes nothing. */
static uint64_t legal_envcfg(uint64_t old, uint64_t value, uint64_t writable)
{
    if ((value & RV_ENVCFG_CBIE) == UINT64_C(2) << 4)
        writable &= ~RV_ENVCFG_CBIE;
    return replace(old, value, writable);
}

/* What the hart's extensions bring (3.1.18). */
static uint64_t envcfg_bits(const struct riscv_hart *r, bool machine)
{
    static const struct {
        uint8_t feature;
        bool machine;
        uint64_t bits;
    } rows[] = {
        {RV_FEATURE_I, false, RV_ENVCFG_FIOM},
        {RV_FEATURE_Zicbom, false, RV_ENVCFG_CBIE | RV_ENVCFG_CBCFE},
        {RV_FEATURE_Zicboz, false, RV_ENVCFG_CBZE},
        {RV_FEATURE_Svadu, true, RV_ENVCFG_ADUE},
        {RV_FEATURE_Svpbmt, true, RV_ENVCFG_PBMTE},
        {RV_FEATURE_Sstc, true, RV_ENVCFG_STCE},
    };
    uint64_t bits = 0;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (cpu_has(r->config, rows[i].feature) && (machine || !rows[i].machine))
            bits |= rows[i].bits;
    return bits;
}

static uint64_t csr_read_menvcfg(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return r->menvcfg;
}

void riscv_set_menvcfg(struct riscv_hart *r, uint64_t value)
{
    uint64_t old = r->menvcfg;
    r->menvcfg = legal_envcfg(old, value, envcfg_bits(r, true));
    if ((old ^ r->menvcfg) & RV_ENVCFG_STCE)
        riscv_timer_update(r);
    if ((old ^ r->menvcfg) & (RV_ENVCFG_ADUE | RV_ENVCFG_PBMTE))
        softmmu_flush(&r->hart);
}

static void csr_write_menvcfg(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    machine_lock(r->hart.machine);
    riscv_set_menvcfg(r, value);
    machine_unlock(r->hart.machine);
}

static uint64_t csr_read_senvcfg(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return r->senvcfg;
}

static void csr_write_senvcfg(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    r->senvcfg = legal_envcfg(r->senvcfg, value, envcfg_bits(r, false));
}

static uint64_t csr_read_satp(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return r->satp;
}

static void csr_write_satp(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    rv_satp_write(r, value);
}

static uint64_t csr_read_pmp(struct riscv_hart *r, unsigned csr)
{
    return rv_pmp_read(&r->pmp, csr);
}

static void csr_write_pmp(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    if (rv_pmp_write(&r->pmp, csr, value))
        softmmu_flush(&r->hart);
}

/* ---- counters and the rest ---------------------------------------------------------------- */

static uint64_t csr_read_stimecmp(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return r->stimecmp;
}

static void csr_write_stimecmp(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    riscv_set_timer(r, value);
}

static uint64_t csr_read_time(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return riscv_time(r);
}

static uint64_t csr_read_mcycle(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return riscv_counter(r, RISCV_CYCLE);
}

static void csr_write_mcycle(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    riscv_set_counter(r, RISCV_CYCLE, value);
}

/* What is written is what the instruction behind reads ("Zicsr"), though the host has counted on. */
static uint64_t csr_read_minstret(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    bool behind = r->minstret_written && hart_cpu(&r->hart)->exit_pc == r->minstret_written;
    r->minstret_written = 0;
    if (behind)
        riscv_set_counter(r, RISCV_INSTRET, r->minstret);
    return behind ? r->minstret : riscv_counter(r, RISCV_INSTRET);
}

static void csr_write_minstret(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    r->minstret = value;
    r->minstret_written = hart_cpu(&r->hart)->exit_pc + 4;
    riscv_set_counter(r, RISCV_INSTRET, value);
}

static uint64_t csr_read_mcountinhibit(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return r->mcountinhibit;
}

static void csr_write_mcountinhibit(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)csr;
    riscv_set_inhibit(r, value & (RV_COUNTER_CY | RV_COUNTER_IR));
}

static uint64_t csr_read_mhartid(struct riscv_hart *r, unsigned csr)
{
    (void)csr;
    return r->hart.id;
}

static uint64_t csr_read_tinfo(struct riscv_hart *r, unsigned csr)
{
    (void)r, (void)csr;
    return 1;
}

static void csr_ignore(struct riscv_hart *r, unsigned csr, uint64_t value)
{
    (void)r, (void)csr, (void)value;
}

/* Of numbers that are read-only, and of tinfo. */
#define csr_write_time csr_ignore
#define csr_write_mhartid csr_ignore
#define csr_write_tinfo csr_ignore

/* ---- the table ---------------------------------------------------------------------------- */

enum {
    ROW_NONE,
#define CSR_FIELD(number, name, feature, field, writable) ROW_##name,
#define CSR_SLOT(number, name, feature, slot, writable) ROW_##name,
#define CSR_ZERO(number, name, feature, count) ROW_##name,
#define CSR_FN(number, name, feature, count, functions) ROW_##name,
#include "softmmu-system/riscv/csr.def"
#undef CSR_FIELD
#undef CSR_SLOT
#undef CSR_ZERO
#undef CSR_FN
    ROW_COUNT
};
static_assert(ROW_COUNT <= 256, "row_of holds bytes");

static const struct csr_row rows[ROW_COUNT] = {
#define CSR_FIELD(number, name, feature, field, writable)                                          \
    [ROW_##name] = {#name,    KIND_FIELD, RV_FEATURE_##feature, offsetof(struct riscv_hart, field), \
                    writable, NULL,       NULL},
#define CSR_SLOT(number, name, feature, slot, writable)                                            \
    [ROW_##name] = {#name, KIND_SLOT, RV_FEATURE_##feature, RV_SLOT_##slot, writable, NULL, NULL},
#define CSR_ZERO(number, name, feature, count)                                                     \
    [ROW_##name] = {#name, KIND_ZERO, RV_FEATURE_##feature, 0, 0, NULL, NULL},
#define CSR_FN(number, name, feature, count, functions)                                            \
    [ROW_##name] = {#name,                                                                         \
                    KIND_FN,                                                                       \
                    RV_FEATURE_##feature,                                                          \
                    0,                                                                             \
                    0,                                                                             \
                    csr_read_##functions,                                                          \
                    csr_write_##functions},
#include "softmmu-system/riscv/csr.def"
#undef CSR_FIELD
#undef CSR_SLOT
#undef CSR_ZERO
#undef CSR_FN
};

static const uint8_t row_of[4096] = {
#define CSR_FIELD(number, name, feature, field, writable) [number] = ROW_##name,
#define CSR_SLOT(number, name, feature, slot, writable) [number] = ROW_##name,
#define CSR_ZERO(number, name, feature, count) [(number) ... (number) + (count)-1] = ROW_##name,
#define CSR_FN(number, name, feature, count, functions)                                            \
    [(number) ... (number) + (count)-1] = ROW_##name,
#include "softmmu-system/riscv/csr.def"
#undef CSR_FIELD
#undef CSR_SLOT
#undef CSR_ZERO
#undef CSR_FN
};

/* ---- accesses ----------------------------------------------------------------------------- */

static uint64_t *storage(struct riscv_hart *r, const struct csr_row *row)
{
    if (row->kind == KIND_SLOT)
        return riscv_slot(r, row->place);
    return (uint64_t *)(void *)((char *)r + row->place);
}

static uint64_t read_row(struct riscv_hart *r, const struct csr_row *row, unsigned csr)
{
    if (row->kind == KIND_FN)
        return row->read(r, csr);
    return row->kind == KIND_ZERO ? 0 : *storage(r, row);
}

static void write_row(struct riscv_hart *r, const struct csr_row *row, unsigned csr, uint64_t value)
{
    if (row->kind == KIND_FN)
        row->write(r, csr, value);
    else if (row->kind != KIND_ZERO)
        *storage(r, row) = replace(*storage(r, row), value, row->writable);
}

/* May a privilege below M's read the counters of `bits` (3.1.11, 10.1.5)? */
bool riscv_counters_permitted(const struct riscv_hart *r, unsigned privilege, uint64_t bits)
{
    uint64_t enabled = ~UINT64_C(0);
    if (privilege < RV_MACHINE)
        enabled &= r->mcounteren;
    if (privilege == RV_USER)
        enabled &= r->scounteren;
    return (enabled & bits) == bits;
}

/* What is in the way of an access beside the number's privilege. */
static bool permitted(struct riscv_hart *r, unsigned csr, unsigned privilege)
{
    uint64_t status = *riscv_slot(r, RV_SLOT_mstatus);
    if (csr >= CSR_FLOAT_FIRST && csr <= CSR_FLOAT_LAST)
        return status & RV_MSTATUS_FS;
    if (csr >= CSR_CYCLE && csr < CSR_COUNTERS_END)
        return riscv_counters_permitted(r, privilege, BIT(csr - CSR_CYCLE));
    if (csr == CSR_SATP)
        return privilege == RV_MACHINE || !(status & RV_MSTATUS_TVM);
    if (csr == CSR_STIMECMP)
        return privilege == RV_MACHINE ||
               (r->mcounteren & RV_COUNTER_TM && r->menvcfg & RV_ENVCFG_STCE);
    return true;
}

/* The row of a CSR that an instruction may access; NULL: illegal. */
static const struct csr_row *find_row(struct riscv_hart *r, unsigned csr, bool writes)
{
    unsigned privilege = riscv_privilege(r), row = row_of[csr & 0xfff];
    if (!row || !cpu_has(r->config, rows[row].feature) || privilege < (csr >> 8 & 3) ||
        (writes && csr >> 10 == 3) || !permitted(r, csr, privilege))
        return NULL;
    return &rows[row];
}

static bool is_pmpcfg_of_rv32(unsigned csr)
{
    return csr >= RV_CSR_PMPCFG0 && csr < RV_CSR_PMPADDR0 && csr % 2;
}

static uint64_t combine(enum rv_csr_operation operation, uint64_t old, uint64_t source)
{
    return operation == CSR_SET ? old | source : operation == CSR_CLEAR ? old & ~source : source;
}

bool riscv_csr_access(struct riscv_hart *r, unsigned csr, enum rv_csr_operation operation,
                      uint64_t source, bool writes, uint64_t *old)
{
    const struct csr_row *row = find_row(r, csr, writes);
    if (!row || is_pmpcfg_of_rv32(csr))
        return false;
    *old = read_row(r, row, csr);
    if (!writes)
        return true;
    uint64_t base = *old;
    if (csr == CSR_MIP) /* the external line is read, but not written back (3.1.9) */
        base = replace(base, (uint64_t)r->seip << RV_IRQ_SEI, BIT(RV_IRQ_SEI));
    write_row(r, row, csr, combine(operation, base, source));
    riscv_select(r, riscv_privilege(r));
    return true;
}

uint64_t riscv_csr_peek(struct riscv_hart *r, unsigned csr)
{
    return read_row(r, &rows[row_of[csr]], csr);
}
