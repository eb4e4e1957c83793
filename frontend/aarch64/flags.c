/*
 * Instructions that set or read the flags: sums and differences, conditional comparison and
 * selection, FlagM (Arm ARM C4.1, "Data Processing").
 *
 * The flags rest as the host's subtraction leaves them, that is, with Arm's carry inverted. So
 * SUBF is what SUBS wants, ADDF and ANDF are flipped, and a condition is one of ours on the
 * slot's value.
 */
#include "frontend/aarch64/data.h"
#include "frontend/aarch64/system.h"

enum ir_cc a64_condition(uint32_t cond, bool *has)
{
    static const uint8_t cc[14] = {
        IR_EQ, IR_NE, IR_GEU, IR_LTU, IR_MI,  IR_PL,  IR_VS,
        IR_VC, IR_GTU, IR_LEU, IR_GES, IR_LTS, IR_GTS, IR_LES,
    };
    *has = cond < 14;
    return *has ? cc[cond] : IR_EQ;
}

static ir_ref flip_carry(struct translation *t, ir_ref flags)
{
    return ir_op1(t->block, IR_FLIPC, IR_B, flags);
}

/* ---- sums and differences ------------------------------------------------------------------ */

/* NZCV of x + y or x - y, as they rest. */
static ir_ref sum_flags(struct translation *t, bool sub, enum ir_type type, ir_ref x, ir_ref y)
{
    ir_ref flags = ir_op2(t->block, sub ? IR_SUBF : IR_ADDF, type, x, y);
    return sub ? flags : flip_carry(t, flags);
}

/* rd := x + y or x - y; with flags, register 31 is zero, else sp where `to_sp`. */
static bool put_sum(struct translation *t, uint32_t sf, uint32_t rd, ir_ref x, ir_ref y, bool sub,
                    bool flags, bool to_sp)
{
    enum ir_type type = a64_type(sf);
    ir_ref sum = ir_op2(t->block, sub ? IR_SUB : IR_ADD, type, x, y);
    if (flags)
        put_nzcv(t, sum_flags(t, sub, type, x, y));
    if (to_sp && !flags)
        put_rsp(t, sf, rd, sum);
    else
        put_r(t, sf, rd, sum);
    return true;
}

bool a64_add_imm(struct translation *t, const struct a64_args_add_imm *a, int sub, int flags)
{
    ir_ref imm = ir_const(t->block, a->imm << 12 * a->sh);
    return put_sum(t, a->sf, a->rd, get_rsp(t, a->sf, a->rn), imm, sub, flags, true);
}

bool a64_add(struct translation *t, const struct a64_args_shifted *a, int sub, int flags)
{
    ir_ref y;
    if (a->shift >> 6 == 3 || !a64_shifted(t, a->sf, a->rm, a->shift, &y))
        return false;
    return put_sum(t, a->sf, a->rd, get_r(t, a->sf, a->rn), y, sub, flags, false);
}

bool a64_add_ext(struct translation *t, const struct a64_args_extended *a, int sub, int flags)
{
    ir_ref y;
    if (!a64_extended(t, a->sf, a->ext, &y))
        return false;
    return put_sum(t, a->sf, a->rd, get_rsp(t, a->sf, a->rn), y, sub, flags, true);
}

static ir_ref with_carry(struct translation *t, int op, enum ir_type type, ir_ref x, ir_ref y,
                         ir_ref carry)
{
    return ir_emit(t->block, (struct ir_insn){.op = (uint8_t)op, .type = (uint8_t)type, .a = x,
                                              .b = y, .c = carry});
}

bool a64_add_carry(struct translation *t, const struct a64_args_r3 *a, int flags)
{
    enum ir_type type = a64_type(a->sf);
    ir_ref x = get_r(t, a->sf, a->rn), y = get_r(t, a->sf, a->rm);
    ir_ref carry = flip_carry(t, get_nzcv(t)), sum = with_carry(t, IR_ADC, type, x, y, carry);
    if (flags)
        put_nzcv(t, flip_carry(t, with_carry(t, IR_ADCF, type, x, y, carry)));
    put_r(t, a->sf, a->rd, sum);
    return true;
}

