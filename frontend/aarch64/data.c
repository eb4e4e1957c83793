/*
 * Data processing on general registers (Arm ARM C4.1, "Data Processing -- Immediate" and
 * "-- Register"): whatever neither sets nor reads flags; the rest is in flags.c.
 */
#include "frontend/aarch64/data.h"

/* ---- immediates ---------------------------------------------------------------------------- */

bool a64_adr(struct translation *t, const struct a64_args_adr *a)
{
    put_x(t, a->rd, ir_pc(t->block, t->pc + (uint64_t)(int64_t)a->page));
    return true;
}

bool a64_adrp(struct translation *t, const struct a64_args_adr *a)
{
    uint64_t page = (t->pc & ~UINT64_C(4095)) + ((uint64_t)(int64_t)a->page << 12);
    put_x(t, a->rd, ir_pc(t->block, page));
    return true;
}

bool a64_logical_mask(bool is_64, uint32_t fields, uint64_t *mask)
{
    uint32_t n = fields >> 12, immr = fields >> 6 & 63, imms = fields & 63;
    uint32_t size_bits = n << 6 | (~imms & 63);
    if ((n && !is_64) || size_bits < 2)
        return false;
    unsigned size = 1u << (31 - __builtin_clz(size_bits)); /* of an element */
    unsigned ones = (imms & (size - 1)) + 1, rotation = immr & (size - 1);
    if (ones == size)
        return false;
    uint64_t element = (UINT64_C(1) << ones) - 1;
    if (rotation)
        element = element >> rotation | element << (size - rotation);
    if (size < 64)
        element &= (UINT64_C(1) << size) - 1;
    for (; size < 64; size *= 2)
        element |= element << size;
    *mask = is_64 ? element : (uint32_t)element;
    return true;
}

bool a64_logical_imm(struct translation *t, const struct a64_args_mask *a, int op)
{
    uint64_t mask;
    if (!a64_logical_mask(a->sf, a->mask, &mask))
        return false;
    ir_ref value = ir_op2(t->block, op, a64_type(a->sf), get_r(t, a->sf, a->rn),
                          ir_const(t->block, mask));
    put_rsp(t, a->sf, a->rd, value);
    return true;
}

bool a64_movw(struct translation *t, const struct a64_args_movw *a, int inverted)
{
    uint64_t value = (uint64_t)a->imm16 << (16 * a->hw);
    if (a->hw > 1 && !a->sf)
        return false;
    if (inverted)
        value = ~value;
    put_x(t, a->rd, ir_const(t->block, a->sf ? value : (uint32_t)value));
    return true;
}

bool a64_movk(struct translation *t, const struct a64_args_movw *a)
{
    struct ir_block *b = t->block;
    enum ir_type type = a64_type(a->sf);
    if (a->hw > 1 && !a->sf)
        return false;
    ir_ref kept = ir_op2(b, IR_AND, type, get_r(t, a->sf, a->rd),
                         ir_const(b, ~(UINT64_C(0xffff) << (16 * a->hw))));
    put_r(t, a->sf, a->rd,
          ir_op2(b, IR_OR, type, kept, ir_const(b, (uint64_t)a->imm16 << (16 * a->hw))));
    return true;
}

/* ---- bit fields ---------------------------------------------------------------------------- */

static ir_ref field_op(struct translation *t, int op, enum ir_type type, ir_ref x, ir_ref y,
                       unsigned pos, unsigned length)
{
    return ir_emit(t->block, (struct ir_insn){.op = (uint8_t)op, .type = (uint8_t)type, .a = x,
                                              .b = y, .aux = pos | length << 8});
}

/*
 * SBFM and UBFM: bits imms:immr to the bottom; or, if imms < immr, the low imms + 1 bits to place
 * width - immr. `extract` is IR_SEXTRACT or IR_EXTRACT.
 */
