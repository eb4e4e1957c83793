/*
 * What the parts of the AArch64 frontend share, and what others may ask about the guest.
 *
 * Layout: the encodings are in *.dec (see frontend/decgen.c; a64.dec declares fields and kinds of
 * operands), the registers in state.def, the features in feature.def; the meaning of instructions
 * in a file per group of the manual's chapter C4; what is a C function at run time in helper_*.c.
 * To add an instruction: a row in a table, and a generator function `a64_NAME` where its family
 * lives.
 *
 * A generator function gets the row's operands and constants and emits IR; false means that the
 * word is undefined after all. It computes everything that may fault before it puts a register.
 *
 * "Arm ARM" below is the Arm Architecture Reference Manual for A-profile architecture, DDI 0487.
 */
#ifndef FERRY_FRONTEND_AARCH64_H
#define FERRY_FRONTEND_AARCH64_H

#include "frontend/frontend.h"
#include "frontend/translate.h"
#include "ir/cpu.h"

enum a64_feature {
#define FEATURE(name, text, hwcap, kernel, note) A64_FEATURE_##name,
#include "frontend/aarch64/feature.def"
#undef FEATURE
    A64_FEATURE_COUNT
};

/* Slots: A64_SLOT_x0 ... */
enum {
#define REG(id, name, type, offset, pin) A64_SLOT_##id,
#include "frontend/aarch64/state.def"
#undef REG
    A64_SLOT_COUNT,
};

/* Offsets of the homes in cpu.state, for those who save and restore them. */
enum {
#define REG(id, name, type, offset, pin) A64_STATE_##id = offset,
#include "frontend/aarch64/state.def"
#undef REG
};

/* Mode bits of a block's key: what FPCR and the process choose about code. */
enum a64_mode {
    A64_MODE_DN = 1 << 0,     /* FPCR.DN: every NaN result is the default NaN */
    A64_MODE_FZ = 1 << 1,     /* FPCR.FZ */
    A64_MODE_FZ16 = 1 << 2,   /* FPCR.FZ16 */
    A64_MODE_AHP = 1 << 3,    /* FPCR.AHP: alternative half precision */
    A64_MODE_TAGGED = 1 << 4, /* a tagged address has been used: accesses strip the top byte */
    A64_MODE_UNDERFLOW = 1 << 5, /* FPSR has been accessed: UFC is exact from then on */
};

/* The helper table: X(name, arguments, effects), a list for each group of instructions. */
#include "frontend/aarch64/helper_base.h"
#include "frontend/aarch64/helper_fp.h"
#include "frontend/aarch64/helper_simd.h"
#include "frontend/aarch64/helper_crypto.h"
#define A64_HELPERS(X)                                                                             \
    A64_BASE_HELPERS(X) A64_FP_HELPERS(X) A64_SIMD_HELPERS(X) A64_CRYPTO_HELPERS(X)

enum a64_helper {
#define X(name, nargs, effects) A64_HELPER_##name,
    A64_HELPERS(X)
#undef X
        A64_HELPER_COUNT
};
static_assert((int)A64_HELPER_COUNT <= (int)IR_MAX_HELPERS, "helpers");

#define X(name, nargs, effects) ir_helper_fn a64_helper_##name;
A64_HELPERS(X)
#undef X

/* ---- what the runtime asks ----------------------------------------------------------------- */

/* AT_HWCAP and AT_HWCAP2. */
uint64_t a64_hwcap(const struct cpu_config *config);
uint64_t a64_hwcap2(const struct cpu_config *config);

/* The Features line of /proc/cpuinfo: the kernel's names of the hwcaps, separated by blanks. */
char *a64_feature_string(const struct cpu_config *config, char *text, size_t size);

/* MIDR_EL1 of the model, for /proc/cpuinfo. */
uint32_t a64_midr(const struct cpu_config *config);

/*
 * FPCR and FPSR as the guest sees them, while no guest code runs: from cpu->mxcsr and the slots, and
 * to them; the former also sets the mode bits.
 */
uint32_t a64_get_fpcr(const struct cpu *cpu);
uint32_t a64_get_fpsr(const struct cpu *cpu);
void a64_set_fpcr(struct cpu *cpu, uint32_t fpcr);
void a64_set_fpsr(struct cpu *cpu, uint32_t fpsr);

