/*
 * Processors: what -cpu accepts, and what a program can ask about its processor. All is derived
 * from feature.def; models, needs and the fields of identification registers are the tables
 * below.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "frontend/aarch64/internal.h"
#include "frontend/aarch64/system.h"
#include "frontend/property.h"

#define BIT(name) (UINT64_C(1) << A64_FEATURE_##name)
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static_assert(A64_FEATURE_COUNT < 64, "features fit in one word");

static const struct {
    const char *text, *kernel, *note;
    int hwcap;
} features[] = {
#define FEATURE(name, text, hwcap, kernel, note) {text, kernel, note, hwcap},
#include "frontend/aarch64/feature.def"
#undef FEATURE
};

/* `feature` is off where one of `needs` is; switching it on brings them along. In an order in which
 * needs of needs come first. */
static const struct {
    uint8_t feature;
    uint64_t needs;
} needs[] = {
    {A64_FEATURE_ASIMD, BIT(FP)},
    {A64_FEATURE_FP16, BIT(FP)},
    {A64_FEATURE_JSCVT, BIT(FP)},
    {A64_FEATURE_FRINT, BIT(FP)},
    {A64_FEATURE_AES, BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_PMULL, BIT(AES) | BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_SHA1, BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_SHA2, BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_SHA512, BIT(SHA2) | BIT(SHA1) | BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_SHA3, BIT(SHA2) | BIT(SHA1) | BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_SM3, BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_SM4, BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_RDM, BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_FCMA, BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_DOTPROD, BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_I8MM, BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_BF16, BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_FHM, BIT(FP16) | BIT(ASIMD) | BIT(FP)},
    {A64_FEATURE_DPB2, BIT(DPB)},
    {A64_FEATURE_FLAGM2, BIT(FLAGM)},
    {A64_FEATURE_LRCPC2, BIT(LRCPC)},
    {A64_FEATURE_LRCPC3, BIT(LRCPC2) | BIT(LRCPC)},
    {A64_FEATURE_PACG, BIT(PAUTH)},
};

/* Armv8.0 with its cryptographic extension; what the big cores of Armv8.2 add. */
#define V8_0                                                                                       \
    (BIT(FP) | BIT(ASIMD) | BIT(AES) | BIT(PMULL) | BIT(SHA1) | BIT(SHA2) | BIT(CRC32))
#define V8_2 (V8_0 | BIT(LSE) | BIT(FP16) | BIT(RDM) | BIT(LRCPC) | BIT(DPB) | BIT(DOTPROD))
#define ALL ((UINT64_C(1) << A64_FEATURE_COUNT) - 1)

/*
 * Neoverse N2's: the C library (glibc 2.32 to 2.36) then copies memory by vector registers, of
 * which the host has enough: copies within the first cache take less than half the time. It knows
 * no errata of that part.
 */
enum { MIDR_MAX = 0x410fd490 };

static const struct model {
    const char *name;
    uint32_t midr;
    uint64_t features;
    const char *note;
} models[] = {
    {"max", MIDR_MAX, ALL, "all that is implemented (the default)"},
    {"any", MIDR_MAX, ALL, "the same"},
    {"cortex-a53", 0x410fd034, V8_0, "Arm Cortex-A53 (Armv8.0)"},
    {"cortex-a72", 0x410fd083, V8_0, "Arm Cortex-A72 (Armv8.0)"},
    {"cortex-a76", 0x414fd0b1, V8_2, "Arm Cortex-A76 (Armv8.2)"},
    {"neoverse-n1", 0x414fd0c1, V8_2 | BIT(SSBS), "Arm Neoverse N1 (Armv8.2)"},
};

/* Extensions of the architecture's user code that no model has (-cpu help). */
static const char not_implemented[] =
    "SVE SVE2 (and all that builds on them), SME SME2, MTE, AFP, RPRES, EBF16, LSE128, LS64,\n"
    "  THE, D128, GCS, CPA, LUT, FAMINMAX, FP8, SPECRES, XS, TME, enforcement of BTI";

/* ---- -cpu ---------------------------------------------------------------------------------- */

/*
 * Properties that qemu knows: what programs do not notice takes any value, what we lack may be off;
 * so command lines keep working.
 */
static const char *const any_value[] = {
    "pauth-impdef", "pauth-qarma3", "pauth-qarma5", "lpa2", "pmu", "has_el2", "has_el3", "cntfrq",
    "reset-cbar", "rvbar", "mp-affinity", "psci-conduit", "vfp", "neon", "aarch64",
    "start-powered-off", "sve-max-vq", "sve-default-vector-length", "sme-default-vector-length",
    "backcompat-cntfrq",
};
static const char *const only_off[] = {"sve", "sme", "sme_fa64", "cfgend", "x-rme", "mte"};

/* sve128 to sve2048, sme128 to sme2048: vector lengths. */
static bool is_vector_length(const char *name)
{
    return (!strncasecmp(name, "sve", 3) || !strncasecmp(name, "sme", 3)) && name[3] &&
           strspn(name + 3, "0123456789") == strlen(name + 3);
}

