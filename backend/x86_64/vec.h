/*
 * What the files that select vector instructions share. One call writes one instruction, in the
 * encoding that the host has: three operands with AVX; else the first source is copied to the
 * destination first, which therefore must not be the second source. Opcodes with X_EVEX are for
 * hosts with AVX-512 only.
 */
#ifndef FERRY_BACKEND_VEC_H
#define FERRY_BACKEND_VEC_H

#include "backend/x86_64/form.h"
#include "backend/x86_64/work.h"

/* d := a op b */
void vec_rrr(struct work *w, uint32_t op, unsigned d, unsigned a, unsigned b);
void vec_rrr_imm(struct work *w, uint32_t op, unsigned d, unsigned a, unsigned b, unsigned imm);
/* d := a op a literal */
void vec_rrl(struct work *w, uint32_t op, unsigned d, unsigned a, uint64_t low, uint64_t high);
void vec_rrl_imm(struct work *w, uint32_t op, unsigned d, unsigned a, uint64_t low, uint64_t high,
                 unsigned imm);
/* d := a op b, b a register or memory of 16 aligned bytes */
void vec_rro(struct work *w, uint32_t op, unsigned d, unsigned a, struct operand b);

/* d := op a */
void vec_rr(struct work *w, uint32_t op, unsigned d, unsigned a);
void vec_rr_imm(struct work *w, uint32_t op, unsigned d, unsigned a, unsigned imm);
void vec_ro(struct work *w, uint32_t op, unsigned d, struct operand a);

/* A shift by a constant: opcode with the extension in bits 24 to 26. */
void vec_shift(struct work *w, uint32_t form, unsigned d, unsigned a, unsigned n);

/* d := constant */
void vec_load(struct work *w, unsigned d, uint64_t low, uint64_t high);
void vec_zero(struct work *w, unsigned d);

void vec_copy(struct work *w, unsigned d, unsigned a);

/* A lane's value in all lanes of 64 bits; log: of the lane's bytes. */
static inline uint64_t splat(unsigned log, uint64_t x)
{
    static const uint64_t ones[] = {0x0101010101010101, 0x0001000100010001, 0x0000000100000001, 1};
    return x * ones[log];
}

/* log2 of the bytes of the op's lanes. */
static inline unsigned lane_log(const struct ir_insn *in)
{
    return (unsigned)__builtin_ctz(ir_type_size((enum ir_type)in->sub));
}

/* The registers of an op: result, operands, temporaries. */
struct vec {
    unsigned d, a, b, c, t[3];
};

enum { KEEP_A = 1, KEEP_B = 2, KEEP_C = 4, KEEP_ALL = 7 };

/*
 * Takes the operands of a vector op (all in xmm registers), `temps` temporaries, and a register for
 * the result, which is none of the operands in `keep`. Without AVX it is neither b nor c (unless a
 * is the same), so that d := a op b may come first.
 */
struct vec vec_start(struct work *w, const struct ir_insn *in, ir_ref self, unsigned temps,
                     unsigned keep);

/* The whole of an op that is one host instruction, or with the operands exchanged. */
void emit_vec(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op);
void emit_vec_swapped(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op);
void emit_vec_unary(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op);

/* d := ~a */
void vec_not(struct work *w, unsigned d, unsigned a);
/* The result of the op is zero above if both operands are. */
void vec_keep_zero_above(struct work *w, const struct ir_insn *in, ir_ref self);

/* Is the value a vector of constants? Which. */
bool vector_constant(struct work *w, ir_ref r, uint64_t value[2]);
/* Is the value a vector of zeros? */
bool is_zero_vector(struct work *w, ir_ref r);

/* Shifts bytes by a constant below 8. op: IR_VSHL, IR_VSHR, IR_VSAR. (select_vec_shift.c) */
void vec_shift_bytes(struct work *w, unsigned op, unsigned d, unsigned a, unsigned n);

#endif
