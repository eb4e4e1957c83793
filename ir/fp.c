/*
 * Floating point in integers. An operand is unpacked into sign, exponent and a 64-bit fraction with
 * the top bit set; an operation computes a fraction of at least 64 bits whose lowest bit is sticky
 * (set if anything was cut off below it); round_pack, the only place that rounds, makes the image.
 * Formats have at most 53 bits, so 64 with a sticky bit decide every rounding.
 */
#include "ir/fp.h"

typedef unsigned __int128 u128;

struct format {
    uint8_t bits, fraction; /* fraction: stored bits */
    int16_t bias;
};

static const struct format formats[IR_TYPE_COUNT] = {
    [IR_F16] = {16, 10, 15}, [IR_F32] = {32, 23, 127}, [IR_F64] = {64, 52, 1023}};

enum class { ZERO, FINITE, INFINITE, QUIET, SIGNALLING };

struct number {
    uint8_t class;
    bool sign;
    int exp;       /* value = fraction * 2^(exp - 63) */
    uint64_t frac; /* top bit set if FINITE; the image's fraction field if a NaN */
};

static uint64_t low_bits(unsigned n)
{
    return n >= 64 ? UINT64_MAX : ((uint64_t)1 << n) - 1;
}

static uint64_t sign_bit(const struct format *f, bool sign)
{
    return (uint64_t)sign << (f->bits - 1);
}

static uint64_t exponent_max(const struct format *f)
{
    return low_bits(f->bits - 1 - f->fraction);
}

static uint64_t infinity(const struct format *f, bool sign)
{
    return sign_bit(f, sign) | exponent_max(f) << f->fraction;
}

uint64_t fp_canonical_nan(unsigned type)
{
    const struct format *f = &formats[type];
    return infinity(f, false) | (uint64_t)1 << (f->fraction - 1);
}

static struct number unpack(struct fp_context *fp, unsigned type, uint64_t image)
{
    const struct format *f = &formats[type];
    uint64_t frac = image & low_bits(f->fraction);
    uint64_t exp = image >> f->fraction & exponent_max(f);
    struct number n = {.sign = image >> (f->bits - 1) & 1, .frac = frac};
    if (exp == exponent_max(f) && !(fp->rule & IR_FP_ALT_HALF && type == IR_F16)) {
        n.class = frac == 0 ? INFINITE : frac >> (f->fraction - 1) ? QUIET : SIGNALLING;
        return n;
    }
    if (exp == 0) {
        if (frac && fp->rule & IR_FP_FLUSH) {
            fp->flags |= type == IR_F16 ? 0 : IR_EXC_DENORMAL; /* FZ says so, FZ16 does not */
            frac = 0;
        }
        if (frac == 0) {
            n.class = ZERO;
            n.frac = 0;
            return n;
        }
        int shift = __builtin_clzll(frac);
        n.frac = frac << shift;
        n.exp = 1 - f->bias + (63 - f->fraction) - shift;
    } else {
        n.frac = (frac | (uint64_t)1 << f->fraction) << (63 - f->fraction);
        n.exp = (int)exp - f->bias;
    }
    n.class = FINITE;
    return n;
}

/* Right shift that keeps in the lowest bit whether anything was lost. */
static uint64_t shift_sticky(uint64_t x, unsigned n)
{
    if (n == 0)
        return x;
    return n >= 64 ? x != 0 : x >> n | (x << (64 - n) != 0);
}

static u128 shift_sticky128(u128 x, unsigned n)
{
    if (n == 0)
        return x;
    return n >= 128 ? x != 0 : x >> n | (x << (128 - n) != 0);
}

/* Whether to round the magnitude up, given its lowest kept bit and `rest` of a unit of 2 * half. */
static bool rounds_up(unsigned round, bool sign, bool odd, uint64_t rest, uint64_t half)
{
    switch (round) {
    case IR_ROUND_NEAREST: return rest > half || (rest == half && odd);
    case IR_ROUND_AWAY: return rest >= half;
    case IR_ROUND_DOWN: return sign && rest;
    case IR_ROUND_UP: return !sign && rest;
    default: return false;
    }
}

