/*
 * What the RISC-V page walk tells the software MMU beside the address: which accesses an entry may
 * allow, how large the page is, whether it is global, for one access only, or only looked at. What
 * programs can see is in programs/.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "softmmu-system/machine.h"
#include "softmmu-system/riscv/mmu.h"
#include "softmmu-system/riscv/riscv_hart.h"

enum { RAM = 0x80000000, RAM_SIZE = 16 << 20, VIRTUAL = 0x40000000 };
enum { R = SOFTMMU_READ, W = SOFTMMU_WRITE, X = SOFTMMU_EXECUTE };
enum { V = 1, PR = 2, PW = 4, PX = 8, U = 16, G = 32, A = 64, D = 128, RWX = 14 };

static struct machine machine;
static struct cpu_config config;
static struct riscv_hart hart;
static uint64_t *ram;
static uint64_t next_table; /* physical */

static void init(void)
{
    char error[128];
    machine.memory.machine = &machine;
    ram = (uint64_t *)(void *)memory_add_ram(&machine.memory, "ram", RAM, RAM_SIZE, false)->host;
    cr_assert(frontend_riscv64.parse_cpu(NULL, &config, error, sizeof error));
    hart.hart.machine = &machine;
    hart.config = &config;
    hart.satp = (uint64_t)RV_SATP_SV39 << RV_SATP_MODE_SHIFT | RAM >> 12;
    rv_pmp_open(&hart.pmp);
    next_table = RAM + 4096;
}
TestSuite(mmu, .init = init, .timeout = 60);

static uint64_t *entry(uint64_t virtual, unsigned level)
{
    uint64_t table = RAM;
    for (unsigned at = 2; at > level; at--) {
        uint64_t *e = &ram[(table - RAM) / 8 + (virtual >> (12 + 9 * at) & 511)];
        if (!*e) {
            *e = next_table >> 12 << 10 | V;
            next_table += 4096;
        }
        table = *e >> 10 << 12;
    }
    return &ram[(table - RAM) / 8 + (virtual >> (12 + 9 * level) & 511)];
}

static uint64_t *map(unsigned level, uint64_t physical, uint64_t flags)
{
    uint64_t *e = entry(VIRTUAL, level);
    *e = physical >> 12 << 10 | flags;
    return e;
}

static struct softmmu_walk result;

static bool walk(unsigned space, enum softmmu_access access, uint64_t address)
{
    result = (struct softmmu_walk){.address = address, .space = space, .access = access, .size = 8};
    return riscv_walk(&hart.hart, &result);
}

Test(mmu, allowed)
{
    map(0, RAM + 0x5000, V | RWX | A | D);
    cr_assert(walk(RV_SPACE_SUPERVISOR, SOFTMMU_READ, VIRTUAL + 0x123));
    cr_assert_eq(result.physical, RAM + 0x5123);
    cr_assert_eq(result.allowed, R | W | X);
    cr_assert_eq(result.page_bits, 12);
    cr_assert(!result.global && !result.once);

    map(0, RAM + 0x5000, V | RWX | A);
    cr_assert(walk(RV_SPACE_SUPERVISOR, SOFTMMU_READ, VIRTUAL));
    cr_assert_eq(result.allowed, R | X, "the first write must be seen");
    cr_assert(!walk(RV_SPACE_SUPERVISOR, SOFTMMU_WRITE, VIRTUAL), "Svade");
    cr_assert_eq(result.cause, RV_CAUSE_STORE_PAGE);

    map(0, RAM + 0x5000, V | RWX | A | D | U);
    cr_assert(walk(RV_SPACE_SUPERVISOR_SUM, SOFTMMU_READ, VIRTUAL));
    cr_assert_eq(result.allowed, R | W);
    cr_assert(walk(RV_SPACE_USER, SOFTMMU_EXECUTE, VIRTUAL));
    cr_assert_eq(result.allowed, R | W | X);
    cr_assert(!walk(RV_SPACE_SUPERVISOR, SOFTMMU_READ, VIRTUAL));

    map(0, RAM + 0x5000, V | PX | A | D);
    cr_assert(walk(RV_SPACE_SUPERVISOR, SOFTMMU_EXECUTE, VIRTUAL));
    cr_assert_eq(result.allowed, X);
    hart.mxr = true;
    cr_assert(walk(RV_SPACE_SUPERVISOR, SOFTMMU_READ, VIRTUAL));
    cr_assert_eq(result.allowed, R | X);
}

