/*
 * Random blocks; see random_ir.h. To cover a new op usually nothing is needed: its row in op.def says
 * what operands it takes. Small numbers in aux and d are chosen by choose_number and choose_aux.
 */
#include "tests/ir/random_ir.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ir/text.h"
#include "tests/ir/test_guest.h"

/* ---- values ------------------------------------------------------------------------------- */

enum { POOL = 24, FP_FLAGS_SEEN = 0x3f & ~IR_EXC_DENORMAL };

struct generator {
    struct random random;
    struct ir_block *b;
    const struct random_options *options;
    ir_ref pool[IR_TYPE_COUNT][POOL]; /* values so far, by type; a ring */
    unsigned made[IR_TYPE_COUNT];
    uint32_t pc; /* of the next guest instruction, from the block's */
};

static bool allowed(const struct generator *g, unsigned group)
{
    return g->options->groups & group;
}

static ir_ref emit(struct generator *g, struct ir_insn insn)
{
    return g->options->as_it_stands ? ir_append(g->b, insn) : ir_emit(g->b, insn);
}

static void remember(struct generator *g, enum ir_type type, ir_ref r)
{
    g->pool[type][g->made[type]++ % POOL] = r;
}

static enum ir_type int_type(struct generator *g)
{
    return chance(&g->random, 60) ? IR_I64 : IR_I32;
}

static enum ir_type float_type(struct generator *g)
{
    return chance(&g->random, 60) ? IR_F64 : IR_F32;
}

static ir_ref slot_value(struct generator *g, enum ir_type type)
{
    unsigned slot;
    switch (type) {
    case IR_I64: slot = TG_X0 + random_below(&g->random, TG_BASE); break;
    case IR_F64: slot = TG_F0 + random_below(&g->random, 8); break;
    case IR_V128: slot = TG_V0 + random_below(&g->random, 4); break;
    default: slot = TG_FL; break;
    }
    return emit(g, (struct ir_insn){.op = IR_GET, .type = type, .aux = slot});
}

/* A value of the type from the guest's state. */
static ir_ref fresh_value(struct generator *g, enum ir_type type)
{
    switch (type) {
    case IR_I32: {
        ir_ref x = slot_value(g, IR_I64);
        return emit(g, (struct ir_insn){.op = IR_TRUNC, .type = IR_I32, .sub = IR_I64, .a = x});
    }
    case IR_F32: {
        ir_ref x = slot_value(g, IR_F64);
        return emit(g, (struct ir_insn){.op = IR_FUNBOX, .type = IR_F32, .sub = IR_F64, .a = x});
    }
    case IR_F16: {
        ir_ref x = slot_value(g, IR_I64);
        x = emit(g, (struct ir_insn){.op = IR_TRUNC, .type = IR_I32, .sub = IR_I64, .a = x});
        return emit(g, (struct ir_insn){.op = IR_BITCAST, .type = IR_F16, .sub = IR_I32, .a = x});
    }
    default:
        return slot_value(g, type);
    }
}

static ir_ref value(struct generator *g, enum ir_type type)
{
    struct random *r = &g->random;
    if (ir_type_is_int(type) && chance(r, 25)) {
        if (type == IR_I64 && chance(r, 5))
            return ir_pc(g->b, g->options->pc + random_below(r, 1 << 20));
        return ir_const(g->b, random_integer(r));
    }
    if (type == IR_V128 && chance(r, 3)) {
        ir_ref zero = ir_const(g->b, 0);
        return emit(g, (struct ir_insn){.op = IR_VPAIR, .type = IR_V128, .a = zero, .b = zero});
    }
    unsigned made = g->made[type];
    if (made == 0 || chance(r, 10)) {
        ir_ref x = fresh_value(g, type);
        remember(g, type, x);
        return x;
    }
    unsigned reach = made < POOL ? made : POOL; /* the newest ones more often, for folds look there */
    if (chance(r, 60) && reach > 3)
        reach = 3;
    return g->pool[type][(made - 1 - random_below(r, reach)) % POOL];
}

/* ---- memory ------------------------------------------------------------------------------- */

static bool is_atomic(unsigned op)
{
    return ir_op_info[op].effect == IR_EFFECT_atomic;
}

/* Chooses type, size and flags of an access. */
static void choose_memop(struct generator *g, struct ir_insn *insn)
{
    struct random *r = &g->random;
    unsigned log;
    bool vector = allowed(g, RANDOM_VECTOR) && insn->op != IR_AMO && chance(r, 10);
    bool floating = allowed(g, RANDOM_FLOAT) && !is_atomic(insn->op) && chance(r, 20);
    if (vector) {
        insn->type = IR_V128;
        log = 4;
    } else if (floating) {
        insn->type = chance(r, 10) ? IR_F16 : float_type(g);
        log = insn->type == IR_F16 ? 1 : insn->type == IR_F32 ? 2 : 3;
    } else {
        insn->type = int_type(g);
        log = random_below(r, insn->type == IR_I32 ? 3 : 4);
    }
    unsigned memop = log;
    if (!vector && !floating && insn->op != IR_STORE && insn->op != IR_STX && chance(r, 50))
        memop |= IR_MEM_SIGNED;
    if (allowed(g, RANDOM_BIG) && chance(r, 15))
        memop |= IR_MEM_BIG;
    if (chance(r, 15))
        memop |= IR_MEM_ACQUIRE;
    if (chance(r, 15))
        memop |= IR_MEM_RELEASE;
    if (chance(r, 20))
        memop |= IR_MEM_ALIGNED;
    insn->d = (ir_ref)memop;
}

