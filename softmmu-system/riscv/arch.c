/*
 * struct arch of riscv64: creation and reset of a hart, the service of what translated code leaves for,
 * and `info registers`. See riscv_hart.h.
 */
#include <sched.h>
#include <string.h>

#include "softmmu-system/machine.h"
#include "softmmu-system/riscv/mmu.h"
#include "softmmu-system/riscv/riscv_hart.h"

static const struct softmmu_space spaces[RV_SPACE_COUNT] = {
    [RV_SPACE_USER] = {"user", true},
    [RV_SPACE_SUPERVISOR] = {"supervisor", false},
    [RV_SPACE_SUPERVISOR_SUM] = {"supervisor with SUM", false},
    [RV_SPACE_MACHINE] = {"machine", false},
    [RV_SPACE_BARE] = {"bare", false},
};

/* ---- creation and reset ------------------------------------------------------------------- */

/* misa (3.1.1): RV64, a bit a letter, S and U. */
static uint64_t misa(const struct cpu_config *config)
{
    uint64_t extensions = UINT64_C(1) << ('s' - 'a') | UINT64_C(1) << ('u' - 'a');
    return UINT64_C(2) << 62 | extensions | riscv_hwcap(config);
}

static void create(struct hart *h)
{
    struct riscv_hart *r = riscv_hart(h);
    r->config = translator_config(h->vcpu->translator);
    r->misa = misa(r->config);
    riscv_timer_create(r);
    hart_cpu(h)->helper[RV_HELPER_status] = riscv_helper_status;
}

/* Page tables' accessed and dirty bits are set by hardware from the start ("Svadu": unless there is Svade). */
static uint64_t first_menvcfg(const struct riscv_hart *r)
{
    bool hardware = cpu_has(r->config, RV_FEATURE_Svadu) && !cpu_has(r->config, RV_FEATURE_Svade);
    return hardware ? RV_ENVCFG_ADUE : 0;
}

/* All but the inputs, which are devices'. */
static void clear(struct riscv_hart *r)
{
    struct cpu *cpu = hart_cpu(&r->hart);
    memset(cpu->state, 0, 8 * RV_SLOT_COUNT);
    cpu->exclusive_address = CPU_NOT_EXCLUSIVE;
    *riscv_slot(r, RV_SLOT_mstatus) = UINT64_C(2) << 32 | UINT64_C(2) << 34; /* UXL, SXL */
    riscv_set_fcsr(cpu, 0);
    r->medeleg = r->mideleg = r->mie = 0;
    r->mtvec = r->stvec = 0;
    r->mcounteren = r->scounteren = 0;
    r->menvcfg = first_menvcfg(r);
    r->senvcfg = 0;
    r->satp = 0;
    r->seip = r->mxr = false;
    riscv_set_pending(r, UINT64_C(1) << RV_IRQ_SSI | UINT64_C(1) << RV_IRQ_STI, false);
    rv_pmp_reset(&r->pmp);
    riscv_timer_reset(r);
    softmmu_set_tag(&r->hart, r->satp);
    softmmu_flush(&r->hart);
}

static void reset(struct hart *h)
{
    struct riscv_hart *r = riscv_hart(h);
    clear(r);
    r->suspended = false;
    riscv_select(r, RV_MACHINE);
}

/* What firmware leaves behind: everything is delegated and enabled. */
void riscv_hart_start(struct riscv_hart *r, uint64_t pc, uint64_t a0, uint64_t a1)
{
    clear(r);
    r->medeleg = RV_DELEGABLE;
    r->mideleg = RV_SUPERVISOR_INTERRUPTS;
    r->mcounteren = r->scounteren = RV_COUNTERS; /* Linux reads the time in user mode, and leaves this to firmware */
    r->stimecmp = UINT64_MAX;
    riscv_set_menvcfg(r, ~RV_ENVCFG_ADUE | first_menvcfg(r));
    rv_pmp_open(&r->pmp);
    *riscv_slot(r, RV_SLOT_a0) = a0;
    *riscv_slot(r, RV_SLOT_a1) = a1;
    hart_cpu(&r->hart)->exit_pc = pc;
    riscv_select(r, RV_SUPERVISOR);
}

/* ---- exits -------------------------------------------------------------------------------- */

uint32_t riscv_fetch_word(struct riscv_hart *r, uint64_t pc)
{
    uint8_t bytes[4] = {0};
    size_t size;
    const uint8_t *code = softmmu_fetch(&r->hart, pc, &size);
    if (!code)
        return 0;
    memcpy(bytes, code, size < 4 ? size : 4);
    if ((bytes[0] & 3) == 3 && size < 4 && (code = softmmu_fetch(&r->hart, pc + size, &size)))
        memcpy(bytes + 2, code, 2);
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return (word & 3) == 3 ? word : (uint16_t)word;
}

static bool is_cache_block_operation(uint32_t word)
{
    return (word & 0x7fff) == 0x200f;
}

static bool is_load_reserved(uint32_t word)
{
    return (word & 0xf800007f) == 0x1000002f;
}

/* Cache-block management reads in translated code, but its faults are those of stores ("CMO"). */
static void memory_fault(struct riscv_hart *r, bool fetch)
{
    struct softmmu_fault fault = r->hart.fault;
    uint64_t pc = hart_cpu(&r->hart)->exit_pc;
    unsigned cause = fault.cause;
    if (cause == SOFTMMU_NOTHING)
        cause = rv_access_fault(fetch ? SOFTMMU_EXECUTE : fault.access);
    if (!fetch && fault.access == SOFTMMU_READ && is_cache_block_operation(riscv_fetch_word(r, pc)))
        cause = cause == RV_CAUSE_LOAD_PAGE ? RV_CAUSE_STORE_PAGE : RV_CAUSE_STORE_ACCESS;
    riscv_trap(r, cause, fault.address, pc);
}

