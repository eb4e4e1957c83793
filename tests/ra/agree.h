/*
 * Runs random blocks in the interpreter and through the backend, and fails the test where they do
 * not agree on everything a guest can see: slots, memory, pc, reservation, accrued exceptions, and
 * why the block was left. The checker watches each allocation.
 *
 * A block that disagrees is printed with its seed. FERRY_SEED=n starts at that seed, FERRY_LONG=1
 * runs the long set.
 */
#ifndef FERRY_TESTS_RA_AGREE_H
#define FERRY_TESTS_RA_AGREE_H

#include "tests/ir/random_ir.h"
#include "tests/ra/host.h"

struct variant {
    uint32_t features;        /* mask over the host's */
    int int_pins, float_pins; /* as for backend_create */
    bool random_choices;      /* of the allocator */
    bool faults;              /* a part of the memory that the block uses is not accessible */
    struct random_options options;
    bool tlb;                 /* guest addresses go through the TLB, which knows little */
};

#define OPTIONS(what, insns, ...) {.groups = what, .guest_insns = insns, .pc = 0x10000, __VA_ARGS__}

/* `quick` blocks, or `many` of the long set. Returns how many blocks ended in a fault. */
unsigned agree(const struct variant *v, unsigned quick, unsigned many);

#endif
