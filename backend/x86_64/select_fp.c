/*
 * Floating point.
 *
 * Values are in xmm registers, in the lowest lane; the rest of the register has no meaning.
 * Exceptions accrue in MXCSR, dynamic rounding is MXCSR's; a static mode other than it is switched
 * in line.
 *
 * Canonical NaNs (IR_FP_DEFAULT_NAN): a result is compared with itself, and a cold path replaces a
 * NaN. That is left out for a value that only goes into further arithmetic, to which all NaNs are
 * equal (scan.c: VAL_OBSERVED). The host's NaN results are never signalling.
 *
 * What the host cannot do like the guest (ties away, flushing, NaN payloads by the guest's rule,
 * half precision) is done by exact_float in runtime.c, through stub.call[3], which keeps every
 * register.
 */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"
#include "backend/x86_64/runtime.h"

static inline uint32_t scalar(uint32_t op, enum ir_type t)
{
    return t == IR_F64 ? (op & ~(uint32_t)X_PP) | X_F2 : op;
}

/* Of the comparisons and packed forms: no prefix for single, 66 for double. */
static inline uint32_t packed(uint32_t op, enum ir_type t)
{
    return t == IR_F64 ? op | X_66 : op;
}

/* ---- exact functions --------------------------------------------------------------------------
 */

/* Must the op be done by the exact function? */
static inline bool is_exact(unsigned rule)
{
    return (rule & IR_FP_ROUND) == IR_ROUND_AWAY || rule & IR_FP_FLUSH ||
           !(rule & IR_FP_DEFAULT_NAN);
}

/* ---- rounding modes ---------------------------------------------------------------------------
 */

/* MXCSR's rounding control, and the immediate of roundss. */
static unsigned host_round(unsigned round)
{
    static const uint8_t host[] = {
        [IR_ROUND_NEAREST] = 0, [IR_ROUND_DOWN] = 1, [IR_ROUND_UP] = 2, [IR_ROUND_ZERO] = 3};
    return host[round];
}

enum { MXCSR_ROUND = 3 << 13, MXCSR_FLAGS = 0x3f };

/* MXCSR := itself with other rounding, through register t. */
static void set_rounding(struct work *w, unsigned t)
{
    struct mem m = spill_mem(CELL_MXCSR);
    x_rm(&w->c, MOV_STORE, t, m);
    x_xm(&w->c, 0xae | X_0F, 2, m); /* ldmxcsr */
}

static void get_mxcsr(struct work *w, unsigned t)
{
    struct mem m = spill_mem(CELL_MXCSR);
    x_xm(&w->c, 0xae | X_0F, 3, m); /* stmxcsr */
    x_rm(&w->c, MOV, t, m);
}

struct rounding {
    bool active;
    unsigned mode, old, t;
};

/* Takes two temporaries if the mode is a static one. */
static struct rounding take_rounding(struct work *w, unsigned rule)
{
    struct rounding r = {.active = (rule & IR_FP_ROUND) != IR_ROUND_DYNAMIC};
    if (r.active) {
        r.mode = host_round(rule & IR_FP_ROUND);
        r.old = (unsigned)make_temp(w, 0);
        r.t = (unsigned)make_temp(w, 0);
    }
    return r;
}

static void begin_rounding(struct work *w, const struct rounding *r)
{
    if (!r->active)
        return;
    get_mxcsr(w, r->old);
    mov32_rr(&w->c, r->t, r->old);
    alu_ri(&w->c, ALU_AND, 0, r->t, ~MXCSR_ROUND);
    alu_ri(&w->c, ALU_OR, 0, r->t, (int32_t)(r->mode << 13));
    set_rounding(w, r->t);
    alu_ri(&w->c, ALU_AND, 0, r->old, MXCSR_ROUND);
}

/* Before the op. */
static struct rounding start_rounding(struct work *w, unsigned rule)
{
    struct rounding r = take_rounding(w, rule);
    begin_rounding(w, &r);
    return r;
}

