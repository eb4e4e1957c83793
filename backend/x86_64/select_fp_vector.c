/*
 * Floating point in vector lanes. As with scalars (select_fp.c) the host computes, and where a
 * result is a NaN the whole op is done again by exact C, for which the operands are kept. Half
 * precision, static rounding modes other than the host offers, and flushing are left to exact C
 * altogether. The smallest normal number as a result is treated like a NaN where underflow is told
 * before rounding (float.h: may_underflow).
 *
 * Where not all lanes count, the others of the operands are made zero first, so that they raise
 * nothing: zeros give zeros, but in a division, whose divisors become one, and where the result
 * could be -0 or a mask, which is cleared afterwards.
 */
#include "backend/x86_64/float.h"

#include "backend/x86_64/vec.h"

enum { K1 = 1 };
/* Immediates of cmpps. */
enum { CMP_EQ, CMP_LT, CMP_LE, CMP_UNORD, CMP_LT_QUIET = 17, CMP_LE_QUIET = 18 };

/* The lanes of an op and its registers. */
struct lanes {
    enum ir_type t;
    unsigned n, size;
    bool partial;
    struct vec v;        /* operands as they are, for exact C; result; temporaries */
    unsigned x, y, z;    /* operands to compute with */
};

static bool has_second(const struct ir_insn *in)
{
    return ir_op_info[in->op].operand[1] == 'V';
}

static bool has_third(const struct ir_insn *in)
{
    return ir_op_info[in->op].operand[2] == 'V';
}

static struct lanes lanes_of(const struct ir_insn *in)
{
    struct lanes l = {.t = (enum ir_type)in->sub, .n = in->aux & 255};
    l.size = ir_type_size(l.t);
    unsigned all = 16 / l.size;
    l.partial = l.n && l.n < all;
    if (!l.partial)
        l.n = all;
    return l;
}

/* Single or double precision, and either all lanes, the low half, or the lowest one. */
static bool is_usual(const struct ir_insn *in)
{
    struct lanes l = lanes_of(in);
    return l.t != IR_F16 && (!l.partial || l.n * l.size == 8 || l.n == 1);
}

static bool is_dynamic(const struct ir_insn *in)
{
    return !rule_is_exact(in->d) && (in->d & IR_FP_ROUND) == IR_ROUND_DYNAMIC;
}

/* d := a's lanes that count, the others zero */
static void clear_rest(struct work *w, const struct lanes *l, unsigned d, unsigned a)
{
    enum { CLEAR_1_TO_3 = 14 };
    if (l->n * l->size == 8)
        vec_rr(w, MOVQ_XMM, d, a);
    else
        vec_rrr_imm(w, INSERTPS, d, a, a, CLEAR_1_TO_3);
}

static bool is_clear(struct work *w, const struct lanes *l, ir_ref r)
{
    return !l->partial || is_zero_above(w, r, l->n * l->size == 8 ? IR_V128 : l->t);
}

/* y := b with ones in the lanes that do not count */
static void fill_with_ones(struct work *w, const struct lanes *l, unsigned y, unsigned b,
                           bool clear)
{
    uint64_t one[2] = {0, 0};
    uint64_t image = l->t == IR_F64 ? 0x3ff0000000000000 : 0x3f800000;
    for (unsigned i = l->n * l->size; i < 16; i += l->size)
        one[i / 8] |= image << i % 8 * 8;
    if (!clear)
        clear_rest(w, l, y, b);
    vec_rrl(w, ORPS, y, clear ? b : y, one[0], one[1]);
}

/*
 * Takes the operands, at least `temps` temporaries, and a register for the result that is none of
 * the operands'. The addend of vfma is not cleared: it is copied to the result anyway.
 */
static struct lanes start_lanes(struct work *w, const struct ir_insn *in, ir_ref self,
                                unsigned temps)
{
    struct lanes l = lanes_of(in);
    bool clear_x = is_clear(w, &l, in->a), clear_y = !has_second(in) || is_clear(w, &l, in->b);
    bool fill = l.partial && in->op == IR_VFDIV;
    unsigned wanted = !clear_x + (!clear_y || fill), used = 0;
    l.v = vec_start(w, in, self, wanted > temps ? wanted : temps, KEEP_ALL);
    l.x = l.v.a;
    l.y = l.v.b;
    l.z = l.v.c;
    if (!clear_x) {
        l.x = l.v.t[used++];
        clear_rest(w, &l, l.x, l.v.a);
    }
    if (fill) {
        l.y = l.v.t[used++];
        fill_with_ones(w, &l, l.y, l.v.b, clear_y);
    } else if (!clear_y) {
        l.y = l.v.t[used++];
        clear_rest(w, &l, l.y, l.v.b);
    }
    return l;
}

