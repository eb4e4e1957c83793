/*
 * Floating point: conversions between formats, to and from integers, rounding to integral, NaN
 * boxing, exception flags. See select_fp.c for how values and NaNs are kept. A conversion of a
 * single operand keeps a NaN's payload as the guest does, so there is nothing to correct unless
 * NaNs are canonical.
 */
#include "backend/x86_64/float.h"

#include "backend/x86_64/vec.h"

/* ---- formats ----------------------------------------------------------------------------------
 */

/*
 * Between single and double. The rest of the result is zero: the host takes it from a first
 * source.
 */
static void emit_format(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type to = (enum ir_type)in->type, from = (enum ir_type)in->sub;
    struct rounding r = {.active = false};
    if (to == IR_F32)
        r = start_rounding(w, in->d);
    unsigned tiny = take_underflow(w, in);
    unsigned x = (unsigned)use_xmm(w, in->a, from);
    bool whole = is_zero_above(w, in->a, from); /* the packed form converts zeros above to zeros */
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, x, whole && tiny == NO_REG ? 0 : BIT(x + XMM0));
    if (whole) {
        vec_rr(w, to == IR_F64 ? CVTPS2PD : CVTPD2PS, d, x);
    } else {
        vec_zero(w, d);
        emit_scalar(w, to == IR_F64 ? CVTSS2SD : CVTSD2SS, d, d, operand_xmm(x));
    }
    end_rounding(w, &r);
    if (!propagates(in->d))
        canonical_nan(w, self, d, to);
    leave_underflow(w, in, tiny, d, x, NO_OPERAND, NO_REG);
    set_zero_above(w, self);
}

/* From half precision: the host converts four of them, so the others are made zero first. */
static void emit_from_half(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type to = (enum ir_type)in->type;
    unsigned x = (unsigned)use_xmm(w, in->a, IR_F16);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, x, 0);
    vec_rr(w, PMOVZXWQ, d, x);
    vec_rr(w, VCVTPH2PS, d, d);
    if (to == IR_F64)
        vec_rr(w, CVTPS2PD, d, d);
    if (!propagates(in->d))
        canonical_nan(w, self, d, to);
    set_zero_above(w, self);
}

static void emit_to_half(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { CLEAR_1_TO_3 = 14 };
    unsigned round = in->d & IR_FP_ROUND, tiny = take_underflow(w, in);
    unsigned x = (unsigned)use_xmm(w, in->a, IR_F32);
    bool whole = is_zero_above(w, in->a, IR_F32);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, x, tiny == NO_REG ? 0 : BIT(x + XMM0));
    if (!whole)
        vec_rrr_imm(w, INSERTPS, d, x, x, CLEAR_1_TO_3);
    v_rrr(&w->c, VCVTPS2PH, whole ? x : d, 0, d);
    put8(&w->c, round == IR_ROUND_DYNAMIC ? ROUND_MXCSR : host_round(round));
    leave_underflow(w, in, tiny, d, x, NO_OPERAND, NO_REG);
    set_zero_above(w, self);
}

void emit_FCVT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    bool f16c = has(w, HOST_F16C) && has(w, HOST_AVX);
    if (rule_is_exact(in->d))
        emit_exact(w, in, self);
    else if (in->sub == IR_F16 && f16c)
        emit_from_half(w, in, self);
    else if (in->type == IR_F16 && in->sub == IR_F32 && f16c && propagates(in->d))
        emit_to_half(w, in, self);
    else if (in->type == IR_F16 || in->sub == IR_F16)
        emit_exact(w, in, self);
    else
        emit_format(w, in, self);
}

/* ---- to integral ------------------------------------------------------------------------------
 */

/* d := x rounded as the immediate says; in d's upper part what is in x's */
static void emit_round(struct work *w, enum ir_type t, unsigned d, unsigned x, unsigned imm)
{
    emit_scalar(w, t == IR_F64 ? ROUNDSD : ROUNDSS, d, x, operand_xmm(x));
    put8(&w->c, imm);
}

/* The images of one half and of infinity. */
static uint64_t half(enum ir_type t)
{
    return t == IR_F64 ? 0x3fe0000000000000 : 0x3f000000;
}

static uint64_t infinity(enum ir_type t)
{
    return t == IR_F64 ? 0x7ff0000000000000 : 0x7f800000;
}

