/*
 * Reciprocals and reciprocal square roots: estimates and steps of Newton's method, and FMULX, which
 * shares their zero times infinity (Arm ARM, shared pseudocode FPRecipEstimate, FPRSqrtEstimate,
 * FPRecipStepFused, FPRSqrtStepFused, FPRecpX, FPMulX).
 */
#include "frontend/aarch64/helper_lane.h"

struct layout {
    uint8_t bits, fraction; /* of the image, of its fraction field */
    uint16_t max;           /* exponent field of infinity */
};

static const struct layout layouts[] = {
    [IR_F16] = {16, 10, 31}, [IR_F32] = {32, 23, 255}, [IR_F64] = {64, 52, 2047}};

enum class { ZERO, SUBNORMAL, NORMAL, INFINITE, NOT_A_NUMBER };

/* An operand taken apart, after flushing. */
struct parts {
    enum class class;
    bool sign;
    int exponent;      /* field of the image */
    uint64_t fraction; /* with 52 bits */
};

static struct parts take_apart(struct fp_context *fp, unsigned type, uint64_t image)
{
    const struct layout *l = &layouts[type];
    uint64_t mask = (UINT64_C(1) << l->fraction) - 1;
    struct parts x = {.class = NORMAL,
                      .sign = image >> (l->bits - 1) & 1,
                      .exponent = (int)(image >> l->fraction & l->max),
                      .fraction = (image & mask) << (52 - l->fraction)};
    if (x.exponent == l->max) {
        x.class = x.fraction ? NOT_A_NUMBER : INFINITE;
    } else if (x.exponent == 0) {
        x.class = x.fraction ? SUBNORMAL : ZERO;
        if (x.fraction && fp->rule & IR_FP_FLUSH) {
            fp->flags |= type == IR_F16 ? 0 : IR_EXC_DENORMAL;
            x.class = ZERO;
            x.fraction = 0;
        }
    }
    return x;
}

static uint64_t put_together(unsigned type, bool sign, int exponent, uint64_t fraction)
{
    const struct layout *l = &layouts[type];
    return (uint64_t)sign << (l->bits - 1) | (uint64_t)exponent << l->fraction |
           fraction >> (52 - l->fraction);
}

static uint64_t infinity(unsigned type, bool sign)
{
    return put_together(type, sign, layouts[type].max, 0);
}

/* What FPProcessNaN makes of a NaN: any operation on it does. */
static uint64_t quiet(struct fp_context *fp, unsigned type, uint64_t image)
{
    return fp_sqrt(fp, type, image);
}

/* ---- estimates ---------------------------------------------------------------------------- */

/* A reciprocal of 9 bits, 256 to 511, of another such (RecipEstimate). */
static unsigned reciprocal(unsigned a)
{
    return ((1u << 19) / (2 * a + 1) + 1) / 2;
}

/* 256 to 511 for the reciprocal square root of 128 to 511 (RecipSqrtEstimate). */
static unsigned reciprocal_root(unsigned a)
{
    a = a < 256 ? 2 * a + 1 : ((a & ~1u) + 1) * 2;
    unsigned b = 512; /* the largest with a * b^2 below 2^28, bit by bit */
    for (unsigned bit = 256; bit; bit /= 2)
        if ((uint64_t)a * (b | bit) * (b | bit) < UINT64_C(1) << 28)
            b |= bit;
    return (b + 1) / 2;
}

/* The reciprocal is too large for the format. */
static uint64_t overflow(struct fp_context *fp, unsigned type, bool sign)
{
    bool to_infinity = fp->round == IR_ROUND_NEAREST ||
                       fp->round == (sign ? IR_ROUND_DOWN : IR_ROUND_UP);
    fp->flags |= IR_EXC_OVERFLOW | IR_EXC_INEXACT;
    return infinity(type, sign) - !to_infinity;
}

static uint64_t recip_estimate(struct fp_context *fp, unsigned type, unsigned variant, uint64_t a,
                               uint64_t b)
{
    const uint64_t top = UINT64_C(1) << 51, mask = 2 * top - 1;
    struct parts x = take_apart(fp, type, a);
    int bias = layouts[type].max / 2;
    (void)variant, (void)b;
    if (x.class == NOT_A_NUMBER)
        return quiet(fp, type, a);
    if (x.class == INFINITE)
        return put_together(type, x.sign, 0, 0);
    if (x.class == ZERO) {
        fp->flags |= IR_EXC_DIVZERO;
        return infinity(type, x.sign);
    }
    if (x.exponent == 0 && x.fraction < top / 2) /* below 2^(-bias - 1) */
        return overflow(fp, type, x.sign);
    if (fp->rule & IR_FP_FLUSH && x.exponent >= 2 * bias - 1) { /* the reciprocal is subnormal */
        fp->flags |= IR_EXC_UNDERFLOW;
        return put_together(type, x.sign, 0, 0);
    }
    if (x.exponent == 0) {
        int shift = x.fraction & top ? 1 : 2;
        x.exponent = 1 - shift;
        x.fraction = x.fraction << shift & mask;
    }
    int exponent = 2 * bias - 1 - x.exponent;
    uint64_t fraction = (uint64_t)(reciprocal(256 | (unsigned)(x.fraction >> 44)) & 255) << 44;
    if (exponent <= 0) { /* subnormal: the leading one becomes visible */
        fraction = (fraction >> 1 | top) >> -exponent;
        exponent = 0;
    }
    return put_together(type, x.sign, exponent, fraction);
}

