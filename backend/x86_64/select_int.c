/*
 * Integer ops. Every function follows the shape described in work.h; what x86's two-address forms
 * need is in start_binary(): the first operand is brought into the result's register, the second is
 * a register, memory or an immediate that the result does not overlap.
 */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"
#include "backend/x86_64/runtime.h"

static inline uint32_t wide(const struct ir_insn *in)
{
    return in->type == IR_I64 ? X_W : 0;
}

static inline unsigned width(const struct ir_insn *in)
{
    return in->type == IR_I64 ? 64 : 32;
}

/* d := x, unless it is there. */
static void bring(struct work *w, unsigned d, struct operand x)
{
    if (x.kind == OPERAND_MEM)
        x_rm(&w->c, MOV | X_W, d, x.mem);
    else if (x.kind == OPERAND_IMM)
        mov_ri(&w->c, d, (uint64_t)(int64_t)x.imm);
    else if (x.reg != d)
        mov_rr(&w->c, d, x.reg);
}

/* An operand that will be moved to the result's register: one in memory is loaded as what it is. */
static struct operand use_first(struct work *w, ir_ref r, enum ir_type t)
{
    struct operand x = use_rm(w, r);
    if (x.kind == OPERAND_MEM && t != IR_I64) /* its home may have four bytes only */
        return (struct operand){.kind = OPERAND_REG, .reg = (uint8_t)use_gpr(w, r)};
    return x;
}

static unsigned prefer_of(struct operand x)
{
    return x.kind == OPERAND_REG ? x.reg : NO_REG;
}

/*
 * Operands and result of `d := a op b`; afterwards d holds a, and the returned operand is b, which
 * is not d unless a and b are the same.
 */
static struct operand start_binary(struct work *w, const struct ir_insn *in, ir_ref self,
                                   bool commutes, unsigned *d)
{
    ir_ref a = in->a, b = in->b;
    if (commutes && !is_plain_const(w, b) &&
        (ir_is_const(resolve(w, a)) || (!dies(w, a) && dies(w, b)))) {
        a = in->b;
        b = in->a;
    }
    struct operand y = use_rmi(w, b, (enum ir_type)in->type);
    struct operand x = use_first(w, a, (enum ir_type)in->type);
    unsigned hint = w->val[self].hint;
    if (commutes && hint && x.kind == OPERAND_REG && y.kind == OPERAND_REG && y.reg == hint) {
        struct operand swap = x;
        x = y;
        y = swap;
    }
    consume(w, a);
    consume(w, b);
    uint32_t avoid =
        y.kind == OPERAND_REG && !(x.kind == OPERAND_REG && x.reg == y.reg) ? BIT(y.reg) : 0;
    *d = (unsigned)define_gpr(w, self, prefer_of(x), avoid);
    bring(w, *d, x);
    return y;
}

static void emit_alu(struct work *w, unsigned op, uint32_t w64, unsigned d, struct operand y)
{
    if (y.kind == OPERAND_REG)
        alu_rr(&w->c, op, w64, d, y.reg);
    else if (y.kind == OPERAND_MEM)
        alu_rm(&w->c, op, w64, d, y.mem);
    else
        alu_ri(&w->c, op, w64, d, y.imm);
}

/* op reg, rm for an opcode with that form */
static void emit_rm(struct work *w, uint32_t op, unsigned d, struct operand y)
{
    if (y.kind == OPERAND_REG)
        x_rr(&w->c, op, d, y.reg);
    else
        x_rm(&w->c, op, d, y.mem);
}

/* d := op(a) for an instruction with one source, register or memory. */
static void emit_unary_rm(struct work *w, uint32_t op, ir_ref a, ir_ref self)
{
    struct operand x = use_rm(w, a);
    consume(w, a);
    unsigned d = (unsigned)define_gpr(w, self, prefer_of(x), 0);
    emit_rm(w, op, d, x);
}

/* ---- sums -------------------------------------------------------------------------------------
 */

/* If r is a shift that its consumer computes: the shifted value, and how far. */
static ir_ref scaled(struct work *w, ir_ref r, unsigned *scale)
{
    if (ir_is_const(r))
        return IR_NONE;
    const struct val *v = &w->val[r];
    const struct ir_insn *in = &w->b->insns[r];
    if (!(v->flags & VAL_FUSED) || v->regs || in->op != IR_SHL)
        return IR_NONE;
    *scale = (unsigned)constant(w, in->b)->value;
    return in->a;
}

