/*
 * What RISC-V instructions do in C at run time. Helpers run with the guest's MXCSR live in the
 * host's register: rounding mode and accrued exceptions are read and changed there.
 */
#include <time.h>

#include "frontend/riscv/riscv.h"
#include "ir/fp.h"

/* ---- rounding mode ------------------------------------------------------------------------ */

uint32_t rv_apply_frm(struct cpu *cpu, uint32_t mxcsr, unsigned frm)
{
    /* rne rtz rdn rup as the host's rounding control: nearest, down, up, zero are 0 to 3 */
    static const uint8_t control[8] = {0, 3, 1, 2};
    uint32_t mode = frm < 4 ? RV_MODE_NATIVE : frm == 4 ? RV_MODE_RMM : RV_MODE_INVALID;
    cpu->mode = (cpu->mode & ~(uint32_t)RV_MODE_ROUND) | mode;
    return (mxcsr & ~(3u << FP_MXCSR_ROUND_SHIFT)) | (uint32_t)control[frm] << FP_MXCSR_ROUND_SHIFT;
}

uint64_t rv_helper_set_frm(struct cpu *cpu, uint64_t frm, uint64_t b, uint64_t c)
{
    (void)b, (void)c;
    fp_set_mxcsr(rv_apply_frm(cpu, fp_get_mxcsr(), frm & 7));
    return 0;
}

/* ---- counters ----------------------------------------------------------------------------- */

uint64_t rv_helper_time(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    struct timespec now;
    (void)cpu, (void)a, (void)b, (void)c;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * RISCV_TIME_FREQUENCY +
           (uint64_t)now.tv_nsec / (1000000000 / RISCV_TIME_FREQUENCY);
}

/* Cycles, and for want of a count of instructions those too. */
uint64_t rv_helper_cycle(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    (void)cpu, (void)a, (void)b, (void)c;
    return __builtin_ia32_rdtsc();
}

/* SUM has changed: a machine's runtime has its own function. */
uint64_t rv_helper_status(struct cpu *cpu, uint64_t status, uint64_t b, uint64_t c)
{
    (void)cpu, (void)status, (void)b, (void)c;
    return 0;
}

/* The default; the runtime puts its own function into cpu.helper. */
uint64_t rv_helper_hostcall(struct cpu *cpu, uint64_t number, uint64_t b, uint64_t c)
{
    (void)cpu, (void)number, (void)b, (void)c;
    return 0;
}

/* ---- floating point ----------------------------------------------------------------------- */

uint64_t rv_helper_fclass(struct cpu *cpu, uint64_t image, uint64_t type, uint64_t c)
{
    (void)cpu, (void)c;
    return (uint64_t)1 << fp_classify((unsigned)type, image);
}

/* fcvtmod.w.d: truncates, keeps the low 32 bits; flags as fcvt.w.d (RISC-V ISA Manual, "Zfa"). */
uint64_t rv_helper_fcvtmod(struct cpu *cpu, uint64_t image, uint64_t b, uint64_t c)
{
    struct fp_context fp = {.rule = IR_ROUND_ZERO | IR_FP_DEFAULT_NAN, .round = IR_ROUND_ZERO};
    int exponent = (int)(image >> 52 & 0x7ff) - 1075; /* of the mantissa's lowest bit */
    uint64_t one = (uint64_t)1 << 52, mantissa = (image & (one - 1)) | one, value;
    (void)cpu, (void)b, (void)c;
    fp_to_int(&fp, IR_F64, true, 32, image);
    fp_end(&fp);
    if (exponent >= 32) /* infinite, NaN, or nothing left in the low bits */
        value = 0;
    else if (exponent >= 0)
        value = mantissa << exponent;
    else
        value = exponent > -64 ? mantissa >> -exponent : 0;
    if (image >> 63)
        value = -value;
    return (uint64_t)(int64_t)(int32_t)value;
}

static uint64_t sign_word(uint64_t value, unsigned type)
{
    return type == IR_I32 ? (uint64_t)(int64_t)(int32_t)value : value;
}

static uint64_t half_compute(struct fp_context *fp, unsigned op, unsigned type, unsigned sub,
                             uint64_t v)
{
    enum { SIGN = 0x8000 };
    uint64_t x = v & 0xffff, y = v >> 16 & 0xffff;
    unsigned width = type == IR_I32 ? 32 : 64;
    switch (op) {
    case IR_FADD: return fp_add(fp, IR_F16, x, y);
    case IR_FSUB: return fp_sub(fp, IR_F16, x, y);
    case IR_FMUL: return fp_mul(fp, IR_F16, x, y);
    case IR_FDIV: return fp_div(fp, IR_F16, x, y);
    case IR_FSQRT: return fp_sqrt(fp, IR_F16, x);
    case IR_FMA: return fp_fma(fp, IR_F16, sub, x, y, v >> 32 & 0xffff);
    case IR_FMIN: return fp_min_max(fp, IR_F16, false, false, x, y);
    case IR_FMAX: return fp_min_max(fp, IR_F16, true, false, x, y);
    case IR_FMINM: return fp_min_max(fp, IR_F16, false, true, x, y);
    case IR_FMAXM: return fp_min_max(fp, IR_F16, true, true, x, y);
    case IR_FSGNJ: return (x & ~(uint64_t)SIGN) | (y & SIGN);
    case IR_FSGNJN: return (x & ~(uint64_t)SIGN) | (~y & SIGN);
    case IR_FSGNJX: return x ^ (y & SIGN);
    case IR_FSETCC: return fp_compare(fp, IR_F16, sub, x, y);
    case IR_FRINT: return fp_round_to_integral(fp, IR_F16, sub, x);
    case IR_FTOS: return sign_word(fp_to_int(fp, IR_F16, true, width, x), type);
    case IR_FTOU: return sign_word(fp_to_int(fp, IR_F16, false, width, x), type);
    case IR_STOF: return fp_from_int(fp, IR_F16, true, width, v);
    case IR_UTOF: return fp_from_int(fp, IR_F16, false, width, v);
    case IR_FCVT: return fp_convert(fp, type, sub, v);
    }
    return 0;
}

/* Half-precision operation `operation` (rv_half_operation) on up to three packed operands. */
uint64_t rv_helper_half(struct cpu *cpu, uint64_t operands, uint64_t operation, uint64_t rule)
{
    struct fp_context fp = fp_begin((unsigned)rule);
    (void)cpu;
    uint64_t result = half_compute(&fp, operation & 0xff, operation >> 8 & 0xff,
                                   (unsigned)(operation >> 16), operands);
    fp_end(&fp);
    return result;
}
