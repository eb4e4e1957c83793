/*
 * Floating-point lanes: arithmetic, comparison, pairs (Arm ARM C4.1.96, "Advanced SIMD three same",
 * "two-register miscellaneous", "across lanes" and their scalar and half-precision variants).
 * Conversions: simd_fp_convert.c; by element, complex and mixed formats: simd_fp_element.c.
 *
 * A vf_ generator works on vectors, a vs_ one on lane 0. Lanes that an instruction does not have
 * are not computed and raise nothing.
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

ir_ref a64_fma_lanes(struct translation *t, const struct fp_shape *s, int negate, ir_ref a,
                     ir_ref b, ir_ref c)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_VFMA,
                                              .type = IR_V128,
                                              .sub = (uint8_t)s->type,
                                              .a = a,
                                              .b = b,
                                              .c = c,
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
    put_v(t, a->rd,
          a64_fma_lanes(t, &s, negate, get_v(t, a->rn), get_v(t, a->rm), get_v(t, a->rd)));
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
        ir_ref r =
            a64_vfp_op(t, IR_VFSUB, type, get_v(t, a->rn), get_v(t, a->rm), fp_rule(t, type), 1);
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

bool a64_vf_helper2(struct translation *t, const struct a64_args_vf_rd_rn_rm *a, int helper,
                    int type)
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

/* ---- Newton's steps -----------------------------------------------------------------------

   2 - x * y and (3 - x * y) / 2, rounded once, where zero times infinity is zero and raises
   nothing. */

struct step {
    struct translation *t;
    int lane;                    /* integers of the float's width */
    uint64_t infinity,
        smallest; /* images; the smallest normal number, which is 1 in the exponent */
};

static ir_ref splat(const struct step *k, uint64_t lane)
{
    return v_op(k->t, IR_VDUP, k->lane, ir_const(k->t->block, lane), IR_NONE);
}

static ir_ref is(const struct step *k, enum ir_cc cc, ir_ref x, ir_ref y)
{
    return ir_emit(k->t->block, (struct ir_insn){.op = IR_VCMP, .type = IR_V128,
                                                 .sub = (uint8_t)k->lane, .a = x, .b = y,
                                                 .d = (ir_ref)cc});
}

/* Both factors zero where one is and the other is infinite; of their magnitudes. */
static void clear_invalid(const struct step *k, ir_ref *x, ir_ref *y, ir_ref magnitude_x,
                          ir_ref magnitude_y)
{
    struct translation *t = k->t;
    ir_ref low = v_op(t, IR_VMINU, k->lane, magnitude_x, magnitude_y);
    ir_ref high = v_op(t, IR_VMAXU, k->lane, magnitude_x, magnitude_y);
    ir_ref invalid = v_op(t, IR_VAND, 0, is(k, IR_EQ, high, splat(k, k->infinity)),
                          is(k, IR_EQ, low, fp_zero(t)));
    *x = v_op(t, IR_VANDN, 0, *x, invalid);
    *y = v_op(t, IR_VANDN, 0, *y, invalid);
}

/* Where half the value is a normal number: all ones. */
static ir_ref can_halve(const struct step *k, ir_ref magnitude)
{
    ir_ref above = v_op(k->t, IR_VSUB, k->lane, magnitude, splat(k, 2 * k->smallest));
    return is(k, IR_LTU, above, splat(k, k->infinity - 2 * k->smallest));
}

static ir_ref halve(const struct step *k, ir_ref value, ir_ref where)
{
    return v_op(k->t, IR_VSUB, k->lane, value,
                v_op(k->t, IR_VAND, 0, where, splat(k, k->smallest)));
}

/*
 * For the square root one factor is halved, so that nothing is rounded twice; where neither can be,
 * the product is zero, infinite, NaN, or so small that only its sign matters.
 */
