/*
 * Floating point that flushes denormals to zero (IR_FP_FLUSH; Arm's FPCR.FZ, which programs built
 * with -ffast-math set). The host's own modes flush by another rule and raise other flags, so the
 * op is done as if there were no denormals, and what was made is thrown away if there was one:
 *
 *     MXCSR is kept; the op, as without the rule; a denormal operand, or a result that is small
 *     enough to have been flushed: MXCSR as it was, and exact C.
 *
 * Exactly zero products are no reason: a zero or infinite factor says so. What no host without
 * AVX-512 does in a few instructions, exact C does there.
 */
#include "backend/x86_64/float.h"

#include "backend/x86_64/vec.h"

enum { K1 = 1, K2, K3, K4 };
/* Classes of vfpclass. */
enum { CLASS_ZERO = 0x06, CLASS_INFINITE = 0x18, CLASS_DENORMAL = 0x20, CLASS_NAN = 0x81 };
enum { CMP_LT_QUIET = 17 };

/* What there is to look at in a result. */
enum result {
    RESULT_SAFE,
    RESULT_SUBNORMAL, /* if it is one */
    RESULT_TINY,      /* or a zero made of one */
};

struct form {
    uint8_t operands; /* that may be denormal */
    uint8_t result;   /* enum result */
    bool overlays;    /* the result may come to lie in an operand's register */
};

/* The forms of what is done in line; false for others. */
static bool form_of(const struct ir_insn *in, struct form *f)
{
    switch (in->op) {
    case IR_FADD: case IR_FSUB: case IR_VFADD: case IR_VFSUB:
        *f = (struct form){2, RESULT_SUBNORMAL, false};
        return true;
    case IR_FMUL: case IR_FDIV: case IR_VFMUL: case IR_VFDIV:
        *f = (struct form){2, RESULT_TINY, false};
        return true;
    case IR_FMA: case IR_VFMA:
        *f = (struct form){3, RESULT_TINY, false};
        return true;
    case IR_FSQRT: case IR_VFSQRT: case IR_VFRINT: case IR_FTOS: case IR_FTOU: case IR_VFTOS:
    case IR_VFTOU:
        *f = (struct form){1, RESULT_SAFE, false};
        return true;
    case IR_FRINT:
        *f = (struct form){1, RESULT_SAFE, true};
        return true;
    case IR_FCVT:
        *f = (struct form){1, in->type < in->sub ? RESULT_TINY : RESULT_SAFE, true};
        return true;
    case IR_FMINM: case IR_FMAXM: case IR_FMINN: case IR_FMAXN:
        *f = (struct form){2, RESULT_SAFE, true};
        return true;
    case IR_VFMINM: case IR_VFMAXM: case IR_VFMINN: case IR_VFMAXN: case IR_VFSETCC: case IR_FSETCC:
        *f = (struct form){2, RESULT_SAFE, false};
        return true;
    default: return false;
    }
}

static bool is_vector(const struct ir_insn *in)
{
    return ir_op_info[in->op].operand[0] == 'V';
}

static enum ir_type operand_type(const struct ir_insn *in)
{
    return (enum ir_type)(is_vector(in) || ir_op_info[in->op].operand[0] == 'S' ? in->sub
                                                                                : in->type);
}

static uint32_t wide(enum ir_type t)
{
    return t == IR_F64 ? X_W : 0;
}

/* stmxcsr and ldmxcsr of a place of our own: static rounding uses the other end of the cell. */
enum { LDMXCSR = 2, STMXCSR = 3 };

static void access_mxcsr(struct work *w, unsigned extension)
{
    enum { OTHER_END = 8 };
    struct mem m = spill_mem(CELL_MXCSR);
    m.disp += OTHER_END;
    x_xm(&w->c, 0xae | X_0F, extension, m);
}

/* k := the lanes of x, or lane 0, that are of a class */
static void classify(struct work *w, const struct ir_insn *in, unsigned k, unsigned x,
                     unsigned class)
{
    enum ir_type t = operand_type(in);
    e_rrr(&w->c, (is_vector(in) ? VFPCLASSPS_E : VFPCLASSSS_E) | wide(t), k, 0, x);
    put8(&w->c, class);
}

/* k := ~not & k */
static void k_and_not(struct work *w, unsigned k, unsigned not)
{
    enum { VEX_L = 1 << 2 };
    uint8_t *start = w->c.p;
    v_rrr(&w->c, KANDNB, k, not, k);
    start[1] |= VEX_L;
}

static void cold_flushed(struct work *w, struct cold *c)
{
    access_mxcsr(w, LDMXCSR);
    cold_exact(w, c);
}

/* A tiny result: where a factor is zero or infinite it is what it should be. */
static void cold_tiny(struct work *w, struct cold *c)
{
    const struct ir_insn *in = &w->b->insns[c->insn];
    classify(w, in, K1, c->r[1], CLASS_ZERO | CLASS_INFINITE);
    k_and_not(w, K4, K1);
    if (c->r[2] != NO_REG) {
        classify(w, in, K2, c->r[2], CLASS_ZERO | CLASS_INFINITE);
        k_and_not(w, K4, K2);
    }
    v_rrr(&w->c, KORTESTB, K4, 0, K4);
    uint8_t *tiny = jcc8(&w->c, CC_NE);
    cold_resume(w, c);
    bind8(&w->c, tiny);
    cold_flushed(w, c);
}

