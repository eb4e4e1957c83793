/*
 * Floating-point lanes: arithmetic, comparison, pairs (Arm ARM C4.1.96, "Advanced SIMD three same",
 * "two-register miscellaneous", "across lanes" and their scalar and half-precision variants).
 * Conversions: simd_fp_convert.c; by element, complex and mixed formats: simd_fp_element.c.
 *
 * A vf_ generator works on vectors, a vs_ one on lane 0. Lanes that an instruction does not have are
 * not computed and raise nothing.
 */
#include "frontend/aarch64/simd_fp.h"

bool a64_fp_shape(int type, uint32_t vf, struct fp_shape *shape)
{
    if (type == IR_F16)
        *shape = fp_shape_of(IR_F16, vf);
    else
        *shape = fp_shape_of(vf & 1 ? IR_F64 : IR_F32, vf >> 1);
    return shape->lanes > 1;
}

ir_ref a64_fma_lanes(struct translation *t, const struct fp_shape *s, int negate, ir_ref a, ir_ref b,
                     ir_ref c)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_VFMA, .type = IR_V128, .sub = (uint8_t)s->type,
                                              .a = a, .b = b, .c = c,
                                              .d = (ir_ref)fp_rule(t, s->type),
                                              .aux = fp_lanes(s) | (uint32_t)negate << 8});
}

static const struct fp_shape *scalar(int type, struct fp_shape *s)
{
    *s = (struct fp_shape){type, 0, 1};
    return s;
}

/* ---- arithmetic --------------------------------------------------------------------------- */

bool a64_vf_binary(struct translation *t, const struct a64_args_vf_rd_rn_rm *a, int op, int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_v(t, a->rd, fp_lanes_op(t, op, &s, get_v(t, a->rn), get_v(t, a->rm)));
    return true;
}

bool a64_vf_fma(struct translation *t, const struct a64_args_vf_rd_rn_rm *a, int negate, int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_v(t, a->rd, a64_fma_lanes(t, &s, negate, get_v(t, a->rn), get_v(t, a->rm), get_v(t, a->rd)));
    return true;
}

bool a64_vf_difference(struct translation *t, const struct a64_args_vf_rd_rn_rm *a, int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    ir_ref r = fp_lanes_op(t, IR_VFSUB, &s, get_v(t, a->rn), get_v(t, a->rm));
    put_v(t, a->rd, v_op(t, IR_VFABS, s.type, r, IR_NONE));
    return true;
}

bool a64_vs_difference(struct translation *t, const struct a64_args_rd_rn_rm *a, int type)
{
    if (type == IR_F16) {
        ir_ref r = a64_vfp_op(t, IR_VFSUB, type, get_v(t, a->rn), get_v(t, a->rm), fp_rule(t, type), 1);
        put_v(t, a->rd, v_op(t, IR_VFABS, type, r, IR_NONE));
        return true;
    }
    ir_ref r = a64_fp_op(t, IR_FSUB, type, get_scalar(t, a->rn, (enum ir_type)type),
                         get_scalar(t, a->rm, (enum ir_type)type), fp_rule(t, type), 0);
    put_scalar(t, a->rd, (enum ir_type)type, ir_op1(t->block, IR_FABS, (enum ir_type)type, r));
    return true;
}

bool a64_vf_sqrt(struct translation *t, const struct a64_args_vf_rd_rn *a, int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_v(t, a->rd, fp_lanes_op(t, IR_VFSQRT, &s, get_v(t, a->rn), IR_NONE));
    return true;
}

/* `op` is VFNEG or VFABS: the sign bit and nothing else. */
bool a64_vf_sign(struct translation *t, const struct a64_args_vf_rd_rn *a, int op, int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_vq(t, s.q, a->rd, v_op(t, op, s.type, get_v(t, a->rn), IR_NONE));
    return true;
}

/* What has no op: one operand or two, on vectors and scalars. */
bool a64_vf_helper1(struct translation *t, const struct a64_args_vf_rd_rn *a, int helper, int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_v(t, a->rd, fp_lanes_helper(t, helper, &s, get_v(t, a->rn), IR_NONE));
    return true;
}

bool a64_vf_helper2(struct translation *t, const struct a64_args_vf_rd_rn_rm *a, int helper, int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_v(t, a->rd, fp_lanes_helper(t, helper, &s, get_v(t, a->rn), get_v(t, a->rm)));
    return true;
}

bool a64_vs_helper1(struct translation *t, const struct a64_args_rd_rn *a, int helper, int type)
{
    struct fp_shape s;
    put_v(t, a->rd, fp_lanes_helper(t, helper, scalar(type, &s), get_v(t, a->rn), IR_NONE));
    return true;
}

