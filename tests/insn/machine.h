/*
 * A RISC-V hart for tests of single instructions: frontend and interpreter, in this process. Guest
 * memory is the test's own.
 *
 * Instructions are named by their row of the decode table; operand registers are a0 and a1 (fa0,
 * fa1, fa2), the result is in a2 (fa3).
 */
#ifndef FERRY_TESTS_INSN_MACHINE_H
#define FERRY_TESTS_INSN_MACHINE_H

#include "frontend/riscv/decode.h"
#include "frontend/riscv/riscv.h"

enum {
    RA = 1,
    SP = 2,
    T0 = 5,
    S0 = 8,
    A0 = 10,
    A1 = 11,
    A2 = 12,
    FA0 = 10,
    FA1 = 11,
    FA2 = 12,
    FA3 = 13
};
enum { NX = 1, UF = 2, OF = 4, DZ = 8, NV = 16 }; /* fflags */
enum { RNE, RTZ, RDN, RUP, RMM, DYN = 7 };

/* The one hart; reset() gives it back its reset state and all features. */
extern struct cpu cpu;
extern struct cpu_config config;
extern struct ir_block block;

void reset(const char *cpu_text);

uint64_t get_x_register(unsigned x);
void set_x_register(unsigned x, uint64_t value);
uint64_t get_f_register(unsigned f);
void set_f_register(unsigned f, uint64_t image);

/* The word of a row with these fields by name; -1 ends: encode(RV_add, "rd", A2, "rs1", A0, NULL).
 */
uint32_t encode(enum rv_insn insn, ...);

/* Runs one instruction from where it lies in the test's code buffer; why it left. */
enum ir_exit run_word(uint32_t word);

/* Runs n instruction words as one program until its end is reached or it leaves for a reason. */
enum ir_exit run_words(const uint32_t *words, unsigned n);

/* Address of the code buffer, where run_word and run_words put their words. */
uint64_t code_address(void);

/* a2 = insn a0, a1; a2 = insn a0, imm */
uint64_t run_r(enum rv_insn insn, uint64_t a, uint64_t b);
uint64_t run_i(enum rv_insn insn, uint64_t a, int64_t imm);

/* fa3 = insn fa0, fa1, fa2 with cleared flags, which come back in *flags; rm as given. */
uint64_t run_f(enum rv_insn insn, unsigned rm, uint64_t a, uint64_t b, uint64_t c, unsigned *flags);
/* The same with an integer result, and from an integer. */
uint64_t run_f_to_x(enum rv_insn insn, unsigned rm, uint64_t a, uint64_t b, unsigned *flags);
uint64_t run_x_to_f(enum rv_insn insn, unsigned rm, uint64_t a, unsigned *flags);

#endif
