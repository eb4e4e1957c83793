/*
 * The checker: every invariant of ir.h and every kind of op.def, instruction by instruction. Tests and
 * debug logs run it on what frontends and passes produce; it never runs in ordinary translation.
 */
#include "ir/text.h"

#include <stdarg.h>
#include <stdio.h>

struct checker {
    const struct ir_block *b;
    struct arena *arena;
    unsigned index;        /* of the instruction being looked at */
    unsigned put;          /* the first put of the current guest instruction, or 0 */
    const char *error;
};

__attribute__((format(printf, 2, 3))) static bool fail(struct checker *c, const char *format, ...)
{
    enum { SIZE = 200 };
    if (c->error)
        return false;
    char *text = arena_alloc(c->arena, SIZE);
    const struct ir_insn *insn = &c->b->insns[c->index];
    int n = snprintf(text, SIZE, "insn %u (%s): ", c->index,
                     insn->op < IR_OP_COUNT ? ir_op_info[insn->op].text : "?");
    va_list args;
    va_start(args, format);
    vsnprintf(text + n, SIZE - (size_t)n, format, args);
    va_end(args);
    c->error = text;
    return false;
}

static bool is_value_int(unsigned type)
{
    return type == IR_I32 || type == IR_I64;
}

static bool is_value_type(unsigned type)
{
    return is_value_int(type) || (type >= IR_F16 && type <= IR_B);
}

/* ---- operands ----------------------------------------------------------------------------- */

/* The source of an extension may be wider than the type it is extended from. */
static bool source_fits(const struct ir_insn *insn, unsigned type)
{
    switch (insn->op) {
    case IR_SEXT:
    case IR_ZEXT:
        return is_value_int(type) && ir_type_size(type) >= ir_type_size(insn->sub);
    case IR_FCVT:
    case IR_BITCAST:
        if (insn->sub == IR_F16)
            return type == IR_F16 || type == IR_F32;
        return type == insn->sub;
    default:
        return type == insn->sub;
    }
}

static bool operand_fits(const struct ir_insn *insn, char kind, unsigned type)
{
    switch (kind) {
    case 'Q': return type == IR_I64;
    case 'W': return type == insn->aux;
    case 'S': return source_fits(insn, type);
    case 'V': return type == IR_V128;
    case 'B': return type == IR_B;
    default: return type == insn->type; /* T I F */
    }
}

static bool check_constant(struct checker *c, const struct ir_insn *insn, int i, ir_ref r)
{
    char kind = ir_op_info[insn->op].operand[i];
    unsigned index = r & ~IR_CONST_BIT;
    if (index >= c->b->nconsts)
        return fail(c, "operand %d is constant %u of %u", i, index, c->b->nconsts);
    if (kind == 'P')
        return c->b->consts[index].kind == IR_CONST_PC || fail(c, "operand %d is no guest pc", i);
    bool integer = kind == 'Q' || kind == 'W' ||
                   (kind == 'S' ? ir_type_is_int(insn->sub) : ir_type_is_int(insn->type));
    if (kind == 'V' || kind == 'B' || kind == 'F' || !integer)
        return fail(c, "operand %d is a constant, but not an integer", i);
    return true;
}

static bool check_operand(struct checker *c, const struct ir_insn *insn, int i)
{
    const struct ir_op_info *info = &ir_op_info[insn->op];
    ir_ref r = (&insn->a)[i];
    char kind = info->operand[i];
    if (r == IR_NONE) {
        if (insn->op == IR_CALLV)
            return true;
        if (insn->op == IR_CALLH && i >= c->b->guest->helpers[insn->aux].nargs)
            return true;
        return fail(c, "operand %d is missing", i);
    }
    if (insn->op == IR_CALLH && i >= c->b->guest->helpers[insn->aux].nargs)
        return fail(c, "more operands than the helper takes");
    if (ir_is_const(r))
        return check_constant(c, insn, i, r);
    if (r >= c->index)
        return fail(c, "operand %d, %%%u, is not defined before", i, r);
    if (kind == 'P')
        return fail(c, "operand %d must be a constant guest pc", i);
    enum ir_type type = ir_result_type(&c->b->insns[r]);
    if (type == IR_VOID)
        return fail(c, "operand %d, %%%u, has no value", i, r);
    if (!operand_fits(insn, kind, type))
        return fail(c, "operand %d, %%%u, has type %s", i, r, ir_type_name[type]);
    return true;
}

/* ---- fields ------------------------------------------------------------------------------- */

