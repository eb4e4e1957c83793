/* See hart.h. */
#include "tests/system/hart.h"

#include <criterion/criterion.h>
#include <string.h>

struct machine machine;
struct riscv_hart *hart;

enum { A0 = 10, A1 = 11 };

void hart_setup(const char *cpu)
{
    struct translator_options options = {.frontend = &frontend_riscv64,
                                         .int_pins = -1,
                                         .float_pins = -1,
                                         .host_features = UINT32_MAX};
    char error[256];
    cr_assert(frontend_riscv64.parse_cpu(cpu, &options.config, error, sizeof error), "%s", error);
    machine = (struct machine){.arch = &arch_riscv64, .nharts = 1};
    machine_init(&machine);
    loop_init(&machine);
    memory_add_ram(&machine.memory, "ram", RAM, RAM_SIZE, false);
    machine.harts[0] = hart_create(&machine, &arch_riscv64, translator_create(&options), 0);
    hart = riscv_hart(machine.harts[0]);
    machine_lock(&machine);
    arch_riscv64.reset(machine.harts[0]);
    machine_unlock(&machine);
    hart_cpu(&hart->hart)->exit_pc = RAM;
    rv_pmp_open(&hart->pmp);
}

void hart_enter(unsigned privilege)
{
    hart_cpu(&hart->hart)->exit_pc = RAM;
    riscv_select(hart, privilege);
}

uint64_t hart_pc(void)
{
    return hart_cpu(&hart->hart)->exit_pc;
}

bool hart_execute(uint32_t word)
{
    uint64_t pc = hart_pc();
    riscv_instruction(hart, word);
    return hart_pc() == pc + 4;
}

static bool access(unsigned csr, unsigned funct3, unsigned rd, unsigned rs1)
{
    unsigned privilege = riscv_privilege(hart);
    uint64_t pc = hart_pc();
    bool done = hart_execute(csr << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x73);
    hart_cpu(&hart->hart)->exit_pc = pc;
    if (!done)
        riscv_select(hart, privilege);
    return done;
}

bool hart_csr_read(unsigned csr, uint64_t *value)
{
    bool done = access(csr, 2, A1, 0);
    *value = *riscv_x(hart, A1);
    return done;
}

bool hart_csr_write(unsigned csr, uint64_t value)
{
    *riscv_x(hart, A0) = value;
    return access(csr, 1, 0, A0);
}

bool hart_csr_set(unsigned csr, uint64_t bits)
{
    *riscv_x(hart, A0) = bits;
    return access(csr, 2, A1, A0);
}

bool hart_csr_clear(unsigned csr, uint64_t bits)
{
    *riscv_x(hart, A0) = bits;
    return access(csr, 3, A1, A0);
}

uint64_t hart_get(unsigned csr)
{
    uint64_t value;
    cr_assert(hart_csr_read(csr, &value), "CSR %#x", csr);
    return value;
}

void hart_put(unsigned csr, uint64_t value)
{
    cr_assert(hart_csr_write(csr, value), "CSR %#x", csr);
}
