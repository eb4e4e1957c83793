/* Advanced SIMD: what is a C function at run time, called by callv. */
#include "frontend/aarch64/decode.h"

/* Arm ARM, RecipEstimate: of a number from 256 to 511, in units of 1/512, the same of 1/a * 1/2. */
static uint32_t reciprocal(uint32_t a)
{
    return ((1u << 19) / (2 * a + 1) + 1) / 2;
}

/* Arm ARM, RecipSqrtEstimate: of a number from 128 to 511. */
static uint32_t reciprocal_root(uint32_t a)
{
    uint32_t b = 512;
    a = a < 256 ? 2 * a + 1 : ((a & ~1u) + 1) * 2;
    while ((uint64_t)a * (b + 1) * (b + 1) < UINT64_C(1) << 28)
        b++;
    return (b + 1) / 2;
}

uint64_t a64_helper_urecpe(struct cpu *cpu, uint64_t vectors, uint64_t d, uint64_t c)
{
    union ir_v128 *v = (union ir_v128 *)(uintptr_t)vectors;
    (void)cpu, (void)d, (void)c;
    for (int i = 0; i < 4; i++) {
        uint32_t a = v[1].s[i];
        v[0].s[i] = a >> 31 ? reciprocal(a >> 23) << 23 : UINT32_MAX;
    }
    return 0;
}

uint64_t a64_helper_ursqrte(struct cpu *cpu, uint64_t vectors, uint64_t d, uint64_t c)
{
    union ir_v128 *v = (union ir_v128 *)(uintptr_t)vectors;
    (void)cpu, (void)d, (void)c;
    for (int i = 0; i < 4; i++) {
        uint32_t a = v[1].s[i];
        v[0].s[i] = a >> 30 ? reciprocal_root(a >> 23) << 23 : UINT32_MAX;
    }
    return 0;
}
