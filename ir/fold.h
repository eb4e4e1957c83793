/*
 * What the folder's files share: views of operands, and what is known of a value's bits.
 *
 * A rule looks at an instruction that has not been appended yet and either returns the reference that
 * stands for its result, or rewrites the instruction in place and returns FOLD_AGAIN (more may
 * follow), or returns IR_NONE: nothing to do.
 */
#ifndef FERRY_IR_FOLD_H
#define FERRY_IR_FOLD_H

#include "ir/eval.h"
#include "ir/ir.h"

enum { FOLD_AGAIN = 0xffff };
static_assert((FOLD_AGAIN & ~IR_CONST_BIT) >= IR_MAX_CONSTS, "FOLD_AGAIN is no reference");

/* The instruction that made a value; for a constant and for none, the nop at index 0. */
static inline const struct ir_insn *fold_def(const struct ir_block *b, ir_ref r)
{
    return &b->insns[ir_is_const(r) ? 0 : r];
}

/* A plain constant, not one that moves with the block's place. */
static inline bool fold_is_value(const struct ir_block *b, ir_ref r)
{
    return ir_is_const(r) && b->consts[r & ~IR_CONST_BIT].kind == IR_CONST_VALUE;
}

static inline bool fold_is_pc(const struct ir_block *b, ir_ref r)
{
    return ir_is_const(r) && b->consts[r & ~IR_CONST_BIT].kind == IR_CONST_PC;
}

/* The constants of I32 operands are kept sign-extended, so that equal ones have equal references. */
static inline uint64_t fold_canonical(unsigned type, uint64_t value)
{
    return type == IR_I32 ? (uint64_t)(int32_t)value : value;
}

static inline ir_ref fold_const(struct ir_block *b, unsigned type, uint64_t value)
{
    return ir_const(b, fold_canonical(type, value));
}

/* The value as it stands, if it has the type; a constant has any. */
static inline bool fold_has_type(const struct ir_block *b, ir_ref r, unsigned type)
{
    return ir_ref_type(b, r, (enum ir_type)type) == type;
}

/*
 * True if a slot still holds the value, so that using it once more does not lengthen its life. Rules
 * that reach behind an operand which itself probably stays alive ask this: in `addi a0,a0,8; ld
 * a1,0(a0)` a load from the old a0 would cost a copy.
 */
static inline bool fold_is_live(const struct ir_block *b, ir_ref r)
{
    return ir_is_const(r) || b->current[b->holder[r]] == r;
}

/* A bound n such that the value, in its own type, is below 2^n. (fold_bits.c) */
unsigned fold_unsigned_bits(const struct ir_block *b, ir_ref r, unsigned type);

/* A bound n such that the value, in its own type, is the sign extension of its low n bits. */
unsigned fold_signed_bits(const struct ir_block *b, ir_ref r, unsigned type);

/* Rules for extensions, bit fields, bitcast. (fold_bits.c) */
ir_ref fold_width(struct ir_block *b, struct ir_insn *insn);

/* Rules for vectors. (fold_vector.c) */
ir_ref fold_vector(struct ir_block *b, struct ir_insn *insn);

/* Rules for setcc, selcc, setb, selb, brcc, brb. (fold_cond.c) */
ir_ref fold_condition(struct ir_block *b, struct ir_insn *insn);

/* (c ? x : 0) op (!c ? y : 0) is c ? y : x; for or, xor and add. */
bool fold_select_pair(struct ir_block *b, struct ir_insn *insn);

/* Turns a setcc, setb into its negation where that is the same op; false: it has none. */
bool fold_negate_setcc(struct ir_insn *insn);

#endif
