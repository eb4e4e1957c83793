/*
 * Advanced SIMD: products of integer lanes, by vector and by element, of the lanes' width and of
 * twice that, dot products and those of matrices (Arm ARM C4.1 "Advanced SIMD three same", "three
 * same extra", "three different", "vector x indexed element", and their scalar forms).
 */
#include "frontend/aarch64/decode.h"

/* ---- indexed elements ---------------------------------------------------------------------- */

/* The fields of an element: size, L, M, Rm, H. Lanes of 16 bits leave Rm four bits. */
struct element {
    uint32_t size, v, index;
};

static struct element element(uint32_t field)
{
    uint32_t size = field >> 7, l = field >> 6 & 1, m = field >> 5 & 1, rm = field >> 1 & 15;
    uint32_t h = field & 1;
    return size == 1 ? (struct element){size, rm, h << 2 | l << 1 | m}
                     : (struct element){size, m << 4 | rm, h << 1 | l};
}

static ir_ref every_lane(struct translation *t, struct element e)
{
    return v_op_num(t, IR_VDUPL, a64_lane(e.size), get_v(t, e.v), 0, e.index);
}

/* ---- products of the same width ------------------------------------------------------------ */

/* Where a * b is the one product that doubled does not fit: the smallest number squared. */
static ir_ref both_smallest(struct translation *t, uint32_t size, ir_ref a, ir_ref b)
{
    ir_ref smallest = simd_splat(t, size, UINT64_C(1) << (simd_bits(size) - 1));
    return v_op(t, IR_VAND, IR_VOID, simd_compare(t, IR_EQ, size, a, smallest),
                simd_compare(t, IR_EQ, size, b, smallest));
}

/*
 * One half of SQRDMLAH and SQRDMLSH, in lanes of twice the width: (d << w + 2ab + (1 << w-1)) >> w,
 * with all but the last bit of the 2 left out, so that it fits.
 */
static ir_ref rounding_half(struct translation *t, int op, uint32_t size, ir_ref d, ir_ref n,
                            ir_ref m, uint32_t half)
{
    int lane = a64_lane(size), wide = lane + 1;
    unsigned shift = simd_bits(size) - 1;
    ir_ref sum = v_op_num(t, IR_VSHL, wide, v_op_num(t, IR_VWIDENS, lane, d, 0, half), 0, shift);
    sum = v_op(t, op, wide, sum, v_op_num(t, IR_VMULLS, lane, n, m, half));
    sum = v_op(t, IR_VADD, wide, sum, simd_splat(t, size + 1, UINT64_C(1) << (shift - 1)));
    return v_op_num(t, IR_VSAR, wide, sum, 0, shift);
}

static bool put_rounding_product(struct translation *t, int op, uint32_t q, uint32_t size,
                                 uint32_t rd, ir_ref n, ir_ref m)
{
    int lane = a64_lane(size);
    ir_ref d = get_v(t, rd);
    ir_ref low = rounding_half(t, op, size, d, n, m, 0);
    ir_ref high = q == SIMD_128 ? rounding_half(t, op, size, d, n, m, 1) : low;
    ir_ref v = v_op(t, IR_VNARROWS, lane + 1, low, high);
    ir_ref over = v_op(t, IR_VXOR, IR_VOID, low, v_op_num(t, IR_VWIDENS, lane, v, 0, 0));
    if (q == SIMD_128) {
        ir_ref more = v_op(t, IR_VXOR, IR_VOID, high, v_op_num(t, IR_VWIDENS, lane, v, 0, 1));
        over = v_op(t, IR_VOR, IR_VOID, over, more);
    }
    simd_put(t, q, size, rd, v);
    simd_note_saturation(t, q == SIMD_SCALAR ? q : SIMD_128, size + 1, over);
    return true;
}

static bool put_high_product(struct translation *t, int op, uint32_t q, uint32_t size, uint32_t rd,
                             ir_ref n, ir_ref m)
{
    simd_put(t, q, size, rd, v_op(t, op, a64_lane(size), n, m));
    simd_note_saturation(t, q, size, both_smallest(t, size, n, m));
    return true;
}

static bool put_product(struct translation *t, int product, uint32_t q, uint32_t size, uint32_t rd,
                        ir_ref n, ir_ref m)
{
    int lane = a64_lane(size);
    ir_ref v;
    switch ((enum simd_product)product) {
    case SIMD_QDMULH: return put_high_product(t, IR_VQDMULH, q, size, rd, n, m);
    case SIMD_QRDMULH: return put_high_product(t, IR_VQRDMULH, q, size, rd, n, m);
    case SIMD_QRDMLAH: return put_rounding_product(t, IR_VADD, q, size, rd, n, m);
    case SIMD_QRDMLSH: return put_rounding_product(t, IR_VSUB, q, size, rd, n, m);
    case SIMD_MLA: v = v_op(t, IR_VADD, lane, get_v(t, rd), v_op(t, IR_VMUL, lane, n, m)); break;
    case SIMD_MLS: v = v_op(t, IR_VSUB, lane, get_v(t, rd), v_op(t, IR_VMUL, lane, n, m)); break;
    default: v = v_op(t, IR_VMUL, lane, n, m); break;
    }
    put_vq(t, q, rd, v);
    return true;
}

bool a64_simd_product(struct translation *t, const struct a64_args_simd3 *a, int product)
{
    return put_product(t, product, a->q, a->size, a->rd, get_v(t, a->rn), get_v(t, a->rm));
}

bool a64_simd_product_e(struct translation *t, const struct a64_args_simd_element *a, int product)
{
    struct element e = element(a->elem);
    return put_product(t, product, a->q, e.size, a->rd, get_v(t, a->rn), every_lane(t, e));
}

