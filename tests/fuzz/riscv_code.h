/*
 * Random RISC-V programs made from the decode table: static ELF files without a library that run
 * random instructions on random registers and write what came out of it to their standard output.
 *
 * A program is a number of tests. Each loads all registers, fcsr and a buffer from a template, runs
 * its body a few times in a loop, and writes registers, fcsr and buffer (struct fuzz_dump). The
 * body may jump forward only and access memory only around sp and s0; sp, s0, s1 and t6 are never
 * written.
 *
 * With faults, some instructions access memory that is not there (around t6, a small number). A
 * handler of SIGSEGV notes all registers of its signal frame and goes on behind the instruction: so
 * the state at any point of a block, and the way from there to the frame and back, is compared too.
 */
#ifndef FERRY_TESTS_FUZZ_RISCV_CODE_H
#define FERRY_TESTS_FUZZ_RISCV_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend/frontend.h"

enum {
    FUZZ_BODY = 120, /* instructions of a body at most */
    FUZZ_TESTS = 24, /* tests of a program at most */
    FUZZ_BUFFER = 4608,
    FUZZ_SP = 2048, /* where sp points in the buffer */
    FUZZ_S0 = FUZZ_SP + 256,
    FUZZ_ROUNDS = 3, /* of a body */
    FUZZ_FAULTS = 8, /* of a body at most */
};

/* The registers of a signal frame: pc, x1 to x31, f0 to f31, fcsr. */
struct fuzz_frame {
    uint64_t pc, x[31], f[32], fcsr;
};

/* What a test writes. */
struct fuzz_dump {
    uint64_t x[32], f[32], fcsr;
    uint64_t next; /* frame to fill in next, relative to the first */
    uint8_t buffer[FUZZ_BUFFER];
    struct fuzz_frame frames[FUZZ_ROUNDS * FUZZ_FAULTS];
};

struct fuzz_insn {
    uint32_t word;
    uint8_t length;  /* 2 or 4 */
    uint8_t forward; /* a jump: over how many instructions, counting itself; else 0 */
    uint16_t row;    /* enum rv_insn */
};

struct fuzz_test {
    unsigned n;
    struct fuzz_insn insns[FUZZ_BODY];
    struct fuzz_dump start;
};

/* A program in memory: the segment that is loaded at `base`, and its entry. */
struct fuzz_image {
    uint64_t base, entry;
    size_t size;
    uint8_t *bytes; /* begins with the ELF header */
};

/* What random bodies are made of. */
struct fuzz_choice {
    struct cpu_config config;
    const char
        *only; /* NULL, or rows are taken only if their name begins so (jumps come nevertheless) */
    bool faults; /* accesses that fault, too; needs signals */
    const char
        *except; /* NULL, or rows are not taken whose name begins so (an oracle's known error) */
};

void fuzz_random_test(struct fuzz_test *test, const struct fuzz_choice *choice, uint64_t *random);

/* Lays out a program; free image->bytes. */
void fuzz_build(struct fuzz_image *image, const struct fuzz_test *tests, unsigned n);

#endif
