/*
 * Logic on vectors. With AVX-512 two ops in a row become one, of three operands, and a pair of
 * shifts that makes a rotation becomes one (see scan_logic).
 */
#include "backend/x86_64/vec.h"

void vec_keep_zero_above(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (is_zero_above(w, in->a, IR_V128) && is_zero_above(w, in->b, IR_V128))
        set_zero_above(w, self);
}

void vec_not(struct work *w, unsigned d, unsigned a)
{
    enum { NOT_LAST = 0x55 };
    if (has(w, HOST_AVX512))
        vec_rrr_imm(w, PTERNLOG_E, d, a, a, NOT_LAST);
    else
        vec_rrl(w, PXOR, d, a, UINT64_MAX, UINT64_MAX);
}

/* ---- three operands -------------------------------------------------------------------------- */

/* The instruction that makes the value, if it is left to its consumer, and is one of the ops. */
static const struct ir_insn *left_over(struct work *w, ir_ref r)
{
    if (ir_is_const(r) || !(w->val[r].flags & VAL_FUSED) || w->val[r].regs)
        return NULL;
    return &w->b->insns[r];
}

static bool is_logic(const struct ir_insn *in)
{
    return in->op == IR_VAND || in->op == IR_VOR || in->op == IR_VXOR || in->op == IR_VANDN ||
           in->op == IR_VNOT;
}

/* On masks of what the operands are in each of the eight cases. */
static unsigned truth(unsigned op, unsigned a, unsigned b)
{
    switch (op) {
    case IR_VAND: return a & b;
    case IR_VOR: return a | b;
    case IR_VXOR: return a ^ b;
    case IR_VANDN: return a & ~b;
    default: return ~a;
    }
}

/* The operands of two ops: x, y of the inner one (the same if it has one only), z of the outer. */
struct ternary {
    const struct ir_insn *outer, *inner;
    ir_ref x, y, z;
    bool inner_first;
};

/* The cases, of eight, in which an operand is 1. */
enum { FIRST = 0xf0, SECOND = 0xcc, THIRD = 0xaa, BYTE = 0xff };

/* The table of the instruction, the masks of whose operands are given. */
static unsigned table(const struct ternary *t, unsigned x, unsigned y, unsigned z)
{
    unsigned middle = truth(t->inner->op, x, y);
    unsigned a = t->inner_first ? middle : z, b = t->inner_first ? z : middle;
    return truth(t->outer->op, a, b) & BYTE;
}

static void consume_ternary(struct work *w, const struct ternary *t)
{
    ir_ref fused = t->inner_first ? t->outer->a : t->outer->b;
    consume(w, t->x);
    if (t->inner->op != IR_VNOT)
        consume(w, t->y);
    consume(w, t->z);
    w->val[fused].uses--;
}

/* The destination starts as one of the operands, whichever it shares its register with. */
static void ternary_registers(struct work *w, const struct ternary *t, ir_ref self)
{
    static const uint8_t masks[3] = {FIRST, SECOND, THIRD};
    unsigned reg[3] = {(unsigned)use_xmm(w, t->x, IR_V128), (unsigned)use_xmm(w, t->y, IR_V128),
                       (unsigned)use_xmm(w, t->z, IR_V128)};
    consume_ternary(w, t);
    unsigned d = (unsigned)define_xmm(w, self, reg[0], 0), first = 0, of[3];
    for (unsigned i = 0; i < 3; i++)
        if (reg[i] == d)
            first = i;
    unsigned second = first == 0 ? 1 : 0, third = first == 2 ? 1 : 2;
    of[first] = masks[0];
    of[second] = masks[1];
    of[third] = masks[2];
    vec_copy(w, d, reg[first]);
    vec_rrr_imm(w, PTERNLOG_E, d, reg[second], reg[third],
                table(t, of[0], t->inner->op == IR_VNOT ? of[0] : of[1], of[2]));
}

/* y is a constant that is used only here: the operand that may be memory. */
static void ternary_literal(struct work *w, const struct ternary *t, ir_ref self,
                            const uint64_t value[2])
{
    unsigned x = (unsigned)use_xmm(w, t->x, IR_V128), z = (unsigned)use_xmm(w, t->z, IR_V128);
    consume_ternary(w, t);
    unsigned d = (unsigned)define_xmm(w, self, x, 0);
    bool z_first = d == z && d != x;
    vec_copy(w, d, z_first ? z : x);
    vec_rrl_imm(w, PTERNLOG_E, d, z_first ? x : z, value[0], value[1],
                z_first ? table(t, SECOND, THIRD, FIRST) : table(t, FIRST, THIRD, SECOND));
}

