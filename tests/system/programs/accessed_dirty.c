/*
 * Accessed and dirty bits. Svade (menvcfg.ADUE clear): an access to a page without A, or a store to
 * one without D, faults and changes nothing. Svadu (set): the bits are set by the access; D not by
 * a load, neither by an access that faults.
 *
 * qemu: none 7.2 has neither Svade nor menvcfg.ADUE
 */
#include "program.h"

enum { VIRTUAL = 0x40000000 };
static struct space s;
static uint64_t *data;

static uint64_t set(uint64_t flags)
{
    map(&s, VIRTUAL, (uint64_t)data, flags, 0);
    sfence();
    return *entry(&s, VIRTUAL, 0);
}

static void bits(const char *what, uint64_t wanted)
{
    check(what, *(volatile uint64_t *)entry(&s, VIRTUAL, 0) & PTE_AD, wanted);
}

static void svade(void)
{
    set(PTE_V | PTE_RWX);
    load_as(SUPERVISOR, &s, VIRTUAL);
    check_fault("Svade: load, not accessed", LOAD_PAGE, VIRTUAL);
    fetch_as(SUPERVISOR, &s, VIRTUAL);
    check_fault("Svade: fetch, not accessed", FETCH_PAGE, VIRTUAL);
    store_as(SUPERVISOR, &s, VIRTUAL, 1);
    check_fault("Svade: store, not accessed", STORE_PAGE, VIRTUAL);
    bits("Svade: bits", 0);
    set(PTE_V | PTE_RWX | PTE_A);
    load_as(SUPERVISOR, &s, VIRTUAL);
    check_fault("Svade: load, accessed", NO_FAULT, 0);
    store_as(SUPERVISOR, &s, VIRTUAL, 1);
    check_fault("Svade: store, not dirty", STORE_PAGE, VIRTUAL);
    bits("Svade: bits", PTE_A);
    set(PTE_V | PTE_RWX | PTE_D);
    store_as(SUPERVISOR, &s, VIRTUAL, 1);
    check_fault("Svade: store, dirty but not accessed", STORE_PAGE, VIRTUAL);
}

static void svadu(void)
{
    set(PTE_V | PTE_RWX);
    load_as(SUPERVISOR, &s, VIRTUAL);
    bits("Svadu: after a load", PTE_A);
    store_as(SUPERVISOR, &s, VIRTUAL + 8, 5);
    bits("Svadu: after a store that followed", PTE_AD);
    check("Svadu: stored", data[1], 5);
    set(PTE_V | PTE_RWX);
    fetch_as(SUPERVISOR, &s, VIRTUAL + 64);
    bits("Svadu: after a fetch", PTE_A);
    set(PTE_V | PTE_RWX);
    store_as(SUPERVISOR, &s, VIRTUAL + 8, 6);
    bits("Svadu: after a store", PTE_AD);
    check_fault("Svadu: no fault", NO_FAULT, 0);
    set(PTE_V | PTE_R);
    store_as(SUPERVISOR, &s, VIRTUAL, 5);
    check_fault("Svadu: store to what is read-only", STORE_PAGE, VIRTUAL);
    bits("Svadu: after a fault", 0);
    set(PTE_V | PTE_RWX | PTE_U);
    load_as(SUPERVISOR, &s, VIRTUAL);
    check_fault("Svadu: load of what is the user's", LOAD_PAGE, VIRTUAL);
    bits("Svadu: after a fault", 0);
    /* Cleared by the kernel, and a fence: the next accesses set them again. */
    set(PTE_V | PTE_RWX);
    store_as(SUPERVISOR, &s, VIRTUAL + 8, 7);
    *entry(&s, VIRTUAL, 0) &= ~PTE_AD;
    asm volatile("sfence.vma %0, zero" : : "r"((uint64_t)VIRTUAL) : "memory");
    load_as(SUPERVISOR, &s, VIRTUAL + 8);
    bits("Svadu: load after they were cleared", PTE_A);
    store_as(SUPERVISOR, &s, VIRTUAL + 8, 8);
    bits("Svadu: store after they were cleared", PTE_AD);
}

int main(void)
{
    pmp_open();
    no_fault();
    data = page_new();
    write_function(data, 1);
    write_function(data + 8, 1);
    fence_i();
    space_create(&s, SV39);
    map_program(&s, 0);
    csr_clear(menvcfg, MENVCFG_ADUE);
    check("ADUE clear", csr_read(menvcfg) & MENVCFG_ADUE, 0);
    sfence();
    svade();
    csr_set(menvcfg, MENVCFG_ADUE);
    check("ADUE set", csr_read(menvcfg) & MENVCFG_ADUE, MENVCFG_ADUE);
    sfence();
    svadu();
    return (int)failures();
}
