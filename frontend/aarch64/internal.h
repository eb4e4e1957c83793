/* The entries of struct frontend that live in files of their own. */
#ifndef FERRY_FRONTEND_AARCH64_INTERNAL_H
#define FERRY_FRONTEND_AARCH64_INTERNAL_H

#include "frontend/aarch64/aarch64.h"
#include "frontend/decode.h"

bool a64_parse_cpu(const char *text, struct cpu_config *config, char *error, size_t error_size);
void a64_print_cpus(void);

/* The property of -cpu for a feature. */
const char *a64_feature_name(unsigned feature);

/* The text form of a system register, op0 - 2:op1:CRn:CRm:op2; NULL if we have none. */
const char *a64_system_register_name(unsigned number);

/*
 * The bits that N:immr:imms of a logical immediate stand for (Arm ARM, DecodeBitMasks); false if they
 * are reserved.
 */
bool a64_logical_mask(bool is_64, uint32_t fields, uint64_t *mask);

unsigned a64_disassemble(const struct cpu_config *config, uint64_t pc, const uint8_t *bytes,
                         size_t size, char *text, size_t text_size);

/* What a kind prints that finds the word reserved: the whole becomes ".inst". */
#define A64_RESERVED "\1"

/* Prints an operand of the kinds of loads and stores (disasm_memory.c); false if it is of no such kind. */
bool a64_print_memory(struct decode_text *text, char kind, int64_t value, uint32_t word);

/* Prints an operand of the kinds of Advanced SIMD (disasm_simd.c); false if it is of no such kind. */
bool a64_print_simd(struct decode_text *text, char kind, int64_t value, uint32_t word);

/* The same of floating point (disasm_fp.c). */
bool a64_print_fp(struct decode_text *text, char kind, int64_t value);

/* What an instruction does with NZCV (ahead.c). */
enum flags_use a64_flags_use(uint64_t pc, const uint8_t *bytes, uint64_t *target);

#endif
