/*
 * The builder: turns what a frontend says into a short block while it is being said.
 *
 * Every instruction goes through ir_emit: folded (fold.c), then looked up among the values the block
 * already has, then appended. The builder knows the current value of each slot (`current`), so a get
 * after a put or get is no instruction at all, and a put of what the slot holds is dropped.
 *
 * Invariants:
 *   - only pure ops are numbered; one that raises FP flags is not reused across an op that may have
 *     changed the FP mode or read or cleared the flags (`fp_changed`);
 *   - a put may vanish only if another put of its slot follows and nothing between could have shown
 *     the state to the outside: fault, leave, or call (`observed`);
 *   - the hash tables are hints. An entry is believed only after comparing what it names, so stale
 *     ones do no harm; the generation merely saves the comparison.
 *
 * Nothing here is proportional to the size of struct ir_block: starting a block touches `current` for
 * the guest's slots only.
 */
#include "ir/ir.h"

#include <string.h>

#include "util/log.h"

void ir_start(struct ir_block *b, const struct ir_guest *guest, uint64_t pc, uint32_t mode)
{
    b->guest = guest;
    b->pc = b->lo = b->hi = pc;
    b->mode = mode;
    b->n = 1;
    b->nconsts = 0;
    b->nguest = 0;
    b->ended = false;
    b->insns[0] = (struct ir_insn){.op = IR_NOP};
    b->observed = b->fp_changed = 0;
    b->generation++;
    memset(b->current, 0, guest->nslots * sizeof b->current[0]);
}

/* ---- constants ---------------------------------------------------------------------------- */

static ir_ref intern(struct ir_block *b, uint64_t value, unsigned kind)
{
    enum { SIZE = sizeof b->const_index / sizeof b->const_index[0], PROBES = 4 };
    unsigned h = (unsigned)((value * 0x9e3779b97f4a7c15) >> 56) + kind, slot = h % SIZE;
    for (unsigned i = 0; i < PROBES; i++) {
        unsigned at = (h + i) % SIZE;
        if (b->const_index[at].generation != b->generation) {
            slot = at;
            break;
        }
        unsigned k = b->const_index[at].ref;
        if (k < b->nconsts && b->consts[k].value == value && b->consts[k].kind == kind)
            return (ir_ref)(k | IR_CONST_BIT);
    }
    if (__builtin_expect(b->nconsts >= IR_MAX_CONSTS, 0))
        bug("too many constants in the block at %#llx", (unsigned long long)b->pc);
    unsigned k = b->nconsts++;
    b->consts[k] = (struct ir_const){.value = value, .kind = (uint8_t)kind};
    b->const_index[slot].generation = b->generation;
    b->const_index[slot].ref = (ir_ref)k;
    return (ir_ref)(k | IR_CONST_BIT);
}

ir_ref ir_const(struct ir_block *b, uint64_t value)
{
    return intern(b, value, IR_CONST_VALUE);
}

ir_ref ir_pc(struct ir_block *b, uint64_t value)
{
    return intern(b, value, IR_CONST_PC);
}

/* ---- slots -------------------------------------------------------------------------------- */

static_assert(IR_MAX_SLOTS <= 256, "holder is an array of bytes");

static inline void note_get(struct ir_block *b, unsigned slot, ir_ref ref)
{
    b->current[slot] = ref;
    b->holder[ref] = (uint8_t)slot;
}

static inline void note_put(struct ir_block *b, unsigned slot, ir_ref value, ir_ref ref)
{
    b->current[slot] = value;
    b->last_put[slot] = ref;
    if (!ir_is_const(value))
        b->holder[value] = (uint8_t)slot;
}

/* Keeps what is known of slots and FP flags in step with the instruction just appended. */
static void note_effect(struct ir_block *b, const struct ir_insn *insn, ir_ref ref)
{
    switch ((enum ir_effect)ir_op_info[insn->op].effect) {
    case IR_EFFECT_pure:
    case IR_EFFECT_mark:
        break;
    case IR_EFFECT_get:
        note_get(b, insn->aux, ref);
        break;
    case IR_EFFECT_put:
        note_put(b, insn->aux, insn->a, ref);
        break;
    case IR_EFFECT_fence:
        if (insn->op == IR_FGETEXC || insn->op == IR_FSETEXC)
            b->fp_changed = ref;
        break;
    case IR_EFFECT_load:
    case IR_EFFECT_store:
    case IR_EFFECT_atomic:
    case IR_EFFECT_guard:
        b->observed = ref;
        break;
    case IR_EFFECT_call:
        b->observed = b->fp_changed = ref;
        if (b->guest->helpers[insn->aux].effects & IR_HELPER_WRITES)
            memset(b->current, 0, b->guest->nslots * sizeof b->current[0]);
        break;
    case IR_EFFECT_end:
        b->ended = true;
        break;
    }
}

static inline ir_ref place(struct ir_block *b, struct ir_insn insn)
{
    if (__builtin_expect(b->n >= IR_MAX_INSNS, 0))
        bug("too many IR instructions in the block at %#llx", (unsigned long long)b->pc);
    ir_ref ref = (ir_ref)b->n++;
    b->insns[ref] = insn;
    return ref;
}

ir_ref ir_append(struct ir_block *b, struct ir_insn insn)
{
    ir_ref ref = place(b, insn);
    if (ir_op_info[insn.op].effect != IR_EFFECT_pure)
        note_effect(b, &insn, ref);
    return ir_result_type(&insn) == IR_VOID ? IR_NONE : ref;
}

