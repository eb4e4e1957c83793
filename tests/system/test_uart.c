/* The serial port, with a file at its other end. */
#include <fcntl.h>
#include <unistd.h>

#include "softmmu-system/ns16550.h"
#include "tests/system/board.h"

#define UART UINT64_C(0x10000000)
enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR };
#define FCR     IIR
#define PENDING UINT64_C(0xc001000)

static char path[] = "/tmp/ferry-uart-XXXXXX";

/* Output goes to a file; input is put in by the test, through loopback. */
static void create(void)
{
    char error[256] = "", text[64];
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    snprintf(text, sizeof text, "file:%s", path);
    board.serial[0] = chardev_open(&board, "serial0", text, error, sizeof error);
    cr_assert_not_null(board.serial[0], "%s", error);
    board_create();
}

static void destroy(void)
{
    unlink(path);
}

TestSuite(uart, .init = create, .fini = destroy, .timeout = 60);

static uint8_t get(unsigned reg)
{
    return (uint8_t)board_read(UART + reg, 1);
}

static void put(unsigned reg, uint8_t value)
{
    board_write(UART + reg, 1, value);
}

static bool interrupt(void)
{
    return board_read(PENDING, 4) & 1 << 10;
}

static bool over;

static void end(struct loop_timer *t)
{
    (void)t;
    over = true;
}

/* What has come out at the other end when the loop has had a little time. */
static size_t output(char *to, size_t size)
{
    struct loop_timer timer = {.fire = end};
    board.clock_stopped = 0;
    loop_set_timer(&timer, machine_clock(&board) + 20000000);
    while (!over)
        loop_once(&board);
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, to, size);
    close(fd);
    return n < 0 ? 0 : (size_t)n;
}

Test(uart, power_on)
{
    cr_assert_eq(get(LSR), 0x60);
    cr_assert_eq(get(IIR), 0x01);
    cr_assert_eq(get(MSR) & 0xf0, 0xb0);
    cr_assert_not(interrupt());
}

Test(uart, sends)
{
    char text[16] = "";
    for (const char *p = "hello\r\n"; *p; p++) {
        cr_assert(get(LSR) & 0x20);
        put(DATA, (uint8_t)*p);
    }
    cr_assert_eq(output(text, sizeof text), 7);
    cr_assert_str_eq(text, "hello\r\n");
}

Test(uart, transmitter_empty_interrupt)
{
    put(IER, 2);
    cr_assert(interrupt(), "enabling it tells of the empty transmitter");
    cr_assert_eq(get(IIR), 2);
    cr_assert_not(interrupt(), "reading IIR takes it");
    put(DATA, 'x');
    cr_assert(interrupt(), "empty again");
    put(IER, 0);
    cr_assert_not(interrupt());
    put(IER, 2);
    cr_assert(interrupt());
}

/* xv6's driver never reads IIR: with nothing to send, it must not be interrupted again and again. */
Test(uart, transmitter_empty_is_seen)
{
    put(IER, 2);
    cr_assert(interrupt());
    cr_assert_eq(get(LSR), 0x60);
    cr_assert_not(interrupt(), "LSR has said so");
    cr_assert_eq(get(IIR), 2, "as on hardware");
    put(DATA, 'x');
    cr_assert(interrupt(), "empty again");
    get(LSR);
    put(IER, 0);
    put(IER, 2);
    cr_assert(interrupt(), "enabled anew");
}

Test(uart, divisor_and_scratch)
{
    put(LCR, 0x83);
    put(0, 0x34);
    put(1, 0x12);
    cr_assert_eq(get(0), 0x34);
    cr_assert_eq(get(1), 0x12);
    put(LCR, 0x03);
    cr_assert_eq(get(1), 0);
    cr_assert_eq(get(LCR), 3);
    put(SCR, 0xa5);
    cr_assert_eq(get(SCR), 0xa5);
    put(IER, 0xff);
    cr_assert_eq(get(IER), 0x0f);
    put(MCR, 0xff);
    cr_assert_eq(get(MCR), 0x1f);
}

Test(uart, loopback_and_fifo)
{
    put(MCR, 0x10);
    put(FCR, 0x81); /* on, trigger at 8 */
    put(IER, 1);
    for (int i = 0; i < 7; i++)
        put(DATA, (uint8_t)('a' + i));
    cr_assert_eq(get(IIR), 0xcc, "some, below the trigger");
    put(DATA, 'h');
    cr_assert_eq(get(IIR), 0xc4);
    cr_assert(interrupt());
    for (int i = 0; i < 8; i++)
        cr_assert_eq(get(DATA), 'a' + i);
    cr_assert_not(interrupt());
    cr_assert_eq(get(LSR) & 1, 0);
    cr_assert_eq(get(DATA), 0, "empty");
}

Test(uart, overrun)
{
    put(MCR, 0x10);
    put(FCR, 1);
    put(IER, 4);
    for (int i = 0; i < 17; i++)
        put(DATA, (uint8_t)i);
    cr_assert(interrupt());
    cr_assert_eq(get(IIR), 0xc6);
    cr_assert_eq(get(LSR) & 3, 3);
    cr_assert_eq(get(LSR) & 2, 0, "reading cleared it");
    cr_assert_eq(get(DATA), 0, "the first ones are kept");
    put(FCR, 3);
    cr_assert_eq(get(LSR) & 1, 0, "FIFO cleared");
    put(FCR, 0);
    put(DATA, 1);
    put(DATA, 2);
    cr_assert_eq(get(LSR) & 2, 2);
    cr_assert_eq(get(DATA), 2, "without FIFO the last one is kept");
}

Test(uart, modem_lines)
{
    get(MSR);
    put(IER, 8);
    put(MCR, 0x12); /* loop, RTS */
    cr_assert(interrupt());
    cr_assert_eq(get(IIR), 0);
    cr_assert_eq(get(MSR), 0x10 | 0x0a, "CTS stays; DSR and DCD fell");
    cr_assert_not(interrupt());
    put(MCR, 0x14 | 0x02); /* OUT1: ring */
    cr_assert_eq(get(MSR), 0x50, "a ring begins quietly");
    put(MCR, 0x12);
    cr_assert_eq(get(MSR), 0x14, "and is told of when it ends");
}

Test(uart, wide_accesses)
{
    board_write(UART + SCR, 1, 0x11);
    board_write(UART, 4, 0x41424344);
    char text[8] = "";
    cr_assert_eq(output(text, sizeof text), 1);
    cr_assert_eq(text[0], 'D');
    cr_assert_eq(board_read(UART + 4, 4), 0x08, "MCR alone");
    cr_assert_eq(get(SCR), 0x11);
}

Test(uart, firmware_takes_input)
{
    uint8_t bytes[4];
    put(MCR, 0x10);
    put(FCR, 1);
    put(DATA, 'o');
    put(DATA, 'k');
    cr_assert_eq(machine_console_read(&board, bytes, sizeof bytes), 2);
    cr_assert_eq(memcmp(bytes, "ok", 2), 0);
    cr_assert_eq(machine_console_read(&board, bytes, sizeof bytes), 0);
}

Test(uart, reset)
{
    put(IER, 0x0f);
    put(MCR, 0x10);
    put(DATA, 'x');
    device_reset(board.console);
    cr_assert_eq(get(IER), 0);
    cr_assert_eq(get(LSR), 0x60);
    cr_assert_eq(get(MCR), 0x08);
    cr_assert_not(interrupt());
}