static uint64_t overflow(struct fp_context *fp, const struct format *f, bool sign)
{
    if (fp->rule & IR_FP_ALT_HALF && f->bits == 16) { /* has no infinity, but its exponent instead */
        fp->flags |= IR_EXC_INVALID;
        return sign_bit(f, sign) | low_bits(f->bits - 1);
    }
    fp->flags |= IR_EXC_OVERFLOW | IR_EXC_INEXACT;
    bool to_infinity = fp->round == IR_ROUND_NEAREST || fp->round == IR_ROUND_AWAY ||
                       fp->round == (sign ? IR_ROUND_DOWN : IR_ROUND_UP);
    return infinity(f, sign) - !to_infinity;
}

/* The image of frac * 2^(exp - 63), where frac has its top bit set and a sticky lowest bit. */
static uint64_t round_pack(struct fp_context *fp, unsigned type, bool sign, int exp, uint64_t frac)
{
    const struct format *f = &formats[type];
    unsigned drop = 63 - f->fraction;
    uint64_t half = (uint64_t)1 << (drop - 1);
    int min = 1 - f->bias, max = f->bias + (fp->rule & IR_FP_ALT_HALF && type == IR_F16);
    bool tiny = false;
    if (exp < min) {
        if (fp->rule & IR_FP_FLUSH) {
            fp->flags |= IR_EXC_UNDERFLOW;
            return sign_bit(f, sign);
        }
        /* Not tiny if rounding to full precision already reaches the smallest normal number. */
        bool up = rounds_up(fp->round, sign, frac >> drop & 1, frac & low_bits(drop), half);
        tiny = fp->rule & IR_FP_TINY_BEFORE ||
               !(exp == min - 1 && up && frac >> drop == low_bits(f->fraction + 1));
        frac = shift_sticky(frac, (unsigned)(min - exp));
        exp = min;
    }
    uint64_t rest = frac & low_bits(drop), r = frac >> drop;
    r += rounds_up(fp->round, sign, r & 1, rest, half);
    r |= fp->round == IR_ROUND_ODD && rest;
    if (r >> (f->fraction + 1)) {
        r >>= 1;
        exp++;
    }
    if (exp > max)
        return overflow(fp, f, sign);
    if (rest)
        fp->flags |= IR_EXC_INEXACT | (tiny ? IR_EXC_UNDERFLOW : 0);
    uint64_t biased = r >> f->fraction ? (uint64_t)(exp + f->bias) : 0;
    return sign_bit(f, sign) | biased << f->fraction | (r & low_bits(f->fraction));
}

static uint64_t round_pack128(struct fp_context *fp, unsigned type, bool sign, int exp, u128 frac)
{
    return round_pack(fp, type, sign, exp, (uint64_t)(frac >> 64) | ((uint64_t)frac != 0));
}

/* ---- NaN ---------------------------------------------------------------------------------- */

static bool is_nan(const struct number *n)
{
    return n->class >= QUIET;
}

static uint64_t invalid(struct fp_context *fp, unsigned type)
{
    fp->flags |= IR_EXC_INVALID;
    return fp_canonical_nan(type);
}

/* The NaN that an operation on these operands gives; at least one of them is one. */
static uint64_t propagate(struct fp_context *fp, unsigned type, const struct number *operands,
                          unsigned count)
{
    const struct format *f = &formats[type];
    const struct number *chosen = NULL;
    for (unsigned i = 0; i < count; i++) {
        if (operands[i].class == SIGNALLING)
            fp->flags |= IR_EXC_INVALID;
        if (is_nan(&operands[i]) && (!chosen || operands[i].class > chosen->class))
            chosen = &operands[i];
    }
    if (fp->rule & IR_FP_DEFAULT_NAN)
        return fp_canonical_nan(type);
    return infinity(f, chosen->sign) | chosen->frac | (uint64_t)1 << (f->fraction - 1);
}

/* ---- arithmetic --------------------------------------------------------------------------- */

/* An exact zero that is a sum of opposites is negative only when rounding down. */
static uint64_t exact_zero(const struct fp_context *fp, unsigned type)
{
    return sign_bit(&formats[type], fp->round == IR_ROUND_DOWN);
}

