/*
 * The routines of ir/fp.c against the real numbers: each result is worked out again as a 113-bit
 * floating-point number and a note whether anything is missing below it, rounded by another
 * algorithm, with the special cases as the manuals' pseudocode puts them (Arm ARM,
 * shared/functions/float). All formats, all rounding modes, flush to zero, tininess either way, NaN
 * propagation; results and flags.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fp.h"
#include "tests/ir/random_ir.h"

typedef __float128 f128;
typedef unsigned __int128 u128;

static const struct format {
    const char *name;
    unsigned bits, fraction;
    int bias;
} formats[] = {[IR_F16] = {"f16", 16, 10, 15}, [IR_F32] = {"f32", 32, 23, 127},
               [IR_F64] = {"f64", 64, 52, 1023}};

static const unsigned types[] = {IR_F16, IR_F32, IR_F64};

static unsigned count(unsigned quick)
{
    return getenv("FERRY_LONG") ? quick * 20 : quick;
}

/* ---- images ------------------------------------------------------------------------------- */

static uint64_t low(unsigned n)
{
    return n >= 64 ? UINT64_MAX : ((uint64_t)1 << n) - 1;
}

static uint64_t sign_of(unsigned type, bool negative)
{
    return (uint64_t)negative << (formats[type].bits - 1);
}

static bool is_negative(unsigned type, uint64_t a)
{
    return a >> (formats[type].bits - 1) & 1;
}

static uint64_t magnitude(unsigned type, uint64_t a)
{
    return a & low(formats[type].bits - 1);
}

static uint64_t infinite(unsigned type)
{
    return low(formats[type].bits - 1) & ~low(formats[type].fraction);
}

static bool is_infinite(unsigned type, uint64_t a)
{
    return magnitude(type, a) == infinite(type);
}

static bool is_nan(unsigned type, uint64_t a)
{
    return magnitude(type, a) > infinite(type);
}

static uint64_t quiet_bit(unsigned type)
{
    return (uint64_t)1 << (formats[type].fraction - 1);
}

static bool is_signalling(unsigned type, uint64_t a)
{
    return is_nan(type, a) && !(a & quiet_bit(type));
}

static bool is_zero(unsigned type, uint64_t a)
{
    return magnitude(type, a) == 0;
}

static uint64_t default_nan(unsigned type)
{
    return infinite(type) | quiet_bit(type);
}

static f128 power(int e)
{
    u128 image = (u128)(unsigned)(e + 16383) << 112;
    f128 x;
    memcpy(&x, &image, sizeof x);
    return x;
}

/* The exponent of a number that is not zero. */
static int exponent(f128 x)
{
    u128 image;
    memcpy(&image, &x, sizeof image);
    return (int)(image >> 112 & 0x7fff) - 16383;
}

static f128 absolute(f128 x)
{
    return x < 0 ? -x : x;
}

/* The number an image stands for; `alternative`: half precision without infinities and NaNs. */
static f128 real_of(unsigned type, uint64_t a)
{
    const struct format *f = &formats[type];
    int e = (int)(magnitude(type, a) >> f->fraction);
    f128 x = (f128)((a & low(f->fraction)) | (e ? (uint64_t)1 << f->fraction : 0));
    x *= power((e ? e : 1) - f->bias - (int)f->fraction);
    return is_negative(type, a) ? -x : x;
}

/* ---- rounding ----------------------------------------------------------------------------- */

struct answer {
    uint64_t image;
    unsigned flags;
};

/* A real number: `x`, and a bit more in magnitude if `more`. */
struct real {
    f128 x;
    bool more;
};

static bool goes_up(unsigned round, bool negative, uint64_t n, f128 rest, bool more)
{
    bool inexact = rest != 0 || more, above = rest > 0.5 || (rest == 0.5 && more);
    switch (round) {
    case IR_ROUND_NEAREST: return above || (rest == 0.5 && n % 2);
    case IR_ROUND_AWAY: return rest >= 0.5;
    case IR_ROUND_UP: return inexact && !negative;
    case IR_ROUND_DOWN: return inexact && negative;
    default: return false;
    }
}