/* a + (x << scale) as one lea. */
static void emit_scaled_add(struct work *w, const struct ir_insn *in, ir_ref self, ir_ref a,
                            ir_ref shift, ir_ref x, unsigned scale)
{
    unsigned index = (unsigned)use_gpr(w, x);
    struct mem m = {-1, (int8_t)index, (uint8_t)scale, 0};
    bool imm = is_plain_const(w, a) && fits32((int64_t)constant(w, a)->value);
    if (imm)
        m.disp = (int32_t)constant(w, a)->value;
    else
        m.base = (int8_t)use_gpr(w, a);
    consume(w, a);
    consume(w, x);
    consume(w, w->b->insns[shift].b);
    consume(w, shift);
    unsigned d = (unsigned)define_gpr(w, self, index, 0);
    lea(&w->c, wide(in), d, m);
}

static void emit_sum(struct work *w, uint32_t w64, unsigned d, struct operand x, struct operand y)
{
    if (x.kind == OPERAND_REG && y.kind == OPERAND_REG) {
        if (d == x.reg)
            alu_rr(&w->c, ALU_ADD, w64, d, y.reg);
        else if (d == y.reg)
            alu_rr(&w->c, ALU_ADD, w64, d, x.reg);
        else
            lea(&w->c, w64, d, (struct mem){(int8_t)x.reg, (int8_t)y.reg, 0, 0});
    } else if (x.kind == OPERAND_REG && y.kind == OPERAND_IMM && d != x.reg) {
        lea(&w->c, w64, d, mem_at(x.reg, y.imm));
    } else if (y.kind == OPERAND_REG && d == y.reg) {
        emit_alu(w, ALU_ADD, w64, d, x);
    } else {
        bring(w, d, x);
        emit_alu(w, ALU_ADD, w64, d, y);
    }
}

/* A sum whose flags are wanted: no lea, and less a constant rather than plus a negative one. */
static void emit_flagged_add(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned d;
    struct operand y = start_binary(w, in, self, true, &d);
    if (y.kind == OPERAND_IMM && y.imm < 0 && y.imm != INT32_MIN)
        alu_ri(&w->c, ALU_SUB, wide(in), d, -y.imm);
    else
        emit_alu(w, ALU_ADD, wide(in), d, y);
}

void emit_ADD(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned scale;
    if (w->val[self].flags & VAL_FLAGUSE) {
        emit_flagged_add(w, in, self);
        return;
    }
    ir_ref x = scaled(w, in->b, &scale);
    if (x) {
        emit_scaled_add(w, in, self, in->a, in->b, x, scale);
        return;
    }
    x = scaled(w, in->a, &scale);
    if (x) {
        emit_scaled_add(w, in, self, in->b, in->a, x, scale);
        return;
    }
    struct operand b = use_rmi(w, in->b, (enum ir_type)in->type);
    struct operand a = use_first(w, in->a, (enum ir_type)in->type);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_gpr(w, self, a.kind == OPERAND_REG ? a.reg : prefer_of(b), 0);
    emit_sum(w, wide(in), d, a, b);
}

void emit_SUB(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (w->val[self].flags & VAL_FLAGUSE) {
        unsigned d;
        struct operand y = start_binary(w, in, self, false, &d);
        emit_alu(w, ALU_SUB, wide(in), d, y);
        return;
    }
    struct operand b = use_rmi(w, in->b, (enum ir_type)in->type);
    struct operand a = is_plain_const(w, in->a) && fits32((int64_t)constant(w, in->a)->value)
                           ? use_rmi(w, in->a, IR_I64)
                           : use_first(w, in->a, (enum ir_type)in->type);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_gpr(w, self, prefer_of(a), 0);
    if (b.kind == OPERAND_REG && d == b.reg && !(a.kind == OPERAND_REG && a.reg == d)) {
        x_xr(&w->c, UNARY | wide(in), 3, d);
        emit_alu(w, ALU_ADD, wide(in), d, a);
    } else if (a.kind == OPERAND_REG && b.kind == OPERAND_IMM && d != a.reg && b.imm != INT32_MIN) {
        lea(&w->c, wide(in), d, mem_at(a.reg, -b.imm));
    } else {
        bring(w, d, a);
        emit_alu(w, ALU_SUB, wide(in), d, b);
    }
}