/* One term of a sum: bit 125 of the magnitude stands for 2^exp. Bit 127 is free. */
struct term {
    bool sign;
    int exp;
    u128 mag;
};

static uint64_t add_terms(struct fp_context *fp, unsigned type, struct term x, struct term y)
{
    if (x.exp < y.exp) {
        struct term t = x;
        x = y;
        y = t;
    }
    y.mag = shift_sticky128(y.mag, (unsigned)(x.exp - y.exp));
    u128 sum = x.mag + y.mag;
    if (x.sign != y.sign) {
        if (x.mag == y.mag)
            return exact_zero(fp, type);
        if (x.mag < y.mag)
            x.sign = y.sign;
        sum = x.mag > y.mag ? x.mag - y.mag : y.mag - x.mag;
    }
    int lead = sum >> 64 ? __builtin_clzll((uint64_t)(sum >> 64))
                         : 64 + __builtin_clzll((uint64_t)sum);
    return round_pack128(fp, type, x.sign, x.exp + 2 - lead, sum << lead);
}

static uint64_t add_numbers(struct fp_context *fp, unsigned type, struct number x, struct number y)
{
    const struct format *f = &formats[type];
    if (is_nan(&x) || is_nan(&y))
        return propagate(fp, type, (struct number[]){x, y}, 2);
    if (x.class == INFINITE)
        return y.class == INFINITE && x.sign != y.sign ? invalid(fp, type) : infinity(f, x.sign);
    if (y.class == INFINITE)
        return infinity(f, y.sign);
    if (x.class == ZERO && y.class == ZERO)
        return x.sign == y.sign ? sign_bit(f, x.sign) : exact_zero(fp, type);
    if (y.class == ZERO)
        return round_pack(fp, type, x.sign, x.exp, x.frac);
    if (x.class == ZERO)
        return round_pack(fp, type, y.sign, y.exp, y.frac);
    return add_terms(fp, type, (struct term){x.sign, x.exp, (u128)x.frac << 62},
                     (struct term){y.sign, y.exp, (u128)y.frac << 62});
}

uint64_t fp_add(struct fp_context *fp, unsigned type, uint64_t a, uint64_t b)
{
    struct number x = unpack(fp, type, a), y = unpack(fp, type, b);
    return add_numbers(fp, type, x, y);
}

uint64_t fp_sub(struct fp_context *fp, unsigned type, uint64_t a, uint64_t b)
{
    struct number x = unpack(fp, type, a), y = unpack(fp, type, b);
    y.sign ^= !is_nan(&y);
    return add_numbers(fp, type, x, y);
}

uint64_t fp_mul(struct fp_context *fp, unsigned type, uint64_t a, uint64_t b)
{
    const struct format *f = &formats[type];
    struct number x = unpack(fp, type, a), y = unpack(fp, type, b);
    bool sign = x.sign != y.sign;
    if (is_nan(&x) || is_nan(&y))
        return propagate(fp, type, (struct number[]){x, y}, 2);
    if (x.class == INFINITE || y.class == INFINITE)
        return x.class == ZERO || y.class == ZERO ? invalid(fp, type) : infinity(f, sign);
    if (x.class == ZERO || y.class == ZERO)
        return sign_bit(f, sign);
    u128 product = (u128)x.frac * y.frac; /* bit 126 stands for 2^(x.exp + y.exp) */
    bool carry = product >> 127;
    return round_pack128(fp, type, sign, x.exp + y.exp + carry, carry ? product : product << 1);
}

