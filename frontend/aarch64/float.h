/*
 * What the files of floating point share. Half precision is rare: a half stays in its vector
 * register, arithmetic on it is a vector op on one lane, and what has no such op computes in single
 * precision where that is exact.
 */
#ifndef FERRY_FRONTEND_AARCH64_FLOAT_H
#define FERRY_FRONTEND_AARCH64_FLOAT_H

#include "frontend/aarch64/decode.h"

/* The rule of an instruction on `type` under the current mode. */
static inline unsigned fp_rule(const struct translation *t, int type)
{
    return type == IR_F16 ? a64_half_rule(t) : a64_fp_rule(t);
}

/* The same with static rounding; IR_ROUND_DYNAMIC leaves it to FPCR. */
static inline unsigned fp_rule_round(const struct translation *t, int type, int round)
{
    return (fp_rule(t, type) & ~(unsigned)IR_FP_ROUND) | (unsigned)round;
}

/* The rule of a conversion between formats, where FPCR.AHP counts. */
static inline unsigned fp_convert_rule(const struct translation *t)
{
    return a64_fp_rule(t) | (t->mode & A64_MODE_AHP ? IR_FP_ALT_HALF : 0u);
}

/* The same of a conversion from an integer, where nothing is subnormal (but in halves). */
static inline unsigned fp_rule_from_integer(const struct translation *t, int type)
{
    return type == IR_F16 ? a64_half_rule(t) : a64_fp_rule(t) & ~(unsigned)IR_FP_FLUSH;
}

/* The flag of comparisons that denormal operands are zero. */
static inline unsigned fp_compare_flush(const struct translation *t, int type)
{
    return fp_rule(t, type) & IR_FP_FLUSH;
}

/* The integer type as wide as a float type; a half is held in an I32. */
static inline enum ir_type fp_image_type(int type)
{
    return type == IR_F64 ? IR_I64 : IR_I32;
}

/* The bits of lane 0: an I64 or an I32, of a half with the upper bits zero. */
ir_ref a64_get_image(struct translation *t, uint32_t v, int type);
void a64_put_image(struct translation *t, uint32_t v, int type, ir_ref image);

/* An op with a rule on values of one type, F32 or F64; aux as the op has it. */
ir_ref a64_fp_op(struct translation *t, int op, int type, ir_ref a, ir_ref b, unsigned rule,
                 uint32_t aux);

/* A vector op with a rule; aux as the op has it: number of lanes, from bit 8 on a number. */
ir_ref a64_vfp_op(struct translation *t, int op, int lane, ir_ref a, ir_ref b, unsigned rule,
                  uint32_t aux);

/* The vector op that does in lanes what the scalar op does. */
int a64_vector_op(int op);

/* Lane 0 as F32 or F64: a half is widened, which is exact, and flushed as FZ16 says. */
ir_ref a64_get_wide(struct translation *t, uint32_t v, int *type);

/* VFPExpandImm (Arm ARM): the image of the constant that imm8 stands for. */
uint64_t a64_expand_float(uint32_t imm8, int type);

/* A helper of this group on vectors, with the number `a64_fp_number` made. */
ir_ref a64_call_vector(struct translation *t, unsigned helper, ir_ref a, ir_ref b, ir_ref c,
                       unsigned number);

/* ---- the number that a vector helper gets: rule, lanes and a variant ----------------------- */

enum { FP_NUMBER_TYPE = 8, FP_NUMBER_LANES = 10, FP_NUMBER_VARIANT = 14 };

/* `lanes` 1 to 8 of `type`, from lane 0; variant 0 to 3 is the helper's own. */
static inline unsigned a64_fp_number(unsigned rule, int type, unsigned lanes, unsigned variant)
{
    return rule | (unsigned)(type - IR_F16) << FP_NUMBER_TYPE | lanes << FP_NUMBER_LANES |
           variant << FP_NUMBER_VARIANT;
}

static inline unsigned fp_number_rule(uint64_t number)
{
    return number & ((1u << FP_NUMBER_TYPE) - 1);
}

static inline unsigned fp_number_type(uint64_t number)
{
    return IR_F16 + (number >> FP_NUMBER_TYPE & 3);
}

static inline unsigned fp_number_lanes(uint64_t number)
{
    return number >> FP_NUMBER_LANES & 15;
}

static inline unsigned fp_number_variant(uint64_t number)
{
    return number >> FP_NUMBER_VARIANT & 3;
}

#endif