/* An address in the scratch buffer, and a displacement for ops that take one. */
static void choose_address(struct generator *g, struct ir_insn *insn, unsigned align)
{
    struct random *r = &g->random;
    ir_ref base = emit(g, (struct ir_insn){.op = IR_GET, .type = IR_I64, .aux = TG_BASE});
    uint64_t mask = 1023 & ~(uint64_t)(align - 1);
    if (chance(r, 50)) {
        ir_ref x = value(g, IR_I64), k = ir_const(g->b, mask);
        x = emit(g, (struct ir_insn){.op = IR_AND, .type = IR_I64, .a = x, .b = k});
        base = emit(g, (struct ir_insn){.op = IR_ADD, .type = IR_I64, .a = base, .b = x});
    }
    if (chance(r, 40)) {
        ir_ref k = ir_const(g->b, random_below(r, 512) & mask);
        base = emit(g, (struct ir_insn){.op = IR_ADD, .type = IR_I64, .a = base, .b = k});
    }
    insn->a = base;
    if (ir_aux_kind(insn->op) == IR_AUX_disp && chance(r, 60))
        insn->aux = (uint32_t)((int32_t)(random_below(r, 1024) & mask) - 512);
}

static unsigned alignment(struct generator *g, const struct ir_insn *insn)
{
    unsigned size = 1u << (insn->d & IR_MEM_SIZE);
    bool leaves = insn->d & IR_MEM_ALIGNED;
    if (allowed(g, RANDOM_MISALIGNED) && leaves && chance(&g->random, 10))
        return 1;
    /* An atomic access that crosses lines is no subject here. */
    return leaves || is_atomic(insn->op) || chance(&g->random, 50) ? size : 1;
}

static void memory_op(struct generator *g, unsigned op)
{
    struct random *r = &g->random;
    struct ir_insn insn = {.op = (uint8_t)op};
    if (op == IR_CBOZERO) {
        choose_address(g, &insn, 16);
        insn.aux = 16 * (1 + random_below(r, 8));
        emit(g, insn);
        return;
    }
    choose_memop(g, &insn);
    choose_address(g, &insn, alignment(g, &insn));
    enum ir_type type = (enum ir_type)insn.type;
    if (op == IR_AMO)
        insn.sub = (uint8_t)random_below(r, IR_AMO_COUNT);
    if (op != IR_LOAD && op != IR_LDX)
        insn.b = value(g, type);
    if (op == IR_CAS)
        insn.c = value(g, type);
    ir_ref result = emit(g, insn);
    if (ir_result_type(&insn) != IR_VOID)
        remember(g, ir_result_type(&insn), result);
    if (op == IR_LDX && chance(r, 75)) { /* most reservations should be used */
        insn.op = IR_STX;
        insn.d &= (ir_ref)~IR_MEM_SIGNED;
        insn.b = value(g, type);
        remember(g, IR_I64, emit(g, insn));
    }
    if (op == IR_CAS && chance(r, 50)) { /* and some comparisons should succeed */
        struct ir_insn again = insn;
        again.b = result;
        again.c = value(g, type);
        remember(g, type, emit(g, again));
    }
}

/* ---- ops in general ------------------------------------------------------------------------ */

static unsigned group_of(unsigned op)
{
    const struct ir_op_info *info = &ir_op_info[op];
    if (op == IR_LDX || op == IR_STX || op == IR_CLRX)
        return RANDOM_EXCLUSIVE;
    switch ((enum ir_effect)info->effect) {
    case IR_EFFECT_load:
    case IR_EFFECT_store: return RANDOM_MEMORY;
    case IR_EFFECT_atomic: return RANDOM_ATOMIC;
    case IR_EFFECT_fence:
        return op == IR_FGETEXC || op == IR_FSETEXC ? RANDOM_FLOAT : RANDOM_ATOMIC;
    case IR_EFFECT_call: return RANDOM_HELPER;
    case IR_EFFECT_guard: return RANDOM_GUARD;
    case IR_EFFECT_pure: break;
    default: return 0;
    }
    if (op == IR_NOP)
        return 0;
    if (info->result == 'V' || info->operand[0] == 'V')
        return RANDOM_VECTOR;
    if (info->result == 'F' || ir_op_raises(op) || op == IR_BITCAST)
        return RANDOM_FLOAT;
    if (info->result == 'B' || info->operand[0] == 'B' || info->operand[2] == 'B')
        return RANDOM_FLAGS;
    return RANDOM_INT;
}

