/* The tests' guest; see test_guest.h. */
#include "tests/ir/test_guest.h"

#include <string.h>

#include "ir/fp.h"

static const struct ir_slot slots[TG_SLOTS] = {
#define X(n) [TG_X0 + n] = {"x" #n, n * 8, IR_I64, n}
    X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7),
    X(8), X(9), X(10), X(11), X(12), X(13), X(14), X(15),
#undef X
#define F(n) [TG_F0 + n] = {"f" #n, 128 + n * 8, IR_F64, n}
    F(0), F(1), F(2), F(3), F(4), F(5), F(6), F(7),
#undef F
#define V(n) [TG_V0 + n] = {"v" #n, 192 + n * 16, IR_V128, -1}
    V(0), V(1), V(2), V(3),
#undef V
    [TG_FL] = {"fl", 256, IR_B, -1},
};

static void *home(struct cpu *cpu, unsigned slot)
{
    return cpu_slot(cpu, &slots[slot]);
}

static uint64_t get(struct cpu *cpu, unsigned slot)
{
    uint64_t x;
    memcpy(&x, home(cpu, slot), sizeof x);
    return x;
}

static void put(struct cpu *cpu, unsigned slot, uint64_t x)
{
    memcpy(home(cpu, slot), &x, sizeof x);
}

static uint64_t mix(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    (void)cpu, (void)c;
    return (a ^ b << 7) * 0x9e3779b97f4a7c15 + b;
}

static uint64_t raise(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    (void)cpu, (void)b, (void)c;
    fp_set_mxcsr(fp_get_mxcsr() | (uint32_t)(a & FP_MXCSR_FLAGS & ~IR_EXC_DENORMAL));
    return ~a;
}

static uint64_t peek(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    (void)b, (void)c;
    for (unsigned i = 0; i < TG_BASE; i++)
        a += get(cpu, TG_X0 + i) * (i + 1);
    return a;
}

static uint64_t poke(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    put(cpu, TG_X0 + 1, a + b);
    put(cpu, TG_F0 + 1, b ^ c);
    return 0;
}

static uint64_t swap(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    (void)a, (void)b, (void)c;
    uint64_t x2 = get(cpu, TG_X0 + 2);
    put(cpu, TG_X0 + 2, get(cpu, TG_X0 + 3));
    put(cpu, TG_X0 + 3, x2);
    return get(cpu, TG_X0 + 4);
}

static uint64_t touch(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    (void)c;
    uint64_t old;
    void *p = (void *)(uintptr_t)(cpu->memory_base + a);
    memcpy(&old, p, sizeof old);
    memcpy(p, &b, sizeof b);
    return old;
}

/* For callv: bytes of two vectors in turn, plus those of the third times k. */
static uint64_t blend(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    (void)cpu, (void)c;
    union ir_v128 *v = (union ir_v128 *)(uintptr_t)a;
    for (unsigned i = 0; i < 16; i++)
        v[0].b[i] = (uint8_t)(v[1 + i % 2].b[i] + v[3].b[i] * b);
    return 0;
}

static const struct ir_helper helpers[TG_HELPERS] = {
    [TG_MIX] = {"mix", mix, 2, IR_HELPER_PURE},
    [TG_RAISE] = {"raise", raise, 1, IR_HELPER_PURE},
    [TG_PEEK] = {"peek", peek, 1, IR_HELPER_READS},
    [TG_POKE] = {"poke", poke, 3, IR_HELPER_WRITES},
    [TG_SWAP] = {"swap", swap, 0, IR_HELPER_READS | IR_HELPER_WRITES},
    [TG_TOUCH] = {"touch", touch, 2, IR_HELPER_FAULTS},
    [TG_BLEND] = {"blend", blend, 3, IR_HELPER_PURE},
};

const struct ir_guest test_guest = {
    .name = "test", .slots = slots, .nslots = TG_SLOTS, .helpers = helpers, .nhelpers = TG_HELPERS};
