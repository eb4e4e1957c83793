/* See float.h. */
#include "backend/x86_64/float.h"

#include <string.h>

void emit_scalar(struct work *w, uint32_t op, unsigned d, unsigned x, struct operand y)
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

uint32_t avoid_second(struct work *w, unsigned x, struct operand y)
{
    return has(w, HOST_AVX) || y.kind != OPERAND_REG || y.reg == x ? 0 : BIT(y.reg + XMM0);
}

void emit_compare_float(struct work *w, uint32_t op, unsigned x, struct operand y)
{
    if (y.kind == OPERAND_REG)
        x_rr(&w->c, op, x, y.reg);
    else
        x_rm(&w->c, op, x, y.mem);
}

/* ---- rounding modes ---------------------------------------------------------------------------
 */

unsigned host_round(unsigned round)
{
    static const uint8_t host[] = {
        [IR_ROUND_NEAREST] = 0, [IR_ROUND_DOWN] = 1, [IR_ROUND_UP] = 2, [IR_ROUND_ZERO] = 3};
    return host[round];
}

void set_mxcsr(struct work *w, unsigned t)
{
    struct mem m = spill_mem(CELL_MXCSR);
    x_rm(&w->c, MOV_STORE, t, m);
    x_xm(&w->c, 0xae | X_0F, 2, m); /* ldmxcsr */
}

void get_mxcsr(struct work *w, unsigned t)
{
    struct mem m = spill_mem(CELL_MXCSR);
    x_xm(&w->c, 0xae | X_0F, 3, m); /* stmxcsr */
    x_rm(&w->c, MOV, t, m);
}

struct rounding take_rounding(struct work *w, unsigned rule)
{
    struct rounding r = {.active = (rule & IR_FP_ROUND) != IR_ROUND_DYNAMIC};
    if (r.active) {
        r.mode = host_round(rule & IR_FP_ROUND);
        r.old = (unsigned)make_temp(w, 0);
        r.t = (unsigned)make_temp(w, 0);
    }
    return r;
}

void begin_rounding(struct work *w, const struct rounding *r)
{
    if (!r->active)
        return;
    get_mxcsr(w, r->old);
    mov32_rr(&w->c, r->t, r->old);
    alu_ri(&w->c, ALU_AND, 0, r->t, ~MXCSR_ROUND);
    alu_ri(&w->c, ALU_OR, 0, r->t, (int32_t)(r->mode << 13));
    set_mxcsr(w, r->t);
    alu_ri(&w->c, ALU_AND, 0, r->old, MXCSR_ROUND);
}

struct rounding start_rounding(struct work *w, unsigned rule)
{
    struct rounding r = take_rounding(w, rule);
    begin_rounding(w, &r);
    return r;
}

void end_rounding(struct work *w, const struct rounding *r)
{
    if (!r->active)
        return;
    get_mxcsr(w, r->t);
    alu_ri(&w->c, ALU_AND, 0, r->t, ~MXCSR_ROUND);
    alu_rr(&w->c, ALU_OR, 0, r->t, r->old);
    set_mxcsr(w, r->t);
}

/* ---- NaNs -------------------------------------------------------------------------------------
 */

void load_nan(struct work *w, unsigned d, enum ir_type t)
{
    load_xmm(w, d, CONSTANT_MEM(t == IR_F64 ? K_NAN64 : K_NAN32), t);
}

static void cold_nan(struct work *w, struct cold *c)
{
    load_nan(w, c->r[0], (enum ir_type)c->n);
    cold_resume(w, c);
}

void nan_if(struct work *w, unsigned cc, unsigned d, enum ir_type t)
{
    struct cold *c = cold_jcc(w, cc, cold_nan);
    c->r[0] = (uint8_t)d;
    c->n = (uint8_t)t;
}

void canonical_nan(struct work *w, ir_ref self, unsigned d, enum ir_type t)
{
    if (!(w->val[self].flags & VAL_OBSERVED))
        return;
    x_rr(&w->c, packed(UCOMISS, t), d, d);
    nan_if(w, CC_P, d, t);
}

