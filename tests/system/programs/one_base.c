/*
 * Several accesses by one register, byte tables, loops: what a translator may look up once for all of
 * them must still be as if each were done alone, across pages that lie anywhere, where one page of them
 * is read-only or missing, and where the right to access it is taken back between two of them.
 */
#include "program.h"

enum { VIRTUAL = 0x40000000, SECOND = VIRTUAL + PAGE, FIELDS = 8, TABLE = 256 };

static struct space space;
static uint8_t *first, *second;

/* Accesses of one register: each is one instruction of four bytes, and what faults is passed over. */
asm(".option push; .option norvc\n"
    ".globl sum_fields, fill_fields, bump, sum_table, far_table, copy, until_zero, in_between\n"
    "sum_fields:\n"
    "    li a6, 0\n"
    "    ld a1, 0(a0); ld a2, 8(a0); ld a3, 16(a0); ld a4, 24(a0)\n"
    "    add a6, a6, a1; add a6, a6, a2; add a6, a6, a3; add a6, a6, a4\n"
    "    ld a1, 32(a0); ld a2, 40(a0); ld a3, 48(a0); ld a4, 56(a0)\n"
    "    add a6, a6, a1; add a6, a6, a2; add a6, a6, a3; add a0, a6, a4\n"
    "    ret\n"
    "fill_fields:\n" /* with 1 to 8 */
    "    li a1, 1; sd a1, 0(a0); li a1, 2; sd a1, 8(a0)\n"
    "    li a1, 3; sd a1, 16(a0); li a1, 4; sd a1, 24(a0)\n"
    "    li a1, 5; sd a1, 32(a0); li a1, 6; sd a1, 40(a0)\n"
    "    li a1, 7; sd a1, 48(a0); li a1, 8; sd a1, 56(a0)\n"
    "    ret\n"
    "bump:\n" /* a load and a store of one word: the old value */
    "    ld a1, 0(a0); addi a2, a1, 1; sd a2, 0(a0); mv a0, a1\n"
    "    ret\n"
    "sum_table:\n" /* of words, by each of 256 bytes: sums, so the order does not count */
    "    li a1, 0; li a2, 256; li a5, 0\n"
    "1:  andi a3, a1, 255; slli a3, a3, 2; add a3, a0, a3; lw a4, 0(a3)\n"
    "    addi a1, a1, 1; add a5, a5, a4; bne a1, a2, 1b\n"
    "    mv a0, a5\n"
    "    ret\n"
    "far_table:\n" /* of bytes, 4 GiB higher, by the byte here */
    "    li a2, 1; slli a2, a2, 32\n"
    "    lbu a1, 0(a0); add a1, a0, a1; add a1, a1, a2; lbu a0, 0(a1)\n"
    "    ret\n"
    "copy:\n" /* 200 bytes, from 4096 higher on */
    "    li a1, 4096; add a1, a0, a1; li a2, 200; add a2, a0, a2\n"
    "1:  lbu a3, 0(a1); sb a3, 0(a0); addi a1, a1, 1; addi a0, a0, 1; bne a0, a2, 1b\n"
    "    ret\n"
    "until_zero:\n" /* the address of the first zero byte */
    "1:  li a1, 0; lbu a1, 0(a0); addi a0, a0, 1; bnez a1, 1b\n"
    "    addi a0, a0, -1\n"
    "    ret\n"
    "in_between:\n" /* SUM is cleared between two loads */
    "    mv a1, a0; li a0, 0; li a2, 0\n"
    "    lui t0, 0x40; csrs sstatus, t0\n"
    "    ld a0, 0(a1); ld a2, 8(a1)\n"
    "    lui t0, 0x40; csrc sstatus, t0\n"
    "    ld a2, 16(a1); add a0, a0, a2\n"
    "    ret\n"
    ".option pop\n");
uint64_t sum_fields(uint64_t), fill_fields(uint64_t), bump(uint64_t), sum_table(uint64_t),
    far_table(uint64_t), copy(uint64_t), until_zero(uint64_t), in_between(uint64_t);
_Static_assert(MSTATUS_SUM == 0x40 << 12, "in_between");

/* The second time the page is known. */
static uint64_t twice(uint64_t address)
{
    return in_between(address) + in_between(address);
}

static uint64_t far_twice(uint64_t address)
{
    return far_table(address) + far_table(address);
}

static uint64_t run(uint64_t (*function)(uint64_t), uint64_t address)
{
    return run_as(SUPERVISOR, space_satp(&space, 0), (void *)function, address);
}

/* Where a byte of the two pages is. */
static uint8_t *byte(uint64_t address)
{
    return address < SECOND ? &first[address - VIRTUAL] : &second[address - SECOND];
}

static void map_pages(uint64_t first_flags, uint64_t second_flags)
{
    map(&space, VIRTUAL, (uint64_t)first, first_flags, 0);
    map(&space, SECOND, (uint64_t)second, second_flags, 0);
    sfence();
}

static void put8(uint64_t address, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        *byte(address + i) = (uint8_t)(value >> 8 * i);
}

