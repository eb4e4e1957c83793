/*
 * The exact floating-point routines against independent computation: the host's SSE and x87, libm's
 * fma, the host's half-precision conversions where it has them, and for ties away from zero, which
 * nothing here computes, 113-bit arithmetic that decides on which side of the midpoint a result is.
 */
#include <cpuid.h>
#include <criterion/criterion.h>
#include <fenv.h>
#include <float.h>
#include <immintrin.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fp.h"
#include "tests/ir/random_ir.h"

enum { MXCSR_START = 0x1f80, FLAGS_SEEN = FP_MXCSR_FLAGS & ~IR_EXC_DENORMAL };

typedef __float128 f128;

/* The modes that host and IR share, and MXCSR's code for each. */
static const struct {
    unsigned round, control;
    int fenv;
} modes[] = {{IR_ROUND_NEAREST, 0, FE_TONEAREST},
             {IR_ROUND_DOWN, 1, FE_DOWNWARD},
             {IR_ROUND_UP, 2, FE_UPWARD},
             {IR_ROUND_ZERO, 3, FE_TOWARDZERO}};

static unsigned count(unsigned quick)
{
    return getenv("FERRY_LONG") ? quick * 20 : quick;
}

static struct fp_context context(unsigned round)
{
    return (struct fp_context){.rule = IR_FP_DEFAULT_NAN, .round = (uint8_t)round};
}

static double as64(uint64_t image)
{
    double x;
    memcpy(&x, &image, sizeof x);
    return x;
}

static float as32(uint64_t image)
{
    uint32_t low = (uint32_t)image;
    float x;
    memcpy(&x, &low, sizeof x);
    return x;
}

static uint64_t from64(double x)
{
    uint64_t image;
    memcpy(&image, &x, sizeof image);
    return image;
}

static uint64_t from32(float x)
{
    uint32_t image;
    memcpy(&image, &x, sizeof image);
    return image;
}

static f128 as_wide(unsigned type, uint64_t image)
{
    if (type == IR_F64)
        return as64(image);
    if (type == IR_F32)
        return as32(image);
    struct fp_context fp = context(IR_ROUND_NEAREST);
    return as64(fp_convert(&fp, IR_F64, IR_F16, image));
}

static bool is_nan(unsigned type, uint64_t image)
{
    return fp_classify(type, image) >= FP_SIGNALLING_NAN;
}

/* ---- the host ----------------------------------------------------------------------------- */

static uint64_t soft(struct fp_context *fp, unsigned op, unsigned type, uint64_t a, uint64_t b)
{
    switch (op) {
    case IR_FADD: return fp_add(fp, type, a, b);
    case IR_FSUB: return fp_sub(fp, type, a, b);
    case IR_FMUL: return fp_mul(fp, type, a, b);
    case IR_FDIV: return fp_div(fp, type, a, b);
    default: return fp_sqrt(fp, type, a);
    }
}

#define HOST(insn, x, y)                                                                           \
    __asm__ volatile("ldmxcsr %2\n\t" insn " %3, %0\n\tstmxcsr %1"                                 \
                     : "+x"(x), "=m"(after)                                                        \
                     : "m"(before), "x"(y))

