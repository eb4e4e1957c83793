/*
 * Advanced SIMD: arithmetic and logic on integer lanes, comparisons, widening, narrowing,
 * reductions (Arm ARM C4.1 "Advanced SIMD three same", "three different", "two-register
 * miscellaneous", "across lanes", and their scalar forms). Products: simd_product.c; shifts:
 * simd_shift.c.
 */
#include "frontend/aarch64/decode.h"

/* ---- one op -------------------------------------------------------------------------------- */

bool a64_simd_op2(struct translation *t, const struct a64_args_simd2 *a, int op)
{
    simd_put(t, a->q, a->size, a->rd, v_op(t, op, a64_lane(a->size), get_v(t, a->rn), 0));
    return true;
}

bool a64_simd_op3(struct translation *t, const struct a64_args_simd3 *a, int op)
{
    ir_ref v = v_op(t, op, a64_lane(a->size), get_v(t, a->rn), get_v(t, a->rm));
    simd_put(t, a->q, a->size, a->rd, v);
    return true;
}

bool a64_simd_neg(struct translation *t, const struct a64_args_simd2 *a)
{
    ir_ref v = v_op(t, IR_VSUB, a64_lane(a->size), simd_zero(t), get_v(t, a->rn));
    simd_put(t, a->q, a->size, a->rd, v);
    return true;
}

/* Bytes reversed, or wider lanes, within each `bytes` bytes. */
bool a64_simd_rev(struct translation *t, const struct a64_args_simd2 *a, int bytes)
{
    put_vq(t, a->q, a->rd,
           v_op_num(t, IR_VREV, a64_lane(a->size), get_v(t, a->rn), 0, (uint32_t)bytes));
    return true;
}

/* Sign bits below the first: what equals its neighbour above is a zero of x ^ x >> 1. */
bool a64_simd_cls(struct translation *t, const struct a64_args_simd2 *a)
{
    int lane = a64_lane(a->size);
    ir_ref n = get_v(t, a->rn);
    ir_ref changes = v_op(t, IR_VXOR, IR_VOID, n, v_op_num(t, IR_VSAR, lane, n, 0, 1));
    ir_ref v =
        v_op(t, IR_VADD, lane, v_op(t, IR_VCLZ, lane, changes, 0), simd_splat(t, 3, UINT64_MAX));
    put_vq(t, a->q, a->rd, v);
    return true;
}

/* ---- logical ------------------------------------------------------------------------------- */

bool a64_simd_logical(struct translation *t, const struct a64_args_rd_rm_rn_q *a, int op)
{
    put_vq(t, a->q, a->rd, v_op(t, op, IR_VOID, get_v(t, a->rn), get_v(t, a->rm)));
    return true;
}

bool a64_simd_not(struct translation *t, const struct a64_args_rd_rn_q *a)
{
    put_vq(t, a->q, a->rd, v_op(t, IR_VNOT, IR_VOID, get_v(t, a->rn), 0));
    return true;
}

bool a64_simd_orn(struct translation *t, const struct a64_args_rd_rm_rn_q *a)
{
    ir_ref m = v_op(t, IR_VNOT, IR_VOID, get_v(t, a->rm), 0);
    put_vq(t, a->q, a->rd, v_op(t, IR_VOR, IR_VOID, get_v(t, a->rn), m));
    return true;
}

bool a64_simd_bsl(struct translation *t, const struct a64_args_rd_rm_rn_q *a)
{
    put_vq(t, a->q, a->rd, simd_select(t, get_v(t, a->rd), get_v(t, a->rn), get_v(t, a->rm)));
    return true;
}

/* Takes the bits of rn where rm is set (BIT) or not (BIF). */
bool a64_simd_bit(struct translation *t, const struct a64_args_rd_rm_rn_q *a, int where_set)
{
    ir_ref n = get_v(t, a->rn), d = get_v(t, a->rd);
    put_vq(t, a->q, a->rd, simd_select(t, get_v(t, a->rm), where_set ? n : d, where_set ? d : n));
    return true;
}

/* ---- comparisons --------------------------------------------------------------------------- */

