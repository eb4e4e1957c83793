/*
 * Processors: what -cpu accepts, and what a program can ask about its processor. All is derived
 * from extension.def; models and needs are the two tables below.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "frontend/property.h"
#include "frontend/riscv/internal.h"

#define BIT(name) (UINT64_C(1) << RV_FEATURE_##name)

static_assert(RV_FEATURE_COUNT <= 64, "features fit in one word");

static const struct extension {
    const char *text;
    char letter;
    int hwprobe;
    const char *note;
} extensions[] = {
#define EXT(name, text, hwcap, hwprobe, note) {text, hwcap, hwprobe, note},
#include "frontend/riscv/extension.def"
#undef EXT
};

/* `name` is off where one of `needs` is; switching it on brings them along. */
static const struct need {
    uint8_t feature;
    uint64_t needs;
} needs[] = {
    {RV_FEATURE_F, BIT(Zicsr)},
    {RV_FEATURE_D, BIT(F) | BIT(Zicsr)},
    {RV_FEATURE_Zicntr, BIT(Zicsr)},
    {RV_FEATURE_Zfhmin, BIT(F) | BIT(Zicsr)},
    {RV_FEATURE_Zfh, BIT(F) | BIT(Zfhmin) | BIT(Zicsr)},
    {RV_FEATURE_Zfa, BIT(F) | BIT(Zicsr)},
    {RV_FEATURE_Zacas, BIT(A)},
    {RV_FEATURE_Zabha, BIT(A)},
    {RV_FEATURE_Zawrs, BIT(A)},
    {RV_FEATURE_Zaamo, BIT(A)},
    {RV_FEATURE_Zalrsc, BIT(A)},
    {RV_FEATURE_Zca, BIT(C)},
    {RV_FEATURE_Zcd, BIT(C) | BIT(D) | BIT(F) | BIT(Zicsr)},
    {RV_FEATURE_Zcb, BIT(C)},
    {RV_FEATURE_Zcmop, BIT(C) | BIT(Zimop)},
    {RV_FEATURE_Sv48, BIT(Sv39)},
    {RV_FEATURE_Sv57, BIT(Sv48) | BIT(Sv39)},
};

#define RV64GC                                                                                     \
    (BIT(I) | BIT(M) | BIT(A) | BIT(F) | BIT(D) | BIT(C) | BIT(Zicsr) | BIT(Zifencei) |            \
     BIT(Zicntr) | BIT(Zaamo) | BIT(Zalrsc) | BIT(Zca) | BIT(Zcd) | BIT(Svade) | BIT(Sv39))
#define RVA22U64                                                                                   \
    (RV64GC | BIT(Zihintpause) | BIT(Zba) | BIT(Zbb) | BIT(Zbs) | BIT(Zicbom) | BIT(Zicbop) |      \
     BIT(Zicboz) | BIT(Zfhmin))
#define RVA22S64 (RVA22U64 | BIT(Svinval) | BIT(Svpbmt) | BIT(Sstc) | BIT(Sv48))
/* But for page faults that set accessed and dirty bits: with them, kernels would leave Svadu off. */
#define ALL (((UINT64_C(1) << RV_FEATURE_COUNT) - 1) & ~BIT(Svade))

static const struct model {
    const char *name;
    uint64_t features;
    const char *note;
} models[] = {
    {"max", ALL, "all that is implemented (the default)"},
    {"rv64", ALL, "the same"},
    {"any", ALL, "the same"},
    {"rv64gc", RV64GC, "the general-purpose set"},
    {"rva20u64", RV64GC, "profile RVA20U64"},
    {"rva22u64", RVA22U64, "profile RVA22U64"},
    {"rva22s64", RVA22S64, "profile RVA22S64: the same for programs"},
    {"sifive-u54", RV64GC, "SiFive U54"},
    {"sifive-e51", RV64GC & ~(BIT(F) | BIT(D) | BIT(Zcd)), "SiFive E51"},
    {"shakti-c", RV64GC, "SHAKTI C-class"},
};