bool a64_bitfield(struct translation *t, const struct a64_args_bitfield *a, int extract)
{
    enum ir_type type = a64_type(a->sf);
    unsigned width = a->sf ? 64 : 32;
    ir_ref x = get_r(t, a->sf, a->rn);
    if (a->imms >= a->immr) {
        x = field_op(t, extract, type, x, IR_NONE, a->immr, a->imms - a->immr + 1);
    } else {
        unsigned place = width - a->immr;
        /* lsl: what the extraction drops, the shift drops as well */
        if (place + a->imms + 1 < width)
            x = field_op(t, extract, type, x, IR_NONE, 0, a->imms + 1);
        x = ir_op2(t->block, IR_SHL, type, x, ir_const(t->block, place));
    }
    put_r(t, a->sf, a->rd, x);
    return true;
}

/* BFM: the same bits into the destination, whose others stay. */
bool a64_bfm(struct translation *t, const struct a64_args_bitfield *a)
{
    enum ir_type type = a64_type(a->sf);
    unsigned width = a->sf ? 64 : 32;
    ir_ref x = get_r(t, a->sf, a->rn), old = get_r(t, a->sf, a->rd);
    if (a->imms >= a->immr) {
        if (a->immr)
            x = ir_op2(t->block, IR_SHR, type, x, ir_const(t->block, a->immr));
        x = field_op(t, IR_INSERT, type, old, x, 0, a->imms - a->immr + 1);
    } else {
        x = field_op(t, IR_INSERT, type, old, x, width - a->immr, a->imms + 1);
    }
    put_r(t, a->sf, a->rd, x);
    return true;
}

bool a64_extr(struct translation *t, const struct a64_args_extr *a)
{
    struct ir_block *b = t->block;
    enum ir_type type = a64_type(a->sf);
    unsigned width = a->sf ? 64 : 32;
    ir_ref high = get_r(t, a->sf, a->rn), low = get_r(t, a->sf, a->rm), result;
    if (a->imms == 0)
        result = low;
    else if (a->rn == a->rm)
        result = ir_op2(b, IR_ROR, type, low, ir_const(b, a->imms));
    else
        result = ir_op2(b, IR_OR, type, ir_op2(b, IR_SHR, type, low, ir_const(b, a->imms)),
                        ir_op2(b, IR_SHL, type, high, ir_const(b, width - a->imms)));
    put_r(t, a->sf, a->rd, result);
    return true;
}

/* ---- registers, shifted or extended -------------------------------------------------------- */

bool a64_shifted(struct translation *t, uint32_t sf, uint32_t rm, uint32_t shift, ir_ref *value)
{
    static const uint8_t ops[4] = {IR_SHL, IR_SHR, IR_SAR, IR_ROR};
    unsigned amount = shift & 63;
    if (amount > 31 && !sf)
        return false;
    *value = get_r(t, sf, rm);
    if (amount)
        *value = ir_op2(t->block, ops[shift >> 6], a64_type(sf), *value,
                        ir_const(t->block, amount));
    return true;
}

bool a64_extended(struct translation *t, uint32_t sf, uint32_t ext, ir_ref *value)
{
    unsigned option = ext >> 3 & 7, amount = ext & 7, size = option & 3;
    int op = option & 4 ? IR_SEXT : IR_ZEXT;
    enum ir_type type = a64_type(sf), from = IR_I8 + size;
    ir_ref x = get_x(t, ext >> 6);
    if (amount > 4)
        return false;
    if (from >= type)
        x = sf ? x : ir_conv(t->block, IR_TRUNC, IR_I32, IR_I64, x);
    else if (from == IR_I32)
        x = ir_conv(t->block, op, type, from, ir_conv(t->block, IR_TRUNC, IR_I32, IR_I64, x));
    else
        x = ir_conv(t->block, op, type, from, x);
    *value = amount ? ir_op2(t->block, IR_SHL, type, x, ir_const(t->block, amount)) : x;
    return true;
}