static bool check_type(struct checker *c, const struct ir_insn *insn)
{
    const struct ir_op_info *info = &ir_op_info[insn->op];
    bool integer = info->result == 'I' || info->operand[0] == 'I';
    bool floating = info->result == 'F' || info->operand[0] == 'F';
    if (insn->type >= IR_TYPE_COUNT)
        return fail(c, "type %u", insn->type);
    integer |= info->operand[1] == 'I';
    if (integer && !is_value_int(insn->type))
        return fail(c, "type %s, must be i32 or i64", ir_type_name[insn->type]);
    if (floating) {
        bool half = insn->op == IR_FCVT;
        if (insn->type != IR_F32 && insn->type != IR_F64 && !(half && insn->type == IR_F16))
            return fail(c, "type %s, must be a floating one", ir_type_name[insn->type]);
    }
    switch ((enum ir_op)insn->op) {
    case IR_CALLH:
        return insn->type == IR_I64 || insn->type == IR_VOID || fail(c, "type must be i64 or void");
    case IR_FLAGS:
        return insn->sub == IR_I32 || fail(c, "source must be i32");
    case IR_FCMPF:
        return insn->type == IR_B || fail(c, "type must be b");
    case IR_FLAGBITS:
        return insn->type == IR_I32 || fail(c, "type must be i32");
    case IR_FBOX:
        return (insn->type == IR_F64 && insn->sub == IR_F32) || fail(c, "must be f64 from f32");
    case IR_FUNBOX:
        return (insn->type == IR_F32 && insn->sub == IR_F64) || fail(c, "must be f32 from f64");
    case IR_TRUNC:
        return (insn->type == IR_I32 && insn->sub == IR_I64) || fail(c, "must be i32 from i64");
    default:
        return true;
    }
}

static bool check_source_type(struct checker *c, const struct ir_insn *insn)
{
    unsigned from = insn->sub, to = insn->type;
    if (from >= IR_TYPE_COUNT)
        return fail(c, "source type %u", from);
    switch ((enum ir_op)insn->op) {
    case IR_SEXT:
    case IR_ZEXT:
        return (from >= IR_I8 && from <= IR_I32 && (from < to)) ||
               fail(c, "from %s to %s", ir_type_name[from], ir_type_name[to]);
    case IR_BITCAST: {
        bool half = (from == IR_F16 && to == IR_I32) || (from == IR_I32 && to == IR_F16);
        return (is_value_type(from) && is_value_type(to) && from != IR_B && to != IR_B &&
                ir_type_size(from) == ir_type_size(to)) ||
               half || fail(c, "from %s to %s", ir_type_name[from], ir_type_name[to]);
    }
    case IR_FCVT:
        return (ir_type_is_float(from) && from != to) ||
               fail(c, "from %s to %s", ir_type_name[from], ir_type_name[to]);
    case IR_FTOS: case IR_FTOU: case IR_FSETCC: case IR_FCMPF:
        return from == IR_F32 || from == IR_F64 || fail(c, "source type %s", ir_type_name[from]);
    case IR_VZEXT:
        return is_value_int(from) || from == IR_F32 || from == IR_F64 ||
               fail(c, "source type %s", ir_type_name[from]);
    case IR_STOF: case IR_UTOF:
        return is_value_int(from) || fail(c, "source type %s", ir_type_name[from]);
    default:
        return true;
    }
}

static bool check_lane_type(struct checker *c, const struct ir_insn *insn)
{
    unsigned lane = insn->sub;
    if (lane >= IR_TYPE_COUNT || !(ir_lane_types(insn->op) >> lane & 1))
        return fail(c, "lane type %u", lane);
    if (insn->op != IR_VLANE)
        return true;
    if (ir_type_is_float((enum ir_type)lane))
        return insn->type == lane || fail(c, "result is not the lane's type");
    return (is_value_int(insn->type) && lane <= insn->type) || fail(c, "lane wider than the result");
}

static bool check_sub(struct checker *c, const struct ir_insn *insn)
{
    switch (ir_sub_kind(insn->op)) {
    case IR_SUB_CC: {
        bool flags = insn->op == IR_SETB || insn->op == IR_SELB || insn->op == IR_BRB ||
                     insn->op == IR_CONDF || insn->op == IR_FSEL;
        return insn->sub < (flags ? IR_CC_COUNT : IR_MI) || fail(c, "condition %u", insn->sub);
    }
    case IR_SUB_AMO: return insn->sub < IR_AMO_COUNT || fail(c, "operation %u", insn->sub);
    case IR_SUB_FMA:
        return insn->sub <= (IR_FMA_NEG_PRODUCT | IR_FMA_NEG_ADDEND) || fail(c, "sub %u", insn->sub);
    case IR_SUB_TYPE: return check_source_type(c, insn);
    case IR_SUB_LANE: return check_lane_type(c, insn);
    default: return insn->sub == 0 || fail(c, "sub %u, must be 0", insn->sub);
    }
}

