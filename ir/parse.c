/*
 * Reads the text form (text.h) back. Meant for tests and for people, so every error names its line
 * and what was expected there. The result is appended as it stands, neither folded nor checked;
 * ir_check tells whether it makes sense.
 */
#include "ir/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parser {
    struct ir_block *b;
    const struct ir_guest *guest;
    struct arena *arena;
    const char *at; /* next character */
    unsigned line;
    const char *error; /* the first one */
};

__attribute__((format(printf, 2, 3))) static bool fail(struct parser *p, const char *format, ...)
{
    enum { SIZE = 160 };
    if (p->error)
        return false;
    char *text = arena_alloc(p->arena, SIZE);
    int n = snprintf(text, SIZE, "line %u: ", p->line);
    va_list args;
    va_start(args, format);
    vsnprintf(text + n, SIZE - (size_t)n, format, args);
    va_end(args);
    p->error = text;
    return false;
}

/* ---- characters --------------------------------------------------------------------------- */

static void skip_space(struct parser *p)
{
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\r')
        p->at++;
    if (*p->at == '#')
        p->at += strcspn(p->at, "\n");
}

static bool take(struct parser *p, char c)
{
    skip_space(p);
    if (*p->at != c)
        return false;
    p->at++;
    return true;
}

static bool expect(struct parser *p, char c)
{
    return take(p, c) || fail(p, "expected '%c' before \"%.12s\"", c, p->at);
}