bool a64_logical(struct translation *t, const struct a64_args_shifted *a, int op, int inverted)
{
    enum ir_type type = a64_type(a->sf);
    ir_ref y;
    if (!a64_shifted(t, a->sf, a->rm, a->shift, &y))
        return false;
    if (inverted)
        y = ir_op1(t->block, IR_NOT, type, y);
    put_r(t, a->sf, a->rd, ir_op2(t->block, op, type, get_r(t, a->sf, a->rn), y));
    return true;
}

/* ---- one, two and three sources ------------------------------------------------------------ */

bool a64_unary(struct translation *t, const struct a64_args_r2 *a, int op)
{
    put_r(t, a->sf, a->rd, ir_op1(t->block, op, a64_type(a->sf), get_r(t, a->sf, a->rn)));
    return true;
}

bool a64_binary(struct translation *t, const struct a64_args_r3 *a, int op)
{
    put_r(t, a->sf, a->rd,
          ir_op2(t->block, op, a64_type(a->sf), get_r(t, a->sf, a->rn), get_r(t, a->sf, a->rm)));
    return true;
}

bool a64_divide(struct translation *t, const struct a64_args_r3 *a, int op)
{
    put_r(t, a->sf, a->rd,
          ir_emit(t->block, (struct ir_insn){.op = (uint8_t)op, .type = (uint8_t)a64_type(a->sf),
                                             .a = get_r(t, a->sf, a->rn),
                                             .b = get_r(t, a->sf, a->rm), .d = IR_DIV_ARM}));
    return true;
}

static ir_ref extreme(struct translation *t, uint32_t sf, int cc, ir_ref x, ir_ref y)
{
    enum ir_type type = a64_type(sf);
    return ir_emit(t->block, (struct ir_insn){.op = IR_SELCC, .type = (uint8_t)type,
                                              .sub = (uint8_t)cc, .a = x, .b = y, .c = x, .d = y,
                                              .aux = type});
}

/* x cc y ? x : y */
bool a64_min_max(struct translation *t, const struct a64_args_r3 *a, int cc)
{
    put_r(t, a->sf, a->rd,
          extreme(t, a->sf, cc, get_r(t, a->sf, a->rn), get_r(t, a->sf, a->rm)));
    return true;
}

bool a64_min_max_imm(struct translation *t, const struct a64_args_imm8 *a, int cc)
{
    uint64_t imm = (uint64_t)(int64_t)a->imm;
    put_r(t, a->sf, a->rd,
          extreme(t, a->sf, cc, get_r(t, a->sf, a->rn),
                  ir_const(t->block, a->sf ? imm : (uint32_t)imm)));
    return true;
}

bool a64_abs(struct translation *t, const struct a64_args_r2 *a)
{
    enum ir_type type = a64_type(a->sf);
    ir_ref x = get_r(t, a->sf, a->rn), negative = ir_op1(t->block, IR_NEG, type, x);
    put_r(t, a->sf, a->rd, extreme(t, a->sf, IR_GTS, x, negative));
    return true;
}

/* Bytes swapped within each half-word; of two, all swapped, then the half-words. */
bool a64_rev16(struct translation *t, const struct a64_args_r2 *a)
{
    struct ir_block *b = t->block;
    enum ir_type type = a64_type(a->sf);
    ir_ref low = ir_const(b, UINT64_C(0x00ff00ff00ff00ff)), x = get_r(t, a->sf, a->rn);
    if (!a->sf) {
        ir_ref swapped = ir_op1(b, IR_BSWAP, type, x);
        put_r(t, a->sf, a->rd, ir_op2(b, IR_ROR, type, swapped, ir_const(b, 16)));
        return true;
    }
    ir_ref up = ir_op2(b, IR_SHL, type, ir_op2(b, IR_AND, type, x, low), ir_const(b, 8));
    ir_ref down = ir_op2(b, IR_AND, type, ir_op2(b, IR_SHR, type, x, ir_const(b, 8)), low);
    put_r(t, a->sf, a->rd, ir_op2(b, IR_OR, type, up, down));
    return true;
}