/* A tie went to zero, if anything: d += one of x's sign, in s. r: d, s (half, with the sign). */
static void cold_tie(struct work *w, struct cold *c)
{
    enum ir_type t = (enum ir_type)c->n;
    uint8_t *nan = jcc8(&w->c, CC_P);
    emit_scalar(w, scalar(ADDSS, t), c->r[1], c->r[1], operand_xmm(c->r[1]));
    emit_scalar(w, scalar(ADDSS, t), c->r[0], c->r[0], operand_xmm(c->r[1]));
    bind8(&w->c, nan);
    cold_resume(w, c);
}

/*
 * d := x rounded to nearest, ties away from zero, raising nothing but invalid: rounded with ties
 * to even, which is wrong exactly if half of x's sign was cut off. What is cut off is exact; of
 * infinity, which must not be subtracted from itself, nothing is. s and h are temporaries.
 */
static void emit_round_away(struct work *w, enum ir_type t, unsigned d, unsigned x, unsigned s,
                            unsigned h)
{
    uint64_t sign = t == IR_F64 ? (uint64_t)1 << 63 : (uint64_t)1 << 31;
    uint8_t *infinite = NULL;
    emit_round(w, t, d, x, host_round(IR_ROUND_NEAREST) | ROUND_NO_INEXACT);
    if (has(w, HOST_AVX512)) {
        e_rrr_round(&w->c, scalar(SUBSS, t) | (t == IR_F64 ? X_W : 0), s, x, d, 0);
    } else {
        vec_rrl(w, ANDPS, s, x, sign - 1, 0);
        x_rm(&w->c, packed(UCOMISS, t), s, literal(w, infinity(t), 0));
        literal_used(w, 0);
        infinite = jcc8(&w->c, CC_E); /* or a NaN */
        emit_scalar(w, scalar(SUBSS, t), s, x, operand_xmm(d));
    }
    vec_rrl(w, ANDPS, h, x, sign, 0);
    vec_rrl(w, ORPS, h, h, half(t), 0);
    x_rr(&w->c, packed(UCOMISS, t), s, h);
    struct cold *c = cold_jcc(w, CC_E, cold_tie);
    c->r[0] = (uint8_t)d;
    c->r[1] = (uint8_t)h;
    c->n = (uint8_t)t;
    if (infinite)
        bind8(&w->c, infinite);
}

void emit_FRINT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type t = (enum ir_type)in->type;
    unsigned round = in->d & IR_FP_ROUND;
    bool away = round == IR_ROUND_AWAY && !in->aux;
    if (rule_is_exact(in->d) && !(away && !(in->d & IR_FP_FLUSH))) {
        emit_exact(w, in, self);
        return;
    }
    unsigned s = away ? (unsigned)make_xmm_temp(w, 0) : 0;
    unsigned h = away ? (unsigned)make_xmm_temp(w, 0) : 0;
    unsigned x = (unsigned)use_xmm(w, in->a, t);
    bool zero_above = is_zero_above(w, in->a, t);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, x, away ? BIT(x + XMM0) : 0);
    if (away)
        emit_round_away(w, t, d, x, s, h);
    else
        emit_round(w, t, d, x, (round == IR_ROUND_DYNAMIC ? ROUND_MXCSR : host_round(round)) |
                                   (in->aux ? 0 : ROUND_NO_INEXACT));
    if (!propagates(in->d))
        canonical_nan(w, self, d, t);
    if (zero_above)
        set_zero_above(w, self);
}

/* ---- to integers ------------------------------------------------------------------------------
 */

/* Invalid: NaN, or too large. r: d, x. n: source type | 16 I64 | 32 NaN to max. */
static void cold_saturate(struct work *w, struct cold *c)
{
    enum ir_type t = (enum ir_type)(c->n & 15);
    uint32_t w64 = c->n & 16 ? X_W : 0;
    unsigned d = c->r[0], x = c->r[1];
    x_rr(&w->c, packed(UCOMISS, t), x, x);
    uint8_t *nan = jcc8(&w->c, CC_P);
    x_rr(&w->c, t == IR_F64 ? MOVQ_FROM_XMM : MOVD_FROM_XMM, x, d);
    if (t == IR_F32)
        x_rr(&w->c, MOVSXD, d, d);
    shift_ri(&w->c, SHIFT_SAR, X_W, d, 63);
    x_xr(&w->c, UNARY | w64, 2, d);
    x_xr(&w->c, BT_IMM | w64, 7, d); /* complement the top bit: MAX or MIN */
    put8(&w->c, w64 ? 63 : 31);
    cold_resume(w, c);
    bind8(&w->c, nan);
    mov_ri(&w->c, d, !(c->n & 32) ? 0 : w64 ? INT64_MAX : INT32_MAX);
    cold_resume(w, c);
}

