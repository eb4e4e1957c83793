/*
 * Code is found by what page tables say at the time: one address in two address spaces, the same
 * address remapped, code seen at two addresses, code that runs from one page into the next of which
 * one is replaced; and calls between pages that have run many times before.
 */
#include "program.h"

enum { VIRTUAL = 0x40000000, ALIAS = 0x48000000, ROUNDS = 200 };
static struct space a, b;

static uint64_t call(struct space *s, unsigned asid, uint64_t address)
{
    return run_as(SUPERVISOR, space_satp(s, asid), (void *)fetch, address);
}

static void point(struct space *s, uint64_t virtual, void *page)
{
    map(s, virtual, (uint64_t)page, PTE_V | PTE_RWX | PTE_AD, 0);
}

/* A loop in one page that calls through a pointer into another: 16 calls, results added. */
static const uint32_t caller[] = {
    0xff010113, /* addi sp, sp, -16 */
    0x00113423, /* sd ra, 8(sp) */
    0x00813023, /* sd s0, 0(sp) */
    0x01000293, /* li t0, 16 */
    0x00000413, /* li s0, 0 */
    0,          /* jal ra, the page behind: made below */
    0x00a40433, /* add s0, s0, a0 */
    0xfff28293, /* addi t0, t0, -1 */
    0xfe029ae3, /* bnez t0, .-12 */
    0x00040513, /* mv a0, s0 */
    0x00813083, /* ld ra, 8(sp) */
    0x00013403, /* ld s0, 0(sp) */
    0x01010113, /* addi sp, sp, 16 */
    0x00008067, /* ret */
};

int main(void)
{
    uint32_t *pages[4];
    pmp_open();
    no_fault();
    for (unsigned i = 0; i < 4; i++) {
        pages[i] = (uint32_t *)page_new();
        write_function(pages[i], 10 + i);
    }
    uint32_t *loop = (uint32_t *)page_new();
    for (unsigned i = 0; i < sizeof caller / sizeof caller[0]; i++)
        loop[i] = caller[i];
    uint32_t offset = PAGE - 5 * 4;
    loop[5] = (offset & 0x7fe) << 20 | (offset & 0x800) << 9 | (offset & 0xff000) | 0xef;
    fence_i();
    space_create(&a, SV39);
    space_create(&b, SV39);
    map_program(&a, 0);
    map_program(&b, 0);
    point(&a, VIRTUAL, pages[0]);
    point(&b, VIRTUAL, pages[1]);
    uint64_t sum = 0;
    for (unsigned i = 0; i < ROUNDS; i++)
        sum += call(&a, 1, VIRTUAL) * 1000 + call(&b, 2, VIRTUAL);
    check("one address, two spaces", sum, ROUNDS * 10011);

    point(&a, VIRTUAL, pages[2]);
    asm volatile("sfence.vma %0, zero" : : "r"((uint64_t)VIRTUAL) : "memory");
    check("remapped", call(&a, 1, VIRTUAL), 12);
    check("the other space", call(&b, 2, VIRTUAL), 11);
    point(&a, ALIAS, pages[2]);
    check("an alias", call(&a, 1, ALIAS), 12);
    write_function(pages[2], 77);
    fence_i();
    check("written, seen at the one", call(&a, 1, VIRTUAL), 77);
    check("written, seen at the other", call(&a, 1, ALIAS), 77);

    /* A loop that calls the page behind, which is replaced. */
    point(&a, VIRTUAL, loop);
    point(&a, VIRTUAL + PAGE, pages[0]);
    sfence();
    for (unsigned i = 0; i < ROUNDS; i++)
        check(i % 50 ? "" : "a call into the next page", call(&a, 1, VIRTUAL), 160);
    point(&a, VIRTUAL + PAGE, pages[3]);
    asm volatile("sfence.vma %0, zero" : : "r"((uint64_t)VIRTUAL + PAGE) : "memory");
    check("the next page replaced", call(&a, 1, VIRTUAL), 16 * 13);
    point(&b, VIRTUAL, loop);
    point(&b, VIRTUAL + PAGE, pages[1]);
    sfence();
    sum = 0;
    for (unsigned i = 0; i < ROUNDS; i++)
        sum += call(&a, 1, VIRTUAL) * 1000 + call(&b, 2, VIRTUAL);
    check("the same caller in two spaces", sum, ROUNDS * (208 * 1000 + 176));
    check_fault("no fault", NO_FAULT, 0);

    /* Address 0 is one like others. */
    space_create(&a, SV39);
    map_program(&a, 0);
    point(&a, 0, pages[0]);
    check("code at 0", call(&a, 3, 0), 10);
    check("again", call(&a, 3, 0), 10);
    point(&a, 0, pages[1]);
    asm volatile("sfence.vma zero, zero" : : : "memory");
    check("remapped", call(&a, 3, 0), 11);
    point(&a, VIRTUAL, loop);
    point(&a, VIRTUAL + PAGE, pages[0]);
    sfence();
    check("a call into the next page", call(&a, 3, VIRTUAL), 160);
    *entry(&a, VIRTUAL + PAGE, 0) = 0;
    asm volatile("sfence.vma %0, zero" : : "r"((uint64_t)VIRTUAL + PAGE) : "memory");
    call(&a, 3, VIRTUAL);
    check_fault("the next page gone", FETCH_PAGE, VIRTUAL + PAGE);
    return (int)failures();
}
