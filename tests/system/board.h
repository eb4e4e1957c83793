/* The machine virt, standing still: its devices, and harts whose interrupt inputs can be read. */
#ifndef FERRY_TESTS_SYSTEM_BOARD_H
#define FERRY_TESTS_SYSTEM_BOARD_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "softmmu-system/chardev.h"
#include "softmmu-system/hart.h"
#include "softmmu-system/loop.h"
#include "softmmu-system/machine.h"
#include "translator/translator.h"

enum { BOARD_HARTS = 2 };

static struct machine board;
static struct cpu_config board_cpu;

/* All devices are started and reset; the clock stands until board_run_clock. */
static inline void board_create(void)
{
    char error[256] = "";
    machine_init(&board);
    loop_init(&board);
    board.class = machine_class_find("virt");
    board.arch = board.class->arch;
    board.ram_size = 16 << 20;
    board.nharts = BOARD_HARTS;
    board.arch->frontend->parse_cpu(NULL, &board_cpu, error, sizeof error);
    board.cpu = &board_cpu;
    cr_assert(board.class->create(&board, error, sizeof error), "%s", error);
    for (struct device *d = board.devices; d; d = d->next)
        cr_assert(device_start(d, error, sizeof error), "%s", error);
    struct translator_options options = {.frontend = board.arch->frontend,
                                         .config = board_cpu,
                                         .int_pins = -1,
                                         .float_pins = -1,
                                         .host_features = UINT32_MAX};
    struct translator *t = translator_create(&options);
    for (unsigned i = 0; i < BOARD_HARTS; i++) {
        board.harts[i] = hart_create(&board, board.arch, t, i);
        board.arch->reset(board.harts[i]);
    }
    for (struct device *d = board.devices; d; d = d->next)
        device_reset(d);
}

/* Register accesses as a hart makes them, which must succeed. */
static inline uint64_t board_read(uint64_t address, unsigned size)
{
    uint64_t value;
    cr_assert(memory_io_read(&board.memory, address, size, &value), "read of %u at 0x%llx refused",
              size, (unsigned long long)address);
    return value;
}

static inline void board_write(uint64_t address, unsigned size, uint64_t value)
{
    cr_assert(memory_io_write(&board.memory, address, size, value), "write of %u at 0x%llx refused",
              size, (unsigned long long)address);
}

/* A hart's interrupt input, numbered as in mip. */
static inline bool board_line(unsigned hart, unsigned number)
{
    return board.harts[hart]->lines >> number & 1;
}

#endif