static void switch_feature(struct cpu_config *config, unsigned feature, bool on)
{
    uint64_t *set = &config->features[0], bit = UINT64_C(1) << feature;
    *set = on ? *set | bit : *set & ~bit;
    for (unsigned i = 0; i < COUNT(needs); i++) {
        if (on && needs[i].feature == feature)
            *set |= needs[i].needs;
        if (!on && needs[i].needs & ~*set)
            *set &= ~(UINT64_C(1) << needs[i].feature);
    }
}

/* One property. Returns NULL or what is wrong. */
static const char *set_property(struct cpu_config *config, const char *name, const char *value)
{
    int on = property_switch(value);
    for (unsigned i = 0; i < A64_FEATURE_COUNT; i++) {
        if (strcasecmp(name, features[i].text))
            continue;
        if (on < 0)
            return "is on or off";
        switch_feature(config, i, on);
        if (i == A64_FEATURE_PAUTH)
            switch_feature(config, A64_FEATURE_PACG, on);
        return NULL;
    }
    if (property_listed(name, any_value, COUNT(any_value)))
        return NULL;
    if (property_listed(name, only_off, COUNT(only_off)) || is_vector_length(name))
        return on == 0 ? NULL : "is not implemented";
    return "is not a property of AArch64 processors";
}

bool a64_parse_cpu(const char *text, struct cpu_config *config, char *error, size_t error_size)
{
    char copy[512];
    if (snprintf(copy, sizeof copy, "%s", text ? text : "max") >= (int)sizeof copy) {
        snprintf(error, error_size, "CPU description is too long");
        return false;
    }
    char *rest = copy, *name = strsep(&rest, ",");
    const char *value;
    for (config->model = 0; config->model < COUNT(models); config->model++)
        if (!strcmp(name, models[config->model].name))
            break;
    if (config->model == COUNT(models)) {
        snprintf(error, error_size, "unknown CPU '%s' (try -cpu help)", name);
        return false;
    }
    config->features[0] = models[config->model].features;
    config->features[1] = 0;
    while (property_next(&rest, &name, &value)) {
        const char *wrong = set_property(config, name, value);
        if (wrong) {
            snprintf(error, error_size, "CPU property '%s' %s", name, wrong);
            return false;
        }
    }
    return true;
}

void a64_print_cpus(void)
{
    printf("AArch64 processors:\n");
    for (unsigned i = 0; i < COUNT(models); i++)
        printf("  %-12s %s\n", models[i].name, models[i].note);
    printf("Properties (name=on, name=off, +name, -name):\n");
    for (unsigned i = 0; i < A64_FEATURE_COUNT; i++)
        printf("  %-12s %s\n", features[i].text, features[i].note);
    printf("Not implemented:\n  %s\n", not_implemented);
}

const char *a64_feature_name(unsigned feature)
{
    return features[feature].text;
}

/* ---- what the kernel says ------------------------------------------------------------------ */

/* Capabilities that are no feature of ours, or a second one. */
enum { HWCAP_EVTSTRM = 2, HWCAP_ASIMDHP = 10, HWCAP_CPUID = 11, HWCAP_COUNT = 128 };

static const char *extra_capability(const struct cpu_config *config, int bit)
{
    switch (bit) {
    case HWCAP_EVTSTRM: return "evtstrm"; /* WFE does not wait for long */
    case HWCAP_CPUID: return "cpuid";     /* identification registers can be read */
    case HWCAP_ASIMDHP:
        return cpu_has(config, A64_FEATURE_FP16) && cpu_has(config, A64_FEATURE_ASIMD) ? "asimdhp"
                                                                                       : NULL;
    }
    return NULL;
}

/* The kernel's name of capability `bit` if the processor has it, else NULL. */
static const char *capability(const struct cpu_config *config, int bit)
{
    for (unsigned i = 0; i < A64_FEATURE_COUNT; i++)
        if (features[i].hwcap == bit)
            return cpu_has(config, i) ? features[i].kernel : NULL;
    return extra_capability(config, bit);
}

static uint64_t capability_word(const struct cpu_config *config, int first)
{
    uint64_t word = 0;
    for (int i = 0; i < 64; i++)
        word |= (uint64_t)(capability(config, first + i) != NULL) << i;
    return word;
}

uint64_t a64_hwcap(const struct cpu_config *config)
{
    return capability_word(config, 0);
}

uint64_t a64_hwcap2(const struct cpu_config *config)
{
    return capability_word(config, 64);
}

char *a64_feature_string(const struct cpu_config *config, char *text, size_t size)
{
    size_t n = 0;
    *text = 0;
    for (int i = 0; i < HWCAP_COUNT && n < size; i++) {
        const char *name = capability(config, i);
        if (name)
            n += (size_t)snprintf(text + n, size - n, "%s%s", n ? " " : "", name);
    }
    return text;
}

