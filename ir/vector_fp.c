/*
 * The meaning of the vector ops on lanes of floating point. Each lane is computed as the scalar op of
 * its name would be: on the host's FPU where that is one instruction, else by fp.c. Lanes that are
 * not computed raise nothing.
 */
#include "ir/eval.h"
#include "ir/fp.h"
#include "ir/vector.h"

/* The scalar op that the host can do, or nop. */
static unsigned host_op(unsigned op)
{
    switch (op) {
    case IR_VFADD: return IR_FADD;
    case IR_VFSUB: return IR_FSUB;
    case IR_VFMUL: return IR_FMUL;
    case IR_VFDIV: return IR_FDIV;
    case IR_VFSQRT: return IR_FSQRT;
    default: return IR_NOP;
    }
}

static uint64_t exact_lane(struct fp_context *fp, const struct ir_insn *insn, uint64_t x,
                           uint64_t y, uint64_t z)
{
    unsigned type = insn->sub, width = eval_width(type), num = insn->aux >> 8;
    switch (insn->op) {
    case IR_VFADD: return fp_add(fp, type, x, y);
    case IR_VFSUB: return fp_sub(fp, type, x, y);
    case IR_VFMUL: return fp_mul(fp, type, x, y);
    case IR_VFDIV: return fp_div(fp, type, x, y);
    case IR_VFSQRT: return fp_sqrt(fp, type, x);
    case IR_VFMA: return fp_fma(fp, type, num, x, y, z);
    case IR_VFMINM: return fp_min_max(fp, type, false, true, x, y);
    case IR_VFMAXM: return fp_min_max(fp, type, true, true, x, y);
    case IR_VFMINN: return fp_min_max_num(fp, type, false, x, y);
    case IR_VFMAXN: return fp_min_max_num(fp, type, true, x, y);
    case IR_VFSETCC: return fp_compare(fp, type, insn->d & IR_FCC, x, y) ? UINT64_MAX : 0;
    case IR_VFRINT: return fp_round_to_integral(fp, type, num, x);
    case IR_VFTOS: return fp_to_fixed(fp, type, true, width, num, x);
    case IR_VFTOU: return fp_to_fixed(fp, type, false, width, num, x);
    case IR_VSTOF: return fp_from_fixed(fp, type, true, width, num, x);
    default: return fp_from_fixed(fp, type, false, width, num, x); /* vutof */
    }
}

static union ir_v128 compute(const struct ir_insn *insn, const union ir_v128 *a,
                             const union ir_v128 *b, const union ir_v128 *c)
{
    unsigned type = insn->sub, size = ir_type_size((enum ir_type)type), all = 16 / size;
    unsigned n = insn->aux & 255, host = type == IR_F16 ? IR_NOP : host_op(insn->op);
    unsigned rule = insn->op == IR_VFSETCC ? insn->d & IR_FP_FLUSH : insn->d;
    union ir_v128 r = {.d = {0, 0}};
    struct fp_context fp = fp_begin(rule);
    if (n == 0 || n > all)
        n = all;
    for (unsigned i = 0; i < n; i++) {
        uint64_t x = vector_lane(a, size, i), y = vector_lane(b, size, i);
        uint64_t z = vector_lane(c, size, i);
        vector_set_lane(&r, size, i,
                        host ? fp_host(host, type, rule, x, y) : exact_lane(&fp, insn, x, y, z));
    }
    fp_end(&fp);
    return r;
}

/* To the next format from the low half, or to the one below into the low half. */
static union ir_v128 convert(const struct ir_insn *insn, const union ir_v128 *a)
{
    unsigned from = insn->sub, to = insn->op == IR_VFWIDEN ? from + 1 : from - 1;
    unsigned size = ir_type_size((enum ir_type)from), result = ir_type_size((enum ir_type)to);
    unsigned n = 16 / (size > result ? size : result);
    union ir_v128 r = {.d = {0, 0}};
    struct fp_context fp = fp_begin(insn->d);
    for (unsigned i = 0; i < n; i++)
        vector_set_lane(&r, result, i, fp_convert(&fp, to, from, vector_lane(a, size, i)));
    fp_end(&fp);
    return r;
}

static union ir_v128 change_sign(const struct ir_insn *insn, const union ir_v128 *a)
{
    unsigned size = ir_type_size((enum ir_type)insn->sub);
    uint64_t sign = (uint64_t)1 << (8 * size - 1);
    union ir_v128 r = {.d = {0, 0}};
    for (unsigned i = 0; i < 16 / size; i++) {
        uint64_t x = vector_lane(a, size, i);
        vector_set_lane(&r, size, i, insn->op == IR_VFNEG ? x ^ sign : x & ~sign);
    }
    return r;
}

union ir_v128 vector_eval_fp(const struct ir_insn *insn, const union ir_v128 *a,
                             const union ir_v128 *b, const union ir_v128 *c)
{
    switch (insn->op) {
    case IR_VFNEG: case IR_VFABS: return change_sign(insn, a);
    case IR_VFWIDEN: case IR_VFNARROW: return convert(insn, a);
    default: return compute(insn, a, b, c);
    }
}

static_assert(IR_F16 + 1 == IR_F32 && IR_F32 + 1 == IR_F64, "the next format");
