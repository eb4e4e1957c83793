/* Guest physical memory: regions, host addresses, and accesses at their edges. */
#include "tests/system/board.h"

#define RAM     UINT64_C(0x80000000)
#define RAM_END (RAM + (16 << 20))

TestSuite(memory, .init = board_create, .timeout = 60);

Test(memory, regions)
{
    cr_assert_str_eq(memory_find(&board.memory, RAM)->name, "ram");
    cr_assert_str_eq(memory_find(&board.memory, RAM_END - 1)->name, "ram");
    cr_assert_null(memory_find(&board.memory, RAM_END));
    cr_assert_null(memory_find(&board.memory, 0));
    cr_assert_null(memory_find(&board.memory, UINT64_MAX));
    cr_assert_str_eq(memory_find(&board.memory, 0x10000007)->name, "serial");
    cr_assert_null(memory_find(&board.memory, 0x10000008));
    cr_assert_str_eq(memory_find(&board.memory, 0x1000)->name, "mrom");
}

Test(memory, host_addresses)
{
    struct memory *m = &board.memory;
    uint8_t *start = memory_host(m, RAM, 1, true);
    cr_assert_not_null(start);
    cr_assert_eq(memory_host(m, RAM + 100, 8, true), start + 100);
    cr_assert_eq(memory_host(m, RAM, 16 << 20, true), start, "all of it");
    cr_assert_null(memory_host(m, RAM, (16 << 20) + 1, true));
    cr_assert_null(memory_host(m, RAM_END - 4, 8, false));
    cr_assert_null(memory_host(m, RAM + 8, UINT64_MAX, false), "the end wraps");
    cr_assert_null(memory_host(m, RAM - 8, 16, false));
    cr_assert_null(memory_host(m, 0x10000000, 1, false), "a device is no memory");
    cr_assert_not_null(memory_host(m, 0x1000, 16, false));
    cr_assert_null(memory_host(m, 0x1000, 16, true), "ROM is not written");
}

Test(memory, copies)
{
    struct memory *m = &board.memory;
    char text[8] = "";
    cr_assert(memory_write(m, RAM_END - 8, "1234567", 8));
    cr_assert(memory_read(m, RAM_END - 8, text, 8));
    cr_assert_str_eq(text, "1234567");
    cr_assert_not(memory_write(m, RAM_END - 7, "1234567", 8));
    cr_assert_not(memory_read(m, 0x10000000, text, 1));
    cr_assert_not(memory_write(m, 0x1000, text, 1));
}

Test(memory, slow_accesses)
{
    struct memory *m = &board.memory;
    uint64_t value;
    board_write(RAM + 3, 4, 0x11223344);
    cr_assert_eq(board_read(RAM + 3, 4), 0x11223344, "RAM may be misaligned");
    cr_assert_eq(board_read(RAM + 4, 2), 0x2233);
    cr_assert_eq(board_read(0x1000, 8), 0);
    cr_assert_not(memory_io_write(m, 0x1000, 8, 1), "ROM");
    cr_assert_not(memory_io_read(m, RAM_END - 4, 8, &value));
    cr_assert_not(memory_io_read(m, RAM_END, 4, &value));
    cr_assert_not(memory_io_read(m, 0xc000002, 4, &value), "misaligned");
    cr_assert_not(memory_io_read(m, 0xc000000, 8, &value), "the PLIC has words only");
    cr_assert_not(memory_io_read(m, UINT64_MAX - 3, 8, &value));
    cr_assert_eq(value, 0);
}