uint64_t fp_div(struct fp_context *fp, unsigned type, uint64_t a, uint64_t b)
{
    const struct format *f = &formats[type];
    struct number x = unpack(fp, type, a), y = unpack(fp, type, b);
    bool sign = x.sign != y.sign;
    if (is_nan(&x) || is_nan(&y))
        return propagate(fp, type, (struct number[]){x, y}, 2);
    if (x.class == y.class && x.class != FINITE)
        return invalid(fp, type);
    if (x.class == INFINITE)
        return infinity(f, sign);
    if (y.class == ZERO) {
        fp->flags |= IR_EXC_DIVZERO;
        return infinity(f, sign);
    }
    if (x.class == ZERO || y.class == INFINITE)
        return sign_bit(f, sign);
    bool less = x.frac < y.frac;
    u128 dividend = (u128)x.frac << (less ? 64 : 63);
    uint64_t quotient = (uint64_t)(dividend / y.frac);
    return round_pack(fp, type, sign, x.exp - y.exp - less, quotient | (dividend % y.frac != 0));
}

uint64_t fp_sqrt(struct fp_context *fp, unsigned type, uint64_t a)
{
    const struct format *f = &formats[type];
    struct number x = unpack(fp, type, a);
    if (is_nan(&x))
        return propagate(fp, type, &x, 1);
    if (x.class == ZERO)
        return sign_bit(f, x.sign);
    if (x.sign)
        return invalid(fp, type);
    if (x.class == INFINITE)
        return infinity(f, false);
    bool odd = x.exp & 1;
    u128 square = (u128)x.frac << (63 + odd);
    uint64_t root = 0;
    for (uint64_t bit = (uint64_t)1 << 63; bit; bit >>= 1)
        if ((u128)(root | bit) * (root | bit) <= square)
            root |= bit;
    return round_pack(fp, type, false, (x.exp - odd) / 2, root | ((u128)root * root != square));
}

uint64_t fp_fma(struct fp_context *fp, unsigned type, unsigned negate, uint64_t a, uint64_t b,
                uint64_t c)
{
    const struct format *f = &formats[type];
    struct number x = unpack(fp, type, a), y = unpack(fp, type, b), z = unpack(fp, type, c);
    bool sign = x.sign != y.sign;
    bool no_product = (x.class == INFINITE && y.class == ZERO) ||
                      (x.class == ZERO && y.class == INFINITE);
    sign ^= (negate & IR_FMA_NEG_PRODUCT) != 0;
    x.sign ^= (negate & IR_FMA_NEG_PRODUCT) != 0; /* of a NaN too: it is negated first */
    z.sign ^= (negate & IR_FMA_NEG_ADDEND) != 0;
    if (no_product)
        fp->flags |= IR_EXC_INVALID;
    if (is_nan(&x) || is_nan(&y) || z.class == SIGNALLING || (is_nan(&z) && !no_product))
        return propagate(fp, type, (struct number[]){z, x, y}, 3);
    if (no_product)
        return fp_canonical_nan(type);
    if (x.class == INFINITE || y.class == INFINITE)
        return z.class == INFINITE && z.sign != sign ? invalid(fp, type) : infinity(f, sign);
    if (z.class == INFINITE)
        return infinity(f, z.sign);
    if (x.class == ZERO || y.class == ZERO)
        return add_numbers(fp, type, (struct number){.class = ZERO, .sign = sign}, z);
    u128 product = (u128)x.frac * y.frac;
    if (z.class == ZERO) {
        bool carry = product >> 127;
        return round_pack128(fp, type, sign, x.exp + y.exp + carry, carry ? product : product << 1);
    }
    return add_terms(fp, type, (struct term){sign, x.exp + y.exp, shift_sticky128(product, 1)},
                     (struct term){z.sign, z.exp, (u128)z.frac << 62});
}

/* ---- choice and comparison ---------------------------------------------------------------- */

static uint64_t repack(unsigned type, const struct number *n, uint64_t image)
{
    const struct format *f = &formats[type];
    return n->class == ZERO ? sign_bit(f, n->sign) : image & low_bits(f->bits);
}

/* x < y for numbers; -0 below +0 if the zeros are told apart. */
static bool less(const struct number *x, const struct number *y, bool zeros_differ)
{
    if (x->class == ZERO && y->class == ZERO)
        return zeros_differ && x->sign && !y->sign;
    if (x->class == ZERO)
        return !y->sign;
    if (y->class == ZERO)
        return x->sign;
    if (x->sign != y->sign)
        return x->sign;
    const struct number *small = x->sign ? y : x, *large = x->sign ? x : y;
    if (small->class == INFINITE || large->class == INFINITE)
        return small->class != INFINITE;
    return small->exp != large->exp ? small->exp < large->exp : small->frac < large->frac;
}

