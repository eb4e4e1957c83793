/*
 * Floating point that no op of the IR does: rare conversions, estimates, steps. Exact arithmetic of
 * ir/fp.h; the names in comments are those of the Arm ARM's shared pseudocode. Helpers run with the
 * guest's MXCSR live in the host's register.
 */
#include "frontend/aarch64/float.h"
#include "ir/fp.h"

/* A vector helper's operands, as callv lays them out. */
struct operands {
    union ir_v128 r, a, b, c;
};

static uint64_t get_lane(const union ir_v128 *v, unsigned type, unsigned i)
{
    return type == IR_F16 ? v->h[i] : type == IR_F32 ? v->s[i] : v->d[i];
}

static void set_lane(union ir_v128 *v, unsigned type, unsigned i, uint64_t value)
{
    if (type == IR_F16)
        v->h[i] = (uint16_t)value;
    else if (type == IR_F32)
        v->s[i] = (uint32_t)value;
    else
        v->d[i] = value;
}

/* Computes every lane that `number` asks for; the others become zero. */
typedef uint64_t lane_fn(struct fp_context *fp, unsigned type, unsigned variant, uint64_t a, uint64_t b);

static uint64_t each_lane(uint64_t vectors, uint64_t number, lane_fn *fn)
{
    struct operands *v = (struct operands *)(uintptr_t)vectors;
    struct fp_context fp = fp_begin(fp_number_rule(number));
    unsigned type = fp_number_type(number), n = fp_number_lanes(number);
    union ir_v128 r = {.d = {0, 0}};
    for (unsigned i = 0; i < n; i++)
        set_lane(&r, type, i, fn(&fp, type, fp_number_variant(number), get_lane(&v->a, type, i),
                                 get_lane(&v->b, type, i)));
    v->r = r;
    fp_end(&fp);
    return 0;
}

static bool is_nan(unsigned type, uint64_t image)
{
    return fp_classify(type, image) >= FP_SIGNALLING_NAN;
}

/* ---- conversions -------------------------------------------------------------------------- */

/* FPToFixedJS: towards zero, the low 32 bits; bit 32 of the result: nothing was lost. */
uint64_t a64_helper_fjcvtzs(struct cpu *cpu, uint64_t image, uint64_t rule, uint64_t c)
{
    struct fp_context fp = fp_begin((unsigned)rule);
    (void)cpu, (void)c;
    fp.round = IR_ROUND_ZERO;
    uint32_t value = (uint32_t)fp_to_int(&fp, IR_F64, true, 32, image);
    bool subnormal = !(image << 1 >> 53), negative = image >> 63;
    bool lost = fp.flags & (IR_EXC_INVALID | IR_EXC_INEXACT);
    bool minus_zero = negative && (image << 1 == 0 || (subnormal && fp.flags & IR_EXC_DENORMAL));
    fp_end(&fp);
    if (fp.flags & IR_EXC_INVALID) { /* infinite, NaN or too large: modulo 2^32 */
        int exponent = (int)(image >> 52 & 0x7ff) - 1075; /* of the fraction's lowest bit */
        uint64_t one = UINT64_C(1) << 52, fraction = (image & (one - 1)) | one;
        fraction = exponent >= 32 ? 0 : exponent >= 0 ? fraction << exponent : fraction >> -exponent;
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
static uint64_t round_int(struct fp_context *fp, unsigned type, unsigned variant, uint64_t a, uint64_t b)
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
static uint64_t to_bfloat(struct fp_context *fp, unsigned type, unsigned variant, uint64_t a, uint64_t b)
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
