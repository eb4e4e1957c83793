/*
 * Memory copy and memory set (FEAT_MOPS; Arm ARM, C6.2, CPYP and SETP), option A of the
 * architecture.
 *
 * After the prologue the size register counts up to zero from minus the rest, and the others point
 * behind the last byte; a copy that must go backward has a positive rest, counts down, and its
 * pointers stay. The main part moves blocks of 64 bytes, the epilogue what remains.
 *
 * An instruction with much to do does a piece of it, has its registers say so, and jumps to
 * itself. So a fault or a signal finds the state that the architecture demands, and a piece that
 * is too short for the next size goes on at the next turn: at most four turns for 63 bytes.
 */
#include "frontend/aarch64/decode.h"

enum { BLOCK = 64 };

static ir_ref add_number(struct translation *t, ir_ref x, int64_t n)
{
    return ir_op2(t->block, IR_ADD, IR_I64, x, ir_const(t->block, (uint64_t)n));
}

static ir_ref add(struct translation *t, ir_ref x, ir_ref y)
{
    return ir_op2(t->block, IR_ADD, IR_I64, x, y);
}

/* Leaves for the next instruction, or for this one again, if x cc n. */
static void leave_if(struct translation *t, enum ir_cc cc, ir_ref x, int64_t n, bool again)
{
    ir_brcc(t->block, cc, IR_I64, x, ir_const(t->block, (uint64_t)n),
            again ? t->pc : t->pc + t->length);
}

/* Has this instruction's next piece start: what is put from here on is put before it. */
static void next_piece(struct translation *t)
{
    ir_insn_start(t->block, t->pc, t->length);
}

/* The registers must be different; zr may only be what SET sets. */
static bool is_valid(const struct a64_args_copy *a)
{
    return a->rd != a->rs && a->rd != a->rn && a->rs != a->rn && a->rd != 31 && a->rn != 31;
}

/* min(size, limit), unsigned. */
static ir_ref limited(struct translation *t, ir_ref size, uint64_t limit)
{
    ir_ref most = ir_const(t->block, limit);
    return ir_selcc(t->block, IR_GTU, IR_I64, size, most, most, size);
}

/* NZCV 0000 says option A. */
static void put_option_a(struct translation *t)
{
    ir_ref bits = ir_const(t->block, IR_FLAG_C); /* inverted carry */
    put_nzcv(t, ir_emit(t->block, (struct ir_insn){.op = IR_FLAGS, .type = IR_I32, .sub = IR_I32,
                                                   .a = bits}));
}

/* ---- copy ---------------------------------------------------------------------------------- */

/* How a load and a store of 2^size bytes are typed. */
static enum ir_type piece_type(unsigned size)
{
    return size == 4 ? IR_V128 : IR_I64;
}

/*
 * Forward copies have the rest negated and pointers behind the end. Which way is decided by the
 * addresses alone: a copy that does not overlap may go either way.
 */
bool a64_copy_prologue(struct translation *t, const struct a64_args_copy *a, int both_ways)
{
    struct ir_block *b = t->block;
    ir_ref zero = ir_const(b, 0), d, s, n;
    if (!is_valid(a) || a->rs == 31)
        return false;
    d = get_x(t, a->rd);
    s = get_x(t, a->rs);
    n = limited(t, get_x(t, a->rn), both_ways ? INT64_MAX >> 8 : INT64_MAX);
    ir_ref advance = n, rest = ir_op1(b, IR_NEG, IR_I64, n);
    if (both_ways) {
        ir_ref from = a64_address(t, s), to = a64_address(t, d);
        advance = ir_selcc(b, IR_LTU, IR_I64, from, to, zero, n);
        rest = ir_selcc(b, IR_LTU, IR_I64, from, to, n, rest);
    }
    put_x(t, a->rd, add(t, d, advance));
    put_x(t, a->rs, add(t, s, advance));
    put_x(t, a->rn, rest);
    put_option_a(t);
    return true;
}

/* `forward` if the rest n is negative, else `backward`. */
static ir_ref by_direction(struct translation *t, ir_ref n, uint64_t forward, uint64_t backward)
{
    struct ir_block *b = t->block;
    ir_ref sign = ir_op2(b, IR_SAR, IR_I64, n, ir_const(b, 63));
    return add(t, ir_op2(b, IR_AND, IR_I64, sign, ir_const(b, forward - backward)),
               ir_const(b, backward));
}

/*
 * Copies `bytes` (up to 16, a power of two) of the rest n, of which there must be so many, and
 * returns the new rest. One access each, so that a fault never finds a source overwritten that is
 * still needed.
 */