bool a64_sub_carry(struct translation *t, const struct a64_args_r3 *a, int flags)
{
    enum ir_type type = a64_type(a->sf);
    ir_ref x = get_r(t, a->sf, a->rn), y = get_r(t, a->sf, a->rm);
    ir_ref borrow = get_nzcv(t), difference = with_carry(t, IR_SBB, type, x, y, borrow);
    if (flags)
        put_nzcv(t, with_carry(t, IR_SBBF, type, x, y, borrow));
    put_r(t, a->sf, a->rd, difference);
    return true;
}

/* ---- logical ------------------------------------------------------------------------------- */

static bool put_and(struct translation *t, uint32_t sf, uint32_t rd, ir_ref x, ir_ref y)
{
    enum ir_type type = a64_type(sf);
    put_nzcv(t, flip_carry(t, ir_op2(t->block, IR_ANDF, type, x, y)));
    put_r(t, sf, rd, ir_op2(t->block, IR_AND, type, x, y));
    return true;
}

bool a64_ands_imm(struct translation *t, const struct a64_args_mask *a)
{
    uint64_t mask;
    if (!a64_logical_mask(a->sf, a->mask, &mask))
        return false;
    return put_and(t, a->sf, a->rd, get_r(t, a->sf, a->rn), ir_const(t->block, mask));
}

bool a64_ands(struct translation *t, const struct a64_args_shifted *a, int inverted)
{
    ir_ref y;
    if (!a64_shifted(t, a->sf, a->rm, a->shift, &y))
        return false;
    if (inverted)
        y = ir_op1(t->block, IR_NOT, a64_type(a->sf), y);
    return put_and(t, a->sf, a->rd, get_r(t, a->sf, a->rn), y);
}

/* ---- conditional --------------------------------------------------------------------------- */

uint32_t a64_resting_flags(uint32_t nzcv)
{
    return (nzcv & 8 ? IR_FLAG_N : 0u) | (nzcv & 4 ? IR_FLAG_Z : 0u) |
           (nzcv & 2 ? 0u : IR_FLAG_C) | (nzcv & 1 ? IR_FLAG_V : 0u);
}

static bool compare(struct translation *t, uint32_t sf, uint32_t cond, uint32_t nzcv, ir_ref x,
                    ir_ref y, bool sub)
{
    bool has;
    enum ir_cc cc = a64_condition(cond, &has);
    ir_ref flags = sum_flags(t, sub, a64_type(sf), x, y);
    if (has)
        flags = ir_emit(t->block, (struct ir_insn){.op = IR_CONDF, .type = IR_B, .sub = (uint8_t)cc,
                                                   .a = get_nzcv(t), .b = flags,
                                                   .aux = a64_resting_flags(nzcv)});
    put_nzcv(t, flags);
    return true;
}

bool a64_ccmp(struct translation *t, const struct a64_args_ccmp *a, int sub)
{
    return compare(t, a->sf, a->cond, a->nzcv, get_r(t, a->sf, a->rn), get_r(t, a->sf, a->rm), sub);
}

bool a64_ccmp_imm(struct translation *t, const struct a64_args_ccmp_imm *a, int sub)
{
    return compare(t, a->sf, a->cond, a->nzcv, get_r(t, a->sf, a->rn), ir_const(t->block, a->imm5),
                   sub);
}

