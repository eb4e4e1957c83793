/*
 * Random guest programs, two translators, one result: what the fuzzers of all guests share. A guest
 * provides struct fuzz_guest (riscv_code.c, aarch64_code.c); fuzz.c runs its programs, compares and
 * shrinks.
 *
 * A program is a static ELF file without a library: a number of tests, each of which loads all
 * registers and a buffer from a template, runs its body of random instructions a few times in a
 * loop, and writes registers and buffer, its dump, to standard output. A body may jump forward only
 * and access memory only around two registers, which are never written.
 *
 * With faults, some instructions access memory that is not there. A handler of SIGSEGV notes all
 * registers of its signal frame in the dump and goes on behind the instruction: so the state at any
 * point of a block, and the way from there to the frame and back, is compared too.
 */
#ifndef FERRY_TESTS_FUZZ_FUZZ_H
#define FERRY_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend/frontend.h"

enum {
    FUZZ_BODY = 120,  /* instructions of a body at most */
    FUZZ_TESTS = 24,  /* tests of a program at most */
    FUZZ_ROUNDS = 3,  /* of a body */
    FUZZ_FAULTS = 8,  /* of a body at most */
    FUZZ_DUMP = 32768, /* bytes of a dump at most */
    FUZZ_TAKEN_OUT = 0, /* row of an instruction that is no more */
};

struct fuzz_insn {
    uint32_t word;
    uint8_t length;  /* bytes */
    uint8_t forward; /* a jump: over how many instructions, counting itself; else 0 */
    uint16_t row;    /* of the guest's decode table */
};

struct fuzz_test {
    unsigned n;
    struct fuzz_insn insns[FUZZ_BODY];
    _Alignas(16) uint8_t start[FUZZ_DUMP]; /* the template: a dump */
};

/* A program in memory: the segment that is loaded at `base`, and its entry. */
struct fuzz_image {
    uint64_t base, entry;
    size_t size;
    uint8_t *bytes; /* begins with the ELF header; of malloc */
};

/* What random bodies are made of. */
struct fuzz_choice {
    struct cpu_config config;
    const char *only;   /* NULL, or rows are taken only if their name begins so (jumps come nevertheless) */
    const char *except; /* NULL, or names, separated by commas: rows that begin so are not taken */
    bool faults;        /* accesses that fault, too; needs signals */
};

/* True if the choice leaves the row of this name out; `jump`: it goes in now and then whatever `only` says. */
bool fuzz_left_out(const struct fuzz_choice *choice, const char *name, bool jump, uint64_t *random);

struct fuzz_guest {
    const struct frontend *frontend;
    const char *oracle; /* command */
    size_t dump_size;
    void (*random_test)(struct fuzz_test *test, const struct fuzz_choice *choice, uint64_t *random);
    /* Prints the names of the rows that bodies are made of; or NULL. */
    void (*print_rows)(const struct fuzz_choice *choice);
    void (*build)(struct fuzz_image *image, const struct fuzz_test *tests, unsigned n);
    /* Makes instruction i, and what cannot be without it, a no-operation of row FUZZ_TAKEN_OUT. */
    void (*take_out)(struct fuzz_test *test, unsigned i);
    void (*print_start)(const struct fuzz_test *test);
    void (*print_difference)(const uint8_t *oracle, const uint8_t *subject);
    /* A call's number and second argument, for programs run in this process. */
    void (*call)(const struct cpu *cpu, uint64_t *number, uint64_t *buffer);
    uint64_t number_write, number_exit;
};

/* The fuzzer's main function. */
int fuzz_main(const struct fuzz_guest *guest, int argc, char **argv);

/* "name[index]: oracle ..., subject ..." where two numbers differ. */
void fuzz_compare(const char *name, unsigned index, uint64_t oracle, uint64_t subject);

#endif
