/*
 * What sfence.vma must make visible, by address, by address space and in general; and that address
 * spaces of different ASIDs and roots do not see each other's pages, though no fence is between.
 */
#include "program.h"

enum { VIRTUAL = 0x40000000, GLOBAL = 0x48000000 };
static struct space spaces[3];
static uint64_t *pages[4];

static uint64_t load(unsigned space, unsigned asid, uint64_t address)
{
    return run_as(SUPERVISOR, space_satp(&spaces[space], asid), (void *)load8, address);
}

static void point(unsigned space, uint64_t virtual, unsigned page, uint64_t flags)
{
    map(&spaces[space], virtual, (uint64_t)pages[page], PTE_V | PTE_RWX | PTE_AD | flags, 0);
}

int main(void)
{
    pmp_open();
    no_fault();
    for (unsigned i = 0; i < 4; i++) {
        pages[i] = page_new();
        pages[i][0] = 100 + i;
    }
    csr_write(satp, UINT64_C(0xffff) << 44 | (uint64_t)SV39 << 60);
    uint64_t asids = csr_read(satp) >> 44 & 0xffff;
    csr_write(satp, 0);
    check("all 16 bits of ASID", asids, 0xffff);
    for (unsigned i = 0; i < 3; i++) {
        space_create(&spaces[i], SV39 + (i == 2));
        map_program(&spaces[i], 0);
        point(i, VIRTUAL, i, 0);
    }
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 3; i++)
            check("own page by ASID", load(i, i + 1, VIRTUAL), 100 + i);
    }

    point(0, VIRTUAL, 3, 0);
    asm volatile("sfence.vma %0, zero" : : "r"((uint64_t)VIRTUAL) : "memory");
    check("fence of an address", load(0, 1, VIRTUAL), 103);
    point(0, VIRTUAL, 0, 0);
    asm volatile("sfence.vma zero, %0" : : "r"((uint64_t)1) : "memory");
    check("fence of an ASID", load(0, 1, VIRTUAL), 100);
    point(0, VIRTUAL, 3, 0);
    asm volatile("sfence.vma %0, %1" : : "r"((uint64_t)VIRTUAL + 8), "r"((uint64_t)1) : "memory");
    check("fence of an address and an ASID", load(0, 1, VIRTUAL), 103);
    point(0, VIRTUAL, 0, 0);
    sfence();
    check("fence of everything", load(0, 1, VIRTUAL), 100);
    check("the others", load(1, 2, VIRTUAL) + load(2, 3, VIRTUAL), 203);

    /* Permissions taken away, and a page that had faulted. */
    *entry(&spaces[0], VIRTUAL, 0) &= ~PTE_W;
    asm volatile("sfence.vma %0, zero" : : "r"((uint64_t)VIRTUAL) : "memory");
    store_as(SUPERVISOR, &spaces[0], VIRTUAL, 1);
    check_fault("write taken away", STORE_PAGE, VIRTUAL);
    load(0, 1, VIRTUAL + PAGE);
    check_fault("not mapped", LOAD_PAGE, VIRTUAL + PAGE);
    point(0, VIRTUAL + PAGE, 2, 0);
    sfence();
    check("mapped since", load(0, 1, VIRTUAL + PAGE), 102);

    /* Global pages: a fence of an ASID may leave them, one of an address may not. */
    for (unsigned i = 0; i < 2; i++)
        point(i, GLOBAL, 1, PTE_G);
    check("global", load(0, 1, GLOBAL) + load(1, 2, GLOBAL), 202);
    for (unsigned i = 0; i < 2; i++)
        point(i, GLOBAL, 2, PTE_G);
    asm volatile("sfence.vma %0, zero" : : "r"((uint64_t)GLOBAL) : "memory");
    check("global, fence of an address", load(0, 1, GLOBAL) + load(1, 2, GLOBAL), 204);
    for (unsigned i = 0; i < 2; i++)
        point(i, GLOBAL, 3, PTE_G);
    sfence();
    check("global, fence of everything", load(0, 1, GLOBAL) + load(1, 2, GLOBAL), 206);

    /* A large page split in place. */
    map(&spaces[1], 0x50000000, 0x80000000, PTE_V | PTE_RWX | PTE_AD, 1);
    uint64_t inside = 0x50000000 + ((uint64_t)pages[1] & 0x1fffff);
    check("large page", load(1, 2, inside), 101);
    *entry(&spaces[1], 0x50000000, 1) = 0;
    map(&spaces[1], inside, (uint64_t)pages[2], PTE_V | PTE_RWX | PTE_AD, 0);
    asm volatile("sfence.vma %0, zero" : : "r"((uint64_t)0x50000000) : "memory");
    check("split, fence of its first address", load(1, 2, inside), 102);
    check_fault("no fault", NO_FAULT, 0);
    return (int)failures();
}
