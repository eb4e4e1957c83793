/*
 * The folder: makes instructions cheaper or unnecessary while they are being emitted. It runs for
 * every instruction translated, so it is one switch on the op, looks a definition or two deep, and never
 * searches.
 *
 *   fold.c       constants, algebra, addresses, floating-point moves; the dispatch
 *   fold_bits.c  widths and bit fields
 *   fold_cond.c  comparisons, selections, branches
 *   fold_vector.c  lanes, vectors, ciphers
 *
 * Invariants: a rule changes nothing that is in the block, it may add constants and at most one
 * pure instruction; a replacement has the type of what it replaces; the value of an I32 operation is
 * replaced by one that agrees in the low 32 bits. Constants that move with the block's place
 * (IR_CONST_PC) take part only in sums with plain ones and in masks of whole pages. Nothing that may
 * raise FP flags is folded away.
 *
 * To add a rule: a case in the function of its op, and one in tests/ir/cases/fold.ir; the random
 * test compares folded with unfolded blocks in the interpreter.
 */
#include "ir/fold.h"

static uint64_t value_of(const struct ir_block *b, const struct ir_insn *insn, ir_ref r)
{
    return ir_const_value(b, r) & eval_mask(eval_width(insn->type));
}

static bool is_power_of_two(uint64_t x)
{
    return x && !(x & (x - 1));
}

static ir_ref become(struct ir_insn *insn, enum ir_op op, ir_ref a, ir_ref y)
{
    insn->op = (uint8_t)op;
    insn->a = a;
    insn->b = y;
    insn->d = 0;
    return FOLD_AGAIN;
}

/* ---- parts put together -------------------------------------------------------------------- */

/* x << n beside x >> (width - n) is a rotation; slliw beside srliw is one of 32 bits, extended. */
static bool fold_rotate(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *left = fold_def(b, insn->a), *right = fold_def(b, insn->b);
    if (left->op == IR_SHR || left->op == IR_EXTRACT) {
        const struct ir_insn *t = left;
        left = right;
        right = t;
    }
    if (left->op == IR_SHL && right->op == IR_SHR && left->type == insn->type &&
        right->type == insn->type && left->a == right->a && fold_is_value(b, left->b) &&
        fold_is_value(b, right->b)) {
        unsigned width = eval_width(insn->type);
        uint64_t n = ir_const_value(b, left->b), m = ir_const_value(b, right->b);
        if (n >= width || m >= width || n + m != width)
            return false;
        become(insn, IR_ROR, left->a, right->b);
        return true;
    }
    const struct ir_insn *word = fold_def(b, left->a), *low = fold_def(b, word->a);
    unsigned pos = right->aux & 0xff, len = right->aux >> 8;
    if (left->op != IR_SEXT || left->sub != IR_I32 || left->type != IR_I64 ||
        word->op != IR_SHL || word->type != IR_I32 || low->op != IR_TRUNC ||
        right->op != IR_EXTRACT || right->type != IR_I64 || right->a != low->a || pos == 0 ||
        pos + len != 32 || !fold_is_value(b, word->b) || ir_const_value(b, word->b) != len)
        return false;
    ir_ref rotated = ir_op2(b, IR_ROR, IR_I32, word->a, ir_const(b, pos));
    *insn = (struct ir_insn){.op = IR_SEXT, .type = IR_I64, .sub = IR_I32, .a = rotated};
    return true;
}

/* The sum, or, or exclusive or of two values that have no bit in common. */
static ir_ref fold_parts(struct ir_block *b, struct ir_insn *insn)
{
    return fold_select_pair(b, insn) || fold_rotate(b, insn) ? FOLD_AGAIN : IR_NONE;
}

/* ---- sums --------------------------------------------------------------------------------- */

