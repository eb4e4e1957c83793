/*
 * Floating point: arithmetic, minimum and maximum, signs.
 *
 * Values are in xmm registers, in the lowest lane; what is above it has no meaning, but is tracked
 * (VAL_ZERO_ABOVE): a result takes it from the instruction's first source. Exceptions accrue in
 * MXCSR, dynamic rounding is MXCSR's; a static mode other than it is switched in line.
 *
 * NaN results. A result is compared with itself, and a cold path corrects a NaN. With
 * IR_FP_DEFAULT_NAN that is the canonical one; the check is left out for a value that only goes
 * into further arithmetic, to which all NaNs are equal (scan.c: VAL_OBSERVED). Without, the host's
 * choice between two NaNs and the sign of one it makes itself are not the guest's: the operands
 * are kept until the check, and the cold path gives them to exact C. The host's NaN results are
 * never signalling.
 *
 * Underflow. With IR_FP_TINY_BEFORE, a result that is the smallest normal number goes the same way:
 * whether it was tiny before it was rounded, exact C knows.
 *
 * What the host cannot do like the guest (ties away, flushing, most of half precision) is done by
 * exact C altogether (select_exact.c).
 */
#include "backend/x86_64/float.h"

/* ---- arithmetic -------------------------------------------------------------------------------
 */

/* Corrects the NaN that d may be: result of the op at hand on x, y, z, which are there still. */
static void check_nan(struct work *w, const struct ir_insn *in, ir_ref self, unsigned d, unsigned x,
                      struct operand y, unsigned z)
{
    enum ir_type t = (enum ir_type)in->type;
    if (!propagates(in->d)) {
        canonical_nan(w, self, d, t);
        return;
    }
    x_rr(&w->c, packed(UCOMISS, t), d, d);
    exact_if(w, CC_P, d, x, y, z);
}

static uint32_t mask_of(struct operand y)
{
    return y.kind == OPERAND_REG ? BIT(y.reg + XMM0) : 0;
}

/* Does exchanging the operands make the result zero above? */
static bool better_swapped(struct work *w, const struct ir_insn *in)
{
    enum ir_type t = (enum ir_type)in->type;
    bool commutes = in->op == IR_FADD || in->op == IR_FMUL;
    return commutes && !is_zero_above(w, in->a, t) && is_zero_above(w, in->b, t);
}

static void emit_arithmetic(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op)
{
    enum ir_type t = (enum ir_type)in->type;
    if (rule_is_exact(in->d)) {
        emit_exact(w, in, self);
        return;
    }
    struct rounding r = start_rounding(w, in->d);
    unsigned tiny = take_underflow(w, in);
    bool swap = better_swapped(w, in);
    ir_ref first = swap ? in->b : in->a, second = swap ? in->a : in->b;
    struct operand y = swap ? operand_xmm((unsigned)use_xmm(w, second, t))
                            : use_xmm_rm(w, second, t);
    unsigned x = (unsigned)use_xmm(w, first, t);
    bool zero_above = is_zero_above(w, first, t);
    consume(w, in->a);
    consume(w, in->b);
    bool keep = propagates(in->d) || tiny != NO_REG;
    uint32_t avoid = keep ? BIT(x + XMM0) | mask_of(y) : avoid_second(w, x, y);
    unsigned d = (unsigned)define_xmm(w, self, x, avoid);
    emit_scalar(w, scalar(op, t), d, x, y);
    end_rounding(w, &r);
    unsigned a = swap ? y.reg : x;
    struct operand b = swap ? operand_xmm(x) : y;
    check_nan(w, in, self, d, a, b, NO_REG);
    leave_underflow(w, in, tiny, d, a, b, NO_REG);
    if (zero_above)
        set_zero_above(w, self);
}

void emit_FADD(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_arithmetic(w, in, self, ADDSS);
}

void emit_FSUB(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_arithmetic(w, in, self, SUBSS);
}

void emit_FMUL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_arithmetic(w, in, self, MULSS);
}

void emit_FDIV(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_arithmetic(w, in, self, DIVSS);
}

void emit_FSQRT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type t = (enum ir_type)in->type;
    if (rule_is_exact(in->d)) {
        emit_exact(w, in, self);
        return;
    }
    struct rounding r = start_rounding(w, in->d);
    unsigned x = (unsigned)use_xmm(w, in->a, t);
    bool zero_above = is_zero_above(w, in->a, t);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, x, propagates(in->d) ? BIT(x + XMM0) : 0);
    emit_scalar(w, scalar(SQRTSS, t), d, x, operand_xmm(x));
    end_rounding(w, &r);
    check_nan(w, in, self, d, x, NO_OPERAND, NO_REG);
    if (zero_above)
        set_zero_above(w, self);
}

/*
 * A NaN from a fused multiply-add, all NaNs being equal. The host does not raise invalid for
 * infinity times zero plus a quiet NaN, the guest does: multiply again; if the product is no NaN,
 * its flags are forgotten. r: d, a, b. n: type.
 */
