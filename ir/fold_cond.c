/*
 * The folder, part three: conditions. A comparison's result compared again, a flags value asked for
 * one condition, branches that are always or never taken.
 */
#include "ir/fold.h"

static unsigned swap_cc(unsigned cc)
{
    static const uint8_t swapped[IR_CC_COUNT] = {
        [IR_EQ] = IR_EQ,   [IR_NE] = IR_NE,   [IR_LTU] = IR_GTU, [IR_GEU] = IR_LEU,
        [IR_LEU] = IR_GEU, [IR_GTU] = IR_LTU, [IR_LTS] = IR_GTS, [IR_GES] = IR_LES,
        [IR_LES] = IR_GES, [IR_GTS] = IR_LTS, [IR_MI] = IR_MI,   [IR_PL] = IR_PL,
        [IR_VS] = IR_VS,   [IR_VC] = IR_VC};
    return swapped[cc];
}

bool fold_negate_setcc(struct ir_insn *insn)
{
    if (insn->op != IR_SETCC && insn->op != IR_SETB)
        return false;
    insn->sub ^= 1;
    return true;
}

/* A comparison x cc y in type `type`, taken out of a setcc, selcc or brcc and put back. */
struct condition {
    unsigned cc, type;
    ir_ref x, y;
    bool branch; /* the compared value is probably put as well, and lives on */
};

enum verdict { NEVER, ALWAYS, SAME, CHANGED, IS_FLAGS };

/* Bounds of the type decide or sharpen a comparison with a constant. */
static enum verdict compare_const(struct ir_block *b, struct condition *c)
{
    uint64_t y = ir_const_value(b, c->y) & eval_mask(eval_width(c->type));
    if (y == 0) {
        switch (c->cc) {
        case IR_LTU: return NEVER;
        case IR_GEU: return ALWAYS;
        case IR_LEU: c->cc = IR_EQ; return CHANGED;
        case IR_GTU: c->cc = IR_NE; return CHANGED;
        default: break;
        }
    }
    if (y == 1 && (c->cc == IR_LTU || c->cc == IR_GEU)) {
        c->cc = c->cc == IR_LTU ? IR_EQ : IR_NE;
        c->y = ir_const(b, 0);
        return CHANGED;
    }
    if (c->cc != IR_EQ && c->cc != IR_NE)
        return SAME;
    const struct ir_insn *def = fold_def(b, c->x);
    if (def->type != c->type)
        return SAME;
    switch (def->op) {
    case IR_ADD:
    case IR_XOR:
        if (fold_is_value(b, def->b)) {
            if (c->branch && !fold_is_live(b, def->a))
                return SAME;
            uint64_t k = ir_const_value(b, def->b);
            c->x = def->a;
            c->y = fold_const(b, c->type, def->op == IR_ADD ? y - k : y ^ k);
            return CHANGED;
        }
        if (def->op == IR_ADD || y)
            return SAME;
        break;
    case IR_SUB:
        if (y)
            return SAME;
        break;
    default:
        return SAME;
    }
    if (c->branch && (!fold_is_live(b, def->a) || !fold_is_live(b, def->b)))
        return SAME;
    c->x = def->a; /* x - y or x ^ y is zero: x equals y */
    c->y = def->b;
    return CHANGED;
}

/* Whether a 0/1 value is or is not zero is the condition that made it. */
static enum verdict compare_truth(struct ir_block *b, struct condition *c)
{
    const struct ir_insn *def = fold_def(b, c->x);
    if ((c->cc != IR_EQ && c->cc != IR_NE) || !fold_is_value(b, c->y))
        return SAME;
    uint64_t y = ir_const_value(b, c->y);
    if ((def->op != IR_SETCC && def->op != IR_SETB) || y > 1)
        return SAME;
    unsigned invert = (c->cc == IR_EQ) != (y == 1);
    c->cc = def->sub ^ invert;
    c->x = def->a;
    if (def->op == IR_SETB)
        return IS_FLAGS;
    c->y = def->b;
    c->type = def->aux;
    return CHANGED;
}

static enum verdict simplify(struct ir_block *b, struct condition *c)
{
    bool changed = false;
    for (;;) {
        if (ir_is_const(c->x) && !ir_is_const(c->y)) {
            ir_ref x = c->x;
            c->x = c->y;
            c->y = x;
            c->cc = swap_cc(c->cc);
            changed = true;
        }
        if (c->x == c->y)
            return eval_cc(c->cc, c->type, 0, 0) ? ALWAYS : NEVER;
        if (!fold_is_value(b, c->y))
            return changed ? CHANGED : SAME;
        if (fold_is_value(b, c->x))
            return eval_cc(c->cc, c->type, ir_const_value(b, c->x), ir_const_value(b, c->y))
                       ? ALWAYS
                       : NEVER;
        if (c->type == IR_I32) {
            ir_ref y = fold_const(b, IR_I32, ir_const_value(b, c->y));
            changed |= y != c->y;
            c->y = y;
        }
        enum verdict v = compare_truth(b, c);
        if (v == SAME)
            v = compare_const(b, c);
        if (v == SAME)
            return changed ? CHANGED : SAME;
        if (v != CHANGED)
            return v;
        changed = true;
    }
}