static ir_ref fold_add(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a), *y = fold_def(b, insn->b);
    if (!fold_is_value(b, insn->b)) {
        if (y->op == IR_NEG && y->type == insn->type)
            return become(insn, IR_SUB, insn->a, y->a);
        return fold_parts(b, insn);
    }
    uint64_t k = ir_const_value(b, insn->b);
    if (value_of(b, insn, insn->b) == 0)
        return insn->a;
    if (fold_is_pc(b, insn->a))
        return insn->type == IR_I64 ? ir_pc(b, ir_const_value(b, insn->a) + k) : IR_NONE;
    if (x->type != insn->type)
        return IR_NONE;
    if (x->op == IR_ADD && ir_is_const(x->b) && fold_is_live(b, x->a)) {
        if (fold_is_value(b, x->b))
            return become(insn, IR_ADD, x->a, fold_const(b, x->type, ir_const_value(b, x->b) + k));
    }
    if (x->op == IR_SUB && fold_is_value(b, x->a))
        return become(insn, IR_SUB, fold_const(b, x->type, ir_const_value(b, x->a) + k), x->b);
    return IR_NONE;
}

static ir_ref fold_sub(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a), *y = fold_def(b, insn->b);
    if (insn->a == insn->b)
        return ir_const(b, 0);
    if (fold_is_value(b, insn->b))
        return become(insn, IR_ADD, insn->a,
                      fold_const(b, insn->type, -ir_const_value(b, insn->b)));
    if (fold_is_pc(b, insn->a) && fold_is_pc(b, insn->b))
        return fold_const(b, insn->type,
                          ir_const_value(b, insn->a) - ir_const_value(b, insn->b));
    if (fold_is_value(b, insn->a) && value_of(b, insn, insn->a) == 0)
        return become(insn, IR_NEG, insn->b, IR_NONE);
    if (y->op == IR_NEG && y->type == insn->type)
        return become(insn, IR_ADD, insn->a, y->a);
    if (x->op == IR_ADD && x->type == insn->type) { /* x + y - y */
        if (x->a == insn->b && fold_has_type(b, x->b, insn->type))
            return x->b;
        if (x->b == insn->b && fold_has_type(b, x->a, insn->type))
            return x->a;
    }
    return IR_NONE;
}

static ir_ref fold_mul(struct ir_block *b, struct ir_insn *insn)
{
    if (!fold_is_value(b, insn->b))
        return IR_NONE;
    uint64_t k = value_of(b, insn, insn->b);
    if (k == 0)
        return insn->b;
    if (k == 1)
        return insn->a;
    if (k == eval_mask(eval_width(insn->type)))
        return become(insn, IR_NEG, insn->a, IR_NONE);
    if (is_power_of_two(k))
        return become(insn, IR_SHL, insn->a, ir_const(b, (unsigned)__builtin_ctzll(k)));
    return IR_NONE;
}

static ir_ref fold_divide(struct ir_block *b, struct ir_insn *insn)
{
    if (!fold_is_value(b, insn->b))
        return IR_NONE;
    uint64_t k = value_of(b, insn, insn->b);
    bool quotient = insn->op == IR_DIVS || insn->op == IR_DIVU;
    bool is_signed = insn->op == IR_DIVS || insn->op == IR_REMS;
    if (k == 0) {
        if (!quotient)
            return insn->a;
        return ir_const(b, insn->d == IR_DIV_RISCV ? UINT64_MAX : 0);
    }
    if (k == 1)
        return quotient ? insn->a : ir_const(b, 0);
    if (is_signed && k == eval_mask(eval_width(insn->type)))
        return quotient ? become(insn, IR_NEG, insn->a, IR_NONE) : ir_const(b, 0);
    if (is_signed || !is_power_of_two(k))
        return IR_NONE;
    return quotient ? become(insn, IR_SHR, insn->a, ir_const(b, (unsigned)__builtin_ctzll(k)))
                    : become(insn, IR_AND, insn->a, fold_const(b, insn->type, k - 1));
}

/* ---- bits --------------------------------------------------------------------------------- */

