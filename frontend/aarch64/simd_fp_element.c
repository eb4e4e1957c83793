/*
 * Lanes with one element of a register, complex numbers, and products of narrow formats added to
 * singles (Arm ARM C4.1.96, "Advanced SIMD vector x indexed element", "three-register extension").
 */
#include "frontend/aarch64/simd_fp.h"

/* ---- by element --------------------------------------------------------------------------- */

/* Lane `index` of register v in every lane. */
static ir_ref element(struct translation *t, int lane, uint32_t v, uint32_t index)
{
    return v_op_num(t, IR_VDUPL, lane, get_v(t, v), IR_NONE, index);
}

static ir_ref fp_element(struct translation *t, int type, uint32_t v, uint32_t index)
{
    return element(t, fp_integer_lane(type), v, index);
}

/* The same as a value, F32 or F64. */
static ir_ref scalar_element(struct translation *t, int type, uint32_t v, uint32_t index)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_VLANE,
                                              .type = (uint8_t)type,
                                              .sub = (uint8_t)type,
                                              .a = get_v(t, v),
                                              .aux = index});
}

bool a64_vf_binary_element(struct translation *t, const struct a64_args_rd_index_rm_rn_q *a, int op,
                           int type)
{
    struct fp_shape s = fp_shape_of(type, a->q);
    put_v(t, a->rd, fp_lanes_op(t, op, &s, get_v(t, a->rn), fp_element(t, type, a->rm, a->index)));
    return true;
}

bool a64_vf_helper2_element(struct translation *t, const struct a64_args_rd_index_rm_rn_q *a,
                            int helper, int type)
{
    struct fp_shape s = fp_shape_of(type, a->q);
    put_v(t, a->rd,
          fp_lanes_helper(t, helper, &s, get_v(t, a->rn), fp_element(t, type, a->rm, a->index)));
    return true;
}

bool a64_vf_fma_element(struct translation *t, const struct a64_args_rd_index_rm_rn_q *a,
                        int negate, int type)
{
    struct fp_shape s = fp_shape_of(type, a->q);
    put_v(t, a->rd,
          a64_fma_lanes(t, &s, negate, get_v(t, a->rn), fp_element(t, type, a->rm, a->index),
                        get_v(t, a->rd)));
    return true;
}

bool a64_vs_mul_element(struct translation *t, const struct a64_args_rd_rn_rm_index *a, int type)
{
    unsigned rule = fp_rule(t, type);
    if (type == IR_F16)
        put_v(t, a->rd, a64_vfp_op(t, IR_VFMUL, type, get_v(t, a->rn),
                                   fp_element(t, type, a->rm, a->index), rule, 1));
    else
        put_scalar(t, a->rd, (enum ir_type)type,
                   a64_fp_op(t, IR_FMUL, type, get_scalar(t, a->rn, (enum ir_type)type),
                             scalar_element(t, type, a->rm, a->index), rule, 0));
    return true;
}

bool a64_vs_fma_element(struct translation *t, const struct a64_args_rd_rn_rm_index *a, int negate,
                        int type)
{
    if (type == IR_F16) {
        struct fp_shape s = {type, 0, 1};
        put_v(t, a->rd, a64_fma_lanes(t, &s, negate, get_v(t, a->rn),
                                      fp_element(t, type, a->rm, a->index), get_v(t, a->rd)));
        return true;
    }
    put_scalar(t, a->rd, (enum ir_type)type,
               ir_emit(t->block, (struct ir_insn){.op = IR_FMA, .type = (uint8_t)type,
                                                  .sub = (uint8_t)negate,
                                                  .a = get_scalar(t, a->rn, (enum ir_type)type),
                                                  .b = scalar_element(t, type, a->rm, a->index),
                                                  .c = get_scalar(t, a->rd, (enum ir_type)type),
                                                  .d = (ir_ref)fp_rule(t, type)}));
    return true;
}