bool a64_csel(struct translation *t, const struct a64_args_csel *a, int select)
{
    struct ir_block *b = t->block;
    enum ir_type type = a64_type(a->sf);
    bool has;
    enum ir_cc cc = a64_condition(a->cond, &has);
    ir_ref x = get_r(t, a->sf, a->rn), y = get_r(t, a->sf, a->rm);
    if (select == SELECT_INCREMENT)
        y = ir_op2(b, IR_ADD, type, y, ir_const(b, 1));
    else if (select != SELECT)
        y = ir_op1(b, select == SELECT_INVERT ? IR_NOT : IR_NEG, type, y);
    if (has)
        x = ir_emit(b, (struct ir_insn){.op = IR_SELB, .type = (uint8_t)type, .sub = (uint8_t)cc,
                                        .a = get_nzcv(t), .b = x, .c = y});
    put_r(t, a->sf, a->rd, x);
    return true;
}

/* ---- FlagM --------------------------------------------------------------------------------- */

enum { N_BIT = 15, Z_BIT = 14, C_BIT = 8, V_BIT = 0 };
static_assert(IR_FLAG_N == 1 << N_BIT && IR_FLAG_Z == 1 << Z_BIT && IR_FLAG_C == 1 << C_BIT &&
                  IR_FLAG_V == 1 << V_BIT, "the layout at rest");

static ir_ref op32(struct translation *t, int op, ir_ref x, uint32_t y)
{
    return ir_op2(t->block, op, IR_I32, x, ir_const(t->block, y));
}

static ir_ref or32(struct translation *t, ir_ref x, ir_ref y)
{
    return ir_op2(t->block, IR_OR, IR_I32, x, y);
}

static ir_ref flag_bits(struct translation *t)
{
    return ir_op1(t->block, IR_FLAGBITS, IR_I32, get_nzcv(t));
}

static void put_flag_bits(struct translation *t, ir_ref bits)
{
    put_nzcv(t, ir_emit(t->block, (struct ir_insn){.op = IR_FLAGS, .type = IR_B, .sub = IR_I32,
                                                   .a = bits}));
}

/* Bit `from` of x, alone and moved to bit `to`. */
static ir_ref move_bit(struct translation *t, ir_ref x, unsigned from, unsigned to)
{
    ir_ref bit = op32(t, IR_AND, x, 1u << from);
    if (to > from)
        return op32(t, IR_SHL, bit, to - from);
    return to < from ? op32(t, IR_SHR, bit, from - to) : bit;
}

/* Bits 3 to 0 of rn rotated right by imm6 to those of NZCV that the mask names. */
bool a64_rmif(struct translation *t, const struct a64_args_rmif *a)
{
    struct ir_block *b = t->block;
    uint32_t mask = a64_resting_flags(a->nzcv) ^ IR_FLAG_C;
    ir_ref rotated = ir_op2(b, IR_ROR, IR_I64, get_x(t, a->rn), ir_const(b, a->imm6));
    ir_ref x = ir_conv(b, IR_TRUNC, IR_I32, IR_I64, rotated);
    ir_ref bits = or32(t, or32(t, move_bit(t, x, 3, N_BIT), move_bit(t, x, 2, Z_BIT)),
                       or32(t, move_bit(t, x, 1, C_BIT), move_bit(t, x, 0, V_BIT)));
    bits = op32(t, IR_AND, op32(t, IR_XOR, bits, IR_FLAG_C), mask);
    put_flag_bits(t, or32(t, op32(t, IR_AND, flag_bits(t), ~mask), bits));
    return true;
}

/* Flags of a byte or half-word: overflow is a sign that the next bit contradicts. C stays. */
bool a64_setf(struct translation *t, const struct a64_args_rn *a, int width)
{
    struct ir_block *b = t->block;
    unsigned sign = (unsigned)width - 1;
    ir_ref x = get_w(t, a->rn);
    ir_ref zero = ir_emit(b, (struct ir_insn){.op = IR_SETCC, .type = IR_I32, .sub = IR_EQ,
                                              .a = op32(t, IR_AND, x, (2u << sign) - 1),
                                              .b = ir_const(b, 0), .aux = IR_I32});
    ir_ref overflow = ir_op2(b, IR_XOR, IR_I32, x, op32(t, IR_SHR, x, 1));
    ir_ref bits = or32(t, move_bit(t, x, sign, N_BIT), move_bit(t, overflow, sign, V_BIT));
    bits = or32(t, bits, op32(t, IR_SHL, zero, Z_BIT));
    put_flag_bits(t, or32(t, bits, op32(t, IR_AND, flag_bits(t), IR_FLAG_C)));
    return true;
}