static void cold_fma(struct work *w, struct cold *c)
{
    enum ir_type t = (enum ir_type)c->n;
    struct mem saved = spill_mem(CELL_MXCSR);
    x_xm(&w->c, 0xae | X_0F, 3, saved);
    emit_scalar(w, scalar(MULSS, t), c->r[0], c->r[1], operand_xmm(c->r[2]));
    x_rr(&w->c, packed(UCOMISS, t), c->r[0], c->r[0]);
    uint8_t *is_nan = jcc8(&w->c, CC_P);
    x_xm(&w->c, 0xae | X_0F, 2, saved);
    bind8(&w->c, is_nan);
    load_nan(w, c->r[0], t);
    cold_resume(w, c);
}

static void check_fma(struct work *w, const struct ir_insn *in, unsigned d, unsigned a, unsigned b,
                      unsigned addend)
{
    enum ir_type t = (enum ir_type)in->type;
    x_rr(&w->c, packed(UCOMISS, t), d, d);
    if (propagates(in->d)) {
        exact_if(w, CC_P, d, a, operand_xmm(b), addend);
        return;
    }
    struct cold *c = cold_jcc(w, CC_P, cold_fma);
    c->r[0] = (uint8_t)d;
    c->r[1] = (uint8_t)a;
    c->r[2] = (uint8_t)b;
    c->n = (uint8_t)t;
}

/*
 * The form whose destination starts as the addend, or as a factor: what is above stays of either.
 */
static uint32_t fma_form(const struct ir_insn *in, bool onto_addend)
{
    uint32_t form = onto_addend ? VFMADD231SS : VFMADD213SS;
    return form + (in->sub & IR_FMA_NEG_ADDEND ? 2 : 0) + (in->sub & IR_FMA_NEG_PRODUCT ? 4 : 0) +
           (in->type == IR_F64 ? X_W : 0);
}

void emit_FMA(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type t = (enum ir_type)in->type;
    if (rule_is_exact(in->d) || !has(w, HOST_FMA)) {
        emit_exact(w, in, self);
        return;
    }
    struct rounding r = start_rounding(w, in->d);
    unsigned tiny = take_underflow(w, in);
    unsigned a = (unsigned)use_xmm(w, in->a, t), b = (unsigned)use_xmm(w, in->b, t);
    unsigned addend = (unsigned)use_xmm(w, in->c, t);
    bool zero_addend = is_zero_above(w, in->c, t), zero_a = is_zero_above(w, in->a, t);
    bool zero_b = is_zero_above(w, in->b, t), onto_addend = zero_addend || !(zero_a || zero_b);
    consume(w, in->a);
    consume(w, in->b);
    consume(w, in->c);
    uint32_t avoid = BIT(a + XMM0) | BIT(b + XMM0);
    if (propagates(in->d) || tiny != NO_REG || !onto_addend)
        avoid |= BIT(addend + XMM0);
    unsigned d = (unsigned)define_xmm(w, self, addend, avoid);
    if (onto_addend) {
        copy_xmm(w, d, addend);
        v_rrr(&w->c, fma_form(in, true), d, a, b);
    } else {
        copy_xmm(w, d, zero_a ? a : b);
        v_rrr(&w->c, fma_form(in, false), d, zero_a ? b : a, addend);
    }
    end_rounding(w, &r);
    check_fma(w, in, d, a, b, addend);
    leave_underflow(w, in, tiny, d, a, operand_xmm(b), addend);
    if (zero_addend || zero_a || zero_b)
        set_zero_above(w, self);
}

/* ---- minimum, maximum -------------------------------------------------------------------------
 */

static bool is_maximum(const struct ir_insn *in)
{
    return in->op == IR_FMAX || in->op == IR_FMAXM || in->op == IR_FMAXN;
}

/* The canonical NaN, or of a NaN and a number the number (FMIN, FMAX). r: d, a, b. */
static void canonical_min_max(struct work *w, struct cold *c, const struct ir_insn *in)
{
    enum ir_type t = (enum ir_type)in->type;
    unsigned d = c->r[0], a = c->r[1], b = c->r[2];
    if (in->op == IR_FMINM || in->op == IR_FMAXM) {
        load_nan(w, d, t);
        cold_resume(w, c);
        return;
    }
    x_rr(&w->c, packed(UCOMISS, t), a, a);
    uint8_t *a_is_number = jcc8(&w->c, CC_NP);
    x_rr(&w->c, packed(UCOMISS, t), b, b);
    uint8_t *b_is_number = jcc8(&w->c, CC_NP);
    load_nan(w, d, t);
    cold_resume(w, c);
    bind8(&w->c, a_is_number);
    copy_xmm(w, d, a);
    cold_resume(w, c);
    bind8(&w->c, b_is_number);
    copy_xmm(w, d, b);
    cold_resume(w, c);
}

