/*
 * Floating point: comparisons. See select_fp.c for how values are kept.
 *
 * The host's comparison leaves: less CF; equal ZF; greater none; unordered ZF, PF and CF. FCMPF's flags
 * differ for the two that are not greater: every condition on them but equality is one condition of the
 * host, if need be on the operands exchanged.
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

/* How operands are compared: as they stand, exchanged, or for equality only. */
enum { COMPARE, COMPARE_SWAPPED, COMPARE_EQUAL };

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
    enum { EQ_QUIET = 0, EQ_SIGNALLING = 16, K1 = 1 };
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

/* Makes the host's flags of an FCMPF, which keeps its operands. */
static void compare(struct work *w, ir_ref r, unsigned how)
{
    const struct ir_insn *in = &w->b->insns[r];
    enum ir_type t = (enum ir_type)in->sub;
    if (how == COMPARE_EQUAL) {
        compare_equal(w, in);
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

unsigned emit_float_condition(struct work *w, unsigned cc, ir_ref flags)
{
    unsigned how = conditions[cc].how;
    if (w->compared != flags || w->compared_at != here(w) || w->compared_how != how)
        compare(w, flags, how);
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