/* The magnitude in units of 2^unit, rounded. */
static uint64_t in_units(const struct fp_context *rule, struct real v, int unit, bool *inexact)
{
    f128 scaled = absolute(v.x) * power(-unit);
    uint64_t n = (uint64_t)scaled;
    f128 rest = scaled - (f128)n;
    *inexact = rest != 0 || v.more;
    if (rule->round == IR_ROUND_ODD)
        return n | *inexact;
    return n + goes_up(rule->round, v.x < 0, n, rest, v.more);
}

static struct answer overflow(const struct fp_context *rule, unsigned type, bool negative)
{
    bool finite = rule->round == IR_ROUND_ZERO || rule->round == IR_ROUND_ODD ||
                  rule->round == (negative ? IR_ROUND_UP : IR_ROUND_DOWN);
    return (struct answer){sign_of(type, negative) | (infinite(type) - finite),
                           IR_EXC_OVERFLOW | IR_EXC_INEXACT};
}

/* FPRound: the image of v, which is not zero. */
static struct answer rounded(const struct fp_context *rule, unsigned type, struct real v)
{
    const struct format *f = &formats[type];
    bool negative = v.x < 0, inexact, unused, alternative = rule->rule & IR_FP_ALT_HALF;
    int e = exponent(absolute(v.x)), least = 1 - f->bias, fraction = (int)f->fraction;
    if (e < least && rule->rule & IR_FP_FLUSH)
        return (struct answer){sign_of(type, negative), IR_EXC_UNDERFLOW};
    int unit = (e < least ? least : e) - fraction;
    uint64_t n = in_units(rule, v, unit, &inexact);
    if (n >> (fraction + 1))
        n >>= 1, unit++;
    int most = f->bias + (alternative && type == IR_F16);
    if (n >> fraction && unit + fraction > most) {
        if (most == f->bias)
            return overflow(rule, type, negative);
        return (struct answer){sign_of(type, negative) | low(15), IR_EXC_INVALID};
    }
    bool tiny = e < least;
    if (tiny && !(rule->rule & IR_FP_TINY_BEFORE))
        tiny = !(e == least - 1 && in_units(rule, v, e - fraction, &unused) >> (fraction + 1));
    uint64_t biased = n >> fraction ? (uint64_t)(unit + fraction + f->bias) : 0;
    return (struct answer){sign_of(type, negative) | biased << fraction | (n & low(f->fraction)),
                           (inexact ? IR_EXC_INEXACT : 0u) |
                               (inexact && tiny ? IR_EXC_UNDERFLOW : 0u)};
}

/* ---- exact arithmetic --------------------------------------------------------------------- */

/* A sum rounded to 113 bits and its error, as the next number below in magnitude and `more`. */
static struct real with_error(f128 x, f128 error)
{
    if (error == 0)
        return (struct real){x, false};
    if ((error > 0) != (x > 0)) { /* x is too large: one step toward zero */
        u128 image;
        memcpy(&image, &x, sizeof image);
        image--;
        memcpy(&x, &image, sizeof x);
    }
    return (struct real){x, true};
}

/* x + y, with the rounding error of the sum recovered exactly (Knuth, TAOCP 4.2.2, theorem B). */
static struct real sum(f128 x, f128 y)
{
    volatile f128 s = x + y, t = s - x;
    volatile f128 u = s - t, p = x - u, q = y - t;
    return with_error(s, p + q);
}

/* Cut to `bits` bits, toward zero. */
static f128 cut(f128 x, unsigned bits)
{
    u128 image;
    memcpy(&image, &x, sizeof image);
    image &= ~(((u128)1 << (113 - bits)) - 1);
    memcpy(&x, &image, sizeof x);
    return x;
}

/* A candidate of at most 56 bits, and by trial whether it is too large, exact, or too small. */
static struct real quotient(f128 x, f128 y)
{
    f128 q = cut(x / y, 57);
    f128 product = absolute(q * y), wanted = absolute(x); /* 57 + 53 bits: exact */
    if (product > wanted) {
        q -= (q < 0 ? -1 : 1) * power(exponent(absolute(q)) - 56);
        return (struct real){q, true};
    }
    return (struct real){q, product != wanted};
}

static struct real root(f128 x)
{
    int e = exponent(x) & ~1; /* scaled, for long double has less range below */
    f128 s = cut((f128)sqrtl((long double)(x * power(-e))), 56) * power(e / 2);
    while (s * s > x)
        s -= power(exponent(s) - 55);
    return (struct real){s, s * s != x};
}

/* ---- what the manuals say ------------------------------------------------------------------ */