static bool has_no_rounding(unsigned op)
{
    return (op >= IR_FMIN && op <= IR_FMAXN) || (op >= IR_VFMINM && op <= IR_VFMAXN);
}

static unsigned choose_rule(struct generator *g, unsigned op)
{
    struct random *r = &g->random;
    bool narrows = op == IR_FCVT || op == IR_VFNARROW, arm = allowed(g, RANDOM_PAYLOAD);
    unsigned modes = narrows ? IR_ROUND_COUNT : IR_ROUND_ODD;
    unsigned rule = chance(r, 40) ? IR_ROUND_DYNAMIC : random_below(r, modes);
    if (has_no_rounding(op))
        rule = 0;
    if (!arm || chance(r, 50))
        rule |= IR_FP_DEFAULT_NAN;
    if (allowed(g, RANDOM_FLUSH) && chance(r, 30))
        rule |= IR_FP_FLUSH;
    if ((op == IR_FTOS || op == IR_FTOU || op == IR_VFTOS || op == IR_VFTOU) && chance(r, 50))
        rule |= IR_FP_NAN_TO_MAX;
    if (arm && chance(r, 30))
        rule |= IR_FP_TINY_BEFORE;
    if (arm && (narrows || op == IR_VFWIDEN) && chance(r, 20))
        rule |= IR_FP_ALT_HALF;
    return rule;
}

static void choose_bitcast(struct generator *g, struct ir_insn *insn)
{
    static const uint8_t pairs[][2] = {{IR_I64, IR_F64}, {IR_F64, IR_I64}, {IR_I32, IR_F32},
                                       {IR_F32, IR_I32}, {IR_I32, IR_F16}, {IR_F16, IR_I32}};
    const uint8_t *pair = pairs[random_below(&g->random, 6)];
    insn->type = pair[0];
    insn->sub = pair[1];
}

static void choose_lane_type(struct generator *g, struct ir_insn *insn)
{
    unsigned allowed_types = ir_lane_types(insn->op), lane;
    do
        lane = IR_I8 + random_below(&g->random, IR_F64 - IR_I8 + 1);
    while (!(allowed_types >> lane & 1));
    insn->sub = (uint8_t)lane;
    if (insn->op == IR_VLANE)
        insn->type = (uint8_t)(lane >= IR_F32 ? lane : lane == IR_I64 ? IR_I64 : int_type(g));
}

/* Types that are not free to choose. */
static void choose_types(struct generator *g, struct ir_insn *insn)
{
    struct random *r = &g->random;
    switch ((enum ir_op)insn->op) {
    case IR_SEXT: case IR_ZEXT:
        insn->sub = (uint8_t)(IR_I8 + random_below(r, insn->type == IR_I64 ? 3 : 2));
        break;
    case IR_TRUNC: insn->type = IR_I32, insn->sub = IR_I64; break;
    case IR_FLAGS: insn->type = IR_B, insn->sub = IR_I32; break;
    case IR_FLAGBITS: insn->type = IR_I32; break;
    case IR_BITCAST: choose_bitcast(g, insn); break;
    case IR_FBOX: insn->type = IR_F64, insn->sub = IR_F32; break;
    case IR_FUNBOX: insn->type = IR_F32, insn->sub = IR_F64; break;
    case IR_FCVT:
        insn->type = (uint8_t)(IR_F16 + random_below(r, 3));
        insn->sub = (uint8_t)(IR_F16 + (insn->type - IR_F16 + 1 + random_below(r, 2)) % 3);
        break;
    case IR_FTOS: case IR_FTOU: case IR_FSETCC: insn->sub = float_type(g); break;
    case IR_FCMPF: insn->type = IR_B, insn->sub = float_type(g); break;
    case IR_VZEXT: insn->sub = chance(r, 50) ? int_type(g) : float_type(g); break;
    case IR_STOF: case IR_UTOF: insn->sub = int_type(g); break;
    case IR_FMA: insn->sub = (uint8_t)random_below(r, 4); break;
    default: break;
    }
    if (ir_sub_kind(insn->op) == IR_SUB_LANE)
        choose_lane_type(g, insn);
    if (ir_sub_kind(insn->op) == IR_SUB_CC) {
        bool flags = insn->op == IR_SETB || insn->op == IR_SELB || insn->op == IR_BRB ||
                     insn->op == IR_CONDF || insn->op == IR_FSEL;
        insn->sub = (uint8_t)random_below(r, flags ? IR_CC_COUNT : IR_MI);
    }
}