static uint64_t host(unsigned op, unsigned type, unsigned control, uint64_t a, uint64_t b,
                     unsigned *flags)
{
    uint32_t before = MXCSR_START | control << FP_MXCSR_ROUND_SHIFT, after, ours = fp_get_mxcsr();
    float x = as32(a), y = as32(b);
    double p = as64(a), q = as64(b);
    switch (op * 2 + (type == IR_F64)) {
    case IR_FADD * 2: HOST("addss", x, y); break;
    case IR_FSUB * 2: HOST("subss", x, y); break;
    case IR_FMUL * 2: HOST("mulss", x, y); break;
    case IR_FDIV * 2: HOST("divss", x, y); break;
    case IR_FSQRT * 2: HOST("sqrtss", x, x); break;
    case IR_FADD * 2 + 1: HOST("addsd", p, q); break;
    case IR_FSUB * 2 + 1: HOST("subsd", p, q); break;
    case IR_FMUL * 2 + 1: HOST("mulsd", p, q); break;
    case IR_FDIV * 2 + 1: HOST("divsd", p, q); break;
    case IR_FSQRT * 2 + 1: HOST("sqrtsd", p, p); break;
    case IR_FCVT * 2: HOST("cvtsd2ss", x, p); break;
    default: HOST("cvtss2sd", p, x); break;
    }
    fp_set_mxcsr(ours);
    *flags = after & FLAGS_SEEN;
    uint64_t r = type == IR_F64 ? from64(p) : from32(x);
    return is_nan(type, r) ? fp_canonical_nan(type) : r;
}

static const unsigned basic_ops[] = {IR_FADD, IR_FSUB, IR_FMUL, IR_FDIV, IR_FSQRT};

Test(fp, arithmetic_as_the_host)
{
    struct random r = {1};
    for (unsigned i = 0; i < count(200000); i++) {
        unsigned op = basic_ops[random_below(&r, 5)], type = random_below(&r, 2) ? IR_F64 : IR_F32;
        unsigned m = random_below(&r, 4), flags;
        uint64_t a = random_float(&r, type), b = random_float(&r, type);
        struct fp_context fp = context(modes[m].round);
        uint64_t have = soft(&fp, op, type, a, b);
        uint64_t wanted = host(op, type, modes[m].control, a, b, &flags);
        cr_assert(have == wanted && fp.flags == flags,
                  "%s %s %#" PRIx64 " %#" PRIx64 ": %#" PRIx64 " %#x, host %#" PRIx64 " %#x",
                  ir_op_info[op].text, type == IR_F64 ? "f64" : "f32", a, b, have, fp.flags, wanted,
                  flags);
    }
}

/* A factor that makes a product just below the smallest normal number, if a is near one. */
static uint64_t just_below_normal(unsigned type, uint64_t a)
{
    if (type == IR_F32)
        return from32(0x1.fffffep-127f / as32(a));
    return from64(0x1.fffffffffffffp-1023 / as64(a));
}

/* fp_host leaves mode and flags in MXCSR as an instruction of the guest would. */
Test(fp, host_keeps_mxcsr)
{
    struct random r = {2};
    uint32_t ours = fp_get_mxcsr();
    for (unsigned i = 0; i < count(50000); i++) {
        unsigned op = basic_ops[random_below(&r, 5)], type = random_below(&r, 2) ? IR_F64 : IR_F32;
        unsigned round = random_below(&r, 6), m = random_below(&r, 4), old = random_below(&r, 64);
        uint64_t a = random_float(&r, type), b = random_float(&r, type);
        unsigned rule = IR_FP_DEFAULT_NAN | (random_below(&r, 2) ? IR_FP_TINY_BEFORE : 0);
        if (random_below(&r, 8) == 0) /* a product that rounds to the smallest normal number */
            op = IR_FMUL, b = just_below_normal(type, a);
        uint32_t start = MXCSR_START | modes[m].control << FP_MXCSR_ROUND_SHIFT | old;
        fp_set_mxcsr(start);
        uint64_t have = fp_host(op, type, round | rule, a, b);
        uint32_t end = fp_get_mxcsr();
        fp_set_mxcsr(ours);
        struct fp_context fp = context(round == IR_ROUND_DYNAMIC ? modes[m].round : round);
        fp.rule = (uint8_t)rule;
        uint64_t wanted = soft(&fp, op, type, a, b);
        uint32_t mask = ~(uint32_t)IR_EXC_DENORMAL;
        cr_assert_eq(have, wanted);
        cr_assert_eq(end & mask, (start | fp.flags) & mask);
    }
}