/* ---- logic ------------------------------------------------------------------------------------
 */

void emit_AND(struct work *w, const struct ir_insn *in, ir_ref self)
{
    uint64_t mask = is_plain_const(w, in->b) ? constant(w, in->b)->value : 0;
    if (in->type == IR_I32)
        mask = (uint32_t)mask;
    if (w->val[self].flags & VAL_FLAGUSE)
        mask = 0; /* by no other instruction, nor width */
    if (mask == 0xff || mask == 0xffff || (mask == 0xffffffff && in->type == IR_I64)) {
        consume(w, in->b);
        emit_unary_rm(w, mask == 0xff ? MOVZX8 : mask == 0xffff ? MOVZX16 : MOV, in->a, self);
        return;
    }
    unsigned d;
    if (mask && mask <= UINT32_MAX) { /* the upper half is cleared anyway */
        struct operand a = use_first(w, in->a, (enum ir_type)in->type);
        consume(w, in->a);
        consume(w, in->b);
        d = (unsigned)define_gpr(w, self, prefer_of(a), 0);
        bring(w, d, a);
        alu_ri(&w->c, ALU_AND, 0, d, (int32_t)mask);
        return;
    }
    struct operand y = start_binary(w, in, self, true, &d);
    emit_alu(w, ALU_AND, wide(in), d, y);
}

void emit_OR(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned d;
    struct operand y = start_binary(w, in, self, true, &d);
    emit_alu(w, ALU_OR, wide(in), d, y);
}

void emit_XOR(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned d;
    struct operand y = start_binary(w, in, self, true, &d);
    emit_alu(w, ALU_XOR, wide(in), d, y);
}

void emit_ANDN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned b = (unsigned)use_gpr(w, in->b);
    if (has(w, HOST_BMI1)) {
        struct operand a = use_rm(w, in->a);
        consume(w, in->a);
        consume(w, in->b);
        unsigned d = (unsigned)define_gpr(w, self, prefer_of(a), 0);
        if (a.kind == OPERAND_REG)
            v_rrr(&w->c, ANDN | wide(in), d, b, a.reg);
        else
            v_rrm(&w->c, ANDN | wide(in), d, b, a.mem);
        return;
    }
    unsigned a = (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_gpr(w, self, b, a == b ? 0 : BIT(a));
    if (a == b) {
        x_rr(&w->c, 0x33, d, d);
        return;
    }
    if (d != b)
        mov_rr(&w->c, d, b);
    x_xr(&w->c, UNARY | wide(in), 2, d);
    alu_rr(&w->c, ALU_AND, wide(in), d, a);
}

static void emit_in_place(struct work *w, const struct ir_insn *in, ir_ref self, unsigned *d)
{
    struct operand a = use_first(w, in->a, (enum ir_type)in->type);
    consume(w, in->a);
    *d = (unsigned)define_gpr(w, self, prefer_of(a), 0);
    bring(w, *d, a);
}

void emit_NOT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned d;
    emit_in_place(w, in, self, &d);
    x_xr(&w->c, UNARY | wide(in), 2, d);
}

void emit_NEG(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned d;
    emit_in_place(w, in, self, &d);
    x_xr(&w->c, UNARY | wide(in), 3, d);
}

/* ---- shifts -----------------------------------------------------------------------------------
 */