/* FPUnpack: a subnormal operand is zero under FZ, and says so unless it is of half precision. */
static uint64_t unpacked(const struct fp_context *rule, unsigned type, uint64_t a, unsigned *flags)
{
    uint64_t m = magnitude(type, a);
    if (!(rule->rule & IR_FP_FLUSH) || m == 0 || m > low(formats[type].fraction))
        return a & low(formats[type].bits);
    if (type != IR_F16)
        *flags |= IR_EXC_DENORMAL;
    return sign_of(type, is_negative(type, a));
}

/* FPProcessNaNs, FPProcessNaNs3: the first signalling one, else the first. */
static bool process_nans(const struct fp_context *rule, unsigned type, const uint64_t *v, unsigned n,
                         struct answer *w)
{
    const uint64_t *chosen = NULL;
    for (unsigned i = n; i--;)
        if (is_nan(type, v[i]))
            chosen = &v[i];
    for (unsigned i = n; i--;)
        if (is_signalling(type, v[i]))
            chosen = &v[i];
    if (!chosen)
        return false;
    w->flags |= is_signalling(type, *chosen) ? IR_EXC_INVALID : 0;
    w->image = rule->rule & IR_FP_DEFAULT_NAN ? default_nan(type) : *chosen | quiet_bit(type);
    return true;
}

static struct answer invalid(unsigned type, unsigned flags)
{
    return (struct answer){default_nan(type), flags | IR_EXC_INVALID};
}

static struct answer exact(uint64_t image, unsigned flags)
{
    return (struct answer){image, flags};
}

static struct answer round_or_zero(const struct fp_context *rule, unsigned type, struct real v,
                                   bool zero_sign, unsigned flags)
{
    if (v.x == 0)
        return exact(sign_of(type, zero_sign), flags);
    struct answer w = rounded(rule, type, v);
    w.flags |= flags;
    return w;
}

static struct answer add(const struct fp_context *rule, unsigned type, bool subtract, uint64_t a,
                         uint64_t b)
{
    struct answer w = {0};
    a = unpacked(rule, type, a, &w.flags), b = unpacked(rule, type, b, &w.flags);
    if (process_nans(rule, type, (uint64_t[]){a, b}, 2, &w))
        return w;
    b ^= sign_of(type, subtract);
    bool sa = is_negative(type, a), sb = is_negative(type, b);
    if (is_infinite(type, a))
        return is_infinite(type, b) && sa != sb ? invalid(type, w.flags) : exact(a, w.flags);
    if (is_infinite(type, b))
        return exact(b, w.flags);
    bool zero_sign = is_zero(type, a) && is_zero(type, b) && sa == sb ? sa
                                                                      : rule->round == IR_ROUND_DOWN;
    return round_or_zero(rule, type, sum(real_of(type, a), real_of(type, b)), zero_sign, w.flags);
}

static struct answer multiply(const struct fp_context *rule, unsigned type, uint64_t a, uint64_t b)
{
    struct answer w = {0};
    a = unpacked(rule, type, a, &w.flags), b = unpacked(rule, type, b, &w.flags);
    if (process_nans(rule, type, (uint64_t[]){a, b}, 2, &w))
        return w;
    bool sign = is_negative(type, a) != is_negative(type, b);
    if (is_infinite(type, a) || is_infinite(type, b)) {
        if (is_zero(type, a) || is_zero(type, b))
            return invalid(type, w.flags);
        return exact(sign_of(type, sign) | infinite(type), w.flags);
    }
    struct real product = {real_of(type, a) * real_of(type, b), false};
    return round_or_zero(rule, type, product, sign, w.flags);
}

static struct answer divide(const struct fp_context *rule, unsigned type, uint64_t a, uint64_t b)
{
    struct answer w = {0};
    a = unpacked(rule, type, a, &w.flags), b = unpacked(rule, type, b, &w.flags);
    if (process_nans(rule, type, (uint64_t[]){a, b}, 2, &w))
        return w;
    uint64_t sign = sign_of(type, is_negative(type, a) != is_negative(type, b));
    bool ia = is_infinite(type, a), ib = is_infinite(type, b);
    bool za = is_zero(type, a), zb = is_zero(type, b);
    if ((ia && ib) || (za && zb))
        return invalid(type, w.flags);
    if (ia || zb)
        return exact(sign | infinite(type), w.flags | (ia ? 0 : IR_EXC_DIVZERO));
    if (za || ib)
        return exact(sign, w.flags);
    return round_or_zero(rule, type, quotient(real_of(type, a), real_of(type, b)), false, w.flags);
}