Test(fp, conversion_as_the_host)
{
    struct random r = {3};
    for (unsigned i = 0; i < count(100000); i++) {
        unsigned to = random_below(&r, 2) ? IR_F64 : IR_F32, from = to == IR_F64 ? IR_F32 : IR_F64;
        unsigned m = random_below(&r, 4), flags;
        uint64_t a = random_float(&r, from);
        struct fp_context fp = context(modes[m].round);
        uint64_t have = fp_convert(&fp, to, from, a);
        uint64_t wanted = host(IR_FCVT, to, modes[m].control, a, a, &flags);
        cr_assert(have == wanted && fp.flags == flags, "%#" PRIx64, a);
    }
}

/* ---- fma ---------------------------------------------------------------------------------- */

/* A product near the addend, so that cancellation and double rounding have a chance. */
static uint64_t addend_near(struct random *r, unsigned type, uint64_t a, uint64_t b)
{
    unsigned flags;
    if (random_below(r, 2))
        return random_float(r, type);
    uint64_t p = host(IR_FMUL, type, 0, a, b, &flags);
    if (is_nan(type, p))
        return p;
    uint64_t sign = (uint64_t)(type == IR_F64) << 63 | (uint64_t)(type == IR_F32) << 31;
    return (p ^ (random_below(r, 4) ? sign : 0)) + random_below(r, 3) - 1;
}

static uint64_t libm_fma(unsigned type, int mode, uint64_t a, uint64_t b, uint64_t c, unsigned *flags)
{
    volatile double x = as64(a), y = as64(b), z = as64(c), p = 0;
    volatile float u = as32(a), v = as32(b), w = as32(c), q = 0;
    uint32_t ours = fp_get_mxcsr();
    fesetround(mode);
    feclearexcept(FE_ALL_EXCEPT);
    if (type == IR_F64)
        p = fma(x, y, z);
    else
        q = fmaf(u, v, w);
    *flags = (unsigned)fetestexcept(FE_ALL_EXCEPT) & FLAGS_SEEN;
    fesetround(FE_TONEAREST);
    fp_set_mxcsr(ours);
    uint64_t r = type == IR_F64 ? from64(p) : from32(q);
    return is_nan(type, r) ? fp_canonical_nan(type) : r;
}

Test(fp, fma_as_libm)
{
    struct random r = {4};
    for (unsigned i = 0; i < count(100000); i++) {
        unsigned type = random_below(&r, 2) ? IR_F64 : IR_F32, m = random_below(&r, 4), flags;
        uint64_t a = random_float(&r, type), b = random_float(&r, type);
        uint64_t c = addend_near(&r, type, a, b);
        struct fp_context fp = context(modes[m].round);
        uint64_t have = fp_fma(&fp, type, 0, a, b, c);
        uint64_t wanted = libm_fma(type, modes[m].fenv, a, b, c, &flags);
        bool nans = is_nan(type, a) || is_nan(type, b) || is_nan(type, c);
        cr_assert(have == wanted && (fp.flags == flags || nans),
                  "%u: %#" PRIx64 " %#" PRIx64 " %#" PRIx64 ": %#" PRIx64 " %#x, libm %#" PRIx64 " %#x",
                  m, a, b, c, have, fp.flags, wanted, flags);
    }
}

Test(fp, fma_negations)
{
    struct random r = {5};
    for (unsigned i = 0; i < count(20000); i++) {
        unsigned negate = random_below(&r, 4), flags;
        uint64_t a = random_float(&r, IR_F64), b = random_float(&r, IR_F64);
        uint64_t c = addend_near(&r, IR_F64, a, b), sign = (uint64_t)1 << 63;
        struct fp_context fp = context(IR_ROUND_NEAREST);
        uint64_t have = fp_fma(&fp, IR_F64, negate, a, b, c);
        uint64_t wanted = libm_fma(IR_F64, FE_TONEAREST, a ^ (negate & IR_FMA_NEG_PRODUCT ? sign : 0),
                                   b, c ^ (negate & IR_FMA_NEG_ADDEND ? sign : 0), &flags);
        cr_assert_eq(have, wanted);
    }
}

