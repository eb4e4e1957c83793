/*
 * Advanced SIMD: copies between lanes and registers, permutations, tables, modified immediates (Arm
 * ARM C4.1 "Advanced SIMD copy", "permute", "extract", "table lookup", "modified immediate").
 */
#include "frontend/aarch64/decode.h"
#include "frontend/aarch64/float.h"

/* ---- copy --------------------------------------------------------------------------------- */

/* imm5 is the index of a lane, a one, and as many zeros as the size says. */
static uint32_t imm5_size(uint32_t imm5)
{
    return (uint32_t)__builtin_ctz(imm5);
}

static uint32_t imm5_index(uint32_t imm5)
{
    return imm5 >> (imm5_size(imm5) + 1);
}

bool a64_simd_dup_element(struct translation *t, const struct a64_args_simd_copy *a)
{
    uint32_t size = imm5_size(a->imm5);
    ir_ref v = v_op_num(t, IR_VDUPL, a64_lane(size), get_v(t, a->rn), 0, imm5_index(a->imm5));
    simd_put(t, a->q, size, a->rd, v);
    return true;
}

bool a64_simd_dup(struct translation *t, const struct a64_args_simd_copy *a)
{
    uint32_t size = imm5_size(a->imm5);
    put_vq(t, a->q, a->rd, v_op(t, IR_VDUP, a64_lane(size), get_x(t, a->rn), 0));
    return true;
}

/* The lane that imm5 names, zero-extended to the type. */
static ir_ref get_lane(struct translation *t, uint32_t v, uint32_t imm5, enum ir_type type)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_VLANE,
                                              .type = (uint8_t)type,
                                              .sub = (uint8_t)a64_lane(imm5_size(imm5)),
                                              .a = get_v(t, v),
                                              .aux = imm5_index(imm5)});
}

bool a64_simd_smov(struct translation *t, const struct a64_args_simd_copy *a)
{
    enum ir_type lane = (enum ir_type)a64_lane(imm5_size(a->imm5)), type = a64_type(a->q);
    put_r(t, a->q, a->rd,
          ir_conv(t->block, IR_SEXT, type, lane, get_lane(t, a->rn, a->imm5, IR_I32)));
    return true;
}

bool a64_simd_umov(struct translation *t, const struct a64_args_simd_copy *a)
{
    put_r(t, a->q, a->rd, get_lane(t, a->rn, a->imm5, a64_type(a->q)));
    return true;
}

bool a64_simd_ins(struct translation *t, const struct a64_args_simd_copy *a)
{
    put_v(t, a->rd,
          v_op_num(t, IR_VINS, a64_lane(imm5_size(a->imm5)), get_v(t, a->rd), get_x(t, a->rn),
                   imm5_index(a->imm5)));
    return true;
}

/* imm4 is the index of the source's lane, shifted by the size; bits below are ignored. */
bool a64_simd_ins_element(struct translation *t, const struct a64_args_rd_imm5_imm4_rn *a)
{
    uint32_t size = imm5_size(a->imm5);
    put_v(t, a->rd,
          v_op_num(t, IR_VCOPY, a64_lane(size), get_v(t, a->rd), get_v(t, a->rn),
                   imm5_index(a->imm5) | a->imm4 >> size << 8));
    return true;
}

/* ---- permutations ------------------------------------------------------------------------- */

bool a64_simd_permute(struct translation *t, const struct a64_args_simd3 *a, int op)
{
    ir_ref n = get_v(t, a->rn), m = get_v(t, a->rm), v;
    int lane = a64_lane(a->size);
    if (a->q || op == IR_VZIP1 || op == IR_VTRN1 || op == IR_VTRN2) {
        v = v_op(t, op, lane, n, m);
    } else if (op == IR_VZIP2) { /* of 64 bits: what lies high in the longer ZIP1 */
        v = v_op_num(t, IR_VDUPL, IR_I64, v_op(t, IR_VZIP1, lane, n, m), 0, 1);
    } else {
        ir_ref both = v_op(t, IR_VZIP1, IR_I64, n, m);
        v = v_op(t, op, lane, both, both);
    }
    put_vq(t, a->q, a->rd, v);
    return true;
}