bool a64_vs_helper2_element(struct translation *t, const struct a64_args_rd_rn_rm_index *a,
                            int helper, int type)
{
    struct fp_shape s = {type, 0, 1};
    put_v(t, a->rd,
          fp_lanes_helper(t, helper, &s, get_v(t, a->rn), fp_element(t, type, a->rm, a->index)));
    return true;
}

/* ---- complex numbers ---------------------------------------------------------------------- */

/* Sign bits of the lanes: of the real parts, the imaginary parts, or both. */
enum { SIGN_REAL = 1, SIGN_IMAGINARY = 2 };

static ir_ref negate_parts(struct translation *t, int type, unsigned parts, ir_ref value)
{
    struct ir_block *b = t->block;
    unsigned width = 8 * ir_type_size((enum ir_type)type);
    uint64_t real = parts & SIGN_REAL ? UINT64_C(1) << (width - 1) : 0;
    uint64_t imaginary = parts & SIGN_IMAGINARY ? UINT64_C(1) << (width - 1) : 0;
    if (!parts)
        return value;
    ir_ref mask = type == IR_F64
                      ? ir_op2(b, IR_VPAIR, IR_V128, ir_const(b, real), ir_const(b, imaginary))
                      : v_op(t, IR_VDUP, fp_integer_lane(type) + 1,
                             ir_const(b, real | imaginary << width), IR_NONE);
    return v_op(t, IR_VXOR, 0, value, mask);
}

/* Real and imaginary parts change places. */
static ir_ref swap_parts(struct translation *t, int type, ir_ref value)
{
    unsigned size = ir_type_size((enum ir_type)type);
    if (type == IR_F64)
        return fp_bytes_from(t, value, size);
    return v_op_num(t, IR_VREV, fp_integer_lane(type), value, IR_NONE, 2 * size);
}

/*
 * d += n * m turned by `rot` quarters, but only the products with one part of n: the real one if
 * rot is even. Two of these make a product of complex numbers.
 */
static ir_ref complex_fma(struct translation *t, const struct fp_shape *s, uint32_t rot, ir_ref d,
                          ir_ref n, ir_ref m)
{
    static const uint8_t sign[4] = {0, SIGN_REAL, SIGN_REAL | SIGN_IMAGINARY, SIGN_IMAGINARY};
    int lane = fp_integer_lane(s->type);
    ir_ref part = v_op(t, rot & 1 ? IR_VTRN2 : IR_VTRN1, lane, n, n);
    if (rot & 1)
        m = swap_parts(t, s->type, m);
    return a64_fma_lanes(t, s, 0, part, negate_parts(t, s->type, sign[rot], m), d);
}

bool a64_vf_complex_fma(struct translation *t, const struct a64_args_q_rd_rn_rm_rot *a, int type)
{
    struct fp_shape s = fp_shape_of(type, a->q);
    put_v(t, a->rd, complex_fma(t, &s, a->rot, get_v(t, a->rd), get_v(t, a->rn), get_v(t, a->rm)));
    return true;
}

bool a64_vf_complex_fma_element(struct translation *t,
                                const struct a64_args_q_rd_rn_rm_index_rot *a, int type)
{
    struct fp_shape s = fp_shape_of(type, a->q);
    ir_ref m = element(t, fp_integer_lane(type) + 1, a->rm, a->index); /* a pair */
    put_v(t, a->rd, complex_fma(t, &s, a->rot, get_v(t, a->rd), get_v(t, a->rn), m));
    return true;
}

/* n plus m turned by one quarter, or by three. */
bool a64_vf_complex_add(struct translation *t, const struct a64_args_q_rd_rn_rm_rot *a, int type)
{
    struct fp_shape s = fp_shape_of(type, a->q);
    ir_ref m = swap_parts(t, type, get_v(t, a->rm));
    m = negate_parts(t, type, a->rot ? SIGN_IMAGINARY : SIGN_REAL, m);
    put_v(t, a->rd, fp_lanes_op(t, IR_VFADD, &s, get_v(t, a->rn), m));
    return true;
}

/* ---- halves to singles -------------------------------------------------------------------- */

