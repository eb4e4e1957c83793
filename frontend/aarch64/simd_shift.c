/*
 * Advanced SIMD: shifts, by immediates and by registers, rounding, saturating, narrowing, inserting
 * (Arm ARM C4.1 "Advanced SIMD shift by immediate", "three same", and their scalar forms).
 */
#include "frontend/aarch64/decode.h"

/* ---- by immediates ------------------------------------------------------------------------- */

/*
 * immh:immb says the size by its highest bit, and below it (or counted down to it) the amount. Of
 * narrowing and widening shifts it is the size of the narrow lanes, and the amount may reach the
 * width of those.
 */
static uint32_t shift_size(uint32_t immhb)
{
    return 28 - (uint32_t)__builtin_clz(immhb);
}

static uint32_t left_amount(uint32_t immhb)
{
    return immhb - simd_bits(shift_size(immhb));
}

static uint32_t right_amount(uint32_t immhb)
{
    return 2 * simd_bits(shift_size(immhb)) - immhb;
}

static ir_ref shifted(struct translation *t, int op, uint32_t size, ir_ref v, uint32_t amount)
{
    return amount ? v_op_num(t, op, a64_lane(size), v, 0, amount) : v;
}

/*
 * Right by 1 to the width, plus the last bit that left. Unsigned bytes and halfwords have an
 * average that rounds; otherwise the bit is brought to the bottom by shifts both ways.
 */
static ir_ref rounded(struct translation *t, int op, uint32_t size, ir_ref v, uint32_t amount)
{
    int lane = a64_lane(size);
    unsigned bits = simd_bits(size);
    if (op == IR_VSHR && size < 2)
        return v_op(t, IR_VRHADDU, lane, shifted(t, op, size, v, amount - 1), simd_zero(t));
    ir_ref last;
    if (size == 0)
        last =
            v_op(t, IR_VAND, IR_VOID, shifted(t, op, size, v, amount - 1), simd_splat(t, size, 1));
    else
        last = shifted(t, IR_VSHR, size, shifted(t, IR_VSHL, size, v, bits - amount), bits - 1);
    return v_op(t, IR_VADD, lane, shifted(t, op, size, v, amount), last);
}

static ir_ref shifted_right(struct translation *t, int op, uint32_t size, ir_ref v, uint32_t amount,
                            int how)
{
    return how & SIMD_ROUND ? rounded(t, op, size, v, amount) : shifted(t, op, size, v, amount);
}

bool a64_simd_shr(struct translation *t, const struct a64_args_simd_shift *a, int is_signed,
                  int how)
{
    uint32_t size = shift_size(a->immhb);
    ir_ref v = shifted_right(t, is_signed ? IR_VSAR : IR_VSHR, size, get_v(t, a->rn),
                             right_amount(a->immhb), how);
    if (how & SIMD_ACCUMULATE)
        v = v_op(t, IR_VADD, a64_lane(size), get_v(t, a->rd), v);
    simd_put(t, a->q, size, a->rd, v);
    return true;
}

bool a64_simd_shl(struct translation *t, const struct a64_args_simd_shift *a)
{
    uint32_t size = shift_size(a->immhb);
    simd_put(t, a->q, size, a->rd,
             shifted(t, IR_VSHL, size, get_v(t, a->rn), left_amount(a->immhb)));
    return true;
}

/* Keeps the bits of rd that `kept` has in each lane. */
static bool put_inserted(struct translation *t, const struct a64_args_simd_shift *a, ir_ref v,
                         uint64_t kept)
{
    uint32_t size = shift_size(a->immhb);
    ir_ref old = v_op(t, IR_VAND, IR_VOID, get_v(t, a->rd), simd_splat(t, size, kept));
    simd_put(t, a->q, size, a->rd, v_op(t, IR_VOR, IR_VOID, old, v));
    return true;
}

bool a64_simd_sri(struct translation *t, const struct a64_args_simd_shift *a)
{
    uint32_t size = shift_size(a->immhb), amount = right_amount(a->immhb);
    ir_ref v = shifted(t, IR_VSHR, size, get_v(t, a->rn), amount);
    uint64_t ones = UINT64_MAX >> (64 - simd_bits(size));
    return put_inserted(t, a, v, amount == simd_bits(size) ? ones : ~(ones >> amount));
}

bool a64_simd_sli(struct translation *t, const struct a64_args_simd_shift *a)
{
    uint32_t size = shift_size(a->immhb), amount = left_amount(a->immhb);
    ir_ref v = shifted(t, IR_VSHL, size, get_v(t, a->rn), amount);
    return put_inserted(t, a, v, (UINT64_C(1) << amount) - 1);
}

/* What v saturates to: the largest number, or the smallest where v is negative. */
static ir_ref signed_bound(struct translation *t, uint32_t size, ir_ref v)
{
    unsigned bits = simd_bits(size);
    ir_ref largest = simd_splat(t, size, (UINT64_C(1) << (bits - 1)) - 1);
    return v_op(t, IR_VXOR, IR_VOID, shifted(t, IR_VSAR, size, v, bits - 1), largest);
}

/* Bits were lost if shifting back does not give what was there. */
bool a64_simd_qshl(struct translation *t, const struct a64_args_simd_shift *a, int is_signed,
                   int how)
{
    uint32_t size = shift_size(a->immhb), amount = left_amount(a->immhb);
    bool to_signed = is_signed && !(how & SIMD_TO_UNSIGNED);
    ir_ref n = get_v(t, a->rn);
    ir_ref left = shifted(t, IR_VSHL, size, n, amount);
    ir_ref back = shifted(t, to_signed ? IR_VSAR : IR_VSHR, size, left, amount);
    ir_ref over = simd_compare(t, IR_NE, size, back, n);
    ir_ref v;
    if (to_signed) {
        v = simd_select(t, over, signed_bound(t, size, n), left);
    } else {
        v = v_op(t, IR_VOR, IR_VOID, left, over);
        if (is_signed) {
            ir_ref negative = simd_compare(t, IR_LTS, size, n, simd_zero(t));
            v = v_op(t, IR_VANDN, IR_VOID, v, negative);
            over = v_op(t, IR_VOR, IR_VOID, over, negative);
        }
    }
    simd_put(t, a->q, size, a->rd, v);
    simd_note_saturation(t, a->q, size, over);
    return true;
}