/* ---- ties away ---------------------------------------------------------------------------- */

/* An exact sum: hi is what 113 bits hold, lo what they lost. */
struct exact {
    f128 hi, lo;
};

static struct exact exact_sum(f128 x, f128 y)
{
    f128 s = x + y, t = s - x; /* Knuth's two-sum */
    return (struct exact){s, (x - (s - t)) + (y - t)};
}

/* Magnitude of the exact result against m >= 0: below, equal, above. */
static int compare_magnitude(struct exact e, f128 m)
{
    if (e.hi < 0)
        e = (struct exact){-e.hi, -e.lo};
    if (e.hi != m)
        return e.hi < m ? -1 : 1;
    return e.lo < 0 ? -1 : e.lo > 0;
}

/* The same for a / b and sqrt(a), by multiplying out. */
static int against_midpoint(unsigned op, f128 a, f128 b, f128 m)
{
    f128 x = a < 0 ? -a : a, y = b < 0 ? -b : b;
    switch (op) {
    case IR_FADD: return compare_magnitude(exact_sum(a, b), m);
    case IR_FSUB: return compare_magnitude(exact_sum(a, -b), m);
    case IR_FMUL: return x * y < m ? -1 : x * y > m;
    case IR_FDIV: return x < m * y ? -1 : x > m * y;
    default: return x < m * m ? -1 : x > m * m;
    }
}

/*
 * What rounding to nearest, ties away, gives, from the result and flags of rounding to zero and the
 * side of the midpoint between it and its neighbour.
 */
static f128 midpoint_above(unsigned type, uint64_t magnitude)
{
    f128 x = as_wide(type, magnitude);
    uint64_t next = magnitude + 1;
    if (fp_classify(type, next) == FP_POSITIVE_INFINITY)
        return x + (x - as_wide(type, magnitude - 1)) / 2;
    return x + (as_wide(type, next) - x) / 2;
}

static void check_away(const char *name, unsigned type, uint64_t to_zero, unsigned zero_flags, int side,
                       uint64_t have, unsigned flags)
{
    uint64_t wanted = to_zero + (zero_flags & IR_EXC_INEXACT && side >= 0);
    cr_assert_eq(have, wanted, "%s: %#" PRIx64 ", not %#" PRIx64, name, have, wanted);
    enum fp_class class = fp_classify(type, have);
    bool infinite = class == FP_POSITIVE_INFINITY || class == FP_NEGATIVE_INFINITY;
    bool subnormal = class == FP_POSITIVE_SUBNORMAL || class == FP_NEGATIVE_SUBNORMAL ||
                     class == FP_POSITIVE_ZERO || class == FP_NEGATIVE_ZERO;
    unsigned expected = zero_flags & (IR_EXC_INEXACT | IR_EXC_INVALID | IR_EXC_DIVZERO);
    if (expected & IR_EXC_INEXACT)
        expected |= (infinite ? IR_EXC_OVERFLOW : 0) | (subnormal ? IR_EXC_UNDERFLOW : 0);
    /* at the smallest normal number tininess depends on more than the result */
    unsigned open = (zero_flags & IR_EXC_UNDERFLOW) && !subnormal ? IR_EXC_UNDERFLOW : 0;
    cr_assert_eq(flags & ~open, expected & ~open, "%s: %#" PRIx64 ", flags %#x, not %#x", name, have,
                 flags, expected);
}

static uint64_t magnitude_of(unsigned type, uint64_t image)
{
    return image & (type == IR_F64 ? INT64_MAX : type == IR_F32 ? INT32_MAX : INT16_MAX);
}

