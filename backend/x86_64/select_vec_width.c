/* Lanes that become wider or narrower, products, sums across lanes, dot products. */
#include "backend/x86_64/vec.h"

enum { BOTH_HIGH = 0xee };

/* ---- wider ----------------------------------------------------------------------------------- */

static const uint32_t unpack_low[] = {PUNPCKLBW, PUNPCKLWD, PUNPCKLDQ, PUNPCKLQDQ};
static const uint32_t unpack_high[] = {PUNPCKHBW, PUNPCKHWD, PUNPCKHDQ, PUNPCKHQDQ};
static const uint32_t extend_signed[] = {PMOVSXBW, PMOVSXWD, PMOVSXDQ};
static const uint32_t extend_unsigned[] = {PMOVZXBW, PMOVZXWD, PMOVZXDQ};

/* d := half of a, each lane extended; the zero is made in t, which may be d but if d is a. */
static void widen(struct work *w, unsigned d, unsigned a, unsigned t, unsigned log, bool is_signed,
                  bool high)
{
    if (!high) {
        vec_rr(w, (is_signed ? extend_signed : extend_unsigned)[log], d, a);
    } else if (!is_signed && t != a && (has(w, HOST_AVX) || d == a)) {
        vec_zero(w, t);
        vec_rrr(w, unpack_high[log], d, a, t);
    } else if (is_signed && log < 2) {
        vec_rrr(w, unpack_high[log], d, a, a);
        vec_shift(w, log ? PSRAD_IMM : PSRAW_IMM, d, d, 8u << log);
    } else {
        vec_rr_imm(w, PSHUFD, d, a, BOTH_HIGH);
        vec_rr(w, (is_signed ? extend_signed : extend_unsigned)[log], d, d);
    }
}

static void emit_widen(struct work *w, const struct ir_insn *in, ir_ref self, bool is_signed)
{
    bool zero = in->aux && !is_signed;
    struct vec v = vec_start(w, in, self, zero, 0);
    widen(w, v.d, v.a, zero ? v.t[0] : v.d, lane_log(in), is_signed, in->aux);
}

void emit_VWIDENS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_widen(w, in, self, true);
}

void emit_VWIDENU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_widen(w, in, self, false);
}

/* ---- narrower -------------------------------------------------------------------------------- */

/* Are the upper halves of the lanes zero already, by a shift? */
static bool is_narrow(struct work *w, ir_ref r, enum ir_type lane)
{
    r = resolve(w, r);
    if (ir_is_const(r))
        return false;
    const struct ir_insn *in = &w->b->insns[r];
    return in->op == IR_VSHR && in->sub == lane && in->aux >= ir_type_size(lane) * 4;
}

/* The control of pshufb that gathers the low halves of lanes. */
static uint64_t gather_low(unsigned log)
{
    static const uint64_t control[] = {0, 0x0e0c0a0806040200, 0x0d0c090805040100,
                                       0x0b0a090803020100};
    return control[log];
}

/* Of one vector, into the low half; also into the high half, or zero there. */
static void narrow_one(struct work *w, const struct ir_insn *in, ir_ref self, bool twice)
{
    const uint64_t none = UINT64_MAX;
    unsigned log = lane_log(in), a = (unsigned)use_xmm(w, in->a, IR_V128);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_xmm(w, self, a, 0);
    if (log == 3 && twice)
        vec_rr_imm(w, PSHUFD, d, a, 0x88);
    else
        vec_rrl(w, PSHUFB, d, a, gather_low(log), twice ? gather_low(log) : none);
    if (!twice)
        set_zero_above(w, self);
}