static struct answer square_root(const struct fp_context *rule, unsigned type, uint64_t a)
{
    struct answer w = {0};
    a = unpacked(rule, type, a, &w.flags);
    if (process_nans(rule, type, &a, 1, &w))
        return w;
    if (is_zero(type, a))
        return exact(a, w.flags);
    if (is_negative(type, a))
        return invalid(type, w.flags);
    if (is_infinite(type, a))
        return exact(a, w.flags);
    return round_or_zero(rule, type, root(real_of(type, a)), false, w.flags);
}

/* FPMulAdd, the operands negated before. */
static struct answer multiply_add(const struct fp_context *rule, unsigned type, unsigned negate,
                                  uint64_t a, uint64_t b, uint64_t c)
{
    struct answer w = {0};
    a = unpacked(rule, type, a ^ sign_of(type, negate & IR_FMA_NEG_PRODUCT), &w.flags);
    b = unpacked(rule, type, b, &w.flags);
    c = unpacked(rule, type, c ^ sign_of(type, negate & IR_FMA_NEG_ADDEND), &w.flags);
    bool none = (is_infinite(type, a) && is_zero(type, b)) ||
                (is_zero(type, a) && is_infinite(type, b));
    bool done = process_nans(rule, type, (uint64_t[]){c, a, b}, 3, &w);
    if (none && is_nan(type, c) && !is_signalling(type, c))
        return invalid(type, w.flags);
    if (done) /* an addend that signals is invalid once */
        return w;
    bool infinite_product = is_infinite(type, a) || is_infinite(type, b);
    bool sign = is_negative(type, a) != is_negative(type, b), sc = is_negative(type, c);
    if (none || (infinite_product && is_infinite(type, c) && sign != sc))
        return invalid(type, w.flags);
    if (infinite_product)
        return exact(sign_of(type, sign) | infinite(type), w.flags);
    if (is_infinite(type, c))
        return exact(c, w.flags);
    f128 product = real_of(type, a) * real_of(type, b);
    bool zero_sign = product == 0 && is_zero(type, c) && sign == sc ? sign
                                                                    : rule->round == IR_ROUND_DOWN;
    return round_or_zero(rule, type, sum(product, real_of(type, c)), zero_sign, w.flags);
}

/* FPConvert */
static struct answer convert(const struct fp_context *rule, unsigned to, unsigned from, uint64_t a)
{
    struct answer w = {0};
    struct fp_context reads = *rule, writes = *rule;
    bool alternative = rule->rule & IR_FP_ALT_HALF;
    if (from == IR_F16)
        reads.rule &= (uint8_t)~IR_FP_FLUSH;
    if (to == IR_F16)
        writes.rule &= (uint8_t)~IR_FP_FLUSH;
    a = unpacked(&reads, from, a, &w.flags);
    bool negative = is_negative(from, a), numbers_only = alternative && from == IR_F16;
    int wider = (int)formats[to].fraction - (int)formats[from].fraction;
    if (!numbers_only && is_nan(from, a)) {
        if (alternative && to == IR_F16)
            return exact(sign_of(to, negative), IR_EXC_INVALID);
        uint64_t payload = a & low(formats[from].fraction);
        payload = wider > 0 ? payload << wider : payload >> -wider;
        w.image = rule->rule & IR_FP_DEFAULT_NAN
                      ? default_nan(to) : sign_of(to, negative) | default_nan(to) | payload;
        w.flags |= is_signalling(from, a) ? IR_EXC_INVALID : 0;
        return w;
    }
    if (!numbers_only && is_infinite(from, a)) {
        if (alternative && to == IR_F16)
            return exact(sign_of(to, negative) | low(15), IR_EXC_INVALID);
        return exact(sign_of(to, negative) | infinite(to), w.flags);
    }
    return round_or_zero(&writes, to, (struct real){real_of(from, a), false}, negative, w.flags);
}