/* After it: the old mode, and the flags as they are now. */
static void end_rounding(struct work *w, const struct rounding *r)
{
    if (!r->active)
        return;
    get_mxcsr(w, r->t);
    alu_ri(&w->c, ALU_AND, 0, r->t, ~MXCSR_ROUND);
    alu_rr(&w->c, ALU_OR, 0, r->t, r->old);
    set_rounding(w, r->t);
}

/* ---- NaNs -------------------------------------------------------------------------------------
 */

static void load_nan(struct work *w, unsigned d, enum ir_type t)
{
    load_xmm(w, d, CONSTANT_MEM(t == IR_F64 ? K_NAN64 : K_NAN32), t);
}

static void cold_nan(struct work *w, struct cold *c)
{
    load_nan(w, c->r[0], (enum ir_type)c->n);
    cold_resume(w, c);
}

/* Makes a NaN in d the canonical one, if anybody would see the difference. */
static void canonical_nan(struct work *w, ir_ref self, unsigned d, enum ir_type t)
{
    if (!(w->val[self].flags & VAL_OBSERVED))
        return;
    x_rr(&w->c, packed(UCOMISS, t), d, d);
    struct cold *c = cold_jcc(w, CC_P, cold_nan);
    c->r[0] = (uint8_t)d;
    c->n = (uint8_t)t;
}

/* ---- arithmetic -------------------------------------------------------------------------------
 */

/* d := x op y, y register or memory of scalar size. */
static void emit_scalar(struct work *w, uint32_t op, unsigned d, unsigned x, struct operand y)
{
    if (has(w, HOST_AVX)) {
        if (y.kind == OPERAND_REG)
            v_rrr(&w->c, op, d, x, y.reg);
        else
            v_rrm(&w->c, op, d, x, y.mem);
        return;
    }
    copy_xmm(w, d, x);
    if (y.kind == OPERAND_REG)
        x_rr(&w->c, op, d, y.reg);
    else
        x_rm(&w->c, op, d, y.mem);
}

static uint32_t avoid_second(struct work *w, unsigned x, struct operand y)
{
    return has(w, HOST_AVX) || y.kind != OPERAND_REG || y.reg == x ? 0 : BIT(y.reg + XMM0);
}

static void emit_arithmetic(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op)
{
    enum ir_type t = (enum ir_type)in->type;
    if (is_exact(in->d)) {
        emit_exact(w, in, self);
        return;
    }
    struct rounding r = start_rounding(w, in->d);
    struct operand y = use_xmm_rm(w, in->b, t);
    unsigned x = (unsigned)use_xmm(w, in->a, t);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_xmm(w, self, x, avoid_second(w, x, y));
    emit_scalar(w, scalar(op, t), d, x, y);
    end_rounding(w, &r);
    canonical_nan(w, self, d, t);
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
    if (is_exact(in->d)) {
        emit_exact(w, in, self);
        return;
    }
    struct rounding r = start_rounding(w, in->d);
    unsigned x = (unsigned)use_xmm(w, in->a, t);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, x, 0);
    if (has(w, HOST_AVX))
        v_rrr(&w->c, scalar(SQRTSS, t), d, x, x);
    else
        x_rr(&w->c, scalar(SQRTSS, t), d, x);
    end_rounding(w, &r);
    canonical_nan(w, self, d, t);
}

/*
 * A NaN from a fused multiply-add. The host does not raise invalid for infinity times zero plus a
 * quiet NaN, the guest does: multiply again; if the product is no NaN, its flags are forgotten. r:
 * d, a, b. n: type.
 */
static void cold_fma(struct work *w, struct cold *c)
{
    enum ir_type t = (enum ir_type)c->n;
    struct mem saved = spill_mem(CELL_MXCSR);
    x_xm(&w->c, 0xae | X_0F, 3, saved);
    emit_scalar(w, scalar(MULSS, t), c->r[0], c->r[1],
                (struct operand){.kind = OPERAND_REG, .reg = c->r[2]});
    x_rr(&w->c, packed(UCOMISS, t), c->r[0], c->r[0]);
    uint8_t *is_nan = jcc8(&w->c, CC_P);
    x_xm(&w->c, 0xae | X_0F, 2, saved);
    bind8(&w->c, is_nan);
    load_nan(w, c->r[0], t);
    cold_resume(w, c);
}