void emit_VNARROW(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned log = lane_log(in);
    bool twice = resolve(w, in->a) == resolve(w, in->b);
    if (twice || is_zero_vector(w, in->b)) {
        narrow_one(w, in, self, twice);
        return;
    }
    if (log == 3) {
        struct vec v = vec_start(w, in, self, 0, 0);
        vec_rrr_imm(w, SHUFPS, v.d, v.a, v.b, 0x88);
        return;
    }
    uint64_t mask = log == 1 ? splat(1, 0xff) : splat(2, 0xffff);
    bool a_narrow = is_narrow(w, in->a, (enum ir_type)in->sub);
    bool b_narrow = is_narrow(w, in->b, (enum ir_type)in->sub);
    struct vec v = vec_start(w, in, self, b_narrow ? 0 : 1, KEEP_B);
    unsigned b = v.b;
    if (!b_narrow) {
        b = v.t[0];
        vec_rrl(w, PAND, b, v.b, mask, mask);
    }
    if (!a_narrow)
        vec_rrl(w, PAND, v.d, v.a, mask, mask);
    vec_rrr(w, log == 1 ? PACKUSWB : PACKUSDW, v.d, a_narrow ? v.a : v.d, b);
}

/* Quads, each vector by an instruction of its own. */
static void narrow_quads(struct work *w, const struct vec *v, uint32_t op, bool cut_negative)
{
    unsigned a = v->a, b = v->b, t = v->t[0];
    if (cut_negative) {
        vec_zero(w, v->t[1]);
        vec_rrr(w, PMAXSQ_E, v->d, a, v->t[1]);
        vec_rrr(w, PMAXSQ_E, t, b, v->t[1]);
        a = v->d;
        b = t;
    }
    e_rrr(&w->c, op, a, 0, v->d);
    e_rrr(&w->c, op, b, 0, t);
    vec_rrr(w, PUNPCKLQDQ, v->d, v->d, t);
}

static void emit_narrow_signed(struct work *w, const struct ir_insn *in, ir_ref self,
                               const uint32_t ops[2], uint32_t quads)
{
    unsigned log = lane_log(in);
    if (log < 3) {
        emit_vec(w, in, self, ops[log - 1]);
    } else if (has(w, HOST_AVX512)) {
        struct vec v = vec_start(w, in, self, 2, KEEP_B);
        narrow_quads(w, &v, quads, in->op == IR_VNARROWSU);
    } else {
        emit_exact(w, in, self);
    }
}

void emit_VNARROWS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_narrow_signed(w, in, self, (const uint32_t[]){PACKSSWB, PACKSSDW}, PMOVSQD_E);
}

void emit_VNARROWSU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_narrow_signed(w, in, self, (const uint32_t[]){PACKUSWB, PACKUSDW}, PMOVUSQD_E);
}

void emit_VNARROWU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned log = lane_log(in);
    if (log == 3 && !has(w, HOST_AVX512)) {
        emit_exact(w, in, self);
        return;
    }
    struct vec v = vec_start(w, in, self, 1, KEEP_B);
    if (log == 3) {
        narrow_quads(w, &v, PMOVUSQD_E, false);
        return;
    }
    uint64_t max = log == 1 ? splat(1, 0xff) : splat(2, 0xffff);
    vec_rrl(w, log == 1 ? PMINUW : PMINUD, v.t[0], v.b, max, max);
    vec_rrl(w, log == 1 ? PMINUW : PMINUD, v.d, v.a, max, max);
    vec_rrr(w, log == 1 ? PACKUSWB : PACKUSDW, v.d, v.d, v.t[0]);
}

/* ---- products -------------------------------------------------------------------------------- */

static void emit_multiply_long(struct work *w, const struct ir_insn *in, ir_ref self,
                               bool is_signed)
{
    enum { LOW_EACH = 0x10, HIGH_EACH = 0x32 }; /* doublewords 0 and 1, 2 and 3, as quads */
    unsigned log = lane_log(in);
    bool high = in->aux;
    struct vec v = vec_start(w, in, self, 2, KEEP_A | KEEP_B);
    unsigned t = v.t[0];
    switch (log) {
    case 0:
        widen(w, t, v.a, v.t[1], 0, is_signed, high);
        widen(w, v.d, v.b, v.t[1], 0, is_signed, high);
        vec_rrr(w, PMULLW, v.d, v.d, t);
        break;
    case 1:
        vec_rrr(w, is_signed ? PMULHW : PMULHUW, t, v.a, v.b);
        vec_rrr(w, PMULLW, v.d, v.a, v.b);
        vec_rrr(w, (high ? unpack_high : unpack_low)[1], v.d, v.d, t);
        break;
    default:
        vec_rr_imm(w, PSHUFD, t, v.a, high ? HIGH_EACH : LOW_EACH);
        vec_rr_imm(w, PSHUFD, v.d, v.b, high ? HIGH_EACH : LOW_EACH);
        vec_rrr(w, is_signed ? PMULDQ : PMULUDQ, v.d, v.d, t);
        break;
    }
}

