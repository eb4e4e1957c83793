/*
 * Random but valid blocks of IR for the test guest, and random states to run them in. Every row of
 * op.def comes up, with every type it takes, constants where they may stand, and values that sit on
 * the edges of their types.
 *
 * The same seed and options give the same program, whether it is built with folding or as it stands;
 * so the two can be compared, and either with a backend.
 */
#ifndef FERRY_TESTS_IR_RANDOM_IR_H
#define FERRY_TESTS_IR_RANDOM_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/cpu.h"
#include "ir/ir.h"

/* What a block may contain. */
enum random_group {
    RANDOM_INT = 1 << 0,
    RANDOM_FLAGS = 1 << 1,  /* ops on type B */
    RANDOM_MEMORY = 1 << 2, /* load, store, cbozero */
    RANDOM_ATOMIC = 1 << 3, /* amo, cas, fence */
    RANDOM_FLOAT = 1 << 4,
    RANDOM_VECTOR = 1 << 5,
    RANDOM_HELPER = 1 << 6,
    RANDOM_GUARD = 1 << 7, /* brcc, brb */
    RANDOM_BIG = 1 << 8,   /* big-endian memory */
    RANDOM_MISALIGNED = 1 << 9, /* accesses that leave with IR_EXIT_MISALIGNED */
    RANDOM_EXCLUSIVE = 1 << 10, /* ldx, stx, clrx */
    RANDOM_ALL = (1 << 11) - 1,
    RANDOM_PAYLOAD = 1 << 11, /* FP without IR_FP_DEFAULT_NAN */
    RANDOM_FLUSH = 1 << 12,   /* FP with IR_FP_FLUSH */
};

struct random_options {
    uint32_t groups;      /* enum random_group */
    unsigned guest_insns; /* how many guest instructions; 0: a few */
    uint64_t pc;          /* the block's address */
    bool as_it_stands;    /* ir_append rather than ir_emit: no folding, no numbering */
    int only_op;          /* enum ir_op to use wherever possible; 0: any */
};

/* Fills `b`, which the caller has allocated and zeroed once. */
void random_block(struct ir_block *b, uint64_t seed, const struct random_options *options);

/*
 * Fills the slots' homes with random values, many of them special; TG_BASE points into a buffer of
 * TG_SCRATCH bytes at host address `scratch` (aligned to 16), which is filled too. Sets memory_base to
 * zero and drops the reservation.
 */
void random_state(struct cpu *cpu, uint8_t *scratch, uint64_t seed);

/*
 * Compares what a guest can see of two cpus after a block: slots, exit_pc, reservation. Returns true
 * if equal, else false with the first difference in `why`.
 */
bool random_same(const struct cpu *x, const struct cpu *y, char *why, size_t size);

/* The generator's numbers. */
struct random {
    uint64_t state;
};
uint64_t random_next(struct random *r);
unsigned random_below(struct random *r, unsigned bound);

static inline bool chance(struct random *r, unsigned percent)
{
    return random_below(r, 100) < percent;
}

/* An integer that likes edges; an FP image of the type that likes special values. */
uint64_t random_integer(struct random *r);
uint64_t random_float(struct random *r, enum ir_type type);

#endif