static ir_ref copy_piece(struct translation *t, const struct a64_args_copy *a, bool both_ways,
                         ir_ref n, unsigned bytes)
{
    struct ir_block *b = t->block;
    ir_ref at = n, rest = add_number(t, n, bytes);
    unsigned size = (unsigned)__builtin_ctz(bytes);
    if (both_ways) { /* backward: the last bytes */
        at = add(t, n, by_direction(t, n, 0, -(uint64_t)bytes));
        rest = add(t, n, by_direction(t, n, bytes, -(uint64_t)bytes));
    }
    ir_ref from = a64_address(t, add(t, get_x(t, a->rs), at));
    ir_ref to = a64_address(t, add(t, get_x(t, a->rd), at));
    ir_store(b, piece_type(size), to, 0, ir_load(b, piece_type(size), from, 0, size), size);
    put_x(t, a->rn, rest);
    return rest;
}

/* How many bytes the rest n stands for. */
static ir_ref bytes_of(struct translation *t, bool both_ways, ir_ref n)
{
    ir_ref negated = ir_op1(t->block, IR_NEG, IR_I64, n);
    if (!both_ways)
        return negated;
    return ir_selcc(t->block, IR_LTS, IR_I64, n, ir_const(t->block, 0), negated, n);
}

bool a64_copy_main(struct translation *t, const struct a64_args_copy *a, int both_ways)
{
    if (!is_valid(a) || a->rs == 31)
        return false;
    ir_ref n = get_x(t, a->rn);
    leave_if(t, IR_LTS, bytes_of(t, both_ways, n), BLOCK, false);
    for (unsigned done = 0; done < BLOCK; done += 16) {
        if (done)
            next_piece(t);
        n = copy_piece(t, a, both_ways, n, 16);
    }
    ir_goto(t->block, t->pc);
    return true;
}

bool a64_copy_epilogue(struct translation *t, const struct a64_args_copy *a, int both_ways)
{
    if (!is_valid(a) || a->rs == 31)
        return false;
    ir_ref n = get_x(t, a->rn);
    leave_if(t, IR_LES, bytes_of(t, both_ways, n), 0, false);
    for (unsigned bytes = 1; bytes < BLOCK; bytes *= 2) {
        if (bytes > 1) {
            leave_if(t, IR_LTS, bytes_of(t, both_ways, n), bytes, true);
            next_piece(t);
        }
        for (unsigned done = 0; done < bytes; done += 16) {
            if (done)
                next_piece(t);
            n = copy_piece(t, a, both_ways, n, bytes < 16 ? bytes : 16);
        }
    }
    ir_goto(t->block, t->pc);
    return true;
}

/* ---- set ----------------------------------------------------------------------------------- */

bool a64_set_prologue(struct translation *t, const struct a64_args_copy *a)
{
    if (!is_valid(a))
        return false;
    ir_ref n = limited(t, get_x(t, a->rn), INT64_MAX);
    put_x(t, a->rd, add(t, get_x(t, a->rd), n));
    put_x(t, a->rn, ir_op1(t->block, IR_NEG, IR_I64, n));
    put_option_a(t);
    return true;
}

static ir_ref set_piece(struct translation *t, const struct a64_args_copy *a, ir_ref n,
                        unsigned bytes)
{
    struct ir_block *b = t->block;
    unsigned step = bytes < 16 ? bytes : 16, size = (unsigned)__builtin_ctz(step);
    ir_ref all = v_op(t, IR_VDUP, IR_I8, get_x(t, a->rs), IR_NONE), value = all;
    ir_ref to = a64_address(t, add(t, get_x(t, a->rd), n)), rest = add_number(t, n, bytes);
    if (size < 4)
        value = ir_emit(b, (struct ir_insn){.op = IR_VLANE, .type = IR_I64, .sub = IR_I64,
                                            .a = all});
    for (unsigned i = 0; i < bytes / step; i++)
        ir_store(b, piece_type(size), to, (int32_t)(i * step), value, size);
    put_x(t, a->rn, rest);
    return rest;
}

bool a64_set_main(struct translation *t, const struct a64_args_copy *a)
{
    if (!is_valid(a))
        return false;
    ir_ref n = get_x(t, a->rn);
    leave_if(t, IR_GTS, n, -BLOCK, false);
    set_piece(t, a, n, BLOCK);
    ir_goto(t->block, t->pc);
    return true;
}

bool a64_set_epilogue(struct translation *t, const struct a64_args_copy *a)
{
    if (!is_valid(a))
        return false;
    ir_ref n = get_x(t, a->rn);
    leave_if(t, IR_GES, n, 0, false);
    for (unsigned bytes = 1; bytes < BLOCK; bytes *= 2) {
        if (bytes > 1) {
            leave_if(t, IR_GTS, n, -(int64_t)bytes, true);
            next_piece(t);
        }
        n = set_piece(t, a, n, bytes);
    }
    ir_goto(t->block, t->pc);
    return true;
}