/* How many lanes of floating point to compute, and the number beside it. */
static uint32_t choose_lanes(struct generator *g, const struct ir_insn *insn, unsigned lanes,
                             unsigned bits)
{
    struct random *r = &g->random;
    uint32_t n = chance(r, 50) ? 0 : 1 + random_below(r, lanes);
    switch (insn->op) {
    case IR_VFMA: return n | random_below(r, 4) << 8;
    case IR_VFRINT: return n | random_below(r, 2) << 8;
    case IR_VFTOS: case IR_VFTOU: case IR_VSTOF: case IR_VUTOF:
        return chance(r, 60) ? n : n | random_below(r, bits + 1) << 8;
    default: return n;
    }
}

/* The small number in aux, of those the op takes. */
static uint32_t choose_number(struct generator *g, const struct ir_insn *insn)
{
    struct random *r = &g->random;
    unsigned size = ir_sub_kind(insn->op) == IR_SUB_LANE
                        ? ir_type_size((enum ir_type)insn->sub) : 1;
    unsigned lanes = 16 / size, bits = 8 * size;
    switch ((enum ir_op)insn->op) {
    case IR_FENCE: case IR_FRINT: return random_below(r, 2);
    case IR_CONDF:
        return (uint32_t)random_next(r) & (IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V);
    case IR_FTOS: case IR_FTOU:
        return chance(r, 70) ? 0 : random_below(r, 8 * ir_type_size((enum ir_type)insn->type) + 1);
    case IR_STOF: case IR_UTOF:
        return chance(r, 70) ? 0 : random_below(r, 8 * ir_type_size((enum ir_type)insn->sub) + 1);
    case IR_VLANE: case IR_VINS: case IR_VDUPL: return random_below(r, lanes);
    case IR_VCOPY: return random_below(r, lanes) | random_below(r, lanes) << 8;
    case IR_VSHL: return random_below(r, bits);
    case IR_VSHR: case IR_VSAR: return random_below(r, bits + 1);
    case IR_VWIDENS: case IR_VWIDENU: case IR_VMULLS: case IR_VMULLU: case IR_VPMULL:
        return random_below(r, 2);
    case IR_VEXT: return random_below(r, 16);
    case IR_VSHA1R: return random_below(r, 3);
    case IR_VREV: return size << (1 + random_below(r, (unsigned)__builtin_ctz(lanes)));
    default: return choose_lanes(g, insn, lanes, bits);
    }
}

static void choose_aux(struct generator *g, struct ir_insn *insn)
{
    struct random *r = &g->random;
    unsigned width = ir_type_size((enum ir_type)insn->type) * 8;
    if (ir_aux_kind(insn->op) == IR_AUX_bits) {
        unsigned pos = random_below(r, width), len = 1 + random_below(r, width - pos);
        insn->aux = chance(r, 20) ? width << 8 : pos | len << 8;
    } else if (ir_aux_kind(insn->op) == IR_AUX_type) {
        insn->aux = int_type(g);
    } else if (ir_aux_kind(insn->op) == IR_AUX_num) {
        insn->aux = choose_number(g, insn);
    } else if (insn->op == IR_CALLV) {
        insn->aux = TG_BLEND;
        insn->d = (ir_ref)(chance(r, 50) ? 0 : random_next(r));
    }
    if (ir_op_info[insn->op].operand[3] == 'R')
        insn->d = (ir_ref)choose_rule(g, insn->op);
    else if (ir_number_kind(insn->op) == IR_NUMBER_DIVRULE)
        insn->d = (ir_ref)random_below(r, 2);
    else if (ir_number_kind(insn->op) == IR_NUMBER_FCC)
        insn->d = (ir_ref)random_below(r, IR_FCC_COUNT);
    else if (ir_number_kind(insn->op) == IR_NUMBER_FCMP)
        insn->d = (ir_ref)random_below(r, 2);
    else if (ir_number_kind(insn->op) == IR_NUMBER_CC)
        insn->d = (ir_ref)random_below(r, IR_MI);
    bool compares = insn->op == IR_FSETCC || insn->op == IR_VFSETCC || insn->op == IR_FCMPF;
    if (compares && allowed(g, RANDOM_FLUSH) && chance(r, 30))
        insn->d |= IR_FP_FLUSH;
}

static ir_ref operand(struct generator *g, const struct ir_insn *insn, char kind)
{
    switch (kind) {
    case 'Q': return value(g, IR_I64);
    case 'W': return value(g, (enum ir_type)insn->aux);
    case 'V': return value(g, IR_V128);
    case 'B': return value(g, IR_B);
    case 'P': return ir_pc(g->b, g->options->pc + 2 * random_below(&g->random, 1 << 16));
    case 'S':
        if (insn->op == IR_SEXT || insn->op == IR_ZEXT)
            return value(g, int_type(g));
        return value(g, (enum ir_type)insn->sub);
    default: return value(g, (enum ir_type)insn->type);
    }
}

