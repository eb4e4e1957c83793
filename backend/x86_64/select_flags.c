/*
 * Flags as values.
 *
 * Flags are lazy (lazy.c): a condition on them makes them in EFLAGS for itself. Others are in the
 * resting layout, `seto al; lahf`, in a register or at home. Consumers look at the bits of enum
 * ir_flags only; others may be set.
 */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"

enum { LAHF = 0x9f, SAHF = 0x9e, CMC = 0xf5, FLAG_BITS = IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V };

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

/* Flags that this file makes in EFLAGS by one instruction, or with cmc behind it. */
static bool is_simple(struct work *w, ir_ref r)
{
    if (ir_is_const(r) || !is_lazy(&w->val[r]))
        return false;
    const struct ir_insn *in = &w->b->insns[r];
    if (in->op == IR_FLIPC)
        return is_simple(w, resolve(w, in->a));
    return in->op != IR_CONDF && in->op != IR_FCMPF;
}

static void emit_test(struct work *w, uint32_t w64, unsigned a, struct operand y)
{
    if (y.kind == OPERAND_REG) {
        x_rr(&w->c, TEST | w64, y.reg, a);
    } else if (y.kind == OPERAND_MEM) {
        x_rm(&w->c, TEST | w64, a, y.mem);
    } else if (y.imm >= 0 && y.imm < 128) { /* the sign bit is clear in any width */
        x_xr(&w->c, UNARY8, 0, a);
        put8(&w->c, (uint8_t)y.imm);
    } else {
        x_xr(&w->c, y.imm >= 0 ? UNARY : UNARY | w64, 0, a);
        put32(&w->c, (uint32_t)y.imm);
    }
}

/* EFLAGS := lazy simple flags, which stay lazy. Returns whether the carry is the inverted one. */
static bool make_flags(struct work *w, ir_ref r)
{
    const struct ir_insn *in = &w->b->insns[r];
    ir_ref operands[2];
    if (in->op == IR_FLIPC)
        return !make_flags(w, resolve(w, in->a));
    lazy_operands(w, r, operands);
    bool from_result = w->val[r].hint & HINT_FROM_RESULT && in->op != IR_ANDF;
    struct operand y = use_rmi(w, operands[1], (enum ir_type)in->type);
    unsigned x;
    if (in->op == IR_ADDF || from_result) {
        x = (unsigned)make_temp(w, 0);
        load_into(w, x, operands[0]);
    } else {
        x = (unsigned)use_gpr(w, operands[0]);
    }
    if (from_result)
        emit_second(w, in->op == IR_SUBF ? ALU_ADD : ALU_SUB, wide(in), x, y);
    if (in->op == IR_SUBF)
        emit_second(w, ALU_CMP, wide(in), x, y);
    else if (in->op == IR_ADDF)
        emit_second(w, ALU_ADD, wide(in), x, y);
    else
        emit_test(w, wide(in), x, y);
    return false;
}

/* CF := the carry of flags, which are simple or in register f; touches nothing else. */
static void emit_carry(struct work *w, ir_ref r, unsigned f)
{
    if (f != NO_REG) {
        x_xr(&w->c, BT_IMM, 4, f);
        put8(&w->c, 8);
    } else if (make_flags(w, r)) {
        put8(&w->c, CMC);
    }
}

/* The register of flags that are not simple; they and their carry come before other operands. */
static unsigned use_flags(struct work *w, ir_ref r)
{
    return is_simple(w, r) ? (unsigned)NO_REG : (unsigned)use_gpr(w, r);
}

void emit_ADDF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    defer(w, self);
}

void emit_SUBF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    defer(w, self);
}

void emit_ANDF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    defer(w, self);
}

void emit_FLIPC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    defer(w, self);
}

void emit_CONDF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    defer(w, self);
}

