/*
 * The folder, part two: widths. What is known of the upper bits of a value, and the rules that make
 * extensions vanish by it. RISC-V extends after each word operation; most of that is said twice.
 */
#include "ir/fold.h"

static unsigned significant(uint64_t x)
{
    return x ? 64 - (unsigned)__builtin_clzll(x) : 0;
}

static unsigned min(unsigned x, unsigned y)
{
    return x < y ? x : y;
}

static unsigned max(unsigned x, unsigned y)
{
    return x > y ? x : y;
}

/* How many bitwise operations to look through. */
enum { DEPTH = 2 };

static unsigned unsigned_bits(const struct ir_block *b, ir_ref r, unsigned type, unsigned depth)
{
    unsigned width = eval_width(type);
    if (fold_is_value(b, r))
        return significant(ir_const_value(b, r) & eval_mask(width));
    const struct ir_insn *def = fold_def(b, r);
    switch (def->op) {
    case IR_LOAD:
    case IR_AMO:
    case IR_CAS:
    case IR_LDX:
        return def->d & IR_MEM_SIGNED ? width : min(width, 8u << (def->d & IR_MEM_SIZE));
    case IR_ZEXT:
        return min(width, eval_width(def->sub));
    case IR_VLANE:
        return min(width, eval_width(def->sub));
    case IR_TRUNC:
        return depth ? min(width, unsigned_bits(b, def->a, def->sub, depth - 1)) : width;
    case IR_EXTRACT:
        return def->aux >> 8 & 0xff;
    case IR_SETCC:
    case IR_SETB:
    case IR_FSETCC:
    case IR_STX:
        return 1;
    case IR_CLZ:
    case IR_CTZ:
    case IR_POPCNT:
        return 7;
    case IR_AND:
        if (fold_is_value(b, def->b))
            return significant(ir_const_value(b, def->b) & eval_mask(width));
        return depth ? min(unsigned_bits(b, def->a, type, depth - 1),
                           unsigned_bits(b, def->b, type, depth - 1))
                     : width;
    case IR_OR:
    case IR_XOR:
        return depth ? max(unsigned_bits(b, def->a, type, depth - 1),
                           unsigned_bits(b, def->b, type, depth - 1))
                     : width;
    case IR_SHR:
        return fold_is_value(b, def->b) ? width - (ir_const_value(b, def->b) & (width - 1)) : width;
    default:
        return width;
    }
}

unsigned fold_unsigned_bits(const struct ir_block *b, ir_ref r, unsigned type)
{
    return unsigned_bits(b, r, type, DEPTH);
}

static unsigned signed_bits(const struct ir_block *b, ir_ref r, unsigned type, unsigned depth)
{
    unsigned width = eval_width(type);
    if (fold_is_value(b, r)) {
        int64_t v = eval_sext(ir_const_value(b, r), width);
        return significant((uint64_t)(v < 0 ? ~v : v)) + 1;
    }
    const struct ir_insn *def = fold_def(b, r);
    switch (def->op) {
    case IR_LOAD:
    case IR_AMO:
    case IR_CAS:
    case IR_LDX:
        if (def->d & IR_MEM_SIGNED)
            return min(width, 8u << (def->d & IR_MEM_SIZE));
        break;
    case IR_SEXT:
        return min(width, eval_width(def->sub));
    case IR_SEXTRACT:
        return def->aux >> 8 & 0xff;
    case IR_SAR:
        if (fold_is_value(b, def->b))
            return width - (ir_const_value(b, def->b) & (width - 1));
        return width;
    case IR_AND:
    case IR_OR:
    case IR_XOR: { /* the copies of the sign stay copies of one another */
        if (!depth)
            return width;
        unsigned bits = max(signed_bits(b, def->a, type, depth - 1),
                            signed_bits(b, def->b, type, depth - 1));
        return def->op == IR_AND ? min(bits, unsigned_bits(b, r, type, depth) + 1) : bits;
    }
    case IR_NOT:
        return depth ? signed_bits(b, def->a, type, depth - 1) : width;
    default:
        break;
    }
    return min(width, unsigned_bits(b, r, type, depth) + 1);
}

