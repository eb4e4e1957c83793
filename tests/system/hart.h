/*
 * One hart of RISC-V with a megabyte of RAM, not running: tests call what serves its exits. Instructions
 * are those that translated code would leave to the runtime, by their words.
 */
#ifndef FERRY_TESTS_SYSTEM_HART_H
#define FERRY_TESTS_SYSTEM_HART_H

#include "softmmu-system/machine.h"
#include "softmmu-system/riscv/riscv_hart.h"

enum { RAM = 0x80000000, RAM_SIZE = 1 << 20 };

extern struct machine machine;
extern struct riscv_hart *hart;

/* A hart as `cpu` says (NULL: all that there is), in M mode at RAM. */
void hart_setup(const char *cpu);

/* Another privilege, as by mret: at RAM, with nothing else changed. */
void hart_enter(unsigned privilege);

uint64_t hart_pc(void);

/* Executes a word at pc; true if it did not trap. What a trap says: hart_cause() and the like. */
bool hart_execute(uint32_t word);

/* A CSR instruction: csrrs x0, csrrw, csrrs and csrrc with a0. False: illegal instruction, or no write. */
bool hart_csr_read(unsigned csr, uint64_t *value);
bool hart_csr_write(unsigned csr, uint64_t value);
bool hart_csr_set(unsigned csr, uint64_t bits);
bool hart_csr_clear(unsigned csr, uint64_t bits);

/* The same with a register that is there. */
uint64_t hart_get(unsigned csr);
void hart_put(unsigned csr, uint64_t value);

#endif
