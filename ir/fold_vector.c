/*
 * The folder, part four: vectors. Scalars of floating point live in lane 0 of a vector register, so
 * most of what is said about vectors is that one lane is taken out or put in; those moves vanish
 * here. Then what compilers write for want of an instruction, and the rounds of AES, of which Arm has
 * halves.
 *
 * Constants are always a `vpair` of two, so that there is one form of them to look for.
 */
#include "ir/fold.h"

/* Makes the instruction another; `type` and `sub` are the new one's. */
static ir_ref turn(struct ir_insn *insn, enum ir_op op, unsigned type, unsigned sub, ir_ref x,
                   ir_ref y)
{
    *insn = (struct ir_insn){
        .op = (uint8_t)op, .type = (uint8_t)type, .sub = (uint8_t)sub, .a = x, .b = y};
    return FOLD_AGAIN;
}

static ir_ref turn_vector(struct ir_insn *insn, enum ir_op op, unsigned lane, ir_ref x, ir_ref y)
{
    return turn(insn, op, IR_V128, lane, x, y);
}

static bool is_number(const struct ir_block *b, ir_ref r, uint64_t value)
{
    return fold_is_value(b, r) && ir_const_value(b, r) == value;
}

static bool is_zero(const struct ir_block *b, ir_ref r)
{
    const struct ir_insn *def = fold_def(b, r);
    return def->op == IR_VPAIR && is_number(b, def->a, 0) && is_number(b, def->b, 0);
}

/* All bits zero, or all one. */
static ir_ref turn_uniform(struct ir_block *b, struct ir_insn *insn, bool ones)
{
    ir_ref word = ir_const(b, ones ? UINT64_MAX : 0);
    return turn_vector(insn, IR_VPAIR, 0, word, word);
}

static unsigned lane_size(const struct ir_insn *insn)
{
    return ir_type_size((enum ir_type)insn->sub);
}

/* ---- lanes taken out ---------------------------------------------------------------------- */

/* vlane of the low bits of x, an I64. */
static ir_ref lane_of_word(struct ir_block *b, struct ir_insn *insn, ir_ref x)
{
    switch (insn->sub) {
    case IR_I64: return x;
    case IR_F64: return turn(insn, IR_BITCAST, IR_F64, IR_I64, x, IR_NONE);
    case IR_F32:
        x = ir_conv(b, IR_TRUNC, IR_I32, IR_I64, x);
        return turn(insn, IR_BITCAST, IR_F32, IR_I32, x, IR_NONE);
    case IR_I32:
        if (insn->type == IR_I32)
            return turn(insn, IR_TRUNC, IR_I32, IR_I64, x, IR_NONE);
        /* fall through */
    default: return turn(insn, IR_ZEXT, insn->type, insn->sub, x, IR_NONE);
    }
}

/* vlane of x, an I32 with zeros above. */
static ir_ref lane_of_half_word(struct ir_insn *insn, ir_ref x)
{
    switch (insn->sub) {
    case IR_F64: return IR_NONE;
    case IR_F32: return turn(insn, IR_BITCAST, IR_F32, IR_I32, x, IR_NONE);
    case IR_I64: return turn(insn, IR_ZEXT, IR_I64, IR_I32, x, IR_NONE);
    case IR_I32:
        return insn->type == IR_I32 ? x : turn(insn, IR_ZEXT, IR_I64, IR_I32, x, IR_NONE);
    default: return turn(insn, IR_ZEXT, insn->type, insn->sub, x, IR_NONE);
    }
}

/* vlane of x, a float of type `from` with zeros above. */
static ir_ref lane_of_float(struct ir_block *b, struct ir_insn *insn, ir_ref x, unsigned from)
{
    if (insn->sub == from)
        return x;
    if (lane_size(insn) != ir_type_size((enum ir_type)from))
        return IR_NONE;
    if (insn->type == insn->sub)
        return turn(insn, IR_BITCAST, insn->type, from, x, IR_NONE);
    x = ir_conv(b, IR_BITCAST, IR_I32, IR_F32, x);
    return turn(insn, IR_ZEXT, IR_I64, IR_I32, x, IR_NONE);
}