/* A mask of the low bits: an extension, a bit field, or nothing at all. */
static ir_ref fold_low_mask(struct ir_block *b, struct ir_insn *insn, uint64_t k)
{
    const struct ir_insn *x = fold_def(b, insn->a);
    unsigned width = eval_width(insn->type), len = (unsigned)__builtin_ctzll(~k);
    if (fold_has_type(b, insn->a, insn->type) &&
        fold_unsigned_bits(b, insn->a, insn->type) <= len)
        return insn->a;
    if (len == 8 || len == 16 || len == 32) {
        insn->op = IR_ZEXT;
        insn->sub = len == 8 ? IR_I8 : len == 16 ? IR_I16 : IR_I32;
        insn->b = IR_NONE;
        return FOLD_AGAIN;
    }
    if ((x->op == IR_SHR || x->op == IR_SAR) && x->type == insn->type && fold_is_value(b, x->b)) {
        unsigned pos = (unsigned)ir_const_value(b, x->b) & (width - 1);
        if (pos + len > width)
            return IR_NONE;
        insn->op = IR_EXTRACT;
        insn->a = x->a;
        insn->b = IR_NONE;
        insn->aux = pos | len << 8;
        return FOLD_AGAIN;
    }
    return IR_NONE;
}

static ir_ref fold_and(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a), *y = fold_def(b, insn->b);
    if (insn->a == insn->b)
        return insn->a;
    if (!fold_is_value(b, insn->b)) {
        if (y->op == IR_NOT && y->type == insn->type)
            return become(insn, IR_ANDN, insn->a, y->a);
        if (x->op == IR_NOT && x->type == insn->type)
            return become(insn, IR_ANDN, insn->b, x->a);
        return IR_NONE;
    }
    uint64_t k = value_of(b, insn, insn->b), full = eval_mask(eval_width(insn->type));
    if (k == 0)
        return insn->b;
    if (k == full)
        return insn->a;
    if (fold_is_pc(b, insn->a)) /* blocks move by whole pages */
        return k >> 12 == full >> 12 && insn->type == IR_I64
                   ? ir_pc(b, ir_const_value(b, insn->a) & k)
                   : IR_NONE;
    if (x->op == IR_AND && x->type == insn->type && fold_is_value(b, x->b))
        return become(insn, IR_AND, x->a,
                      fold_const(b, insn->type, ir_const_value(b, x->b) & k));
    return (k & (k + 1)) == 0 ? fold_low_mask(b, insn, k) : IR_NONE;
}

static ir_ref fold_or(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a);
    if (insn->a == insn->b)
        return insn->a;
    if (!fold_is_value(b, insn->b))
        return fold_parts(b, insn);
    uint64_t k = value_of(b, insn, insn->b);
    if (k == 0)
        return insn->a;
    if (k == eval_mask(eval_width(insn->type)))
        return insn->b;
    if (x->op == IR_OR && x->type == insn->type && fold_is_value(b, x->b))
        return become(insn, IR_OR, x->a, fold_const(b, insn->type, ir_const_value(b, x->b) | k));
    return IR_NONE;
}

static ir_ref fold_xor(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a);
    if (insn->a == insn->b)
        return ir_const(b, 0);
    if (!fold_is_value(b, insn->b))
        return fold_parts(b, insn);
    uint64_t k = value_of(b, insn, insn->b);
    if (k == 0)
        return insn->a;
    if (k == eval_mask(eval_width(insn->type)))
        return become(insn, IR_NOT, insn->a, IR_NONE);
    if (x->type != insn->type)
        return IR_NONE;
    if (x->op == IR_XOR && fold_is_value(b, x->b))
        return become(insn, IR_XOR, x->a, fold_const(b, insn->type, ir_const_value(b, x->b) ^ k));
    struct ir_insn negated = *x;
    if (k == 1 && fold_negate_setcc(&negated)) {
        *insn = negated;
        insn->mark = 0;
        return FOLD_AGAIN;
    }
    return IR_NONE;
}

static ir_ref fold_andn(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *y = fold_def(b, insn->b);
    if (insn->a == insn->b)
        return ir_const(b, 0);
    if (fold_is_value(b, insn->b))
        return become(insn, IR_AND, insn->a,
                      fold_const(b, insn->type, ~ir_const_value(b, insn->b)));
    if (fold_is_value(b, insn->a)) {
        uint64_t k = value_of(b, insn, insn->a);
        if (k == 0)
            return insn->a;
        if (k == eval_mask(eval_width(insn->type)))
            return become(insn, IR_NOT, insn->b, IR_NONE);
    }
    if (y->op == IR_NOT && y->type == insn->type)
        return become(insn, IR_AND, insn->a, y->a);
    return IR_NONE;
}

