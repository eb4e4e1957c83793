/*
 * Pages of every size in every mode reach the memory they name, at their first and last bytes, for
 * loads, stores and fetches; a large page whose number has low bits set faults.
 */
#include "program.h"

static void large_page(struct space *s, unsigned level)
{
    uint64_t size = UINT64_C(1) << (12 + 9 * level), virtual = UINT64_C(1) << 37;
    uint64_t offset = 0x80000000 % size; /* where RAM is in the page */
    if (level > 2)
        virtual = size;
    uint64_t *data = page_new(), *code = page_new();
    print_hex(size);
    print(" bytes\n");
    if (level == 0)
        offset = (uint64_t)data & -size;
    map(s, virtual, level ? 0x80000000 - offset : (uint64_t)data, PTE_V | PTE_RWX | PTE_AD, level);
    uint64_t seen = level ? virtual + offset + ((uint64_t)data - 0x80000000) : virtual;
    data[3] = 0x1234567887654321;
    check("load", load_as(SUPERVISOR, s, seen + 24), 0x1234567887654321);
    store_as(SUPERVISOR, s, seen + PAGE - 8, 0xfeedface);
    check("store", data[PAGE / 8 - 1], 0xfeedface);
    check_fault("no fault so far", NO_FAULT, 0);
    if (level) {
        write_function(code, 42);
        fence_i();
        check("fetch", fetch_as(SUPERVISOR, s, seen + ((uint64_t)code - (uint64_t)data)), 42);
        map(s, virtual, 0x80000000 - offset + PAGE, PTE_V | PTE_RWX | PTE_AD, level);
        sfence();
        load_as(SUPERVISOR, s, seen);
        check_fault("misaligned number", LOAD_PAGE, seen);
    }
    *entry(s, virtual, level) = 0;
    sfence();
    load_as(SUPERVISOR, s, seen);
    check_fault("gone, load", LOAD_PAGE, seen);
    store_as(SUPERVISOR, s, seen, 0);
    check_fault("gone, store", STORE_PAGE, seen);
    fetch_as(SUPERVISOR, s, seen);
    check_fault("gone, fetch", FETCH_PAGE, seen);
}

int main(void)
{
    pmp_open();
    no_fault();
    for (unsigned mode = SV39; mode <= SV57; mode++) {
        struct space s;
        space_create(&s, mode);
        map_program(&s, 0);
        csr_write(satp, space_satp(&s, 0));
        check("satp takes mode", csr_read(satp) >> 60, mode);
        csr_write(satp, 0);
        for (unsigned level = 0; level < mode - SV39 + 3; level++)
            large_page(&s, level);
    }
    csr_write(satp, UINT64_C(5) << 60 | 77);
    check("a mode that does not exist leaves satp", csr_read(satp), 0);
    return (int)failures();
}