void emit_VMULLS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_multiply_long(w, in, self, true);
}

void emit_VMULLU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_multiply_long(w, in, self, false);
}

void emit_VMULHS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_vec(w, in, self, PMULHW);
}

void emit_VMULHU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_vec(w, in, self, PMULHUW);
}

/* Is it not a vector of constants none of which is the smallest number? */
static bool may_be_smallest(struct work *w, ir_ref r, unsigned log)
{
    uint64_t value[2], mask = log == 1 ? UINT16_MAX : UINT32_MAX;
    if (!vector_constant(w, r, value))
        return true;
    for (unsigned i = 0; i < 2; i++)
        for (unsigned bit = 0; bit < 64; bit += 8u << log)
            if ((value[i] >> bit & mask) == mask / 2 + 1)
                return true;
    return false;
}

/* The smallest times itself overflows, and nothing else gives the smallest. */
static void repair_smallest(struct work *w, unsigned d, unsigned t, unsigned log)
{
    uint64_t smallest = log == 1 ? splat(1, 0x8000) : splat(2, 0x80000000);
    vec_load(w, t, smallest, smallest);
    vec_rrr(w, log == 1 ? PCMPEQW : PCMPEQD, t, t, d);
    vec_rrr(w, PXOR, d, d, t);
}

static void multiply_high_words(struct work *w, const struct vec *v, bool round)
{
    unsigned t = v->t[0];
    if (round) {
        vec_rrr(w, PMULHRSW, v->d, v->a, v->b);
    } else {
        vec_rrr(w, PMULLW, t, v->a, v->b);
        vec_rrr(w, PMULHW, v->d, v->a, v->b);
        vec_shift(w, PSRLW_IMM, t, t, 15);
        vec_rrr(w, PADDW, v->d, v->d, v->d);
        vec_rrr(w, POR, v->d, v->d, t);
    }
}

/* Even lanes, then odd lanes; the halves wanted are the upper ones. */
static void multiply_high_doublewords(struct work *w, const struct vec *v, bool round)
{
    enum { ODD = 0xf5, UPPER_WORDS = 0xcc };
    const uint64_t half = splat(3, (uint64_t)1 << 31);
    unsigned t = v->t[0], u = v->t[1];
    vec_rr_imm(w, PSHUFD, t, v->a, ODD);
    vec_rr_imm(w, PSHUFD, u, v->b, ODD);
    vec_rrr(w, PMULDQ, t, t, u);
    vec_rrr(w, PMULDQ, v->d, v->a, v->b);
    vec_rrr(w, PADDQ, t, t, t);
    vec_rrr(w, PADDQ, v->d, v->d, v->d);
    if (round) {
        vec_rrl(w, PADDQ, t, t, half, half);
        vec_rrl(w, PADDQ, v->d, v->d, half, half);
    }
    vec_shift(w, PSRLQ_IMM, v->d, v->d, 32);
    vec_rrr_imm(w, PBLENDW, v->d, v->d, t, UPPER_WORDS);
}

static void emit_multiply_high(struct work *w, const struct ir_insn *in, ir_ref self, bool round)
{
    unsigned log = lane_log(in);
    bool overflows = may_be_smallest(w, in->b, log) && may_be_smallest(w, in->a, log);
    struct vec v = vec_start(w, in, self, 2, KEEP_A | KEEP_B);
    if (log == 1)
        multiply_high_words(w, &v, round);
    else
        multiply_high_doublewords(w, &v, round);
    if (overflows)
        repair_smallest(w, v.d, v.t[0], log);
}

