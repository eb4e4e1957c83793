/* Processors: what -cpu accepts, and what a program can ask about its processor. */
#include <stdio.h>
#include <string.h>

#include "frontend/aarch64/internal.h"
#include "frontend/aarch64/system.h"

static const char *const feature_names[] = {
#define FEATURE(name, text, hwcap, note) text,
#include "frontend/aarch64/feature.def"
#undef FEATURE
};

const char *a64_feature_name(unsigned feature)
{
    return feature_names[feature];
}

bool a64_parse_cpu(const char *text, struct cpu_config *config, char *error, size_t error_size)
{
    (void)text, (void)error, (void)error_size;
    config->features[0] = (UINT64_C(1) << A64_FEATURE_COUNT) - 1;
    return true;
}

void a64_print_cpus(void)
{
    puts("max");
}

uint64_t a64_identification(const struct cpu_config *config, unsigned number)
{
    (void)config, (void)number;
    return 0;
}
