/*
 * Products of halves and of BF16 numbers added to singles: FMLAL and its kin, BFDOT, BFMMLA (Arm
 * ARM, shared pseudocode FPMulAddH, BFDotAdd, BFMatMulAdd).
 */
#include "frontend/aarch64/helper_lane.h"

/* ---- halves ------------------------------------------------------------------------------- */

/* The half as a single, bit by bit: a signalling NaN remains one. */
static uint64_t widen_half(uint32_t half, bool flush)
{
    struct fp_context exact = {.round = IR_ROUND_NEAREST};
    uint32_t sign = (half & 0x8000) << 16, rest = half & 0x7fff;
    if (rest > 0x7c00)
        return sign | 0x7f800000 | (rest & 0x3ff) << 13;
    if (rest < 0x400 && flush)
        return sign;
    return fp_convert(&exact, IR_F32, IR_F16, half);
}

/* Variant, bit 0: subtract; bit 1: subnormal halves are zero. */
uint64_t a64_helper_fma_half(struct cpu *cpu, uint64_t vectors, uint64_t number, uint64_t c)
{
    struct operands *v = (struct operands *)(uintptr_t)vectors;
    struct fp_context fp = fp_begin(fp_number_rule(number));
    unsigned variant = fp_number_variant(number);
    union ir_v128 r = {.d = {0, 0}};
    (void)cpu, (void)c;
    for (unsigned i = 0; i < fp_number_lanes(number); i++)
        r.s[i] = (uint32_t)fp_fma(&fp, IR_F32, variant & 1 ? IR_FMA_NEG_PRODUCT : 0,
                                  widen_half(v->a.h[i], variant & 2),
                                  widen_half(v->b.h[i], variant & 2), v->c.s[i]);
    v->r = r;
    fp_end(&fp);
    return 0;
}

/* ---- BF16 --------------------------------------------------------------------------------- */

/*
 * Sums and products of BFAdd and BFMul: rounded to odd, subnormals are zero, every NaN is the
 * default one, overflow gives infinity, and no flags, whatever FPCR says.
 */
static uint32_t bf_result(const struct fp_context *fp, uint64_t image)
{
    if (fp->flags & IR_EXC_OVERFLOW)
        return (uint32_t)image + 1; /* to odd stops at the largest number */
    return (uint32_t)image;
}

static struct fp_context bf_context(void)
{
    return (struct fp_context){.rule = IR_FP_DEFAULT_NAN | IR_FP_FLUSH, .round = IR_ROUND_ODD};
}

static uint32_t bf_add(uint32_t a, uint32_t b)
{
    struct fp_context fp = bf_context();
    return bf_result(&fp, fp_add(&fp, IR_F32, a, b));
}

static uint32_t bf_mul(uint16_t a, uint16_t b)
{
    struct fp_context fp = bf_context();
    return bf_result(&fp, fp_mul(&fp, IR_F32, (uint32_t)a << 16, (uint32_t)b << 16));
}

/* sum + (a[0] * b[0] + a[1] * b[1]) */
static uint32_t bf_dot_add(uint32_t sum, const uint16_t *a, const uint16_t *b)
{
    return bf_add(sum, bf_add(bf_mul(a[0], b[0]), bf_mul(a[1], b[1])));
}

uint64_t a64_helper_bfdot(struct cpu *cpu, uint64_t vectors, uint64_t number, uint64_t c)
{
    struct operands *v = (struct operands *)(uintptr_t)vectors;
    union ir_v128 r = {.d = {0, 0}};
    (void)cpu, (void)c;
    for (unsigned i = 0; i < fp_number_lanes(number); i++)
        r.s[i] = bf_dot_add(v->c.s[i], &v->a.h[2 * i], &v->b.h[2 * i]);
    v->r = r;
    return 0;
}

/* Two rows of four by two columns of four: a 2x2 matrix. */
uint64_t a64_helper_bfmmla(struct cpu *cpu, uint64_t vectors, uint64_t number, uint64_t c)
{
    struct operands *v = (struct operands *)(uintptr_t)vectors;
    union ir_v128 r;
    (void)cpu, (void)number, (void)c;
    for (unsigned i = 0; i < 4; i++) {
        const uint16_t *row = &v->a.h[i / 2 * 4], *column = &v->b.h[i % 2 * 4];
        r.s[i] = bf_dot_add(bf_dot_add(v->c.s[i], row, column), row + 2, column + 2);
    }
    v->r = r;
    return 0;
}
