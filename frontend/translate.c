/*
 * The driver that all frontends share: walks guest code from a block's start, lets the guest's part
 * translate one instruction after the other, and decides where the block ends.
 *
 * A block is a superblock, a guess at the way that execution takes:
 *   - forward conditional branches are taken rarely: they become side exits and the walk goes on;
 *   - backward ones close loops: the block ends, so that the loop is a block of its own, in which a
 *     short one is gone round several times if the caller says so (TRANSLATE_ROUNDS);
 *   - forward jumps are followed, as what lies between them is somebody else's (an else branch);
 *     backward ones end the block;
 *   - calls, returns and computed jumps end it; so do bounds on size.
 */
#include "frontend/translate.h"

#include <string.h>

enum {
    /*
     * Guest instructions a block by default. What follows a side exit is often translated again as
     * the start of another block: `python3 -c pass` translates 168,000 instructions with 16,
     * 181,000 with 32, 190,000 with 64 (in 22,100, 20,500 and 20,100 blocks); sha256sum, gzip and a
     * Python loop run equally fast with 32, 64 and 128.
     */
    DEFAULT_MAX_INSNS = 32,
    /*
     * Side exits a block, as each makes it less likely that what follows runs at all: with 3 instead of
     * any number `python3 -c pass` translates 157,000 instructions, and a shell script takes 5 % less
     * time; sort, lz, queens and cc1 run equally fast with 2, 3 and any number. With 2 a shell script of
     * AArch64 takes another 4 % less.
     */
    MAX_GUARDS = 2,
    /*
     * How often a short loop is gone round in its block, and how much longer than others the block
     * may become (TRANSLATE_ROUNDS).
     */
    MAX_ROUNDS = 4,
    ROUNDS_SIZE = 2,
    /* IR that one guest instruction may need at most, and the constants. */
    ROOM_INSNS = 256,
    ROOM_CONSTS = 64,
    /* How far a jump is followed: a block's guest range stays compact for invalidation. */
    FOLLOW_DISTANCE = 4096,
    MAX_INSN_BYTES = 16,
};

/* The piece of guest code that can be read without asking again. */
struct window {
    const uint8_t *bytes;
    uint64_t pc;
    size_t size;
};

static size_t window_at(struct window *w, const struct code_source *source, uint64_t pc)
{
    if (pc - w->pc >= w->size) {
        w->pc = pc;
        w->bytes = source->window(source->context, pc, &w->size);
    }
    return w->size - (pc - w->pc);
}

/* ---- looking ahead ----------------------------------------------------------------------------
 *
 * Flags that wait to be written home at an exit need not be if the code there overwrites them before it
 * reads them. A few instructions show that, most of the time. What has been looked at counts as read
 * by the block if it is near, so that the block goes when the code there changes; of what is far only
 * the target of a call is believed, as no caller passes flags to a function of which it does not know
 * that it is the same one.
 *
 * A fault among those instructions shows flags that are older than they should be. Nobody can tell
 * but by looking at the flags in a signal frame at a place where they are about to be overwritten.
 */

enum {
    AHEAD_INSNS = 12,  /* looked at in all */
    AHEAD_NEAR = 2048, /* bytes from the block's start */
};

struct ahead {
    struct translation *t;
    unsigned budget;
    uint64_t lo, hi; /* near code that has been looked at */
    uint64_t far;    /* the page of the called function if it is far; 0: none */
};

static bool may_look(struct ahead *a, uint64_t pc)
{
    uint64_t start = a->t->block->pc;
    if (pc - (start - AHEAD_NEAR) < 2 * AHEAD_NEAR) {
        a->lo = pc < a->lo ? pc : a->lo;
        a->hi = pc + a->t->frontend->max_insn > a->hi ? pc + a->t->frontend->max_insn : a->hi;
        return true;
    }
    return a->far && pc >> 12 == a->far;
}

static bool dead_from(struct ahead *a, uint64_t pc)
{
    const struct frontend *f = a->t->frontend;
    struct window w = {.size = 0};
    while (a->budget) {
        uint64_t target;
        a->budget--; /* of branches too: a loop may consist of nothing else */
        if (!may_look(a, pc) || window_at(&w, a->t->source, pc) < f->max_insn)
            return false;
        switch (f->flags_use(pc, w.bytes + (pc - w.pc), &target)) {
        case FLAGS_WRITTEN: return true;
        case FLAGS_READ: return false;
        case FLAGS_JUMP: pc = target; break;
        case FLAGS_BRANCH:
            if (!dead_from(a, target))
                return false;
            pc += f->min_insn;
            break;
        case FLAGS_KEPT: pc += f->min_insn; break;
        }
    }
    return false;
}

/* Does a value of the flags wait to be written home? */
static bool flags_pending(const struct translation *t)
{
    const struct ir_block *b = t->block;
    ir_ref r = b->current[t->frontend->flags_slot];
    return r && (ir_is_const(r) || b->insns[r].op != IR_GET);
}

/* The mark of an exit to `target`. */
static uint32_t exit_mark(struct translation *t, uint64_t target, bool call)
{
    struct ir_block *b = t->block;
    if (!t->frontend->flags_use || b->ended || t->single || !flags_pending(t))
        return 0;
    struct ahead a = {t, AHEAD_INSNS, b->lo, b->hi, call ? target >> 12 : 0};
    if (!dead_from(&a, target))
        return 0;
    b->lo = a.lo;
    b->hi = a.hi;
    return 1;
}

/* ---- branches ---------------------------------------------------------------------------------
 */

/* The end of the block. */
static void leave(struct translation *t, uint64_t target)
{
    ir_emit(t->block, (struct ir_insn){.op = IR_GOTO, .a = ir_pc(t->block, target),
                                       .aux = exit_mark(t, target, false)});
}