static void emit_shift(struct work *w, const struct ir_insn *in, ir_ref self, unsigned op,
                       uint32_t shx)
{
    if (ir_is_const(in->b)) {
        unsigned n = constant(w, in->b)->value & (width(in) - 1), d;
        consume(w, in->b);
        emit_in_place(w, in, self, &d);
        if (n == 1 && op == SHIFT_SHL)
            alu_rr(&w->c, ALU_ADD, wide(in), d, d);
        else if (n || !wide(in))
            shift_ri(&w->c, op, wide(in), d, n);
        return;
    }
    if (shx && has(w, HOST_BMI2)) {
        unsigned n = (unsigned)use_gpr(w, in->b);
        struct operand a = use_rm(w, in->a);
        consume(w, in->a);
        consume(w, in->b);
        unsigned d = (unsigned)define_gpr(w, self, prefer_of(a), 0);
        if (a.kind == OPERAND_REG)
            v_rrr(&w->c, shx | wide(in), d, n, a.reg);
        else
            v_rrm(&w->c, shx | wide(in), d, n, a.mem);
        return;
    }
    take(w, RCX);
    load_into(w, RCX, in->b);
    struct operand a = use_first(w, in->a, (enum ir_type)in->type);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_gpr(w, self, prefer_of(a), BIT(RCX));
    bring(w, d, a);
    shift_cl(&w->c, op, wide(in), d);
}

void emit_SHL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_shift(w, in, self, SHIFT_SHL, SHLX);
}

void emit_SHR(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_shift(w, in, self, SHIFT_SHR, SHRX);
}

void emit_SAR(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_shift(w, in, self, SHIFT_SAR, SARX);
}

void emit_ROR(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (ir_is_const(in->b) && has(w, HOST_BMI2)) {
        unsigned n = constant(w, in->b)->value & (width(in) - 1);
        struct operand a = use_rm(w, in->a);
        consume(w, in->b);
        consume(w, in->a);
        unsigned d = (unsigned)define_gpr(w, self, prefer_of(a), 0);
        if (a.kind == OPERAND_REG)
            v_rrr(&w->c, RORX | wide(in), d, 0, a.reg);
        else
            v_rrm(&w->c, RORX | wide(in), d, 0, a.mem);
        put8(&w->c, n);
        return;
    }
    emit_shift(w, in, self, SHIFT_ROR, 0);
}

/* ---- multiplication ---------------------------------------------------------------------------
 */

static void emit_mul_imm(struct work *w, const struct ir_insn *in, ir_ref self, ir_ref a, ir_ref k,
                         int32_t imm)
{
    struct operand x = use_rm(w, a);
    consume(w, a);
    consume(w, k);
    unsigned d = (unsigned)define_gpr(w, self, prefer_of(x), 0);
    emit_rm(w, (fits8(imm) ? IMUL_IMM8 : IMUL_IMM) | wide(in), d, x);
    if (fits8(imm))
        put8(&w->c, (uint8_t)imm);
    else
        put32(&w->c, (uint32_t)imm);
}

void emit_MUL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    ir_ref k = is_plain_const(w, in->b) ? in->b : resolve(w, in->a);
    if (is_plain_const(w, k)) {
        int64_t value = (int64_t)constant(w, k)->value;
        if (in->type == IR_I32 || fits32(value)) {
            emit_mul_imm(w, in, self, k == in->b ? in->a : in->b, k, (int32_t)value);
            return;
        }
    }
    unsigned d;
    struct operand b = start_binary(w, in, self, true, &d);
    emit_rm(w, IMUL | wide(in), d, b);
}

/* I32: through a 64-bit product. */
static void emit_mulh32(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t ext_a,
                        uint32_t ext_b)
{
    unsigned t = (unsigned)make_temp(w, 0);
    unsigned b = (unsigned)use_gpr(w, in->b);
    unsigned a = (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    consume(w, in->b);
    x_rr(&w->c, ext_b, t, b);
    unsigned d = (unsigned)define_gpr(w, self, a, BIT(t));
    x_rr(&w->c, ext_a, d, a);
    x_rr(&w->c, IMUL | X_W, d, t);
    shift_ri(&w->c, SHIFT_SHR, X_W, d, 32);
}

/* rdx:rax := a * b by a one-operand multiplication; the result is rdx. */
static void emit_mulh(struct work *w, const struct ir_insn *in, ir_ref self, unsigned ext)
{
    take(w, RAX);
    take(w, RDX);
    load_into(w, RAX, in->a);
    struct operand b = use_rm(w, in->b);
    consume(w, in->a);
    consume(w, in->b);
    if (b.kind == OPERAND_REG)
        x_xr(&w->c, UNARY | X_W, ext, b.reg);
    else
        x_xm(&w->c, UNARY | X_W, ext, b.mem);
    define_in(w, self, RDX);
}

void emit_MULHS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (in->type == IR_I32)
        emit_mulh32(w, in, self, MOVSXD, MOVSXD);
    else
        emit_mulh(w, in, self, 5);
}