/* FPToFixed */
static struct answer to_fixed(const struct fp_context *rule, unsigned type, bool is_signed,
                              unsigned width, unsigned fraction, uint64_t a)
{
    struct answer w = {0};
    a = unpacked(rule, type, a, &w.flags);
    uint64_t max = low(is_signed ? width - 1 : width), min = is_signed ? max + 1 : 0;
    bool negative = is_negative(type, a), inexact = false;
    if (is_nan(type, a))
        return exact(rule->rule & IR_FP_NAN_TO_MAX ? max : 0, w.flags | IR_EXC_INVALID);
    f128 x = is_infinite(type, a) ? (negative ? -1 : 1) * power(200)
                                  : real_of(type, a) * power((int)fraction);
    if (absolute(x) >= power(64))
        return exact((negative ? min : max) & low(width), w.flags | IR_EXC_INVALID);
    u128 n = in_units(rule, (struct real){x, false}, 0, &inexact);
    if (n == 0 && absolute(x) > power(63)) /* 2^64 - 1 and a half */
        n = (u128)1 << 64;
    if (n > (negative ? min : max))
        return exact((negative ? min : max) & low(width), w.flags | IR_EXC_INVALID);
    w.image = (uint64_t)(negative ? -n : n) & low(width);
    w.flags |= inexact ? IR_EXC_INEXACT : 0;
    return w;
}

/* FixedToFP */
static struct answer from_fixed(const struct fp_context *rule, unsigned type, bool is_signed,
                                unsigned width, unsigned fraction, uint64_t a)
{
    bool negative = is_signed && a >> (width - 1) & 1;
    f128 x = (f128)(a & low(width)) - (negative ? power((int)width) : 0);
    return round_or_zero(rule, type, (struct real){x * power(-(int)fraction), false}, false, 0);
}

/* FPRoundInt */
static struct answer to_integral(const struct fp_context *rule, unsigned type, bool says_inexact,
                                 uint64_t a)
{
    struct answer w = {0};
    a = unpacked(rule, type, a, &w.flags);
    if (process_nans(rule, type, &a, 1, &w))
        return w;
    if (is_infinite(type, a) || absolute(real_of(type, a)) >= power((int)formats[type].fraction))
        return exact(a, w.flags);
    bool inexact;
    uint64_t n = in_units(rule, (struct real){real_of(type, a), false}, 0, &inexact);
    f128 x = is_negative(type, a) ? -(f128)n : (f128)n;
    if (inexact && says_inexact)
        w.flags |= IR_EXC_INEXACT;
    return round_or_zero(rule, type, (struct real){x, false}, is_negative(type, a), w.flags);
}

/* FPMax, FPMin; with `number`, FPMaxNum and FPMinNum. */
static struct answer choose(const struct fp_context *rule, unsigned type, bool max, bool number,
                            uint64_t a, uint64_t b)
{
    struct answer w = {0};
    a = unpacked(rule, type, a, &w.flags), b = unpacked(rule, type, b, &w.flags);
    bool qa = is_nan(type, a) && !is_signalling(type, a);
    bool qb = is_nan(type, b) && !is_signalling(type, b);
    uint64_t least = sign_of(type, max) | infinite(type);
    if (number && qa && !qb)
        a = least;
    else if (number && qb && !qa)
        b = least;
    if (process_nans(rule, type, (uint64_t[]){a, b}, 2, &w))
        return w;
    f128 x = real_of(type, a), y = real_of(type, b);
    if (is_zero(type, a) && is_zero(type, b))
        w.image = max ? a & b : a | b;
    else
        w.image = (max ? x > y : x < y) ? a : b;
    return w;
}

/* ---- the comparison ----------------------------------------------------------------------- */

struct sample {
    unsigned type, other, width, fraction, negate;
    bool choice; /* signed, or says inexact */
    uint64_t a, b, c;
};

enum operation { ADD, SUB, MUL, DIV, SQRT, FMA, MAX, MIN, MAXNUM, MINNUM, CONVERT, TO_FIXED,
                 FROM_FIXED, INTEGRAL, OPERATIONS };

static const char *const operation_name[] = {"add", "sub", "mul", "div", "sqrt", "fma", "max", "min",
                                             "maxnum", "minnum", "convert", "to_fixed",
                                             "from_fixed", "integral"};