/*
 * Does the branch close a loop that is the whole block, and short? Then the walk goes round it
 * again, so that what one round leaves in registers the next finds there.
 */
static bool goes_round(struct translation *t, uint64_t target)
{
    unsigned rounds = t->rounds + 1, n = t->block->nguest;
    if (target != t->block->pc || rounds >= t->max_rounds || n + n / rounds > t->max_insns)
        return false;
    t->rounds = rounds;
    t->guards = 0;
    t->follow = target;
    t->followed = true;
    return true;
}

/* Behind a guard to `target`. */
static void pass_guard(struct translation *t, uint64_t target)
{
    t->guards++;
    if (target <= t->pc)
        leave(t, t->pc + t->length);
}

void translate_branch(struct translation *t, enum ir_cc cc, enum ir_type type, ir_ref x, ir_ref y,
                      uint64_t target)
{
    bool again = goes_round(t, target);
    if (again)
        target = t->pc + t->length;
    ir_emit(t->block, (struct ir_insn){.op = IR_BRCC, .type = (uint8_t)type,
                                       .sub = (uint8_t)(again ? cc ^ 1 : cc),
                                       .a = x, .b = y, .c = ir_pc(t->block, target),
                                       .aux = exit_mark(t, target, false)});
    if (!again)
        pass_guard(t, target);
}

void translate_branch_flags(struct translation *t, enum ir_cc cc, ir_ref flags, uint64_t target)
{
    bool again = goes_round(t, target);
    if (again)
        target = t->pc + t->length;
    ir_emit(t->block, (struct ir_insn){.op = IR_BRB, .sub = (uint8_t)(again ? cc ^ 1 : cc),
                                       .a = flags, .b = ir_pc(t->block, target),
                                       .aux = exit_mark(t, target, false)});
    if (!again)
        pass_guard(t, target);
}

void translate_call(struct translation *t, uint64_t target, uint64_t return_address)
{
    ir_emit(t->block, (struct ir_insn){.op = IR_CALL, .a = ir_pc(t->block, target),
                                       .b = ir_pc(t->block, return_address),
                                       .aux = exit_mark(t, target, true)});
}

void translate_jump(struct translation *t, uint64_t target)
{
    if (target > t->pc && target - t->pc <= FOLLOW_DISTANCE) {
        t->follow = target;
        t->followed = true;
    } else {
        leave(t, target);
    }
}

/*
 * An instruction at the end of its window goes on in another mapping, if at all. Gathers its bytes
 * from both; a block of such an instruction has no other.
 */
static void translate_across(struct translation *t, const struct code_source *source,
                             struct window *w)
{
    uint8_t bytes[MAX_INSN_BYTES];
    size_t have = w->size - (t->pc - w->pc), more;
    if (have > t->frontend->max_insn)
        have = t->frontend->max_insn;
    memcpy(bytes, w->bytes + (t->pc - w->pc), have);
    const uint8_t *rest = source->window(source->context, t->pc + have, &more);
    if (more > t->frontend->max_insn - have)
        more = t->frontend->max_insn - have;
    if (more)
        memcpy(bytes + have, rest, more);
    if (!more || !t->frontend->translate(t, bytes, have + more)) {
        ir_insn_start(t->block, t->pc, t->frontend->min_insn);
        ir_exit(t->block, IR_EXIT_FETCH, t->pc);
    } else {
        leave(t, t->followed ? t->follow : t->pc + t->length);
    }
}

static bool has_room(const struct ir_block *b, unsigned max_insns)
{
    return b->nguest < max_insns && b->n < IR_MAX_INSNS - ROOM_INSNS &&
           b->nconsts < IR_MAX_CONSTS - ROOM_CONSTS;
}

void frontend_translate(const struct frontend *f, const struct cpu_config *config,
                        const struct code_source *source, struct ir_block *b, uint64_t pc,
                        uint32_t mode, unsigned max_insns, unsigned flags)
{
    struct translation t = {.block = b, .frontend = f, .config = config, .source = source,
                            .pc = pc, .mode = mode, .single = flags & TRANSLATE_SINGLE};
    struct window w = {.size = 0};
    if (max_insns == 0)
        max_insns = DEFAULT_MAX_INSNS;
    if (max_insns > IR_MAX_GUEST_INSNS)
        max_insns = IR_MAX_GUEST_INSNS;
    if (flags & TRANSLATE_SINGLE)
        max_insns = 1;
    t.max_rounds = flags & TRANSLATE_ROUNDS && !t.single ? MAX_ROUNDS : 1;
    t.max_insns = ROUNDS_SIZE * max_insns < IR_MAX_GUEST_INSNS ? ROUNDS_SIZE * max_insns
                                                              : IR_MAX_GUEST_INSNS;

    ir_start(b, &f->ir, pc, mode);
    if (pc % f->min_insn) { /* the runtime sees why */
        ir_insn_start(b, pc, f->min_insn);
        ir_exit(b, IR_EXIT_FETCH, pc);
        return;
    }
    do {
        size_t size = window_at(&w, source, t.pc);
        t.followed = false;
        if (size < f->min_insn || !f->translate(&t, w.bytes + (t.pc - w.pc), size)) {
            if (b->nguest == 0 && size >= f->min_insn) {
                translate_across(&t, source, &w);
            } else if (b->nguest == 0) {
                ir_insn_start(b, t.pc, f->min_insn);
                ir_exit(b, IR_EXIT_FETCH, t.pc);
            } else {
                leave(&t, t.pc);
            }
            return;
        }
        t.pc = t.followed ? t.follow : t.pc + t.length;
    } while (!b->ended && t.guards < MAX_GUARDS && has_room(b, t.rounds ? t.max_insns : max_insns));
    if (!b->ended)
        leave(&t, t.pc);
}