void emit_MULHU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (in->type == IR_I32) {
        emit_mulh32(w, in, self, MOV, MOV);
    } else if (has(w, HOST_BMI2)) {
        take(w, RDX);
        load_into(w, RDX, in->a);
        struct operand b = use_rm(w, in->b);
        consume(w, in->a);
        consume(w, in->b);
        unsigned d = (unsigned)define_gpr(w, self, NO_REG, 0);
        if (b.kind == OPERAND_REG)
            v_rrr(&w->c, MULX | X_W, d, d, b.reg);
        else
            v_rrm(&w->c, MULX | X_W, d, d, b.mem);
    } else {
        emit_mulh(w, in, self, 4);
    }
}

void emit_MULHSU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (in->type == IR_I32) {
        emit_mulh32(w, in, self, MOVSXD, MOV);
        return;
    }
    take(w, RAX);
    take(w, RDX);
    unsigned t = (unsigned)make_temp(w, 0);
    load_into(w, RAX, in->a);
    unsigned b = (unsigned)use_gpr(w, in->b);
    consume(w, in->a);
    consume(w, in->b);
    mov_rr(&w->c, t, RAX);
    shift_ri(&w->c, SHIFT_SAR, X_W, t, 63);
    alu_rr(&w->c, ALU_AND, X_W, t, b);
    x_xr(&w->c, UNARY | X_W, 4, b);
    alu_rr(&w->c, ALU_SUB, X_W, RDX, t);
    define_in(w, self, RDX);
}

/* ---- division ---------------------------------------------------------------------------------
 */

/* The divisor is zero, or -1 where signed. r[0] divisor, n: rule | 16 signed | 32 I64. */
static void cold_divide(struct work *w, struct cold *c)
{
    uint32_t w64 = c->n & 32 ? X_W : 0;
    uint8_t *minus_one = NULL;
    if (c->n & 16) {
        x_rr(&w->c, TEST | w64, c->r[0], c->r[0]);
        minus_one = jcc8(&w->c, CC_NE);
    }
    x_rr(&w->c, MOV | w64, RDX, RAX);
    if ((c->n & 15) == IR_DIV_RISCV)
        mov_ri(&w->c, RAX, w64 ? UINT64_MAX : UINT32_MAX);
    else
        x_rr(&w->c, 0x33, RAX, RAX);
    cold_resume(w, c);
    if (minus_one) {
        bind8(&w->c, minus_one);
        x_xr(&w->c, UNARY | w64, 3, RAX);
        x_rr(&w->c, 0x33, RDX, RDX);
        cold_resume(w, c);
    }
}

static void emit_divide(struct work *w, const struct ir_insn *in, ir_ref self, bool is_signed,
                        unsigned result)
{
    uint32_t w64 = wide(in);
    int64_t divisor = 0;
    if (is_plain_const(w, in->b))
        divisor = in->type == IR_I64 ? (int64_t)constant(w, in->b)->value
                                     : (int32_t)constant(w, in->b)->value;
    bool guard = divisor == 0 || (is_signed && divisor == -1);
    take(w, RAX);
    take(w, RDX);
    load_into(w, RAX, in->a);
    unsigned b = (unsigned)use_gpr(w, in->b);
    unsigned t = guard && is_signed ? (unsigned)make_temp(w, 0) : 0;
    consume(w, in->a);
    consume(w, in->b);
    struct cold *c = NULL;
    if (guard && is_signed) {
        lea(&w->c, w64, t, mem_at((int)b, 1));
        alu_ri(&w->c, ALU_CMP, w64, t, 1);
        c = cold_jcc(w, CC_BE, cold_divide);
    } else if (guard) {
        x_rr(&w->c, TEST | w64, b, b);
        c = cold_jcc(w, CC_E, cold_divide);
    }
    if (is_signed) {
        if (w64)
            put8(&w->c, 0x48);
        put8(&w->c, 0x99); /* cdq, cqo */
    } else {
        x_rr(&w->c, 0x33, RDX, RDX);
    }
    x_xr(&w->c, UNARY | w64, is_signed ? 7 : 6, b);
    if (c) {
        c->r[0] = (uint8_t)b;
        c->n = (uint8_t)(in->d | (is_signed ? 16 : 0) | (w64 ? 32 : 0));
        c->resume = here(w);
    }
    define_in(w, self, result);
}