/* New random keys for pointer authentication: bit i of `keys` is enum a64_pac_key i. */
void a64_new_pac_keys(struct cpu *cpu, unsigned keys);

/* log2 of the words of a cache line, as CTR_EL0 and DCZID_EL0 count; the rate of CNTVCT_EL0, Hz. */
enum { A64_LOG_LINE_WORDS = 4, A64_COUNTER_FREQUENCY = 1000000000 };

/* PSTATE.NZCV in bits 31 to 28, from and to the slot's home. */
uint32_t a64_get_nzcv(const struct cpu *cpu);
void a64_set_nzcv(struct cpu *cpu, uint32_t nzcv);

/* ---- for generator functions --------------------------------------------------------------- */

/* Register 31 is zero. */
static inline ir_ref get_x(struct translation *t, uint32_t r)
{
    return r < 31 ? ir_get(t->block, A64_SLOT_x0 + r) : ir_const(t->block, 0);
}

/* Register 31 is sp. */
static inline ir_ref get_xsp(struct translation *t, uint32_t r)
{
    return ir_get(t->block, A64_SLOT_x0 + r);
}
static_assert((int)A64_SLOT_sp == (int)A64_SLOT_x0 + 31, "state.def");

static inline void put_x(struct translation *t, uint32_t r, ir_ref value)
{
    if (r < 31)
        ir_put(t->block, A64_SLOT_x0 + r, value);
}

static inline void put_xsp(struct translation *t, uint32_t r, ir_ref value)
{
    ir_put(t->block, A64_SLOT_x0 + r, value);
}

/* The low 32 bits, as I32. */
static inline ir_ref get_w(struct translation *t, uint32_t r)
{
    return ir_conv(t->block, IR_TRUNC, IR_I32, IR_I64, get_x(t, r));
}

static inline ir_ref get_wsp(struct translation *t, uint32_t r)
{
    return ir_conv(t->block, IR_TRUNC, IR_I32, IR_I64, get_xsp(t, r));
}

/* Writes an I32, zero-extended. */
static inline void put_w(struct translation *t, uint32_t r, ir_ref value)
{
    if (r < 31)
        put_x(t, r, ir_conv(t->block, IR_ZEXT, IR_I64, IR_I32, value));
}

static inline void put_wsp(struct translation *t, uint32_t r, ir_ref value)
{
    put_xsp(t, r, ir_conv(t->block, IR_ZEXT, IR_I64, IR_I32, value));
}

/* Of either width: sf is the bit of most encodings that chooses 64. */
static inline enum ir_type a64_type(uint32_t sf)
{
    return sf ? IR_I64 : IR_I32;
}

static inline ir_ref get_r(struct translation *t, uint32_t sf, uint32_t r)
{
    return sf ? get_x(t, r) : get_w(t, r);
}

static inline void put_r(struct translation *t, uint32_t sf, uint32_t r, ir_ref value)
{
    if (sf)
        put_x(t, r, value);
    else
        put_w(t, r, value);
}

/* The same where register 31 is sp. */
static inline ir_ref get_rsp(struct translation *t, uint32_t sf, uint32_t r)
{
    return sf ? get_xsp(t, r) : get_wsp(t, r);
}

static inline void put_rsp(struct translation *t, uint32_t sf, uint32_t r, ir_ref value)
{
    if (sf)
        put_xsp(t, r, value);
    else
        put_wsp(t, r, value);
}

/* A vector register, whole. */
static inline ir_ref get_v(struct translation *t, uint32_t v)
{
    return ir_get(t->block, A64_SLOT_v0 + v);
}

static inline void put_v(struct translation *t, uint32_t v, ir_ref value)
{
    ir_put(t->block, A64_SLOT_v0 + v, value);
}

/* Lane 0 as a value of `type` (I32 I64 F32 F64), and a value into lane 0, the rest zero. */
static inline ir_ref get_scalar(struct translation *t, uint32_t v, enum ir_type type)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_VLANE, .type = (uint8_t)type,
                                              .sub = (uint8_t)type, .a = get_v(t, v)});
}

static inline void put_scalar(struct translation *t, uint32_t v, enum ir_type type, ir_ref value)
{
    put_v(t, v, ir_emit(t->block, (struct ir_insn){.op = IR_VZEXT, .type = IR_V128,
                                                   .sub = (uint8_t)type, .a = value}));
}

