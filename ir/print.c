/* The text form of a block; text.h describes it. Nops are left out. */
#include "ir/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    struct arena *arena;
    char *start;
    size_t size, capacity;
};

static void add_bytes(struct text *t, const char *bytes, size_t n)
{
    if (t->size + n + 1 > t->capacity) {
        size_t capacity = t->capacity * 2 + n + 1;
        char *start = arena_alloc(t->arena, capacity);
        memcpy(start, t->start, t->size);
        t->start = start;
        t->capacity = capacity;
    }
    memcpy(t->start + t->size, bytes, n);
    t->size += n;
    t->start[t->size] = 0;
}

static void add(struct text *t, const char *s)
{
    add_bytes(t, s, strlen(s));
}

/* For pieces shorter than the buffer: numbers. Names go through add. */
__attribute__((format(printf, 2, 3))) static void addf(struct text *t, const char *format, ...)
{
    char piece[64];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(piece, sizeof piece, format, args);
    va_end(args);
    add_bytes(t, piece, (size_t)n);
}

static void add_suffix(struct text *t, const char *name)
{
    add(t, ".");
    add(t, name);
}

static void add_value(struct text *t, uint64_t value)
{
    if ((int64_t)value >= -4096 && (int64_t)value <= 4096)
        addf(t, "%" PRId64, (int64_t)value);
    else
        addf(t, "0x%" PRIx64, value);
}

static void add_ref(struct text *t, const struct ir_block *b, ir_ref r)
{
    if (r == IR_NONE)
        add(t, "_");
    else if (!ir_is_const(r))
        addf(t, "%%%u", r);
    else if (b->consts[r & ~IR_CONST_BIT].kind == IR_CONST_PC)
        addf(t, "pc 0x%" PRIx64, ir_const_value(b, r));
    else
        add_value(t, ir_const_value(b, r));
}

static void add_memop(struct text *t, unsigned memop)
{
    addf(t, ".%c%u", memop & IR_MEM_SIGNED ? 's' : 'u', 8u << (memop & IR_MEM_SIZE));
    if (memop & IR_MEM_BIG)
        add(t, ".be");
    if (memop & IR_MEM_ALIGNED)
        add(t, ".aligned");
    if (memop & IR_MEM_ACQUIRE)
        add(t, ".acq");
    if (memop & IR_MEM_RELEASE)
        add(t, ".rel");
    if (memop >> IR_MEM_SPACE_SHIFT)
        addf(t, ".space%u", memop >> IR_MEM_SPACE_SHIFT);
}

static void add_rule(struct text *t, unsigned rule)
{
    add_suffix(t, ir_round_name[rule & IR_FP_ROUND]);
    if (rule & IR_FP_DEFAULT_NAN)
        add(t, ".dn");
    if (rule & IR_FP_FLUSH)
        add(t, ".fz");
    if (rule & IR_FP_NAN_TO_MAX)
        add(t, ".max");
    if (rule & IR_FP_ALT_HALF)
        add(t, ".ah");
    if (rule & IR_FP_TINY_BEFORE)
        add(t, ".tb");
}

/* What field d holds where it is neither operand, descriptor nor rule. */
static void add_number(struct text *t, const struct ir_insn *insn)
{
    switch (ir_number_kind(insn->op)) {
    case IR_NUMBER_DIVRULE: add_suffix(t, ir_divrule_name[insn->d]); break;
    case IR_NUMBER_CC: add_suffix(t, ir_cc_name[insn->d]); break;
    case IR_NUMBER_PLAIN: addf(t, ".%u", insn->d); break;
    case IR_NUMBER_FCC:
    case IR_NUMBER_FCMP:
        if (insn->op != IR_FCMPF)
            add_suffix(t, ir_fcc_name[insn->d & IR_FCC]);
        else if (insn->d & 1)
            add(t, ".sig");
        if (insn->d & IR_FP_FLUSH)
            add(t, ".fz");
        break;
    default: break;
    }
}