bool a64_simd_ext(struct translation *t, const struct a64_args_rd_index_rm_rn_q *a)
{
    ir_ref n = get_v(t, a->rn), m = get_v(t, a->rm);
    if (!a->q)
        n = m = v_op(t, IR_VZIP1, IR_I64, n, m);
    put_vq(t, a->q, a->rd, v_op_num(t, IR_VEXT, IR_VOID, n, m, a->index));
    return true;
}

/* `tables` registers and one more, from rn on. An index beyond them gives 0 or (TBX) changes
 * nothing. */
bool a64_simd_table(struct translation *t, const struct a64_args_rd_tables_rm_rn_q *a, int keep)
{
    ir_ref index = get_v(t, a->rm);
    ir_ref v = v_op(t, IR_VTBL, IR_VOID, get_v(t, a->rn), index);
    for (uint32_t i = 1; i <= a->tables; i++) {
        ir_ref rest = v_op(t, IR_VSUB, IR_I8, index, simd_splat(t, 0, 16 * i));
        ir_ref more = v_op(t, IR_VTBL, IR_VOID, get_v(t, (a->rn + i) % 32), rest);
        v = v_op(t, IR_VOR, IR_VOID, v, more);
    }
    if (keep) {
        ir_ref inside = simd_compare(t, IR_LTU, 0, index, simd_splat(t, 0, 16 * (a->tables + 1)));
        v = simd_select(t, inside, v, get_v(t, a->rd));
    }
    put_vq(t, a->q, a->rd, v);
    return true;
}

/* ---- modified immediates (Arm ARM, AdvSIMDExpandImm) ----------------------------------------- */

static bool immediate(struct translation *t, enum simd_immediate what, uint32_t q, uint32_t rd,
                      uint64_t value)
{
    ir_ref old = what == SIMD_ORR || what == SIMD_BIC ? get_v(t, rd) : IR_NONE;
    if (what == SIMD_MVNI || what == SIMD_BIC)
        value = ~value;
    ir_ref v = simd_constant(t, value, q || old ? value : 0);
    if (old)
        put_vq(t, q, rd, v_op(t, what == SIMD_ORR ? IR_VOR : IR_VAND, IR_VOID, old, v));
    else
        put_v(t, rd, v);
    return true;
}

static uint64_t replicate(uint64_t value, unsigned bits)
{
    for (; bits < 64; bits *= 2)
        value |= value << bits;
    return value;
}

bool a64_simd_imm32(struct translation *t, const struct a64_args_rd_imm8_lsl_q *a, int what)
{
    return immediate(t, (enum simd_immediate)what, a->q, a->rd, replicate(a->imm8 << a->lsl, 32));
}

bool a64_simd_imm16(struct translation *t, const struct a64_args_rd_imm8_lsl_q *a, int what)
{
    return immediate(t, (enum simd_immediate)what, a->q, a->rd, replicate(a->imm8 << a->lsl, 16));
}

/* Shifted, with ones behind. */
bool a64_simd_msl(struct translation *t, const struct a64_args_rd_imm8_lsl_q *a, int what)
{
    uint32_t shift = a->lsl + 8;
    return immediate(t, (enum simd_immediate)what, a->q, a->rd,
                     replicate(a->imm8 << shift | ((1u << shift) - 1), 32));
}

bool a64_simd_imm8(struct translation *t, const struct a64_args_rd_imm8_q *a)
{
    return immediate(t, SIMD_MOVI, a->q, a->rd, replicate(a->imm8, 8));
}

/* Each bit gives a byte. */
bool a64_simd_imm64(struct translation *t, const struct a64_args_rd_imm8_q *a)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        if (a->imm8 >> i & 1)
            value |= UINT64_C(0xff) << 8 * i;
    return immediate(t, SIMD_MOVI, a->q, a->rd, value);
}

bool a64_simd_fmov(struct translation *t, const struct a64_args_rd_imm8_q *a, int type)
{
    unsigned bits = 8 * ir_type_size((enum ir_type)type);
    return immediate(t, SIMD_MOVI, a->q, a->rd, replicate(a64_expand_float(a->imm8, type), bits));
}