void emit_DIVS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_divide(w, in, self, true, RAX);
}

void emit_DIVU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_divide(w, in, self, false, RAX);
}

void emit_REMS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_divide(w, in, self, true, RDX);
}

void emit_REMU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_divide(w, in, self, false, RDX);
}

/* ---- width ------------------------------------------------------------------------------------
 */

void emit_alias(struct work *w, const struct ir_insn *in, ir_ref self)
{
    w->val[self].alias = resolve(w, in->a);
    w->val[self].uses = 0;
}

void become_alias(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct val *a = val_of(w, resolve(w, in->a));
    a->uses = (uint16_t)(a->uses + w->val[self].uses);
    w->val[self].flags |= VAL_ALIAS;
    emit_alias(w, in, self);
    consume(w, in->a);
}

void emit_SEXT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (w->val[self].flags & VAL_ALIAS) {
        emit_alias(w, in, self);
        return;
    }
    uint32_t op = in->sub == IR_I8    ? MOVSX8 | wide(in)
                  : in->sub == IR_I16 ? MOVSX16 | wide(in)
                                      : MOVSXD;
    emit_unary_rm(w, op, in->a, self);
}

void emit_ZEXT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (w->val[self].flags & VAL_ALIAS)
        emit_alias(w, in, self);
    else
        emit_unary_rm(w, in->sub == IR_I8 ? MOVZX8 : in->sub == IR_I16 ? MOVZX16 : MOV, in->a, self);
}

void emit_TRUNC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_alias(w, in, self);
}

static void split_bits(const struct ir_insn *in, unsigned *pos, unsigned *len)
{
    *pos = in->aux & 0xff;
    *len = in->aux >> 8 & 0xff;
}

void emit_EXTRACT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned pos, len, d;
    split_bits(in, &pos, &len);
    if (pos == 0 && (len == 8 || len == 16 || len == 32)) {
        emit_unary_rm(w, len == 8 ? MOVZX8 : len == 16 ? MOVZX16 : MOV, in->a, self);
        return;
    }
    emit_in_place(w, in, self, &d);
    if (pos + len >= width(in)) {
        if (pos)
            shift_ri(&w->c, SHIFT_SHR, wide(in), d, pos);
    } else if (pos + len == 32) { /* srliw: the 32-bit shift sees nothing else */
        shift_ri(&w->c, SHIFT_SHR, 0, d, pos);
    } else if (len < 32) {
        if (pos)
            shift_ri(&w->c, SHIFT_SHR, wide(in), d, pos);
        alu_ri(&w->c, ALU_AND, 0, d, (int32_t)((1u << len) - 1));
    } else {
        shift_ri(&w->c, SHIFT_SHL, wide(in), d, width(in) - pos - len);
        shift_ri(&w->c, SHIFT_SHR, wide(in), d, width(in) - len);
    }
}

void emit_SEXTRACT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned pos, len, d;
    split_bits(in, &pos, &len);
    if (pos == 0 && (len == 8 || len == 16 || (len == 32 && in->type == IR_I64))) {
        emit_unary_rm(w,
                      len == 8    ? MOVSX8 | wide(in)
                      : len == 16 ? MOVSX16 | wide(in)
                                  : MOVSXD,
                      in->a, self);
        return;
    }
    if (pos + len == 32 && in->type == IR_I64) { /* sraiw */
        struct operand x = use_rm(w, in->a);
        consume(w, in->a);
        d = (unsigned)define_gpr(w, self, prefer_of(x), 0);
        emit_rm(w, MOVSXD, d, x);
        shift_ri(&w->c, SHIFT_SAR, X_W, d, pos);
        return;
    }
    emit_in_place(w, in, self, &d);
    if (pos + len < width(in))
        shift_ri(&w->c, SHIFT_SHL, wide(in), d, width(in) - pos - len);
    if (len < width(in))
        shift_ri(&w->c, SHIFT_SAR, wide(in), d, width(in) - len);
    else if (!wide(in)) /* the upper half is clear whatever is done */
        mov32_rr(&w->c, d, d);
}