static ir_ref fold_lane(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a);
    unsigned size = lane_size(insn);
    switch (x->op) {
    case IR_VZEXT:
        if (insn->aux) {
            bool above = insn->aux * size >= lane_size(x);
            return above && ir_type_is_int(insn->type) ? ir_const(b, 0) : IR_NONE;
        }
        if (x->sub == IR_I64)
            return lane_of_word(b, insn, x->a);
        /* The low half of a vector: a register keeps that; the vector need not live on beside it. */
        if (ir_type_is_int(insn->type) && fold_def(b, x->a)->op == IR_VLANE)
            return IR_NONE;
        return x->sub == IR_I32 ? lane_of_half_word(insn, x->a)
                                : lane_of_float(b, insn, x->a, x->sub);
    case IR_VPAIR:
        if (insn->aux * size % 8)
            return IR_NONE;
        return lane_of_word(b, insn, insn->aux * size >= 8 ? x->b : x->a);
    case IR_VDUP:
        return size == lane_size(x) ? lane_of_word(b, insn, x->a) : IR_NONE;
    case IR_VINS:
        if (size != lane_size(x))
            return IR_NONE;
        if (x->aux == insn->aux)
            return lane_of_word(b, insn, x->b);
        insn->a = x->a;
        return FOLD_AGAIN;
    default:
        return IR_NONE;
    }
}

/* ---- lanes put in ------------------------------------------------------------------------- */

static unsigned round_up(unsigned bytes, unsigned size)
{
    return (bytes + size - 1) & -size;
}

/* How many low bytes of a vector may be other than zero. */
static unsigned used_bytes(const struct ir_block *b, ir_ref r, unsigned depth)
{
    const struct ir_insn *def = fold_def(b, r);
    switch (def->op) {
    case IR_VZEXT: case IR_VADDV: return lane_size(def);
    case IR_VPAIR: return !is_number(b, def->b, 0) ? 16 : is_number(b, def->a, 0) ? 0 : 8;
    case IR_VFNARROW: return 8;
    case IR_VFADD: case IR_VFSUB: case IR_VFMUL: case IR_VFDIV: case IR_VFSQRT: case IR_VFMA:
    case IR_VFMINM: case IR_VFMAXM: case IR_VFMINN: case IR_VFMAXN: case IR_VFSETCC: case IR_VFRINT:
    case IR_VFTOS: case IR_VFTOU: case IR_VSTOF: case IR_VUTOF:
        return def->aux & 255 ? (def->aux & 255) * lane_size(def) : 16;
    case IR_VREV: { /* of a lone top lane */
        const struct ir_insn *x = fold_def(b, def->a);
        return x->op == IR_VSHA1E && is_zero(b, x->b) && def->sub == IR_I32 && def->aux == 16 ? 4 : 16;
    }
    case IR_VANDN: return depth ? used_bytes(b, def->a, depth - 1) : 16;
    case IR_VAND: case IR_VOR: case IR_VXOR: case IR_VADD: case IR_VSUB: case IR_VMUL: {
        if (!depth)
            return 16;
        unsigned x = used_bytes(b, def->a, depth - 1), y = used_bytes(b, def->b, depth - 1);
        unsigned both = def->op == IR_VAND ? (x < y ? x : y) : (x > y ? x : y);
        return def->sub ? round_up(both, lane_size(def)) : both;
    }
    case IR_VSUMB: return depth ? round_up(used_bytes(b, def->a, depth - 1), 8) : 16;
    case IR_VABS: case IR_VSHL: case IR_VSHR: case IR_VSAR: case IR_VPOPCNT:
        return depth ? round_up(used_bytes(b, def->a, depth - 1), lane_size(def)) : 16;
    default: return 16;
    }
}