/* Zeros counted from the other end: how Arm says ctz. */
static ir_ref fold_count(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a);
    if (x->op != IR_BITREV || x->type != insn->type)
        return IR_NONE;
    return become(insn, insn->op == IR_CLZ ? IR_CTZ : IR_CLZ, x->a, IR_NONE);
}

static ir_ref fold_involution(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a);
    if (x->type != insn->type)
        return IR_NONE;
    if (x->op == insn->op)
        return x->a;
    if (insn->op == IR_NEG && x->op == IR_SUB)
        return become(insn, IR_SUB, x->b, x->a);
    return IR_NONE;
}

/* Two shifts by constants: the sum, or a bit field. */
static ir_ref fold_two_shifts(struct ir_block *b, struct ir_insn *insn, const struct ir_insn *x)
{
    unsigned width = eval_width(insn->type);
    unsigned n = (unsigned)ir_const_value(b, insn->b) & (width - 1);
    unsigned m = (unsigned)ir_const_value(b, x->b) & (width - 1);
    if (x->op == insn->op) {
        if (insn->op == IR_ROR)
            return become(insn, IR_ROR, x->a, ir_const(b, (n + m) % width));
        if (n + m >= width && insn->op != IR_SAR)
            return ir_const(b, 0);
        return become(insn, insn->op, x->a, ir_const(b, n + m >= width ? width - 1 : n + m));
    }
    if (x->op == IR_SHL && (insn->op == IR_SHR || insn->op == IR_SAR) && n >= m) {
        insn->op = insn->op == IR_SHR ? IR_EXTRACT : IR_SEXTRACT;
        insn->a = x->a;
        insn->b = IR_NONE;
        insn->aux = (n - m) | (width - n) << 8;
        return FOLD_AGAIN;
    }
    if (x->op == IR_SHL && insn->op == IR_SHR && width - m == 32) {
        /* slli 32, srli 29: an unsigned index, scaled */
        ir_ref index = ir_conv(b, IR_ZEXT, insn->type, IR_I32, x->a);
        return become(insn, IR_SHL, index, ir_const(b, m - n));
    }
    if (insn->op == IR_SHL && x->op == IR_SHR && n == m && n < 32)
        return become(insn, IR_AND, x->a, fold_const(b, insn->type, ~eval_mask(n)));
    return IR_NONE;
}

static ir_ref fold_shift(struct ir_block *b, struct ir_insn *insn)
{
    unsigned width = eval_width(insn->type);
    const struct ir_insn *x = fold_def(b, insn->a), *y = fold_def(b, insn->b);
    if (fold_is_value(b, insn->a) && value_of(b, insn, insn->a) == 0)
        return insn->a;
    if (!fold_is_value(b, insn->b)) { /* the count is taken modulo the width anyway */
        if (y->op != IR_AND || y->type != insn->type || !fold_is_value(b, y->b) ||
            ~ir_const_value(b, y->b) & (width - 1) || !fold_has_type(b, y->a, insn->type))
            return IR_NONE;
        insn->b = y->a;
        return FOLD_AGAIN;
    }
    uint64_t count = ir_const_value(b, insn->b);
    if (count & ~(uint64_t)(width - 1)) {
        insn->b = ir_const(b, count & (width - 1));
        return FOLD_AGAIN;
    }
    if (count == 0)
        return insn->a;
    if (x->type == insn->type && fold_is_value(b, x->b) &&
        (x->op == IR_SHL || x->op == IR_SHR || x->op == IR_SAR || x->op == IR_ROR))
        return fold_two_shifts(b, insn, x);
    if (insn->op == IR_SHR && x->op == IR_ZEXT && x->type == insn->type &&
        fold_has_type(b, x->a, insn->type)) {
        unsigned from = eval_width(x->sub);
        if (count >= from)
            return ir_const(b, 0);
        insn->op = IR_EXTRACT;
        insn->a = x->a;
        insn->b = IR_NONE;
        insn->aux = (uint32_t)(count | (from - count) << 8);
        return FOLD_AGAIN;
    }
    return IR_NONE;
}