/* Only the conditions lower or same, and higher, see both the carry and what FLIPC leaves alone. */
static bool skip_flip(const struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *def = fold_def(b, insn->a);
    if (def->op != IR_FLIPC || (insn->sub & ~1u) == IR_LEU)
        return false;
    if ((insn->sub & ~1u) == IR_LTU)
        insn->sub ^= 1;
    insn->a = def->a;
    return true;
}

/* No slot holds the value any more. */
static bool is_gone(const struct ir_block *b, ir_ref r)
{
    const struct ir_insn *def = fold_def(b, r);
    return !fold_is_live(b, def->op == IR_TRUNC ? def->a : r);
}

/*
 * What can be asked of the result is, where the result of the op that made the flags is at hand and
 * has overwritten the first operand: is it zero, its sign, is it below the other addend.
 */
static bool result_to_condition(struct ir_block *b, unsigned cc, const struct ir_insn *def,
                                struct condition *c)
{
    unsigned op = def->op == IR_SUBF ? IR_SUB : def->op == IR_ADDF ? IR_ADD : IR_AND;
    bool zero = (cc & ~1u) == IR_EQ || (cc & ~1u) == IR_MI;
    if (op == IR_AND && def->op != IR_ANDF)
        return false;
    if (op == IR_AND ? !zero && (cc < IR_LTS || cc > IR_GTS)
                     : !zero && (op == IR_SUB || (cc & ~1u) != IR_LTU))
        return false;
    if (!is_gone(b, def->a) && (op != IR_AND || !is_gone(b, def->b)))
        return false;
    unsigned n = b->n, type = def->type;
    ir_ref y = op == IR_ADD && !zero ? def->b : ir_const(b, 0);
    ir_ref r = ir_op2(b, op, (enum ir_type)type, def->a, def->b);
    if (b->n != n) /* nobody asked for it */
        return false;
    if ((cc & ~1u) == IR_MI)
        cc = IR_LTS | (cc & 1);
    *c = (struct condition){.cc = cc, .type = type, .x = r, .y = y};
    return true;
}

/*
 * A condition on the flags of a subtraction is a comparison; flags of x & x and x - 0 compare x with
 * zero. Returns false if it is not one, or not one without flags.
 */
static bool flags_to_condition(struct ir_block *b, unsigned cc, ir_ref flags, struct condition *c)
{
    const struct ir_insn *def = fold_def(b, flags);
    if (def->op == IR_ADDF && (cc & ~1u) == IR_EQ && fold_is_value(b, def->b)) { /* cmn */
        *c = (struct condition){.cc = cc, .type = def->type, .x = def->a,
                                .y = fold_const(b, def->type, -ir_const_value(b, def->b))};
        return true;
    }
    bool with_zero = (def->op == IR_ANDF && def->a == def->b) ||
                     (def->op == IR_SUBF && fold_is_value(b, def->b) &&
                      (ir_const_value(b, def->b) & eval_mask(eval_width(def->type))) == 0);
    if (!with_zero && def->op != IR_SUBF)
        return false;
    if (with_zero && (cc & ~1u) == IR_MI)
        cc = IR_LTS | (cc & 1);
    if (cc >= IR_MI)
        return false;
    *c = (struct condition){
        .cc = cc, .type = def->type, .x = def->a, .y = with_zero ? ir_const(b, 0) : def->b};
    return true;
}

static ir_ref fold_setcc(struct ir_block *b, struct ir_insn *insn)
{
    struct condition c = {insn->sub, insn->aux, insn->a, insn->b, false};
    enum verdict v = simplify(b, &c);
    switch (v) {
    case NEVER:
    case ALWAYS:
        return ir_const(b, v == ALWAYS);
    case SAME:
        return IR_NONE;
    case IS_FLAGS:
        *insn = (struct ir_insn){.op = IR_SETB, .type = insn->type, .sub = c.cc, .a = c.x};
        return FOLD_AGAIN;
    default:
        insn->sub = c.cc;
        insn->aux = c.type;
        insn->a = c.x;
        insn->b = c.y;
        return IR_NONE;
    }
}

