/* The PLIC: priorities, enables, thresholds, claim and complete, levels. */
#include "softmmu-system/plic.h"
#include "softmmu-system/riscv/riscv_hart.h"
#include "tests/system/board.h"

#define PLIC                    UINT64_C(0xc000000)
#define PRIORITY(source)        (PLIC + 4 * (source))
#define PENDING(source)         (PLIC + 0x1000 + (source) / 32 * 4)
#define ENABLE(context, source) (PLIC + 0x2000 + 0x80 * (context) + (source) / 32 * 4)
#define THRESHOLD(context)      (PLIC + 0x200000 + 0x1000 * (context))
#define CLAIM(context)          (THRESHOLD(context) + 4)

/* Contexts: M0 S0 M1 S1. */
TestSuite(plic, .init = board_create, .timeout = 60);

static void drive(unsigned source, bool level)
{
    struct irq_line line =
        plic_input(machine_find_device(&board, "riscv.sifive.plic", NULL), source);
    irq_set(&line, level);
}

static void enable(unsigned context, unsigned source)
{
    uint64_t word = ENABLE(context, source);
    board_write(word, 4, board_read(word, 4) | UINT32_C(1) << source % 32);
}

Test(plic, one_interrupt)
{
    board_write(PRIORITY(10), 4, 1);
    drive(10, true);
    cr_assert_eq(board_read(PENDING(10), 4), 1 << 10);
    cr_assert_not(board_line(0, RV_IRQ_SEI), "not enabled");
    enable(1, 10);
    cr_assert(board_line(0, RV_IRQ_SEI));
    cr_assert_not(board_line(0, RV_IRQ_MEI));
    cr_assert_not(board_line(1, RV_IRQ_SEI));
    cr_assert_eq(board_read(CLAIM(1), 4), 10);
    cr_assert_not(board_line(0, RV_IRQ_SEI), "in service");
    cr_assert_eq(board_read(PENDING(10), 4), 0);
    cr_assert_eq(board_read(CLAIM(1), 4), 0, "nothing else");
    drive(10, false);
    board_write(CLAIM(1), 4, 10);
    cr_assert_not(board_line(0, RV_IRQ_SEI));
}

Test(plic, still_up_at_completion)
{
    board_write(PRIORITY(96), 4, 7);
    enable(2, 96);
    drive(96, true);
    cr_assert(board_line(1, RV_IRQ_MEI));
    cr_assert_eq(board_read(CLAIM(2), 4), 96);
    cr_assert_not(board_line(1, RV_IRQ_MEI));
    board_write(CLAIM(2), 4, 96);
    cr_assert(board_line(1, RV_IRQ_MEI), "the level is still up");
    drive(96, false);
    cr_assert_not(board_line(1, RV_IRQ_MEI));
}

Test(plic, order_of_claims)
{
    const unsigned sources[] = {3, 40, 41, 90};
    const unsigned priorities[] = {2, 5, 5, 1};
    for (unsigned i = 0; i < 4; i++) {
        board_write(PRIORITY(sources[i]), 4, priorities[i]);
        enable(0, sources[i]);
        drive(sources[i], true);
    }
    cr_assert_eq(board_read(CLAIM(0), 4), 40,
                 "the highest priority, and of equals the lowest number");
    cr_assert_eq(board_read(CLAIM(0), 4), 41);
    cr_assert_eq(board_read(CLAIM(0), 4), 3);
    cr_assert_eq(board_read(CLAIM(0), 4), 90);
    cr_assert_eq(board_read(CLAIM(0), 4), 0);
}

Test(plic, threshold)
{
    board_write(PRIORITY(5), 4, 3);
    enable(1, 5);
    board_write(THRESHOLD(1), 4, 3);
    drive(5, true);
    cr_assert_not(board_line(0, RV_IRQ_SEI), "must be above it");
    cr_assert_eq(board_read(CLAIM(1), 4), 5, "a claim takes it all the same");
    board_write(CLAIM(1), 4, 5);
    board_write(THRESHOLD(1), 4, 2);
    cr_assert(board_line(0, RV_IRQ_SEI));
    board_write(PRIORITY(5), 4, 0);
    cr_assert_not(board_line(0, RV_IRQ_SEI), "priority 0 is never");
    cr_assert_eq(board_read(CLAIM(1), 4), 0);
}

Test(plic, two_contexts_want_it)
{
    board_write(PRIORITY(8), 4, 1);
    enable(1, 8);
    enable(3, 8);
    drive(8, true);
    cr_assert(board_line(0, RV_IRQ_SEI));
    cr_assert(board_line(1, RV_IRQ_SEI));
    cr_assert_eq(board_read(CLAIM(3), 4), 8);
    cr_assert_not(board_line(0, RV_IRQ_SEI));
    cr_assert_eq(board_read(CLAIM(1), 4), 0);
    board_write(CLAIM(3), 4, 8);
    cr_assert(board_line(0, RV_IRQ_SEI));
}

Test(plic, bits_that_do_not_exist)
{
    board_write(PRIORITY(0), 4, 7);
    cr_assert_eq(board_read(PRIORITY(0), 4), 0);
    board_write(PRIORITY(1), 4, UINT32_MAX);
    cr_assert_eq(board_read(PRIORITY(1), 4), 7);
    board_write(THRESHOLD(0), 4, UINT32_MAX);
    cr_assert_eq(board_read(THRESHOLD(0), 4), 7);
    board_write(ENABLE(0, 0), 4, UINT32_MAX);
    cr_assert_eq(board_read(ENABLE(0, 0), 4), UINT32_MAX - 1, "there is no source 0");
    board_write(ENABLE(0, 96), 4, UINT32_MAX);
    cr_assert_eq(board_read(ENABLE(0, 96), 4), 1, "96 is the last");
    board_write(ENABLE(0, 128), 4, UINT32_MAX);
    cr_assert_eq(board_read(ENABLE(0, 128), 4), 0);
    board_write(PENDING(0), 4, UINT32_MAX);
    cr_assert_eq(board_read(PENDING(0), 4), 0);
    board_write(CLAIM(0), 4, 97);
    board_write(CLAIM(0), 4, UINT32_MAX);
    cr_assert_eq(board_read(PRIORITY(97), 4), 0, "a hole");
    cr_assert_eq(board_read(CLAIM(127), 4), 0, "a context without a hart");
    board_write(CLAIM(127), 4, 1);
    cr_assert_eq(board_read(PLIC + 0x5ffffc, 4), 0);
}

Test(plic, reset)
{
    board_write(PRIORITY(5), 4, 3);
    enable(1, 5);
    drive(5, true);
    cr_assert(board_line(0, RV_IRQ_SEI));
    device_reset(machine_find_device(&board, "riscv.sifive.plic", NULL));
    cr_assert_not(board_line(0, RV_IRQ_SEI));
    cr_assert_eq(board_read(PRIORITY(5), 4), 0);
    cr_assert_eq(board_read(ENABLE(1, 5), 4), 0);
    cr_assert_eq(board_read(PENDING(5), 4), 1 << 5, "the input is its device's to lower");
}