static uint64_t get8(uint64_t address)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++)
        value |= (uint64_t)*byte(address + i) << 8 * i;
    return value;
}

static void across_the_pages(void)
{
    for (uint64_t base = SECOND - 72; base <= SECOND + 8; base += 4) {
        uint64_t right = 0, sum = 0;
        for (unsigned i = 0; i < FIELDS; i++) {
            put8(base + 8 * i, 0x0101010101010101 * i + base);
            sum += 0x0101010101010101 * i + base;
        }
        check("loads", run(sum_fields, base), sum);
        run(fill_fields, base);
        for (unsigned i = 0; i < FIELDS; i++)
            right += get8(base + 8 * i) == i + 1;
        check("stores", right, FIELDS);
    }
    uint64_t sum = 0, table = SECOND - 4 * TABLE / 2 + 2;
    for (unsigned i = 0; i < TABLE; i++) {
        for (unsigned k = 0; k < 4; k++)
            *byte(table + 4 * i + k) = (uint8_t)(k < 2 ? i * 7 + k : 0);
        sum += (uint8_t)(i * 7) + 256 * (uint8_t)(i * 7 + 1);
    }
    check("table", run(sum_table, table), sum);
    check_fault("no fault", NO_FAULT, 0);
}

static void with_one_page(void)
{
    for (unsigned i = 0; i < FIELDS; i++)
        put8(SECOND - 32 + 8 * i, 100);
    map_pages(PTE_V | PTE_R | PTE_W | PTE_AD, 0);
    run(sum_fields, SECOND - 32);
    check_fault("second page missing, loads", LOAD_PAGE, SECOND + 24);
    run(fill_fields, SECOND - 32);
    check_fault("second page missing, stores", STORE_PAGE, SECOND + 24);
    check("stored before", get8(SECOND - 8), 4);
    map_pages(PTE_V | PTE_R | PTE_AD, PTE_V | PTE_R | PTE_W | PTE_AD);
    check("read-only, old value", run(bump, SECOND - 32), 1);
    check_fault("read-only", STORE_PAGE, SECOND - 32);
    check("not stored", get8(SECOND - 32), 1);
    check("writable, old value", run(bump, SECOND), 100);
    check("stored", get8(SECOND), 101);
    check_fault("no fault", NO_FAULT, 0);
}

static void loops(void)
{
    map_pages(PTE_V | PTE_R | PTE_W | PTE_AD, PTE_V | PTE_R | PTE_W | PTE_AD);
    for (uint64_t from = SECOND + 5; from < SECOND + 8; from++) {
        for (unsigned i = 0; i < 200; i++)
            *byte(from + i) = (uint8_t)(from + 3 * i);
        run(copy, from - PAGE);
        uint64_t right = 0;
        for (unsigned i = 0; i < 200; i++)
            right += *byte(from - PAGE + i) == (uint8_t)(from + 3 * i);
        check("copied", right, 200);
    }
    for (unsigned i = 0; i < 64; i++)
        *byte(SECOND - 32 + i) = 1;
    for (unsigned end = 0; end < 9; end++) {
        *byte(SECOND - 4 + end) = 0;
        check("end", run(until_zero, SECOND - 32), SECOND - 4 + end);
        *byte(SECOND - 4 + end) = 1;
    }
    for (unsigned start = 1; start < 6; start++) { /* the load that faults finds a zero */
        *byte(SECOND - 1) = 1;
        map_pages(PTE_V | PTE_R | PTE_AD, 0);
        run(until_zero, SECOND - start);
        check("faults at the load", fault.pc, (uint64_t)until_zero + 4);
        check_fault("in a round", LOAD_PAGE, SECOND);
        map_pages(PTE_V | PTE_R | PTE_W | PTE_AD, PTE_V | PTE_R | PTE_W | PTE_AD);
    }
}

int main(void)
{
    pmp_open();
    no_fault();
    space_create(&space, SV39);
    map_program(&space, 0);
    second = (uint8_t *)page_new(); /* not behind the first */
    page_new();
    first = (uint8_t *)page_new();
    map_pages(PTE_V | PTE_R | PTE_W | PTE_AD, PTE_V | PTE_R | PTE_W | PTE_AD);
    across_the_pages();
    with_one_page();
    loops();
    map(&space, VIRTUAL - (UINT64_C(1) << 32), (uint64_t)second, PTE_V | PTE_R | PTE_AD, 0);
    sfence();
    second[0] = 3;
    first[3] = 21;
    check("a table far away", run(far_twice, VIRTUAL - (UINT64_C(1) << 32)), 42);
    map_pages(PTE_V | PTE_R | PTE_W | PTE_U | PTE_AD, 0);
    put8(VIRTUAL, 40);
    put8(VIRTUAL + 8, 2);
    put8(VIRTUAL + 16, 1000);
    check("allowed for two loads, not for the third", run(twice, VIRTUAL), 84);
    check_fault("its fault", LOAD_PAGE, VIRTUAL + 16);
    return (int)failures();
}
