/*
 * Floating point: comparisons. See select_fp.c for how values are kept.
 *
 * The host's comparison leaves: less CF; equal ZF; greater none; unordered ZF, PF and CF. FCMPF's
 * flags differ for the two that are not greater: every condition on them but equality is one
 * condition of the host, if need be on the operands exchanged.
 */
#include "backend/x86_64/float.h"

#include "backend/x86_64/vec.h"

void emit_FSETCC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type t = (enum ir_type)in->sub;
    if (in->d & IR_FP_FLUSH) {
        emit_exact(w, in, self);
        return;
    }
    bool swap = in->d != IR_FEQ && in->d != IR_FUNORD; /* a < b as b > a: false when unordered */
    ir_ref first = swap ? in->b : in->a, second = swap ? in->a : in->b;
    struct operand y = use_xmm_rm(w, second, t);
    unsigned x = (unsigned)use_xmm(w, first, t);
    unsigned parity = in->d == IR_FEQ ? (unsigned)make_temp(w, 0) : 0;
    emit_compare_float(w, packed(in->d == IR_FLT || in->d == IR_FLE ? COMISS : UCOMISS, t), x, y);
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

/*
 * How operands are compared: as they stand, exchanged, for equality only, or (AVX-512) with the
 * answer to one condition in a mask register, COMPARE_MASK | condition.
 */
enum { COMPARE, COMPARE_SWAPPED, COMPARE_EQUAL, COMPARE_MASK = 32, K1 = 1 };

/* What a condition on an FCMPF is of the host's flags. */
static const struct {
    uint8_t how, host;
} conditions[IR_CC_COUNT] = {
    [IR_EQ] = {COMPARE_EQUAL, CC_NE},    [IR_NE] = {COMPARE_EQUAL, CC_E},
    [IR_LTU] = {COMPARE_SWAPPED, CC_A},  [IR_GEU] = {COMPARE_SWAPPED, CC_BE},
    [IR_LEU] = {COMPARE_SWAPPED, CC_AE}, [IR_GTU] = {COMPARE_SWAPPED, CC_B},
    [IR_MI] = {COMPARE_SWAPPED, CC_A},   [IR_PL] = {COMPARE_SWAPPED, CC_BE},
    [IR_VS] = {COMPARE, CC_P},           [IR_VC] = {COMPARE, CC_NP},
    [IR_LTS] = {COMPARE, CC_B},          [IR_GES] = {COMPARE, CC_AE},
    [IR_LES] = {COMPARE, CC_BE},         [IR_GTS] = {COMPARE, CC_A}};

/* Equality needs two of the host's conditions; a mask, or a sum of both, makes it one: NE. */
static void compare_equal(struct work *w, const struct ir_insn *in)
{
    enum { EQ_QUIET = 0, EQ_SIGNALLING = 16 };
    enum ir_type t = (enum ir_type)in->sub;
    unsigned a = (unsigned)use_xmm(w, in->a, t), b = (unsigned)use_xmm(w, in->b, t);
    if (has(w, HOST_AVX512)) {
        e_rrr(&w->c, scalar(CMPSS, t) | (t == IR_F64 ? X_W : 0), K1, a, b);
        put8(&w->c, in->d & 1 ? EQ_SIGNALLING : EQ_QUIET);
        v_rrr(&w->c, KORTESTB, K1, 0, K1);
        return;
    }
    unsigned equal = (unsigned)make_temp(w, 0), ordered = (unsigned)make_temp(w, 0);
    x_rr(&w->c, packed(in->d & 1 ? COMISS : UCOMISS, t), a, b);
    x_xr(&w->c, SETCC + CC_E, 0, equal);
    x_xr(&w->c, SETCC + CC_NP, 0, ordered);
    x_rr(&w->c, TEST8, equal, ordered);
}

/* K1 := the condition, an even one. */
static void compare_mask(struct work *w, const struct ir_insn *in, unsigned cc)
{
    static const struct {
        uint8_t quiet, signalling;
    } predicate[IR_CC_COUNT] = {
        [IR_EQ] = {0, 16},  [IR_LTU] = {17, 1}, [IR_MI] = {17, 1},  [IR_LEU] = {18, 2},
        [IR_VS] = {3, 19},  [IR_LTS] = {25, 9}, [IR_LES] = {26, 10}};
    enum ir_type t = (enum ir_type)in->sub;
    unsigned a = (unsigned)use_xmm(w, in->a, t), b = (unsigned)use_xmm(w, in->b, t);
    e_rrr(&w->c, scalar(CMPSS, t) | (t == IR_F64 ? X_W : 0), K1, a, b);
    put8(&w->c, in->d & 1 ? predicate[cc].signalling : predicate[cc].quiet);
}

