/*
 * Code that changes itself is executed as written after fence.i: by stores of machine mode, of
 * supervisor mode through another mapping, many times in one page; a page of code and data; and
 * what an AMO wrote.
 */
#include "program.h"

enum { CODE = 0x40000000, DATA = 0x48000000, ROUNDS = 300 };
static struct space s;

static uint64_t write_and_call(uint64_t number)
{
    write_function((void *)DATA, (unsigned)number);
    fence_i();
    return fetch(CODE);
}

static uint64_t amo_and_call(uint64_t number)
{
    write_function((void *)DATA, 0);
    fence_i();
    fetch(CODE);
    uint32_t *word = (uint32_t *)DATA;
    asm volatile("amoadd.w zero, %0, (%1)" : : "r"(number << 20), "r"(word) : "memory");
    fence_i();
    return fetch(CODE);
}

int main(void)
{
    uint32_t *page = (uint32_t *)page_new();
    uint64_t sum = 0;
    pmp_open();
    no_fault();
    for (unsigned i = 0; i < ROUNDS; i++) {
        write_function(page + i % 100 * 2, i);
        fence_i();
        sum += fetch((uint64_t)(page + i % 100 * 2));
    }
    check("machine mode", sum, ROUNDS * (ROUNDS - 1) / 2);

    space_create(&s, SV39);
    map_program(&s, 0);
    map(&s, CODE, (uint64_t)page, PTE_V | PTE_R | PTE_X | PTE_AD, 0);
    map(&s, DATA, (uint64_t)page, PTE_V | PTE_R | PTE_W | PTE_AD, 0);
    sum = 0;
    for (unsigned i = 0; i < ROUNDS; i++)
        sum += run_as(SUPERVISOR, space_satp(&s, 0), (void *)write_and_call, i);
    check("through another mapping", sum, ROUNDS * (ROUNDS - 1) / 2);
    check("by an AMO", run_as(SUPERVISOR, space_satp(&s, 0), (void *)amo_and_call, 321), 321);

    /* Data beside code: the stores do not change it, and are not lost. */
    write_function(page, 5);
    fence_i();
    sum = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        page[512] = i;
        sum += fetch((uint64_t)page) + page[512];
    }
    check("data beside code", sum, ROUNDS * 5 + ROUNDS * (ROUNDS - 1) / 2);
    check_fault("no fault", NO_FAULT, 0);
    return (int)failures();
}