unsigned fold_signed_bits(const struct ir_block *b, ir_ref r, unsigned type)
{
    return signed_bits(b, r, type, DEPTH);
}

static bool is_int_ref(const struct ir_block *b, ir_ref r)
{
    return ir_type_is_int(ir_ref_type(b, r, IR_I64));
}

/* What the operand of an extension from `bits` may be replaced by: something with equal low bits. */
static ir_ref same_low_bits(const struct ir_block *b, ir_ref r, unsigned bits)
{
    const struct ir_insn *def = fold_def(b, r);
    switch (def->op) {
    case IR_TRUNC:
        return def->a;
    case IR_SEXT:
    case IR_ZEXT:
        return eval_width(def->sub) >= bits ? def->a : r;
    case IR_AND:
        if (fold_is_value(b, def->b) &&
            (ir_const_value(b, def->b) & eval_mask(bits)) == eval_mask(bits))
            return def->a;
        return r;
    default:
        return r;
    }
}

/* srliw, sraiw: a 32-bit shift of a truncated value, extended, is a field of the value itself. */
static bool extend_word_shift(struct ir_block *b, struct ir_insn *insn, const struct ir_insn *def)
{
    const struct ir_insn *word = fold_def(b, def->a);
    if (def->op != (insn->op == IR_ZEXT ? IR_SHR : IR_SAR) || def->type != IR_I32 ||
        insn->sub != IR_I32 || word->op != IR_TRUNC || !fold_is_value(b, def->b))
        return false;
    unsigned pos = (unsigned)ir_const_value(b, def->b) & 31;
    insn->op = insn->op == IR_ZEXT ? IR_EXTRACT : IR_SEXTRACT;
    insn->sub = 0;
    insn->a = word->a;
    insn->aux = pos | (32 - pos) << 8;
    return true;
}

/* sext and zext of a right shift by a constant are a bit field of what is shifted. */
static bool extend_shift(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *def = fold_def(b, insn->a);
    if (extend_word_shift(b, insn, def))
        return true;
    if (def->op != IR_SHR && !(def->op == IR_SAR && insn->op == IR_SEXT))
        return false;
    if (!fold_is_value(b, def->b) || def->type != insn->type ||
        !fold_has_type(b, def->a, insn->type))
        return false;
    unsigned width = eval_width(insn->type), from = eval_width(insn->sub);
    unsigned pos = (unsigned)ir_const_value(b, def->b) & (width - 1);
    if (pos + from > width) /* the shift alone has extended already: see fold_extend */
        return false;
    insn->op = insn->op == IR_SEXT ? IR_SEXTRACT : IR_EXTRACT;
    insn->sub = 0;
    insn->a = def->a;
    insn->aux = pos | from << 8;
    return true;
}

static ir_ref fold_extend(struct ir_block *b, struct ir_insn *insn)
{
    ir_ref x = insn->a;
    unsigned from = eval_width(insn->sub);
    enum ir_type type = ir_ref_type(b, x, insn->type);
    if (ir_is_const(x))
        return IR_NONE;
    const struct ir_insn *def = &b->insns[x];
    if (type == insn->type) {
        if (from >= eval_width(type))
            return x;
        if (insn->op == IR_SEXT ? fold_signed_bits(b, x, type) <= from
                                : fold_unsigned_bits(b, x, type) <= from)
            return x;
    }
    if (def->op == IR_VLANE && def->type == IR_I32 && insn->op == IR_ZEXT && from == 32) {
        *insn = *def;
        insn->type = IR_I64;
        return FOLD_AGAIN;
    }
    ir_ref y = same_low_bits(b, x, from);
    if (y != x) {
        insn->a = y;
        return FOLD_AGAIN;
    }
    /* A narrower extension below decides alone: sext of zext is zext, sext of sext the inner one. */
    if ((def->op == IR_ZEXT || (def->op == IR_SEXT && insn->op == IR_SEXT)) &&
        eval_width(def->sub) < from) {
        insn->op = def->op;
        insn->sub = def->sub;
        insn->a = def->a;
        return FOLD_AGAIN;
    }
    if (insn->op == IR_SEXT && fold_unsigned_bits(b, x, type) < from) {
        insn->op = IR_ZEXT; /* not negative: free on the host */
        return FOLD_AGAIN;
    }
    return extend_shift(b, insn) ? FOLD_AGAIN : IR_NONE;
}