bool a64_cfinv(struct translation *t)
{
    put_nzcv(t, flip_carry(t, get_nzcv(t)));
    return true;
}

/* To the form of other processors' FP comparisons: Z if equal or unordered, C unless less. */
bool a64_axflag(struct translation *t)
{
    ir_ref flags = flag_bits(t), unordered = move_bit(t, flags, V_BIT, V_BIT);
    ir_ref bits = op32(t, IR_AND, flags, IR_FLAG_Z | IR_FLAG_C);
    bits = or32(t, bits, op32(t, IR_SHL, unordered, Z_BIT));
    put_flag_bits(t, or32(t, bits, op32(t, IR_SHL, unordered, C_BIT)));
    return true;
}

/* And back: N = !C & !Z, Z = Z & C, C = C | Z, V = !C & Z. */
bool a64_xaflag(struct translation *t)
{
    ir_ref flags = flag_bits(t), no_carry = move_bit(t, flags, C_BIT, 0);
    ir_ref z = move_bit(t, flags, Z_BIT, 0);
    ir_ref less = ir_op2(t->block, IR_ANDN, IR_I32, no_carry, z);
    ir_ref equal = ir_op2(t->block, IR_ANDN, IR_I32, z, no_carry);
    ir_ref unordered = ir_op2(t->block, IR_AND, IR_I32, z, no_carry);
    ir_ref bits = or32(t, op32(t, IR_SHL, less, N_BIT), op32(t, IR_SHL, equal, Z_BIT));
    put_flag_bits(t, or32(t, bits, or32(t, op32(t, IR_SHL, less, C_BIT), unordered)));
    return true;
}

/* ---- NZCV as a system register ------------------------------------------------------------- */

enum { PSTATE_N = 31, PSTATE_Z = 30, PSTATE_C = 29, PSTATE_V = 28 };

ir_ref a64_read_nzcv(struct translation *t)
{
    ir_ref flags = op32(t, IR_XOR, flag_bits(t), IR_FLAG_C);
    ir_ref bits = or32(t, move_bit(t, flags, N_BIT, PSTATE_N), move_bit(t, flags, Z_BIT, PSTATE_Z));
    bits = or32(t, bits, or32(t, move_bit(t, flags, C_BIT, PSTATE_C),
                              move_bit(t, flags, V_BIT, PSTATE_V)));
    return ir_conv(t->block, IR_ZEXT, IR_I64, IR_I32, bits);
}

void a64_write_nzcv(struct translation *t, ir_ref value)
{
    ir_ref x = ir_conv(t->block, IR_TRUNC, IR_I32, IR_I64, value);
    ir_ref bits = or32(t, move_bit(t, x, PSTATE_N, N_BIT), move_bit(t, x, PSTATE_Z, Z_BIT));
    bits = or32(t, bits, or32(t, move_bit(t, x, PSTATE_C, C_BIT), move_bit(t, x, PSTATE_V, V_BIT)));
    put_flag_bits(t, op32(t, IR_XOR, bits, IR_FLAG_C));
}

uint32_t a64_get_nzcv(const struct cpu *cpu)
{
    uint32_t f = *(const uint32_t *)(cpu->state + A64_STATE_nzcv) ^ IR_FLAG_C;
    return (f >> N_BIT & 1) << PSTATE_N | (f >> Z_BIT & 1) << PSTATE_Z |
           (f >> C_BIT & 1) << PSTATE_C | (f >> V_BIT & 1) << PSTATE_V;
}

void a64_set_nzcv(struct cpu *cpu, uint32_t nzcv)
{
    *(uint32_t *)(cpu->state + A64_STATE_nzcv) = a64_resting_flags(nzcv >> PSTATE_V);
}