/*
 * Properties that qemu knows: what programs do not notice takes any value, what we lack may be off;
 * so command lines keep working.
 */
static const char *const any_value[] = {
    "vlen", "elen", "vext_spec", "priv_spec", "bext_spec", "mmu", "pmp", "cbom_blocksize",
    "cboz_blocksize", "zkt", "zmmul", "zihpm",
};
static const char *const only_off[] = {
    "v", "h", "e", "zbkb", "zbkc", "zbkx", "zk", "zkn", "zknd", "zkne", "zknh", "zkr", "zks",
    "zksed", "zksh", "zfinx", "zdinx", "zhinx", "zhinxmin", "zcmp", "zcmt", "zfbfmin", "zve32f",
    "zve64f", "zve64d", "zvbb", "zvbc", "zvkb", "zvfh", "zvfhmin",
};

static void switch_feature(struct cpu_config *config, unsigned feature, bool on)
{
    if (on)
        config->features[0] |= UINT64_C(1) << feature;
    else
        config->features[0] &= ~(UINT64_C(1) << feature);
    for (unsigned i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if (on && needs[i].feature == feature)
            config->features[0] |= needs[i].needs;
        if (!on && (needs[i].needs >> feature & 1))
            config->features[0] &= ~(UINT64_C(1) << needs[i].feature);
    }
}

/* Features that are other names for a combination follow it. */
static void derive(struct cpu_config *config)
{
    static const struct need derived[] = {
        {RV_FEATURE_Zaamo, BIT(A)}, {RV_FEATURE_Zalrsc, BIT(A)},
        {RV_FEATURE_Zca, BIT(C)},   {RV_FEATURE_Zcd, BIT(C) | BIT(D)},
    };
    for (unsigned i = 0; i < sizeof derived / sizeof derived[0]; i++)
        if ((config->features[0] & derived[i].needs) == derived[i].needs)
            config->features[0] |= UINT64_C(1) << derived[i].feature;
}

/* One property, "name" with its value apart. Returns NULL or what is wrong. */
static const char *set_property(struct cpu_config *config, const char *name, const char *value)
{
    int on = property_switch(value);
    if (!strcasecmp(name, "g")) {
        if (on < 0)
            return "is on or off";
        static const uint8_t g[] = {RV_FEATURE_I, RV_FEATURE_M, RV_FEATURE_A, RV_FEATURE_F,
                                    RV_FEATURE_D, RV_FEATURE_Zicsr, RV_FEATURE_Zifencei};
        for (unsigned i = on ? 0 : 1; i < sizeof g; i++)
            switch_feature(config, g[i], on);
        return NULL;
    }
    for (unsigned i = 0; i < RV_FEATURE_COUNT; i++) {
        if (strcasecmp(name, extensions[i].text))
            continue;
        if (on < 0)
            return "is on or off";
        if (i == RV_FEATURE_I && !on)
            return "cannot be off";
        switch_feature(config, i, on);
        return NULL;
    }
    if (property_listed(name, any_value, sizeof any_value / sizeof any_value[0]))
        return NULL;
    if (property_listed(name, only_off, sizeof only_off / sizeof only_off[0]))
        return on == 0 ? NULL : "is not implemented";
    return "is not a property of RISC-V processors";
}

bool riscv_parse_cpu(const char *text, struct cpu_config *config, char *error, size_t error_size)
{
    char copy[512];
    config->features[0] = ALL;
    config->features[1] = 0;
    if (!text)
        return true;
    if (snprintf(copy, sizeof copy, "%s", text) >= (int)sizeof copy) {
        snprintf(error, error_size, "CPU description is too long");
        return false;
    }
    char *rest = copy, *name = strsep(&rest, ",");
    const char *value;
    const struct model *model = NULL;
    for (unsigned i = 0; i < sizeof models / sizeof models[0]; i++)
        if (!strcmp(name, models[i].name))
            model = &models[i];
    if (!model) {
        snprintf(error, error_size, "unknown CPU '%s' (try -cpu help)", name);
        return false;
    }
    config->features[0] = model->features;
    while (property_next(&rest, &name, &value)) {
        const char *wrong = set_property(config, name, value);
        if (wrong) {
            snprintf(error, error_size, "CPU property '%s' %s", name, wrong);
            return false;
        }
    }
    derive(config);
    return true;
}