/* Clears the result's other lanes, if they are not zero already, and says that they are. */
static void finish_lanes(struct work *w, const struct lanes *l, ir_ref self, bool zero)
{
    if (l->partial && !zero)
        clear_rest(w, l, l->v.d, l->v.d);
    if (l->partial && l->n * l->size <= 8)
        set_zero_above(w, self);
}

/* ---- checks -----------------------------------------------------------------------------------
 */

/* How many temporaries a check takes. */
static unsigned check_temps(const struct work *w, const struct ir_insn *in)
{
    return !has(w, HOST_AVX512) || may_underflow(in);
}

static uint32_t wide(enum ir_type t)
{
    return t == IR_F64 ? X_W : 0;
}

/* NE if a cmp b in any lane; t is a temporary. */
static void any_lane(struct work *w, enum ir_type type, unsigned cmp, unsigned a, unsigned b,
                     unsigned t)
{
    if (has(w, HOST_AVX512)) {
        e_rrr(&w->c, packed(CMPSS, type) | wide(type), K1, a, b);
        put8(&w->c, cmp);
        v_rrr(&w->c, KORTESTB, K1, 0, K1);
    } else {
        vec_rrr_imm(w, packed(CMPSS, type), t, a, b, cmp);
        vec_rr(w, PTEST, t, t);
    }
}

/* NE if any lane of a, as an integer, is the literal. */
static void any_equal(struct work *w, enum ir_type type, unsigned a, uint64_t lane, unsigned t)
{
    uint32_t op = type == IR_F64 ? PCMPEQQ : type == IR_F32 ? PCMPEQD : PCMPEQW;
    if (has(w, HOST_AVX512)) {
        vec_rrl(w, op | wide(type) | X_EVEX, K1, a, lane, lane);
        v_rrr(&w->c, KORTESTB, K1, 0, K1);
    } else {
        vec_rrl(w, op, t, a, lane, lane);
        vec_rr(w, PTEST, t, t);
    }
}

/* Leaves the op to exact C if cc. */
static struct cold *lanes_exact_if(struct work *w, const struct ir_insn *in, unsigned cc,
                                   const struct lanes *l)
{
    return exact_if(w, cc, l->v.d, l->v.a, has_second(in) ? operand_xmm(l->v.b) : NO_OPERAND,
                    has_third(in) ? l->v.c : NO_REG);
}

static void check_nans(struct work *w, const struct ir_insn *in, const struct lanes *l)
{
    any_lane(w, l->t, CMP_UNORD, l->v.d, l->v.d, l->v.t[0]);
    lanes_exact_if(w, in, CC_NE, l);
}

/* NE if a lane of d, of the result's type, is the smallest normal number: see may_underflow. */
static void any_smallest(struct work *w, enum ir_type type, unsigned d, unsigned t)
{
    uint32_t add = type == IR_F64 ? PADDQ : type == IR_F32 ? PADDD : PADDW;
    unsigned log = (unsigned)__builtin_ctz(ir_type_size(type));
    vec_rrr(w, add, t, d, d);
    any_equal(w, type, t, splat(log, smallest_normal_shifted(type)), t);
}

static void check_underflow(struct work *w, const struct ir_insn *in, const struct lanes *l)
{
    if (!may_underflow(in))
        return;
    any_smallest(w, l->t, l->v.d, l->v.t[0]);
    lanes_exact_if(w, in, CC_NE, l);
}

/* ---- arithmetic -------------------------------------------------------------------------------
 */

