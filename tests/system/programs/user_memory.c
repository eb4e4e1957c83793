/*
 * Supervisor code that allows itself user memory and takes that back, as kernels do for each copy, with something
 * between that leaves translated code: SUM holds for the accesses it is set for, and no longer.
 */
#include "program.h"

static struct space space;
enum { VIRTUAL = 0x40000000 };

/* As kernels have it: the constant right before its use, which is done in place then. */
#define CHANGE_SUM(instruction)                                                                    \
    asm volatile("lui t0, 0x40\n\t" instruction " sstatus, t0" : : : "t0", "memory")
_Static_assert(MSTATUS_SUM == 0x40 << 12, "CHANGE_SUM");

static uint64_t while_allowed(uint64_t address)
{
    CHANGE_SUM("csrs");
    csr_read(satp);
    uint64_t value = load8(address);
    CHANGE_SUM("csrc");
    return value;
}

enum { ROUNDS = 8 };

/* A load that faults leaves its address as the result. */
static uint64_t afterwards(uint64_t address)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < ROUNDS; i++)
        sum += while_allowed(address) + load8(address);
    return sum;
}

int main(void)
{
    pmp_open();
    no_fault();
    uint64_t *data = page_new();
    *data = 42;
    space_create(&space, SV39);
    map_program(&space, 0);
    map(&space, VIRTUAL, (uint64_t)data, PTE_V | PTE_RWX | PTE_U | PTE_AD, 0);
    sfence();
    uint64_t satp = space_satp(&space, 0);
    check("allowed", run_as(SUPERVISOR, satp, (void *)while_allowed, VIRTUAL), 42);
    check_fault("  no fault", NO_FAULT, 0);
    check("afterwards", run_as(SUPERVISOR, satp, (void *)afterwards, VIRTUAL), ROUNDS * (42ull + VIRTUAL));
    check_fault("  faults", LOAD_PAGE, VIRTUAL);
    return (int)failures();
}
