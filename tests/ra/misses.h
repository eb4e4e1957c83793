/*
 * A software TLB for random blocks: guest memory is seen at an alias, entries come and go at random, and
 * accesses that miss are answered with an addend or done here, as it happens.
 */
#ifndef FERRY_TESTS_RA_MISSES_H
#define FERRY_TESTS_RA_MISSES_H

#include "ir/cpu.h"

/* Guest addresses [guest, guest + size) are host addresses from `alias` on; others fault. */
void misses_start(struct cpu *cpu, uint64_t guest, uint64_t alias, uint64_t size, uint64_t seed);
/* Makes the cpu look as if it had run without a TLB. */
void misses_end(struct cpu *cpu);

#endif