static uint64_t power_of_two(int n)
{
    enum { BIAS = 1023, FRACTION = 52 };
    return (uint64_t)(BIAS + n) << FRACTION;
}

/* t := literal, an F64 */
static void load_double(struct work *w, unsigned t, uint64_t image)
{
    vec_load(w, t, image, 0);
}

/*
 * t := x * 2^fraction as a double, exactly; where that could overflow, something else that is too
 * large for any integer. s is a temporary. A NaN stays one.
 */
static void emit_scaled(struct work *w, enum ir_type from, unsigned t, unsigned s, unsigned x,
                        unsigned fraction)
{
    enum { LARGE = 128 }; /* beyond 2^64 times all that a fraction scales by */
    if (from == IR_F32) {
        vec_zero(w, t);
        emit_scalar(w, CVTSS2SD, t, t, operand_xmm(x));
    } else { /* the second source wins over a NaN in the first, and if it is one */
        load_double(w, s, power_of_two(LARGE));
        emit_scalar(w, scalar(MINSS, IR_F64), s, s, operand_xmm(x));
        load_double(w, t, power_of_two(LARGE) | (uint64_t)1 << 63);
        emit_scalar(w, scalar(MAXSS, IR_F64), t, t, operand_xmm(s));
    }
    load_double(w, s, power_of_two((int)fraction));
    emit_scalar(w, scalar(MULSS, IR_F64), t, t, operand_xmm(s));
}

/* How an operand is prepared for the host's conversion. */
enum preparation {
    AS_IT_IS,
    SCALED,        /* times a power of two */
    INTEGRAL,      /* rounded before */
    EMBEDDED,      /* the instruction holds the rounding mode (AVX-512) */
    BY_EXACT_C,
};

static enum preparation preparation(const struct work *w, const struct ir_insn *in)
{
    unsigned round = in->d & IR_FP_ROUND;
    if (in->d & IR_FP_FLUSH || in->sub == IR_F16 || round == IR_ROUND_ODD ||
        (in->aux && round != IR_ROUND_ZERO))
        return BY_EXACT_C;
    if (in->aux)
        return SCALED;
    if (round == IR_ROUND_ZERO || round == IR_ROUND_DYNAMIC)
        return AS_IT_IS;
    return has(w, HOST_AVX512) && round != IR_ROUND_AWAY ? EMBEDDED : INTEGRAL;
}

/* Operands and registers of a conversion to an integer. */
struct to_integer {
    enum preparation how;
    enum ir_type from; /* of the prepared operand */
    unsigned x;        /* the operand */
    unsigned p;        /* prepared */
    unsigned t;        /* a general temporary, if inexactness is found out about separately */
    unsigned d;
};

/*
 * The register of what an frint has just made of the operand in the same mode (round() and
 * lround() come in pairs), locked; NO_REG if there is none.
 */
static unsigned rounded_already(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { LOOK_BACK = 8 };
    for (unsigned i = self - 1u; i && i + LOOK_BACK >= self; i--) {
        const struct ir_insn *r = &w->b->insns[i];
        uint32_t regs = w->val[i].regs & XMM_MASK;
        if (r->op == IR_FRINT && r->a == in->a && r->d == in->d && r->type == in->sub && regs) {
            w->locked |= regs;
            return (unsigned)__builtin_ctz(regs) - XMM0;
        }
    }
    return NO_REG;
}