bool a64_simd_cmp(struct translation *t, const struct a64_args_simd3 *a, int cc)
{
    ir_ref v = simd_compare(t, (enum ir_cc)cc, a->size, get_v(t, a->rn), get_v(t, a->rm));
    simd_put(t, a->q, a->size, a->rd, v);
    return true;
}

bool a64_simd_cmp0(struct translation *t, const struct a64_args_simd2 *a, int cc)
{
    ir_ref v = simd_compare(t, (enum ir_cc)cc, a->size, get_v(t, a->rn), simd_zero(t));
    simd_put(t, a->q, a->size, a->rd, v);
    return true;
}

bool a64_simd_cmtst(struct translation *t, const struct a64_args_simd3 *a)
{
    ir_ref common = v_op(t, IR_VAND, IR_VOID, get_v(t, a->rn), get_v(t, a->rm));
    simd_put(t, a->q, a->size, a->rd, simd_compare(t, IR_NE, a->size, common, simd_zero(t)));
    return true;
}

/* ---- saturating ---------------------------------------------------------------------------- */

/* op saturates, wrapping does not: where they differ, it mattered. */
bool a64_simd_saturating(struct translation *t, const struct a64_args_simd3 *a, int op,
                         int wrapping)
{
    int lane = a64_lane(a->size);
    ir_ref n = get_v(t, a->rn), m = get_v(t, a->rm);
    ir_ref v = v_op(t, op, lane, n, m);
    ir_ref wrapped = v_op(t, wrapping, lane, n, m);
    simd_put(t, a->q, a->size, a->rd, v);
    simd_note_saturation(t, a->q, a->size, v_op(t, IR_VXOR, IR_VOID, v, wrapped));
    return true;
}

/*
 * SUQADD, USQADD: numbers of one signedness to those of the other. With the accumulator moved by
 * half the range (its top bit turned over), both bounds are those of the other kind of addition.
 */
bool a64_simd_mixed_add(struct translation *t, const struct a64_args_simd2 *a, int op)
{
    int lane = a64_lane(a->size);
    ir_ref n = get_v(t, a->rn), d = get_v(t, a->rd);
    ir_ref top = simd_splat(t, a->size, UINT64_C(1) << (simd_bits(a->size) - 1));
    ir_ref moved = v_op(t, op, lane, v_op(t, IR_VXOR, IR_VOID, d, top), n);
    ir_ref v = v_op(t, IR_VXOR, IR_VOID, moved, top);
    ir_ref wrapped = v_op(t, IR_VADD, lane, d, n);
    simd_put(t, a->q, a->size, a->rd, v);
    simd_note_saturation(t, a->q, a->size, v_op(t, IR_VXOR, IR_VOID, v, wrapped));
    return true;
}

/* The smallest number has no counterpart: it stays, and here becomes the largest. */
bool a64_simd_sqabs(struct translation *t, const struct a64_args_simd2 *a)
{
    int lane = a64_lane(a->size);
    ir_ref n = get_v(t, a->rn), wrapped = v_op(t, IR_VABS, lane, n, 0);
    ir_ref over = simd_compare(t, IR_LTS, a->size, wrapped, simd_zero(t));
    simd_put(t, a->q, a->size, a->rd, v_op(t, IR_VXOR, IR_VOID, wrapped, over));
    simd_note_saturation(t, a->q, a->size, over);
    return true;
}

bool a64_simd_sqneg(struct translation *t, const struct a64_args_simd2 *a)
{
    int lane = a64_lane(a->size);
    ir_ref n = get_v(t, a->rn), zero = simd_zero(t);
    ir_ref v = v_op(t, IR_VQSUBS, lane, zero, n);
    ir_ref wrapped = v_op(t, IR_VSUB, lane, zero, n);
    simd_put(t, a->q, a->size, a->rd, v);
    simd_note_saturation(t, a->q, a->size, v_op(t, IR_VXOR, IR_VOID, v, wrapped));
    return true;
}

/* ---- absolute differences ------------------------------------------------------------------ */

static ir_ref difference(struct translation *t, int is_signed, int lane, ir_ref n, ir_ref m)
{
    ir_ref larger = v_op(t, is_signed ? IR_VMAXS : IR_VMAXU, lane, n, m);
    ir_ref smaller = v_op(t, is_signed ? IR_VMINS : IR_VMINU, lane, n, m);
    return v_op(t, IR_VSUB, lane, larger, smaller);
}

