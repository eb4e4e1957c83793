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

static uint32_t compare_op(const struct ir_insn *in)
{
    return packed(in->d & 1 ? COMISS : UCOMISS, (enum ir_type)in->sub);
}

/* Compares a with b, or b with a, and consumes them. */
static void compare(struct work *w, const struct ir_insn *in, bool swap)
{
    enum ir_type t = (enum ir_type)in->sub;
    struct operand y = use_xmm_rm(w, swap ? in->a : in->b, t);
    unsigned x = (unsigned)use_xmm(w, swap ? in->b : in->a, t);
    emit_compare_float(w, compare_op(in), x, y);
    consume(w, in->a);
    consume(w, in->b);
}

/* Equality needs two of the host's conditions; a mask or a sum of both makes it one. */
static unsigned compare_equal(struct work *w, const struct ir_insn *in)
{
    enum { EQ_QUIET = 0, EQ_SIGNALLING = 16, K1 = 1 };
    enum ir_type t = (enum ir_type)in->sub;
    if (has(w, HOST_AVX512)) {
        unsigned a = (unsigned)use_xmm(w, in->a, t), b = (unsigned)use_xmm(w, in->b, t);
        e_rrr(&w->c, scalar(CMPSS, t) | (t == IR_F64 ? X_W : 0), K1, a, b);
        put8(&w->c, in->d & 1 ? EQ_SIGNALLING : EQ_QUIET);
        v_rrr(&w->c, KORTESTB, K1, 0, K1);
        consume(w, in->a);
        consume(w, in->b);
        return CC_NE;
    }
    unsigned equal = (unsigned)make_temp(w, 0), ordered = (unsigned)make_temp(w, 0);
    compare(w, in, false);
    x_xr(&w->c, SETCC + CC_E, 0, equal);
    x_xr(&w->c, SETCC + CC_NP, 0, ordered);
    x_rr(&w->c, TEST8, equal, ordered);
    return CC_NE;
}

unsigned emit_float_condition(struct work *w, unsigned cc, const struct ir_insn *in)
{
    static const struct {
        uint8_t swap, host;
    } how[IR_CC_COUNT] = {
        [IR_LTU] = {true, CC_A},   [IR_GEU] = {true, CC_BE}, [IR_LEU] = {true, CC_AE},
        [IR_GTU] = {true, CC_B},   [IR_MI] = {true, CC_A},   [IR_PL] = {true, CC_BE},
        [IR_VS] = {false, CC_P},   [IR_VC] = {false, CC_NP}, [IR_LTS] = {false, CC_B},
        [IR_GES] = {false, CC_AE}, [IR_LES] = {false, CC_BE}, [IR_GTS] = {false, CC_A}};
    if (cc == IR_EQ || cc == IR_NE)
        return compare_equal(w, in) ^ (cc & 1);
    compare(w, in, how[cc].swap);
    return how[cc].host;
}

/* Unordered. r: d. */
static void cold_unordered(struct work *w, struct cold *c)
{
    mov_ri(&w->c, c->r[0], IR_FLAG_V);
    cold_resume(w, c);
}

/* In the resting layout. */
void emit_FCMPF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (in->d & IR_FP_FLUSH) {
        emit_exact(w, in, self);
        return;
    }
    unsigned t = (unsigned)make_temp(w, 0);
    compare(w, in, false);
    unsigned d = (unsigned)define_gpr(w, self, NO_REG, BIT(t));
    struct cold *c = cold_jcc(w, CC_P, cold_unordered);
    c->r[0] = (uint8_t)d;
    mov_ri(&w->c, d, IR_FLAG_Z);
    mov_ri(&w->c, t, IR_FLAG_N | IR_FLAG_C);
    x_rr(&w->c, CMOV + CC_B, d, t);
    mov_ri(&w->c, t, 0); /* leaves the flags alone */
    x_rr(&w->c, CMOV + CC_A, d, t);
    c->resume = here(w);
}
