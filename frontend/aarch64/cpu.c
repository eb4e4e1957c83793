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

static const int hwcaps[] = {
#define FEATURE(name, text, hwcap, note) hwcap,
#include "frontend/aarch64/feature.def"
#undef FEATURE
};

static uint64_t hwcap_word(const struct cpu_config *config, int word)
{
    uint64_t caps = 0;
    for (unsigned i = 0; i < A64_FEATURE_COUNT; i++)
        if (hwcaps[i] >= 0 && hwcaps[i] / 64 == word && cpu_has(config, i))
            caps |= UINT64_C(1) << hwcaps[i] % 64;
    return caps;
}

uint64_t a64_hwcap(const struct cpu_config *config)
{
    return hwcap_word(config, 0);
}

uint64_t a64_hwcap2(const struct cpu_config *config)
{
    return hwcap_word(config, 1);
}

char *a64_feature_string(const struct cpu_config *config, char *text, size_t size)
{
    size_t n = 0;
    *text = 0;
    for (unsigned i = 0; i < A64_FEATURE_COUNT && n < size; i++)
        if (cpu_has(config, i))
            n += (size_t)snprintf(text + n, size - n, "%s%s", n ? " " : "", feature_names[i]);
    return text;
}

uint32_t a64_midr(const struct cpu_config *config)
{
    (void)config;
    return 0x000f0510;
}