/* ---- products of twice the width ----------------------------------------------------------- */

static void put_doubled_product(struct translation *t, int accumulate, uint32_t q, uint32_t size,
                                uint32_t rd, ir_ref product)
{
    int lane = a64_lane(size + 1);
    uint32_t result = q == SIMD_SCALAR ? q : SIMD_128;
    ir_ref v = v_op(t, IR_VQADDS, lane, product, product);
    ir_ref over = v_op(t, IR_VXOR, IR_VOID, v, v_op(t, IR_VADD, lane, product, product));
    if (accumulate) {
        ir_ref d = get_v(t, rd), doubled = v;
        v = v_op(t, accumulate > 0 ? IR_VQADDS : IR_VQSUBS, lane, d, doubled);
        ir_ref wrapped = v_op(t, accumulate > 0 ? IR_VADD : IR_VSUB, lane, d, doubled);
        over = v_op(t, IR_VOR, IR_VOID, over, v_op(t, IR_VXOR, IR_VOID, v, wrapped));
    }
    simd_put(t, result, size + 1, rd, v);
    simd_note_saturation(t, result, size + 1, over);
}

/*
 * The products of a half. Of halfwords, the host makes low and high parts of all eight, which an
 * instruction on the other half uses again.
 */
static ir_ref long_product(struct translation *t, int op, int lane, ir_ref n, ir_ref m,
                           uint32_t half)
{
    if (lane != IR_I16)
        return v_op_num(t, op, lane, n, m, half);
    ir_ref high = v_op(t, op == IR_VMULLS ? IR_VMULHS : IR_VMULHU, lane, n, m);
    return v_op(t, half ? IR_VZIP2 : IR_VZIP1, lane, v_op(t, IR_VMUL, lane, n, m), high);
}

static bool put_long_product(struct translation *t, int product, uint32_t q, uint32_t size,
                             uint32_t rd, ir_ref n, ir_ref m)
{
    static const struct {
        uint8_t op;
        int8_t accumulate; /* 1: add to rd, -1: take from it */
        bool doubled;
    } rows[] = {
        [SIMD_SMULL] = {IR_VMULLS, 0, false},  [SIMD_UMULL] = {IR_VMULLU, 0, false},
        [SIMD_SMLAL] = {IR_VMULLS, 1, false},  [SIMD_UMLAL] = {IR_VMULLU, 1, false},
        [SIMD_SMLSL] = {IR_VMULLS, -1, false}, [SIMD_UMLSL] = {IR_VMULLU, -1, false},
        [SIMD_QDMULL] = {IR_VMULLS, 0, true},  [SIMD_PMULL] = {IR_VPMULL, 0, false},
        [SIMD_QDMLAL] = {IR_VMULLS, 1, true},  [SIMD_QDMLSL] = {IR_VMULLS, -1, true},
    };
    int lane = a64_lane(size), accumulate = rows[product].accumulate;
    ir_ref v = long_product(t, rows[product].op, lane, n, m, q == SIMD_128);
    if (rows[product].doubled) {
        put_doubled_product(t, accumulate, q, size, rd, v);
        return true;
    }
    if (accumulate)
        v = v_op(t, accumulate > 0 ? IR_VADD : IR_VSUB, lane + 1, get_v(t, rd), v);
    put_v(t, rd, v);
    return true;
}

bool a64_simd_long_product(struct translation *t, const struct a64_args_simd3 *a, int product)
{
    return put_long_product(t, product, a->q, a->size, a->rd, get_v(t, a->rn), get_v(t, a->rm));
}

bool a64_simd_long_product_e(struct translation *t, const struct a64_args_simd_element *a,
                             int product)
{
    struct element e = element(a->elem);
    return put_long_product(t, product, a->q, e.size, a->rd, get_v(t, a->rn), every_lane(t, e));
}

/* ---- dot products -------------------------------------------------------------------------- */

static ir_ref dot(struct translation *t, int op, ir_ref n, ir_ref m, ir_ref sum)
{
    return ir_emit(t->block,
                   (struct ir_insn){
                       .op = (uint8_t)op, .type = IR_V128, .sub = IR_I8, .a = n, .b = m, .c = sum});
}

bool a64_simd_dot(struct translation *t, const struct a64_args_rd_rm_rn_q *a, int op)
{
    put_vq(t, a->q, a->rd, dot(t, op, get_v(t, a->rn), get_v(t, a->rm), get_v(t, a->rd)));
    return true;
}

/* swap: the element is the first operand, the unsigned one of IR_VDOTUS. */
bool a64_simd_dot_e(struct translation *t, const struct a64_args_simd_quad *a, int op, int swap)
{
    ir_ref n = get_v(t, a->rn), m = every_lane(t, element(2u << 7 | a->quad));
    put_vq(t, a->q, a->rd, dot(t, op, swap ? m : n, swap ? n : m, get_v(t, a->rd)));
    return true;
}

/*
 * Two rows of eight bytes times the two of the other operand, transposed: four sums of eight
 * products, each the sum of two of four.
 */
bool a64_simd_matrix(struct translation *t, const struct a64_args_rd_rn_rm *a, int op)
{
    ir_ref n = get_v(t, a->rn), m = get_v(t, a->rm), zero = simd_zero(t), row[2];
    for (uint32_t i = 0; i < 2; i++)
        row[i] = dot(t, op, v_op_num(t, IR_VDUPL, IR_I64, n, 0, i), m, zero);
    ir_ref v = v_op(t, IR_VADD, IR_I32, simd_even(t, SIMD_128, 2, row[0], row[1]),
                    simd_odd(t, SIMD_128, 2, row[0], row[1]));
    put_v(t, a->rd, v_op(t, IR_VADD, IR_I32, get_v(t, a->rd), v));
    return true;
}