static void add_suffixes(struct text *t, const struct ir_insn *insn)
{
    const struct ir_op_info *info = &ir_op_info[insn->op];
    if (insn->type != IR_VOID && ir_aux_kind(insn->op) != IR_AUX_slot)
        add_suffix(t, ir_type_name[insn->type]);
    switch (ir_sub_kind(insn->op)) {
    case IR_SUB_CC: add_suffix(t, ir_cc_name[insn->sub]); break;
    case IR_SUB_AMO: add_suffix(t, ir_amo_name[insn->sub]); break;
    case IR_SUB_TYPE:
    case IR_SUB_LANE: add_suffix(t, ir_type_name[insn->sub]); break;
    case IR_SUB_FMA:
        if (insn->sub & IR_FMA_NEG_PRODUCT)
            add(t, ".np");
        if (insn->sub & IR_FMA_NEG_ADDEND)
            add(t, ".na");
        break;
    case IR_SUB_NONE: break;
    }
    if (ir_aux_kind(insn->op) == IR_AUX_type)
        add_suffix(t, ir_type_name[insn->aux]);
    else if (ir_aux_kind(insn->op) == IR_AUX_exit && insn->aux)
        add(t, ".dead");
    if (info->operand[3] == 'M')
        add_memop(t, insn->d);
    else if (info->operand[3] == 'R')
        add_rule(t, insn->d);
    else
        add_number(t, insn);
}

static void add_address(struct text *t, const struct ir_block *b, const struct ir_insn *insn)
{
    int32_t disp = ir_aux_kind(insn->op) == IR_AUX_disp ? (int32_t)insn->aux : 0;
    add(t, "[");
    add_ref(t, b, insn->a);
    if (disp)
        addf(t, " %c %" PRId64, disp < 0 ? '-' : '+', disp < 0 ? -(int64_t)disp : (int64_t)disp);
    add(t, "]");
}

/* Operands, separated by commas, and the parts of aux that stand behind them. */
static void add_operands(struct text *t, const struct ir_block *b, const struct ir_insn *insn)
{
    const struct ir_op_info *info = &ir_op_info[insn->op];
    const ir_ref *operand = &insn->a;
    enum ir_aux_kind aux = ir_aux_kind(insn->op);
    const char *separator = " ";
    if (aux == IR_AUX_slot || aux == IR_AUX_helper) {
        add(t, separator);
        add(t, aux == IR_AUX_slot ? b->guest->slots[insn->aux].name
                                  : b->guest->helpers[insn->aux].name);
        separator = ", ";
    } else if (aux == IR_AUX_pc) {
        addf(t, " pc 0x%" PRIx64 ", %u", b->pc + (uint64_t)(int64_t)(int32_t)insn->aux, insn->d);
    }
    int count = 0;
    for (int i = 0; i < 4; i++)
        if (ir_operand_is_ref(info, i) && (aux != IR_AUX_helper || operand[i]))
            count = i + 1;
    for (int i = 0; i < count; i++) {
        add(t, separator);
        if (i == 0 && info->operand[3] == 'M')
            add_address(t, b, insn);
        else
            add_ref(t, b, operand[i]);
        separator = ", ";
    }
    if (aux == IR_AUX_bits)
        addf(t, ", pos %u len %u", insn->aux & 0xff, insn->aux >> 8 & 0xff);
    else if (aux == IR_AUX_num)
        addf(t, "%s%u", separator, insn->aux);
    else if (aux == IR_AUX_reason) {
        add(t, separator);
        add(t, ir_exit_name[insn->aux]);
    }
}

char *ir_print(const struct ir_block *b, struct arena *arena)
{
    struct text t = {.arena = arena, .capacity = 4096};
    t.start = arena_alloc(arena, t.capacity);
    addf(&t, "block pc 0x%" PRIx64 " mode %" PRIu32 "\n", b->pc, b->mode);
    for (unsigned i = 1; i < b->n; i++) {
        const struct ir_insn *insn = &b->insns[i];
        if (insn->op == IR_NOP)
            continue;
        add(&t, insn->op == IR_INSN ? " " : "    ");
        if (ir_result_type(insn) != IR_VOID)
            addf(&t, "%%%u = ", i);
        add(&t, ir_op_info[insn->op].text);
        add_suffixes(&t, insn);
        add_operands(&t, b, insn);
        add(&t, "\n");
    }
    return t.start;
}