static ir_ref fold_trunc(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *def = fold_def(b, insn->a);
    if (def->op == IR_VLANE && def->sub != IR_I64) {
        *insn = *def;
        insn->type = IR_I32;
        return FOLD_AGAIN;
    }
    if (def->op != IR_SEXT && def->op != IR_ZEXT)
        return IR_NONE;
    if (def->sub == IR_I32) {
        if (fold_has_type(b, def->a, IR_I32))
            return def->a;
        insn->a = def->a;
        return FOLD_AGAIN;
    }
    insn->op = def->op; /* from I8 or I16, now to I32 only */
    insn->sub = def->sub;
    insn->a = def->a;
    return FOLD_AGAIN;
}

static ir_ref fold_field(struct ir_block *b, struct ir_insn *insn)
{
    unsigned pos = insn->aux & 0xff, len = insn->aux >> 8 & 0xff, width = eval_width(insn->type);
    if (len == width)
        return insn->a;
    if (pos == 0 && (len == 8 || len == 16 || len == 32)) {
        insn->op = insn->op == IR_EXTRACT ? IR_ZEXT : IR_SEXT;
        insn->sub = len == 8 ? IR_I8 : len == 16 ? IR_I16 : IR_I32;
        insn->aux = 0;
        return FOLD_AGAIN;
    }
    if (pos == 0 && len < 32 && insn->op == IR_EXTRACT) {
        insn->op = IR_AND;
        insn->b = ir_const(b, eval_mask(len));
        insn->aux = 0;
        return FOLD_AGAIN;
    }
    if (pos + len == width) { /* up to the top: a plain shift */
        insn->op = insn->op == IR_EXTRACT ? IR_SHR : IR_SAR;
        insn->b = ir_const(b, pos);
        insn->aux = 0;
        return FOLD_AGAIN;
    }
    return IR_NONE;
}

/* A constant is put in by masks. */
static ir_ref fold_insert(struct ir_block *b, struct ir_insn *insn)
{
    unsigned pos = insn->aux & 0xff, len = insn->aux >> 8 & 0xff, width = eval_width(insn->type);
    if (pos == 0 && len == width)
        return insn->b;
    if (!fold_is_value(b, insn->b))
        return IR_NONE;
    uint64_t field = eval_mask(len) << pos, value = ir_const_value(b, insn->b) << pos & field;
    if (value != field)
        insn->a = ir_op2(b, IR_AND, insn->type, insn->a, fold_const(b, insn->type, ~field));
    insn->op = IR_OR;
    insn->b = fold_const(b, insn->type, value);
    insn->aux = 0;
    return FOLD_AGAIN;
}

static ir_ref fold_bitcast(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *def = fold_def(b, insn->a);
    if (insn->type == insn->sub && fold_has_type(b, insn->a, insn->type))
        return insn->a;
    if (def->op == IR_BITCAST && def->type == insn->sub && def->sub == insn->type &&
        ir_type_size(def->type) == ir_type_size(def->sub) && insn->type != IR_F16 &&
        fold_has_type(b, def->a, insn->type) && !ir_is_const(def->a))
        return def->a;
    return IR_NONE;
}

ir_ref fold_width(struct ir_block *b, struct ir_insn *insn)
{
    switch (insn->op) {
    case IR_SEXT:
    case IR_ZEXT:
        return is_int_ref(b, insn->a) ? fold_extend(b, insn) : IR_NONE;
    case IR_TRUNC:
        return fold_trunc(b, insn);
    case IR_EXTRACT:
    case IR_SEXTRACT:
        return fold_field(b, insn);
    case IR_INSERT:
        return fold_insert(b, insn);
    default:
        return fold_bitcast(b, insn);
    }
}