/* Equal or unordered. r: d, a, b. */
static void cold_min_max(struct work *w, struct cold *c)
{
    const struct ir_insn *in = &w->b->insns[c->insn];
    unsigned d = c->r[0], a = c->r[1], b = c->r[2];
    uint8_t *unordered = jcc8(&w->c, CC_P);
    if (d == b) {
        x_rr(&w->c, is_maximum(in) ? ANDPS : ORPS, d, a);
    } else {
        copy_xmm(w, d, a);
        x_rr(&w->c, is_maximum(in) ? ANDPS : ORPS, d, b);
    }
    cold_resume(w, c);
    bind8(&w->c, unordered);
    if (propagates(in->d) || in->op == IR_FMINN || in->op == IR_FMAXN)
        cold_exact(w, c);
    else
        canonical_min_max(w, c, in);
}

/*
 * vrangess chooses as IEEE 754-2008's minNum does, tells zeros apart, and has Arm's rule for NaNs.
 * For minimum itself a NaN must not lose against a number.
 */
static void emit_range(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { SIGN_OF_RESULT = 4 };
    enum ir_type t = (enum ir_type)in->type;
    bool nan_wins = in->op == IR_FMINM || in->op == IR_FMAXM;
    unsigned a = (unsigned)use_xmm(w, in->a, t), b = (unsigned)use_xmm(w, in->b, t);
    bool zero_above = is_zero_above(w, in->a, t);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_xmm(w, self, a, 0);
    struct cold *c = NULL;
    if (nan_wins) {
        x_rr(&w->c, packed(UCOMISS, t), a, b);
        c = exact_if(w, CC_P, d, a, operand_xmm(b), NO_REG);
    }
    e_rrr(&w->c, VRANGESS_E | (t == IR_F64 ? X_W : 0), d, a, b);
    put8(&w->c, SIGN_OF_RESULT | is_maximum(in));
    if (c)
        c->resume = here(w);
    else if (!propagates(in->d))
        canonical_nan(w, self, d, t);
    if (zero_above)
        set_zero_above(w, self);
}

static void emit_min_max(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type t = (enum ir_type)in->type;
    if (rule_is_exact(in->d)) {
        emit_exact(w, in, self);
        return;
    }
    if (has(w, HOST_AVX512) && in->op != IR_FMIN && in->op != IR_FMAX) {
        emit_range(w, in, self);
        return;
    }
    unsigned a = (unsigned)use_xmm(w, in->a, t), b = (unsigned)use_xmm(w, in->b, t);
    bool zero_above = is_zero_above(w, in->a, t) && is_zero_above(w, in->b, t);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_xmm(w, self, a, avoid_second(w, a, operand_xmm(b)));
    x_rr(&w->c, packed(UCOMISS, t), a, b);
    struct cold *c = cold_jcc(w, CC_E, cold_min_max);
    c->r[0] = (uint8_t)d;
    c->r[1] = (uint8_t)a;
    c->r[2] = (uint8_t)b;
    c->r[3] = NO_REG;
    c->n = 0;
    emit_scalar(w, scalar(is_maximum(in) ? MAXSS : MINSS, t), d, a, operand_xmm(b));
    c->resume = here(w);
    if (zero_above)
        set_zero_above(w, self);
}

void emit_FMIN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self);
}

void emit_FMAX(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self);
}

void emit_FMINM(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self);
}

void emit_FMAXM(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self);
}

void emit_FMINN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self);
}

void emit_FMAXN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self);
}

/* ---- signs ------------------------------------------------------------------------------------
 */

/* d := a op constant, on the bits */
static void emit_bits(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op,
                      enum runtime_constant k)
{
    unsigned a = (unsigned)use_xmm(w, in->a, (enum ir_type)in->type);
    bool zero_above = op == ANDPS || is_zero_above(w, in->a, (enum ir_type)in->type);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, a, 0);
    emit_scalar(w, op, d, a, operand_constant(k));
    if (zero_above)
        set_zero_above(w, self);
}

void emit_FNEG(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_bits(w, in, self, XORPS, in->type == IR_F64 ? K_SIGN64 : K_SIGN32);
}

void emit_FABS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_bits(w, in, self, ANDPS, in->type == IR_F64 ? K_ABS64 : K_ABS32);
}

static void emit_sign(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type t = (enum ir_type)in->type;
    struct mem sign = CONSTANT_MEM(t == IR_F64 ? K_SIGN64 : K_SIGN32);
    struct mem rest = CONSTANT_MEM(t == IR_F64 ? K_ABS64 : K_ABS32);
    unsigned s = (unsigned)make_xmm_temp(w, 0);
    load_into_xmm(w, s, in->b, t);
    x_rm(&w->c, in->op == IR_FSGNJN ? ANDNPS : ANDPS, s, sign);
    unsigned a = (unsigned)use_xmm(w, in->a, t);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_xmm(w, self, a, BIT(s + XMM0));
    copy_xmm(w, d, a);
    if (in->op != IR_FSGNJX)
        x_rm(&w->c, ANDPS, d, rest);
    x_rr(&w->c, in->op == IR_FSGNJX ? XORPS : ORPS, d, s);
}

void emit_FSGNJ(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_sign(w, in, self);
}

void emit_FSGNJN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_sign(w, in, self);
}

void emit_FSGNJX(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_sign(w, in, self);
}