/* What stays in the vector registers should not pass through an integer one, and vice versa. */
static ir_ref fold_zext(struct ir_block *b, struct ir_insn *insn)
{
    enum { DEPTH = 2 };
    const struct ir_insn *x = fold_def(b, insn->a);
    bool integer = ir_type_is_int(insn->sub);
    if (is_number(b, insn->a, 0))
        return turn_uniform(b, insn, false);
    if (x->op == IR_BITCAST && x->type == insn->sub && x->sub != IR_F16 &&
        (!ir_is_const(x->a) || ir_type_is_int(x->sub)))
        return turn_vector(insn, IR_VZEXT, x->sub, x->a, IR_NONE);
    if (x->op == IR_ZEXT && x->type == IR_I64 && x->sub == IR_I32 && fold_has_type(b, x->a, IR_I32))
        return turn_vector(insn, IR_VZEXT, IR_I32, x->a, IR_NONE);
    if (x->op != IR_VLANE || x->aux || x->sub != insn->sub)
        return IR_NONE;
    if (used_bytes(b, x->a, DEPTH) <= lane_size(insn))
        return x->a;
    if (!integer)
        return IR_NONE;
    unsigned type = insn->sub == IR_I64 ? IR_F64 : IR_F32;
    ir_ref lane = ir_emit(b, (struct ir_insn){.op = IR_VLANE, .type = (uint8_t)type,
                                              .sub = (uint8_t)type, .a = x->a});
    return turn_vector(insn, IR_VZEXT, type, lane, IR_NONE);
}

static bool is_half(const struct ir_insn *def)
{
    return def->op == IR_VLANE && def->sub == IR_I64;
}

static ir_ref fold_pair(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a), *y = fold_def(b, insn->b);
    if (is_number(b, insn->b, 0) && !ir_is_const(insn->a))
        return turn_vector(insn, IR_VZEXT, IR_I64, insn->a, IR_NONE);
    if (!is_half(x) || !is_half(y))
        return IR_NONE;
    if (x->aux == y->aux)
        return turn_vector(insn, x->aux ? IR_VZIP2 : IR_VZIP1, IR_I64, x->a, y->a);
    if (x->aux == 0)
        return x->a == y->a ? x->a : IR_NONE;
    turn_vector(insn, IR_VEXT, 0, x->a, y->a);
    insn->aux = 8;
    return FOLD_AGAIN;
}

static ir_ref fold_insert(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a);
    if (insn->sub != IR_I64)
        return IR_NONE;
    if (x->op == IR_VZEXT && x->sub == IR_I64 && insn->aux == 1)
        return turn_vector(insn, IR_VPAIR, 0, x->a, insn->b);
    if (x->op == IR_VPAIR)
        return insn->aux ? turn_vector(insn, IR_VPAIR, 0, x->a, insn->b)
                         : turn_vector(insn, IR_VPAIR, 0, insn->b, x->b);
    return IR_NONE;
}

static ir_ref fold_copy(struct ir_insn *insn)
{
    unsigned to = insn->aux & 255, from = insn->aux >> 8;
    if (insn->a == insn->b && to == from)
        return insn->a;
    if (insn->sub != IR_I64 || to == from)
        return IR_NONE;
    return to ? turn_vector(insn, IR_VZIP1, IR_I64, insn->a, insn->b)
              : turn_vector(insn, IR_VZIP2, IR_I64, insn->b, insn->a);
}

static ir_ref fold_dup(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a);
    if (fold_is_value(b, insn->a)) {
        unsigned bits = 8 * lane_size(insn);
        uint64_t word = ir_const_value(b, insn->a) & UINT64_MAX >> (64 - bits);
        for (; bits < 64; bits *= 2)
            word |= word << bits;
        ir_ref half = ir_const(b, word);
        return turn_vector(insn, IR_VPAIR, 0, half, half);
    }
    if (x->op != IR_VLANE || x->sub != insn->sub)
        return IR_NONE;
    uint32_t lane = x->aux;
    turn_vector(insn, IR_VDUPL, insn->sub, x->a, IR_NONE);
    insn->aux = lane;
    return FOLD_AGAIN;
}