void emit_INSERT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned pos, len;
    split_bits(in, &pos, &len);
    unsigned t = (unsigned)make_temp(w, 0);
    bool narrow = len == 8 || len == 16;
    if (narrow)
        emit_rm(w, len == 8 ? MOVZX8 : MOVZX16, t, use_rm(w, in->b));
    else
        load_into(w, t, in->b);
    struct operand a = use_first(w, in->a, (enum ir_type)in->type);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_gpr(w, self, prefer_of(a), BIT(t));
    if (len >= width(in)) {
        x_rr(&w->c, MOV | wide(in), d, t);
        return;
    }
    bring(w, d, a);
    if (!narrow)
        shift_ri(&w->c, SHIFT_SHL, wide(in), t, width(in) - len);
    if (narrow && pos)
        shift_ri(&w->c, SHIFT_SHL, wide(in), t, pos);
    else if (!narrow && width(in) != len + pos)
        shift_ri(&w->c, SHIFT_SHR, wide(in), t, width(in) - len - pos);
    uint64_t keep = ~(((uint64_t)1 << len) - 1) << pos | (((uint64_t)1 << pos) - 1);
    if (in->type == IR_I32 || fits32((int64_t)keep)) {
        alu_ri(&w->c, ALU_AND, wide(in), d, (int32_t)keep);
    } else {
        if (pos)
            shift_ri(&w->c, SHIFT_ROR, X_W, d, pos);
        shift_ri(&w->c, SHIFT_SHR, X_W, d, len);
        shift_ri(&w->c, SHIFT_SHL, X_W, d, len);
        if (pos)
            shift_ri(&w->c, SHIFT_ROL, X_W, d, pos);
    }
    alu_rr(&w->c, ALU_OR, wide(in), d, t);
}

/* ---- comparison -------------------------------------------------------------------------------
 */

void emit_SETCC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned cc = emit_comparison(w, self, (enum ir_type)in->aux);
    unsigned d = (unsigned)define_gpr(w, self, NO_REG, 0);
    x_xr(&w->c, SETCC + cc, 0, d);
    x_rr(&w->c, MOVZX8, d, d);
}

void emit_SELCC(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct selection s;
    start_select(w, &s, in->c, in->d, (enum ir_type)in->type);
    unsigned cc = emit_comparison(w, self, (enum ir_type)in->aux);
    finish_select(w, &s, cc, self);
}

void start_select(struct work *w, struct selection *s, ir_ref if_true, ir_ref if_false,
                  enum ir_type t)
{
    *s =
        (struct selection){.if_true = if_true, .if_false = if_false, .wide = t == IR_I64 ? X_W : 0};
    s->t = ir_is_const(resolve(w, if_true)) ? (struct operand){.reg = (uint8_t)use_gpr(w, if_true)}
                                            : use_first(w, if_true, t);
    s->f = is_plain_const(w, if_false) && fits32((int64_t)constant(w, if_false)->value)
               ? use_rmi(w, if_false, IR_I64)
               : use_first(w, if_false, t);
    s->locked = w->locked;
}

void finish_select(struct work *w, struct selection *s, unsigned cc, ir_ref self)
{
    /* The compared registers are free again; those that hold the values to choose from are not. */
    w->locked &= s->locked;
    bool swap = s->t.kind == OPERAND_REG && s->f.kind != OPERAND_IMM &&
                (s->t.reg == w->val[self].hint || (dies(w, s->if_true) && !dies(w, s->if_false)));
    consume(w, s->if_true);
    consume(w, s->if_false);
    struct operand from = swap ? s->f : s->t, to = swap ? s->t : s->f;
    uint32_t avoid = from.kind == OPERAND_REG ? BIT(from.reg) : 0;
    if (to.kind == OPERAND_REG && to.reg == from.reg)
        avoid = 0;
    unsigned d = (unsigned)define_gpr(w, self, prefer_of(to), avoid);
    bring(w, d, to);
    emit_rm(w, (CMOV + (swap ? cc ^ 1 : cc)) | s->wide, d, from);
}