uint64_t a64_helper_recip_estimate(struct cpu *cpu, uint64_t vectors, uint64_t number, uint64_t c)
{
    (void)cpu, (void)c;
    return each_lane(vectors, number, recip_estimate);
}

static uint64_t rsqrt_estimate(struct fp_context *fp, unsigned type, unsigned variant, uint64_t a,
                               uint64_t b)
{
    struct parts x = take_apart(fp, type, a);
    int bias = layouts[type].max / 2;
    (void)variant, (void)b;
    if (x.class == NOT_A_NUMBER)
        return quiet(fp, type, a);
    if (x.class == ZERO) {
        fp->flags |= IR_EXC_DIVZERO;
        return infinity(type, x.sign);
    }
    if (x.sign) {
        fp->flags |= IR_EXC_INVALID;
        return fp_canonical_nan(type);
    }
    if (x.class == INFINITE)
        return 0;
    if (x.exponent == 0) {
        int shift = __builtin_clzll(x.fraction) - 11; /* the leading one to bit 52 */
        x.exponent = 1 - shift;
        x.fraction = x.fraction << shift & ((UINT64_C(1) << 52) - 1);
    }
    unsigned scaled = 256 | (unsigned)(x.fraction >> 44);
    if (x.exponent & 1)
        scaled >>= 1;
    int exponent = (3 * bias - 1 - x.exponent) / 2;
    return put_together(type, false, exponent, (uint64_t)(reciprocal_root(scaled) & 255) << 44);
}

uint64_t a64_helper_rsqrt_estimate(struct cpu *cpu, uint64_t vectors, uint64_t number, uint64_t c)
{
    (void)cpu, (void)c;
    return each_lane(vectors, number, rsqrt_estimate);
}

/* FPRecpX: the exponent's bits inverted. */
static uint64_t recip_exponent(struct fp_context *fp, unsigned type, unsigned variant, uint64_t a,
                               uint64_t b)
{
    struct parts x = take_apart(fp, type, a);
    int max = layouts[type].max;
    (void)variant, (void)b;
    if (x.class == NOT_A_NUMBER)
        return quiet(fp, type, a);
    return put_together(type, x.sign, x.exponent ? max - x.exponent : max - 1, 0);
}

uint64_t a64_helper_recip_exponent(struct cpu *cpu, uint64_t vectors, uint64_t number, uint64_t c)
{
    (void)cpu, (void)c;
    return each_lane(vectors, number, recip_exponent);
}

/* ---- steps and FMULX ---------------------------------------------------------------------- */

static bool zero_times_infinity(const struct parts *x, const struct parts *y)
{
    return (x->class == ZERO && y->class == INFINITE) || (x->class == INFINITE && y->class == ZERO);
}

/* 1.0, 1.5, 2.0: an exponent above the bias, and whether there is a half. */
static uint64_t small_number(unsigned type, bool sign, int exponent, bool half)
{
    return put_together(type, sign, layouts[type].max / 2 + exponent, (uint64_t)half << 51);
}

static uint64_t mulx(struct fp_context *fp, unsigned type, unsigned variant, uint64_t a, uint64_t b)
{
    struct parts x = take_apart(fp, type, a), y = take_apart(fp, type, b);
    (void)variant;
    if (zero_times_infinity(&x, &y))
        return small_number(type, x.sign != y.sign, 1, false);
    return fp_mul(fp, type, a, b);
}

uint64_t a64_helper_mulx(struct cpu *cpu, uint64_t vectors, uint64_t number, uint64_t c)
{
    (void)cpu, (void)c;
    return each_lane(vectors, number, mulx);
}

/* 2 - a * b */
static uint64_t recip_step(struct fp_context *fp, unsigned type, unsigned variant, uint64_t a,
                           uint64_t b)
{
    struct parts x = take_apart(fp, type, a), y = take_apart(fp, type, b);
    uint64_t two = small_number(type, false, 1, false);
    (void)variant;
    if (zero_times_infinity(&x, &y))
        return two;
    return fp_fma(fp, type, IR_FMA_NEG_PRODUCT, a, b, two);
}

uint64_t a64_helper_recip_step(struct cpu *cpu, uint64_t vectors, uint64_t number, uint64_t c)
{
    (void)cpu, (void)c;
    return each_lane(vectors, number, recip_step);
}

/* The image of half the value, if it stays a normal number. */
static bool halve(unsigned type, const struct parts *x, uint64_t *image)
{
    if (x->exponent < 2 || x->exponent == layouts[type].max)
        return false;
    *image -= UINT64_C(1) << layouts[type].fraction;
    return true;
}

/*
 * (3 - a * b) / 2, rounded once: 1.5 less the product with one factor halved. Where neither can be,
 * the product is zero, infinite, NaN, or so small that only its sign matters.
 */
static uint64_t rsqrt_step(struct fp_context *fp, unsigned type, unsigned variant, uint64_t a,
                           uint64_t b)
{
    struct parts x = take_apart(fp, type, a), y = take_apart(fp, type, b);
    uint64_t result = small_number(type, false, 0, true);
    (void)variant;
    if (zero_times_infinity(&x, &y))
        return result;
    if (!halve(type, &x, &a))
        halve(type, &y, &b);
    return fp_fma(fp, type, IR_FMA_NEG_PRODUCT, a, b, result);
}

uint64_t a64_helper_rsqrt_step(struct cpu *cpu, uint64_t vectors, uint64_t number, uint64_t c)
{
    (void)cpu, (void)c;
    return each_lane(vectors, number, rsqrt_step);
}