/* Makes the host's flags of an FCMPF, which keeps its operands. */
static void compare(struct work *w, ir_ref r, unsigned how)
{
    const struct ir_insn *in = &w->b->insns[r];
    enum ir_type t = (enum ir_type)in->sub;
    if (how == COMPARE_EQUAL) {
        compare_equal(w, in);
    } else if (how & COMPARE_MASK) {
        compare_mask(w, in, how & ~(unsigned)COMPARE_MASK);
    } else {
        bool swap = how == COMPARE_SWAPPED;
        struct operand y = use_xmm_rm(w, swap ? in->a : in->b, t);
        unsigned x = (unsigned)use_xmm(w, swap ? in->b : in->a, t);
        emit_compare_float(w, packed(in->d & 1 ? COMISS : UCOMISS, t), x, y);
    }
    w->compared = r;
    w->compared_how = (uint8_t)how;
    w->compared_at = here(w);
}

/* The same, unless that was the last thing done. */
static void ensure_compared(struct work *w, ir_ref r, unsigned how)
{
    if (w->compared != r || w->compared_at != here(w) || w->compared_how != how)
        compare(w, r, how);
}

unsigned emit_float_condition(struct work *w, unsigned cc, ir_ref flags)
{
    ensure_compared(w, flags, conditions[cc].how);
    return conditions[cc].host;
}

/* How the first condition that looks at the flags wants the operands compared. */
static unsigned wanted(const struct work *w, ir_ref self)
{
    enum { LOOK_AHEAD = 12 };
    for (unsigned i = self + 1u; i < w->b->n && i < self + (unsigned)LOOK_AHEAD; i++) {
        const struct ir_insn *in = &w->b->insns[i];
        if ((in->op == IR_BRB || in->op == IR_SETB || in->op == IR_SELB) && in->a == self)
            return conditions[in->sub].how;
        if (in->op == IR_FSEL && in->a == self && has(w, HOST_AVX512))
            return COMPARE_MASK | (in->sub & ~1u);
        if (in->op == IR_FSEL && in->a == self)
            return conditions[in->sub].how;
    }
    return COMPARE;
}

/* Compares at once, for the exceptions; what is made of it waits for who wants it. */
void emit_FCMPF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (in->d & IR_FP_FLUSH) {
        emit_exact(w, in, self);
        return;
    }
    compare(w, self, wanted(w, self));
    if (w->val[self].uses) {
        defer(w, self);
    } else {
        consume(w, in->a);
        consume(w, in->b);
    }
}

/* ---- choice -----------------------------------------------------------------------------------
 */

/* K1 := the condition, by way of the host's flags. Takes a general register. */
static void condition_to_mask(struct work *w, unsigned cc, ir_ref flags)
{
    unsigned t = (unsigned)make_temp(w, 0);
    x_xr(&w->c, SETCC + emit_condition(w, cc, flags), 0, t);
    v_rrr(&w->c, KMOVB_FROM_GPR, K1, 0, t);
}

void emit_FSEL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type t = (enum ir_type)in->type;
    ir_ref flags = resolve(w, in->a);
    bool lazy = !ir_is_const(flags) && is_lazy(&w->val[flags]);
    bool compared = lazy && w->b->insns[flags].op == IR_FCMPF, mask = has(w, HOST_AVX512);
    if (lazy && !compared)
        use_rm(w, flags); /* may make them in RAX, which they leave again */
    unsigned cc = in->sub, b = (unsigned)use_xmm(w, in->b, t), c = (unsigned)use_xmm(w, in->c, t);
    bool zero_above = is_zero_above(w, in->b, t) && is_zero_above(w, in->c, t);
    if (mask && compared) {
        ensure_compared(w, flags, COMPARE_MASK | (cc & ~1u));
        consume(w, flags);
        if (cc & 1) {
            unsigned swap = b;
            b = c;
            c = swap;
        }
    } else if (mask) {
        condition_to_mask(w, cc, flags);
    } else {
        cc = emit_condition(w, cc, flags);
    }
    consume(w, in->b);
    consume(w, in->c);
    unsigned d = (unsigned)define_xmm(w, self, c, mask || b == c ? 0 : BIT(b + XMM0));
    if (mask) {
        e_rrr_mask(&w->c, BLENDMPS_E | (t == IR_F64 ? X_W : 0), d, c, b, K1);
    } else {
        copy_xmm(w, d, c);
        uint8_t *otherwise = jcc8(&w->c, cc ^ 1);
        copy_xmm(w, d, b);
        bind8(&w->c, otherwise);
    }
    if (zero_above)
        set_zero_above(w, self);
}