void emit_VQDMULH(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_multiply_high(w, in, self, false);
}

void emit_VQRDMULH(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_multiply_high(w, in, self, true);
}

void emit_VPMUL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_exact(w, in, self);
}

void emit_VPMULL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { LOWER = 0, UPPER = 0x11 };
    if (lane_log(in) != 3 || !has(w, HOST_PCLMUL)) {
        emit_exact(w, in, self);
        return;
    }
    struct vec v = vec_start(w, in, self, 0, 0);
    vec_rrr_imm(w, PCLMULQDQ, v.d, v.a, v.b, in->aux ? UPPER : LOWER);
}

/* ---- dot products ---------------------------------------------------------------------------- */

/* The even or odd bytes of words, extended. */
static void every_other(struct work *w, unsigned d, unsigned a, bool odd, bool is_signed)
{
    const uint64_t low = splat(1, 0xff);
    if (odd) {
        vec_shift(w, is_signed ? PSRAW_IMM : PSRLW_IMM, d, a, 8);
    } else if (is_signed) {
        vec_shift(w, PSLLW_IMM, d, a, 8);
        vec_shift(w, PSRAW_IMM, d, d, 8);
    } else {
        vec_rrl(w, PAND, d, a, low, low);
    }
}

static void dot_words(struct work *w, const struct vec *v, bool a_signed, bool b_signed)
{
    unsigned even = v->t[0], t = v->t[1];
    every_other(w, even, v->a, false, a_signed);
    every_other(w, t, v->b, false, b_signed);
    vec_rrr(w, PMADDWD, even, even, t);
    every_other(w, v->d, v->a, true, a_signed);
    every_other(w, t, v->b, true, b_signed);
    vec_rrr(w, PMADDWD, v->d, v->d, t);
    vec_rrr(w, PADDD, v->d, v->d, even);
    vec_rrr(w, PADDD, v->d, v->d, v->c);
}

/*
 * The host multiplies unsigned by signed bytes. Where the guest wants otherwise, 128 is added to
 * one operand or taken from the other, and what that changes made good: 128 times the other's sum.
 */
static void dot_host(struct work *w, const struct vec *v, bool a_signed, bool b_signed)
{
    const uint64_t bias = splat(0, 0x80), half = splat(0, 0x40);
    unsigned t = v->t[0], sum = v->t[1], a = v->a, b = v->b;
    if (a_signed) {
        vec_rrl(w, PXOR, t, v->a, bias, bias);
        a = t;
    } else if (!b_signed) {
        vec_rrl(w, PXOR, t, v->b, bias, bias);
        b = t;
    }
    vec_copy(w, v->d, v->c);
    vec_rrr(w, PDPBUSD_E, v->d, a, b);
    if (a_signed != b_signed)
        return;
    vec_zero(w, sum);
    if (a_signed) {
        vec_load(w, t, bias, bias);
        vec_rrr(w, PDPBUSD_E, sum, t, v->b);
        vec_rrr(w, PSUBD, v->d, v->d, sum);
    } else {
        vec_rrl(w, PDPBUSD_E, sum, v->a, half, half);
        vec_rrr(w, PADDD, sum, sum, sum);
        vec_rrr(w, PADDD, v->d, v->d, sum);
    }
}

static void emit_dot(struct work *w, const struct ir_insn *in, ir_ref self, bool a_signed,
                     bool b_signed)
{
    bool host = has(w, HOST_VNNI);
    struct vec v = vec_start(w, in, self, 2, host ? KEEP_A | KEEP_B : KEEP_ALL);
    (host ? dot_host : dot_words)(w, &v, a_signed, b_signed);
}

void emit_VDOTS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_dot(w, in, self, true, true);
}

void emit_VDOTU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_dot(w, in, self, false, false);
}

void emit_VDOTUS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_dot(w, in, self, false, true);
}

/* ---- sums across lanes ----------------------------------------------------------------------- */

/*
 * d += its upper half, as lanes of 32 or 64 bits, unless that is zero (`half`); then, of 32 bits,
 * lane 1 to lane 0.
 */