bool a64_simd_abd(struct translation *t, const struct a64_args_simd3 *a, int is_signed,
                  int accumulate)
{
    int lane = a64_lane(a->size);
    ir_ref v = difference(t, is_signed, lane, get_v(t, a->rn), get_v(t, a->rm));
    if (accumulate)
        v = v_op(t, IR_VADD, lane, get_v(t, a->rd), v);
    put_vq(t, a->q, a->rd, v);
    return true;
}

bool a64_simd_abdl(struct translation *t, const struct a64_args_simd3 *a, int is_signed,
                   int accumulate)
{
    int lane = a64_lane(a->size);
    ir_ref v = difference(t, is_signed, lane, get_v(t, a->rn), get_v(t, a->rm));
    v = v_op_num(t, IR_VWIDENU, lane, v, 0, a->q);
    if (accumulate)
        v = v_op(t, IR_VADD, lane + 1, get_v(t, a->rd), v);
    put_v(t, a->rd, v);
    return true;
}

/* ---- widening and narrowing ---------------------------------------------------------------- */

/* The low (q 0) or high half of register r, its lanes twice as wide. */
static ir_ref widened(struct translation *t, const struct a64_args_simd3 *a, int is_signed,
                      uint32_t r)
{
    return v_op_num(t, is_signed ? IR_VWIDENS : IR_VWIDENU, a64_lane(a->size), get_v(t, r), 0,
                    a->q);
}

bool a64_simd_long(struct translation *t, const struct a64_args_simd3 *a, int op, int is_signed)
{
    ir_ref n = widened(t, a, is_signed, a->rn), m = widened(t, a, is_signed, a->rm);
    put_v(t, a->rd, v_op(t, op, a64_lane(a->size + 1), n, m));
    return true;
}

bool a64_simd_wide(struct translation *t, const struct a64_args_simd3 *a, int op, int is_signed)
{
    ir_ref m = widened(t, a, is_signed, a->rm);
    put_v(t, a->rd, v_op(t, op, a64_lane(a->size + 1), get_v(t, a->rn), m));
    return true;
}

/* ADDHN and the like: the high halves of sums or differences. */
bool a64_simd_narrow_high(struct translation *t, const struct a64_args_simd3 *a, int op, int how)
{
    int lane = a64_lane(a->size + 1);
    unsigned bits = simd_bits(a->size);
    ir_ref v = v_op(t, op, lane, get_v(t, a->rn), get_v(t, a->rm));
    if (how & SIMD_ROUND)
        v = v_op(t, IR_VADD, lane, v, simd_splat(t, a->size + 1, UINT64_C(1) << (bits - 1)));
    v = v_op_num(t, IR_VSHR, lane, v, 0, bits);
    simd_put_half(t, a->q, a->rd, v_op(t, IR_VNARROW, lane, v, v));
    return true;
}

bool a64_simd_narrow(struct translation *t, const struct a64_args_simd2 *a, int op)
{
    simd_put_narrowed(t, op, a->q, a->size, a->rd, get_v(t, a->rn));
    return true;
}

bool a64_simd_shll(struct translation *t, const struct a64_args_simd2 *a)
{
    int lane = a64_lane(a->size);
    ir_ref n = v_op_num(t, IR_VWIDENU, lane, get_v(t, a->rn), 0, a->q);
    put_v(t, a->rd, v_op_num(t, IR_VSHL, lane + 1, n, 0, simd_bits(a->size)));
    return true;
}

/* ---- pairwise and across lanes ------------------------------------------------------------- */

/* op of neighbours, in the low half of each pair of lanes; size is 0 or 1. */
static ir_ref of_neighbours(struct translation *t, int op, uint32_t size, ir_ref v)
{
    ir_ref odd = v_op_num(t, IR_VSHR, a64_lane(size + 1), v, 0, simd_bits(size));
    return v_op(t, op, a64_lane(size), v, odd);
}

/*
 * Bytes and halfwords are brought together by a shift, which leaves one permutation to the end; the
 * host's own for words and doublewords is as good as the shift.
 */