/* c ? 1 : 0 is the condition itself. */
static bool select_truth(struct ir_block *b, ir_ref x, ir_ref y, unsigned *invert)
{
    if (!fold_is_value(b, x) || !fold_is_value(b, y))
        return false;
    uint64_t p = ir_const_value(b, x), q = ir_const_value(b, y);
    *invert = p == 0;
    return (p == 1 && q == 0) || (p == 0 && q == 1);
}

/* All ones or none: the same negated. */
static bool select_mask(struct ir_block *b, const struct ir_insn *insn, unsigned *invert)
{
    if (!fold_is_value(b, insn->c) || !fold_is_value(b, insn->d))
        return false;
    uint64_t ones = eval_mask(eval_width(insn->type));
    uint64_t p = ir_const_value(b, insn->c) & ones, q = ir_const_value(b, insn->d) & ones;
    *invert = p == 0;
    return (p == ones && q == 0) || (p == 0 && q == ones);
}

static ir_ref fold_selcc(struct ir_block *b, struct ir_insn *insn)
{
    unsigned invert;
    if (insn->c == insn->d)
        return insn->c;
    struct condition c = {insn->sub, insn->aux, insn->a, insn->b, false};
    switch (simplify(b, &c)) {
    case NEVER:
        return insn->d;
    case ALWAYS:
        return insn->c;
    case IS_FLAGS:
        *insn = (struct ir_insn){.op = IR_SELB,
                                 .type = insn->type,
                                 .sub = c.cc,
                                 .a = c.x,
                                 .b = insn->c,
                                 .c = insn->d};
        return FOLD_AGAIN;
    default:
        insn->sub = c.cc;
        insn->aux = c.type;
        insn->a = c.x;
        insn->b = c.y;
    }
    if (select_truth(b, insn->c, insn->d, &invert)) {
        insn->op = IR_SETCC;
        insn->sub ^= invert;
        insn->c = insn->d = IR_NONE;
        return FOLD_AGAIN;
    }
    if (select_mask(b, insn, &invert)) {
        ir_ref truth = ir_emit(b, (struct ir_insn){.op = IR_SETCC, .type = insn->type,
                                                   .sub = (uint8_t)(insn->sub ^ invert),
                                                   .a = insn->a, .b = insn->b, .aux = insn->aux});
        *insn = (struct ir_insn){.op = IR_NEG, .type = insn->type, .a = truth};
    }
    return IR_NONE;
}

/* A choice by flags that are themselves chosen: two choices. */
static ir_ref split_condf(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *def = fold_def(b, insn->a);
    if (def->op != IR_CONDF)
        return IR_NONE;
    struct ir_insn inner = *insn;
    ir_ref otherwise = eval_flags(insn->sub, def->aux) ? insn->b : insn->c;
    inner.a = def->b;
    *insn = (struct ir_insn){.op = IR_SELB, .type = insn->type, .sub = def->sub, .a = def->a,
                             .b = ir_emit(b, inner), .c = otherwise};
    return FOLD_AGAIN;
}

static ir_ref fold_selb(struct ir_block *b, struct ir_insn *insn)
{
    struct condition c;
    unsigned invert;
    if (insn->b == insn->c)
        return insn->b;
    if (skip_flip(b, insn))
        return FOLD_AGAIN;
    if (select_truth(b, insn->b, insn->c, &invert)) {
        insn->op = IR_SETB;
        insn->sub ^= invert;
        insn->b = insn->c = IR_NONE;
        return FOLD_AGAIN;
    }
    if (result_to_condition(b, insn->sub, fold_def(b, insn->a), &c)) {
        *insn = (struct ir_insn){.op = IR_SELCC, .type = insn->type, .sub = c.cc, .a = c.x,
                                 .b = c.y, .c = insn->b, .d = insn->c, .aux = c.type};
        return IR_NONE;
    }
    if (flags_to_condition(b, insn->sub, insn->a, &c)) {
        *insn = (struct ir_insn){.op = IR_SELCC,
                                 .type = insn->type,
                                 .sub = c.cc,
                                 .a = c.x,
                                 .b = c.y,
                                 .c = insn->b,
                                 .d = insn->c,
                                 .aux = c.type};
        return FOLD_AGAIN;
    }
    return split_condf(b, insn);
}