Test(mmu, accessed_and_dirty)
{
    hart.menvcfg = RV_ENVCFG_ADUE;
    uint64_t *e = map(0, RAM + 0x5000, V | RWX);
    cr_assert(walk(RV_SPACE_SUPERVISOR, SOFTMMU_READ, VIRTUAL));
    cr_assert_eq(*e & (A | D), A);
    cr_assert_eq(result.allowed, R | X);
    cr_assert(walk(RV_SPACE_SUPERVISOR, SOFTMMU_WRITE, VIRTUAL));
    cr_assert_eq(*e & (A | D), A | D);
    cr_assert_eq(result.allowed, R | W | X);

    *e &= ~(uint64_t)(A | D);
    result = (struct softmmu_walk){
        .address = VIRTUAL, .space = RV_SPACE_SUPERVISOR, .access = SOFTMMU_WRITE, .probe = true};
    cr_assert(riscv_walk(&hart.hart, &result));
    cr_assert_eq(*e & (A | D), 0, "the monitor changes nothing");
}

Test(mmu, sizes_and_global)
{
    map(1, RAM, V | RWX | A | D);
    cr_assert(walk(RV_SPACE_SUPERVISOR, SOFTMMU_READ, VIRTUAL + 0x123456));
    cr_assert_eq(result.physical, RAM + 0x123456);
    cr_assert_eq(result.page_bits, 21);
    *entry(VIRTUAL, 2) = 0;
    map(2, RAM, V | RWX | A | D | G);
    cr_assert(walk(RV_SPACE_SUPERVISOR, SOFTMMU_READ, VIRTUAL + 0x123456));
    cr_assert_eq(result.page_bits, 30);
    cr_assert(result.global);
    *entry(VIRTUAL, 2) = 0;
    *entry(VIRTUAL + 0x3000, 0) =
        ((RAM + 0x10000) >> 12 | 8) << 10 | UINT64_C(1) << 63 | V | RWX | A | D;
    *entry(VIRTUAL, 1) |= G; /* holds for all below */
    cr_assert(walk(RV_SPACE_SUPERVISOR, SOFTMMU_READ, VIRTUAL + 0x3008));
    cr_assert_eq(result.physical, RAM + 0x13008);
    cr_assert_eq(result.page_bits, 16);
    cr_assert(result.global);
    cr_assert(walk(RV_SPACE_MACHINE, SOFTMMU_READ, RAM + 8));
    cr_assert(result.global && result.physical == RAM + 8 && result.allowed == (R | W | X));
}

Test(mmu, divided_page)
{
    map(0, RAM + 0x5000, V | RWX | A | D);
    rv_pmp_write(&hart.pmp, RV_CSR_PMPADDR0, (RAM + 0x5800) >> 2);
    rv_pmp_write(&hart.pmp, RV_CSR_PMPADDR0 + 1, UINT64_MAX);
    rv_pmp_write(&hart.pmp, RV_CSR_PMPCFG0, 0x1f << 8 | RV_PMP_TOR << 3 | RV_PMP_R);
    cr_assert(walk(RV_SPACE_SUPERVISOR, SOFTMMU_READ, VIRTUAL + 0x7f8));
    cr_assert(result.once);
    cr_assert_eq(result.allowed, R);
    cr_assert(walk(RV_SPACE_SUPERVISOR, SOFTMMU_WRITE, VIRTUAL + 0x800));
    cr_assert(result.once);
    cr_assert(!walk(RV_SPACE_SUPERVISOR, SOFTMMU_WRITE, VIRTUAL + 0x7f8));
    cr_assert_eq(result.cause, RV_CAUSE_STORE_ACCESS);
    cr_assert(!walk(RV_SPACE_SUPERVISOR, SOFTMMU_READ, VIRTUAL + 0x7fc), "half of it");
    cr_assert_eq(result.cause, RV_CAUSE_LOAD_ACCESS);
    cr_assert(walk(RV_SPACE_MACHINE, SOFTMMU_WRITE, RAM + 0x57f8));
    map(0, RAM + 0x6000, V | RWX | A | D);
    cr_assert(walk(RV_SPACE_SUPERVISOR, SOFTMMU_READ, VIRTUAL));
    cr_assert(!result.once);
}

