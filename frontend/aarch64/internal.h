/* The entries of struct frontend that live in files of their own. */
#ifndef FERRY_FRONTEND_AARCH64_INTERNAL_H
#define FERRY_FRONTEND_AARCH64_INTERNAL_H

#include "frontend/aarch64/aarch64.h"

bool a64_parse_cpu(const char *text, struct cpu_config *config, char *error, size_t error_size);
void a64_print_cpus(void);

/* The property of -cpu for a feature. */
const char *a64_feature_name(unsigned feature);

unsigned a64_disassemble(const struct cpu_config *config, uint64_t pc, const uint8_t *bytes,
                         size_t size, char *text, size_t text_size);

#endif
