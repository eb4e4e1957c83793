/*
 * Page-table entries that no manual allows fault: invalid, writable but not readable, reserved
 * bits, pointers with bits of leaves or with no table below.
 */
#include "program.h"

static void bad(const char *what, uint64_t flags)
{
    struct space s;
    uint64_t virtual = 0x40000000, *data = page_new();
    space_create(&s, SV39);
    map_program(&s, 0);
    map(&s, virtual, (uint64_t)data, PTE_V | PTE_RWX | PTE_AD, 0);
    load_as(SUPERVISOR, &s, virtual);
    check_fault("good", NO_FAULT, 0);
    *entry(&s, virtual, 0) = (uint64_t)data >> 12 << 10 | flags;
    sfence();
    load_as(SUPERVISOR, &s, virtual + 8);
    check_fault(what, LOAD_PAGE, virtual + 8);
    store_as(SUPERVISOR, &s, virtual + 16, 0);
    check_fault(what, STORE_PAGE, virtual + 16);
    fetch_as(SUPERVISOR, &s, virtual + 4);
    check_fault(what, FETCH_PAGE, virtual + 4);
}

static void bad_pointer(const char *what, uint64_t flags)
{
    struct space s;
    uint64_t virtual = 0x40000000;
    space_create(&s, SV39);
    map_program(&s, 0);
    map(&s, virtual, (uint64_t)page_new(), PTE_V | PTE_RWX | PTE_AD, 0);
    *entry(&s, virtual, 1) |= flags;
    sfence();
    load_as(SUPERVISOR, &s, virtual);
    check_fault(what, LOAD_PAGE, virtual);
}

int main(void)
{
    pmp_open();
    no_fault();
    bad("not valid", PTE_RWX | PTE_AD);
    bad("only writable", PTE_V | PTE_W | PTE_AD);
    bad("writable and executable", PTE_V | PTE_W | PTE_X | PTE_AD);
    for (unsigned bit = 54; bit <= 60; bit++)
        bad("reserved bit", PTE_V | PTE_RWX | PTE_AD | UINT64_C(1) << bit);
    bad("memory type, not enabled", PTE_V | PTE_RWX | PTE_AD | PTE_PBMT(1));
    bad("pointer at the lowest level", PTE_V);
    bad_pointer("pointer with A", PTE_A);
    bad_pointer("pointer with D", PTE_D);
    bad_pointer("pointer with U", PTE_U);
    bad_pointer("pointer with memory type", PTE_PBMT(1));
    bad_pointer("pointer with N", PTE_N);
    return (int)failures();
}
