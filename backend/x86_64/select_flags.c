/*
 * Flags as values.
 *
 * Flags used once, by a condition, are made right where the condition is and never leave EFLAGS.
 * All others are kept in the resting layout, `seto al; lahf`, in a register or at home. Consumers
 * look at the bits of enum ir_flags only; others may be set.
 */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"

enum { LAHF = 0x9f, SAHF = 0x9e, FLAG_BITS = IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V };

static inline uint32_t wide(const struct ir_insn *in)
{
    return in->type == IR_I64 ? X_W : 0;
}

static void emit_second(struct work *w, unsigned op, uint32_t w64, unsigned d, struct operand y)
{
    if (y.kind == OPERAND_REG)
        alu_rr(&w->c, op, w64, d, y.reg);
    else if (y.kind == OPERAND_MEM)
        alu_rm(&w->c, op, w64, d, y.mem);
    else
        alu_ri(&w->c, op, w64, d, y.imm);
}

/* CF := the carry of a flags value. */
static void emit_carry(struct work *w, ir_ref flags)
{
    unsigned f = (unsigned)use_gpr(w, flags);
    x_xr(&w->c, BT_IMM, 4, f);
    put8(&w->c, 8);
}

/* EFLAGS := the flags of a + b, or with carry; the sum itself is lost. */
static void emit_sum_flags(struct work *w, const struct ir_insn *in, unsigned op, bool carry)
{
    unsigned t = (unsigned)make_temp(w, 0);
    struct operand y = use_rmi(w, in->b, (enum ir_type)in->type);
    load_into(w, t, in->a);
    if (carry)
        emit_carry(w, in->c);
    emit_second(w, op, wide(in), t, y);
    consume(w, in->a);
    consume(w, in->b);
    if (carry)
        consume(w, in->c);
}

/* Makes the flags of an ADDF, SUBF, ANDF, ADCF or SBBF in EFLAGS. */
static void make_flags(struct work *w, const struct ir_insn *in)
{
    switch (in->op) {
    case IR_SUBF: {
        unsigned a = (unsigned)use_gpr(w, in->a);
        struct operand y = use_rmi(w, in->b, (enum ir_type)in->type);
        emit_second(w, ALU_CMP, wide(in), a, y);
        consume(w, in->a);
        consume(w, in->b);
        break;
    }
    case IR_ANDF: {
        unsigned a = (unsigned)use_gpr(w, in->a);
        struct operand y = use_rmi(w, in->b, (enum ir_type)in->type);
        if (y.kind == OPERAND_REG) {
            x_rr(&w->c, TEST | wide(in), y.reg, a);
        } else if (y.kind == OPERAND_MEM) {
            x_rm(&w->c, TEST | wide(in), a, y.mem);
        } else {
            x_xr(&w->c, UNARY | wide(in), 0, a);
            put32(&w->c, (uint32_t)y.imm);
        }
        consume(w, in->a);
        consume(w, in->b);
        break;
    }
    case IR_ADDF: emit_sum_flags(w, in, ALU_ADD, false); break;
    case IR_ADCF: emit_sum_flags(w, in, ALU_ADC, true); break;
    default: emit_sum_flags(w, in, ALU_SBB, true); break;
    }
}

static void emit_flags(struct work *w, const struct ir_insn *in, ir_ref self)
{
    take(w, RAX);
    make_flags(w, in);
    x_xr(&w->c, SETCC + CC_O, 0, RAX);
    put8(&w->c, LAHF);
    x_rr(&w->c, MOVZX16, RAX, RAX);
    define_in(w, self, RAX);
}

void emit_ADDF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_flags(w, in, self);
}

void emit_SUBF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_flags(w, in, self);
}

void emit_ANDF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_flags(w, in, self);
}

void emit_ADCF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_flags(w, in, self);
}

void emit_SBBF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_flags(w, in, self);
}

/* Conditions on one bit, or on either of two: a test will do. */
static uint32_t condition_bits(unsigned cc)
{
    switch (cc & ~1u) {
    case IR_EQ: return IR_FLAG_Z;
    case IR_LTU: return IR_FLAG_C;
    case IR_LEU: return IR_FLAG_C | IR_FLAG_Z;
    case IR_MI: return IR_FLAG_N;
    case IR_VS: return IR_FLAG_V;
    default: return 0;
    }
}