bool a64_simd_pairwise(struct translation *t, const struct a64_args_simd3 *a, int op)
{
    ir_ref n = get_v(t, a->rn), m = get_v(t, a->rm), v;
    if (a->size < 2) {
        if (!a->q)
            n = m = v_op(t, IR_VZIP1, IR_I64, n, m);
        n = of_neighbours(t, op, a->size, n);
        m = of_neighbours(t, op, a->size, m);
        /* The shift brings zeros in, and the least leaves them there: no bits to be cut off. */
        int narrow = op == IR_VMINU ? IR_VNARROWSU : IR_VNARROW;
        v = v_op(t, narrow, a64_lane(a->size + 1), n, m);
    } else {
        ir_ref even = simd_even(t, a->q, a->size, n, m), odd = simd_odd(t, a->q, a->size, n, m);
        v = v_op(t, op, a64_lane(a->size), even, odd);
    }
    put_vq(t, a->q, a->rd, v);
    return true;
}

bool a64_simd_addp_scalar(struct translation *t, const struct a64_args_rd_rn *a)
{
    ir_ref n = get_v(t, a->rn);
    put_vq(t, 0, a->rd, v_op(t, IR_VADD, IR_I64, n, v_op_num(t, IR_VDUPL, IR_I64, n, 0, 1)));
    return true;
}

bool a64_simd_addlp(struct translation *t, const struct a64_args_simd2 *a, int op, int how)
{
    ir_ref v = v_op(t, op, a64_lane(a->size), get_v(t, a->rn), 0);
    if (how & SIMD_ACCUMULATE)
        v = v_op(t, IR_VADD, a64_lane(a->size + 1), get_v(t, a->rd), v);
    put_vq(t, a->q, a->rd, v);
    return true;
}

/* Bytes of a short vector are added as such; what the sum carries out of its lane is cut off. */
bool a64_simd_addv(struct translation *t, const struct a64_args_simd2 *a)
{
    ir_ref n = get_v(t, a->rn);
    if (a->size == 0 && !a->q) {
        simd_put(t, SIMD_SCALAR, 0, a->rd, v_op(t, IR_VSUMB, IR_I8, n, 0));
        return true;
    }
    n = simd_cut(t, a->q, a->size, n);
    put_v(t, a->rd, v_op(t, IR_VADDV, a64_lane(a->size), n, 0));
    return true;
}

bool a64_simd_addlv(struct translation *t, const struct a64_args_simd2 *a, int op)
{
    ir_ref n = get_v(t, a->rn);
    if (a->size == 0 && op == IR_VPADDLU) {
        ir_ref sums = simd_cut(t, a->q, 0, v_op(t, IR_VSUMB, IR_I8, n, 0));
        put_v(t, a->rd, a->q ? v_op(t, IR_VADDV, IR_I64, sums, 0) : sums);
        return true;
    }
    ir_ref pairs = v_op(t, op, a64_lane(a->size), simd_cut(t, a->q, a->size, n), 0);
    put_v(t, a->rd, v_op(t, IR_VADDV, a64_lane(a->size + 1), pairs, 0));
    return true;
}

/* Each step halves how many lanes count, the lowest ones. */
bool a64_simd_across(struct translation *t, const struct a64_args_simd2 *a, int op)
{
    ir_ref v = get_v(t, a->rn);
    for (unsigned bytes = a->q ? 8 : 4; bytes >= 1u << a->size; bytes /= 2)
        v = v_op(t, op, a64_lane(a->size), v, v_op_num(t, IR_VEXT, IR_VOID, v, v, bytes));
    simd_put(t, SIMD_SCALAR, a->size, a->rd, v);
    return true;
}

/* ---- estimates ----------------------------------------------------------------------------- */

bool a64_simd_estimate(struct translation *t, const struct a64_args_simd2 *a, int helper)
{
    ir_ref n = get_v(t, a->rn);
    ir_ref v = ir_emit(
        t->block,
        (struct ir_insn){
            .op = IR_CALLV, .type = IR_V128, .a = n, .b = n, .c = n, .aux = (uint32_t)helper});
    put_vq(t, a->q, a->rd, v);
    return true;
}
