/*
 * The backward scan: counts uses, drops what nobody needs, and marks what its consumer will
 * compute.
 *
 *   - an instruction of effect pure or get without uses is dead, and so is a put that is
 * overwritten before anything looks at the state (VAL_FUSED on the put: the forward pass skips
 * both);
 *   - an add used once, by a load or store next to come, becomes part of the address; a shift by 1
 *     to 3 used once by an add becomes the scale of a lea;
 *   - the clearing of bit 0 of a computed jump's target is left to the paths where it was not
 * clear;
 *   - an extension from 32 bits is nothing where only the lower half is looked at in the end: sums,
 *     products and logic of values carry that backward (VAL_WIDE: the upper half counts); nor is a
 *     zero-extension of what a 32-bit instruction of the host computes;
 *   - vectors of constants are made where they are first used;
 *   - a logical op on vectors used once, by another one, becomes part of it;
 *   - who wants flags that the operation just executed has left in EFLAGS takes them from there;
 *   - a value on its way to a pinned slot gets that register as a hint, if nothing between the
 * value and its put looks at the slot; so does the first operand of an operation in place.
 */
#include "backend/x86_64/work.h"

#define IS_REF(kind)                                                                               \
    (#kind[0] != '-' && #kind[0] != 'M' && #kind[0] != 'R' && #kind[0] != 'N' && #kind[0] != 'P')

/* Which of the four operands are values that a register may have to hold. */
static const uint8_t value_operands[IR_OP_COUNT] = {
#define OP(name, text, result, a, b, c, d, aux, effect, tie, imm)                                  \
    [IR_##name] = IS_REF(a) | IS_REF(b) << 1 | IS_REF(c) << 2 | IS_REF(d) << 3,
#include "ir/op.def"
#undef OP
};

/* Effects after which the state may be looked at. */
static const bool is_barrier[] = {
    [IR_EFFECT_load] = true, [IR_EFFECT_store] = true, [IR_EFFECT_atomic] = true,
    [IR_EFFECT_call] = true, [IR_EFFECT_guard] = true, [IR_EFFECT_end] = true,
    [IR_EFFECT_mark] = false};

struct scan {
    struct work *w;
    const struct ir_block *b;
    uint64_t overwritten[3]; /* slots put later, before anything looks at the state */
    unsigned barrier;        /* the next instruction that may look at the state */
};

static inline void use(struct scan *s, ir_ref r, unsigned flag)
{
    struct val *v = val_of(s->w, r);
    v->uses++;
    v->flags |= (uint8_t)flag;
}

static void scan_put(struct scan *s, unsigned i, const struct ir_insn *in)
{
    struct work *w = s->w;
    unsigned slot = in->aux;
    uint64_t bit = (uint64_t)1 << (slot % 64);
    if (s->overwritten[slot / 64] & bit) {
        w->val[i].flags |= VAL_FUSED;
        return;
    }
    s->overwritten[slot / 64] |= bit;
    use(s, in->a, VAL_OBSERVED | VAL_WIDE);
    if (w->be->pin[slot] && !ir_is_const(in->a)) {
        struct val *v = &w->val[in->a];
        v->hint = (uint8_t)(w->be->pin[slot] - 1);
        v->put = (ir_ref)i;
    }
}

static inline void scan_get(struct scan *s, unsigned i, const struct ir_insn *in)
{
    if (!s->w->val[i].uses)
        return;
    s->w->next_get[in->aux] = (uint16_t)i;
    s->overwritten[in->aux / 64] &= ~((uint64_t)1 << (in->aux % 64));
}

/* Is the hint of the value that instruction i makes good? */
static inline void check_hint(struct scan *s, struct val *v)
{
    if (v->hint && (s->barrier < v->put || s->w->next_get[s->w->be->pinned[v->hint] - 1] < v->put))
        v->hint = 0;
}

static bool is_scale(const struct work *w, const struct ir_insn *in)
{
    return is_plain_const(w, in->b) && constant(w, in->b)->value - 1 < 3;
}

/* Marks one addend as a candidate for scaling. */
static void scan_add(struct scan *s, const struct ir_insn *in, struct val *v)
{
    if (v->uses == 1 && v->flags & VAL_ADDRESS && in->type == IR_I64)
        v->flags |= VAL_FUSED;
    bool b_shift = !ir_is_const(in->b) && s->b->insns[in->b].op == IR_SHL &&
                   s->b->insns[in->b].type == in->type;
    unsigned wide = v->flags & VAL_WIDE;
    if (v->flags & VAL_FLAGUSE) {
        use(s, in->a, wide);
        use(s, in->b, wide);
        return;
    }
    bool a_may_shift = !b_shift && !ir_is_const(in->a) && s->b->insns[in->a].type == in->type;
    use(s, in->a, (a_may_shift ? VAL_ADDEND : 0) | wide);
    use(s, in->b, (b_shift ? VAL_ADDEND : 0) | wide);
}

static inline void pass_hint(struct val *to, const struct val *from)
{
    if (from->hint && !to->hint) {
        to->hint = from->hint;
        to->put = from->put;
    }
}

/* The value is its operand under another name: trunc, or an extension whose upper half nobody needs. */
static void scan_alias(struct scan *s, const struct ir_insn *in, struct val *v)
{
    struct val *a = val_of(s->w, in->a);
    v->flags |= VAL_ALIAS;
    a->uses = (uint16_t)(a->uses + v->uses);
    pass_hint(a, v);
}

/* Does the host's instruction clear the upper half of the register that the I32 value is in? */
static bool clears_upper_half(const struct scan *s, ir_ref r)
{
    if (ir_is_const(r) || s->b->insns[r].type != IR_I32)
        return false;
    const struct ir_insn *in = &s->b->insns[r];
    switch (in->op) {
    case IR_ADD: case IR_SUB: case IR_MUL: case IR_AND: case IR_OR: case IR_XOR: case IR_ANDN:
    case IR_NOT: case IR_NEG: case IR_SHL: case IR_SHR: case IR_SAR: case IR_ROR:
    case IR_CLZ: case IR_CTZ: case IR_POPCNT: case IR_BSWAP: case IR_ADC: case IR_SBB:
    case IR_DIVS: case IR_DIVU:
    case IR_SETCC: case IR_SELCC: case IR_SETB: case IR_SELB: case IR_FLAGBITS:
        return true;
    case IR_EXTRACT: case IR_SEXTRACT: case IR_INSERT: /* of the whole: a copy of the register */
        return in->aux >> 8 < 32;
    case IR_LOAD:
        return !(in->d & IR_MEM_BIG);
    case IR_SEXT: case IR_ZEXT: /* not if it may become an alias itself */
        return in->sub == IR_I8 || in->sub == IR_I16;
    default:
        return false;
    }
}

/* Will the float most probably be zero above (VAL_ZERO_ABOVE)? A loaded one is, and what is made of it. */
static bool seems_zero_above(const struct scan *s, ir_ref r, unsigned depth)
{
    if (ir_is_const(r))
        return true;
    const struct ir_insn *in = &s->b->insns[r];
    switch (in->op) {
    case IR_LOAD:
    case IR_FCVT:
    case IR_STOF:
    case IR_UTOF:
    case IR_FABS: return true;
    case IR_FADD:
    case IR_FMUL:
    case IR_FMA:
        return depth && (seems_zero_above(s, in->a, depth - 1) || seems_zero_above(s, in->b, depth - 1) ||
                         (in->op == IR_FMA && seems_zero_above(s, in->c, depth - 1)));
    case IR_FSUB:
    case IR_FDIV:
    case IR_FSQRT:
    case IR_FNEG:
    case IR_FRINT: return depth && seems_zero_above(s, in->a, depth - 1);
    default: return false;
    }
}

/*
 * Perhaps an alias. If it is not, a value that is needed longer must not take the register that the
 * result is on its way to.
 */
static void scan_extension(struct scan *s, const struct ir_insn *in, const struct val *v)
{
    enum { DEPTH = 3 };
    struct val *a = val_of(s->w, in->a);
    bool last = !a->uses;
    use(s, in->a, VAL_OBSERVED | VAL_WIDE);
    if (ir_type_is_float((enum ir_type)in->sub) && (last || seems_zero_above(s, in->a, DEPTH)))
        pass_hint(a, v);
}

/* Two logical ops in a row are one with AVX-512, and so are two shifts that make a rotation. */
static void scan_logic(struct scan *s, const struct ir_insn *in, struct val *v)
{
    bool inner = v->uses == 1 && v->flags & VAL_ADDEND && has(s->w, HOST_AVX512);
    unsigned flag = VAL_OBSERVED | VAL_WIDE | (inner || in->op == IR_VNOT ? 0 : VAL_ADDEND);
    if (inner)
        v->flags |= VAL_FUSED;
    use(s, in->a, flag);
    if (in->op != IR_VNOT)
        use(s, in->b, flag);
}

/* Which operands (bit 0: a, bit 1: b) are looked at no further than their lower 32 bits. */
static inline unsigned narrow_operands(const struct scan *s, const struct ir_insn *in,
                                       const struct val *v)
{
    bool wide = v->flags & VAL_WIDE;
    switch (in->op) {
    case IR_SEXT:
    case IR_ZEXT:
        return 1;
    case IR_STORE:
        return (in->d & IR_MEM_SIZE) <= 2 ? 2 : 0;
    case IR_AND:
        if (is_plain_const(s->w, in->b) && constant(s->w, in->b)->value <= UINT32_MAX)
            return 3;
        return wide ? 0 : 3;
    case IR_SUB:
    case IR_MUL:
    case IR_OR:
    case IR_XOR:
    case IR_ANDN:
    case IR_NOT:
    case IR_NEG:
        return wide ? 0 : 3;
    case IR_SHL:
        return wide ? 2 : 3;
    case IR_SHR:
    case IR_SAR:
    case IR_ROR:
        return 2;
    default:
        return 0;
    }
}

/* Does the op tell NaNs apart that differ in sign or payload? */
static inline unsigned observes(const struct ir_insn *in)
{
    switch (in->op) {
    case IR_FADD:
    case IR_FSUB:
    case IR_FMUL:
    case IR_FDIV:
    case IR_FSQRT:
    case IR_FMA:
    case IR_FMIN:
    case IR_FMAX:
    case IR_FMINM:
    case IR_FMAXM:
    case IR_FCVT:
    case IR_FRINT: return in->d & IR_FP_DEFAULT_NAN ? 0 : VAL_OBSERVED;
    case IR_FSETCC:
    case IR_FTOS:
    case IR_FTOU: return 0;
    default: return VAL_OBSERVED;
    }
}

/* Ops whose instruction of the host overwrites its first operand. */
static const bool in_place[IR_OP_COUNT] = {
    [IR_SUB] = true, [IR_MUL] = true, [IR_AND] = true, [IR_OR] = true, [IR_XOR] = true,
    [IR_NOT] = true, [IR_NEG] = true, [IR_SHL] = true, [IR_SHR] = true, [IR_SAR] = true,
    [IR_EXTRACT] = true, [IR_SEXTRACT] = true, [IR_INSERT] = true, [IR_BSWAP] = true};

static inline void scan_operands(struct scan *s, const struct ir_insn *in, const struct val *v,
                                 unsigned flag)
{
    if (v->hint && in_place[in->op] && !ir_is_const(in->a) && !s->w->val[in->a].uses)
        pass_hint(&s->w->val[in->a], v);
    unsigned mask = value_operands[in->op], observed = observes(in) | VAL_WIDE;
    unsigned narrow = narrow_operands(s, in, v);
    if (mask & 1 && in->a)
        use(s, in->a, (flag | observed) & ~(narrow & 1 ? VAL_WIDE : 0u));
    if (mask & 2 && in->b)
        use(s, in->b, observed & ~(narrow & 2 ? VAL_WIDE : 0u));
    if (mask & 4 && in->c)
        use(s, in->c, observed);
    if (mask & 8 && in->d)
        use(s, in->d, observed);
}

/* Is it the clearing of bit 0 of a computed jump's target? */
static bool is_target_mask(const struct scan *s, unsigned i, const struct ir_insn *in)
{
    const struct ir_insn *end = &s->b->insns[s->b->n - 1];
    return in->type == IR_I64 && is_plain_const(s->w, in->b) &&
           constant(s->w, in->b)->value == ~(uint64_t)1 && end->a == i &&
           (end->op == IR_RET || end->op == IR_GOTOIND || end->op == IR_CALLIND);
}

/* Before a guard that goes back its poll looks at all state, as of the guard itself. */
static bool polls(const struct scan *s, unsigned i, const struct ir_insn *in)
{
    while (s->b->insns[i].op != IR_INSN)
        i--;
    uint64_t pc = s->b->pc + (uint64_t)(int32_t)s->b->insns[i].aux;
    return constant(s->w, in->op == IR_BRCC ? in->c : in->b)->value <= pc;
}

/* Word k of the slots whose puts before i are for nobody: flags that are dead at this exit. */
static uint64_t flags_after(const struct scan *s, unsigned i, const struct ir_insn *in,
                            unsigned effect, unsigned k)
{
    if ((in->op == IR_GOTO || in->op == IR_CALL) && in->aux)
        return s->w->be->flag_slots[k];
    if (effect == IR_EFFECT_guard && in->aux && !polls(s, i, in))
        return s->w->be->flag_slots[k] & s->overwritten[k];
    return 0;
}

/* The op that gives the result whose flags the other gives, on the same operands. */
static bool makes_result(const struct scan *s, const struct ir_insn *r, const struct ir_insn *f)
{
    unsigned op = f->op == IR_SUBF ? IR_SUB : f->op == IR_ADDF ? IR_ADD : IR_AND;
    if (r->type != f->type || r->a != f->a)
        return false;
    if (r->op == op)
        return r->b == f->b;
    return op == IR_SUB && r->op == IR_ADD && is_plain_const(s->w, f->b) &&
           is_plain_const(s->w, r->b) && /* x - k is x + -k */
           constant(s->w, r->b)->value == -constant(s->w, f->b)->value;
}

/* Does the code of instruction j, if it has any, leave EFLAGS alone? `i` is where the scan is. */
static bool is_transparent(const struct scan *s, unsigned j)
{
    const struct ir_insn *in = &s->b->insns[j];
    switch (in->op) {
    case IR_NOP: case IR_INSN: case IR_PUT: case IR_GET: case IR_TRUNC:
    case IR_SUBF: case IR_ADDF: case IR_ANDF: case IR_FLIPC:
        return true;
    case IR_ZEXT:
        return in->sub == IR_I32;
    case IR_ADCF: case IR_SBBF: /* if nobody wants them, and a put will not either */
        for (unsigned k = 0; k < 3; k++)
            if (s->w->be->flag_slots[k] & ~s->overwritten[k])
                return false;
        return s->w->val[j].uses == 0;
    default:
        return false;
    }
}

/*
 * Has instruction j the flags f, when executed as it will be: a sum with a negative constant as a
 * difference, else as it stands?
 */
static bool leaves_flags(const struct scan *s, unsigned j, const struct ir_insn *f)
{
    const struct ir_insn *in = &s->b->insns[j];
    if (f->op == IR_ADCF || f->op == IR_SBBF)
        return in->op == (f->op == IR_ADCF ? IR_ADC : IR_SBB) && in->type == f->type &&
               in->a == f->a && in->b == f->b && in->c == f->c;
    if ((f->op != IR_SUBF && f->op != IR_ADDF) || !makes_result(s, in, f))
        return false;
    if (in->op == IR_ADD && ir_is_const(in->b)) {
        int64_t k = is_plain_const(s->w, in->b) ? (int64_t)constant(s->w, in->b)->value : 0;
        return k > INT32_MIN && k <= INT32_MAX && (k < 0) == (f->op == IR_SUBF);
    }
    return true;
}

/* Comparisons of a result that its own flags answer: a sum with an addend, anything with zero. */
static bool leaves_answer(const struct scan *s, unsigned j, const struct ir_insn *in)
{
    const struct ir_insn *made = &s->b->insns[j];
    unsigned op = made->op, cc = in->sub & ~1u;
    if (in->a != j || made->type != (in->op == IR_BRCC ? in->type : in->aux))
        return false;
    if (op == IR_ADD && cc == IR_LTU && !ir_is_const(made->b) &&
        (in->b == made->a || in->b == made->b)) /* the carry */
        return true;
    return (op == IR_SUB || op == IR_ADD || op == IR_AND) && (cc == IR_EQ || cc == IR_LTS) &&
           is_plain_const(s->w, in->b) && constant(s->w, in->b)->value == 0;
}

/*
 * Consumer i of the flags f, or of a comparison, finds them in EFLAGS if the operation of which they
 * are has just been executed. It uses that operation then (val.put), which must leave its flags
 * (VAL_FLAGUSE), and not what the flags are made from.
 */
static bool finds_flags(struct scan *s, unsigned i, const struct ir_insn *in, const struct ir_insn *f)
{
    enum { NEAR = 8 };
    for (unsigned j = i - 1; j > 0 && i - j <= NEAR; j--) {
        if (leaves_flags(s, j, f) ||
            (f->op == IR_SUBF && f->a == in->a && leaves_answer(s, j, in))) {
            use(s, (ir_ref)j, VAL_FLAGUSE | VAL_OBSERVED | VAL_WIDE);
            s->w->val[i].put = (ir_ref)j;
            return true;
        }
        if (!is_transparent(s, j))
            return false;
    }
    return false;
}

/* Marks a consumer that finds its flags; its operands but for those. */
static bool scan_consumer(struct scan *s, unsigned i, const struct ir_insn *in)
{
    bool carry = in->op == IR_ADC || in->op == IR_SBB;
    struct ir_insn f = {.op = IR_SUBF, .a = in->a, .b = in->b,
                        .type = in->op == IR_BRCC ? in->type : (uint8_t)in->aux};
    if (carry && ir_is_const(in->c))
        return false;
    if (carry)
        f = s->b->insns[in->c];
    if ((in->op == IR_BRCC && polls(s, i, in)) || !finds_flags(s, i, in, &f))
        return false;
    if (in->op == IR_SELCC) {
        use(s, in->c, VAL_OBSERVED | VAL_WIDE);
        use(s, in->d, VAL_OBSERVED | VAL_WIDE);
    } else if (carry) {
        use(s, in->a, VAL_OBSERVED | VAL_WIDE);
        use(s, in->b, VAL_OBSERVED | VAL_WIDE);
    }
    return true;
}

/*
 * Flags of an operation that overwrites its first operand are made from the result and the second, so
 * that the first need not be kept.
 */
static void scan_flags(struct scan *s, unsigned i, const struct ir_insn *in, struct val *v)
{
    enum { NEAR = 3 };
    for (unsigned r = i - 1; r > 0 && i - r <= NEAR; r--) {
        struct val *x = &s->w->val[r];
        if (!makes_result(s, &s->b->insns[r], in))
            continue;
        ir_ref first = in->a;
        if (!ir_is_const(first) && s->b->insns[first].op == IR_TRUNC)
            first = s->b->insns[first].a;
        if (!x->hint || ir_is_const(first) ||
            s->b->holder[first] != s->w->be->pinned[x->hint] - 1u)
            break;
        v->hint = HINT_FROM_RESULT;
        v->put = (ir_ref)r;
        use(s, (ir_ref)r, VAL_OBSERVED | VAL_WIDE);
        use(s, in->op == IR_ANDF ? (ir_ref)r : in->b, VAL_OBSERVED | VAL_WIDE);
        return;
    }
    scan_operands(s, in, v, 0);
}

/* An access that looks up a table wants its address too. */
static void scan_table(struct scan *s, unsigned i)
{
    ir_ref table = group_table(s->w, (ir_ref)i);
    if (table)
        use(s, table, VAL_OBSERVED | VAL_WIDE);
}

/* An instruction that is neither get, put nor mark. */
static void scan_insn(struct scan *s, unsigned i, const struct ir_insn *in, unsigned effect)
{
    struct val *v = &s->w->val[i];
    if (effect == IR_EFFECT_pure && !v->uses && !ir_op_raises(in->op))
        return;
    check_hint(s, v);
    switch (in->op) {
    case IR_ADD:
        scan_add(s, in, v);
        break;
    case IR_SHL:
        if (v->uses == 1 && v->flags & VAL_ADDEND && is_scale(s->w, in))
            v->flags |= VAL_FUSED;
        scan_operands(s, in, v, 0);
        break;
    case IR_SUBF:
    case IR_ADDF:
    case IR_ANDF:
        scan_flags(s, i, in, v);
        break;
    case IR_BRCC:
    case IR_SELCC:
    case IR_SETCC:
    case IR_ADC:
    case IR_SBB:
        v->put = 0;
        if (!scan_consumer(s, i, in))
            scan_operands(s, in, v, 0);
        break;
    case IR_TRUNC:
        scan_alias(s, in, v);
        break;
    case IR_VLANE:
        /* A pinned slot of a float's type keeps no more than that of its value. */
        if (ir_type_is_float((enum ir_type)in->type) && in->aux == 0 &&
            (!v->put || s->b->insns[v->put].type == IR_V128))
            scan_alias(s, in, v);
        else
            scan_operands(s, in, v, 0);
        break;
    case IR_VDUP:
    case IR_VPAIR:
        if (is_plain_const(s->w, in->a) && (in->op == IR_VDUP || is_plain_const(s->w, in->b)))
            v->flags |= VAL_FUSED;
        scan_operands(s, in, v, 0);
        break;
    case IR_VAND:
    case IR_VOR:
    case IR_VXOR:
    case IR_VANDN:
    case IR_VNOT:
        scan_logic(s, in, v);
        break;
    case IR_VSHL:
    case IR_VSHR:
        if (v->uses == 1 && v->flags & VAL_ADDEND && ir_type_size((enum ir_type)in->sub) >= 4 &&
            has(s->w, HOST_AVX512))
            v->flags |= VAL_FUSED;
        scan_operands(s, in, v, 0);
        break;
    case IR_VZEXT:
        scan_extension(s, in, v);
        break;
    case IR_SEXT:
    case IR_ZEXT:
        if (in->sub == IR_I32 && (!(v->flags & VAL_WIDE) ||
                                  (in->op == IR_ZEXT && clears_upper_half(s, in->a))))
            scan_alias(s, in, v);
        else
            scan_operands(s, in, v, 0);
        break;
    case IR_LOAD:
    case IR_STORE:
        scan_table(s, i);
        scan_operands(s, in, v, VAL_ADDRESS);
        break;
    case IR_RET:
    case IR_GOTOIND:
    case IR_CALLIND:
        scan_operands(s, in, v, VAL_ADDRESS);
        break;
    case IR_AND:
        if (v->uses == 1 && v->flags & VAL_ADDRESS && is_target_mask(s, i, in))
            v->flags |= VAL_FUSED;
        scan_operands(s, in, v, 0);
        break;
    default:
        scan_operands(s, in, v, 0);
        break;
    }
    if (is_barrier[effect]) {
        for (unsigned k = 0; k < 3; k++)
            s->overwritten[k] = flags_after(s, i, in, effect, k);
        s->barrier = i;
    }
}

void scan(struct work *w)
{
    struct scan s = {.w = w, .b = w->b, .barrier = w->b->n};
    memset(w->next_get, 0xff, w->be->guest->nslots * sizeof w->next_get[0]);
    for (unsigned i = w->b->n - 1; i > 0; i--) {
        const struct ir_insn *in = &w->b->insns[i];
        unsigned effect = ir_op_info[in->op].effect;
        if (effect == IR_EFFECT_mark || in->op == IR_NOP)
            continue;
        if (effect == IR_EFFECT_put)
            scan_put(&s, i, in);
        else if (effect == IR_EFFECT_get)
            scan_get(&s, i, in);
        else
            scan_insn(&s, i, in, effect);
    }
}