/* ---- floating point: only what moves bits -------------------------------------------------- */

static ir_ref fold_float_move(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *x = fold_def(b, insn->a);
    switch (insn->op) {
    case IR_FNEG:
        return x->op == IR_FNEG && x->type == insn->type ? x->a : IR_NONE;
    case IR_FABS:
        if (x->type != insn->type)
            return IR_NONE;
        if (x->op == IR_FABS)
            return insn->a;
        if (x->op != IR_FNEG)
            return IR_NONE;
        insn->a = x->a;
        return FOLD_AGAIN;
    case IR_FSGNJ:
        return insn->a == insn->b ? insn->a : IR_NONE;
    case IR_FSGNJN:
        return insn->a == insn->b ? become(insn, IR_FNEG, insn->a, IR_NONE) : IR_NONE;
    case IR_FSGNJX:
        return insn->a == insn->b ? become(insn, IR_FABS, insn->a, IR_NONE) : IR_NONE;
    case IR_FUNBOX:
        return x->op == IR_FBOX && x->sub == insn->type ? x->a : IR_NONE;
    default:
        return IR_NONE;
    }
}

/* ---- memory ------------------------------------------------------------------------------- */

static ir_ref fold_address(struct ir_block *b, struct ir_insn *insn)
{
    int64_t disp = (int32_t)insn->aux;
    const struct ir_insn *a = fold_def(b, insn->a);
    if (ir_is_const(insn->a)) {
        if (disp) {
            uint64_t address = ir_const_value(b, insn->a) + (uint64_t)disp;
            insn->a = fold_is_pc(b, insn->a) ? ir_pc(b, address) : ir_const(b, address);
            insn->aux = 0;
        }
        return IR_NONE;
    }
    if (a->op == IR_ADD && fold_is_value(b, a->b) && fold_is_live(b, a->a)) {
        int64_t k = (int64_t)ir_const_value(b, a->b);
        if (k == (int32_t)k && disp + k == (int32_t)(disp + k)) {
            insn->a = a->a;
            insn->aux = (uint32_t)(disp + k);
            return FOLD_AGAIN;
        }
    }
    return IR_NONE;
}

static ir_ref fold_store(struct ir_block *b, struct ir_insn *insn)
{
    const struct ir_insn *value = fold_def(b, insn->b);
    if (insn->type == IR_I32 && value->op == IR_TRUNC) { /* the store truncates by itself */
        insn->type = IR_I64;
        insn->b = value->a;
    }
    return fold_address(b, insn);
}

/* ---- dispatch ----------------------------------------------------------------------------- */

/* True if every operand is a plain constant. */
static bool is_constant(const struct ir_block *b, const struct ir_insn *insn)
{
    const struct ir_op_info *info = &ir_op_info[insn->op];
    if (!fold_is_value(b, insn->a))
        return false;
    for (int i = 1; i < 4; i++)
        if (ir_operand_is_ref(info, i) && !fold_is_value(b, (&insn->a)[i]))
            return false;
    return true;
}

static ir_ref fold_constant(struct ir_block *b, const struct ir_insn *insn)
{
    const struct ir_op_info *info = &ir_op_info[insn->op];
    uint64_t v[4] = {0};
    for (int i = 0; i < 4; i++)
        if (ir_operand_is_ref(info, i))
            v[i] = ir_const_value(b, (&insn->a)[i]);
    return fold_const(b, insn->type, ir_eval(insn, v[0], v[1], v[2], v[3]));
}

/* Constants to the right, and in the one form that I32 constants have. */
static void normalize(struct ir_block *b, struct ir_insn *insn, bool commutes)
{
    if (commutes && ir_is_const(insn->a) && !ir_is_const(insn->b)) {
        ir_ref a = insn->a;
        insn->a = insn->b;
        insn->b = a;
    }
    if (insn->type == IR_I32 && fold_is_value(b, insn->b))
        insn->b = fold_const(b, IR_I32, ir_const_value(b, insn->b));
}