uint64_t fp_min_max(struct fp_context *fp, unsigned type, bool max, bool nan_wins, uint64_t a,
                    uint64_t b)
{
    struct number x = unpack(fp, type, a), y = unpack(fp, type, b);
    if (is_nan(&x) || is_nan(&y)) {
        uint64_t nan = propagate(fp, type, (struct number[]){x, y}, 2);
        if (nan_wins || (is_nan(&x) && is_nan(&y)))
            return nan;
        return is_nan(&x) ? repack(type, &y, b) : repack(type, &x, a);
    }
    bool first = max ? !less(&x, &y, true) : !less(&y, &x, true);
    return first ? repack(type, &x, a) : repack(type, &y, b);
}

uint64_t fp_min_max_num(struct fp_context *fp, unsigned type, bool max, uint64_t a, uint64_t b)
{
    bool signalling = fp_classify(type, a) == FP_SIGNALLING_NAN ||
                      fp_classify(type, b) == FP_SIGNALLING_NAN;
    return fp_min_max(fp, type, max, signalling, a, b);
}

uint64_t fp_compare_flags(struct fp_context *fp, unsigned type, bool signalling, uint64_t a,
                          uint64_t b)
{
    if (fp_compare(fp, type, signalling ? IR_FLT : IR_FLTQ, a, b))
        return IR_FLAG_N | IR_FLAG_C;
    if (fp_compare(fp, type, IR_FUNORD, a, b))
        return IR_FLAG_V;
    return fp_compare(fp, type, IR_FEQ, a, b) ? IR_FLAG_Z : 0;
}

bool fp_compare(struct fp_context *fp, unsigned type, unsigned fcc, uint64_t a, uint64_t b)
{
    struct number x = unpack(fp, type, a), y = unpack(fp, type, b);
    if (is_nan(&x) || is_nan(&y)) {
        if (x.class == SIGNALLING || y.class == SIGNALLING || fcc == IR_FLT || fcc == IR_FLE)
            fp->flags |= IR_EXC_INVALID;
        return fcc == IR_FUNORD;
    }
    switch (fcc) {
    case IR_FEQ: return !less(&x, &y, false) && !less(&y, &x, false);
    case IR_FLT:
    case IR_FLTQ: return less(&x, &y, false);
    case IR_FLE:
    case IR_FLEQ: return !less(&y, &x, false);
    default: return false;
    }
}

enum fp_class fp_classify(unsigned type, uint64_t a)
{
    const struct format *f = &formats[type];
    struct fp_context fp = {0};
    struct number x = unpack(&fp, type, a);
    switch ((enum class)x.class) {
    case SIGNALLING: return FP_SIGNALLING_NAN;
    case QUIET: return FP_QUIET_NAN;
    case INFINITE: return x.sign ? FP_NEGATIVE_INFINITY : FP_POSITIVE_INFINITY;
    case ZERO: return x.sign ? FP_NEGATIVE_ZERO : FP_POSITIVE_ZERO;
    default:
        if (x.exp < 1 - f->bias)
            return x.sign ? FP_NEGATIVE_SUBNORMAL : FP_POSITIVE_SUBNORMAL;
        return x.sign ? FP_NEGATIVE_NORMAL : FP_POSITIVE_NORMAL;
    }
}

/* ---- conversion --------------------------------------------------------------------------- */

/* To Arm's alternative half precision, which has neither infinities nor NaNs. */
static uint64_t convert_to_alternative(struct fp_context *fp, const struct number *x)
{
    const struct format *f = &formats[IR_F16];
    fp->flags |= IR_EXC_INVALID;
    return sign_bit(f, x->sign) | (is_nan(x) ? 0 : low_bits(f->bits - 1));
}

/*
 * Flush to zero is that of the larger format: half precision keeps its subnormals in conversions,
 * whatever FPCR.FZ16 (Arm ARM, FPUnpackCV and FPRoundCV).
 */