static struct to_integer start_to_integer(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct to_integer k = {.how = preparation(w, in), .from = (enum ir_type)in->sub};
    unsigned s = 0, h = 0, round = in->d & IR_FP_ROUND;
    unsigned rounded = k.how == INTEGRAL ? rounded_already(w, in, self) : NO_REG;
    bool rounds = k.how == INTEGRAL && rounded == NO_REG, prepares = k.how == SCALED || rounds;
    if (k.how == INTEGRAL || k.how == EMBEDDED)
        k.t = (unsigned)make_temp(w, 0);
    if (prepares) {
        k.p = (unsigned)make_xmm_temp(w, 0);
        s = (unsigned)make_xmm_temp(w, 0);
    }
    if (rounds && round == IR_ROUND_AWAY)
        h = (unsigned)make_xmm_temp(w, 0);
    k.x = (unsigned)use_xmm(w, in->a, k.from);
    consume(w, in->a);
    k.d = (unsigned)define_gpr(w, self, NO_REG, 0);
    if (k.how == SCALED) {
        emit_scaled(w, k.from, k.p, s, k.x, in->aux);
        k.from = IR_F64;
    } else if (rounds && round == IR_ROUND_AWAY) {
        emit_round_away(w, k.from, k.p, k.x, s, h);
    } else if (rounds) {
        emit_round(w, k.from, k.p, k.x, host_round(round) | ROUND_NO_INEXACT);
    } else {
        k.p = rounded != NO_REG ? rounded : k.x;
    }
    return k;
}

void emit_FTOS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    uint32_t w64 = in->type == IR_I64 ? X_W : 0;
    unsigned round = in->d & IR_FP_ROUND;
    if (preparation(w, in) == BY_EXACT_C) {
        emit_exact(w, in, self);
        return;
    }
    struct to_integer k = start_to_integer(w, in, self);
    uint32_t truncate = scalar(CVTTSS2SI, k.from) | w64, convert = scalar(CVTSS2SI, k.from) | w64;
    if (k.how == EMBEDDED)
        e_rrr_round(&w->c, convert, k.d, 0, k.x, host_round(round));
    else
        x_rr(&w->c, round == IR_ROUND_DYNAMIC ? convert : truncate, k.d, k.p);
    alu_ri(&w->c, ALU_CMP, w64, k.d, 1); /* overflows for the smallest integer only */
    if (k.how != AS_IT_IS) {
        struct cold *c = exact_if(w, CC_O, k.d, k.x, NO_OPERAND, NO_REG);
        if (k.how != SCALED)
            x_rr(&w->c, truncate, k.t, k.x); /* inexact? */
        c->resume = here(w);
        return;
    }
    struct cold *c = cold_jcc(w, CC_O, cold_saturate);
    c->r[0] = (uint8_t)k.d;
    c->r[1] = (uint8_t)k.x;
    c->n = (uint8_t)(k.from | (w64 ? 16 : 0) | (in->d & IR_FP_NAN_TO_MAX ? 32 : 0));
}

/* AVX-512 converts to unsigned integers; the largest stands for what is invalid, too. */
static void emit_to_unsigned(struct work *w, const struct ir_insn *in, ir_ref self)
{
    uint32_t w64 = in->type == IR_I64 ? X_W : 0;
    unsigned round = in->d & IR_FP_ROUND;
    struct to_integer k = start_to_integer(w, in, self);
    uint32_t truncate = scalar(CVTTSS2USI_E, k.from) | w64;
    uint32_t convert = scalar(CVTSS2USI_E, k.from) | w64;
    if (k.how == EMBEDDED)
        e_rrr_round(&w->c, convert, k.d, 0, k.x, host_round(round));
    else
        e_rrr(&w->c, round == IR_ROUND_DYNAMIC ? convert : truncate, k.d, 0, k.p);
    alu_ri(&w->c, ALU_CMP, w64, k.d, -1);
    struct cold *c = exact_if(w, CC_E, k.d, k.x, NO_OPERAND, NO_REG);
    if (k.how == INTEGRAL || k.how == EMBEDDED)
        e_rrr(&w->c, truncate, k.t, 0, k.x); /* inexact? */
    c->resume = here(w);
}

