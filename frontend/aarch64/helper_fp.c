/*
 * Conversions that no op of the IR does. Exact arithmetic of ir/fp.h; the names in comments are
 * those of the Arm ARM's shared pseudocode. Helpers run with the guest's MXCSR live in the host's
 * register.
 */
#include "frontend/aarch64/helper_lane.h"

/* ---- conversions -------------------------------------------------------------------------- */

/* FPToFixedJS: towards zero, the low 32 bits; bit 32 of the result: nothing was lost. */
uint64_t a64_helper_fjcvtzs(struct cpu *cpu, uint64_t image, uint64_t rule, uint64_t c)
{
    struct fp_context fp = fp_begin((unsigned)rule);
    (void)cpu, (void)c;
    fp.round = IR_ROUND_ZERO;
    uint32_t value = (uint32_t)fp_to_int(&fp, IR_F64, true, 32, image);
    bool negative = image >> 63, minus_zero = negative && image << 1 == 0;
    bool lost = fp.flags & (IR_EXC_INVALID | IR_EXC_INEXACT | IR_EXC_DENORMAL);
    fp_end(&fp);
    if (fp.flags & IR_EXC_INVALID) { /* infinite, NaN or too large: modulo 2^32 */
        int exponent = (int)(image >> 52 & 0x7ff) - 1075; /* of the fraction's lowest bit */
        uint64_t one = UINT64_C(1) << 52, fraction = (image & (one - 1)) | one;
        fraction = exponent >= 32  ? 0
                   : exponent >= 0 ? fraction << exponent
                                   : fraction >> -exponent;
        value = (uint32_t)(negative ? -fraction : fraction);
    }
    return value | (uint64_t)!(lost || minus_zero) << 32;
}

/* FixedToFP to half precision; `how`: fraction bits, and in bit 8 whether the integer is signed. */
uint64_t a64_helper_int_to_half(struct cpu *cpu, uint64_t value, uint64_t how, uint64_t rule)
{
    struct fp_context fp = fp_begin((unsigned)rule);
    (void)cpu;
    uint64_t half = fp_from_fixed(&fp, IR_F16, how >> 8 & 1, 64, how & 255, value);
    fp_end(&fp);
    return half;
}

/* FPRoundIntN: variant 1 for 64 bits, 0 for 32. What does not fit becomes the smallest integer. */
static uint64_t round_int(struct fp_context *fp, unsigned type, unsigned variant, uint64_t a,
                          uint64_t b)
{
    struct fp_context probe = *fp;
    (void)b;
    probe.flags = 0;
    fp_to_int(&probe, type, true, variant ? 64 : 32, a);
    fp->flags |= probe.flags;
    if (!(probe.flags & IR_EXC_INVALID))
        return fp_round_to_integral(fp, type, false, a);
    if (type == IR_F64)
        return variant ? 0xc3e0000000000000 : 0xc1e0000000000000;
    return variant ? 0xdf000000 : 0xcf000000;
}

uint64_t a64_helper_round_int(struct cpu *cpu, uint64_t vectors, uint64_t number, uint64_t c)
{
    (void)cpu, (void)c;
    return each_lane(vectors, number, round_int);
}

/* FPConvertBF: single precision to BF16, in the low 16 bits. BF16 is a single cut in half. */
static uint64_t to_bfloat(struct fp_context *fp, unsigned type, unsigned variant, uint64_t a,
                          uint64_t b)
{
    uint32_t image = (uint32_t)a, half = 0x8000, rest = image & 0xffff, r = image >> 16;
    bool sign = image >> 31, subnormal = !(image << 1 >> 24);
    (void)variant, (void)b;
    if (is_nan(type, a)) {
        if (!(image >> 22 & 1))
            fp->flags |= IR_EXC_INVALID;
        return fp->rule & IR_FP_DEFAULT_NAN ? 0x7fc0 : r | 0x40;
    }
    if (subnormal && image << 1 && fp->rule & IR_FP_FLUSH) {
        fp->flags |= IR_EXC_DENORMAL;
        return r & 0x8000;
    }
    if (!rest)
        return r;
    fp->flags |= IR_EXC_INEXACT | (subnormal ? IR_EXC_UNDERFLOW : 0);
    bool up = fp->round == IR_ROUND_NEAREST ? rest > half || (rest == half && r & 1)
                                            : fp->round == (sign ? IR_ROUND_DOWN : IR_ROUND_UP);
    r += up;
    if ((r & 0x7f80) == 0x7f80)
        fp->flags |= IR_EXC_OVERFLOW;
    return r;
}

uint64_t a64_helper_bfcvt(struct cpu *cpu, uint64_t vectors, uint64_t number, uint64_t c)
{
    (void)cpu, (void)c;
    return each_lane(vectors, number, to_bfloat);
}