/* A vector into a register: q 0 keeps only the low half, the rest becomes zero. */
static inline void put_vq(struct translation *t, uint32_t q, uint32_t v, ir_ref value)
{
    if (!q)
        value = ir_emit(t->block, (struct ir_insn){.op = IR_VLANE, .type = IR_F64, .sub = IR_F64,
                                                   .a = value});
    if (q)
        put_v(t, v, value);
    else
        put_scalar(t, v, IR_F64, value);
}

/* A vector op. */
static inline ir_ref v_op(struct translation *t, int op, int lane, ir_ref a, ir_ref b)
{
    return ir_emit(t->block, (struct ir_insn){.op = (uint8_t)op, .type = IR_V128,
                                              .sub = (uint8_t)lane, .a = a, .b = b});
}

/* The same with aux. */
static inline ir_ref v_op_num(struct translation *t, int op, int lane, ir_ref a, ir_ref b,
                              uint32_t num)
{
    return ir_emit(t->block, (struct ir_insn){.op = (uint8_t)op, .type = IR_V128, .aux = num,
                                              .sub = (uint8_t)lane, .a = a, .b = b});
}

/* I8 to I64 of a size field. */
static inline int a64_lane(uint32_t size)
{
    return IR_I8 + (int)size;
}

/* Of the checksums. */
enum a64_polynomial { POLYNOMIAL_CRC32, POLYNOMIAL_CRC32C };

/* What the csel family does to the second register. */
enum a64_select { SELECT, SELECT_INCREMENT, SELECT_INVERT, SELECT_NEGATE };

/* Keys of pointer authentication, in the order of their slots; and what is done with them. */
enum a64_pac_key { PAC_IA, PAC_IB, PAC_DA, PAC_DB, PAC_GA, PAC_KEYS };
enum a64_pac_operation { PAC_SIGN, PAC_AUTH };

/* Bits of PSTATE that have a register of their name, as it shows them (slot pstate). */
enum { A64_PSTATE_SSBS = 1 << 12, A64_PSTATE_DIT = 1 << 24 };

/*
 * The condition of a condition field as one on the flags at rest. AL and NV both mean "always"
 * (Arm ARM C1.2.4), which no condition of ours does: those come out as false in *has.
 */
enum ir_cc a64_condition(uint32_t cond, bool *has);

/* Flags of an immediate N:Z:C:V, as they rest (the aux of IR_CONDF). */
uint32_t a64_resting_flags(uint32_t nzcv);

/* The flags, carry inverted (see state.def). */
static inline ir_ref get_nzcv(struct translation *t)
{
    return ir_get(t->block, A64_SLOT_nzcv);
}

static inline void put_nzcv(struct translation *t, ir_ref flags)
{
    ir_put(t->block, A64_SLOT_nzcv, flags);
}

/*
 * The address of an access: every memory instruction sends its base through here. Costs nothing
 * until the program uses a tagged address; from then on bits 63 to 56 are copies of bit 55.
 */
static inline ir_ref a64_address(struct translation *t, ir_ref address)
{
    if (!(t->mode & A64_MODE_TAGGED))
        return address;
    return ir_emit(t->block, (struct ir_insn){.op = IR_SEXTRACT, .type = IR_I64, .a = address,
                                              .aux = 0 | 56 << 8});
}

/*
 * The FP rule of an instruction under the current mode, with rounding as FPCR says. What Arm calls
 * tiny costs the host a look at results, which is for threads that ask for their flags.
 */
static inline unsigned a64_fp_rule(const struct translation *t)
{
    return IR_ROUND_DYNAMIC | (t->mode & A64_MODE_UNDERFLOW ? IR_FP_TINY_BEFORE : 0u) |
           (t->mode & A64_MODE_DN ? IR_FP_DEFAULT_NAN : 0u) |
           (t->mode & A64_MODE_FZ ? IR_FP_FLUSH : 0u);
}

/* The same for arithmetic on half precision, which is exact C. */
static inline unsigned a64_half_rule(const struct translation *t)
{
    return IR_ROUND_DYNAMIC | IR_FP_TINY_BEFORE | (t->mode & A64_MODE_DN ? IR_FP_DEFAULT_NAN : 0u) |
           (t->mode & A64_MODE_FZ16 ? IR_FP_FLUSH : 0u);
}

#endif
