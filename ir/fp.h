/*
 * Exact floating point in integer arithmetic: what the FP ops mean, for every format, rounding mode
 * and NaN rule. The interpreter uses it for all that the host's FPU does not do in one instruction;
 * backends and guests call it for their rare cases.
 *
 * Values travel as bit images in the low bits of a uint64_t; upper bits of operands are ignored and
 * of results zero. `type` is IR_F16, IR_F32 or IR_F64.
 *
 * Rules (IEEE 754-2019, and where it leaves a choice):
 *   - tininess is detected after rounding (RISC-V F 11.2; the host's SSE too), with IR_FP_TINY_BEFORE
 *     before it (Arm FPRound);
 *   - with IR_FP_FLUSH a result below the normal range before rounding becomes zero and raises
 *     underflow alone; a subnormal operand is zero and raises denormal, one of half precision nothing
 *     (Arm FPCR.FZ, FZ16). Conversions between formats flush nothing that is half precision;
 *   - a NaN result with IR_FP_DEFAULT_NAN is the canonical one; without, it is the first signalling
 *     operand made quiet, else the first quiet one, else the canonical one. Operands are taken in
 *     order, for fma the addend first (Arm FPProcessNaNs, FPProcessNaNs3);
 *   - infinity times zero plus a quiet NaN raises invalid and gives the canonical NaN;
 *   - conversions to integer that raise invalid do not raise inexact.
 */
#ifndef FERRY_IR_FP_H
#define FERRY_IR_FP_H

#include <stdbool.h>
#include <stdint.h>

#include "ir/ir.h"

struct fp_context {
    uint8_t rule;  /* enum ir_fprule; its rounding part is not looked at */
    uint8_t round; /* enum ir_round, never IR_ROUND_DYNAMIC */
    uint8_t flags; /* enum ir_fpflag, accumulated */
};

enum { FP_MXCSR_FLAGS = 0x3f, FP_MXCSR_ROUND_SHIFT = 13 };

static inline uint32_t fp_get_mxcsr(void)
{
    uint32_t mxcsr;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    return mxcsr;
}

static inline void fp_set_mxcsr(uint32_t mxcsr)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}

/* A context for an op with the given rule; dynamic rounding is taken from the host's MXCSR. */
static inline struct fp_context fp_begin(unsigned rule)
{
    static const uint8_t round_of_mxcsr[4] = {IR_ROUND_NEAREST, IR_ROUND_DOWN, IR_ROUND_UP,
                                              IR_ROUND_ZERO};
    unsigned round = rule & IR_FP_ROUND;
    if (round == IR_ROUND_DYNAMIC)
        round = round_of_mxcsr[fp_get_mxcsr() >> FP_MXCSR_ROUND_SHIFT & 3];
    return (struct fp_context){.rule = (uint8_t)rule, .round = (uint8_t)round};
}

/* Adds the context's flags to those accrued in the host's MXCSR. */
static inline void fp_end(const struct fp_context *fp)
{
    uint32_t mxcsr = fp_get_mxcsr();
    if (fp->flags & ~mxcsr)
        fp_set_mxcsr(mxcsr | fp->flags);
}

/* Classes of a value, as in RISC-V's fclass, by bit number of its result. */
enum fp_class {
    FP_NEGATIVE_INFINITY, FP_NEGATIVE_NORMAL, FP_NEGATIVE_SUBNORMAL, FP_NEGATIVE_ZERO,
    FP_POSITIVE_ZERO, FP_POSITIVE_SUBNORMAL, FP_POSITIVE_NORMAL, FP_POSITIVE_INFINITY,
    FP_SIGNALLING_NAN, FP_QUIET_NAN,
};

enum fp_class fp_classify(unsigned type, uint64_t a);

/* The positive quiet NaN without payload. */
uint64_t fp_canonical_nan(unsigned type);

uint64_t fp_add(struct fp_context *fp, unsigned type, uint64_t a, uint64_t b);
uint64_t fp_sub(struct fp_context *fp, unsigned type, uint64_t a, uint64_t b);
uint64_t fp_mul(struct fp_context *fp, unsigned type, uint64_t a, uint64_t b);
uint64_t fp_div(struct fp_context *fp, unsigned type, uint64_t a, uint64_t b);
uint64_t fp_sqrt(struct fp_context *fp, unsigned type, uint64_t a);

/* a * b + c rounded once; `negate` is a mask of enum ir_fma: -a, -c, be they NaNs or not. */
uint64_t fp_fma(struct fp_context *fp, unsigned type, unsigned negate, uint64_t a, uint64_t b,
                uint64_t c);

/* The larger or smaller operand, -0 below +0; `nan_wins`: a NaN operand gives NaN (IEEE maximum). */
uint64_t fp_min_max(struct fp_context *fp, unsigned type, bool max, bool nan_wins, uint64_t a,
                    uint64_t b);

/* minNum and maxNum of IEEE 754-2008: a quiet NaN gives the other operand, a signalling one NaN. */
uint64_t fp_min_max_num(struct fp_context *fp, unsigned type, bool max, uint64_t a, uint64_t b);

/* The flags of a - b, enum ir_flags with carry as borrow, as op FCMPF defines them. */
uint64_t fp_compare_flags(struct fp_context *fp, unsigned type, bool signalling, uint64_t a,
                          uint64_t b);

/* a fcc b, enum ir_fcc. */
bool fp_compare(struct fp_context *fp, unsigned type, unsigned fcc, uint64_t a, uint64_t b);

/* From one format to another. */
uint64_t fp_convert(struct fp_context *fp, unsigned to, unsigned from, uint64_t a);

/* To an integral value in the same format; raises inexact only if told to. */
uint64_t fp_round_to_integral(struct fp_context *fp, unsigned type, bool inexact, uint64_t a);

/*
 * To an integer of `width` (at most 64) bits, of which `fraction` (at most 64) stand behind the point:
 * a * 2^fraction rounded, saturating; NaN as the rule says. (Arm FPToFixed)
 */
uint64_t fp_to_fixed(struct fp_context *fp, unsigned type, bool is_signed, unsigned width,
                     unsigned fraction, uint64_t a);

/* From such an integer: a * 2^-fraction rounded. (Arm FixedToFP) */
uint64_t fp_from_fixed(struct fp_context *fp, unsigned type, bool is_signed, unsigned width,
                       unsigned fraction, uint64_t a);

/* The same for whole numbers. */
static inline uint64_t fp_to_int(struct fp_context *fp, unsigned type, bool is_signed, unsigned width,
                                 uint64_t a)
{
    return fp_to_fixed(fp, type, is_signed, width, 0, a);
}

static inline uint64_t fp_from_int(struct fp_context *fp, unsigned type, bool is_signed,
                                   unsigned width, uint64_t a)
{
    return fp_from_fixed(fp, type, is_signed, width, 0, a);
}

/*
 * The scalar FP op `insn`, from FADD to UTOF, in integer arithmetic; rounding as its rule and the
 * host's MXCSR say, flags accrued there. (fp_eval.c)
 */
uint64_t fp_eval(const struct ir_insn *insn, uint64_t a, uint64_t b, uint64_t c);

/*
 * The basic ones on the host's FPU, under the guest's MXCSR: op is IR_FADD, IR_FSUB, IR_FMUL, IR_FDIV or
 * IR_FSQRT (b ignored), type IR_F32 or IR_F64. Flags and rounding mode are MXCSR's; what the host
 * cannot do (ties away, flush) goes through the routines above. (fp_host.c)
 */
uint64_t fp_host(unsigned op, unsigned type, unsigned rule, uint64_t a, uint64_t b);

#endif