/* These are not lazy: their operands would be a chain without end. */
static void emit_flags_with_carry(struct work *w, const struct ir_insn *in, ir_ref self, unsigned op)
{
    ir_ref flags = resolve(w, in->c);
    use_flags(w, flags); /* may make them in RAX, which they leave again */
    w->locked = 0;
    take(w, RAX);
    emit_carry(w, flags, use_flags(w, flags));
    w->locked = BIT(RAX); /* what brings the operands does not touch EFLAGS */
    unsigned t = (unsigned)make_temp(w, 0);
    struct operand y = use_rmi(w, in->b, (enum ir_type)in->type);
    load_into(w, t, in->a);
    emit_second(w, op, wide(in), t, y);
    consume(w, in->a);
    consume(w, in->b);
    consume(w, in->c);
    x_xr(&w->c, SETCC + CC_O, 0, RAX);
    put8(&w->c, LAHF);
    define_in(w, self, RAX);
}

void emit_ADCF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_flags_with_carry(w, in, self, ALU_ADC);
}

void emit_SBBF(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_flags_with_carry(w, in, self, ALU_SBB);
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

/* A floating-point comparison that its condition makes again, or finds in EFLAGS still. */
static bool is_lazy_compare(struct work *w, ir_ref r)
{
    return !ir_is_const(r) && is_lazy(&w->val[r]) && w->b->insns[r].op == IR_FCMPF;
}

/* Is equality of these flags a question for one bit that a test cannot have as an immediate? */
static bool is_far_bit(struct work *w, unsigned cc, ir_ref r)
{
    if ((cc & ~1u) != IR_EQ || ir_is_const(r) || !is_lazy(&w->val[r]))
        return false;
    const struct ir_insn *in = &w->b->insns[r];
    if (in->op != IR_ANDF || in->type != IR_I64 || w->val[r].hint & HINT_FROM_RESULT ||
        !is_plain_const(w, in->b))
        return false;
    uint64_t mask = constant(w, in->b)->value;
    return mask > INT32_MAX && !(mask & (mask - 1));
}

static unsigned test_far_bit(struct work *w, unsigned cc, ir_ref r)
{
    const struct ir_insn *in = &w->b->insns[r];
    x_xr(&w->c, BT_IMM | X_W, 4, (unsigned)use_gpr(w, in->a));
    put8(&w->c, (unsigned)__builtin_ctzll(constant(w, in->b)->value));
    consume(w, r);
    return cc == IR_EQ ? CC_AE : CC_B;
}

unsigned emit_condition(struct work *w, unsigned cc, ir_ref flags)
{
    ir_ref r = resolve(w, flags);
    if (is_far_bit(w, cc, r))
        return test_far_bit(w, cc, r);
    if (is_lazy_compare(w, r)) {
        cc = emit_float_condition(w, cc, r);
        consume(w, r);
        return cc;
    }
    if (is_simple(w, r)) {
        bool inverted = make_flags(w, r);
        consume(w, r);
        if (inverted && (cc & ~1u) == IR_LTU)
            return host_cc[cc ^ 1];
        if (inverted && (cc & ~1u) == IR_LEU)
            put8(&w->c, CMC);
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
    use_rm(w, r); /* lazy ones are made in RAX, which they leave again */
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
    ir_ref flags = resolve(w, in->a);
    if (!is_simple(w, flags) && !is_lazy_compare(w, flags)) {
        use_rm(w, flags); /* made where RAX is still free */
        if (!condition_bits(in->sub))
            take(w, RAX); /* emit_condition wants it; what is chosen from must not be there */
    }
    start_select(w, &s, in->b, in->c, (enum ir_type)in->type);
    s.locked |= w->locked;
    unsigned cc = emit_condition(w, in->sub, in->a);
    finish_select(w, &s, cc, self);
}

/* d := a op b with carry */
static void emit_with_carry(struct work *w, const struct ir_insn *in, ir_ref self, unsigned op)
{
    ir_ref found = w->val[self].put, flags = resolve(w, in->c);
    if (!found)
        emit_carry(w, flags, use_flags(w, flags));
    w->locked = 0; /* what brings the operands does not touch EFLAGS */
    struct operand y = use_rmi(w, in->b, (enum ir_type)in->type);
    unsigned a = (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    consume(w, in->b);
    consume(w, found ? found : in->c);
    uint32_t avoid = y.kind == OPERAND_REG && y.reg != a ? BIT(y.reg) : 0;
    unsigned d = (unsigned)define_gpr(w, self, a, avoid);
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