static ir_ref fold_setb(struct ir_block *b, struct ir_insn *insn)
{
    struct condition c;
    if (skip_flip(b, insn))
        return FOLD_AGAIN;
    if (fold_def(b, insn->a)->op == IR_CONDF) {
        *insn = (struct ir_insn){.op = IR_SELB, .type = insn->type, .sub = insn->sub,
                                 .a = insn->a, .b = ir_const(b, 1), .c = ir_const(b, 0)};
        return split_condf(b, insn);
    }
    if (result_to_condition(b, insn->sub, fold_def(b, insn->a), &c)) {
        *insn = (struct ir_insn){
            .op = IR_SETCC, .type = insn->type, .sub = c.cc, .a = c.x, .b = c.y, .aux = c.type};
        return IR_NONE;
    }
    if (!flags_to_condition(b, insn->sub, insn->a, &c))
        return IR_NONE;
    *insn = (struct ir_insn){
        .op = IR_SETCC, .type = insn->type, .sub = c.cc, .a = c.x, .b = c.y, .aux = c.type};
    return FOLD_AGAIN;
}

/* Bits that were put together for this branch alone: the flags of the conjunction will do. */
static bool branch_on_bits(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a);
    if ((insn->sub & ~1u) != IR_EQ || x->op != IR_AND || x->type != insn->type ||
        insn->a != b->n - 1 || !fold_is_value(b, insn->b) || ir_const_value(b, insn->b))
        return false;
    ir_ref flags = ir_op2(b, IR_ANDF, (enum ir_type)x->type, x->a, x->b);
    *insn = (struct ir_insn){
        .op = IR_BRB, .sub = insn->sub, .a = flags, .b = insn->c, .aux = insn->aux};
    return true;
}

/* A branch never taken becomes a nop, which the builder drops; one always taken ends the block. */
static ir_ref fold_brcc(struct ir_block *b, struct ir_insn *insn)
{
    struct condition c = {insn->sub, insn->type, insn->a, insn->b, true};
    ir_ref target = insn->c;
    switch (simplify(b, &c)) {
    case NEVER:
        *insn = (struct ir_insn){.op = IR_NOP};
        break;
    case ALWAYS:
        *insn = (struct ir_insn){.op = IR_GOTO, .a = target, .aux = insn->aux};
        break;
    case IS_FLAGS:
        *insn = (struct ir_insn){
            .op = IR_BRB, .sub = c.cc, .a = c.x, .b = target, .aux = insn->aux};
        return FOLD_AGAIN;
    default:
        insn->sub = c.cc;
        insn->type = c.type;
        insn->a = c.x;
        insn->b = c.y;
        branch_on_bits(b, insn);
    }
    return IR_NONE;
}

static ir_ref fold_brb(struct ir_block *b, struct ir_insn *insn)
{
    struct condition c;
    if (skip_flip(b, insn))
        return FOLD_AGAIN;
    if (!result_to_condition(b, insn->sub, fold_def(b, insn->a), &c) &&
        !flags_to_condition(b, insn->sub, insn->a, &c))
        return IR_NONE;
    *insn = (struct ir_insn){
        .op = IR_BRCC, .type = c.type, .sub = c.cc, .a = c.x, .b = c.y, .c = insn->b, .aux = insn->aux};
    return FOLD_AGAIN;
}

ir_ref fold_condition(struct ir_block *b, struct ir_insn *insn)
{
    switch (insn->op) {
    case IR_SETCC: return fold_setcc(b, insn);
    case IR_SELCC: return fold_selcc(b, insn);
    case IR_SETB: return fold_setb(b, insn);
    case IR_SELB: return fold_selb(b, insn);
    case IR_BRCC: return fold_brcc(b, insn);
    default: return fold_brb(b, insn);
    }
}

/* A selcc with zero in one arm, as "cc ? value : 0". */
static bool select_or_zero(const struct ir_block *b, const struct ir_insn *s, unsigned *cc,
                           ir_ref *value)
{
    if (s->op != IR_SELCC)
        return false;
    bool zero_else = fold_is_value(b, s->d) && ir_const_value(b, s->d) == 0;
    bool zero_then = fold_is_value(b, s->c) && ir_const_value(b, s->c) == 0;
    if (!zero_else && !zero_then)
        return false;
    *cc = zero_else ? s->sub : s->sub ^ 1u;
    *value = zero_else ? s->c : s->d;
    return true;
}

bool fold_select_pair(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a), *y = fold_def(b, insn->b);
    unsigned xcc, ycc;
    ir_ref xvalue, yvalue;
    if (!select_or_zero(b, x, &xcc, &xvalue) || !select_or_zero(b, y, &ycc, &yvalue) ||
        xcc != (ycc ^ 1u) || x->a != y->a || x->b != y->b || x->aux != y->aux)
        return false;
    *insn = (struct ir_insn){.op = IR_SELCC,
                             .type = insn->type,
                             .sub = xcc,
                             .a = x->a,
                             .b = x->b,
                             .c = xvalue,
                             .d = yvalue,
                             .aux = x->aux};
    return true;
}
