/*
 * An AArch64 processor for tests of single instructions: frontend, and interpreter or backend, in
 * this process. Guest memory is the test's own. A test is written A64_TEST(suite, name) { ... } and
 * runs twice: as name_interpreted and as name_translated.
 *
 * Instructions are named by their row of the decode table. Operands are in x1, x2, x3; the result
 * is in x0.
 */
#ifndef FERRY_TESTS_INSN_A64_H
#define FERRY_TESTS_INSN_A64_H

#include <criterion/criterion.h>

#include "frontend/aarch64/decode.h"

#define A64_TEST(suite, name)                                                                      \
    static void suite##_##name(void);                                                              \
    Test(suite, name##_interpreted)                                                                \
    {                                                                                              \
        suite##_##name();                                                                          \
    }                                                                                              \
    Test(suite, name##_translated)                                                                 \
    {                                                                                              \
        use_backend();                                                                             \
        suite##_##name();                                                                          \
    }                                                                                              \
    static void suite##_##name(void)

enum { N = 8, Z = 4, C = 2, V = 1 }; /* of NZCV as four bits */

extern struct cpu cpu;
extern struct cpu_config config;
extern struct ir_block block;

/* The reset state, for a -cpu argument (NULL: all features). */
void reset(const char *cpu_text);

/* 31 is sp. */
uint64_t get_x_register(unsigned x);
void set_x_register(unsigned x, uint64_t value);

union ir_v128 get_v_register(unsigned v);
void set_v_register(unsigned v, union ir_v128 value);

/* The flags as four bits. */
unsigned get_flags(void);
void set_flags(unsigned nzcv);

/* The word of a row with these fields by name: encode(A64_add, "sf", 1, "rm", 2, NULL). A name that
 * the row does not have fails the test. */
uint32_t encode(enum a64_insn insn, ...);

/* From now on emitted code runs, not the interpreter. */
void use_backend(void);

/*
 * Runs n words as one program until its end is reached or it leaves for a reason; why it left.
 * Where FERRY_ROWS names a file, "i ROW" or "b ROW" is appended to it the first time that the
 * interpreter or the backend gets an instruction of a row.
 */
enum ir_exit run_words(const uint32_t *words, unsigned n);
enum ir_exit run_word(uint32_t word);

/* Runs a word that is to leave for no reason; otherwise the test fails. */
void run_through(uint32_t word);

/* Where they lie. */
uint64_t code_address(void);

/* Memory of a test: bytes that differ from each other, the even ones of high numbers negative. */
void fill_bytes(uint8_t *memory, size_t size);

/* `size` bytes of memory as a number; a number of `size` bytes with its sign. */
uint64_t bytes_at(const uint8_t *memory, unsigned size);
uint64_t sign_extended(uint64_t value, unsigned size);

/* One instruction with operands in x1 and x2, result in x0. */
struct insn_case {
    enum a64_insn insn;
    unsigned sf; /* 2: the row has no such field */
    uint64_t a, b, want;
};
void check_cases(const struct insn_case *cases, unsigned n);

/* The same with one more field by name. */
struct field_case {
    enum a64_insn insn;
    unsigned sf;
    uint64_t a, b, want;
    const char *field;
    uint32_t value;
};
void check_field_cases(const struct field_case *cases, unsigned n);

#define CHECK(...)                                                                                 \
    do {                                                                                           \
        static const struct insn_case cases[] = {__VA_ARGS__};                                     \
        check_cases(cases, sizeof cases / sizeof cases[0]);                                        \
    } while (0)
#define CHECK_FIELDS(...)                                                                          \
    do {                                                                                           \
        static const struct field_case cases[] = {__VA_ARGS__};                                    \
        check_field_cases(cases, sizeof cases / sizeof cases[0]);                                  \
    } while (0)

#endif