static void emit_lanes(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op)
{
    if (!is_usual(in) || !is_dynamic(in)) {
        emit_exact(w, in, self);
        return;
    }
    struct lanes l = start_lanes(w, in, self, check_temps(w, in));
    if (has_second(in))
        vec_rrr(w, packed(op, l.t), l.v.d, l.x, l.y);
    else
        vec_rr(w, packed(op, l.t), l.v.d, l.x);
    finish_lanes(w, &l, self, in->op != IR_VFSUB);
    check_nans(w, in, &l);
    check_underflow(w, in, &l);
}

void emit_VFADD(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_lanes(w, in, self, ADDSS);
}

void emit_VFSUB(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_lanes(w, in, self, SUBSS);
}

void emit_VFMUL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_lanes(w, in, self, MULSS);
}

void emit_VFDIV(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_lanes(w, in, self, DIVSS);
}

void emit_VFSQRT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_lanes(w, in, self, SQRTSS);
}

/* Three operands, the result and two of the operands cleared; or two and all temporaries. */
static bool enough_temps(const struct work *w)
{
    return __builtin_popcount(w->be->temps & XMM_MASK) >= 6;
}

void emit_VFMA(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { TO_PACKED = -1 }; /* opcodes of packed forms are one below the scalar ones */
    if (!is_usual(in) || !is_dynamic(in) || !has(w, HOST_FMA) ||
        (lanes_of(in).partial && !enough_temps(w))) {
        emit_exact(w, in, self);
        return;
    }
    unsigned negate = in->aux >> 8;
    struct lanes l = start_lanes(w, in, self, check_temps(w, in));
    if (is_clear(w, &l, in->c))
        vec_copy(w, l.v.d, l.z);
    else
        clear_rest(w, &l, l.v.d, l.z);
    uint32_t op = VFMADD231SS + TO_PACKED + (negate & IR_FMA_NEG_ADDEND ? 2 : 0) +
                  (negate & IR_FMA_NEG_PRODUCT ? 4 : 0);
    v_rrr(&w->c, op | wide(l.t), l.v.d, l.x, l.y);
    finish_lanes(w, &l, self, false);
    check_nans(w, in, &l);
    check_underflow(w, in, &l);
}

/* ---- minimum, maximum -------------------------------------------------------------------------
 */

/* As for scalars: vrangeps, or else minps both ways, which differ for zeros of either sign only. */
static void emit_min_max(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { SIGN_OF_RESULT = 4, MIN_MAX_TEMPS = 3 };
    bool maximum = in->op == IR_VFMAXM || in->op == IR_VFMAXN;
    bool nan_wins = in->op == IR_VFMINM || in->op == IR_VFMAXM;
    bool range = has(w, HOST_AVX512);
    if (!is_usual(in) || rule_is_exact(in->d) ||
        (!range && lanes_of(in).partial && !enough_temps(w))) {
        emit_exact(w, in, self);
        return;
    }
    struct lanes l = start_lanes(w, in, self, range ? 0 : lanes_of(in).partial ? MIN_MAX_TEMPS : 1);
    struct cold *c = NULL;
    if (!range || nan_wins || !propagates(in->d)) {
        any_lane(w, l.t, CMP_UNORD, l.x, l.y, l.v.d);
        c = lanes_exact_if(w, in, CC_NE, &l);
    }
    if (range) {
        vec_rrr_imm(w, VRANGEPS_E | wide(l.t), l.v.d, l.x, l.y, SIGN_OF_RESULT | maximum);
    } else {
        uint32_t op = packed(maximum ? MAXSS : MINSS, l.t);
        unsigned t = l.v.t[(l.x != l.v.a) + (l.y != l.v.b)];
        vec_rrr(w, op, l.v.d, l.x, l.y);
        vec_rrr(w, op, t, l.y, l.x);
        vec_rrr(w, maximum ? ANDPS : ORPS, l.v.d, l.v.d, t);
    }
    finish_lanes(w, &l, self, true);
    if (c)
        c->resume = here(w);
}

void emit_VFMINM(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self);
}

void emit_VFMAXM(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self);
}

void emit_VFMINN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self);
}

void emit_VFMAXN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self);
}

/* ---- signs, comparison ------------------------------------------------------------------------
 */

static void emit_sign(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op, bool rest)
{
    unsigned top = 8 * ir_type_size((enum ir_type)in->sub) - 1;
    uint64_t sign = splat(lane_log(in), (uint64_t)1 << top);
    struct vec v = vec_start(w, in, self, 0, 0);
    vec_rrl(w, op, v.d, v.a, rest ? ~sign : sign, rest ? ~sign : sign);
}