/* ---- bits and lanes ----------------------------------------------------------------------- */

/* Does the mask keep all bits that the shift by a constant leaves? */
static bool keeps_shifted(const struct ir_block *b, const struct ir_insn *shift, ir_ref mask)
{
    const struct ir_insn *m = fold_def(b, mask);
    unsigned bits = 8 * lane_size(shift);
    if ((shift->op != IR_VSHL && shift->op != IR_VSHR) || shift->aux >= bits || m->op != IR_VPAIR ||
        !fold_is_value(b, m->a) || !fold_is_value(b, m->b))
        return false;
    uint64_t left = UINT64_MAX >> (64 - bits);
    left = shift->op == IR_VSHL ? left << shift->aux & left : left >> shift->aux;
    for (; bits < 64; bits *= 2)
        left |= left << bits;
    return !(left & ~ir_const_value(b, m->a)) && !(left & ~ir_const_value(b, m->b));
}

static ir_ref fold_bits(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *y = fold_def(b, insn->b);
    bool same = insn->a == insn->b;
    switch (insn->op) {
    case IR_VAND:
        if (same || is_zero(b, insn->a))
            return insn->a;
        if (y->op == IR_VNOT)
            return turn_vector(insn, IR_VANDN, 0, insn->a, y->a);
        if (keeps_shifted(b, fold_def(b, insn->a), insn->b))
            return insn->a;
        return is_zero(b, insn->b) ? insn->b : IR_NONE;
    case IR_VOR:
        if (same || is_zero(b, insn->b))
            return insn->a;
        return is_zero(b, insn->a) ? insn->b : IR_NONE;
    case IR_VANDN:
        if (same)
            return turn_uniform(b, insn, false);
        return is_zero(b, insn->a) || is_zero(b, insn->b) ? insn->a : IR_NONE;
    case IR_VNOT: {
        const struct ir_insn *x = fold_def(b, insn->a);
        return x->op == IR_VNOT ? x->a : IR_NONE;
    }
    default: return insn->b == insn->c ? insn->b : IR_NONE; /* vbsl */
    }
}

static bool takes_key(unsigned op)
{
    return op == IR_VAESENC || op == IR_VAESENCL || op == IR_VAESDEC || op == IR_VAESDECL;
}

/* A round with the key zero, then the key. */
static ir_ref fold_xor_key(const struct ir_block *b, struct ir_insn *insn, ir_ref round, ir_ref key)
{
    const struct ir_insn *x = fold_def(b, round);
    return takes_key(x->op) && is_zero(b, x->b)
               ? turn_vector(insn, (enum ir_op)x->op, 0, x->a, key) : IR_NONE;
}

static ir_ref fold_vector_xor(struct ir_block *b, struct ir_insn *insn)
{
    if (insn->a == insn->b)
        return turn_uniform(b, insn, false);
    if (is_zero(b, insn->b))
        return insn->a;
    if (is_zero(b, insn->a))
        return insn->b;
    ir_ref r = fold_xor_key(b, insn, insn->a, insn->b);
    return r ? r : fold_xor_key(b, insn, insn->b, insn->a);
}

/* The last round's steps and then the mixing of columns: an ordinary round, if the key is zero. */
static ir_ref fold_mix(const struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a);
    bool encrypts = insn->op == IR_VAESMC;
    if (x->op != (encrypts ? IR_VAESENCL : IR_VAESDECL) || !is_zero(b, x->b))
        return IR_NONE;
    return turn_vector(insn, encrypts ? IR_VAESENC : IR_VAESDEC, 0, x->a, x->b);
}

static ir_ref fold_shift_lanes(struct ir_block *b, struct ir_insn *insn)
{
    if (insn->aux == 0)
        return insn->a;
    if (insn->op == IR_VSHR && insn->aux == 8 * lane_size(insn))
        return turn_uniform(b, insn, false);
    return IR_NONE;
}

