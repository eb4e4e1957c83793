/*
 * Misaligned accesses across two pages: their bytes come from both, wherever these are; where one
 * is missing, the fault names the first byte that could not be reached and a store has changed
 * nothing.
 */
#include "program.h"

enum { VIRTUAL = 0x40000000, SECOND = VIRTUAL + PAGE };

int main(void)
{
    struct space s;
    uint8_t *first, *second;
    pmp_open();
    no_fault();
    space_create(&s, SV39);
    map_program(&s, 0);
    second = (uint8_t *)page_new(); /* not behind the first */
    page_new();
    first = (uint8_t *)page_new();
    map(&s, VIRTUAL, (uint64_t)first, PTE_V | PTE_RWX | PTE_AD, 0);
    map(&s, SECOND, (uint64_t)second, PTE_V | PTE_RWX | PTE_AD, 0);
    for (unsigned i = 0; i < 8; i++) {
        first[PAGE - 8 + i] = (uint8_t)(0xa0 + i);
        second[i] = (uint8_t)(0xb0 + i);
    }
    for (unsigned i = 1; i < 8; i++) {
        uint64_t wanted = 0;
        for (unsigned j = 0; j < 8; j++)
            wanted |= (uint64_t)(j < i ? 0xa0 + 8 - i + j : 0xb0 + j - i) << 8 * j;
        check("load", load_as(SUPERVISOR, &s, SECOND - i), wanted);
        store_as(SUPERVISOR, &s, SECOND - i, 0x1122334455667788);
        check("store", load_as(SUPERVISOR, &s, SECOND - i), 0x1122334455667788);
        store_as(SUPERVISOR, &s, SECOND - i, wanted);
    }
    check_fault("no fault", NO_FAULT, 0);

    *entry(&s, SECOND, 0) = 0;
    sfence();
    uint64_t before = load_as(SUPERVISOR, &s, SECOND - 8);
    for (unsigned i = 1; i < 8; i += 3) {
        load_as(SUPERVISOR, &s, SECOND - i);
        check_fault("second page missing, load", LOAD_PAGE, SECOND);
        store_as(SUPERVISOR, &s, SECOND - i, 0);
        check_fault("second page missing, store", STORE_PAGE, SECOND);
    }
    check("nothing stored", load_as(SUPERVISOR, &s, SECOND - 8), before);
    map(&s, SECOND, (uint64_t)second, PTE_V | PTE_R | PTE_AD, 0);
    *entry(&s, VIRTUAL, 0) = 0;
    sfence();
    load_as(SUPERVISOR, &s, SECOND - 3);
    check_fault("first page missing, load", LOAD_PAGE, SECOND - 3);
    store_as(SUPERVISOR, &s, SECOND - 3, 0);
    check_fault("first page missing, store", STORE_PAGE, SECOND - 3);
    map(&s, VIRTUAL, (uint64_t)first, PTE_V | PTE_RWX | PTE_AD, 0);
    sfence();
    store_as(SUPERVISOR, &s, SECOND - 3, 0);
    check_fault("second page read-only, store", STORE_PAGE, SECOND);
    check("nothing stored", load_as(SUPERVISOR, &s, SECOND - 8), before);

    /* An instruction of four bytes across the pages. */
    map(&s, SECOND, (uint64_t)second, PTE_V | PTE_RWX | PTE_AD, 0);
    uint8_t function[] = {0x13, 0x05, 0xb0, 0x04, 0x67, 0x80, 0x00, 0x00}; /* li a0, 75; ret */
    for (unsigned i = 0; i < 8; i++)
        *(i < 2 ? &first[PAGE - 2 + i] : &second[i - 2]) = function[i];
    fence_i();
    sfence();
    check("instruction across pages", fetch_as(SUPERVISOR, &s, SECOND - 2), 75);
    *entry(&s, SECOND, 0) = 0;
    sfence();
    fetch_as(SUPERVISOR, &s, SECOND - 2);
    check("its fault's pc", fault.pc, SECOND - 2);
    check_fault("its second half missing", FETCH_PAGE, SECOND);
    return (int)failures();
}