uint64_t fp_convert(struct fp_context *fp, unsigned to, unsigned from, uint64_t a)
{
    const struct format *f = &formats[to];
    uint8_t rule = fp->rule;
    if (from == IR_F16)
        fp->rule &= (uint8_t)~IR_FP_FLUSH;
    struct number x = unpack(fp, from, a);
    fp->rule = rule;
    if (to == IR_F16)
        fp->rule &= (uint8_t)~IR_FP_FLUSH;
    uint64_t r;
    if (x.class == ZERO) {
        r = sign_bit(f, x.sign);
    } else if (x.class == FINITE) {
        r = round_pack(fp, to, x.sign, x.exp, x.frac);
    } else if (rule & IR_FP_ALT_HALF && to == IR_F16) {
        r = convert_to_alternative(fp, &x);
    } else if (x.class == INFINITE) {
        r = infinity(f, x.sign);
    } else { /* a payload keeps its upper bits */
        int wider = f->fraction - formats[from].fraction;
        x.frac = wider >= 0 ? x.frac << wider : x.frac >> -wider;
        r = propagate(fp, to, &x, 1);
    }
    fp->rule = rule;
    return r;
}

/* The magnitude of a finite number below 2^64 as an integer; *inexact: it was rounded. */
static uint64_t round_magnitude(const struct fp_context *fp, const struct number *x, bool *inexact)
{
    unsigned n = (unsigned)(63 - x->exp);
    uint64_t whole = n < 64 ? x->frac >> n : 0;
    uint64_t rest = n == 0 ? 0 : n <= 64 ? x->frac << (64 - n) : 1;
    *inexact = rest != 0;
    return whole + rounds_up(fp->round, x->sign, whole & 1, rest, (uint64_t)1 << 63);
}

uint64_t fp_round_to_integral(struct fp_context *fp, unsigned type, bool inexact, uint64_t a)
{
    const struct format *f = &formats[type];
    struct number x = unpack(fp, type, a);
    if (is_nan(&x))
        return propagate(fp, type, &x, 1);
    if (x.class != FINITE || x.exp >= f->fraction)
        return repack(type, &x, a);
    bool rounded;
    uint64_t mag = round_magnitude(fp, &x, &rounded);
    if (rounded && inexact)
        fp->flags |= IR_EXC_INEXACT;
    if (mag == 0)
        return sign_bit(f, x.sign);
    int lead = __builtin_clzll(mag);
    return round_pack(fp, type, x.sign, 63 - lead, mag << lead);
}

uint64_t fp_to_fixed(struct fp_context *fp, unsigned type, bool is_signed, unsigned width,
                     unsigned fraction, uint64_t a)
{
    struct number x = unpack(fp, type, a);
    uint64_t max = low_bits(is_signed ? width - 1 : width);
    uint64_t limit = x.sign ? (is_signed ? max + 1 : 0) : max; /* of the magnitude */
    uint64_t mag = limit;
    bool inexact = false, valid = true;
    if (is_nan(&x)) {
        fp->flags |= IR_EXC_INVALID;
        return fp->rule & IR_FP_NAN_TO_MAX ? max : 0;
    }
    if (x.class == ZERO)
        return 0;
    x.exp += (int)fraction;
    if (x.class == INFINITE || x.exp > 63)
        valid = false;
    else
        mag = round_magnitude(fp, &x, &inexact);
    if (mag > limit || !valid) {
        fp->flags |= IR_EXC_INVALID;
        mag = limit;
    } else if (inexact) {
        fp->flags |= IR_EXC_INEXACT;
    }
    return (x.sign ? -mag : mag) & low_bits(width);
}

uint64_t fp_from_fixed(struct fp_context *fp, unsigned type, bool is_signed, unsigned width,
                       unsigned fraction, uint64_t a)
{
    uint64_t mag = a & low_bits(width);
    bool sign = is_signed && mag >> (width - 1);
    if (sign)
        mag = -(mag | ~low_bits(width));
    if (mag == 0)
        return 0;
    int lead = __builtin_clzll(mag);
    return round_pack(fp, type, sign, 63 - lead - (int)fraction, mag << lead);
}
