/*
 * The scalar FP ops of op.def by the routines of fp.c: for the interpreter and for backends' rare
 * cases.
 */
#include "ir/eval.h"
#include "ir/fp.h"

static uint64_t arithmetic(struct fp_context *fp, const struct ir_insn *insn, uint64_t a,
                           uint64_t b, uint64_t c)
{
    unsigned type = insn->type;
    switch (insn->op) {
    case IR_FADD: return fp_add(fp, type, a, b);
    case IR_FSUB: return fp_sub(fp, type, a, b);
    case IR_FMUL: return fp_mul(fp, type, a, b);
    case IR_FDIV: return fp_div(fp, type, a, b);
    case IR_FSQRT: return fp_sqrt(fp, type, a);
    case IR_FMA: return fp_fma(fp, type, insn->sub, a, b, c);
    case IR_FMIN: return fp_min_max(fp, type, false, false, a, b);
    case IR_FMAX: return fp_min_max(fp, type, true, false, a, b);
    case IR_FMINM: return fp_min_max(fp, type, false, true, a, b);
    case IR_FMAXM: return fp_min_max(fp, type, true, true, a, b);
    case IR_FMINN: return fp_min_max_num(fp, type, false, a, b);
    default: return fp_min_max_num(fp, type, true, a, b); /* fmaxn */
    }
}

static uint64_t conversion(struct fp_context *fp, const struct ir_insn *insn, uint64_t a)
{
    unsigned type = insn->type, from = insn->sub, num = insn->aux;
    switch (insn->op) {
    case IR_FCVT: return fp_convert(fp, type, from, a);
    case IR_FRINT: return fp_round_to_integral(fp, type, num, a);
    case IR_FTOS: return fp_to_fixed(fp, from, true, eval_width(type), num, a);
    case IR_FTOU: return fp_to_fixed(fp, from, false, eval_width(type), num, a);
    case IR_STOF: return fp_from_fixed(fp, type, true, eval_width(from), num, a);
    default: return fp_from_fixed(fp, type, false, eval_width(from), num, a); /* utof */
    }
}

uint64_t fp_eval(const struct ir_insn *insn, uint64_t a, uint64_t b, uint64_t c)
{
    bool compares = insn->op == IR_FSETCC || insn->op == IR_FCMPF;
    struct fp_context fp = fp_begin(compares ? insn->d & IR_FP_FLUSH : insn->d);
    unsigned how = insn->d & IR_FCC;
    uint64_t r;
    if (insn->op == IR_FSETCC)
        r = fp_compare(&fp, insn->sub, how, a, b);
    else if (insn->op == IR_FCMPF)
        r = fp_compare_flags(&fp, insn->sub, how, a, b);
    else
        r = insn->op < IR_FSETCC ? arithmetic(&fp, insn, a, b, c) : conversion(&fp, insn, a);
    fp_end(&fp);
    return r;
}

static_assert(IR_FMAXN < IR_FSETCC && IR_FSETCC < IR_FCVT, "arithmetic before conversions");