static void emit_ternary(struct work *w, const struct ir_insn *in, ir_ref self,
                         const struct ir_insn *inner, bool inner_first)
{
    struct ternary t = {.outer = in, .inner = inner, .x = inner->a, .inner_first = inner_first,
                        .y = inner->op == IR_VNOT ? inner->a : inner->b,
                        .z = inner_first ? in->b : in->a};
    uint64_t value[2];
    if (inner->op != IR_VNOT && left_over(w, t.y) && w->val[t.y].uses == 1 &&
        vector_constant(w, t.y, value))
        ternary_literal(w, &t, self, value);
    else
        ternary_registers(w, &t, self);
}

static void emit_logic(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op)
{
    const struct ir_insn *a = left_over(w, in->a), *b = left_over(w, in->b);
    if (a && is_logic(a))
        emit_ternary(w, in, self, a, true);
    else if (b && is_logic(b))
        emit_ternary(w, in, self, b, false);
    else if (op == PANDN)
        emit_vec_swapped(w, in, self, op);
    else
        emit_vec(w, in, self, op);
}

/* ---- rotation -------------------------------------------------------------------------------- */

/* Are the two left-over shifts one to the left and one to the right, of one value by its width? */
static bool is_rotation(struct work *w, const struct ir_insn *left, const struct ir_insn *right)
{
    if (!left || !right || left->op != IR_VSHL || right->op != IR_VSHR || left->sub != right->sub)
        return false;
    return left->aux + right->aux == 8 * ir_type_size((enum ir_type)left->sub) &&
           resolve(w, left->a) == resolve(w, right->a);
}

static bool emit_rotation(struct work *w, const struct ir_insn *in, ir_ref self)
{
    const struct ir_insn *left = left_over(w, in->a), *right = left_over(w, in->b);
    if (left && left->op == IR_VSHR) {
        const struct ir_insn *swap = left;
        left = right;
        right = swap;
    }
    if (!is_rotation(w, left, right))
        return false;
    unsigned a = (unsigned)use_xmm(w, left->a, IR_V128);
    consume(w, left->a);
    consume(w, right->a);
    w->val[in->a].uses--;
    w->val[in->b].uses--;
    unsigned d = (unsigned)define_xmm(w, self, a, 0);
    vec_shift(w, lane_log(left) == 2 ? PROLD_IMM_E : PROLQ_IMM_E, d, a, left->aux);
    return true;
}

/* ---- the ops --------------------------------------------------------------------------------- */

void emit_VAND(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (is_zero_above(w, in->a, IR_V128) || is_zero_above(w, in->b, IR_V128))
        set_zero_above(w, self);
    emit_logic(w, in, self, PAND);
}

void emit_VOR(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (emit_rotation(w, in, self))
        return;
    vec_keep_zero_above(w, in, self);
    emit_logic(w, in, self, POR);
}

void emit_VXOR(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (emit_rotation(w, in, self))
        return;
    vec_keep_zero_above(w, in, self);
    emit_logic(w, in, self, PXOR);
}

void emit_VANDN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_logic(w, in, self, PANDN);
}

void emit_VNOT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct vec v = vec_start(w, in, self, 0, 0);
    vec_not(w, v.d, v.a);
}

/* a ? b : c, whose destination may be any of them. */
static void emit_select_ternary(struct work *w, const struct vec *v)
{
    enum { D_CHOOSES = 0xca, A_CHOOSES_D = 0xe2, A_CHOOSES_B = 0xb8 }; /* f(d, a, b) */
    if (v->d == v->b) {
        vec_rrr_imm(w, PTERNLOG_E, v->d, v->a, v->c, A_CHOOSES_D);
    } else if (v->d == v->c) {
        vec_rrr_imm(w, PTERNLOG_E, v->d, v->a, v->b, A_CHOOSES_B);
    } else {
        vec_copy(w, v->d, v->a);
        vec_rrr_imm(w, PTERNLOG_E, v->d, v->b, v->c, D_CHOOSES);
    }
}

void emit_VBSL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    bool ternary = has(w, HOST_AVX512);
    bool apart = !ternary && has(w, HOST_AVX); /* so that the result may be where an operand was */
    struct vec v = vec_start(w, in, self, apart, ternary || apart ? 0 : KEEP_A | KEEP_C);
    if (ternary) {
        emit_select_ternary(w, &v);
        return;
    }
    unsigned t = apart ? v.t[0] : v.d;
    vec_rrr(w, PXOR, t, v.b, v.c);
    vec_rrr(w, PAND, t, t, v.a);
    vec_rrr(w, PXOR, v.d, t, v.c);
}
