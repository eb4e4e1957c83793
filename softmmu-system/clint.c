/*
 * The core-local interruptor: software interrupts and the timer of each hart (RISC-V Advanced Core
 * Local Interruptor specification 1.0, chapters 2 and 3, in the SiFive CLINT's place of things).
 *
 *   0x0000  msip      4 bytes a hart: bit 0 is its MSIP
 *   0x4000  mtimecmp  8 bytes a hart: MTIP is set while mtime >= mtimecmp
 *   0xbff8  mtime     8 bytes, 10 MHz
 *
 * A hart's timer is one of the event loop's, which sets the line when it is time.
 */
#include "softmmu-system/machine.h"
#include "softmmu-system/riscv/riscv_hart.h"

enum { NS_PER_TICK = 100 };

struct clint;

struct clint_timer {
    struct loop_timer timer;
    struct clint *clint;
    unsigned hart;
};

struct clint {
    struct device device;
    struct clint_timer timers[MACHINE_HARTS];
    uint32_t msip[MACHINE_HARTS];
    uint64_t mtimecmp[MACHINE_HARTS];
};

static struct clint *of(struct device *d)
{
    return (struct clint *)d;
}

static void set_line(struct clint *c, unsigned hart, unsigned line, bool level)
{
    struct machine *m = c->device.machine;
    if (hart < m->nharts)
        hart_set_line(m->harts[hart], line, level);
}

static uint64_t mtime(struct clint *c)
{
    return riscv_time(riscv_hart(c->device.machine->harts[0]));
}

/* Sets MTIP as it is now, and the timer to when that changes. */
static void arm(struct clint *c, unsigned hart)
{
    uint64_t now = mtime(c), due = c->mtimecmp[hart];
    set_line(c, hart, RV_IRQ_MTI, now >= due);
    int64_t deadline = INT64_MAX, wait;
    if (now < due && !__builtin_mul_overflow(due - now, NS_PER_TICK, &wait) &&
        __builtin_add_overflow(machine_clock(c->device.machine), wait, &deadline))
        deadline = INT64_MAX;
    loop_set_timer(&c->timers[hart].timer, deadline);
}

static void fire(struct loop_timer *t)
{
    struct clint_timer *own = (struct clint_timer *)t;
    arm(own->clint, own->hart);
}

static uint64_t read_mtime(struct device *d, unsigned index)
{
    (void)index;
    return mtime(of(d));
}

static void write_mtime(struct device *d, unsigned index, uint64_t value)
{
    (void)index;
    riscv_set_time(d->machine, value);
    for (unsigned i = 0; i < d->machine->nharts; i++)
        arm(of(d), i);
}

static void write_mtimecmp(struct device *d, unsigned index, uint64_t value)
{
    if (index >= d->machine->nharts)
        return;
    of(d)->mtimecmp[index] = value;
    arm(of(d), index);
}

static void write_msip(struct device *d, unsigned index, uint64_t value)
{
    if (index >= d->machine->nharts)
        return;
    of(d)->msip[index] = value & 1;
    set_line(of(d), index, RV_IRQ_MSI, value & 1);
}

static bool start(struct device *d, char *error, size_t error_size)
{
    struct clint *c = of(d);
    (void)error, (void)error_size;
    for (unsigned i = 0; i < MACHINE_HARTS; i++)
        c->timers[i] = (struct clint_timer){
            .timer = {.fire = fire, .deadline = INT64_MAX}, .clint = c, .hart = i};
    return true;
}

static void reset(struct device *d)
{
    struct clint *c = of(d);
    for (unsigned i = 0; i < d->machine->nharts; i++) {
        c->mtimecmp[i] = UINT64_MAX; /* the manual leaves it open: no interrupt, then */
        loop_set_timer(&c->timers[i].timer, INT64_MAX);
        set_line(c, i, RV_IRQ_MSI, false);
        set_line(c, i, RV_IRQ_MTI, false);
    }
}

static const struct register_row registers[] = {
    {"msip", 0, 4, MACHINE_HARTS, 0, offsetof(struct clint, msip), 1, NULL, write_msip},
    {"mtimecmp", 0x4000, 8, MACHINE_HARTS, 0, offsetof(struct clint, mtimecmp), 0, NULL,
     write_mtimecmp},
    {"mtime", 0xbff8, 8, 1, 0, 0, 0, read_mtime, write_mtime},
};

static const struct state_row state[] = {
    STATE_ARRAY(struct clint, msip),
    STATE_ARRAY(struct clint, mtimecmp),
};

const struct device_class clint_class = {
    .name = "riscv.aclint",
    .text = "core-local interruptor: software interrupts and timers",
    .size = sizeof(struct clint),
    .bus = BUS_MACHINE,
    .span = 0x10000,
    .access = 4 | 8,
    DEVICE_TABLE(registers, registers),
    DEVICE_TABLE(state, state),
    .start = start,
    .reset = reset,
};