static void plain_op(struct generator *g, unsigned op)
{
    const struct ir_op_info *info = &ir_op_info[op];
    struct ir_insn insn = {.op = (uint8_t)op};
    if (info->result == 'I' || info->operand[0] == 'I' || info->operand[1] == 'I')
        insn.type = int_type(g);
    else if (info->result == 'F')
        insn.type = float_type(g);
    else if (info->result == 'V')
        insn.type = IR_V128;
    choose_types(g, &insn);
    choose_aux(g, &insn);
    for (int i = 0; i < 4; i++)
        if (ir_operand_is_ref(info, i) && !(op == IR_CALLV && insn.d == 0 && i == 2))
            (&insn.a)[i] = operand(g, &insn, info->operand[i]);
    ir_ref result = emit(g, insn);
    if (op == IR_FGETEXC) /* whether the host saw a denormal is nobody's business */
        result = emit(g, (struct ir_insn){.op = IR_AND,
                                          .type = insn.type,
                                          .a = result, .b = ir_const(g->b, FP_FLAGS_SEEN)});
    if (ir_result_type(&insn) != IR_VOID)
        remember(g, ir_result_type(&insn), result);
}

/* ---- chains: what compilers write, and where folds look two definitions deep ------------------ */

static ir_ref convert(struct generator *g, enum ir_op op, enum ir_type to, enum ir_type from,
                      ir_ref x)
{
    return emit(g, (struct ir_insn){.op = (uint8_t)op, .type = to, .sub = from, .a = x});
}

/* The same 64-bit value seen through a random extension, or 32-bit one through a truncation. */
static ir_ref change_width(struct generator *g, enum ir_type *type, ir_ref x)
{
    struct random *r = &g->random;
    if (*type == IR_I64 && chance(r, 40)) {
        *type = IR_I32;
        return convert(g, IR_TRUNC, IR_I32, IR_I64, x);
    }
    enum ir_op op = chance(r, 50) ? IR_SEXT : IR_ZEXT;
    enum ir_type from = (enum ir_type)(IR_I8 + random_below(r, 3));
    if (from == IR_I32 || chance(r, 50))
        *type = IR_I64;
    return convert(g, op, *type, from, x);
}

/* One step: the value and a constant, which comes from few so that steps meet. */
static ir_ref chain_step(struct generator *g, enum ir_type *type, ir_ref x, const uint64_t k[3])
{
    static const uint8_t ops[] = {IR_ADD, IR_SUB, IR_AND, IR_OR,  IR_XOR, IR_ANDN, IR_SHL, IR_SHL,
                                  IR_SHR, IR_SHR, IR_SAR, IR_ROR, IR_MUL, IR_NOT,  IR_NEG, IR_SETCC,
                                  IR_SETCC, IR_EXTRACT, IR_SEXTRACT, IR_DIVU, IR_POPCNT, IR_BSWAP};
    struct random *r = &g->random;
    if (chance(r, 30))
        return change_width(g, type, x);
    uint64_t constant = k[random_below(r, 3)];
    struct ir_insn insn = {.op = ops[random_below(r, sizeof ops)], .type = *type, .a = x};
    if (ir_op_info[insn.op].operand[1] != '-')
        insn.b = chance(r, 85) ? ir_const(g->b, constant) : value(g, *type);
    if (chance(r, 10) && insn.b) {
        ir_ref t = insn.a;
        insn.a = insn.b;
        insn.b = t;
    }
    if (insn.op == IR_SETCC) {
        insn.aux = *type;
        insn.sub = (uint8_t)random_below(r, IR_MI);
        insn.type = *type = int_type(g);
    } else {
        choose_aux(g, &insn);
    }
    return emit(g, insn);
}

static void chain(struct generator *g)
{
    struct random *r = &g->random;
    enum ir_type type = int_type(g);
    unsigned width = ir_type_size(type) * 8;
    uint64_t k[3] = {random_below(r, width), random_below(r, 3), random_integer(r)};
    if (chance(r, 30))
        k[2] = (uint64_t)32 << random_below(r, 2) >> random_below(r, 4);
    if (chance(r, 30))
        k[1] = width - k[0];
    ir_ref x = value(g, type);
    for (unsigned n = 2 + random_below(r, 3); n--;)
        x = chain_step(g, &type, x, k);
    remember(g, type, x);
}

/* cc ? x : 0 and !cc ? y : 0 put together, or nearly so. */
static void select_pair(struct generator *g)
{
    static const uint8_t joins[] = {IR_OR, IR_XOR, IR_ADD, IR_AND};
    struct random *r = &g->random;
    enum ir_type type = int_type(g), compared = int_type(g);
    unsigned cc = random_below(r, IR_MI);
    ir_ref a = value(g, compared), c = value(g, compared), zero = ir_const(g->b, 0), half[2];
    for (unsigned i = 0; i < 2; i++) {
        ir_ref x = value(g, type);
        bool swapped = chance(r, 50);
        struct ir_insn insn = {.op = IR_SELCC, .type = type, .a = a, .b = c, .aux = compared};
        insn.sub = (uint8_t)(cc ^ i ^ swapped ^ chance(r, 10));
        insn.c = swapped ? zero : x;
        insn.d = swapped ? x : zero;
        half[i] = emit(g, insn);
    }
    remember(g, type, emit(g, (struct ir_insn){.op = joins[random_below(r, 4)], .type = type,
                                               .a = half[0], .b = half[1]}));
}