void emit_VFNEG(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_sign(w, in, self, XORPS, false);
}

void emit_VFABS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_sign(w, in, self, ANDPS, true);
}

void emit_VFSETCC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    static const uint8_t compare[] = {[IR_FEQ] = CMP_EQ, [IR_FLT] = CMP_LT, [IR_FLE] = CMP_LE,
                                      [IR_FLTQ] = CMP_LT_QUIET, [IR_FLEQ] = CMP_LE_QUIET,
                                      [IR_FUNORD] = CMP_UNORD};
    unsigned imm = compare[in->d & IR_FCC];
    if (!is_usual(in) || in->d & IR_FP_FLUSH || (imm > CMP_UNORD && !has(w, HOST_AVX))) {
        emit_exact(w, in, self);
        return;
    }
    struct lanes l = start_lanes(w, in, self, 0);
    vec_rrr_imm(w, packed(CMPSS, l.t), l.v.d, l.x, l.y, imm);
    finish_lanes(w, &l, self, false);
}

/* ---- to integral, to and from integers --------------------------------------------------------
 */

/* The immediate of roundps, without raising inexact. */
static unsigned round_immediate(const struct ir_insn *in)
{
    unsigned round = in->d & IR_FP_ROUND;
    return (round == IR_ROUND_DYNAMIC ? ROUND_MXCSR : host_round(round)) | ROUND_NO_INEXACT;
}

static void emit_roundps(struct work *w, enum ir_type t, unsigned d, unsigned x, unsigned imm)
{
    vec_rr_imm(w, t == IR_F64 ? ROUNDPD : ROUNDPS, d, x, imm);
}

void emit_VFRINT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    bool raises = in->aux >> 8;
    if (!is_usual(in) || rule_is_exact(in->d)) {
        emit_exact(w, in, self);
        return;
    }
    struct lanes l = start_lanes(w, in, self, check_temps(w, in));
    unsigned imm = round_immediate(in);
    emit_roundps(w, l.t, l.v.d, l.x, raises ? imm & ~(unsigned)ROUND_NO_INEXACT : imm);
    finish_lanes(w, &l, self, true);
    if (!propagates(in->d))
        check_nans(w, in, &l);
}

/* A power of two as a lane. */
static uint64_t power_of_two(enum ir_type t, int n)
{
    return t == IR_F64 ? (uint64_t)(1023 + n) << 52
                       : ((uint64_t)(127 + n) << 23) * (1 | (uint64_t)1 << 32);
}

/*
 * Conversions to integers, by target: truncating, rounding by MXCSR, and what is invalid becomes.
 */
struct conversion {
    uint32_t truncate, round;
    uint64_t invalid;
    bool avx512;
};

static struct conversion conversion_of(const struct ir_insn *in)
{
    const uint64_t min32 = 0x8000000080000000, min64 = (uint64_t)1 << 63;
    if (in->sub == IR_F64)
        return in->op == IR_VFTOS
                   ? (struct conversion){CVTTPD2QQ_E, CVTPD2QQ_E, min64, true}
                   : (struct conversion){CVTTPD2UQQ_E, CVTPD2UQQ_E, UINT64_MAX, true};
    return in->op == IR_VFTOS ? (struct conversion){CVTTPS2DQ, CVTPS2DQ, min32, false}
                              : (struct conversion){CVTTPS2UDQ_E, CVTPS2UDQ_E, UINT64_MAX, true};
}

/*
 * t := x times 2^fraction; what could overflow is cut to what is still too large for any integer.
 * A NaN stays one.
 */
static void emit_scaled(struct work *w, const struct lanes *l, unsigned t, unsigned x,
                        unsigned fraction)
{
    enum { LARGE = 64 };
    uint64_t large = power_of_two(l->t, LARGE), scale = power_of_two(l->t, (int)fraction);
    uint64_t sign = l->t == IR_F64 ? (uint64_t)1 << 63 : 0x8000000080000000;
    unsigned d = l->v.d;
    vec_load(w, t, large, large);
    vec_rrr(w, packed(MINSS, l->t), t, t, x);
    vec_load(w, d, large | sign, large | sign);
    vec_rrr(w, packed(MAXSS, l->t), d, d, t);
    vec_rrl(w, packed(MULSS, l->t), t, d, scale, scale);
}

