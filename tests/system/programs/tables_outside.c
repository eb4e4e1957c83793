/*
 * A page table that is not in RAM is an access fault of whatever was to be translated.
 *
 * qemu: none 7.2 has page faults there
 */
#include "program.h"

static void outside(const char *what, uint64_t table)
{
    struct space s;
    uint64_t virtual = 0x40000000;
    space_create(&s, SV39);
    map_program(&s, 0);
    map(&s, virtual, table, PTE_V, 1);
    load_as(SUPERVISOR, &s, virtual);
    check_fault(what, LOAD_ACCESS, virtual);
    store_as(SUPERVISOR, &s, virtual, 1);
    check_fault(what, STORE_ACCESS, virtual);
    fetch_as(SUPERVISOR, &s, virtual);
    check_fault(what, FETCH_ACCESS, virtual);
}

int main(void)
{
    pmp_open();
    no_fault();
    outside("table where nothing is", 0x40000000);
    outside("table in a device", 0x10000000);
    outside("table beyond all memory", UINT64_C(0xfffffffffff000));
    return (int)failures();
}