static uint64_t have(struct fp_context *fp, enum operation op, const struct sample *s)
{
    unsigned t = s->type;
    switch (op) {
    case ADD: return fp_add(fp, t, s->a, s->b);
    case SUB: return fp_sub(fp, t, s->a, s->b);
    case MUL: return fp_mul(fp, t, s->a, s->b);
    case DIV: return fp_div(fp, t, s->a, s->b);
    case SQRT: return fp_sqrt(fp, t, s->a);
    case FMA: return fp_fma(fp, t, s->negate, s->a, s->b, s->c);
    case MAX: case MIN: return fp_min_max(fp, t, op == MAX, true, s->a, s->b);
    case MAXNUM: case MINNUM: return fp_min_max_num(fp, t, op == MAXNUM, s->a, s->b);
    case CONVERT: return fp_convert(fp, s->other, t, s->a);
    case TO_FIXED: return fp_to_fixed(fp, t, s->choice, s->width, s->fraction, s->a);
    case FROM_FIXED: return fp_from_fixed(fp, t, s->choice, s->width, s->fraction, s->a);
    default: return fp_round_to_integral(fp, t, s->choice, s->a);
    }
}

static struct answer want(const struct fp_context *fp, enum operation op, const struct sample *s)
{
    unsigned t = s->type;
    switch (op) {
    case ADD: case SUB: return add(fp, t, op == SUB, s->a, s->b);
    case MUL: return multiply(fp, t, s->a, s->b);
    case DIV: return divide(fp, t, s->a, s->b);
    case SQRT: return square_root(fp, t, s->a);
    case FMA: return multiply_add(fp, t, s->negate, s->a, s->b, s->c);
    case MAX: case MIN: return choose(fp, t, op == MAX, false, s->a, s->b);
    case MAXNUM: case MINNUM: return choose(fp, t, op == MAXNUM, true, s->a, s->b);
    case CONVERT: return convert(fp, s->other, t, s->a);
    case TO_FIXED: return to_fixed(fp, t, s->choice, s->width, s->fraction, s->a);
    case FROM_FIXED: return from_fixed(fp, t, s->choice, s->width, s->fraction, s->a);
    default: return to_integral(fp, t, s->choice, s->a);
    }
}

static void compare(const struct fp_context *rule, enum operation op, const struct sample *s)
{
    struct fp_context fp = *rule;
    uint64_t image = have(&fp, op, s);
    struct answer w = want(rule, op, s);
    cr_assert(image == w.image && fp.flags == w.flags,
              "%s %s (%s) %#" PRIx64 " %#" PRIx64 " %#" PRIx64
              ", round %u rule %#x, negate %u, choice %u width %u fraction %u: %#" PRIx64 " flags %#x, not %#" PRIx64 " flags %#x",
              operation_name[op], formats[s->type].name, formats[s->other].name, s->a, s->b, s->c,
              rule->round, rule->rule, s->negate, s->choice, s->width, s->fraction, image, fp.flags,
              w.image, w.flags);
}

/* A number near another: the same, a neighbour, or an exact power of two away; else any. */
static uint64_t near(struct random *r, unsigned type, uint64_t a)
{
    switch (random_below(r, 5)) {
    case 0: return (a + random_below(r, 5) - 2) & low(formats[type].bits);
    case 1: return a ^ sign_of(type, true);
    case 2: return (a + ((uint64_t)random_below(r, 70) << formats[type].fraction)) &
                   low(formats[type].bits);
    default: return random_float(r, (enum ir_type)type);
    }
}

/* A factor that brings a's exponent about to the smallest normal one; fractions of nearly 2. */
static uint64_t to_the_edge(struct random *r, unsigned type, uint64_t a)
{
    const struct format *f = &formats[type];
    int e = f->bias + 1 - (int)(magnitude(type, a) >> f->fraction) - (int)random_below(r, 3);
    if (e < 0 || e > 2 * f->bias)
        return random_float(r, (enum ir_type)type);
    uint64_t fraction = random_below(r, 2) ? low(f->fraction) - random_below(r, 4) : random_next(r);
    return (uint64_t)e << f->fraction | (fraction & low(f->fraction));
}

static struct sample random_sample(struct random *r)
{
    static const unsigned widths[] = {16, 32, 64};
    struct sample s = {.type = types[random_below(r, 3)], .width = widths[random_below(r, 3)]};
    s.other = types[(s.type - IR_F16 + 1 + random_below(r, 2)) % 3];
    s.a = random_float(r, (enum ir_type)s.type);
    s.b = random_below(r, 6) ? near(r, s.type, s.a) : to_the_edge(r, s.type, s.a);
    s.c = near(r, s.type, random_below(r, 2) ? s.a : s.b);
    s.choice = random_below(r, 2);
    s.negate = random_below(r, 4);
    s.fraction = random_below(r, 2) ? 0 : random_below(r, s.width + 1);
    return s;
}