Test(fp, ties_away)
{
    struct random r = {6};
    for (unsigned i = 0; i < count(100000); i++) {
        unsigned op = basic_ops[random_below(&r, 5)], type = random_below(&r, 2) ? IR_F64 : IR_F32;
        uint64_t a = random_float(&r, type), b = random_float(&r, type);
        unsigned flags;
        uint64_t zero = host(op, type, 3, a, b, &flags);
        struct fp_context fp = context(IR_ROUND_AWAY);
        uint64_t have = soft(&fp, op, type, a, b);
        f128 middle = is_nan(type, zero) ? 0 : midpoint_above(type, magnitude_of(type, zero));
        int side = against_midpoint(op, as_wide(type, a), as_wide(type, b), middle);
        check_away(ir_op_info[op].text, type, zero, flags, side, have, fp.flags);
    }
}

Test(fp, fma_ties_away)
{
    struct random r = {7};
    for (unsigned i = 0; i < count(100000); i++) {
        unsigned type = random_below(&r, 2) ? IR_F64 : IR_F32;
        uint64_t a = random_float(&r, type), b = random_float(&r, type);
        uint64_t c = addend_near(&r, type, a, b);
        struct fp_context to_zero = context(IR_ROUND_ZERO), fp = context(IR_ROUND_AWAY);
        uint64_t zero = fp_fma(&to_zero, type, 0, a, b, c); /* held against libm above */
        uint64_t have = fp_fma(&fp, type, 0, a, b, c);
        f128 middle = is_nan(type, zero) ? 0 : midpoint_above(type, magnitude_of(type, zero));
        struct exact e = exact_sum(as_wide(type, a) * as_wide(type, b), as_wide(type, c));
        check_away("fma", type, zero, to_zero.flags, compare_magnitude(e, middle), have, fp.flags);
    }
}

Test(fp, conversion_ties_away)
{
    struct random r = {8};
    for (unsigned i = 0; i < count(100000); i++) {
        unsigned to = random_below(&r, 2) ? IR_F32 : IR_F16;
        uint64_t a = random_float(&r, IR_F64);
        struct fp_context to_zero = context(IR_ROUND_ZERO), fp = context(IR_ROUND_AWAY);
        uint64_t zero = fp_convert(&to_zero, to, IR_F64, a), have = fp_convert(&fp, to, IR_F64, a);
        f128 middle = is_nan(to, zero) ? 0 : midpoint_above(to, magnitude_of(to, zero));
        struct exact e = {as_wide(IR_F64, a), 0};
        check_away("fcvt", to, zero, to_zero.flags, compare_magnitude(e, middle), have, fp.flags);
    }
}

/* ---- halves ------------------------------------------------------------------------------- */

Test(fp, every_half_widens)
{
    for (unsigned h = 0; h < 0x10000; h++) {
        struct fp_context fp = context(IR_ROUND_NEAREST);
        unsigned exponent = h >> 10 & 31, fraction = h & 1023;
        double wanted = exponent ? ldexp(1024 + fraction, (int)exponent - 25) : ldexp(fraction, -24);
        uint64_t have = fp_convert(&fp, IR_F64, IR_F16, h);
        if (exponent == 31) {
            wanted = INFINITY;
            if (fraction) {
                cr_assert_eq(have, fp_canonical_nan(IR_F64));
                cr_assert_eq(fp.flags, fraction < 512 ? IR_EXC_INVALID : 0);
                continue;
            }
        }
        cr_assert_eq(have, from64(h >> 15 ? -wanted : wanted), "%#x", h);
        cr_assert_eq(fp.flags, 0);
        uint64_t back = fp_convert(&fp, IR_F16, IR_F64, have);
        cr_assert_eq(back, h);
        cr_assert_eq(fp.flags, 0);
    }
}

