/*
 * What the files that select floating point share: the forms of scalar instructions, rounding
 * modes, NaNs, and the cold path that leaves an op to exact C.
 */
#ifndef FERRY_BACKEND_FLOAT_H
#define FERRY_BACKEND_FLOAT_H

#include "backend/x86_64/form.h"
#include "backend/x86_64/runtime.h"
#include "backend/x86_64/work.h"

static inline uint32_t scalar(uint32_t op, enum ir_type t)
{
    return t == IR_F64 ? (op & ~(uint32_t)X_PP) | X_F2 : op;
}

/* Of the comparisons and packed forms: no prefix for single, 66 for double. */
static inline uint32_t packed(uint32_t op, enum ir_type t)
{
    return t == IR_F64 ? (op & ~(uint32_t)X_PP) | X_66 : op & ~(uint32_t)X_PP;
}

/* Does a NaN result tell which operand it came from? */
static inline bool propagates(unsigned rule)
{
    return !(rule & IR_FP_DEFAULT_NAN);
}

/* Is there a part of the rule that only exact C follows? */
static inline bool rule_is_exact(unsigned rule)
{
    unsigned round = rule & IR_FP_ROUND;
    return round == IR_ROUND_AWAY || round == IR_ROUND_ODD || rule & (IR_FP_FLUSH | IR_FP_ALT_HALF);
}

static inline struct operand operand_xmm(unsigned xmm)
{
    return (struct operand){.kind = OPERAND_REG, .reg = (uint8_t)xmm};
}

static inline struct operand operand_constant(enum runtime_constant k)
{
    return (struct operand){.kind = OPERAND_MEM, .mem = CONSTANT_MEM(k)};
}

/* d := x op y, y a register or memory of scalar size. Without AVX d must not be y, unless x is. */
void emit_scalar(struct work *w, uint32_t op, unsigned d, unsigned x, struct operand y);

/* The mask of y, unless d := x op y may have the result in y. */
uint32_t avoid_second(struct work *w, unsigned x, struct operand y);

/* The flags of x against y: ucomiss, comiss and their like. */
void emit_compare_float(struct work *w, uint32_t op, unsigned x, struct operand y);

/* ---- rounding modes ------------------------------------------------------------------------ */

enum { MXCSR_ROUND = 3 << 13, MXCSR_FLAGS = 0x3f };

/* Immediates of roundss. */
enum { ROUND_MXCSR = 4, ROUND_NO_INEXACT = 8 };

/* MXCSR's rounding control and the immediate of roundss for a mode that the host has. */
unsigned host_round(unsigned round);

/* MXCSR := register t; t := MXCSR. Through CELL_MXCSR. */
void set_mxcsr(struct work *w, unsigned t);
void get_mxcsr(struct work *w, unsigned t);

/* A static rounding mode, in force from begin to end. */
struct rounding {
    bool active;
    unsigned mode, old, t;
};

/* Takes two temporaries if the mode is a static one. */
struct rounding take_rounding(struct work *w, unsigned rule);
void begin_rounding(struct work *w, const struct rounding *r);
/* Both of them. */
struct rounding start_rounding(struct work *w, unsigned rule);
/* The old mode, and the flags as they are now. */
void end_rounding(struct work *w, const struct rounding *r);

/* ---- NaNs ---------------------------------------------------------------------------------- */

/* d := the canonical NaN */
void load_nan(struct work *w, unsigned d, enum ir_type t);

/* Makes a NaN in d the canonical one, if anybody would see the difference. */
void canonical_nan(struct work *w, ir_ref self, unsigned d, enum ir_type t);

/* If cc, d is the canonical NaN instead. */
void nan_if(struct work *w, unsigned cc, unsigned d, enum ir_type t);

/* ---- underflow ----------------------------------------------------------------------------- */

/*
 * May the guest see underflow where the host does not (IR_FP_TINY_BEFORE)? Only where a result was
 * tiny and rounding made it the smallest normal number. Sums that are tiny are exact. A quotient of
 * numbers of p bits that is below a power of two is so by at least one part in 2^p, which p bits can
 * tell from it: tiny to the host as well.
 */
bool may_underflow(const struct ir_insn *in);

/* A general temporary for leave_underflow; NO_REG if there is nothing to see. */
unsigned take_underflow(struct work *w, const struct ir_insn *in);

/*
 * Leaves a scalar op whose result d is the smallest normal number to exact C, which raises what is
 * right; operands as for exact_if. Nothing if t is NO_REG.
 */
void leave_underflow(struct work *w, const struct ir_insn *in, unsigned t, unsigned d, unsigned x,
                     struct operand y, unsigned z);

/* The image of the smallest normal number of a type, without the sign: shifted left by one. */
static inline uint64_t smallest_normal_shifted(enum ir_type t)
{
    return t == IR_F64 ? (uint64_t)1 << 53 : t == IR_F32 ? 1 << 24 : 1 << 11;
}

/* ---- exact C in cold paths ----------------------------------------------------------------- */

/*
 * Jumps, if cc, to a path that does the op at hand by exact C. The operands must be in the xmm
 * registers x, y, z (NO_REG: there is none; y may be memory) both here and when the flags were
 * made; the result goes to register d (general if the op gives an integer), which may be one of
 * them.
 */
struct cold *exact_if(struct work *w, unsigned cc, unsigned d, unsigned x, struct operand y,
                      unsigned z);
#define NO_OPERAND operand_xmm(NO_REG)

/* The cold path of exact_if, for others that end in it: r is d, x, y, z. */
void cold_exact(struct work *w, struct cold *c);

#endif