/* A comparison through flags, as Arm says it, sometimes with zero or itself. */
static void flag_test(struct generator *g)
{
    static const uint8_t ops[] = {IR_SUBF, IR_SUBF, IR_ANDF, IR_ADDF};
    struct random *r = &g->random;
    enum ir_type type = int_type(g);
    struct ir_insn make = {.op = ops[random_below(r, 4)], .type = type, .a = value(g, type)};
    if (chance(r, 30))
        make.b = make.a;
    else
        make.b = chance(r, 40) ? ir_const(g->b, 0) : value(g, type);
    ir_ref flags = chance(r, 30) ? value(g, IR_B) : emit(g, make);
    if (chance(r, 20))
        flags = emit(g, (struct ir_insn){.op = IR_FLIPC, .type = IR_B, .a = flags});
    if (chance(r, 20))
        flags = emit(g, (struct ir_insn){
                            .op = IR_CONDF, .type = IR_B, .sub = (uint8_t)random_below(r, IR_CC_COUNT),
                            .a = value(g, IR_B), .b = flags, .aux = chance(r, 50) ? IR_FLAG_Z : 0});
    remember(g, IR_B, flags);
    struct ir_insn use = {.op = IR_SETB, .type = IR_I64, .a = flags};
    use.sub = (uint8_t)random_below(r, IR_CC_COUNT);
    if (chance(r, 50)) {
        use.op = IR_SELB;
        use.b = value(g, IR_I64);
        use.c = value(g, IR_I64);
    }
    remember(g, IR_I64, emit(g, use));
}

/* A value shifted both ways and put together, as rotations are written, or nearly so. */
static void rotation(struct generator *g)
{
    static const uint8_t joins[] = {IR_OR, IR_XOR, IR_ADD, IR_SUB};
    struct random *r = &g->random;
    enum ir_type type = int_type(g);
    bool words = chance(r, 50); /* slliw and srliw */
    unsigned width = words ? 32 : ir_type_size(type) * 8, n = random_below(r, width + 1);
    ir_ref x = value(g, words ? IR_I64 : type), part[2];
    for (unsigned i = 0; i < 2; i++) {
        ir_ref k = ir_const(g->b, (i ? width - n : n) + chance(r, 5));
        struct ir_insn insn = {.op = i ? IR_SHR : IR_SHL, .type = words ? IR_I32 : type, .a = x, .b = k};
        if (words)
            insn.a = convert(g, IR_TRUNC, IR_I32, IR_I64, x);
        part[i] = emit(g, insn);
        if (words)
            part[i] = convert(g, IR_SEXT, IR_I64, IR_I32, part[i]);
    }
    bool swapped = chance(r, 50);
    type = words ? IR_I64 : type;
    remember(g, type, emit(g, (struct ir_insn){.op = joins[random_below(r, 4)], .type = type,
                                               .a = part[swapped], .b = part[!swapped]}));
}

static ir_ref vector_op(struct generator *g, unsigned op, unsigned lane, ir_ref x, ir_ref y)
{
    return emit(g, (struct ir_insn){
                       .op = (uint8_t)op, .type = IR_V128, .sub = (uint8_t)lane, .a = x, .b = y});
}

/* Rounds of AES as Arm says them: two halves and the key apart. */
static void cipher(struct generator *g)
{
    struct random *r = &g->random;
    bool back = chance(r, 50);
    ir_ref none = ir_const(g->b, 0), zero = vector_op(g, IR_VPAIR, 0, none, none);
    ir_ref x = value(g, IR_V128), key = chance(r, 90) ? zero : value(g, IR_V128);
    for (unsigned n = 1 + random_below(r, 3); n--;) {
        x = vector_op(g, back ? IR_VAESDECL : IR_VAESENCL, 0, x, key);
        if (chance(r, 70))
            x = vector_op(g, back ^ chance(r, 10) ? IR_VAESIMC : IR_VAESMC, 0, x, IR_NONE);
        ir_ref y = value(g, IR_V128);
        bool swapped = chance(r, 50);
        x = vector_op(g, IR_VXOR, 0, swapped ? x : y, swapped ? y : x);
    }
    remember(g, IR_V128, x);
}

