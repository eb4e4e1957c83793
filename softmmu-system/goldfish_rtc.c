/*
 * The Goldfish real-time clock: the calendar's time in ns and one alarm ("Goldfish virtual
 * hardware" of Android's emulator; Linux: drivers/rtc/rtc-goldfish.c).
 *
 * Reading TIME_LOW holds the upper half for TIME_HIGH; writing TIME_HIGH or ALARM_HIGH first and
 * then the low half sets time or alarm. The clock goes with the machine's, which stands while it is
 * stopped.
 */
#include <time.h>

#include "softmmu-system/loop.h"
#include "softmmu-system/machine.h"

struct goldfish_rtc {
    struct device device;
    struct loop_timer timer;
    int64_t offset; /* time less the machine's clock, ns; outlives a reset */
    uint64_t alarm;
    uint32_t time_high; /* latched at a read, or kept for a write */
    uint32_t alarm_high;
    uint32_t enabled; /* IRQ_ENABLED */
    bool armed, pending;
};

static struct goldfish_rtc *of(struct device *d)
{
    return (struct goldfish_rtc *)d;
}

static int64_t now(struct goldfish_rtc *r)
{
    return machine_clock(r->device.machine) + r->offset;
}

static void update(struct goldfish_rtc *r)
{
    irq_set(&r->device.irq[0], r->pending && r->enabled);
}

/* Fires if the alarm is due, else waits for it. */
static void check_alarm(struct goldfish_rtc *r)
{
    int64_t deadline = INT64_MAX;
    if (r->armed && (int64_t)r->alarm <= now(r)) {
        r->armed = false;
        r->pending = true;
    } else if (r->armed && __builtin_sub_overflow((int64_t)r->alarm, r->offset, &deadline)) {
        deadline = INT64_MAX;
    }
    loop_set_timer(&r->timer, deadline);
    update(r);
}

static void fire(struct loop_timer *t)
{
    check_alarm((struct goldfish_rtc *)((char *)t - offsetof(struct goldfish_rtc, timer)));
}

static uint64_t read_time_low(struct device *d, unsigned index)
{
    int64_t time = now(of(d));
    (void)index;
    of(d)->time_high = (uint32_t)(time >> 32);
    return (uint32_t)time;
}

static void write_time_low(struct device *d, unsigned index, uint64_t value)
{
    struct goldfish_rtc *r = of(d);
    uint64_t time = (uint64_t)r->time_high << 32 | (uint32_t)value;
    (void)index;
    r->offset = (int64_t)(time - (uint64_t)machine_clock(d->machine));
    check_alarm(r);
}

static uint64_t read_alarm_low(struct device *d, unsigned index)
{
    (void)index;
    return (uint32_t)of(d)->alarm;
}

static void write_alarm_low(struct device *d, unsigned index, uint64_t value)
{
    struct goldfish_rtc *r = of(d);
    (void)index;
    /* Beyond 2^63 ns is never. */
    uint64_t alarm = (uint64_t)r->alarm_high << 32 | (uint32_t)value;
    r->alarm = alarm < INT64_MAX ? alarm : INT64_MAX;
    r->armed = true;
    check_alarm(r);
}

static void write_enabled(struct device *d, unsigned index, uint64_t value)
{
    (void)index;
    of(d)->enabled = value & 1;
    update(of(d));
}

static void clear_alarm(struct device *d, unsigned index, uint64_t value)
{
    (void)index, (void)value;
    of(d)->armed = false;
    check_alarm(of(d));
}

static uint64_t alarm_status(struct device *d, unsigned index)
{
    (void)index;
    return of(d)->armed;
}

static void clear_interrupt(struct device *d, unsigned index, uint64_t value)
{
    (void)index, (void)value;
    of(d)->pending = false;
    update(of(d));
}

static bool start(struct device *d, char *error, size_t error_size)
{
    struct goldfish_rtc *r = of(d);
    struct timespec t;
    (void)error, (void)error_size;
    clock_gettime(CLOCK_REALTIME, &t);
    r->timer = (struct loop_timer){.fire = fire, .deadline = INT64_MAX};
    r->offset = (t.tv_sec + d->machine->rtc_offset) * INT64_C(1000000000) + t.tv_nsec -
                machine_clock(d->machine);
    return true;
}

static void reset(struct device *d)
{
    loop_set_timer(&of(d)->timer, INT64_MAX);
    update(of(d));
}

#define FIELD(member) offsetof(struct goldfish_rtc, member), UINT32_MAX

static const struct register_row registers[] = {
    {"TIME_LOW", 0x00, 4, 1, 0, 0, 0, read_time_low, write_time_low},
    {"TIME_HIGH", 0x04, 4, 1, 0, FIELD(time_high)},
    {"ALARM_LOW", 0x08, 4, 1, 0, 0, 0, read_alarm_low, write_alarm_low},
    {"ALARM_HIGH", 0x0c, 4, 1, 0, FIELD(alarm_high)},
    {"IRQ_ENABLED", 0x10, 4, 1, 0, offsetof(struct goldfish_rtc, enabled), 0, NULL, write_enabled},
    {"CLEAR_ALARM", 0x14, 4, 1, 0, 0, 0, NULL, clear_alarm},
    {"ALARM_STATUS", 0x18, 4, 1, 0, 0, 0, alarm_status, NULL},
    {"CLEAR_INTERRUPT", 0x1c, 4, 1, 0, 0, 0, NULL, clear_interrupt},
};

static const struct state_row state[] = {
    STATE(struct goldfish_rtc, alarm),      STATE(struct goldfish_rtc, time_high),
    STATE(struct goldfish_rtc, alarm_high), STATE(struct goldfish_rtc, enabled),
    STATE(struct goldfish_rtc, armed),      STATE(struct goldfish_rtc, pending),
};

const struct device_class goldfish_rtc_class = {
    .name = "goldfish_rtc",
    .text = "Goldfish real-time clock",
    .size = sizeof(struct goldfish_rtc),
    .bus = BUS_MACHINE,
    .span = 0x24,
    .access = 4,
    DEVICE_TABLE(registers, registers),
    DEVICE_TABLE(state, state),
    .start = start,
    .reset = reset,
};