static ir_ref fold_once(struct ir_block *b, struct ir_insn *insn)
{
    switch ((enum ir_op)insn->op) {
    case IR_ADD:
    case IR_MUL:
    case IR_AND:
    case IR_OR:
    case IR_XOR:
    case IR_MULHS:
    case IR_MULHU:
    case IR_CLMUL:
    case IR_CLMULH:
        normalize(b, insn, true);
        break;
    case IR_SUB:
    case IR_ANDN:
        normalize(b, insn, false);
        break;
    case IR_MULHSU: case IR_DIVS: case IR_DIVU: case IR_REMS: case IR_REMU:
    case IR_NOT: case IR_NEG: case IR_SHL: case IR_SHR: case IR_SAR: case IR_ROR:
    case IR_CLZ: case IR_CTZ: case IR_POPCNT: case IR_BSWAP: case IR_BITREV: case IR_ORCB:
    case IR_SEXT: case IR_ZEXT: case IR_TRUNC: case IR_EXTRACT: case IR_SEXTRACT: case IR_INSERT:
        break;
    case IR_SETCC: case IR_SELCC: case IR_SETB: case IR_SELB: case IR_BRCC: case IR_BRB:
        return fold_condition(b, insn);
    case IR_LOAD:
        return fold_address(b, insn);
    case IR_STORE:
        return fold_store(b, insn);
    case IR_BITCAST:
        return fold_width(b, insn);
    case IR_VLANE: case IR_VZEXT: case IR_VPAIR: case IR_VINS: case IR_VCOPY: case IR_VDUP:
    case IR_VAND: case IR_VOR: case IR_VANDN: case IR_VNOT: case IR_VBSL: case IR_VXOR:
    case IR_VADD: case IR_VSUB: case IR_VCMP: case IR_VSHL: case IR_VSHR: case IR_VSAR:
    case IR_VUZP1: case IR_VUZP2: case IR_VTRN1: case IR_VTRN2: case IR_VEXT:
    case IR_VZIP1: case IR_VZIP2: case IR_VREV:
    case IR_VAESMC: case IR_VAESIMC:
        return fold_vector(b, insn);
    case IR_FNEG: case IR_FABS: case IR_FSGNJ: case IR_FSGNJN: case IR_FSGNJX: case IR_FUNBOX:
        return fold_float_move(b, insn);
    case IR_FLIPC: {
        const struct ir_insn *x = fold_def(b, insn->a);
        return x->op == IR_FLIPC ? x->a : IR_NONE;
    }
    case IR_FLAGS: {
        const struct ir_insn *x = fold_def(b, insn->a);
        return x->op == IR_FLAGBITS ? x->a : IR_NONE;
    }
    default:
        return IR_NONE;
    }

    if (is_constant(b, insn))
        return fold_constant(b, insn);

    switch ((enum ir_op)insn->op) {
    case IR_ADD: return fold_add(b, insn);
    case IR_SUB: return fold_sub(b, insn);
    case IR_MUL: return fold_mul(b, insn);
    case IR_DIVS: case IR_DIVU: case IR_REMS: case IR_REMU: return fold_divide(b, insn);
    case IR_AND: return fold_and(b, insn);
    case IR_OR: return fold_or(b, insn);
    case IR_XOR: return fold_xor(b, insn);
    case IR_ANDN: return fold_andn(b, insn);
    case IR_NOT: case IR_NEG: case IR_BSWAP: case IR_BITREV: return fold_involution(b, insn);
    case IR_SHL: case IR_SHR: case IR_SAR: case IR_ROR: return fold_shift(b, insn);
    case IR_CLZ: case IR_CTZ: return fold_count(b, insn);
    case IR_SEXT: case IR_ZEXT: case IR_TRUNC: case IR_EXTRACT: case IR_SEXTRACT: case IR_INSERT:
        return fold_width(b, insn);
    default: return IR_NONE;
    }
}

ir_ref ir_fold(struct ir_block *b, struct ir_insn *insn)
{
    ir_ref r;
    do
        r = fold_once(b, insn);
    while (r == FOLD_AGAIN);
    return r;
}
