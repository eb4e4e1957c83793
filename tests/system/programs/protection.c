/*
 * Physical memory protection: nothing for lower privileges where no entry matches; OFF, TOR, NA4
 * and NAPOT; the entry of the lowest number decides; machine mode only by locked ones, which cannot
 * be changed; permissions that divide a page; page tables in protected memory.
 *
 * qemu: none 7.2 keeps reserved bits
 */
#include "program.h"

enum { R = 1, W = 2, X = 4, TOR = 8, NA4 = 16, NAPOT = 24, LOCKED = 128 };

static uint64_t napot(uint64_t address, uint64_t size)
{
    return address >> 2 | ((size >> 3) - 1);
}

static void all_off(void)
{
    csr_write(pmpcfg0, 0);
    csr_write(pmpcfg2, 0);
}

/* Configurations of entries 0 to 3; entry 7 opens the rest. */
static void configure(unsigned c0, unsigned c1, unsigned c2, unsigned c3)
{
    csr_write(pmpaddr7, -1);
    csr_write(pmpcfg0,
              (uint64_t)(NAPOT | R | W | X) << 56 | (uint64_t)c3 << 24 | c2 << 16 | c1 << 8 | c0);
    sfence();
}

static uint64_t cause_of_load(uint64_t address)
{
    csr_clear(mstatus, MSTATUS_MPP);
    csr_set(mstatus, (uint64_t)SUPERVISOR << 11);
    mprv_load8(address);
    uint64_t cause = fault.cause;
    no_fault();
    return cause;
}

static uint64_t cause_of_store(uint64_t address)
{
    csr_clear(mstatus, MSTATUS_MPP);
    csr_set(mstatus, (uint64_t)SUPERVISOR << 11);
    mprv_store8(address, 0);
    uint64_t cause = fault.cause;
    no_fault();
    return cause;
}

static void registers(void)
{
    all_off();
    csr_write(pmpaddr3, -1);
    check("pmpaddr has bits 55 to 2", csr_read(pmpaddr3), (UINT64_C(1) << 54) - 1);
    csr_write(pmpcfg0, 0x7f);
    check("reserved bits of a configuration", csr_read(pmpcfg0), 0x1f);
    all_off();
}

static void matching(uint64_t page)
{
    all_off();
    check("no entry, load", cause_of_load(page), LOAD_ACCESS);
    check("no entry, store", cause_of_store(page), STORE_ACCESS);
    load8(page);
    check_fault("no entry, machine mode", NO_FAULT, 0);

    csr_write(pmpaddr0, napot(page, PAGE));
    configure(NAPOT, 0, 0, 0);
    check("NAPOT without R", cause_of_load(page), LOAD_ACCESS);
    check("NAPOT, page before", cause_of_load(page - 8), NO_FAULT);
    check("NAPOT, page behind", cause_of_load(page + PAGE), NO_FAULT);
    configure(NAPOT | R, 0, 0, 0);
    check("NAPOT read-only, load", cause_of_load(page), NO_FAULT);
    check("NAPOT read-only, store", cause_of_store(page), STORE_ACCESS);
    csr_write(pmpaddr1, napot(page, PAGE));
    configure(NAPOT | R, NAPOT | R | W, 0, 0);
    check("the first that matches decides", cause_of_store(page), STORE_ACCESS);
    configure(0, NAPOT | R | W, 0, 0);
    check("not one that is off", cause_of_store(page), NO_FAULT);

    csr_write(pmpaddr0, page >> 2);
    csr_write(pmpaddr1, (page + PAGE) >> 2);
    configure(0, TOR | R, 0, 0);
    check("TOR, load", cause_of_load(page + PAGE - 8), NO_FAULT);
    check("TOR, store", cause_of_store(page), STORE_ACCESS);
    check("TOR, before", cause_of_store(page - 8), NO_FAULT);
    check("TOR, behind", cause_of_store(page + PAGE), NO_FAULT);
    csr_write(pmpaddr0, (page + PAGE) >> 2);
    configure(0, TOR, 0, 0);
    check("TOR of nothing", cause_of_load(page), NO_FAULT);
}