static void emit_to_integers(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct conversion k = conversion_of(in);
    unsigned round = in->d & IR_FP_ROUND, fraction = in->aux >> 8;
    if (!is_usual(in) || rule_is_exact(in->d) || (k.avx512 && !has(w, HOST_AVX512)) ||
        (fraction && round != IR_ROUND_ZERO)) {
        emit_exact(w, in, self);
        return;
    }
    bool rounds = round != IR_ROUND_DYNAMIC && round != IR_ROUND_ZERO;
    unsigned temps = fraction || rounds ? 2 : check_temps(w, in);
    struct lanes l = start_lanes(w, in, self, temps);
    unsigned t = l.v.t[(fraction || rounds) && l.x != l.v.a], x = l.x;
    if (fraction)
        emit_scaled(w, &l, t, x, fraction);
    if (rounds)
        emit_roundps(w, l.t, t, x, round_immediate(in));
    vec_rr(w, round == IR_ROUND_DYNAMIC ? k.round : k.truncate, l.v.d, fraction || rounds ? t : x);
    any_equal(w, l.t, l.v.d, k.invalid, t);
    struct cold *c = lanes_exact_if(w, in, CC_NE, &l);
    if (rounds)
        vec_rr(w, k.truncate, t, l.x); /* inexact? */
    c->resume = here(w);
    finish_lanes(w, &l, self, true);
}

void emit_VFTOS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_to_integers(w, in, self);
}

void emit_VFTOU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_to_integers(w, in, self);
}

static void emit_from_integers(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op,
                               bool avx512)
{
    unsigned round = in->d & IR_FP_ROUND;
    uint64_t scale = power_of_two((enum ir_type)in->sub, -(int)(in->aux >> 8));
    if (!is_usual(in) || round != IR_ROUND_DYNAMIC || (avx512 && !has(w, HOST_AVX512))) {
        emit_exact(w, in, self);
        return;
    }
    struct lanes l = start_lanes(w, in, self, 0);
    vec_rr(w, op, l.v.d, l.x);
    if (in->aux >> 8)
        vec_rrl(w, packed(MULSS, l.t), l.v.d, l.v.d, scale, scale);
    finish_lanes(w, &l, self, true);
}

void emit_VSTOF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_from_integers(w, in, self, in->sub == IR_F64 ? CVTQQ2PD_E : CVTDQ2PS, in->sub == IR_F64);
}

void emit_VUTOF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_from_integers(w, in, self, in->sub == IR_F64 ? CVTUQQ2PD_E : CVTUDQ2PS_E, true);
}

/* ---- widths -----------------------------------------------------------------------------------
 */

void emit_VFWIDEN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    bool half = in->sub == IR_F16;
    if (rule_is_exact(in->d) || !propagates(in->d) ||
        (half && !(has(w, HOST_F16C) && has(w, HOST_AVX)))) {
        emit_exact(w, in, self);
        return;
    }
    emit_vec_unary(w, in, self, half ? VCVTPH2PS : CVTPS2PD);
}

void emit_VFNARROW(struct work *w, const struct ir_insn *in, ir_ref self)
{
    bool half = in->sub == IR_F32;
    if (!is_dynamic(in) || !propagates(in->d) ||
        (half && !(has(w, HOST_F16C) && has(w, HOST_AVX)))) {
        emit_exact(w, in, self);
        return;
    }
    bool underflow = may_underflow(in);
    struct vec v = vec_start(w, in, self, underflow, underflow ? KEEP_A : 0);
    if (half) {
        v_rrr(&w->c, VCVTPS2PH, v.a, 0, v.d);
        put8(&w->c, ROUND_MXCSR);
    } else {
        vec_rr(w, CVTPD2PS, v.d, v.a);
    }
    if (underflow) {
        any_smallest(w, half ? IR_F16 : IR_F32, v.d, v.t[0]);
        exact_if(w, CC_NE, v.d, v.a, NO_OPERAND, NO_REG);
    }
    set_zero_above(w, self);
}