static bool check_memop(struct checker *c, const struct ir_insn *insn)
{
    unsigned log = insn->d & IR_MEM_SIZE, size = 1u << log, type = insn->type;
    if (log > 4)
        return fail(c, "memory size 2^%u", log);
    if (!is_value_type(type) || type == IR_B)
        return fail(c, "type %s", ir_type_name[type]);
    bool any_size = is_value_int(type);
    if (any_size ? size > ir_type_size(type) : size != ir_type_size(type))
        return fail(c, "%u bytes in memory for type %s", size, ir_type_name[type]);
    if (insn->d & IR_MEM_SIGNED && (insn->op == IR_STORE || insn->op == IR_STX || !any_size))
        return fail(c, "signed");
    if (ir_op_info[insn->op].effect == IR_EFFECT_atomic && ir_type_is_float(type))
        return fail(c, "type %s", ir_type_name[type]);
    return true;
}

/* Lanes computed in the low byte of aux, and what is above it. */
static bool lanes_fit(const struct ir_insn *insn, unsigned lanes, unsigned bits)
{
    unsigned more = insn->aux >> 8, most;
    switch (insn->op) {
    case IR_VFMA: most = IR_FMA_NEG_PRODUCT | IR_FMA_NEG_ADDEND; break;
    case IR_VFRINT: most = 1; break;
    case IR_VFTOS: case IR_VFTOU: case IR_VSTOF: case IR_VUTOF: most = bits; break;
    default: most = 0; break;
    }
    return (insn->aux & 255) <= lanes && more <= most;
}

/* Whether the small number in aux is one that the op takes. */
static bool number_fits(const struct ir_insn *insn)
{
    unsigned n = insn->aux, size = ir_sub_kind(insn->op) == IR_SUB_LANE
                                       ? ir_type_size((enum ir_type)insn->sub) : 1;
    unsigned lanes = 16 / size;
    switch ((enum ir_op)insn->op) {
    case IR_CBOZERO: return n && n % 16 == 0;
    case IR_FENCE: return n <= IR_FENCE_FULL;
    case IR_CONDF: return !(n & ~(unsigned)(IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V));
    case IR_FRINT: return n <= 1;
    case IR_FTOS: case IR_FTOU: return n <= 8 * ir_type_size((enum ir_type)insn->type);
    case IR_VSHA1R: return n < 3;
    case IR_STOF: case IR_UTOF: return n <= 8 * ir_type_size((enum ir_type)insn->sub);
    case IR_VLANE: case IR_VINS: case IR_VDUPL: return n < lanes;
    case IR_VCOPY: return (n & 255) < lanes && n >> 8 < lanes;
    case IR_VSHL: return n < 8 * size;
    case IR_VSHR: case IR_VSAR: return n <= 8 * size;
    case IR_VWIDENS: case IR_VWIDENU: case IR_VMULLS: case IR_VMULLU: case IR_VPMULL: return n <= 1;
    case IR_VEXT: return n < 16;
    case IR_VREV: return n > size && n <= 16 && !(n & (n - 1));
    default: return lanes_fit(insn, lanes, 8 * size);
    }
}

static bool check_aux(struct checker *c, const struct ir_insn *insn)
{
    unsigned width = ir_type_size((enum ir_type)insn->type) * 8;
    unsigned pos = insn->aux & 0xff, len = insn->aux >> 8;
    const struct ir_guest *g = c->b->guest;
    switch (ir_aux_kind(insn->op)) {
    case IR_AUX_slot:
        if (insn->aux >= g->nslots)
            return fail(c, "slot %u", insn->aux);
        return insn->type == g->slots[insn->aux].type || fail(c, "type is not the slot's");
    case IR_AUX_bits:
        return (len > 0 && pos + len <= width) || fail(c, "bits %u len %u of %u", pos, len, width);
    case IR_AUX_type:
        return is_value_int(insn->aux) || fail(c, "compares type %u", insn->aux);
    case IR_AUX_helper:
        if (insn->aux >= g->nhelpers)
            return fail(c, "helper %u", insn->aux);
        return insn->op == IR_CALLH || g->helpers[insn->aux].effects == IR_HELPER_PURE ||
               fail(c, "helper with effects");
    case IR_AUX_reason:
        return insn->aux < IR_EXIT_COUNT || fail(c, "reason %u", insn->aux);
    case IR_AUX_exit:
        return insn->aux <= 1 || fail(c, "aux %u of an exit", insn->aux);
    case IR_AUX_num:
        return number_fits(insn) || fail(c, "number %u", insn->aux);
    case IR_AUX_none:
        return insn->aux == 0 || fail(c, "aux %u, must be 0", insn->aux);
    default:
        return true;
    }
}