static size_t word_length(const char *s)
{
    return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

static bool is_word(const char *s, size_t n, const char *word)
{
    return strlen(word) == n && memcmp(s, word, n) == 0;
}

static bool take_word(struct parser *p, const char *word)
{
    skip_space(p);
    size_t n = word_length(p->at);
    if (!is_word(p->at, n, word))
        return false;
    p->at += n;
    return true;
}

static bool number(struct parser *p, uint64_t *value)
{
    skip_space(p);
    bool negative = take(p, '-');
    skip_space(p);
    if (*p->at < '0' || *p->at > '9')
        return fail(p, "expected a number before \"%.12s\"", p->at);
    char *end;
    *value = strtoull(p->at, &end, 0);
    p->at = end;
    if (negative)
        *value = -*value;
    return true;
}

static bool number_below(struct parser *p, uint64_t bound, const char *what, uint64_t *value)
{
    if (!number(p, value))
        return false;
    return *value < bound || fail(p, "%s %" PRIu64 " is too large", what, *value);
}

/* ---- suffixes ----------------------------------------------------------------------------- */

/* Takes ".name" if one of the table's names follows. */
static bool take_suffix(struct parser *p, const char *const *names, unsigned count, unsigned *index)
{
    if (*p->at != '.')
        return false;
    size_t n = word_length(p->at + 1);
    for (unsigned i = 0; i < count; i++) {
        if (names[i] && is_word(p->at + 1, n, names[i])) {
            p->at += 1 + n;
            *index = i;
            return true;
        }
    }
    return false;
}

static bool take_flag(struct parser *p, const char *name)
{
    unsigned index;
    return take_suffix(p, &name, 1, &index);
}

static bool expect_suffix(struct parser *p, const char *const *names, unsigned count,
                          const char *what, unsigned *index)
{
    return take_suffix(p, names, count, index) || fail(p, "expected .%s before \"%.12s\"", what, p->at);
}

static bool parse_sub(struct parser *p, struct ir_insn *insn)
{
    unsigned sub = 0;
    bool ok = true;
    switch (ir_sub_kind(insn->op)) {
    case IR_SUB_NONE: break;
    case IR_SUB_CC: ok = expect_suffix(p, ir_cc_name, IR_CC_COUNT, "condition", &sub); break;
    case IR_SUB_AMO: ok = expect_suffix(p, ir_amo_name, IR_AMO_COUNT, "operation", &sub); break;
    case IR_SUB_TYPE: ok = expect_suffix(p, ir_type_name, IR_TYPE_COUNT, "source type", &sub); break;
    case IR_SUB_LANE: ok = expect_suffix(p, ir_type_name, IR_TYPE_COUNT, "lane type", &sub); break;
    case IR_SUB_FMA:
        sub = (take_flag(p, "np") ? IR_FMA_NEG_PRODUCT : 0);
        sub |= (take_flag(p, "na") ? IR_FMA_NEG_ADDEND : 0);
        break;
    }
    insn->sub = (uint8_t)sub;
    return ok;
}

static bool parse_memop(struct parser *p, struct ir_insn *insn)
{
    static const char *const sizes[] = {"u8", "u16", "u32", "u64", "u128",
                                        "s8", "s16", "s32", "s64", "s128"};
    unsigned size = 0, memop;
    if (!expect_suffix(p, sizes, 10, "memory size", &size))
        return false;
    memop = size % 5 | (size >= 5 ? IR_MEM_SIGNED : 0);
    memop |= take_flag(p, "be") ? IR_MEM_BIG : 0;
    memop |= take_flag(p, "aligned") ? IR_MEM_ALIGNED : 0;
    memop |= take_flag(p, "acq") ? IR_MEM_ACQUIRE : 0;
    memop |= take_flag(p, "rel") ? IR_MEM_RELEASE : 0;
    if (strncmp(p->at, ".space", 6) == 0) {
        uint64_t space;
        p->at += 6;
        if (!number_below(p, 1 << (16 - IR_MEM_SPACE_SHIFT), "space", &space))
            return false;
        memop |= (unsigned)space << IR_MEM_SPACE_SHIFT;
    }
    insn->d = (ir_ref)memop;
    return true;
}

static bool parse_rule(struct parser *p, struct ir_insn *insn)
{
    unsigned rule = 0;
    if (!expect_suffix(p, ir_round_name, IR_ROUND_COUNT, "rounding", &rule))
        return false;
    rule |= take_flag(p, "dn") ? IR_FP_DEFAULT_NAN : 0;
    rule |= take_flag(p, "fz") ? IR_FP_FLUSH : 0;
    rule |= take_flag(p, "max") ? IR_FP_NAN_TO_MAX : 0;
    rule |= take_flag(p, "ah") ? IR_FP_ALT_HALF : 0;
    rule |= take_flag(p, "tb") ? IR_FP_TINY_BEFORE : 0;
    insn->d = (ir_ref)rule;
    return true;
}

static bool parse_number(struct parser *p, struct ir_insn *insn)
{
    unsigned index = 0;
    uint64_t value;
    bool ok = true;
    switch (ir_number_kind(insn->op)) {
    case IR_NUMBER_DIVRULE: ok = expect_suffix(p, ir_divrule_name, 2, "rule", &index); break;
    case IR_NUMBER_CC: ok = expect_suffix(p, ir_cc_name, IR_CC_COUNT, "condition", &index); break;
    case IR_NUMBER_FCC:
        ok = expect_suffix(p, ir_fcc_name, IR_FCC_COUNT, "condition", &index);
        index |= take_flag(p, "fz") ? IR_FP_FLUSH : 0;
        break;
    case IR_NUMBER_FCMP:
        index = take_flag(p, "sig");
        index |= take_flag(p, "fz") ? IR_FP_FLUSH : 0;
        break;
    case IR_NUMBER_PLAIN:
        ok = expect(p, '.') && number_below(p, 65536, "number", &value);
        index = ok ? (unsigned)value : 0;
        break;
    default: return true;
    }
    insn->d = (ir_ref)index;
    return ok;
}

static bool parse_suffixes(struct parser *p, struct ir_insn *insn)
{
    unsigned index = 0;
    if (take_suffix(p, ir_type_name, IR_TYPE_COUNT, &index))
        insn->type = (uint8_t)index;
    if (!parse_sub(p, insn))
        return false;
    if (ir_aux_kind(insn->op) == IR_AUX_type) {
        if (!expect_suffix(p, ir_type_name, IR_TYPE_COUNT, "type compared", &index))
            return false;
        insn->aux = index;
    } else if (ir_aux_kind(insn->op) == IR_AUX_exit) {
        insn->aux = take_flag(p, "dead");
    }
    char kind = ir_op_info[insn->op].operand[3];
    if (kind == 'M')
        return parse_memop(p, insn);
    if (kind == 'R')
        return parse_rule(p, insn);
    return parse_number(p, insn);
}

/* ---- operands ----------------------------------------------------------------------------- */

static bool parse_ref(struct parser *p, ir_ref *ref)
{
    uint64_t value;
    if (take(p, '%')) {
        if (!number(p, &value))
            return false;
        if (value == 0 || value >= p->b->n)
            return fail(p, "%%%" PRIu64 " is not defined before", value);
        *ref = (ir_ref)value;
        return true;
    }
    if (take_word(p, "_")) {
        *ref = IR_NONE;
        return true;
    }
    bool pc = take_word(p, "pc");
    if (!number(p, &value))
        return false;
    if (p->b->nconsts >= IR_MAX_CONSTS)
        return fail(p, "too many constants");
    *ref = pc ? ir_pc(p->b, value) : ir_const(p->b, value);
    return true;
}

static bool parse_address(struct parser *p, struct ir_insn *insn)
{
    uint64_t disp;
    if (!expect(p, '[') || !parse_ref(p, &insn->a))
        return false;
    bool minus = take(p, '-');
    if (minus || take(p, '+')) {
        if (ir_aux_kind(insn->op) != IR_AUX_disp)
            return fail(p, "%s takes no displacement", ir_op_info[insn->op].text);
        if (!number_below(p, (uint64_t)INT32_MAX + 1 + minus, "displacement", &disp))
            return false;
        insn->aux = (uint32_t)(minus ? -disp : disp);
    }
    return expect(p, ']');
}

static bool parse_name(struct parser *p, struct ir_insn *insn)
{
    skip_space(p);
    size_t n = word_length(p->at);
    bool slot = ir_aux_kind(insn->op) == IR_AUX_slot;
    unsigned count = slot ? p->guest->nslots : p->guest->nhelpers;
    for (unsigned i = 0; i < count; i++) {
        if (is_word(p->at, n, slot ? p->guest->slots[i].name : p->guest->helpers[i].name)) {
            p->at += n;
            insn->aux = i;
            if (slot)
                insn->type = p->guest->slots[i].type;
            return true;
        }
    }
    return fail(p, "no %s named \"%.*s\"", slot ? "slot" : "helper", (int)n, p->at);
}

static bool parse_insn_mark(struct parser *p, struct ir_insn *insn)
{
    uint64_t pc, length;
    if (!take_word(p, "pc"))
        return fail(p, "expected pc");
    if (!number(p, &pc) || !expect(p, ',') || !number_below(p, 65536, "length", &length))
        return false;
    insn->aux = (uint32_t)(pc - p->b->pc);
    insn->d = (ir_ref)length;
    if (pc != p->b->pc + (uint64_t)(int64_t)(int32_t)insn->aux)
        return fail(p, "pc is too far from the block's");
    p->b->nguest++;
    if (pc < p->b->lo)
        p->b->lo = pc;
    if (pc + length > p->b->hi)
        p->b->hi = pc + length;
    return true;
}

/* What stands behind the operands: bit field, small number, reason. */
static bool parse_aux(struct parser *p, struct ir_insn *insn, bool comma)
{
    uint64_t pos, len;
    enum ir_aux_kind kind = ir_aux_kind(insn->op);
    if (kind != IR_AUX_bits && kind != IR_AUX_num && kind != IR_AUX_reason)
        return true;
    if (comma && !expect(p, ','))
        return false;
    if (kind == IR_AUX_bits) {
        if (!take_word(p, "pos") || !number_below(p, 256, "position", &pos) ||
            !take_word(p, "len") || !number_below(p, 256, "length", &len))
            return fail(p, "expected \"pos N len N\"");
        insn->aux = (uint32_t)(pos | len << 8);
        return true;
    }
    if (kind == IR_AUX_num) {
        if (!number_below(p, UINT32_MAX, "number", &pos))
            return false;
        insn->aux = (uint32_t)pos;
        return true;
    }
    for (unsigned i = 0; i < IR_EXIT_COUNT; i++)
        if (take_word(p, ir_exit_name[i])) {
            insn->aux = i;
            return true;
        }
    return fail(p, "expected the reason of the exit before \"%.12s\"", p->at);
}

static bool parse_operands(struct parser *p, struct ir_insn *insn)
{
    const struct ir_op_info *info = &ir_op_info[insn->op];
    enum ir_aux_kind aux = ir_aux_kind(insn->op);
    ir_ref *operand = &insn->a;
    bool comma = false;
    if (aux == IR_AUX_pc)
        return parse_insn_mark(p, insn);
    if (aux == IR_AUX_slot || aux == IR_AUX_helper) {
        if (!parse_name(p, insn))
            return false;
        comma = true;
    }
    for (int i = 0; i < 4; i++) {
        if (!ir_operand_is_ref(info, i))
            continue;
        if (comma && aux == IR_AUX_helper) { /* helpers take as many as they are given */
            if (!take(p, ','))
                break;
        } else if (comma && !expect(p, ',')) {
            return false;
        }
        if (i == 0 && info->operand[3] == 'M' ? !parse_address(p, insn)
                                              : !parse_ref(p, &operand[i]))
            return false;
        comma = true;
    }
    return parse_aux(p, insn, comma);
}

/* ---- lines -------------------------------------------------------------------------------- */

static bool parse_op(struct parser *p, struct ir_insn *insn)
{
    skip_space(p);
    size_t n = word_length(p->at);
    for (unsigned op = 0; op < IR_OP_COUNT; op++) {
        if (is_word(p->at, n, ir_op_info[op].text)) {
            insn->op = (uint8_t)op;
            p->at += n;
            return true;
        }
    }
    return fail(p, "unknown op \"%.*s\"", (int)n, p->at);
}

static bool parse_insn(struct parser *p)
{
    struct ir_insn insn = {0};
    uint64_t result = 0;
    if (take(p, '%') && (!number_below(p, IR_MAX_INSNS, "value", &result) || !expect(p, '=')))
        return false;
    if (!parse_op(p, &insn) || !parse_suffixes(p, &insn) || !parse_operands(p, &insn))
        return false;
    if (p->b->n >= IR_MAX_INSNS)
        return fail(p, "too many instructions");
    if ((ir_result_type(&insn) != IR_VOID) != (result != 0))
        return fail(p, "%s gives %s value", ir_op_info[insn.op].text, result ? "no" : "a");
    if (result && result < p->b->n)
        return fail(p, "%%%" PRIu64 " comes too late, numbers ascend", result);
    while (p->b->n < result)
        ir_append(p->b, (struct ir_insn){.op = IR_NOP});
    ir_append(p->b, insn);
    return true;
}

static bool parse_header(struct parser *p)
{
    uint64_t pc, mode;
    if (!take_word(p, "block") || !take_word(p, "pc") || !number(p, &pc) || !take_word(p, "mode") ||
        !number_below(p, (uint64_t)UINT32_MAX + 1, "mode", &mode))
        return fail(p, "expected \"block pc N mode N\"");
    ir_start(p->b, p->guest, pc, (uint32_t)mode);
    return true;
}

const char *ir_parse(struct ir_block *b, const struct ir_guest *guest, const char *text,
                     struct arena *arena)
{
    struct parser p = {.b = b, .guest = guest, .arena = arena, .at = text, .line = 1};
    bool header = false;
    for (; !p.error; p.at++, p.line++) {
        skip_space(&p);
        if (*p.at != '\n' && *p.at) {
            if (!(header ? parse_insn(&p) : parse_header(&p)))
                break;
            header = true;
            skip_space(&p);
            if (*p.at != '\n' && *p.at)
                fail(&p, "unexpected \"%.12s\" at the end of the line", p.at);
        }
        if (!*p.at)
            break;
    }
    if (!p.error && !header)
        fail(&p, "empty");
    return p.error;
}
