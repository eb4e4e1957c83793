/*
 * What the integer and flag ops mean, written once (I4): the folder and ir_eval call it with an op
 * known at run time, the interpreter with a constant one, so that the switch vanishes.
 *
 * Operands of type I32 are taken modulo 2^32, whatever their upper halves hold; results of type I32
 * come back zero-extended. Flags are in the resting layout (enum ir_flags), other bits zero.
 *
 * To add an op: a row in op.def and a case here; the folder then knows it on constants already.
 */
#ifndef FERRY_IR_EVAL_H
#define FERRY_IR_EVAL_H

#include "ir/ir.h"

#define EVAL_INLINE static inline __attribute__((always_inline))

typedef unsigned __int128 eval_u128;

EVAL_INLINE uint64_t eval_mask(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
}

EVAL_INLINE int64_t eval_sext(uint64_t x, unsigned bits)
{
    return (int64_t)(x << (64 - bits)) >> (64 - bits);
}

EVAL_INLINE unsigned eval_width(unsigned type)
{
    return ir_type_size((enum ir_type)type) * 8;
}

/* x cc y for integers of the type. */
EVAL_INLINE bool eval_cc(unsigned cc, unsigned type, uint64_t x, uint64_t y)
{
    unsigned width = eval_width(type);
    uint64_t ux = x & eval_mask(width), uy = y & eval_mask(width);
    int64_t sx = eval_sext(x, width), sy = eval_sext(y, width);
    switch (cc) {
    case IR_EQ: return ux == uy;
    case IR_NE: return ux != uy;
    case IR_LTU: return ux < uy;
    case IR_GEU: return ux >= uy;
    case IR_LEU: return ux <= uy;
    case IR_GTU: return ux > uy;
    case IR_LTS: return sx < sy;
    case IR_GES: return sx >= sy;
    case IR_LES: return sx <= sy;
    case IR_GTS: return sx > sy;
    default: return false; /* conditions on flags only; ir_check refuses them here */
    }
}

/* A condition on flags. */
EVAL_INLINE bool eval_flags(unsigned cc, uint64_t f)
{
    bool n = f & IR_FLAG_N, z = f & IR_FLAG_Z, c = f & IR_FLAG_C, v = f & IR_FLAG_V, r;
    switch (cc & ~1u) {
    case IR_EQ: r = z; break;
    case IR_LTU: r = c; break;
    case IR_LEU: r = c || z; break;
    case IR_LTS: r = n != v; break;
    case IR_LES: r = z || n != v; break;
    case IR_MI: r = n; break;
    default: r = v; break;
    }
    return r != (cc & 1);
}

/* Flags of a + b + carry, or with b and carry complemented by the caller, of a difference. */
EVAL_INLINE uint64_t eval_add_flags(unsigned type, uint64_t a, uint64_t b, unsigned carry, bool sub)
{
    unsigned width = eval_width(type);
    uint64_t mask = eval_mask(width);
    a &= mask, b &= mask;
    eval_u128 wide = (eval_u128)a + b + carry;
    uint64_t r = (uint64_t)wide & mask;
    bool out = wide >> width & 1;
    uint64_t flags = 0;
    if (r >> (width - 1))
        flags |= IR_FLAG_N;
    if (r == 0)
        flags |= IR_FLAG_Z;
    if (out != sub)
        flags |= IR_FLAG_C;
    if ((~(a ^ b) & (a ^ r)) >> (width - 1) & 1)
        flags |= IR_FLAG_V;
    return flags;
}

EVAL_INLINE uint64_t eval_and_flags(unsigned type, uint64_t a, uint64_t b)
{
    unsigned width = eval_width(type);
    uint64_t r = a & b & eval_mask(width);
    return (r >> (width - 1) ? IR_FLAG_N : 0) | (r == 0 ? IR_FLAG_Z : 0);
}

EVAL_INLINE uint64_t eval_divide(unsigned op, unsigned width, unsigned rule, uint64_t a, uint64_t b)
{
    uint64_t mask = eval_mask(width);
    int64_t sa = eval_sext(a, width), sb = eval_sext(b, width);
    a &= mask, b &= mask;
    bool overflow = sb == -1 && a == (uint64_t)1 << (width - 1);
    switch (op) {
    case IR_DIVU: return b ? a / b : rule == IR_DIV_RISCV ? UINT64_MAX : 0;
    case IR_REMU: return b ? a % b : a;
    case IR_DIVS:
        if (sb == 0)
            return rule == IR_DIV_RISCV ? UINT64_MAX : 0;
        return overflow ? a : (uint64_t)(sa / sb);
    default:
        if (sb == 0)
            return a;
        return overflow ? 0 : (uint64_t)(sa % sb);
    }
}

EVAL_INLINE uint64_t eval_multiply_high(unsigned op, unsigned width, uint64_t a, uint64_t b)
{
    uint64_t mask = eval_mask(width);
    if (op == IR_MULHU)
        return (uint64_t)((eval_u128)(a & mask) * (b & mask) >> width);
    __int128 x = eval_sext(a, width);
    __int128 y = op == IR_MULHS ? (__int128)eval_sext(b, width) : (__int128)(b & mask);
    return (uint64_t)((eval_u128)(x * y) >> width);
}

static inline uint64_t eval_bitrev(uint64_t x)
{
    x = (x >> 1 & 0x5555555555555555) | (x & 0x5555555555555555) << 1;
    x = (x >> 2 & 0x3333333333333333) | (x & 0x3333333333333333) << 2;
    x = (x >> 4 & 0x0f0f0f0f0f0f0f0f) | (x & 0x0f0f0f0f0f0f0f0f) << 4;
    return __builtin_bswap64(x);
}

