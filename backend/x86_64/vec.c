/* Instructions on vectors in the host's encoding, and the registers of an op; see vec.h. */
#include "backend/x86_64/vec.h"

static void first_source(struct work *w, unsigned d, unsigned a)
{
    if (d != a)
        x_rr(&w->c, MOVAPS, d, a);
}

void vec_rrr(struct work *w, uint32_t op, unsigned d, unsigned a, unsigned b)
{
    if (op & X_EVEX) {
        e_rrr(&w->c, op, d, a, b);
    } else if (has(w, HOST_AVX)) {
        v_rrr(&w->c, op, d, a, b);
    } else {
        first_source(w, d, a);
        x_rr(&w->c, op, d, b);
    }
}

void vec_rrr_imm(struct work *w, uint32_t op, unsigned d, unsigned a, unsigned b, unsigned imm)
{
    vec_rrr(w, op, d, a, b);
    put8(&w->c, imm);
}

static void vec_rrm(struct work *w, uint32_t op, unsigned d, unsigned a, struct mem m)
{
    enum { UNIT = 4 };
    if (op & X_EVEX) {
        e_rrm(&w->c, op, d, a, m, UNIT);
    } else if (has(w, HOST_AVX)) {
        v_rrm(&w->c, op, d, a, m);
    } else {
        first_source(w, d, a);
        x_rm(&w->c, op, d, m);
    }
}

void vec_rro(struct work *w, uint32_t op, unsigned d, unsigned a, struct operand b)
{
    if (b.kind == OPERAND_REG)
        vec_rrr(w, op, d, a, b.reg);
    else
        vec_rrm(w, op, d, a, b.mem);
    if (b.kind == OPERAND_MEM && b.mem.base == MEM_LITERAL)
        literal_used(w, 0);
}

void vec_rrl(struct work *w, uint32_t op, unsigned d, unsigned a, uint64_t low, uint64_t high)
{
    vec_rrm(w, op, d, a, literal(w, low, high));
    literal_used(w, 0);
}

void vec_rrl_imm(struct work *w, uint32_t op, unsigned d, unsigned a, uint64_t low, uint64_t high,
                 unsigned imm)
{
    vec_rrm(w, op, d, a, literal(w, low, high));
    literal_used(w, 1);
    put8(&w->c, imm);
}

void vec_rr(struct work *w, uint32_t op, unsigned d, unsigned a)
{
    if (op & X_EVEX)
        e_rrr(&w->c, op, d, 0, a);
    else if (has(w, HOST_AVX))
        v_rrr(&w->c, op, d, 0, a);
    else
        x_rr(&w->c, op, d, a);
}

void vec_rr_imm(struct work *w, uint32_t op, unsigned d, unsigned a, unsigned imm)
{
    vec_rr(w, op, d, a);
    put8(&w->c, imm);
}

void vec_ro(struct work *w, uint32_t op, unsigned d, struct operand a)
{
    enum { UNIT = 4 };
    if (a.kind == OPERAND_REG)
        vec_rr(w, op, d, a.reg);
    else if (op & X_EVEX)
        e_rrm(&w->c, op, d, 0, a.mem, UNIT);
    else if (has(w, HOST_AVX))
        v_rrm(&w->c, op, d, 0, a.mem);
    else
        x_rm(&w->c, op, d, a.mem);
}

void vec_shift(struct work *w, uint32_t form, unsigned d, unsigned a, unsigned n)
{
    uint32_t op = form & ~SHIFT_EXT;
    unsigned ext = form >> SHIFT_EXT_BIT & 7;
    if (op & X_EVEX) {
        e_rrr(&w->c, op, ext, d, a);
    } else if (has(w, HOST_AVX)) {
        v_rrr(&w->c, op, ext, d, a);
    } else {
        first_source(w, d, a);
        x_xr(&w->c, op, ext, d);
    }
    put8(&w->c, n);
}

void vec_zero(struct work *w, unsigned d)
{
    vec_rrr(w, PXOR, d, d, d);
}

void vec_copy(struct work *w, unsigned d, unsigned a)
{
    first_source(w, d, a);
}

void vec_load(struct work *w, unsigned d, uint64_t low, uint64_t high)
{
    if (!(low | high)) {
        vec_zero(w, d);
    } else if ((low & high) == UINT64_MAX) {
        vec_rrr(w, PCMPEQD, d, d, d);
    } else if (!high) {
        x_rm(&w->c, MOVSD, d, literal(w, low, high));
        literal_used(w, 0);
    } else {
        x_rm(&w->c, MOVAPS, d, literal(w, low, high));
        literal_used(w, 0);
    }
}