uint32_t a64_midr(const struct cpu_config *config)
{
    return models[config->model].midr;
}

/* ---- identification registers -------------------------------------------------------------- */

/* CRm and op2 of op0 3, op1 0, CRn 0. */
enum {
    MIDR = 0 << 3 | 0,
    MPIDR = 0 << 3 | 5,
    PFR0 = 4 << 3 | 0,
    PFR1 = 4 << 3 | 1,
    ISAR0 = 6 << 3 | 0,
    ISAR1 = 6 << 3 | 1,
    ISAR2 = 6 << 3 | 2,
    MMFR0 = 7 << 3 | 0,
    MMFR2 = 7 << 3 | 2,
};

/* Fields of four bits (Arm ARM D19.2); of several rows for a field the last that applies counts. */
static const struct {
    uint8_t number, shift, value, feature;
} fields[] = {
    {PFR0, 16, 1, A64_FEATURE_FP16},     {PFR0, 20, 1, A64_FEATURE_FP16},
    {PFR0, 48, 1, A64_FEATURE_DIT},      {PFR1, 0, 1, A64_FEATURE_BTI},
    {PFR1, 4, 2, A64_FEATURE_SSBS},      {ISAR0, 4, 1, A64_FEATURE_AES},
    {ISAR0, 4, 2, A64_FEATURE_PMULL},    {ISAR0, 8, 1, A64_FEATURE_SHA1},
    {ISAR0, 12, 1, A64_FEATURE_SHA2},    {ISAR0, 12, 2, A64_FEATURE_SHA512},
    {ISAR0, 16, 1, A64_FEATURE_CRC32},   {ISAR0, 20, 2, A64_FEATURE_LSE},
    {ISAR0, 28, 1, A64_FEATURE_RDM},     {ISAR0, 32, 1, A64_FEATURE_SHA3},
    {ISAR0, 36, 1, A64_FEATURE_SM3},     {ISAR0, 40, 1, A64_FEATURE_SM4},
    {ISAR0, 44, 1, A64_FEATURE_DOTPROD}, {ISAR0, 48, 1, A64_FEATURE_FHM},
    {ISAR0, 52, 1, A64_FEATURE_FLAGM},   {ISAR0, 52, 2, A64_FEATURE_FLAGM2},
    {ISAR0, 60, 1, A64_FEATURE_RNG},     {ISAR1, 0, 1, A64_FEATURE_DPB},
    {ISAR1, 0, 2, A64_FEATURE_DPB2},     {ISAR1, 8, 3, A64_FEATURE_PAUTH},
    {ISAR1, 12, 1, A64_FEATURE_JSCVT},   {ISAR1, 16, 1, A64_FEATURE_FCMA},
    {ISAR1, 20, 1, A64_FEATURE_LRCPC},   {ISAR1, 20, 2, A64_FEATURE_LRCPC2},
    {ISAR1, 20, 3, A64_FEATURE_LRCPC3},  {ISAR1, 28, 1, A64_FEATURE_PACG},
    {ISAR1, 32, 1, A64_FEATURE_FRINT},   {ISAR1, 36, 1, A64_FEATURE_SB},
    {ISAR1, 44, 1, A64_FEATURE_BF16},    {ISAR1, 52, 1, A64_FEATURE_I8MM},
    {ISAR2, 0, 2, A64_FEATURE_WFXT},     {ISAR2, 16, 1, A64_FEATURE_MOPS},
    {ISAR2, 20, 1, A64_FEATURE_HBC},     {ISAR2, 52, 1, A64_FEATURE_CSSC},
    {MMFR0, 60, 1, A64_FEATURE_ECV},     {MMFR2, 32, 1, A64_FEATURE_LSE2},
};

/* What the kernel shows of fields that are not for programs, and what no feature decides. */
static uint64_t fixed_fields(const struct cpu_config *config, unsigned number)
{
    switch (number) {
    case MIDR: return a64_midr(config);
    case MPIDR: return UINT64_C(1) << 31;
    case PFR0: /* EL0 and EL1 are AArch64 only; 15: no FP, no Advanced SIMD */
        return 0x11 | (cpu_has(config, A64_FEATURE_FP) ? 0u : 15u << 16) |
               (cpu_has(config, A64_FEATURE_ASIMD) ? 0u : 15u << 20);
    case MMFR0: return UINT64_C(0xff) << 24; /* granules: none */
    default: return 0;
    }
}

uint64_t a64_identification(const struct cpu_config *config, unsigned number)
{
    unsigned low = number & 0x7f;
    uint64_t value = fixed_fields(config, low);
    for (unsigned i = 0; i < COUNT(fields); i++)
        if (fields[i].number == low && cpu_has(config, fields[i].feature))
            value = (value & ~(UINT64_C(15) << fields[i].shift)) |
                    (uint64_t)fields[i].value << fields[i].shift;
    return value;
}