/* Lanes put into vectors and taken out again, as another type or elsewhere. */
static void lane_traffic(struct generator *g)
{
    static const uint8_t makers[] = {IR_VZEXT, IR_VZEXT, IR_VZEXT, IR_VPAIR, IR_VDUP, IR_VINS};
    struct random *r = &g->random;
    for (unsigned n = 1 + random_below(r, 3); n--;) {
        struct ir_insn make = {.op = makers[random_below(r, 6)], .type = IR_V128};
        choose_types(g, &make);
        choose_aux(g, &make);
        for (int i = 0; i < 2; i++)
            if (ir_operand_is_ref(&ir_op_info[make.op], i))
                (&make.a)[i] = operand(g, &make, ir_op_info[make.op].operand[i]);
        ir_ref v = emit(g, make);
        remember(g, IR_V128, v);
        struct ir_insn take = {.op = IR_VLANE, .a = v};
        choose_lane_type(g, &take);
        take.aux = chance(r, 70) ? 0 : choose_number(g, &take);
        remember(g, (enum ir_type)take.type, emit(g, take));
    }
}

static void idiom(struct generator *g)
{
    unsigned kind = random_below(&g->random, 8);
    if (allowed(g, RANDOM_VECTOR) && chance(&g->random, 20)) {
        if (chance(&g->random, 30))
            cipher(g);
        else
            lane_traffic(g);
        return;
    }
    if (kind == 0 && allowed(g, RANDOM_FLAGS))
        flag_test(g);
    else if (kind == 1)
        select_pair(g);
    else if (kind == 2)
        rotation(g);
    else
        chain(g);
}

static void helper_call(struct generator *g)
{
    unsigned index = random_below(&g->random, TG_BLEND);
    const struct ir_helper *helper = &test_guest.helpers[index];
    struct ir_insn insn = {.op = IR_CALLH, .type = IR_I64, .aux = index};
    if (index == TG_POKE || chance(&g->random, 20))
        insn.type = IR_VOID;
    if (index == TG_TOUCH)
        choose_address(g, &insn, 1), insn.aux = index;
    for (int i = 0; i < helper->nargs; i++)
        if (!(&insn.a)[i])
            (&insn.a)[i] = value(g, IR_I64);
    ir_ref result = emit(g, insn);
    if (insn.type == IR_I64)
        remember(g, IR_I64, result);
}

static void one_op(struct generator *g)
{
    unsigned op;
    if (allowed(g, RANDOM_INT) && chance(&g->random, 25)) {
        idiom(g);
        return;
    }
    if (g->options->only_op && chance(&g->random, 50))
        op = (unsigned)g->options->only_op;
    else
        do
            op = random_below(&g->random, IR_OP_COUNT);
        while (!allowed(g, group_of(op)));
    switch (group_of(op)) {
    case RANDOM_HELPER: helper_call(g); break;
    case RANDOM_MEMORY: memory_op(g, op); break;
    default: (is_atomic(op) ? memory_op : plain_op)(g, op); break;
    }
}

/* ---- guest instructions and blocks --------------------------------------------------------- */

static void one_put(struct generator *g)
{
    static const struct {
        uint8_t type, first, count;
        uint32_t group;
    } kinds[] = {{IR_I64, TG_X0, TG_BASE, RANDOM_ALL},
                 {IR_I64, TG_X0, TG_BASE, RANDOM_ALL},
                 {IR_F64, TG_F0, 8, RANDOM_FLOAT},
                 {IR_V128, TG_V0, 4, RANDOM_VECTOR},
                 {IR_B, TG_FL, 1, RANDOM_FLAGS}};
    unsigned k;
    do
        k = random_below(&g->random, sizeof kinds / sizeof kinds[0]);
    while (!allowed(g, kinds[k].group));
    ir_ref x = value(g, (enum ir_type)kinds[k].type);
    /* I32 and F32 become visible through an extension or a box */
    if (kinds[k].type == IR_I64 && chance(&g->random, 40)) {
        unsigned op = chance(&g->random, 50) ? IR_SEXT : IR_ZEXT;
        x = emit(g, (struct ir_insn){.op = (uint8_t)op, .type = IR_I64, .sub = IR_I32,
                                     .a = value(g, IR_I32)});
        remember(g, IR_I64, x);
    } else if (kinds[k].type == IR_F64 && chance(&g->random, 40)) {
        x = emit(g, (struct ir_insn){.op = IR_FBOX, .type = IR_F64, .sub = IR_F32,
                                     .a = value(g, IR_F32)});
        remember(g, IR_F64, x);
    }
    unsigned slot = kinds[k].first + random_below(&g->random, kinds[k].count);
    emit(g, (struct ir_insn){.op = IR_PUT, .type = kinds[k].type, .a = x, .aux = slot});
}

