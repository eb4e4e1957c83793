/* What the benchmark programs share: a generator of numbers, and one way to print a result.
 *
 * Each program does a fixed amount of work and prints a checksum that is the same on every machine:
 * bench/run compares it. FP programs are compiled without contraction, and print few digits. */
#ifndef BENCH_H
#define BENCH_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))

static uint64_t bench_seed = 0x9e3779b97f4a7c15u;

/* xorshift64*: fast, and the same everywhere. */
static inline uint64_t rnd(void)
{
    bench_seed ^= bench_seed >> 12;
    bench_seed ^= bench_seed << 25;
    bench_seed ^= bench_seed >> 27;
    return bench_seed * 0x2545f4914f6cdd1du;
}

static inline uint64_t mix(uint64_t h, uint64_t v)
{
    return (h ^ v) * 0x100000001b3u;
}

static inline int result(uint64_t h)
{
    printf("%016" PRIx64 "\n", h);
    return 0;
}

static inline int result_f(double x)
{
    printf("%.6e\n", x);
    return 0;
}

#endif