static struct fp_context random_rule(struct random *r, enum operation op)
{
    static const uint8_t bits[] = {IR_FP_DEFAULT_NAN, IR_FP_FLUSH, IR_FP_TINY_BEFORE,
                                   IR_FP_NAN_TO_MAX, IR_FP_ALT_HALF};
    bool narrows = op == CONVERT;
    struct fp_context fp = {.round = (uint8_t)(1 + random_below(r, narrows ? 6 : 5))};
    for (unsigned i = 0; i < (narrows ? 5 : 4); i++)
        fp.rule |= random_below(r, 3) ? 0 : bits[i];
    return fp;
}

static void sweep(enum operation first, enum operation last, unsigned n, uint64_t seed)
{
    struct random r = {seed};
    for (unsigned i = 0; i < count(n); i++) {
        enum operation op = (enum operation)(first + i % (last - first + 1));
        struct sample s = random_sample(&r);
        struct fp_context rule = random_rule(&r, op);
        if (op == FROM_FIXED)
            s.a = random_integer(&r);
        compare(&rule, op, &s);
    }
}

Test(fp_exact, sums_and_products)
{
    sweep(ADD, MUL, 300000, 11);
}

Test(fp_exact, quotients_and_roots)
{
    sweep(DIV, SQRT, 200000, 12);
}

Test(fp_exact, fused)
{
    sweep(FMA, FMA, 200000, 13);
}

Test(fp_exact, choices)
{
    sweep(MAX, MINNUM, 100000, 14);
}

Test(fp_exact, conversions)
{
    sweep(CONVERT, INTEGRAL, 400000, 15);
}

/* Every half-precision number through every operation of one operand, in every mode. */
Test(fp_exact, all_halves)
{
    static const uint8_t rules[] = {0, IR_FP_FLUSH, IR_FP_ALT_HALF | IR_FP_TINY_BEFORE};
    for (unsigned a = 0; a < 65536; a++) {
        for (unsigned round = IR_ROUND_NEAREST; round <= IR_ROUND_AWAY; round++) {
            struct sample s = {.type = IR_F16, .other = a % 2 ? IR_F32 : IR_F64, .a = a,
                               .width = 16, .choice = a >> 3 & 1};
            struct fp_context rule = {.rule = rules[a % 3], .round = (uint8_t)round};
            compare(&rule, CONVERT, &s);
            rule.rule &= (uint8_t)~IR_FP_ALT_HALF;
            compare(&rule, SQRT, &s);
            compare(&rule, INTEGRAL, &s);
            compare(&rule, TO_FIXED, &s);
            compare(&rule, FROM_FIXED, &s);
        }
    }
}

/* ---- comparisons -------------------------------------------------------------------------- */

/* FPCompare, carry as borrow: less N C, equal Z, greater none, unordered V. */
Test(fp_exact, compare_flags)
{
    struct random r = {16};
    for (unsigned i = 0; i < count(100000); i++) {
        struct sample s = random_sample(&r);
        struct fp_context fp = {.rule = random_below(&r, 2) ? IR_FP_FLUSH : 0, .round = 1};
        unsigned flags = 0, wanted;
        uint64_t a = unpacked(&fp, s.type, s.a, &flags), b = unpacked(&fp, s.type, s.b, &flags);
        if (is_nan(s.type, a) || is_nan(s.type, b)) {
            wanted = IR_FLAG_V;
            if (s.choice || is_signalling(s.type, a) || is_signalling(s.type, b))
                flags |= IR_EXC_INVALID;
        } else {
            f128 x = real_of(s.type, a), y = real_of(s.type, b);
            wanted = x < y ? IR_FLAG_N | IR_FLAG_C : x == y ? IR_FLAG_Z : 0;
        }
        uint64_t got = fp_compare_flags(&fp, s.type, s.choice, s.a, s.b);
        cr_assert(got == wanted && fp.flags == flags,
                  "%s %#" PRIx64 " %#" PRIx64 " rule %#x: %#" PRIx64 " flags %#x, not %#x flags %#x",
                  formats[s.type].name, s.a, s.b, fp.rule, got, fp.flags, wanted, flags);
    }
}
