/*
 * The driver that all frontends share: walks guest code from a block's start, lets the guest's part
 * translate one instruction after the other, and decides where the block ends.
 *
 * A block is a superblock, a guess at the way that execution takes:
 *   - forward conditional branches are taken rarely: they become side exits and the walk goes on;
 *   - backward ones close loops: the block ends, so that the loop is a block of its own;
 *   - forward jumps are followed, as what lies between them is somebody else's (an else branch);
 *     backward ones end the block, so nothing is translated twice in one block;
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
     * time; sort, lz, queens and cc1 run equally fast with 2, 3 and any number.
     */
    MAX_GUARDS = 3,
    /* IR that one guest instruction may need at most, and the constants. */
    ROOM_INSNS = 256,
    ROOM_CONSTS = 64,
    /* How far a jump is followed: a block's guest range stays compact for invalidation. */
    FOLLOW_DISTANCE = 4096,
    MAX_INSN_BYTES = 16,
};

void translate_branch(struct translation *t, enum ir_cc cc, enum ir_type type, ir_ref x, ir_ref y,
                      uint64_t target)
{
    ir_brcc(t->block, cc, type, x, y, target);
    t->guards++;
    if (target <= t->pc)
        ir_goto(t->block, t->pc + t->length);
}

void translate_branch_flags(struct translation *t, enum ir_cc cc, ir_ref flags, uint64_t target)
{
    ir_emit(t->block,
            (struct ir_insn){.op = IR_BRB, .sub = cc, .a = flags, .b = ir_pc(t->block, target)});
    if (target <= t->pc)
        ir_goto(t->block, t->pc + t->length);
}

void translate_jump(struct translation *t, uint64_t target)
{
    if (target > t->pc && target - t->pc <= FOLLOW_DISTANCE) {
        t->follow = target;
        t->followed = true;
    } else {
        ir_goto(t->block, target);
    }
}

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
        ir_goto(t->block, t->followed ? t->follow : t->pc + t->length);
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
    struct translation t = {.block = b, .frontend = f, .config = config, .pc = pc, .mode = mode};
    struct window w = {.size = 0};
    if (max_insns == 0)
        max_insns = DEFAULT_MAX_INSNS;
    if (max_insns > IR_MAX_GUEST_INSNS)
        max_insns = IR_MAX_GUEST_INSNS;
    if (flags & TRANSLATE_SINGLE)
        max_insns = 1;

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
                ir_goto(b, t.pc);
            }
            return;
        }
        t.pc = t.followed ? t.follow : t.pc + t.length;
    } while (!b->ended && t.guards < MAX_GUARDS && has_room(b, max_insns));
    if (!b->ended)
        ir_goto(b, t.pc);
}
