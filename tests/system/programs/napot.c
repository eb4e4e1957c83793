/*
 * Svnapot: sixteen entries of a 64 KiB page, of which any may be read, all name the same memory;
 * other sizes and large pages with N fault.
 *
 * qemu: -cpu rv64,svnapot=on
 */
#include "program.h"

int main(void)
{
    struct space s;
    uint64_t virtual = 0x40000000, size = 65536;
    uint8_t *data = pages_new(size);
    pmp_open();
    no_fault();
    space_create(&s, SV39);
    map_program(&s, 0);
    for (unsigned i = 0; i < 16; i++) {
        *entry(&s, virtual + i * PAGE, 0) =
            ((uint64_t)data >> 12 | 8) << 10 | PTE_N | PTE_V | PTE_RWX | PTE_AD;
        *(uint64_t *)(data + i * PAGE + 8) = 1000 + i;
    }
    for (unsigned i = 0; i < 16; i++)
        check("load", load_as(SUPERVISOR, &s, virtual + i * PAGE + 8), 1000 + i);
    store_as(SUPERVISOR, &s, virtual + size - 8, 0xabcdef);
    check("store", *(uint64_t *)(data + size - 8), 0xabcdef);
    write_function(data + 5 * PAGE, 55);
    fence_i();
    check("fetch", fetch_as(SUPERVISOR, &s, virtual + 5 * PAGE), 55);
    check_fault("no fault", NO_FAULT, 0);

    /* A fence of one address is enough for all of the page. */
    uint8_t *other = pages_new(size);
    for (unsigned i = 0; i < 16; i++) {
        *entry(&s, virtual + i * PAGE, 0) =
            ((uint64_t)other >> 12 | 8) << 10 | PTE_N | PTE_V | PTE_RWX | PTE_AD;
        *(uint64_t *)(other + i * PAGE + 8) = 2000 + i;
    }
    asm volatile("sfence.vma %0, zero" : : "r"(virtual + 3 * PAGE) : "memory");
    for (unsigned i = 0; i < 16; i += 5)
        check("after a fence of one address", load_as(SUPERVISOR, &s, virtual + i * PAGE + 8),
              2000 + i);

    for (unsigned low = 0; low < 16; low += low < 8 ? 4 : 1) {
        if (low == 8)
            continue;
        uint64_t at = virtual + low * PAGE;
        *entry(&s, at, 0) = ((uint64_t)data >> 12 | low) << 10 | PTE_N | PTE_V | PTE_RWX | PTE_AD;
        sfence();
        load_as(SUPERVISOR, &s, at);
        check_fault("a size that does not exist", LOAD_PAGE, at);
    }
    map(&s, 0x40200000, 0x80000000, PTE_N | PTE_V | PTE_RWX | PTE_AD, 1);
    sfence();
    load_as(SUPERVISOR, &s, 0x40200000);
    check_fault("a large page", LOAD_PAGE, 0x40200000);
    return (int)failures();
}