ir_ref ir_get(struct ir_block *b, unsigned slot)
{
    if (b->current[slot])
        return b->current[slot];
    if (b->ended)
        return IR_NONE;
    ir_ref ref = place(
        b, (struct ir_insn){.op = IR_GET, .type = b->guest->slots[slot].type, .aux = slot});
    note_get(b, slot, ref);
    return ref;
}

void ir_put(struct ir_block *b, unsigned slot, ir_ref value)
{
    if (b->ended || b->current[slot] == value)
        return;
    unsigned last = b->last_put[slot];
    if (last > b->observed && last < b->n && b->insns[last].op == IR_PUT &&
        b->insns[last].aux == slot)
        b->insns[last] = (struct ir_insn){.op = IR_NOP};
    note_put(b, slot, value,
             place(b, (struct ir_insn){.op = IR_PUT,
                                       .type = b->guest->slots[slot].type,
                                       .a = value,
                                       .aux = slot}));
}

/* ---- value numbering ---------------------------------------------------------------------- */

static_assert(offsetof(struct ir_insn, a) == 4, "hashed as two 64-bit words");

static unsigned hash_insn(const struct ir_insn *insn)
{
    uint64_t w[2];
    memcpy(w, insn, sizeof w);
    return (unsigned)(((w[0] ^ w[1] << 7) * 0x9e3779b97f4a7c15 + w[1]) * 0xff51afd7ed558ccd >> 55);
}

/* Appends a pure op unless the block already has its value. */
static ir_ref number(struct ir_block *b, const struct ir_insn *insn)
{
    enum { SIZE = sizeof b->cse / sizeof b->cse[0] };
    static_assert(SIZE == 512, "hash_insn gives nine bits");
    unsigned h = hash_insn(insn);
    if (b->cse[h].generation == b->generation) {
        ir_ref ref = b->cse[h].ref;
        if (ref < b->n && memcmp(&b->insns[ref], insn, sizeof *insn) == 0 &&
            (ref > b->fp_changed || !ir_op_raises(insn->op)))
            return ref;
    }
    ir_ref ref = place(b, *insn);
    b->cse[h].generation = b->generation;
    b->cse[h].ref = ref;
    return ref;
}

ir_ref ir_emit(struct ir_block *b, struct ir_insn insn)
{
    if (__builtin_expect(b->ended, 0))
        return IR_NONE;
    switch ((enum ir_effect)ir_op_info[insn.op].effect) {
    case IR_EFFECT_get:
        return ir_get(b, insn.aux);
    case IR_EFFECT_put:
        ir_put(b, insn.aux, insn.a);
        return IR_NONE;
    case IR_EFFECT_pure: {
        ir_ref folded = ir_fold(b, &insn);
        return folded ? folded : number(b, &insn);
    }
    case IR_EFFECT_load:
    case IR_EFFECT_store:
    case IR_EFFECT_guard:
        ir_fold(b, &insn);
        if (insn.op == IR_NOP) /* a branch that is never taken */
            return IR_NONE;
        return ir_append(b, insn);
    default:
        return ir_append(b, insn);
    }
}

/* ---- the ops that are not a value --------------------------------------------------------- */

void ir_insn_start(struct ir_block *b, uint64_t pc, unsigned length)
{
    if (b->ended)
        return;
    if (b->nguest++ == 0)
        b->lo = b->hi = pc;
    if (pc < b->lo)
        b->lo = pc;
    if (pc + length > b->hi)
        b->hi = pc + length;
    place(b, (struct ir_insn){
                 .op = IR_INSN, .d = (ir_ref)length, .aux = (uint32_t)(pc - b->pc)});
}

void ir_goto(struct ir_block *b, uint64_t target)
{
    ir_emit(b, (struct ir_insn){.op = IR_GOTO, .a = ir_pc(b, target)});
}

void ir_call(struct ir_block *b, uint64_t target, uint64_t return_address)
{
    ir_emit(b, (struct ir_insn){
                   .op = IR_CALL, .a = ir_pc(b, target), .b = ir_pc(b, return_address)});
}

/* A computed jump to a place that turned out to be known is a direct one. */
static bool known_pc(const struct ir_block *b, ir_ref target)
{
    return ir_is_const(target) && b->consts[target & ~IR_CONST_BIT].kind == IR_CONST_PC;
}

void ir_goto_indirect(struct ir_block *b, ir_ref target)
{
    ir_emit(b, (struct ir_insn){.op = known_pc(b, target) ? IR_GOTO : IR_GOTOIND, .a = target});
}

void ir_call_indirect(struct ir_block *b, ir_ref target, uint64_t return_address)
{
    ir_emit(b, (struct ir_insn){.op = known_pc(b, target) ? IR_CALL : IR_CALLIND,
                                .a = target,
                                .b = ir_pc(b, return_address)});
}

void ir_return(struct ir_block *b, ir_ref target)
{
    ir_emit(b, (struct ir_insn){.op = IR_RET, .a = target});
}

void ir_exit(struct ir_block *b, enum ir_exit reason, uint64_t pc)
{
    ir_emit(b, (struct ir_insn){.op = IR_EXIT, .a = ir_pc(b, pc), .aux = reason});
}

ir_ref ir_helper_call(struct ir_block *b, enum ir_type type, unsigned index, ir_ref x, ir_ref y,
                      ir_ref z)
{
    return ir_emit(b, (struct ir_insn){
                          .op = IR_CALLH, .type = type, .a = x, .b = y, .c = z, .aux = index});
}
