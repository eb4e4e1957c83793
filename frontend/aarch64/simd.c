/* Advanced SIMD: what its generators share (see simd.h). */
#include "frontend/aarch64/simd.h"

ir_ref simd_constant(struct translation *t, uint64_t low, uint64_t high)
{
    return v_op(t, IR_VPAIR, IR_VOID, ir_const(t->block, low), ir_const(t->block, high));
}

ir_ref simd_splat(struct translation *t, uint32_t size, uint64_t value)
{
    for (unsigned bits = simd_bits(size); bits < 64; bits *= 2) {
        value &= (UINT64_C(1) << bits) - 1;
        value |= value << bits;
    }
    return simd_constant(t, value, value);
}

ir_ref simd_cut(struct translation *t, uint32_t q, uint32_t size, ir_ref v)
{
    if (q == SIMD_128)
        return v;
    if (q == SIMD_SCALAR && size < 2)
        return v_op(t, IR_VAND, IR_VOID, v,
                    simd_constant(t, UINT64_MAX >> (64 - simd_bits(size)), 0));
    enum ir_type type = q == SIMD_SCALAR && size == 2 ? IR_F32 : IR_F64;
    v = ir_emit(t->block, (struct ir_insn){
                              .op = IR_VLANE, .type = (uint8_t)type, .sub = (uint8_t)type, .a = v});
    return ir_emit(t->block,
                   (struct ir_insn){.op = IR_VZEXT, .type = IR_V128, .sub = (uint8_t)type, .a = v});
}

void simd_put_half(struct translation *t, uint32_t q, uint32_t rd, ir_ref v)
{
    if (q)
        put_v(t, rd, v_op(t, IR_VZIP1, IR_I64, get_v(t, rd), v));
    else
        put_vq(t, 0, rd, v);
}

void simd_note_saturation(struct translation *t, uint32_t q, uint32_t size, ir_ref v)
{
    ir_ref qc = ir_get(t->block, A64_SLOT_qc);
    ir_put(t->block, A64_SLOT_qc, v_op(t, IR_VOR, IR_VOID, qc, simd_cut(t, q, size, v)));
}

ir_ref simd_compare(struct translation *t, enum ir_cc cc, uint32_t size, ir_ref a, ir_ref b)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_VCMP,
                                              .type = IR_V128,
                                              .sub = (uint8_t)a64_lane(size),
                                              .a = a,
                                              .b = b,
                                              .d = (ir_ref)cc});
}

ir_ref simd_select(struct translation *t, ir_ref mask, ir_ref a, ir_ref b)
{
    return ir_emit(t->block,
                   (struct ir_insn){.op = IR_VBSL, .type = IR_V128, .a = mask, .b = a, .c = b});
}

static ir_ref unzip(struct translation *t, int op, uint32_t q, uint32_t size, ir_ref n, ir_ref m)
{
    if (q == SIMD_128)
        return v_op(t, op, a64_lane(size), n, m);
    ir_ref both = v_op(t, IR_VZIP1, IR_I64, n, m);
    return v_op(t, op, a64_lane(size), both, both);
}

ir_ref simd_even(struct translation *t, uint32_t q, uint32_t size, ir_ref n, ir_ref m)
{
    return unzip(t, IR_VUZP1, q, size, n, m);
}

ir_ref simd_odd(struct translation *t, uint32_t q, uint32_t size, ir_ref n, ir_ref m)
{
    return unzip(t, IR_VUZP2, q, size, n, m);
}

/* Not zero in the lanes whose narrow form is another number. */
static ir_ref lost(struct translation *t, int op, uint32_t size, ir_ref v, ir_ref narrow)
{
    if (op != IR_VNARROWS) /* to unsigned: whatever the high halves hold */
        return v_op_num(t, IR_VSHR, a64_lane(size + 1), v, 0, simd_bits(size));
    return v_op(t, IR_VXOR, IR_VOID, v, v_op_num(t, IR_VWIDENS, a64_lane(size), narrow, 0, 0));
}

void simd_put_narrowed(struct translation *t, int op, uint32_t q, uint32_t size, uint32_t rd,
                       ir_ref v)
{
    ir_ref narrow = v_op(t, op, a64_lane(size + 1), v, v);
    ir_ref over = op == IR_VNARROW ? IR_NONE : lost(t, op, size, v, narrow);
    if (q == SIMD_SCALAR)
        simd_put(t, q, size, rd, narrow);
    else
        simd_put_half(t, q, rd, narrow);
    if (over)
        simd_note_saturation(t, q == SIMD_SCALAR ? q : SIMD_128, size + 1, over);
}