static void misaligned(struct riscv_hart *r)
{
    struct cpu *cpu = hart_cpu(&r->hart);
    bool load = is_load_reserved(riscv_fetch_word(r, cpu->exit_pc));
    riscv_trap(r, load ? RV_CAUSE_LOAD_MISALIGNED : RV_CAUSE_STORE_MISALIGNED, cpu->exit_info,
               cpu->exit_pc);
}

static void environment_call(struct riscv_hart *r)
{
    static const uint8_t causes[4] = {RV_CAUSE_ECALL_U, RV_CAUSE_ECALL_S, 0, RV_CAUSE_ECALL_M};
    unsigned privilege = riscv_privilege(r);
    if (privilege == RV_SUPERVISOR && r->sbi && rv_sbi_call(r))
        return;
    riscv_trap(r, causes[privilege], 0, hart_cpu(&r->hart)->exit_pc - 4);
}

/* All but what may sleep or ask other harts: wfi and the firmware. */
static bool quick(struct hart *h, enum ir_exit reason)
{
    struct riscv_hart *r = riscv_hart(h);
    uint32_t word = (uint32_t)*riscv_slot(r, RV_SLOT_word);
    if (reason == IR_EXIT_SYSTEM ? riscv_may_sleep(word)
                                 : r->sbi && riscv_privilege(r) == RV_SUPERVISOR)
        return false;
    if (reason == IR_EXIT_SYSTEM)
        riscv_instruction(r, word);
    else
        environment_call(r);
    riscv_interrupt(h);
    return true;
}

static void serve(struct hart *h, enum ir_exit reason)
{
    struct riscv_hart *r = riscv_hart(h);
    uint64_t pc = hart_cpu(h)->exit_pc;
    switch (reason) {
    case IR_EXIT_SYSCALL: environment_call(r); break;
    case IR_EXIT_BREAK: riscv_trap(r, RV_CAUSE_BREAKPOINT, pc, pc); break;
    case IR_EXIT_ILLEGAL:
        riscv_trap(r, RV_CAUSE_ILLEGAL, *riscv_slot(r, RV_SLOT_word), pc);
        break;
    case IR_EXIT_FETCH: memory_fault(r, true); break;
    case IR_EXIT_FAULT: memory_fault(r, false); break;
    case IR_EXIT_MISALIGNED: misaligned(r); break;
    case IR_EXIT_YIELD: sched_yield(); break;
    case IR_EXIT_SYSTEM: riscv_instruction(r, (uint32_t)*riscv_slot(r, RV_SLOT_word)); break;
    case IR_EXIT_NONE:
    case IR_EXIT_LOOKUP:
    case IR_EXIT_FLUSH:
    case IR_EXIT_FLUSH_LINE: break;
    }
}

/* ---- info registers ----------------------------------------------------------------------- */

static void print_csr(struct riscv_hart *r, FILE *out, unsigned csr, const char *name)
{
    fprintf(out, " %-8s %016llx\n", name, (unsigned long long)riscv_csr_peek(r, csr));
}

static void print_register(struct riscv_hart *r, FILE *out, char letter, unsigned i, int slot)
{
    char name[16];
    snprintf(name, sizeof name, "%c%u/%s", letter, i,
             slot < 0 ? "zero" : frontend_riscv64.ir.slots[slot].name);
    fprintf(out, " %-8s %016llx%s", name,
            slot < 0 ? 0ull : (unsigned long long)*riscv_slot(r, (unsigned)slot),
            i % 4 == 3 ? "\n" : "");
}

/* Names and order are QEMU's: people and scripts know them. */
static void print(struct hart *h, FILE *out)
{
    static const struct {
        uint16_t number;
        const char *name;
    } csrs[] = {{0xf14, "mhartid"}, {0x300, "mstatus"},  {0x344, "mip"},      {0x304, "mie"},
                {0x303, "mideleg"}, {0x302, "medeleg"},  {0x305, "mtvec"},    {0x105, "stvec"},
                {0x341, "mepc"},    {0x141, "sepc"},     {0x342, "mcause"},   {0x142, "scause"},
                {0x343, "mtval"},   {0x143, "stval"},    {0x340, "mscratch"}, {0x140, "sscratch"},
                {0x180, "satp"}};
    struct riscv_hart *r = riscv_hart(h);
    fprintf(out, " %-8s %016llx\n", "pc", (unsigned long long)hart_cpu(h)->exit_pc);
    for (unsigned i = 0; i < sizeof csrs / sizeof csrs[0]; i++)
        print_csr(r, out, csrs[i].number, csrs[i].name);
    for (unsigned i = 0; i < 32; i++)
        print_register(r, out, 'x', i, i ? (int)(RV_SLOT_X1 + i - 1) : -1);
    for (unsigned i = 0; i < 32; i++)
        print_register(r, out, 'f', i, (int)(RV_SLOT_F0 + i));
}

const struct arch arch_riscv64 = {
    .frontend = &frontend_riscv64,
    .hart_size = sizeof(struct riscv_hart),
    .spaces = spaces,
    .nspaces = RV_SPACE_COUNT,
    .create = create,
    .reset = reset,
    .serve = serve,
    .quick = quick,
    .interrupt = riscv_interrupt,
    .wakes = riscv_wakes,
    .walk = riscv_walk,
    .print = print,
    .print_map = riscv_print_map,
};