/* Are the flags made by the condition that uses them? */
static bool is_fused(struct work *w, ir_ref r)
{
    return !ir_is_const(r) && w->val[r].flags & VAL_FUSED && !w->val[r].regs;
}

unsigned emit_condition(struct work *w, unsigned cc, ir_ref flags)
{
    ir_ref r = resolve(w, flags);
    if (is_fused(w, r)) {
        if (w->b->insns[r].op == IR_FCMPF) {
            cc = emit_float_condition(w, cc, &w->b->insns[r]);
            consume(w, r);
            return cc;
        }
        make_flags(w, &w->b->insns[r]);
        consume(w, r);
        return host_cc[cc];
    }
    uint32_t bits = condition_bits(cc);
    if (bits) {
        struct operand f = use_rm(w, r);
        if (f.kind == OPERAND_REG)
            x_xr(&w->c, UNARY, 0, f.reg);
        else
            x_xm(&w->c, UNARY, 0, f.mem);
        put32(&w->c, bits);
        consume(w, r);
        return cc & 1 ? CC_E : CC_NE;
    }
    take(w, RAX);
    load_into(w, RAX, r);
    consume(w, r);
    alu_ri(&w->c, ALU_AND, 0, RAX, FLAG_BITS);
    put8(&w->c, 0x04); /* add al, 127: overflows if al is 1 */
    put8(&w->c, 127);
    put8(&w->c, SAHF);
    return host_cc[cc];
}

void emit_SETB(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned cc = emit_condition(w, in->sub, in->a);
    unsigned d = (unsigned)define_gpr(w, self, NO_REG, 0);
    x_xr(&w->c, SETCC + cc, 0, d);
    x_rr(&w->c, MOVZX8, d, d);
}

void emit_SELB(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct selection s;
    if (!condition_bits(in->sub) && !is_fused(w, resolve(w, in->a)))
        take(w, RAX); /* emit_condition wants it; what is chosen from must not be there */
    start_select(w, &s, in->b, in->c, (enum ir_type)in->type);
    s.locked |= w->locked;
    unsigned cc = emit_condition(w, in->sub, in->a);
    finish_select(w, &s, cc, self);
}

/* d := a op b with carry */
static void emit_with_carry(struct work *w, const struct ir_insn *in, ir_ref self, unsigned op)
{
    struct operand y = use_rmi(w, in->b, (enum ir_type)in->type);
    unsigned f = (unsigned)use_gpr(w, in->c);
    unsigned a = (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    consume(w, in->b);
    consume(w, in->c);
    uint32_t avoid = y.kind == OPERAND_REG && y.reg != a ? BIT(y.reg) : 0;
    unsigned d = (unsigned)define_gpr(w, self, a, avoid);
    x_xr(&w->c, BT_IMM, 4, f);
    put8(&w->c, 8);
    if (d != a)
        mov_rr(&w->c, d, a);
    emit_second(w, op, wide(in), d, y);
}

void emit_ADC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_with_carry(w, in, self, ALU_ADC);
}

void emit_SBB(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_with_carry(w, in, self, ALU_SBB);
}

/* The same bits under another type. */
void emit_FLAGS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned a = (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    unsigned d = (unsigned)define_gpr(w, self, a, 0);
    if (d != a)
        mov32_rr(&w->c, d, a);
}

void emit_FLAGBITS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned a = (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    unsigned d = (unsigned)define_gpr(w, self, a, 0);
    if (d != a)
        mov32_rr(&w->c, d, a);
    alu_ri(&w->c, ALU_AND, 0, d, FLAG_BITS);
}

/* In the resting layout. */
void emit_FLIPC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned a = (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    unsigned d = (unsigned)define_gpr(w, self, a, 0);
    if (d != a)
        mov32_rr(&w->c, d, a);
    alu_ri(&w->c, ALU_XOR, 0, d, IR_FLAG_C);
}

void emit_CONDF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned b = (unsigned)use_gpr(w, in->b);
    unsigned t = (unsigned)make_temp(w, 0);
    unsigned cc = emit_condition(w, in->sub, in->a);
    mov_ri(&w->c, t, in->aux);
    x_rr(&w->c, CMOV + cc, t, b);
    consume(w, in->b);
    unsigned d = (unsigned)define_gpr(w, self, NO_REG, BIT(t));
    mov32_rr(&w->c, d, t);
}