void riscv_print_cpus(void)
{
    printf("RISC-V processors:\n");
    for (unsigned i = 0; i < sizeof models / sizeof models[0]; i++)
        printf("  %-12s %s\n", models[i].name, models[i].note);
    printf("Properties (name=on, name=off, +name, -name):\n");
    for (unsigned i = 0; i < RV_FEATURE_COUNT; i++)
        printf("  %-12s %s\n", extensions[i].text, extensions[i].note);
}

const char *riscv_feature_name(unsigned feature)
{
    return extensions[feature].text;
}

static bool for_supervisors(const struct extension *e)
{
    return e->text[0] == 's';
}

/* Sizes of addresses are no words of the isa line: "mmu-type" of a device tree says them. */
static bool is_address_size(const struct extension *e)
{
    return e->text[0] == 's' && e->text[2] >= '0' && e->text[2] <= '9';
}

static char *print_isa(const struct cpu_config *config, bool machine, char *text, size_t size)
{
    size_t n = (size_t)snprintf(text, size, "rv64");
    for (unsigned i = 0; i < RV_FEATURE_COUNT && n < size; i++) {
        const struct extension *e = &extensions[i];
        if (cpu_has(config, i) && (machine ? !is_address_size(e) : !for_supervisors(e)))
            n += (size_t)snprintf(text + n, size - n, "%s%s", e->text[1] ? "_" : "", e->text);
    }
    return text;
}

char *riscv_isa_string(const struct cpu_config *config, char *text, size_t size)
{
    return print_isa(config, false, text, size);
}

char *riscv_isa_text(const struct cpu_config *config, char *text, size_t size)
{
    return print_isa(config, true, text, size);
}

uint64_t riscv_hwcap(const struct cpu_config *config)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < RV_FEATURE_COUNT; i++)
        if (extensions[i].letter && cpu_has(config, i))
            bits |= UINT64_C(1) << (extensions[i].letter - 'a');
    return bits;
}

static uint64_t ima_ext_0(const struct cpu_config *config)
{
    uint64_t on = 0, off = 0;
    for (unsigned i = 0; i < RV_FEATURE_COUNT; i++)
        if (extensions[i].hwprobe >= 0)
            *(cpu_has(config, i) ? &on : &off) |= UINT64_C(1) << extensions[i].hwprobe;
    return on & ~off;
}

/* Linux, Documentation/arch/riscv/hwprobe.rst. */
bool riscv_hwprobe(const struct cpu_config *config, int64_t key, uint64_t *value)
{
    uint64_t ima = BIT(I) | BIT(M) | BIT(A);
    switch (key) {
    case 0: /* MVENDORID */
    case 1: /* MARCHID */
    case 2: /* MIMPID */
        *value = 0;
        return true;
    case 3: /* BASE_BEHAVIOR: IMA */
        *value = (config->features[0] & ima) == ima;
        return true;
    case 4: /* IMA_EXT_0 */
        *value = ima_ext_0(config);
        return true;
    case 5: /* CPUPERF_0: misaligned accesses are fast */
    case 9: /* MISALIGNED_SCALAR_PERF */
        *value = 3;
        return true;
    case 6: /* ZICBOZ_BLOCK_SIZE */
        *value = cpu_has(config, RV_FEATURE_Zicboz) ? RISCV_CACHE_BLOCK : 0;
        return true;
    case 7: /* HIGHEST_VIRT_ADDRESS: Sv48's, below the host's own limit */
        *value = 0x7fffffffffff;
        return true;
    case 8: /* TIME_CSR_FREQ */
        *value = RISCV_TIME_FREQUENCY;
        return true;
    }
    return false;
}