/* ---- underflow --------------------------------------------------------------------------------
 */

bool may_underflow(const struct ir_insn *in)
{
    if (!(in->d & IR_FP_TINY_BEFORE))
        return false;
    switch (in->op) {
    case IR_FMUL: case IR_FMA: case IR_VFMUL: case IR_VFMA: case IR_VFNARROW: return true;
    case IR_FCVT: return in->type < in->sub;
    default: return false;
    }
}

unsigned take_underflow(struct work *w, const struct ir_insn *in)
{
    return may_underflow(in) ? (unsigned)make_temp(w, 0) : NO_REG;
}

void leave_underflow(struct work *w, const struct ir_insn *in, unsigned t, unsigned d, unsigned x,
                     struct operand y, unsigned z)
{
    enum ir_type type = (enum ir_type)in->type;
    uint64_t smallest = smallest_normal_shifted(type);
    if (t == NO_REG)
        return;
    x_rr(&w->c, type == IR_F64 ? MOVQ_FROM_XMM : MOVD_FROM_XMM, d, t);
    if (type == IR_F64) {
        shift_ri(&w->c, SHIFT_SHL, X_W, t, 1);
        alu_rm(&w->c, ALU_CMP, X_W, t, literal(w, smallest, 0));
        literal_used(w, 0);
    } else { /* to the top of 32 bits */
        unsigned above = type == IR_F16 ? 16 : 0;
        shift_ri(&w->c, SHIFT_SHL, 0, t, 1 + above);
        alu_ri(&w->c, ALU_CMP, 0, t, (int32_t)(smallest << above));
    }
    exact_if(w, CC_E, d, x, y, z);
}

/* ---- exact C in cold paths --------------------------------------------------------------------
 */

static enum ir_type result_type(const struct ir_insn *in)
{
    enum ir_type t = ir_result_type(in);
    return t == IR_B ? IR_I32 : t;
}

/* n of the record: an operand y that is memory, in `value`. */
enum { Y_IS_MEMORY = 1 };

static void store_operand(struct work *w, unsigned cell, unsigned xmm, bool whole)
{
    x_rm(&w->c, whole ? MOVUPS_STORE : MOVSD_STORE, xmm, spill_mem(cell));
}

void cold_exact(struct work *w, struct cold *c)
{
    const struct ir_insn *in = &w->b->insns[c->insn];
    enum ir_type t = result_type(in);
    bool whole = t == IR_V128;
    for (unsigned i = 0; i < 3; i++)
        if (c->r[1 + i] != NO_REG)
            store_operand(w, CELL_ARG_A + i, c->r[1 + i], whole);
    if (c->n & Y_IS_MEMORY) {
        struct mem m;
        memcpy(&m, &c->value, sizeof m);
        load_xmm(w, c->r[0], m, (enum ir_type)in->type);
        store_operand(w, CELL_ARG_B, c->r[0], whole);
    }
    call_exact(w, in);
    struct mem result = spill_mem(CELL_RESULT);
    if (in_xmm(t))
        load_xmm(w, c->r[0], result, whole ? IR_V128 : IR_F64);
    else
        load_gpr(w, c->r[0], result, t);
    cold_resume(w, c);
}

struct cold *exact_if(struct work *w, unsigned cc, unsigned d, unsigned x, struct operand y,
                      unsigned z)
{
    struct cold *c = cold_jcc(w, cc, cold_exact);
    static_assert(sizeof y.mem <= sizeof c->value, "kept in it");
    c->r[0] = (uint8_t)d;
    c->r[1] = (uint8_t)x;
    c->r[2] = y.kind == OPERAND_REG ? y.reg : NO_REG;
    c->r[3] = (uint8_t)z;
    c->n = y.kind == OPERAND_REG ? 0 : Y_IS_MEMORY;
    if (c->n)
        memcpy(&c->value, &y.mem, sizeof y.mem);
    return c;
}