/* Narrowing by search among all halves. */
static uint64_t narrow(unsigned round, double x, unsigned *flags)
{
    struct fp_context fp = context(IR_ROUND_NEAREST);
    uint64_t low = 0, high = 0x7c00, sign = signbit(x) ? 0x8000 : 0;
    double magnitude = fabs(x);
    *flags = 0;
    if (isinf(x))
        return sign | high;
    while (high - low > 1) { /* the largest half not above */
        uint64_t middle = (low + high) / 2;
        if (as64(fp_convert(&fp, IR_F64, IR_F16, middle)) <= magnitude)
            low = middle;
        else
            high = middle;
    }
    double below = as64(fp_convert(&fp, IR_F64, IR_F16, low));
    double unit = low < 0x400 ? 0x1p-24 : ldexp(1, (int)(low >> 10) - 25), half = unit / 2;
    double rest = magnitude - below;
    if (rest == 0)
        return sign | low;
    bool up = round == IR_ROUND_NEAREST ? rest > half || (rest == half && low & 1)
              : round == IR_ROUND_AWAY  ? rest >= half
              : round == IR_ROUND_UP    ? !sign
              : round == IR_ROUND_DOWN  ? sign
                                        : false;
    *flags = IR_EXC_INEXACT;
    if (low == 0x7bff && (up || rest >= unit)) {
        *flags |= IR_EXC_OVERFLOW;
        bool to_infinity = round == IR_ROUND_NEAREST || round == IR_ROUND_AWAY || up;
        return sign | (to_infinity ? 0x7c00 : 0x7bff);
    }
    if (low < 0x400) /* tiny unless rounding with one more bit reaches the normal range */
        *flags |= low == 0x3ff && up && rest > half + half / 2 ? IR_EXC_UNDERFLOW | 0x40
                  : low == 0x3ff && up                         ? 0x80
                                                               : IR_EXC_UNDERFLOW;
    return sign | (low + up);
}

Test(fp, narrowing_to_half)
{
    static const unsigned rounds[] = {IR_ROUND_NEAREST, IR_ROUND_ZERO, IR_ROUND_DOWN, IR_ROUND_UP,
                                      IR_ROUND_AWAY};
    struct random r = {9};
    for (unsigned i = 0; i < count(200000); i++) {
        unsigned round = rounds[random_below(&r, 5)], flags;
        struct fp_context fp = context(round), exact = context(IR_ROUND_NEAREST);
        uint64_t h = random_next(&r) & 0xffff; /* near a half, at a tie, or anywhere */
        double x = as64(fp_convert(&exact, IR_F64, IR_F16, h));
        if (random_below(&r, 4) == 0)
            x = as64(random_float(&r, IR_F64));
        else
            x = as64(from64(x) + (random_next(&r) << random_below(&r, 64)) % ((uint64_t)1 << 43));
        if (isnan(x))
            continue;
        uint64_t have = fp_convert(&fp, IR_F16, IR_F64, from64(x));
        uint64_t wanted = narrow(round, x, &flags);
        cr_assert_eq(have, wanted, "%a, rounding %u: %#" PRIx64 ", not %#" PRIx64, x, round, have, wanted);
        if (flags & 0xc0) /* tininess at the border is the host's to say, below */
            continue;
        cr_assert_eq(fp.flags, flags, "%a, rounding %u: flags %#x, not %#x", x, round, fp.flags, flags);
    }
}

__attribute__((target("f16c"))) static uint64_t host_narrow(unsigned control, float x, unsigned *flags)
{
    uint32_t ours = fp_get_mxcsr();
    fp_set_mxcsr(MXCSR_START | control << FP_MXCSR_ROUND_SHIFT);
    __m128 v = _mm_set_ss(x);
    __m128i h;
    __asm__ volatile("vcvtps2ph $4, %1, %0" : "=x"(h) : "x"(v));
    *flags = fp_get_mxcsr() & FLAGS_SEEN;
    fp_set_mxcsr(ours);
    return (uint64_t)_mm_cvtsi128_si32(h) & 0xffff;
}

