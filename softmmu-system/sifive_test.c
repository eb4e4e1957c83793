/*
 * The test finisher: one register by which a guest powers off, resets, or ends with a status. The
 * device tree's syscon-poweroff and syscon-reboot nodes name it.
 */
#include "softmmu-system/machine.h"

enum { TEST_FAIL = 0x3333, TEST_PASS = 0x5555, TEST_RESET = 0x7777 };

static void finish(struct device *d, unsigned index, uint64_t value)
{
    (void)index;
    switch (value & 0xffff) {
    case TEST_FAIL:
        machine_exit(d->machine, (int)(value >> 16));
        break;
    case TEST_PASS:
        machine_exit(d->machine, 0);
        break;
    case TEST_RESET:
        machine_request(d->machine, RUN_RESET);
        break;
    }
}

static const struct register_row registers[] = {
    {"finish", 0, 4, 1, 0, 0, 0, NULL, finish},
};

const struct device_class sifive_test_class = {
    .name = "riscv.sifive.test",
    .text = "power off, reset, exit status",
    .size = sizeof(struct device),
    .bus = BUS_MACHINE,
    .span = 0x1000,
    .access = 2 | 4,
    DEVICE_TABLE(registers, registers),
};
