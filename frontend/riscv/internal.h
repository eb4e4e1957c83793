/* The entries of struct frontend that live in files of their own. */
#ifndef FERRY_FRONTEND_RISCV_INTERNAL_H
#define FERRY_FRONTEND_RISCV_INTERNAL_H

#include "frontend/riscv/riscv.h"

bool riscv_parse_cpu(const char *text, struct cpu_config *config, char *error, size_t error_size);
void riscv_print_cpus(void);

/* The property of -cpu for a feature. */
const char *riscv_feature_name(unsigned feature);

unsigned riscv_disassemble(const struct cpu_config *config, uint64_t pc, const uint8_t *bytes,
                           size_t size, char *text, size_t text_size);

/* " (NAME)" of the extension that an undefined word seems to belong to, or "". */
const char *riscv_guess_extension(uint32_t word);

/* Length in bytes of the instruction that begins with this halfword. */
static inline unsigned riscv_length(uint32_t first)
{
    return (first & 3) == 3 ? 4 : 2;
}

#endif