Test(fp, narrowing_to_half_as_the_host)
{
    unsigned a1, b1, c1 = 0, d1;
    if (!__get_cpuid(1, &a1, &b1, &c1, &d1) || !(c1 & bit_F16C) || !(c1 & bit_OSXSAVE))
        cr_skip_test("the host has no F16C");
    struct random r = {10};
    for (unsigned i = 0; i < count(200000); i++) {
        unsigned m = random_below(&r, 4), flags;
        uint64_t a = random_float(&r, IR_F32);
        if (random_below(&r, 3) == 0) /* the border of the normal range */
            a = (a & 0x80000000) | (0x387fc000 + (random_next(&r) & 0xffff));
        struct fp_context fp = context(modes[m].round);
        uint64_t have = fp_convert(&fp, IR_F16, IR_F32, a);
        uint64_t wanted = host_narrow(modes[m].control, as32(a), &flags);
        if (is_nan(IR_F16, wanted))
            wanted = fp_canonical_nan(IR_F16);
        cr_assert(have == wanted && fp.flags == flags,
                  "%#" PRIx64 ", mode %u: %#" PRIx64 " %#x, host %#" PRIx64 " %#x", a, m, have,
                  fp.flags, wanted, flags);
    }
}

/* ---- integers ----------------------------------------------------------------------------- */

static long double round_wide(unsigned m, bool away, long double x)
{
    if (away)
        return roundl(x);
    volatile long double v = x;
    fesetround(modes[m].fenv);
    volatile long double r = rintl(v);
    fesetround(FE_TONEAREST);
    return r;
}

Test(fp, to_integer)
{
    struct random r = {11};
    for (unsigned i = 0; i < count(200000); i++) {
        unsigned type = random_below(&r, 2) ? IR_F64 : IR_F32, m = random_below(&r, 4);
        bool away = random_below(&r, 5) == 0, is_signed = random_below(&r, 2);
        unsigned width = random_below(&r, 2) ? 64 : 32;
        uint64_t a = random_float(&r, type);
        struct fp_context fp = context(away ? IR_ROUND_AWAY : modes[m].round);
        fp.rule |= random_below(&r, 2) ? IR_FP_NAN_TO_MAX : 0;
        uint64_t have = fp_to_int(&fp, type, is_signed, width, a), wanted;
        long double x = type == IR_F64 ? as64(a) : as32(a), whole = round_wide(m, away, x);
        long double max = ldexpl(1, (int)width - is_signed) - 1, min = is_signed ? -max - 1 : 0;
        unsigned flags = whole != x ? IR_EXC_INEXACT : 0;
        uint64_t mask = width == 64 ? UINT64_MAX : UINT32_MAX;
        uint64_t largest = mask >> is_signed;
        if (isnan(x))
            wanted = fp.rule & IR_FP_NAN_TO_MAX ? largest : 0, flags = IR_EXC_INVALID;
        else if (whole > max)
            wanted = largest, flags = IR_EXC_INVALID;
        else if (whole < min)
            wanted = is_signed ? largest + 1 : 0, flags = IR_EXC_INVALID;
        else
            wanted = (whole < 0 ? -(uint64_t)-whole : (uint64_t)whole) & mask;
        cr_assert(have == wanted && fp.flags == flags,
                  "%La to %u bits: %#" PRIx64 " %#x, not %#" PRIx64 " %#x", x, width, have, fp.flags,
                  wanted, flags);
    }
}

Test(fp, from_integer)
{
    struct random r = {12};
    for (unsigned i = 0; i < count(200000); i++) {
        unsigned type = random_below(&r, 2) ? IR_F64 : IR_F32, m = random_below(&r, 4);
        bool is_signed = random_below(&r, 2);
        unsigned width = random_below(&r, 2) ? 64 : 32;
        uint64_t a = random_integer(&r);
        struct fp_context fp = context(modes[m].round);
        uint64_t have = fp_from_int(&fp, type, is_signed, width, a);
        volatile long double x; /* 64 bits of fraction hold every integer */
        if (width == 64)
            x = is_signed ? (long double)(int64_t)a : (long double)a;
        else
            x = is_signed ? (long double)(int32_t)a : (long double)(uint32_t)a;
        fesetround(modes[m].fenv);
        volatile double d = (double)x;
        volatile float f = (float)x;
        fesetround(FE_TONEAREST);
        uint64_t wanted = type == IR_F64 ? from64(d) : from32(f);
        unsigned flags = (type == IR_F64 ? d != x : f != x) ? IR_EXC_INEXACT : 0;
        cr_assert(have == wanted && fp.flags == flags, "%#" PRIx64 ": %#" PRIx64 ", not %#" PRIx64, a,
                  have, wanted);
    }
}