/* What rounding carries out of the top is lost with the rest of the high half. */
bool a64_simd_shrn(struct translation *t, const struct a64_args_simd_shift *a, int how)
{
    uint32_t size = shift_size(a->immhb), amount = right_amount(a->immhb);
    ir_ref v = get_v(t, a->rn);
    if (how & SIMD_ROUND)
        v = v_op(t, IR_VADD, a64_lane(size + 1), v,
                 simd_splat(t, size + 1, UINT64_C(1) << (amount - 1)));
    simd_put_narrowed(t, IR_VNARROW, a->q, size, a->rd, shifted(t, IR_VSHR, size + 1, v, amount));
    return true;
}

bool a64_simd_qshrn(struct translation *t, const struct a64_args_simd_shift *a, int op, int how)
{
    uint32_t size = shift_size(a->immhb);
    ir_ref v = shifted_right(t, op == IR_VNARROWU ? IR_VSHR : IR_VSAR, size + 1, get_v(t, a->rn),
                             right_amount(a->immhb), how);
    simd_put_narrowed(t, op, a->q, size, a->rd, v);
    return true;
}

bool a64_simd_shll_imm(struct translation *t, const struct a64_args_simd_shift *a, int op)
{
    uint32_t size = shift_size(a->immhb);
    ir_ref v = v_op_num(t, op, a64_lane(size), get_v(t, a->rn), 0, a->q);
    put_v(t, a->rd, shifted(t, IR_VSHL, size + 1, v, left_amount(a->immhb)));
    return true;
}

/* ---- by registers -------------------------------------------------------------------------- */

/*
 * The amount is the low byte of each lane of rm, signed; negative amounts shift right. The ops take
 * lanes as unsigned and lose all bits from the width on, so that of an amount and its negative one
 * gives the shift and the other nothing.
 */
static ir_ref amounts(struct translation *t, uint32_t size, ir_ref m)
{
    unsigned above = simd_bits(size) - 8;
    return shifted(t, IR_VSAR, size, shifted(t, IR_VSHL, size, m, above), above);
}

static ir_ref negated(struct translation *t, uint32_t size, ir_ref v)
{
    return v_op(t, IR_VSUB, a64_lane(size), simd_zero(t), v);
}

/* Right by -amount; op is IR_VSHRV or IR_VSARV. The last bit that left goes by one less. */
static ir_ref right_by(struct translation *t, int op, uint32_t size, ir_ref v, ir_ref amount,
                       int how)
{
    int lane = a64_lane(size);
    ir_ref right = v_op(t, op, lane, v, negated(t, size, amount));
    if (!(how & SIMD_ROUND))
        return right;
    ir_ref less = v_op(t, IR_VNOT, IR_VOID, amount, 0);
    ir_ref last = v_op(t, IR_VAND, IR_VOID, v_op(t, op, lane, v, less), simd_splat(t, size, 1));
    return v_op(t, IR_VADD, lane, right, last);
}

bool a64_simd_ushl(struct translation *t, const struct a64_args_simd3 *a, int how)
{
    int lane = a64_lane(a->size);
    ir_ref n = get_v(t, a->rn), amount = amounts(t, a->size, get_v(t, a->rm));
    ir_ref left = v_op(t, IR_VSHLV, lane, n, amount);
    ir_ref v = v_op(t, IR_VOR, IR_VOID, left, right_by(t, IR_VSHRV, a->size, n, amount, how));
    ir_ref over = IR_NONE;
    if (how & SIMD_SATURATE) {
        ir_ref back = v_op(t, IR_VSHRV, lane, left, amount);
        ir_ref lost = simd_compare(t, IR_NE, a->size, back, n);
        over = v_op(t, IR_VANDN, IR_VOID, lost,
                    simd_compare(t, IR_LTS, a->size, amount, simd_zero(t)));
        v = v_op(t, IR_VOR, IR_VOID, v, over);
    }
    simd_put(t, a->q, a->size, a->rd, v);
    if (over)
        simd_note_saturation(t, a->q, a->size, over);
    return true;
}

bool a64_simd_sshl(struct translation *t, const struct a64_args_simd3 *a, int how)
{
    int lane = a64_lane(a->size);
    ir_ref n = get_v(t, a->rn), amount = amounts(t, a->size, get_v(t, a->rm));
    ir_ref negative = simd_compare(t, IR_LTS, a->size, amount, simd_zero(t));
    ir_ref left = v_op(t, IR_VSHLV, lane, n, amount), over = IR_NONE;
    if (how & SIMD_SATURATE) {
        ir_ref back = v_op(t, IR_VSARV, lane, left, amount);
        ir_ref lost = simd_compare(t, IR_NE, a->size, back, n);
        left = simd_select(t, lost, signed_bound(t, a->size, n), left);
        over = v_op(t, IR_VANDN, IR_VOID, lost, negative);
    }
    ir_ref right = right_by(t, IR_VSARV, a->size, n, amount, how);
    simd_put(t, a->q, a->size, a->rd, simd_select(t, negative, right, left));
    if (over)
        simd_note_saturation(t, a->q, a->size, over);
    return true;
}