/* The op's registers. */
struct registers {
    unsigned d, operand[3], t; /* t: temporary of a check for tiny results */
};

static struct cold *leave_if_any(struct work *w, void (*emit)(struct work *, struct cold *),
                                 unsigned k, unsigned other, const struct registers *r)
{
    v_rrr(&w->c, KORTESTB, k, 0, other);
    struct cold *c = cold_jcc(w, CC_NE, emit);
    c->r[0] = (uint8_t)r->d;
    for (unsigned i = 0; i < 3; i++)
        c->r[1 + i] = (uint8_t)r->operand[i];
    c->n = 0;
    return c;
}

/* k := the lanes of d, among those that count, below twice the smallest normal number */
static void find_tiny(struct work *w, const struct ir_insn *in, const struct registers *r,
                      unsigned k)
{
    bool vector = is_vector(in);
    enum ir_type t = (enum ir_type)(vector ? in->sub : in->type);
    uint64_t magnitude = t == IR_F64 ? INT64_MAX : 0x7fffffff7fffffff;
    uint64_t limit = t == IR_F64 ? 0x0020000000000000 : 0x0100000001000000;
    uint32_t op = (vector ? packed(CMPSS, t) : scalar(CMPSS, t)) | wide(t) | X_EVEX;
    unsigned lanes = in->aux & 255;
    vec_rrl(w, ANDPS, r->t, r->d, magnitude, magnitude);
    vec_rrl_imm(w, op, k, r->t, limit, limit, CMP_LT_QUIET);
    if (vector && lanes) {
        v_rrr(&w->c, KSHIFTLB, k, 0, k);
        put8(&w->c, 8 - lanes);
        v_rrr(&w->c, KSHIFTRB, k, 0, k);
        put8(&w->c, 8 - lanes);
    }
}

/* All checks, behind the op: between them and where the cold paths resume nothing is allocated. */
static void check(struct work *w, const struct ir_insn *in, const struct form *f,
                  const struct registers *r)
{
    struct cold *colds[3];
    unsigned n = 0;
    classify(w, in, K1, r->operand[0], CLASS_DENORMAL);
    if (f->operands > 1)
        classify(w, in, K2, r->operand[1], CLASS_DENORMAL);
    colds[n++] = leave_if_any(w, cold_flushed, K1, f->operands > 1 ? K2 : K1, r);
    if (f->operands > 2) {
        classify(w, in, K3, r->operand[2], CLASS_DENORMAL);
        colds[n++] = leave_if_any(w, cold_flushed, K3, K3, r);
    }
    if (f->result == RESULT_SUBNORMAL) { /* the check for NaNs may have seen one beside a NaN */
        classify(w, in, K4, r->d, CLASS_DENORMAL | CLASS_NAN);
        colds[n++] = leave_if_any(w, cold_flushed, K4, K4, r);
    } else if (f->result == RESULT_TINY) {
        find_tiny(w, in, r, K4);
        colds[n++] = leave_if_any(w, cold_tiny, K4, K4, r);
    }
    while (n)
        colds[--n]->resume = here(w);
}

static unsigned result_register(struct work *w, ir_ref self)
{
    uint32_t regs = w->val[self].regs;
    return (unsigned)__builtin_ctz(regs & XMM_MASK ? regs >> XMM0 : regs);
}

/* Operands to registers that hold them until the end. */
static void take_operands(struct work *w, const struct ir_insn *in, const struct form *f,
                          struct registers *r)
{
    enum ir_type t = is_vector(in) ? IR_V128 : operand_type(in);
    const ir_ref *operand = &in->a;
    for (unsigned i = 0; i < 3; i++) {
        r->operand[i] = NO_REG;
        if (i >= f->operands)
            continue;
        r->operand[i] = (unsigned)use_xmm(w, operand[i], t);
        if (f->overlays) {
            unsigned copy = (unsigned)make_xmm_temp(w, 0);
            copy_xmm(w, copy, r->operand[i]);
            r->operand[i] = copy;
        }
    }
    if (f->result == RESULT_TINY)
        r->t = (unsigned)make_xmm_temp(w, 0);
}

/*
 * The op without the rule. Scalar arithmetic keeps its operands from the result only where NaNs
 * propagate; exact C, which corrects them then, knows better.
 * Results that are, or are next to, tiny are looked at anyway.
 */
static struct ir_insn without_flush(const struct ir_insn *in, const struct form *f)
{
    struct ir_insn plain = *in;
    bool arithmetic = !is_vector(in) && !f->overlays && ir_op_info[in->op].result == 'F';
    plain.d &= (ir_ref)~(IR_FP_FLUSH | IR_FP_TINY_BEFORE | (arithmetic ? IR_FP_DEFAULT_NAN : 0));
    return plain;
}

bool emit_flushed(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct registers r;
    struct form f;
    if (!has(w, HOST_AVX512) || !form_of(in, &f) || in->sub == IR_F16 || in->type == IR_F16)
        return false;
    if (in->op == IR_VFMA && in->aux & 255) /* three operands and their copies: too many registers */
        return false;
    struct ir_insn plain = without_flush(in, &f);
    take_operands(w, in, &f, &r);
    access_mxcsr(w, STMXCSR);
    w->by_exact = false;
    emit_plain(w, &plain, self);
    if (w->by_exact) /* after all */
        return true;
    r.d = result_register(w, self);
    check(w, in, &f, &r);
    return true;
}