Test(fp, to_integral)
{
    struct random r = {13};
    for (unsigned i = 0; i < count(200000); i++) {
        unsigned type = random_below(&r, 2) ? IR_F64 : IR_F32, m = random_below(&r, 4);
        bool away = random_below(&r, 5) == 0, exact = random_below(&r, 2);
        uint64_t a = random_float(&r, type);
        struct fp_context fp = context(away ? IR_ROUND_AWAY : modes[m].round);
        uint64_t have = fp_round_to_integral(&fp, type, exact, a);
        if (is_nan(type, a)) {
            cr_assert_eq(have, fp_canonical_nan(type));
            continue;
        }
        long double x = type == IR_F64 ? as64(a) : as32(a), whole = round_wide(m, away, x);
        uint64_t wanted = type == IR_F64 ? from64((double)whole) : from32((float)whole);
        cr_assert_eq(have, wanted, "%La: %#" PRIx64 ", not %#" PRIx64, x, have, wanted);
        cr_assert_eq(fp.flags, exact && whole != x ? IR_EXC_INEXACT : 0);
    }
}

/* ---- comparison --------------------------------------------------------------------------- */

Test(fp, comparison_and_choice)
{
    struct random r = {14};
    for (unsigned i = 0; i < count(200000); i++) {
        unsigned type = random_below(&r, 2) ? IR_F64 : IR_F32;
        uint64_t a = random_float(&r, type), b = random_below(&r, 4) ? random_float(&r, type) : a;
        double x = type == IR_F64 ? as64(a) : as32(a), y = type == IR_F64 ? as64(b) : as32(b);
        bool nan = isnan(x) || isnan(y);
        bool signals = fp_classify(type, a) == FP_SIGNALLING_NAN ||
                       fp_classify(type, b) == FP_SIGNALLING_NAN;
        const bool wanted[] = {[IR_FEQ] = x == y,  [IR_FLT] = x < y,   [IR_FLE] = x <= y,
                               [IR_FLTQ] = x < y, [IR_FLEQ] = x <= y, [IR_FUNORD] = nan};
        for (unsigned fcc = IR_FEQ; fcc <= IR_FUNORD; fcc++) {
            struct fp_context fp = context(IR_ROUND_NEAREST);
            cr_assert_eq(fp_compare(&fp, type, fcc, a, b), wanted[fcc], "%a %u %a", x, fcc, y);
            bool invalid = signals || (nan && (fcc == IR_FLT || fcc == IR_FLE));
            cr_assert_eq(fp.flags, invalid ? IR_EXC_INVALID : 0);
        }
        struct fp_context fp = context(IR_ROUND_NEAREST);
        uint64_t low = fp_min_max(&fp, type, false, false, a, b);
        uint64_t high = fp_min_max(&fp, type, true, false, a, b);
        cr_assert_eq(fp.flags, signals ? IR_EXC_INVALID : 0);
        if (!nan) {
            bool first = x < y || (x == y && signbit(x));
            cr_assert_eq(low, first ? a : b);
            cr_assert_eq(high, first ? b : a);
        } else {
            uint64_t number = isnan(x) ? isnan(y) ? fp_canonical_nan(type) : b : a;
            cr_assert(low == number && high == number);
            cr_assert_eq(fp_min_max(&fp, type, false, true, a, b), fp_canonical_nan(type));
        }
    }
}