void emit_FMA(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type t = (enum ir_type)in->type;
    if (is_exact(in->d) || !has(w, HOST_FMA)) {
        emit_exact(w, in, self);
        return;
    }
    struct rounding r = start_rounding(w, in->d);
    unsigned a = (unsigned)use_xmm(w, in->a, t), b = (unsigned)use_xmm(w, in->b, t);
    unsigned addend = (unsigned)use_xmm(w, in->c, t);
    consume(w, in->a);
    consume(w, in->b);
    consume(w, in->c);
    /* 231: d = ±(a * b) ± d; a and b stay for the cold path. */
    unsigned d = (unsigned)define_xmm(w, self, addend, BIT(a + XMM0) | BIT(b + XMM0));
    copy_xmm(w, d, addend);
    uint32_t op = VFMADD231SS + (in->sub & IR_FMA_NEG_ADDEND ? 2 : 0) +
                  (in->sub & IR_FMA_NEG_PRODUCT ? 4 : 0);
    v_rrr(&w->c, op | (t == IR_F64 ? X_W : 0), d, a, b);
    end_rounding(w, &r);
    x_rr(&w->c, packed(UCOMISS, t), d, d);
    struct cold *c = cold_jcc(w, CC_P, cold_fma);
    c->r[0] = (uint8_t)d;
    c->r[1] = (uint8_t)a;
    c->r[2] = (uint8_t)b;
    c->n = (uint8_t)t;
}

/* ---- minimum, maximum -------------------------------------------------------------------------
 */

enum { MINMAX_MAX = 16, MINMAX_NAN_WINS = 32 };

/* Equal or unordered. r: d, a, b. n: type | MINMAX_*. */
static void cold_min_max(struct work *w, struct cold *c)
{
    enum ir_type t = (enum ir_type)(c->n & 15);
    unsigned d = c->r[0], a = c->r[1], b = c->r[2];
    uint8_t *unordered = jcc8(&w->c, CC_P), *a_is_number = NULL, *b_is_number = NULL;
    if (d == b) {
        x_rr(&w->c, c->n & MINMAX_MAX ? ANDPS : ORPS, d, a);
    } else {
        copy_xmm(w, d, a);
        x_rr(&w->c, c->n & MINMAX_MAX ? ANDPS : ORPS, d, b);
    }
    cold_resume(w, c);
    bind8(&w->c, unordered);
    if (!(c->n & MINMAX_NAN_WINS)) {
        x_rr(&w->c, packed(UCOMISS, t), a, a);
        a_is_number = jcc8(&w->c, CC_NP);
        x_rr(&w->c, packed(UCOMISS, t), b, b);
        b_is_number = jcc8(&w->c, CC_NP);
    }
    load_nan(w, d, t);
    cold_resume(w, c);
    if (a_is_number) {
        bind8(&w->c, a_is_number);
        copy_xmm(w, d, a);
        cold_resume(w, c);
        bind8(&w->c, b_is_number);
        copy_xmm(w, d, b);
        cold_resume(w, c);
    }
}

static void emit_min_max(struct work *w, const struct ir_insn *in, ir_ref self, unsigned how)
{
    enum ir_type t = (enum ir_type)in->type;
    if (in->d & IR_FP_FLUSH || !(in->d & IR_FP_DEFAULT_NAN)) {
        emit_exact(w, in, self);
        return;
    }
    unsigned a = (unsigned)use_xmm(w, in->a, t), b = (unsigned)use_xmm(w, in->b, t);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_xmm(
        w, self, a, a == b ? 0 : avoid_second(w, a, (struct operand){.reg = (uint8_t)b}));
    x_rr(&w->c, packed(UCOMISS, t), a, b);
    struct cold *c = cold_jcc(w, CC_E, cold_min_max);
    c->r[0] = (uint8_t)d;
    c->r[1] = (uint8_t)a;
    c->r[2] = (uint8_t)b;
    c->n = (uint8_t)(t | how);
    emit_scalar(w, scalar(how & MINMAX_MAX ? MAXSS : MINSS, t), d, a,
                (struct operand){.kind = OPERAND_REG, .reg = (uint8_t)b});
    c->resume = here(w);
}