static bool rule_fits(const struct ir_insn *insn)
{
    unsigned round = insn->d & IR_FP_ROUND, all = IR_FP_ROUND | IR_FP_DEFAULT_NAN | IR_FP_FLUSH |
                                                  IR_FP_NAN_TO_MAX | IR_FP_TINY_BEFORE;
    bool narrows = insn->op == IR_FCVT || insn->op == IR_VFNARROW;
    if (narrows || insn->op == IR_VFWIDEN)
        all |= IR_FP_ALT_HALF;
    return round < IR_ROUND_COUNT && (round != IR_ROUND_ODD || narrows) && !(insn->d & ~all);
}

static bool check_number(struct checker *c, const struct ir_insn *insn)
{
    const struct ir_op_info *info = &ir_op_info[insn->op];
    if (info->operand[3] == 'M')
        return check_memop(c, insn);
    if (info->operand[3] == 'R')
        return rule_fits(insn) || fail(c, "FP rule %#x", insn->d);
    switch (ir_number_kind(insn->op)) {
    case IR_NUMBER_DIVRULE: return insn->d <= IR_DIV_ARM || fail(c, "rule %u", insn->d);
    case IR_NUMBER_CC: return insn->d < IR_MI || fail(c, "condition %u", insn->d);
    case IR_NUMBER_FCC:
        return (insn->d & ~IR_FP_FLUSH) < IR_FCC_COUNT || fail(c, "condition %u", insn->d);
    case IR_NUMBER_FCMP:
        return (insn->d & ~IR_FP_FLUSH) <= 1 || fail(c, "number %u", insn->d);
    default: return true;
    }
}

/* Fields that mean nothing are zero, so that equal instructions are equal bytes. */
static bool check_unused(struct checker *c, const struct ir_insn *insn)
{
    const struct ir_op_info *info = &ir_op_info[insn->op];
    for (int i = 0; i < 4; i++)
        if (info->operand[i] == '-' && (&insn->a)[i] && !(insn->op == IR_INSN && i == 3))
            return fail(c, "operand %d, must be none", i);
    return true;
}

/* ---- order -------------------------------------------------------------------------------- */

static bool may_fault(const struct checker *c, const struct ir_insn *insn)
{
    switch ((enum ir_effect)ir_op_info[insn->op].effect) {
    case IR_EFFECT_load:
    case IR_EFFECT_store:
    case IR_EFFECT_atomic:
        return true;
    case IR_EFFECT_call:
        return c->b->guest->helpers[insn->aux].effects & IR_HELPER_FAULTS;
    default:
        return false;
    }
}

static bool check_order(struct checker *c, const struct ir_insn *insn)
{
    bool end = ir_op_info[insn->op].effect == IR_EFFECT_end, last = c->index == c->b->n - 1;
    if (end != last)
        return fail(c, end ? "code after the end of the block" : "the block does not end");
    if (insn->op == IR_INSN)
        c->put = 0;
    else if (insn->op == IR_PUT && !c->put)
        c->put = c->index;
    else if (c->put && may_fault(c, insn))
        return fail(c, "may fault after the put at %u", c->put);
    return true;
}

static bool check_insn(struct checker *c, const struct ir_insn *insn)
{
    if (insn->op >= IR_OP_COUNT)
        return fail(c, "op %u", insn->op);
    if (!check_type(c, insn) || !check_sub(c, insn) || !check_aux(c, insn) ||
        !check_number(c, insn) || !check_unused(c, insn))
        return false;
    for (int i = 0; i < 4; i++)
        if (ir_operand_is_ref(&ir_op_info[insn->op], i) && !check_operand(c, insn, i))
            return false;
    return check_order(c, insn);
}

/* The first instruction that is not a nop must be a guest instruction's start. */
static bool check_start(struct checker *c)
{
    for (c->index = 1; c->index < c->b->n; c->index++)
        if (c->b->insns[c->index].op != IR_NOP)
            return c->b->insns[c->index].op == IR_INSN || fail(c, "the block must start with insn");
    c->index = 0;
    return fail(c, "the block is empty");
}

const char *ir_check(const struct ir_block *b, struct arena *arena)
{
    struct checker c = {.b = b, .arena = arena};
    if (b->n == 0 || b->n > IR_MAX_INSNS || b->nconsts > IR_MAX_CONSTS)
        fail(&c, "%u instructions, %u constants", b->n, b->nconsts);
    else if (check_start(&c))
        for (c.index = 1; c.index < b->n; c.index++)
            if (!check_insn(&c, &b->insns[c.index]))
                break;
    return c.error;
}