bool a64_vs_helper2(struct translation *t, const struct a64_args_rd_rn_rm *a, int helper, int type)
{
    struct fp_shape s;
    put_v(t, a->rd, fp_lanes_helper(t, helper, scalar(type, &s), get_v(t, a->rn), get_v(t, a->rm)));
    return true;
}

/* ---- comparison --------------------------------------------------------------------------- */

static ir_ref compare(struct translation *t, int fcc, const struct fp_shape *s, ir_ref x, ir_ref y)
{
    return a64_vfp_op(t, IR_VFSETCC, s->type, x, y, (unsigned)fcc | fp_compare_flush(t, s->type),
                      fp_lanes(s));
}

/* rn == rm, or with the less of LT and LE turned round: rm < rn. `magnitude`: of the absolute values. */
static ir_ref compare_registers(struct translation *t, uint32_t rn, uint32_t rm, int fcc, int magnitude,
                                const struct fp_shape *s)
{
    ir_ref x = get_v(t, rn), y = get_v(t, rm);
    if (magnitude) {
        x = v_op(t, IR_VFABS, s->type, x, IR_NONE);
        y = v_op(t, IR_VFABS, s->type, y, IR_NONE);
    }
    return fcc == IR_FEQ ? compare(t, fcc, s, x, y) : compare(t, fcc, s, y, x);
}

bool a64_vf_compare(struct translation *t, const struct a64_args_vf_rd_rn_rm *a, int fcc, int magnitude,
                    int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_v(t, a->rd, compare_registers(t, a->rn, a->rm, fcc, magnitude, &s));
    return true;
}

bool a64_vs_compare(struct translation *t, const struct a64_args_rd_rn_rm *a, int fcc, int magnitude,
                    int type)
{
    struct fp_shape s;
    put_v(t, a->rd, compare_registers(t, a->rn, a->rm, fcc, magnitude, scalar(type, &s)));
    return true;
}

/* rn fcc 0, or 0 fcc rn. */
static ir_ref compare_zero(struct translation *t, uint32_t rn, int fcc, int zero_first,
                           const struct fp_shape *s)
{
    ir_ref x = get_v(t, rn), zero = fp_zero(t);
    return zero_first ? compare(t, fcc, s, zero, x) : compare(t, fcc, s, x, zero);
}

bool a64_vf_compare_zero(struct translation *t, const struct a64_args_vf_rd_rn *a, int fcc,
                         int zero_first, int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_v(t, a->rd, compare_zero(t, a->rn, fcc, zero_first, &s));
    return true;
}

bool a64_vs_compare_zero(struct translation *t, const struct a64_args_rd_rn *a, int fcc, int zero_first,
                         int type)
{
    struct fp_shape s;
    put_v(t, a->rd, compare_zero(t, a->rn, fcc, zero_first, scalar(type, &s)));
    return true;
}

/* ---- pairs -------------------------------------------------------------------------------- */

/* Neighbours of n, then of m. */
bool a64_vf_pairwise(struct translation *t, const struct a64_args_vf_rd_rn_rm *a, int op, int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    ir_ref x = get_v(t, a->rn), y = get_v(t, a->rm);
    if (!s.q)
        x = y = fp_low_halves(t, x, y);
    int lane = fp_integer_lane(s.type);
    put_v(t, a->rd, fp_lanes_op(t, op, &s, v_op(t, IR_VUZP1, lane, x, y), v_op(t, IR_VUZP2, lane, x, y)));
    return true;
}

bool a64_vs_pairwise(struct translation *t, const struct a64_args_rd_rn *a, int op, int type)
{
    struct fp_shape s;
    ir_ref x = get_v(t, a->rn), y = fp_bytes_from(t, x, ir_type_size((enum ir_type)type));
    put_v(t, a->rd, fp_lanes_op(t, op, scalar(type, &s), x, y));
    return true;
}

/* Neighbours are combined until one lane is left (Reduce): the order decides which NaN comes out. */
bool a64_vf_reduce(struct translation *t, const struct a64_args_vf_rd_rn *a, int op, int type)
{
    struct fp_shape s = fp_shape_of(type, a->vf);
    int lane = fp_integer_lane(type);
    ir_ref x = get_v(t, a->rn);
    while (s.lanes > 1) {
        s.lanes /= 2;
        s.q = 0;
        x = fp_lanes_op(t, op, &s, v_op(t, IR_VUZP1, lane, x, x), v_op(t, IR_VUZP2, lane, x, x));
    }
    put_v(t, a->rd, x);
    return true;
}