/* ---- registers of an op ---------------------------------------------------------------------- */

struct vec vec_start(struct work *w, const struct ir_insn *in, ir_ref self, unsigned temps,
                     unsigned keep)
{
    const char *kinds = ir_op_info[in->op].operand;
    bool second = kinds[1] == 'V', third = kinds[2] == 'V';
    struct vec v = {0};
    v.a = (unsigned)use_xmm(w, in->a, IR_V128);
    v.b = second ? (unsigned)use_xmm(w, in->b, IR_V128) : v.a;
    v.c = third ? (unsigned)use_xmm(w, in->c, IR_V128) : v.a;
    for (unsigned i = 0; i < temps; i++)
        v.t[i] = (unsigned)make_xmm_temp(w, 0);
    consume(w, in->a);
    if (second)
        consume(w, in->b);
    if (third)
        consume(w, in->c);
    uint32_t avoid = (keep & KEEP_A ? BIT(v.a + XMM0) : 0) | (keep & KEEP_B ? BIT(v.b + XMM0) : 0) |
                     (keep & KEEP_C ? BIT(v.c + XMM0) : 0);
    if (!has(w, HOST_AVX))
        avoid |= (v.b != v.a ? BIT(v.b + XMM0) : 0) | (v.c != v.a ? BIT(v.c + XMM0) : 0);
    v.d = (unsigned)define_xmm(w, self, v.a, avoid);
    return v;
}

bool vector_constant(struct work *w, ir_ref r, uint64_t value[2])
{
    r = resolve(w, r);
    value[1] = 0;
    if (ir_is_const(r)) {
        value[0] = constant(w, r)->value;
        return is_plain_const(w, r);
    }
    const struct ir_insn *in = &w->b->insns[r];
    if (in->op != IR_VDUP && in->op != IR_VPAIR && in->op != IR_VZEXT)
        return false;
    if (!is_plain_const(w, in->a))
        return false;
    value[0] = constant(w, in->a)->value;
    if (in->op == IR_VPAIR) {
        value[1] = is_plain_const(w, in->b) ? constant(w, in->b)->value : 0;
        return is_plain_const(w, in->b);
    }
    unsigned log = lane_log(in);
    if (log < 3)
        value[0] &= ((uint64_t)1 << (8 << log)) - 1;
    if (in->op == IR_VDUP)
        value[0] = value[1] = splat(log, value[0]);
    return true;
}

/* A vector of constants that nobody has made yet and that is used only here is read from memory. */
static struct operand use_vector(struct work *w, ir_ref r)
{
    r = resolve(w, r);
    const struct val *v = val_of(w, r);
    uint64_t value[2];
    if (ir_is_const(r) || !(v->flags & VAL_FUSED) || v->regs || v->uses != 1 ||
        !vector_constant(w, r, value) || !(value[0] | value[1]) ||
        (value[0] & value[1]) == UINT64_MAX)
        return use_xmm_rm(w, r, IR_V128);
    return (struct operand){.kind = OPERAND_MEM, .mem = literal(w, value[0], value[1])};
}

/* The first source is the value x, the second y, which may be memory. */
static void emit_binary(struct work *w, ir_ref self, uint32_t op, ir_ref x, ir_ref y)
{
    struct operand b = use_vector(w, y);
    unsigned a = (unsigned)use_xmm(w, x, IR_V128);
    bool avoid = !has(w, HOST_AVX) && b.kind == OPERAND_REG && b.reg != a;
    consume(w, x);
    consume(w, y);
    unsigned d = (unsigned)define_xmm(w, self, a, avoid ? BIT(b.reg + XMM0) : 0);
    vec_rro(w, op, d, a, b);
}

void emit_vec(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op)
{
    emit_binary(w, self, op, in->a, in->b);
}

void emit_vec_swapped(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op)
{
    emit_binary(w, self, op, in->b, in->a);
}

void emit_vec_unary(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op)
{
    struct operand a = use_xmm_rm(w, in->a, IR_V128);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, a.kind == OPERAND_REG ? a.reg : NO_REG, 0);
    vec_ro(w, op, d, a);
}

bool is_zero_vector(struct work *w, ir_ref r)
{
    uint64_t value[2];
    return vector_constant(w, r, value) && !(value[0] | value[1]);
}