void emit_FTOU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { F32_2P32 = 0x4f800000, F32_2P63 = 0x5f000000 };
    enum ir_type from = (enum ir_type)in->sub;
    unsigned round = in->d & IR_FP_ROUND;
    if (has(w, HOST_AVX512) && preparation(w, in) != BY_EXACT_C) {
        emit_to_unsigned(w, in, self);
        return;
    }
    if (rule_is_exact(in->d) || from == IR_F16 || in->aux) {
        emit_exact(w, in, self);
        return;
    }
    struct rounding r = {.active = false};
    if (round != IR_ROUND_ZERO)
        r = take_rounding(w, in->d);
    unsigned t = (unsigned)make_temp(w, 0);
    unsigned x = (unsigned)use_xmm(w, in->a, from);
    consume(w, in->a);
    unsigned d = (unsigned)define_gpr(w, self, NO_REG, r.active ? BIT(r.old) | BIT(r.t) : 0);
    /* Images of floats order like integers; negative ones and NaNs are beyond every limit. */
    x_rr(&w->c, from == IR_F64 ? MOVQ_FROM_XMM : MOVD_FROM_XMM, x, t);
    if (from == IR_F64)
        alu_rm(&w->c, ALU_CMP, X_W, t, CONSTANT_MEM(in->type == IR_I64 ? K_FTOU64 : K_FTOU32));
    else
        alu_ri(&w->c, ALU_CMP, 0, t, in->type == IR_I64 ? F32_2P63 : F32_2P32);
    struct cold *c = exact_if(w, CC_AE, d, x, NO_OPERAND, NO_REG);
    begin_rounding(w, &r);
    x_rr(&w->c, scalar(round == IR_ROUND_ZERO ? CVTTSS2SI : CVTSS2SI, from) | X_W, d, x);
    end_rounding(w, &r);
    c->resume = here(w);
}

/* ---- from integers ----------------------------------------------------------------------------
 */

/* cvtsi2sd d, r; the upper part of d is cleared first, so that its old value does not delay it */
static void emit_from_int(struct work *w, unsigned d, unsigned r, enum ir_type t, uint32_t w64)
{
    uint32_t op = (t == IR_F64 ? CVTSI2SD : CVTSI2SS) | w64;
    x_rr(&w->c, XORPS, d, d);
    if (has(w, HOST_AVX))
        v_rrr(&w->c, op, d, d, r);
    else
        x_rr(&w->c, op, d, r);
}

static bool fits_exactly(const struct ir_insn *in)
{
    return in->type == IR_F64 && in->sub == IR_I32;
}

static bool from_int_is_exact(const struct ir_insn *in)
{
    unsigned round = in->d & IR_FP_ROUND;
    return round == IR_ROUND_AWAY || round == IR_ROUND_ODD || in->type == IR_F16;
}

/* d times 2^-aux, which is exact: an integer's quotient is never subnormal. */
static void finish_from_int(struct work *w, const struct ir_insn *in, ir_ref self, unsigned d)
{
    enum { F32_BIAS = 127, F32_FRACTION = 23 };
    bool wide = in->type == IR_F64;
    if (in->aux)
        vec_rrl(w, scalar(MULSS, (enum ir_type)in->type), d, d,
                wide ? power_of_two(-(int)in->aux)
                     : (uint64_t)(F32_BIAS - in->aux) << F32_FRACTION, 0);
    set_zero_above(w, self);
}

void emit_STOF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (from_int_is_exact(in)) {
        emit_exact(w, in, self);
        return;
    }
    struct rounding r = {.active = false};
    if (!fits_exactly(in))
        r = start_rounding(w, in->d);
    unsigned x = (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, NO_REG, 0);
    emit_from_int(w, d, x, (enum ir_type)in->type, in->sub == IR_I64 ? X_W : 0);
    end_rounding(w, &r);
    finish_from_int(w, in, self, d);
}

/* At least 2 to the 63rd: half of it, the lowest bit kept sticky, doubled. r: d, x, temp. n: type.
 */
static void cold_utof(struct work *w, struct cold *c)
{
    enum ir_type t = (enum ir_type)c->n;
    mov_rr(&w->c, c->r[2], c->r[1]);
    shift_ri(&w->c, SHIFT_SHR, X_W, c->r[2], 1);
    uint8_t *even = jcc8(&w->c, CC_AE);
    alu_ri(&w->c, ALU_OR, X_W, c->r[2], 1);
    bind8(&w->c, even);
    emit_from_int(w, c->r[0], c->r[2], t, X_W);
    emit_scalar(w, scalar(ADDSS, t), c->r[0], c->r[0], operand_xmm(c->r[0]));
    cold_resume(w, c);
}