static void divided(uint64_t page)
{
    csr_write(pmpaddr0, page >> 2 | 16);
    configure(NA4, 0, 0, 0);
    check("NA4", cause_of_load(page + 64), LOAD_ACCESS);
    check("NA4, word behind", cause_of_load(page + 68), NO_FAULT);
    check("NA4, word before", cause_of_load(page + 56), NO_FAULT);
    check("NA4, half of the access", cause_of_load(page + 60), LOAD_ACCESS);
    csr_write(pmpaddr0, napot(page + 1024, 1024));
    configure(NAPOT | R, 0, 0, 0);
    for (unsigned i = 0; i < 3; i++) { /* whatever order they come in */
        check("a quarter of a page, store", cause_of_store(page + 1024 + i * 512),
              i < 2 ? STORE_ACCESS : NO_FAULT);
        check("a quarter of a page, load", cause_of_load(page + 1024 + i * 8), NO_FAULT);
        check("the quarter before, store", cause_of_store(page + 1016 - i * 8), NO_FAULT);
    }
}

static void walks(uint64_t page)
{
    struct space s;
    all_off();
    csr_write(pmpaddr7, -1);
    configure(0, 0, 0, 0);
    space_create(&s, SV39);
    map_program(&s, 0);
    map(&s, 0x40000000, page, PTE_V | PTE_RWX | PTE_AD, 0);
    uint64_t table = (uint64_t)entry(&s, 0x40000000, 0);
    csr_write(pmpaddr0, napot(table & -(uint64_t)PAGE, PAGE));
    configure(NAPOT, 0, 0, 0);
    load_as(SUPERVISOR, &s, 0x40000000);
    check_fault("table that may not be read, load", LOAD_ACCESS, 0x40000000);
    store_as(SUPERVISOR, &s, 0x40000000, 1);
    check_fault("table that may not be read, store", STORE_ACCESS, 0x40000000);
    fetch_as(SUPERVISOR, &s, 0x40000000);
    check_fault("table that may not be read, fetch", FETCH_ACCESS, 0x40000000);
    configure(NAPOT | R, 0, 0, 0);
    load_as(SUPERVISOR, &s, 0x40000000);
    check_fault("table that may be read", NO_FAULT, 0);
    csr_write(pmpaddr0, napot(page, PAGE));
    configure(NAPOT | R, 0, 0, 0);
    fetch_as(SUPERVISOR, &s, 0x40000000);
    check_fault("page without X", FETCH_ACCESS, 0x40000000);
}

static void locked(uint64_t page)
{
    csr_write(pmpaddr0, napot(page, PAGE));
    csr_write(pmpaddr1, page >> 2);
    csr_write(pmpaddr2, (page + 2 * PAGE) >> 2);
    configure(LOCKED | NAPOT | R, 0, LOCKED | TOR, 0);
    check("locked", csr_read(pmpcfg0) & 0xffffff, (LOCKED | TOR) << 16 | LOCKED | NAPOT | R);
    load8(page);
    check_fault("machine mode, load", NO_FAULT, 0);
    store8(page, 1);
    check_fault("machine mode, store", STORE_ACCESS, page);
    load8(page + PAGE);
    check_fault("machine mode, the second", LOAD_ACCESS, page + PAGE);
    csr_write(pmpaddr0, 0);
    check("address of a locked entry", csr_read(pmpaddr0), napot(page, PAGE));
    csr_write(pmpaddr1, 0);
    check("start of a locked range", csr_read(pmpaddr1), page >> 2);
    csr_write(pmpcfg0, 0);
    check("locked configurations stay", csr_read(pmpcfg0),
          (LOCKED | TOR) << 16 | LOCKED | NAPOT | R);
}

int main(void)
{
    uint64_t page = (uint64_t)pages_new(4 * PAGE) + PAGE;
    write_function((void *)page, 1);
    fence_i();
    no_fault();
    registers();
    matching(page);
    divided(page);
    walks(page);
    locked(page);
    return (int)failures();
}