Test(mmu, satp)
{
    static struct vcpu vcpu;
    hart.hart.vcpu = &vcpu;
    hart.hart.mmu = softmmu_create(&hart.hart, arch_riscv64.spaces, arch_riscv64.nspaces);
    hart.satp = 0;
    rv_satp_write(&hart, UINT64_C(7) << RV_SATP_MODE_SHIFT | 5);
    cr_assert_eq(hart.satp, 0);
    config.features[RV_FEATURE_Sv57 / 64] &= ~(UINT64_C(1) << RV_FEATURE_Sv57 % 64);
    rv_satp_write(&hart, (uint64_t)RV_SATP_SV57 << RV_SATP_MODE_SHIFT | 5);
    cr_assert_eq(hart.satp, 0, "not what -cpu leaves out");
    rv_satp_write(&hart, (uint64_t)RV_SATP_SV48 << RV_SATP_MODE_SHIFT | 5);
    cr_assert_eq(hart.satp, (uint64_t)RV_SATP_SV48 << RV_SATP_MODE_SHIFT | 5);
}

/* `info mem`. */
static const char *printed(void)
{
    static char text[4 << 20];
    memset(text, 0, sizeof text);
    FILE *out = fmemopen(text, sizeof text - 1, "w");
    riscv_print_map(&hart.hart, out);
    fclose(out);
    return text;
}
#define HEAD                                                                                       \
    "vaddr            paddr            size             attr\n"                                    \
    "---------------- ---------------- ---------------- -------\n"

Test(mmu, printed)
{
    cr_assert_str_eq(printed(), HEAD);
    map(0, RAM + 0x5000, V | RWX | A | D);
    *entry(VIRTUAL + 0x1000, 0) = (RAM + 0x6000) >> 2 | V | RWX | A | D; /* goes on */
    *entry(VIRTUAL + 0x2000, 0) = (RAM + 0x7000) >> 2 | V | PR | U | A;  /* other rights */
    *entry(VIRTUAL + 0x3000, 0) = (RAM + 0x9000) >> 2 | V | PR | U | A;  /* elsewhere */
    for (unsigned i = 0; i < 16; i++) /* 64 KiB in sixteen equal entries */
        *entry(VIRTUAL + 0x10000 + 4096 * i, 0) =
            ((RAM + 0x20000) >> 12 | 8) << 10 | UINT64_C(1) << 63 | V | PR | PX | G;
    *entry(UINT64_C(0xffffffffc0000000), 2) = RAM >> 2 | V | RWX;
    cr_assert_str_eq(printed(),
                     HEAD "0000000040000000 0000000080005000 0000000000002000 rwx--ad\n"
                          "0000000040002000 0000000080007000 0000000000001000 r--u-a-\n"
                          "0000000040003000 0000000080009000 0000000000001000 r--u-a-\n"
                          "0000000040010000 0000000080020000 0000000000010000 r-x-g--\n"
                          "ffffffffc0000000 0000000080000000 0000000040000000 rwx----\n");
    hart.satp = 0;
    cr_assert_str_eq(printed(), "No translation or protection\n");
}

/* Tables that contain themselves end, and so does what is printed of them. */
Test(mmu, printed_loop)
{
    for (unsigned i = 0; i < 512; i++)
        ram[i] = RAM >> 2 | V;
    hart.satp = (uint64_t)RV_SATP_SV57 << RV_SATP_MODE_SHIFT | RAM >> 12;
    cr_assert(strstr(printed(), "... and more\n"));
    ram[511] = (RAM + 0x5000) >> 2 | V | PR;
    cr_assert(strstr(printed(), "... and more\n"));
    hart.satp = (uint64_t)RV_SATP_SV39 << RV_SATP_MODE_SHIFT | UINT64_C(0xfffffffffff);
    cr_assert_str_eq(printed(), HEAD, "a root outside of RAM");
}