void emit_UTOF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type to = (enum ir_type)in->type;
    if (from_int_is_exact(in)) {
        emit_exact(w, in, self);
        return;
    }
    bool direct = has(w, HOST_AVX512);
    struct rounding r = {.active = false};
    if (!fits_exactly(in))
        r = start_rounding(w, in->d);
    unsigned t = direct ? 0 : (unsigned)make_temp(w, 0);
    unsigned x = (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, NO_REG, 0);
    if (direct) {
        vec_zero(w, d);
        e_rrr(&w->c, scalar(CVTUSI2SS_E, to) | (in->sub == IR_I64 ? X_W : 0), d, d, x);
    } else if (in->sub == IR_I32) {
        mov32_rr(&w->c, t, x);
        emit_from_int(w, d, t, to, X_W);
    } else {
        x_rr(&w->c, TEST | X_W, x, x);
        struct cold *c = cold_jcc(w, CC_S, cold_utof);
        c->r[0] = (uint8_t)d;
        c->r[1] = (uint8_t)x;
        c->r[2] = (uint8_t)t;
        c->n = (uint8_t)to;
        emit_from_int(w, d, x, to, X_W);
        c->resume = here(w);
    }
    end_rounding(w, &r);
    finish_from_int(w, in, self, d);
}

/* ---- NaN boxing -------------------------------------------------------------------------------
 */

void emit_FBOX(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned a = (unsigned)use_xmm(w, in->a, IR_F32);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, a, 0);
    emit_scalar(w, ORPS, d, a, (struct operand){.kind = OPERAND_MEM, .mem = CONSTANT_MEM(K_BOX)});
}

void emit_FUNBOX(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct operand a = use_xmm_rm(w, in->a, IR_F64);
    unsigned t = a.kind == OPERAND_REG ? (unsigned)make_temp(w, 0) : 0;
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, a.kind == OPERAND_REG ? a.reg : NO_REG, 0);
    if (a.kind == OPERAND_REG) {
        copy_xmm(w, d, a.reg);
        x_rr(&w->c, PEXTRD, d, t);
        put8(&w->c, 1);
        alu_ri(&w->c, ALU_CMP, 0, t, -1);
    } else {
        x_rm(&w->c, MOVSS, d, a.mem);
        a.mem.disp += 4;
        alu_mi(&w->c, ALU_CMP, 0, a.mem, -1);
    }
    nan_if(w, CC_NE, d, IR_F32);
}

/* ---- exception flags ------------------------------------------------------------------------- */

void emit_FGETEXC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned d = (unsigned)define_gpr(w, self, NO_REG, 0);
    get_mxcsr(w, d);
    alu_ri(&w->c, ALU_AND, 0, d, MXCSR_FLAGS);
}

/* r: MXCSR, what differs. */
static void cold_set_flags(struct work *w, struct cold *c)
{
    alu_ri(&w->c, ALU_AND, 0, c->r[1], MXCSR_FLAGS);
    alu_rr(&w->c, ALU_XOR, 0, c->r[0], c->r[1]);
    set_mxcsr(w, c->r[0]);
    cold_resume(w, c);
}

/* A comparison that is done again must not raise what is about to be cleared. */
static void finish_comparisons(struct work *w, ir_ref self)
{
    uint32_t locked = w->locked;
    for (ir_ref r = 1; r < self; r++)
        if (w->b->insns[r].op == IR_FCMPF && is_lazy(&w->val[r]) && needed(&w->val[r])) {
            materialize(w, r);
            w->locked = locked;
        }
}

/* Writing MXCSR is slow, and programs mostly put back the flags that are there. */
void emit_FSETEXC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    finish_comparisons(w, self);
    unsigned old = (unsigned)make_temp(w, 0), flags = (unsigned)make_temp(w, 0);
    load_into(w, flags, in->a);
    consume(w, in->a);
    get_mxcsr(w, old);
    alu_rr(&w->c, ALU_XOR, 0, flags, old);
    x_xr(&w->c, 0xf6 | X_8, 0, flags); /* test reg8, imm8 */
    put8(&w->c, MXCSR_FLAGS);
    struct cold *c = cold_jcc(w, CC_NE, cold_set_flags);
    c->r[0] = (uint8_t)old;
    c->r[1] = (uint8_t)flags;
}
