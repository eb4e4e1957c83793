/* Random numbers and states, and their comparison; see random_ir.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/ir/random_ir.h"
#include "tests/ir/test_guest.h"

/* ---- numbers ------------------------------------------------------------------------------ */

uint64_t random_next(struct random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

unsigned random_below(struct random *r, unsigned bound)
{
    return (unsigned)((random_next(r) >> 32) * bound >> 32);
}

uint64_t random_integer(struct random *r)
{
    static const uint64_t edges[] = {
        0, 1, 2, 3, 7, 8, 31, 32, 63, 64, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff,
        0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, INT64_MAX, (uint64_t)INT64_MIN, UINT64_MAX,
        (uint64_t)-2, (uint64_t)-128, (uint64_t)-32768, (uint64_t)INT32_MIN, 0x0101010101010101,
        0xff00ff00ff00ff00, 0xfffffffffffff000};
    switch (random_below(r, 6)) {
    case 0:
    case 1: return edges[random_below(r, sizeof edges / sizeof edges[0])];
    case 2: return (uint64_t)1 << random_below(r, 64);
    case 3: return ((uint64_t)1 << random_below(r, 64)) - 1;
    case 4: return (uint64_t)(int64_t)(int32_t)random_next(r) >> random_below(r, 32);
    default: return random_next(r);
    }
}

uint64_t random_float(struct random *r, enum ir_type type)
{
    unsigned fraction = type == IR_F16 ? 10 : type == IR_F32 ? 23 : 52;
    unsigned bits = ir_type_size(type) * 8, exponent_bits = bits - 1 - fraction;
    uint64_t ones = ((uint64_t)1 << exponent_bits) - 1, bias = ones >> 1, exponent;
    uint64_t frac = random_next(r) & (((uint64_t)1 << fraction) - 1);
    if (chance(r, 40))
        frac = 0;
    else if (chance(r, 30))
        frac = ((uint64_t)1 << random_below(r, fraction)) - chance(r, 50);
    switch (random_below(r, 8)) {
    case 0: exponent = 0; break;
    case 1: exponent = ones; break;
    case 2: exponent = chance(r, 50) ? 1 + random_below(r, 2) : ones - 1 - random_below(r, 2); break;
    case 3: exponent = random_next(r) & ones; break;
    default: exponent = (bias - 4 + random_below(r, 70)) & ones; break;
    }
    uint64_t sign = random_next(r) & 1;
    return sign << (bits - 1) | exponent << fraction | frac;
}

/* ---- states ------------------------------------------------------------------------------- */

/* Two words of integers or floating point in lanes of a random width. */
static void random_lanes(struct random *r, uint64_t v[2])
{
    unsigned size = 1u << random_below(r, 4);
    bool floats = size > 1 && chance(r, 60);
    uint8_t bytes[16];
    for (unsigned i = 0; i < 16; i += size) {
        enum ir_type type = size == 2 ? IR_F16 : size == 4 ? IR_F32 : IR_F64;
        uint64_t x = floats ? random_float(r, type) : random_integer(r);
        memcpy(bytes + i, &x, size);
    }
    memcpy(v, bytes, sizeof bytes);
}

void random_state(struct cpu *cpu, uint8_t *scratch, uint64_t seed)
{
    struct random r = {seed ^ 0x5bd1e9955bd1e995};
    for (unsigned i = 0; i < test_guest.nslots; i++) {
        const struct ir_slot *slot = &test_guest.slots[i];
        uint64_t v[2] = {random_integer(&r), random_integer(&r)};
        if (slot->type == IR_V128 && chance(&r, 60))
            random_lanes(&r, v);
        else if (slot->type == IR_F64)
            v[0] = chance(&r, 50) ? random_float(&r, IR_F64)
                                  : random_float(&r, IR_F32) | 0xffffffff00000000;
        else if (slot->type == IR_B)
            v[0] &= IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V;
        memcpy(cpu_slot(cpu, slot), v, ir_type_size((enum ir_type)slot->type));
    }
    uint64_t base = (uintptr_t)scratch + TG_SCRATCH_BASE;
    memcpy(cpu_slot(cpu, &test_guest.slots[TG_BASE]), &base, sizeof base);
    for (unsigned i = 0; i < TG_SCRATCH; i += 8) {
        uint64_t x = chance(&r, 50) ? random_integer(&r) : random_float(&r, IR_F64);
        memcpy(scratch + i, &x, sizeof x);
    }
    for (unsigned i = 0; i < test_guest.nhelpers; i++)
        cpu->helper[i] = (void *)test_guest.helpers[i].fn;
    cpu->memory_base = 0;
    cpu->exit_info = 0;
    cpu->exclusive_address = CPU_NOT_EXCLUSIVE;
    cpu->exclusive_value[0] = cpu->exclusive_value[1] = 0;
}

bool random_same(const struct cpu *x, const struct cpu *y, char *why, size_t size)
{
    for (unsigned i = 0; i < test_guest.nslots; i++) {
        const struct ir_slot *slot = &test_guest.slots[i];
        uint64_t p[2] = {0}, q[2] = {0};
        memcpy(p, x->state + slot->offset, ir_type_size((enum ir_type)slot->type));
        memcpy(q, y->state + slot->offset, ir_type_size((enum ir_type)slot->type));
        if (slot->type == IR_B) {
            p[0] &= IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V;
            q[0] &= IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V;
        }
        if (p[0] != q[0] || p[1] != q[1]) {
            snprintf(why, size, "%s is %#" PRIx64 ":%" PRIx64 " and %#" PRIx64 ":%" PRIx64,
                     slot->name, p[1], p[0], q[1], q[0]);
            return false;
        }
    }
    if (x->exit_pc != y->exit_pc) {
        snprintf(why, size, "exit_pc is %#" PRIx64 " and %#" PRIx64, x->exit_pc, y->exit_pc);
        return false;
    }
    if (x->exclusive_address != y->exclusive_address) {
        snprintf(why, size, "reservation at %#" PRIx64 " and %#" PRIx64, x->exclusive_address,
                 y->exclusive_address);
        return false;
    }
    return true;
}