/* Of two lanes, even is low and odd is high. */
static ir_ref fold_two_lanes(struct ir_insn *insn)
{
    if (insn->sub != IR_I64)
        return IR_NONE;
    bool low = insn->op == IR_VUZP1 || insn->op == IR_VTRN1;
    return turn_vector(insn, low ? IR_VZIP1 : IR_VZIP2, IR_I64, insn->a, insn->b);
}

/* Halves that were put together from halves; turning lanes around within halves can wait. */
static ir_ref fold_zip(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a), *y = fold_def(b, insn->b);
    if (insn->sub != IR_I64)
        return IR_NONE;
    if (x->op == IR_VZIP1 && y->op == IR_VZIP2 && x->sub == IR_I64 && y->sub == IR_I64 &&
        x->a == y->a && x->b == y->b)
        return insn->op == IR_VZIP1 ? x->a : x->b;
    if (x->op != IR_VREV || y->op != IR_VREV || x->sub != y->sub || x->aux != 8 || y->aux != 8)
        return IR_NONE;
    unsigned lane = x->sub;
    ir_ref halves = ir_emit(b, (struct ir_insn){.op = insn->op, .type = IR_V128, .sub = IR_I64,
                                                .a = x->a, .b = y->a});
    turn_vector(insn, IR_VREV, lane, halves, IR_NONE);
    insn->aux = 8;
    return FOLD_AGAIN;
}

static ir_ref fold_reversal(const struct ir_block *b, const struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a);
    return x->op == IR_VREV && x->sub == insn->sub && x->aux == insn->aux ? x->a : IR_NONE;
}

/* SHA-1's next e, as it is added to the words. */
static ir_ref fold_add_e(const struct ir_block *b, struct ir_insn *insn, ir_ref e, ir_ref words)
{
    const struct ir_insn *x = fold_def(b, e);
    if (x->op != IR_VSHA1E || insn->sub != IR_I32 || !is_zero(b, x->b))
        return IR_NONE;
    return turn_vector(insn, IR_VSHA1E, 0, x->a, words);
}

static ir_ref fold_vector_add(const struct ir_block *b, struct ir_insn *insn)
{
    if (is_zero(b, insn->b))
        return insn->a;
    if (is_zero(b, insn->a))
        return insn->b;
    ir_ref r = fold_add_e(b, insn, insn->a, insn->b);
    return r ? r : fold_add_e(b, insn, insn->b, insn->a);
}

ir_ref fold_vector(struct ir_block *b, struct ir_insn *insn)
{
    switch ((enum ir_op)insn->op) {
    case IR_VLANE: return fold_lane(b, insn);
    case IR_VZEXT: return fold_zext(b, insn);
    case IR_VPAIR: return fold_pair(b, insn);
    case IR_VINS: return fold_insert(b, insn);
    case IR_VCOPY: return fold_copy(insn);
    case IR_VDUP: return fold_dup(b, insn);
    case IR_VAND: case IR_VOR: case IR_VANDN: case IR_VNOT: case IR_VBSL: return fold_bits(b, insn);
    case IR_VXOR: return fold_vector_xor(b, insn);
    case IR_VADD: return fold_vector_add(b, insn);
    case IR_VSUB: return is_zero(b, insn->b) ? insn->a : IR_NONE;
    case IR_VCMP:
        if (insn->a != insn->b)
            return IR_NONE;
        return turn_uniform(b, insn, eval_cc(insn->d, IR_I64, 0, 0));
    case IR_VSHL: case IR_VSHR: case IR_VSAR: return fold_shift_lanes(b, insn);
    case IR_VUZP1: case IR_VUZP2: case IR_VTRN1: case IR_VTRN2: return fold_two_lanes(insn);
    case IR_VZIP1: case IR_VZIP2: return fold_zip(b, insn);
    case IR_VREV: return fold_reversal(b, insn);
    case IR_VEXT: return insn->aux == 0 ? insn->a : IR_NONE;
    case IR_VAESMC: case IR_VAESIMC: return fold_mix(b, insn);
    default: return IR_NONE;
    }
}