static void fold_halves(struct work *w, unsigned d, unsigned t, bool doublewords, bool half)
{
    enum { LANE_1 = 0x55 };
    if (!half) {
        vec_rr_imm(w, PSHUFD, t, d, BOTH_HIGH);
        vec_rrr(w, doublewords ? PADDD : PADDQ, d, d, t);
    }
    if (doublewords) {
        vec_rr_imm(w, PSHUFD, t, d, LANE_1);
        vec_rrr(w, PADDD, d, d, t);
    }
}

void emit_VADDV(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { CLEAR_1_TO_3 = 14 };
    const uint64_t ones = splat(1, 1);
    unsigned log = lane_log(in);
    bool half = is_zero_above(w, in->a, IR_F64);
    struct vec v = vec_start(w, in, self, 1, 0);
    unsigned t = v.t[0];
    set_zero_above(w, self);
    switch (log) {
    case 0:
        vec_zero(w, t);
        vec_rrr(w, PSADBW, v.d, v.a, t);
        fold_halves(w, v.d, t, false, half);
        vec_rrl(w, PAND, v.d, v.d, UINT8_MAX, 0);
        break;
    case 1:
        vec_rrl(w, PMADDWD, v.d, v.a, ones, ones);
        fold_halves(w, v.d, t, true, half);
        vec_rrl(w, PAND, v.d, v.d, UINT16_MAX, 0);
        break;
    case 2:
        vec_copy(w, v.d, v.a);
        fold_halves(w, v.d, t, true, half);
        vec_rrr_imm(w, INSERTPS, v.d, v.d, v.d, CLEAR_1_TO_3);
        break;
    default:
        vec_copy(w, v.d, v.a);
        fold_halves(w, v.d, t, false, half);
        vec_rr(w, MOVQ_XMM, v.d, v.d);
        break;
    }
}

/* Neighbours as the two halves of each wider lane. */
static void add_halves(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned log = lane_log(in);
    uint64_t low = log == 1 ? splat(2, UINT16_MAX) : UINT32_MAX;
    struct vec v = vec_start(w, in, self, 1, KEEP_A);
    vec_shift(w, log == 1 ? PSRLD_IMM : PSRLQ_IMM, v.t[0], v.a, 8u << log);
    vec_rrl(w, PAND, v.d, v.a, low, low);
    vec_rrr(w, log == 1 ? PADDD : PADDQ, v.d, v.d, v.t[0]);
}

void emit_VPADDLS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { ODD = 0xf5 };
    unsigned log = lane_log(in);
    uint64_t ones = log == 2 ? 1 : splat(log, 1);
    struct vec v = vec_start(w, in, self, 1, KEEP_A);
    if (log == 0) {
        vec_load(w, v.t[0], ones, ones);
        vec_rrr(w, PMADDUBSW, v.d, v.t[0], v.a);
    } else if (log == 1) {
        vec_rrl(w, PMADDWD, v.d, v.a, ones, ones);
    } else { /* a product with one extends a sign */
        vec_rr_imm(w, PSHUFD, v.t[0], v.a, ODD);
        vec_rrl(w, PMULDQ, v.t[0], v.t[0], ones, ones);
        vec_rrl(w, PMULDQ, v.d, v.a, ones, ones);
        vec_rrr(w, PADDQ, v.d, v.d, v.t[0]);
    }
}

void emit_VPADDLU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    const uint64_t ones = splat(0, 1);
    if (is_zero_above(w, in->a, IR_F64))
        set_zero_above(w, self);
    if (lane_log(in) > 0) {
        add_halves(w, in, self);
        return;
    }
    struct vec v = vec_start(w, in, self, 0, 0);
    vec_rrl(w, PMADDUBSW, v.d, v.a, ones, ones);
}

void emit_VSUMB(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (is_zero_above(w, in->a, IR_V128))
        set_zero_above(w, self);
    struct vec v = vec_start(w, in, self, 1, KEEP_A);
    vec_zero(w, v.t[0]);
    vec_rrr(w, PSADBW, v.d, v.a, v.t[0]);
}