static ir_ref step_lanes(struct translation *t, int helper, const struct fp_shape *s, ir_ref x,
                         ir_ref y)
{
    bool root = helper == A64_HELPER_rsqrt_step;
    if (s->type == IR_F16 || fp_rule(t, s->type) & IR_FP_FLUSH)
        return fp_lanes_helper(t, helper, s, x, y);
    bool is_64 = s->type == IR_F64;
    struct step k = {t, fp_integer_lane(s->type), is_64 ? 0x7ff0000000000000 : 0x7f800000,
                     is_64 ? 0x0010000000000000 : 0x00800000};
    ir_ref magnitude_x = v_op(t, IR_VFABS, s->type, x, IR_NONE);
    ir_ref magnitude_y = v_op(t, IR_VFABS, s->type, y, IR_NONE);
    clear_invalid(&k, &x, &y, magnitude_x, magnitude_y);
    if (root) {
        ir_ref halve_x = can_halve(&k, magnitude_x), halve_y = can_halve(&k, magnitude_y);
        x = halve(&k, x, halve_x);
        y = halve(&k, y, v_op(t, IR_VANDN, 0, halve_y, halve_x));
    }
    uint64_t two = is_64 ? 0x4000000000000000 : 0x40000000;
    uint64_t three_halves = is_64 ? 0x3ff8000000000000 : 0x3fc00000;
    return a64_fma_lanes(t, s, IR_FMA_NEG_PRODUCT, x, y, splat(&k, root ? three_halves : two));
}

bool a64_vf_step(struct translation *t, const struct a64_args_vf_rd_rn_rm *a, int helper, int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_v(t, a->rd, step_lanes(t, helper, &s, get_v(t, a->rn), get_v(t, a->rm)));
    return true;
}

bool a64_vs_step(struct translation *t, const struct a64_args_rd_rn_rm *a, int helper, int type)
{
    struct fp_shape s;
    put_v(t, a->rd, step_lanes(t, helper, scalar(type, &s), get_v(t, a->rn), get_v(t, a->rm)));
    return true;
}

/* ---- comparison --------------------------------------------------------------------------- */

static ir_ref compare(struct translation *t, int fcc, const struct fp_shape *s, ir_ref x, ir_ref y)
{
    return a64_vfp_op(t, IR_VFSETCC, s->type, x, y, (unsigned)fcc | fp_compare_flush(t, s->type),
                      fp_lanes(s));
}

/* rn == rm, or with the less of LT and LE turned round: rm < rn. `magnitude`: of the absolute
 * values. */
static ir_ref compare_registers(struct translation *t, uint32_t rn, uint32_t rm, int fcc,
                                int magnitude, const struct fp_shape *s)
{
    ir_ref x = get_v(t, rn), y = get_v(t, rm);
    if (magnitude) {
        x = v_op(t, IR_VFABS, s->type, x, IR_NONE);
        y = v_op(t, IR_VFABS, s->type, y, IR_NONE);
    }
    return fcc == IR_FEQ ? compare(t, fcc, s, x, y) : compare(t, fcc, s, y, x);
}

bool a64_vf_compare(struct translation *t, const struct a64_args_vf_rd_rn_rm *a, int fcc,
                    int magnitude, int type)
{
    struct fp_shape s;
    if (!a64_fp_shape(type, a->vf, &s))
        return false;
    put_v(t, a->rd, compare_registers(t, a->rn, a->rm, fcc, magnitude, &s));
    return true;
}

bool a64_vs_compare(struct translation *t, const struct a64_args_rd_rn_rm *a, int fcc,
                    int magnitude, int type)
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

bool a64_vs_compare_zero(struct translation *t, const struct a64_args_rd_rn *a, int fcc,
                         int zero_first, int type)
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
    put_v(t, a->rd,
          fp_lanes_op(t, op, &s, v_op(t, IR_VUZP1, lane, x, y), v_op(t, IR_VUZP2, lane, x, y)));
    return true;
}

bool a64_vs_pairwise(struct translation *t, const struct a64_args_rd_rn *a, int op, int type)
{
    struct fp_shape s;
    ir_ref x = get_v(t, a->rn), y = fp_bytes_from(t, x, ir_type_size((enum ir_type)type));
    put_v(t, a->rd, fp_lanes_op(t, op, scalar(type, &s), x, y));
    return true;
}

/* Neighbours are combined until one lane is left (Reduce): the order decides which NaN comes out.
 */
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