/* What comes right behind: a branch, a choice, a sum with carry. */
static void flag_user(struct generator *g, ir_ref flags)
{
    struct random *r = &g->random;
    uint8_t cc = (uint8_t)random_below(r, IR_CC_COUNT);
    if (chance(r, 30))
        return;
    emit(g, (struct ir_insn){.op = IR_INSN, .d = 2, .aux = g->pc});
    g->pc += 2;
    if (allowed(g, RANDOM_GUARD) && chance(r, 50)) {
        emit(g, (struct ir_insn){.op = IR_BRB, .sub = cc, .a = flags, .b = ir_pc(g->b, 0x20000)});
    } else if (chance(r, 50)) {
        remember(g, IR_I64, emit(g, (struct ir_insn){.op = IR_SELB, .type = IR_I64, .sub = cc,
                                                     .a = flags, .b = value(g, IR_I64),
                                                     .c = value(g, IR_I64)}));
    } else {
        ir_ref carry = emit(g, (struct ir_insn){.op = IR_FLIPC, .type = IR_B, .a = flags});
        struct ir_insn sum = {.op = chance(r, 50) ? IR_ADC : IR_SBB, .type = IR_I64,
                              .a = value(g, IR_I64), .b = value(g, IR_I64)};
        sum.c = sum.op == IR_ADC ? carry : flags;
        remember(g, IR_I64, emit(g, sum));
        sum.op = sum.op == IR_ADC ? IR_ADCF : IR_SBBF;
        remember(g, IR_B, emit(g, sum));
    }
}

/* A sum, difference or conjunction that overwrites its operand and sets the flags, as Arm's do. */
static void flag_setter(struct generator *g)
{
    static const uint8_t ops[][2] = {{IR_SUB, IR_SUBF}, {IR_ADD, IR_ADDF}, {IR_AND, IR_ANDF}};
    struct random *r = &g->random;
    const uint8_t *op = ops[random_below(r, 3)];
    unsigned slot = TG_X0 + random_below(r, TG_BASE);
    bool half = chance(r, 40);
    uint8_t type = half ? IR_I32 : IR_I64;
    ir_ref a = emit(g, (struct ir_insn){.op = IR_GET, .type = IR_I64, .aux = slot});
    if (half)
        a = emit(g, (struct ir_insn){.op = IR_TRUNC, .type = IR_I32, .sub = IR_I64, .a = a});
    ir_ref b = chance(r, 40) ? ir_const(g->b, 1 + random_below(r, 9)) : value(g, (enum ir_type)type);
    ir_ref result = emit(g, (struct ir_insn){.op = op[0], .type = type, .a = a, .b = b});
    ir_ref flags = emit(g, (struct ir_insn){.op = op[1], .type = type, .a = a, .b = b});
    if (half)
        result = emit(g, (struct ir_insn){
                             .op = IR_ZEXT, .type = IR_I64, .sub = IR_I32, .a = result});
    if (op[0] != IR_SUB)
        flags = emit(g, (struct ir_insn){.op = IR_FLIPC, .type = IR_B, .a = flags});
    remember(g, IR_B, flags);
    remember(g, IR_I64, result);
    emit(g, (struct ir_insn){.op = IR_PUT, .type = IR_B, .a = flags, .aux = TG_FL});
    emit(g, (struct ir_insn){.op = IR_PUT, .type = IR_I64, .a = result, .aux = slot});
    flag_user(g, flags);
}

static void block_end(struct generator *g)
{
    static const uint8_t ends[] = {IR_GOTO, IR_CALL, IR_GOTOIND, IR_CALLIND, IR_RET, IR_EXIT};
    static const uint8_t reasons[] = {IR_EXIT_SYSCALL, IR_EXIT_BREAK, IR_EXIT_ILLEGAL,
                                      IR_EXIT_FLUSH, IR_EXIT_YIELD};
    struct ir_insn insn = {.op = ends[random_below(&g->random, 6)]};
    const struct ir_op_info *info = &ir_op_info[insn.op];
    for (int i = 0; i < 2; i++)
        if (info->operand[i] != '-')
            (&insn.a)[i] = operand(g, &insn, info->operand[i]);
    if (insn.op == IR_EXIT)
        insn.aux = reasons[random_below(&g->random, sizeof reasons)];
    emit(g, insn);
}

void random_block(struct ir_block *b, uint64_t seed, const struct random_options *options)
{
    struct generator g = {.random = {seed * 0x2545f4914f6cdd1d + 1}, .b = b, .options = options};
    unsigned count = options->guest_insns ? options->guest_insns : 1 + random_below(&g.random, 12);
    ir_start(b, &test_guest, options->pc, 0);
    for (unsigned i = 0; i < count; i++) {
        unsigned length = chance(&g.random, 50) ? 2 : 4;
        emit(&g, (struct ir_insn){.op = IR_INSN, .d = (ir_ref)length, .aux = g.pc});
        g.pc += length;
        for (unsigned n = 1 + random_below(&g.random, 6); n--;)
            one_op(&g);
        for (unsigned n = random_below(&g.random, 4); n--;)
            one_put(&g);
        if (allowed(&g, RANDOM_FLAGS) && allowed(&g, RANDOM_INT) && chance(&g.random, 20))
            flag_setter(&g);
    }
    block_end(&g);
}
