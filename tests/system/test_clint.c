/* The CLINT, in all sizes of access; and the test device and the calendar clock beside it. */
#include "softmmu-system/riscv/riscv_hart.h"
#include "tests/system/board.h"

#define CLINT          UINT64_C(0x2000000)
#define MSIP(hart)     (CLINT + 4 * (hart))
#define MTIMECMP(hart) (CLINT + 0x4000 + 8 * (hart))
#define MTIME          (CLINT + 0xbff8)
#define TEST_DEVICE    UINT64_C(0x100000)
#define RTC            UINT64_C(0x101000)

TestSuite(clint, .init = board_create, .timeout = 60);

/* The machine's clock goes without harts running. */
static void run_clock(void)
{
    board.clock_stopped = 0;
    board.clock_offset = 0;
}

Test(clint, software_interrupts)
{
    board_write(MSIP(1), 4, 1);
    cr_assert(board_line(1, RV_IRQ_MSI));
    cr_assert_not(board_line(0, RV_IRQ_MSI));
    cr_assert_eq(board_read(MSIP(1), 4), 1);
    board_write(MSIP(1), 4, UINT32_MAX - 1);
    cr_assert_not(board_line(1, RV_IRQ_MSI));
    board_write(MSIP(0), 4, UINT32_MAX);
    cr_assert_eq(board_read(MSIP(0), 4), 1, "bit 0 only");
    board_write(MSIP(BOARD_HARTS), 4, 1);
    cr_assert_eq(board_read(MSIP(BOARD_HARTS), 4), 0, "no such hart");
    board_write(MSIP(4095), 4, 1);
    cr_assert_eq(board_read(MSIP(4095), 4), 0);
}

Test(clint, compare_at_once)
{
    cr_assert_eq(board_read(MTIMECMP(0), 8), UINT64_MAX, "no interrupt at power-on");
    board_write(MTIME, 8, 1000);
    board_write(MTIMECMP(1), 8, 1000);
    cr_assert(board_line(1, RV_IRQ_MTI));
    cr_assert_not(board_line(0, RV_IRQ_MTI));
    board_write(MTIMECMP(1), 8, UINT64_MAX);
    cr_assert_not(board_line(1, RV_IRQ_MTI));
    board_write(MTIMECMP(BOARD_HARTS), 8, 0);
    cr_assert_eq(board_read(MTIMECMP(BOARD_HARTS), 8), 0);
}

Test(clint, halves)
{
    board_write(MTIMECMP(0), 4, 0x55667788);
    board_write(MTIMECMP(0) + 4, 4, 0x11223344);
    cr_assert_eq(board_read(MTIMECMP(0), 8), UINT64_C(0x1122334455667788));
    cr_assert_eq(board_read(MTIMECMP(0) + 4, 4), 0x11223344);
    board_write(MTIME, 8, UINT64_C(0x123456789));
    cr_assert_eq(board_read(MTIME + 4, 4), 1, "the clock stands");
    cr_assert_eq(board_read(MTIME, 4), 0x23456789);
}

Test(clint, the_timer_comes)
{
    run_clock();
    uint64_t now = board_read(MTIME, 8);
    board_write(MTIMECMP(0), 8, now + 200000); /* 20 ms */
    cr_assert_not(board_line(0, RV_IRQ_MTI));
    while (!board_line(0, RV_IRQ_MTI))
        loop_once(&board);
    cr_assert_geq(board_read(MTIME, 8), now + 200000);
    board_write(MTIMECMP(0), 8, UINT64_MAX);
    cr_assert_not(board_line(0, RV_IRQ_MTI));
}

Test(clint, set_back)
{
    board_write(MTIME, 8, 5000);
    board_write(MTIMECMP(0), 8, 4000);
    cr_assert(board_line(0, RV_IRQ_MTI));
    board_write(MTIME, 8, 3000);
    cr_assert_not(board_line(0, RV_IRQ_MTI));
    board_write(MTIMECMP(0), 8, UINT64_C(1) << 63);
    cr_assert_not(board_line(0, RV_IRQ_MTI), "far away is not overflow");
    board_write(MTIME, 8, UINT64_MAX);
    cr_assert(board_line(0, RV_IRQ_MTI));
}

TestSuite(rtc, .init = board_create, .timeout = 60);

static uint64_t rtc_now(void)
{
    uint64_t low = board_read(RTC, 4);
    return board_read(RTC + 4, 4) << 32 | low;
}

static void rtc_alarm(uint64_t time)
{
    board_write(RTC + 0xc, 4, time >> 32);
    board_write(RTC + 8, 4, (uint32_t)time);
}

Test(rtc, time_can_be_set)
{
    cr_assert_gt(rtc_now(), UINT64_C(1700000000) * 1000000000, "the host's calendar");
    board_write(RTC + 4, 4, 0x1234);
    board_write(RTC, 4, 0x5678);
    cr_assert_eq(rtc_now(), UINT64_C(0x123400005678));
}

Test(rtc, alarm)
{
    const uint64_t pending = 0xc001000, bit = 1 << 11;
    run_clock();
    rtc_alarm(rtc_now() + 10000000);
    cr_assert_eq(board_read(RTC + 0x18, 4), 1, "armed");
    board_write(RTC + 0x10, 4, 1);
    cr_assert_eq(board_read(pending, 4) & bit, 0);
    while (!(board_read(pending, 4) & bit))
        loop_once(&board);
    cr_assert_eq(board_read(RTC + 0x18, 4), 0);
    board_write(RTC + 0x10, 4, 0);
    cr_assert_eq(board_read(pending, 4) & bit, 0, "masked");
    board_write(RTC + 0x10, 4, 1);
    cr_assert_eq(board_read(pending, 4) & bit, bit);
    board_write(RTC + 0x1c, 4, 1);
    cr_assert_eq(board_read(pending, 4) & bit, 0, "cleared");
    rtc_alarm(1);
    cr_assert_eq(board_read(pending, 4) & bit, bit, "long past");
    board_write(RTC + 0x1c, 4, 1);
    rtc_alarm(UINT64_MAX);
    cr_assert_eq(board_read(pending, 4) & bit, 0);
    board_write(RTC + 0x14, 4, 1);
    cr_assert_eq(board_read(RTC + 0x18, 4), 0);
}

TestSuite(finisher, .init = board_create, .timeout = 60);

Test(finisher, pass_fail_reset)
{
    board_write(TEST_DEVICE, 4, 0x1111);
    cr_assert_eq(board.requests, 0);
    board_write(TEST_DEVICE, 4, 0x7777);
    cr_assert_eq(board.requests, 1u << RUN_RESET);
    board_write(TEST_DEVICE, 4, 5 << 16 | 0x3333);
    cr_assert_eq(board.exit_status, 5);
    cr_assert(board.requests & 1u << RUN_SHUTDOWN);
    board_write(TEST_DEVICE, 2, 0x5555);
    cr_assert_eq(board.exit_status, 0);
}
