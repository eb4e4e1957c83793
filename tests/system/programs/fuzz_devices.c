/*
 * A hostile guest: four harts at once read and write registers of every device of the machine at random, drive
 * queues whose rings and descriptors point anywhere (but into this program), and change both while the devices
 * look. Nothing of it may harm the machine; at the end the serial port still works and the machine powers off.
 *
 * machine: -smp 4
 * ferry: -netdev user,id=n -device virtio-net-device,netdev=n -device virtio-rng-device -device virtio-serial-device
 * qemu: none, what devices answer is not the same
 */
#include "program.h"

#ifndef SEED
#define SEED 1
#endif
#ifndef COUNT
#define COUNT 20000
#endif

/* Where rings and buffers are: the end of RAM, for what is longer to reach nothing of the program. */
enum { N = 4, ARENA = 1 << 16 };
static uint8_t *const arena = (uint8_t *)(0x88000000 - ARENA);
static uint64_t done;

struct random {
    uint64_t state;
};

static uint64_t next(struct random *r)
{
    r->state ^= r->state << 13;
    r->state ^= r->state >> 7;
    r->state ^= r->state << 17;
    return r->state * UINT64_C(0x2545f4914f6cdd1d);
}

static unsigned dice(struct random *r, unsigned sides)
{
    return (next(r) >> 33) % sides;
}

static const struct {
    uint64_t base, size;
} windows[] = {
    {0x00100000, 0x1000},     /* test */
    {0x00101000, 0x1000},     /* RTC */
    {0x02000000, 0x10000},    /* CLINT */
    {0x0c000000, 0x600000},   /* PLIC */
    {0x10000000, 0x100},      /* UART */
    {0x10001000, 0x8000},     /* virtio */
    {0x00001000, 0xf000},     /* ROM */
    {0x7fffff00, 0x80},       /* nothing */
};

/* A number that names no page of the program, if taken for an address. */
static uint64_t harmless(uint64_t value)
{
    return (value & 0xff000000) >= 0x80000000 && (value & 0xff000000) < 0x88000000
               ? (uint64_t)arena + (value & (ARENA - 1))
               : value;
}

static uint64_t some_address(struct random *r)
{
    switch (dice(r, 8)) {
    case 0:
        return harmless(next(r));
    case 1:
        return windows[dice(r, sizeof windows / sizeof *windows)].base + dice(r, 64) * 4;
    case 2:
        return 0x88000000 - dice(r, 64); /* the end of RAM */
    default:
        return (uint64_t)arena + (dice(r, ARENA) & ~15);
    }
}

static uint64_t some_value(struct random *r)
{
    switch (dice(r, 4)) {
    case 0:
        return harmless(next(r));
    case 1:
        return UINT64_C(1) << dice(r, 64) & ~UINT64_C(0x80000000);
    default:
        return dice(r, 16);
    }
}

static void any_register(struct random *r)
{
    unsigned w = dice(r, sizeof windows / sizeof *windows);
    uint64_t address = windows[w].base + (dice(r, 4) ? dice(r, 128) * 4 : dice(r, 1 << 30)) % windows[w].size;
    if (!dice(r, 16))
        address += dice(r, 8);
    uint64_t value = some_value(r);
    if (w == 0)
        value |= 0x8000; /* no power-off, no reset */
    switch (dice(r, 8)) {
    case 0:
        load8(address);
        break;
    case 1:
        load4(address);
        break;
    case 2:
        load2(address);
        break;
    case 3:
        load1(address);
        break;
    case 4:
        store8(address, value);
        break;
    case 5:
        store1(address, value & 0x7f); /* (no byte that moves a ring to the program) */
        break;
    default:
        store4(address, value);
    }
}

/* A virtio device set up as a driver would, but for what lies in the queue. */
static void drive(struct random *r)
{
    static const unsigned queue_registers[] = {0x80, 0x90, 0xa0};
    uint64_t base = 0x10001000 + (7 - dice(r, 3)) * 0x1000;
    if (!dice(r, 4))
        store4(base + 0x70, 0);
    store4(base + 0x70, 3);
    for (unsigned i = 0; i < 2; i++) {
        store4(base + 0x14, i);
        uint64_t features = load4(base + 0x10);
        store4(base + 0x24, i);
        store4(base + 0x20, dice(r, 2) ? features : features & next(r));
    }
    store4(base + 0x70, 11);
    for (unsigned queue = 0; queue < 3; queue++) {
        store4(base + 0x30, dice(r, 8) ? queue : dice(r, 70000));
        store4(base + 0x38, dice(r, 4) ? 1u << dice(r, 9) : dice(r, 70000));
        for (unsigned i = 0; i < 3; i++) {
            uint64_t address = some_address(r);
            store4(base + queue_registers[i], address);
            store4(base + queue_registers[i] + 4, dice(r, 16) ? address >> 32 : next(r));
        }
        store4(base + 0x44, 1);
    }
    store4(base + 0x70, 15);
    for (unsigned i = 0; i < 8; i++)
        store4(base + 0x50, dice(r, 4));
    load4(base + 0x60);
    store4(base + 0x64, 3);
}

/* Descriptors, indices of rings and what else may lie there. */
static void scribble(struct random *r)
{
    volatile uint64_t *at = (uint64_t *)(arena + (dice(r, ARENA - 16) & ~15));
    at[0] = some_address(r);
    at[1] = (dice(r, 4) ? dice(r, 4096) : next(r) & UINT32_MAX) | (uint64_t)dice(r, 8) << 32
            | (uint64_t)dice(r, dice(r, 8) ? 64 : 65536) << 48;
    if (dice(r, 4))
        return;
    volatile uint16_t *ring = (uint16_t *)(arena + (dice(r, ARENA - 64) & ~15));
    ring[1] += dice(r, 8);
    for (unsigned i = 0; i < 16; i++)
        ring[2 + i] = dice(r, dice(r, 8) ? 32 : 65536);
}

static void work(uint64_t id)
{
    struct random r = {(SEED * 4 + id + 1) * UINT64_C(0x9e3779b97f4a7c15)};
    for (unsigned i = 0; i < COUNT; i++) {
        scribble(&r);
        if (dice(&r, 8))
            any_register(&r);
        else
            drive(&r);
    }
    __atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
}

void hart_main(uint64_t id)
{
    work(id);
}

int main(void)
{
    start_harts();
    work(0);
    while (__atomic_load_n(&done, __ATOMIC_SEQ_CST) != N)
        ;
    for (unsigned i = 0; i < 8; i++)
        store4(0x10001070 + i * 0x1000, 0);
    store1(0x10000003, 3); /* LCR: the other registers are not the divisor's */
    store1(0x10000001, 0); /* IER */
    store1(0x10000004, 0); /* MCR: no loop */
    store1(0x10000002, 7); /* FCR: empty */
    print("\n");
    no_fault();
    check("harts that came to the end", done, N);
    for (unsigned i = 0; i < 8; i++)
        check("virtio's magic", load4(0x10001000 + i * 0x1000), 0x74726976);
    check_fault("no fault", NO_FAULT, 0);
    return (int)failures();
}