/* FMLAL and its kin: d += n * m of halves, from `upper` half of the operands; rounded once. */
static ir_ref fma_half(struct translation *t, uint32_t q, int subtract, ir_ref d, ir_ref n,
                       ir_ref m)
{
    unsigned variant = (unsigned)subtract | (t->mode & A64_MODE_FZ16 ? 2 : 0);
    return a64_call_vector(t, A64_HELPER_fma_half, n, m, d,
                           a64_fp_number(a64_fp_rule(t), IR_F32, q ? 4 : 2, variant));
}

static ir_ref half_of(struct translation *t, uint32_t q, int upper, uint32_t v)
{
    return fp_bytes_from(t, get_v(t, v), upper ? (q ? 8 : 4) : 0);
}

bool a64_vf_fma_half(struct translation *t, const struct a64_args_rd_rm_rn_q *a, int subtract,
                     int upper)
{
    put_v(t, a->rd, fma_half(t, a->q, subtract, get_v(t, a->rd), half_of(t, a->q, upper, a->rn),
                             half_of(t, a->q, upper, a->rm)));
    return true;
}

bool a64_vf_fma_half_element(struct translation *t, const struct a64_args_rd_index_rm_rn_q *a,
                             int subtract, int upper)
{
    put_v(t, a->rd, fma_half(t, a->q, subtract, get_v(t, a->rd), half_of(t, a->q, upper, a->rn),
                             element(t, IR_I16, a->rm, a->index)));
    return true;
}

/* ---- BF16 --------------------------------------------------------------------------------- */

static ir_ref bfdot(struct translation *t, uint32_t q, ir_ref d, ir_ref n, ir_ref m)
{
    return a64_call_vector(t, A64_HELPER_bfdot, n, m, d, a64_fp_number(0, IR_F32, q ? 4 : 2, 0));
}

bool a64_bfdot(struct translation *t, const struct a64_args_rd_rm_rn_q *a)
{
    put_v(t, a->rd, bfdot(t, a->q, get_v(t, a->rd), get_v(t, a->rn), get_v(t, a->rm)));
    return true;
}

bool a64_bfdot_element(struct translation *t, const struct a64_args_rd_index_rm_rn_q *a)
{
    put_v(t, a->rd,
          bfdot(t, a->q, get_v(t, a->rd), get_v(t, a->rn), element(t, IR_I32, a->rm, a->index)));
    return true;
}

bool a64_bfmmla(struct translation *t, const struct a64_args_rd_rn_rm *a)
{
    put_v(t, a->rd, a64_call_vector(t, A64_HELPER_bfmmla, get_v(t, a->rn), get_v(t, a->rm),
                                    get_v(t, a->rd), a64_fp_number(0, IR_F32, 4, 0)));
    return true;
}

/* The even or odd BF16 lanes as singles. */
static ir_ref widen_bfloat(struct translation *t, int odd, ir_ref v)
{
    if (!odd)
        return v_op_num(t, IR_VSHL, IR_I32, v, IR_NONE, 16);
    ir_ref mask = v_op(t, IR_VDUP, IR_I32, ir_const(t->block, 0xffff0000), IR_NONE);
    return v_op(t, IR_VAND, 0, v, mask);
}

static bool bfmlal(struct translation *t, uint32_t rd, uint32_t rn, int odd, ir_ref m)
{
    struct fp_shape s = fp_shape_of(IR_F32, 1);
    put_v(t, rd, a64_fma_lanes(t, &s, 0, widen_bfloat(t, odd, get_v(t, rn)), m, get_v(t, rd)));
    return true;
}

bool a64_bfmlal(struct translation *t, const struct a64_args_rd_rn_rm *a, int odd)
{
    return bfmlal(t, a->rd, a->rn, odd, widen_bfloat(t, odd, get_v(t, a->rm)));
}

bool a64_bfmlal_element(struct translation *t, const struct a64_args_rd_rn_rm_index *a, int odd)
{
    return bfmlal(t, a->rd, a->rn, odd, widen_bfloat(t, 0, element(t, IR_I16, a->rm, a->index)));
}
