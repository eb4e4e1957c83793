/*
 * The basic operations on the host's FPU. The guest's rounding mode and accrued exceptions are in
 * MXCSR while the guest runs, in generated code and here, so flags come as they should; tininess
 * after rounding is SSE's rule as well. Assembly, because the compiler takes MXCSR for constant and
 * FP operations for free to move.
 */
#include "ir/fp.h"

#include <string.h>

#define BINARY(name, type, insn)                                                                   \
    static type name(type a, type b)                                                               \
    {                                                                                              \
        __asm__ volatile(insn " %1, %0" : "+x"(a) : "x"(b));                                       \
        return a;                                                                                  \
    }

BINARY(add32, float, "addss")
BINARY(sub32, float, "subss")
BINARY(mul32, float, "mulss")
BINARY(div32, float, "divss")
BINARY(sqrt32, float, "sqrtss")
BINARY(add64, double, "addsd")
BINARY(sub64, double, "subsd")
BINARY(mul64, double, "mulsd")
BINARY(div64, double, "divsd")
BINARY(sqrt64, double, "sqrtsd")

static uint64_t compute32(unsigned op, uint64_t a, uint64_t b)
{
    uint32_t image[2] = {(uint32_t)a, (uint32_t)b}, result;
    float x, y;
    memcpy(&x, &image[0], sizeof x);
    memcpy(&y, &image[1], sizeof y);
    switch (op) {
    case IR_FADD: x = add32(x, y); break;
    case IR_FSUB: x = sub32(x, y); break;
    case IR_FMUL: x = mul32(x, y); break;
    case IR_FDIV: x = div32(x, y); break;
    default: x = sqrt32(x, x); break;
    }
    memcpy(&result, &x, sizeof result);
    return result;
}

static uint64_t compute64(unsigned op, uint64_t a, uint64_t b)
{
    double x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    switch (op) {
    case IR_FADD: x = add64(x, y); break;
    case IR_FSUB: x = sub64(x, y); break;
    case IR_FMUL: x = mul64(x, y); break;
    case IR_FDIV: x = div64(x, y); break;
    default: x = sqrt64(x, x); break;
    }
    memcpy(&a, &x, sizeof a);
    return a;
}

static uint64_t exact(unsigned op, unsigned type, unsigned rule, uint64_t a, uint64_t b)
{
    struct fp_context fp = fp_begin(rule);
    uint64_t r;
    switch (op) {
    case IR_FADD: r = fp_add(&fp, type, a, b); break;
    case IR_FSUB: r = fp_sub(&fp, type, a, b); break;
    case IR_FMUL: r = fp_mul(&fp, type, a, b); break;
    case IR_FDIV: r = fp_div(&fp, type, a, b); break;
    default: r = fp_sqrt(&fp, type, a); break;
    }
    fp_end(&fp);
    return r;
}

static bool image_is_nan(unsigned type, uint64_t image)
{
    return type == IR_F32 ? (image & 0x7fffffff) > 0x7f800000
                          : (image & INT64_MAX) > 0x7ff0000000000000;
}

/* The smallest normal number: a guest that looks before rounding may see underflow, the host not. */
static bool may_be_tiny(unsigned type, unsigned rule, uint64_t image)
{
    uint64_t edge = type == IR_F32 ? 0x00800000 : 0x0010000000000000;
    uint64_t sign = type == IR_F32 ? 0x80000000 : 0x8000000000000000;
    return rule & IR_FP_TINY_BEFORE && (image & ~sign) == edge;
}

uint64_t fp_host(unsigned op, unsigned type, unsigned rule, uint64_t a, uint64_t b)
{
    static const uint8_t control[] = {[IR_ROUND_NEAREST] = 0, [IR_ROUND_DOWN] = 1,
                                      [IR_ROUND_UP] = 2,      [IR_ROUND_ZERO] = 3};
    unsigned round = rule & IR_FP_ROUND;
    if (round >= IR_ROUND_AWAY || rule & IR_FP_FLUSH)
        return exact(op, type, rule, a, b);
    uint32_t mxcsr = 0, mask = 3u << FP_MXCSR_ROUND_SHIFT;
    bool other = false;
    if (round != IR_ROUND_DYNAMIC) {
        mxcsr = fp_get_mxcsr();
        uint32_t wanted = (mxcsr & ~mask) | (uint32_t)control[round] << FP_MXCSR_ROUND_SHIFT;
        other = wanted != mxcsr;
        if (other)
            fp_set_mxcsr(wanted);
    }
    uint64_t r = type == IR_F32 ? compute32(op, a, b) : compute64(op, a, b);
    if (other)
        fp_set_mxcsr((fp_get_mxcsr() & ~mask) | (mxcsr & mask));
    /* the host's NaN rule is its own */
    if (__builtin_expect(image_is_nan(type, r) || may_be_tiny(type, rule, r), 0))
        return exact(op, type, rule, a, b);
    return r;
}