void emit_FMIN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self, 0);
}

void emit_FMAX(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self, MINMAX_MAX);
}

void emit_FMINM(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self, MINMAX_NAN_WINS);
}

void emit_FMAXM(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_min_max(w, in, self, MINMAX_MAX | MINMAX_NAN_WINS);
}

void emit_FMINN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_exact(w, in, self);
}

void emit_FMAXN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_exact(w, in, self);
}

/* ---- signs ------------------------------------------------------------------------------------
 */

/* d := a op constant, on the bits */
static void emit_bits(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op,
                      unsigned k)
{
    unsigned a = (unsigned)use_xmm(w, in->a, (enum ir_type)in->type);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, a, 0);
    emit_scalar(w, op, d, a, (struct operand){.kind = OPERAND_MEM, .mem = CONSTANT_MEM(k)});
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

/* ---- comparison -------------------------------------------------------------------------------
 */

void emit_FSETCC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type t = (enum ir_type)in->sub;
    bool swap = in->d != IR_FEQ && in->d != IR_FUNORD; /* a < b as b > a: false when unordered */
    ir_ref first = swap ? in->b : in->a, second = swap ? in->a : in->b;
    struct operand y = use_xmm_rm(w, second, t);
    unsigned x = (unsigned)use_xmm(w, first, t);
    unsigned parity = in->d == IR_FEQ ? (unsigned)make_temp(w, 0) : 0;
    uint32_t op = packed(in->d == IR_FLT || in->d == IR_FLE ? COMISS : UCOMISS, t);
    if (y.kind == OPERAND_REG)
        x_rr(&w->c, op, x, y.reg);
    else
        x_rm(&w->c, op, x, y.mem);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_gpr(w, self, NO_REG, in->d == IR_FEQ ? BIT(parity) : 0);
    static const uint8_t cc[] = {[IR_FEQ] = CC_E, [IR_FLT] = CC_A, [IR_FLE] = CC_AE,
                                 [IR_FLTQ] = CC_A, [IR_FLEQ] = CC_AE, [IR_FUNORD] = CC_P};
    x_xr(&w->c, SETCC + cc[in->d], 0, d);
    if (in->d == IR_FEQ) {
        x_xr(&w->c, SETCC + CC_NP, 0, parity);
        alu_rr(&w->c, ALU_AND, 0, d, parity);
    }
    x_rr(&w->c, MOVZX8, d, d);
}

/* ---- conversions ------------------------------------------------------------------------------
 */

void emit_FCVT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type to = (enum ir_type)in->type, from = (enum ir_type)in->sub;
    if (is_exact(in->d) || to == IR_F16 || from == IR_F16) {
        emit_exact(w, in, self);
        return;
    }
    struct rounding r = {.active = false};
    if (to == IR_F32)
        r = start_rounding(w, in->d);
    unsigned x = (unsigned)use_xmm(w, in->a, from);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, x, 0);
    if (has(w, HOST_AVX))
        v_rrr(&w->c, to == IR_F64 ? CVTSS2SD : CVTSD2SS, d, x, x);
    else
        x_rr(&w->c, to == IR_F64 ? CVTSS2SD : CVTSD2SS, d, x);
    end_rounding(w, &r);
    canonical_nan(w, self, d, to);
}

void emit_FRINT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { ROUND_MXCSR = 4, ROUND_NO_INEXACT = 8 };
    enum ir_type t = (enum ir_type)in->type;
    unsigned round = in->d & IR_FP_ROUND;
    if (is_exact(in->d)) {
        emit_exact(w, in, self);
        return;
    }
    unsigned x = (unsigned)use_xmm(w, in->a, t);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, x, 0);
    uint32_t op = t == IR_F64 ? ROUNDSD : ROUNDSS;
    if (has(w, HOST_AVX))
        v_rrr(&w->c, op, d, x, x);
    else
        x_rr(&w->c, op, d, x);
    put8(&w->c, (round == IR_ROUND_DYNAMIC ? ROUND_MXCSR : host_round(round)) |
                    (in->aux ? 0 : ROUND_NO_INEXACT));
    canonical_nan(w, self, d, t);
}

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