static inline uint64_t eval_orcb(uint64_t x)
{
    x |= x >> 4 & 0x0f0f0f0f0f0f0f0f;
    x |= x >> 2 & 0x3333333333333333;
    x |= x >> 1 & 0x5555555555555555;
    return (x & 0x0101010101010101) * 0xff;
}

static inline eval_u128 eval_clmul(uint64_t a, uint64_t b)
{
    eval_u128 product = 0;
    for (; b; b &= b - 1)
        product ^= (eval_u128)a << __builtin_ctzll(b);
    return product;
}

/* The count has been masked already. */
EVAL_INLINE uint64_t eval_shift(unsigned op, unsigned width, uint64_t a, unsigned n)
{
    uint64_t low = a & eval_mask(width);
    switch (op) {
    case IR_SHL: return a << n;
    case IR_SHR: return low >> n;
    case IR_SAR: return (uint64_t)(eval_sext(a, width) >> n);
    default: return n ? low >> n | low << (width - n) : low;
    }
}

/* The result before it is cut to the type. Fields as in struct ir_insn. */
EVAL_INLINE uint64_t eval_wide(unsigned op, unsigned type, unsigned sub, unsigned d_field,
                               uint32_t aux, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    unsigned width = eval_width(type);
    uint64_t mask = eval_mask(width);
    unsigned pos = aux & 0xff, len = aux >> 8 & 0xff;
    switch (op) {
    case IR_ADD: return a + b;
    case IR_SUB: return a - b;
    case IR_MUL: return a * b;
    case IR_MULHS: case IR_MULHU: case IR_MULHSU: return eval_multiply_high(op, width, a, b);
    case IR_DIVS: case IR_DIVU: case IR_REMS: case IR_REMU:
        return eval_divide(op, width, d_field, a, b);
    case IR_AND: return a & b;
    case IR_OR: return a | b;
    case IR_XOR: return a ^ b;
    case IR_ANDN: return a & ~b;
    case IR_NOT: return ~a;
    case IR_NEG: return -a;
    case IR_SHL: case IR_SHR: case IR_SAR: case IR_ROR:
        return eval_shift(op, width, a, (unsigned)b & (width - 1));
    case IR_CLZ: return a & mask ? (unsigned)__builtin_clzll(a & mask) - (64 - width) : width;
    case IR_CTZ: return a & mask ? (unsigned)__builtin_ctzll(a & mask) : width;
    case IR_POPCNT: return (unsigned)__builtin_popcountll(a & mask);
    case IR_BSWAP: return __builtin_bswap64(a) >> (64 - width);
    case IR_BITREV: return eval_bitrev(a) >> (64 - width);
    case IR_ORCB: return eval_orcb(a);
    case IR_CLMUL: return (uint64_t)eval_clmul(a & mask, b & mask);
    case IR_CLMULH: return (uint64_t)(eval_clmul(a & mask, b & mask) >> width);
    case IR_SEXT: return (uint64_t)eval_sext(a, eval_width(sub));
    case IR_ZEXT: return a & eval_mask(eval_width(sub));
    case IR_TRUNC: return a;
    case IR_EXTRACT: return a >> pos & eval_mask(len);
    case IR_SEXTRACT: return (uint64_t)eval_sext(a >> pos, len);
    case IR_INSERT: return (a & ~(eval_mask(len) << pos)) | (b & eval_mask(len)) << pos;
    case IR_SETCC: return eval_cc(sub, aux, a, b);
    case IR_SELCC: return eval_cc(sub, aux, a, b) ? c : d;
    case IR_ADC: return a + b + (c & IR_FLAG_C ? 1 : 0);
    case IR_SBB: return a - b - (c & IR_FLAG_C ? 1 : 0);
    case IR_SETB: return eval_flags(sub, a);
    case IR_SELB: return eval_flags(sub, a) ? b : c;
    case IR_FLAGBITS: return a & (IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V);
    default: return 0;
    }
}

/* Ops whose result is of kind B. */
EVAL_INLINE uint64_t eval_to_flags(unsigned op, unsigned type, uint64_t a, uint64_t b, uint64_t c)
{
    unsigned carry = c & IR_FLAG_C ? 1 : 0;
    switch (op) {
    case IR_ADDF: return eval_add_flags(type, a, b, 0, false);
    case IR_ADCF: return eval_add_flags(type, a, b, carry, false);
    case IR_SUBF: return eval_add_flags(type, a, ~b, 1, true);
    case IR_SBBF: return eval_add_flags(type, a, ~b, !carry, true);
    case IR_ANDF: return eval_and_flags(type, a, b);
    case IR_FLIPC: return (a ^ IR_FLAG_C) & (IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V);
    default: return a & (IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V); /* flags */
    }
}

/* Any pure integer or flag op. */
EVAL_INLINE uint64_t eval_op(unsigned op, unsigned type, unsigned sub, unsigned d_field,
                             uint32_t aux, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    switch (op) {
    case IR_ADDF: case IR_ADCF: case IR_SUBF: case IR_SBBF: case IR_ANDF: case IR_FLAGS: case IR_FLIPC:
        return eval_to_flags(op, type, a, b, c);
    case IR_CONDF:
        return eval_flags(sub, a) ? b & (IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V) : aux;
    default: {
        uint64_t r = eval_wide(op, type, sub, d_field, aux, a, b, c, d);
        return type == IR_I32 ? (uint32_t)r : r;
    }
    }
}

#endif