/* Bytes swapped within each word: all swapped, then the words. */
bool a64_rev32(struct translation *t, const struct a64_args_r2 *a)
{
    ir_ref x = ir_op1(t->block, IR_BSWAP, IR_I64, get_x(t, a->rn));
    put_x(t, a->rd, ir_op2(t->block, IR_ROR, IR_I64, x, ir_const(t->block, 32)));
    return true;
}

/* Bits below the highest that are like it: the zeros on top of x ^ (x << 1), where bit 0 is set. */
bool a64_cls(struct translation *t, const struct a64_args_r2 *a)
{
    struct ir_block *b = t->block;
    enum ir_type type = a64_type(a->sf);
    ir_ref x = get_r(t, a->sf, a->rn), one = ir_const(b, 1);
    ir_ref changes = ir_op2(b, IR_XOR, type, x, ir_op2(b, IR_SHL, type, x, one));
    put_r(t, a->sf, a->rd,
          ir_op1(b, IR_CLZ, type, ir_op2(b, IR_OR, type, changes, one)));
    return true;
}

/*
 * The checksum's bits are polynomials over GF(2) with the highest power in bit 0, so feeding 64
 * bits is a Montgomery reduction: what makes the low 64 bits of x + q * P vanish is q = x / P,
 * taken modulo 2^64, and the rest lies above them. P has 33 bits. Fewer bits than 64 come at the
 * top, where the zeros below change nothing; then what they have pushed out of the old sum is
 * left to add.
 */
bool a64_crc32(struct translation *t, const struct a64_args_r3 *a, int polynomial, int bytes)
{
    static const struct {
        uint64_t p, inverse; /* inverse * p = 1 modulo 2^64, without carries */
    } constants[] = {
        [POLYNOMIAL_CRC32] = {0x1db710641, 0xb4e5b025f7011641},
        [POLYNOMIAL_CRC32C] = {0x105ec76f1, 0x4869ec38dea713f1},
    };
    struct ir_block *b = t->block;
    unsigned bits = 8 * (unsigned)bytes;
    ir_ref crc = ir_conv(b, IR_ZEXT, IR_I64, IR_I32, get_w(t, a->rn));
    ir_ref x = ir_op2(b, IR_XOR, IR_I64, crc, get_x(t, a->rm));
    if (bits < 64)
        x = ir_op2(b, IR_SHL, IR_I64, x, ir_const(b, 64 - bits));
    ir_ref q = ir_op2(b, IR_CLMUL, IR_I64, x, ir_const(b, constants[polynomial].inverse));
    x = ir_op2(b, IR_CLMULH, IR_I64, q, ir_const(b, constants[polynomial].p));
    if (bits < 32)
        x = ir_op2(b, IR_XOR, IR_I64, x, ir_op2(b, IR_SHR, IR_I64, crc, ir_const(b, bits)));
    put_x(t, a->rd, x);
    return true;
}

/* ra op rn * rm */
bool a64_madd(struct translation *t, const struct a64_args_madd *a, int op)
{
    enum ir_type type = a64_type(a->sf);
    ir_ref product = ir_op2(t->block, IR_MUL, type, get_r(t, a->sf, a->rn),
                            get_r(t, a->sf, a->rm));
    put_r(t, a->sf, a->rd, ir_op2(t->block, op, type, get_r(t, a->sf, a->ra), product));
    return true;
}

/* The same of words extended by `extend`. */
bool a64_maddl(struct translation *t, const struct a64_args_madd *a, int extend, int op)
{
    struct ir_block *b = t->block;
    ir_ref x = ir_conv(b, extend, IR_I64, IR_I32, get_w(t, a->rn));
    ir_ref y = ir_conv(b, extend, IR_I64, IR_I32, get_w(t, a->rm));
    put_x(t, a->rd, ir_op2(b, op, IR_I64, get_x(t, a->ra), ir_op2(b, IR_MUL, IR_I64, x, y)));
    return true;
}