void emit_FTOS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type from = (enum ir_type)in->sub;
    uint32_t w64 = in->type == IR_I64 ? X_W : 0;
    unsigned round = in->d & IR_FP_ROUND;
    if (round == IR_ROUND_AWAY || in->d & IR_FP_FLUSH || from == IR_F16) {
        emit_exact(w, in, self);
        return;
    }
    struct rounding r = {.active = false};
    if (round != IR_ROUND_ZERO)
        r = start_rounding(w, in->d);
    unsigned x = (unsigned)use_xmm(w, in->a, from);
    consume(w, in->a);
    unsigned d = (unsigned)define_gpr(w, self, NO_REG, r.active ? BIT(r.old) | BIT(r.t) : 0);
    x_rr(&w->c, scalar(round == IR_ROUND_ZERO ? CVTTSS2SI : CVTSS2SI, from) | w64, d, x);
    end_rounding(w, &r);
    alu_ri(&w->c, ALU_CMP, w64, d, 1); /* overflows for the smallest integer only */
    struct cold *c = cold_jcc(w, CC_O, cold_saturate);
    c->r[0] = (uint8_t)d;
    c->r[1] = (uint8_t)x;
    c->n = (uint8_t)(from | (w64 ? 16 : 0) | (in->d & IR_FP_NAN_TO_MAX ? 32 : 0));
}

/* Not between 0 and the limit: the exact function. r: d, x. */
static void cold_ftou(struct work *w, struct cold *c)
{
    x_rm(&w->c, MOVSD_STORE, c->r[1], spill_mem(CELL_ARG_A));
    call_exact(w, &w->b->insns[c->insn]);
    x_rm(&w->c, MOV | X_W, c->r[0], spill_mem(CELL_RESULT));
    cold_resume(w, c);
}

void emit_FTOU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { F32_2P32 = 0x4f800000, F32_2P63 = 0x5f000000 };
    enum ir_type from = (enum ir_type)in->sub;
    unsigned round = in->d & IR_FP_ROUND;
    if (round == IR_ROUND_AWAY || in->d & IR_FP_FLUSH || from == IR_F16) {
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
    struct cold *c = cold_jcc(w, CC_AE, cold_ftou);
    begin_rounding(w, &r);
    x_rr(&w->c, scalar(round == IR_ROUND_ZERO ? CVTTSS2SI : CVTSS2SI, from) | X_W, d, x);
    end_rounding(w, &r);
    c->r[0] = (uint8_t)d;
    c->r[1] = (uint8_t)x;
    c->resume = here(w);
}

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
    return (in->d & IR_FP_ROUND) == IR_ROUND_AWAY || in->type == IR_F16;
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
    emit_scalar(w, scalar(ADDSS, t), c->r[0], c->r[0],
                (struct operand){.kind = OPERAND_REG, .reg = c->r[0]});
    cold_resume(w, c);
}

void emit_UTOF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type to = (enum ir_type)in->type;
    if (from_int_is_exact(in)) {
        emit_exact(w, in, self);
        return;
    }
    struct rounding r = {.active = false};
    if (!fits_exactly(in))
        r = start_rounding(w, in->d);
    unsigned t = (unsigned)make_temp(w, 0);
    unsigned x = (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, NO_REG, 0);
    if (in->sub == IR_I32) {
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
    struct cold *c = cold_jcc(w, CC_NE, cold_nan);
    c->r[0] = (uint8_t)d;
    c->n = IR_F32;
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
    set_rounding(w, c->r[0]);
    cold_resume(w, c);
}

/* Writing MXCSR is slow, and programs mostly put back the flags that are there. */
void emit_FSETEXC(struct work *w, const struct ir_insn *in, ir_ref self)
{
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
