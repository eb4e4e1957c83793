/* Integer lanes: sums, comparison, minimum, saturation, averages, counting. */
#include "backend/x86_64/vec.h"

/* ---- sums and products ----------------------------------------------------------------------- */

static const uint32_t add[] = {PADDB, PADDW, PADDD, PADDQ}, sub[] = {PSUBB, PSUBW, PSUBD, PSUBQ};

void emit_VADD(struct work *w, const struct ir_insn *in, ir_ref self)
{
    vec_keep_zero_above(w, in, self);
    emit_vec(w, in, self, add[lane_log(in)]);
}

void emit_VSUB(struct work *w, const struct ir_insn *in, ir_ref self)
{
    vec_keep_zero_above(w, in, self);
    emit_vec(w, in, self, sub[lane_log(in)]);
}

/* Bytes: the products of the upper ones of each word, and of the lower ones. */
static void multiply_bytes(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { D_AND_B_OR_A = 0xec };
    const uint64_t low = 0x00ff00ff00ff00ff;
    struct vec v = vec_start(w, in, self, 2, KEEP_A | KEEP_B);
    vec_shift(w, PSRLW_IMM, v.t[0], v.a, 8);
    vec_rrl(w, PAND, v.t[1], v.b, ~low, ~low);
    vec_rrr(w, PMULLW, v.t[0], v.t[0], v.t[1]);
    vec_rrr(w, PMULLW, v.d, v.a, v.b);
    if (has(w, HOST_AVX512)) {
        vec_rrl_imm(w, PTERNLOG_E, v.d, v.t[0], low, low, D_AND_B_OR_A);
    } else {
        vec_rrl(w, PAND, v.d, v.d, low, low);
        vec_rrr(w, POR, v.d, v.d, v.t[0]);
    }
}

/* Low halves, and above them the sum of both cross products. */
static void multiply_quads(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum { SWAP_PAIRS = 0xb1 };
    const uint64_t high = (uint64_t)UINT32_MAX << 32;
    struct vec v = vec_start(w, in, self, 2, KEEP_A | KEEP_B);
    vec_rr_imm(w, PSHUFD, v.t[0], v.b, SWAP_PAIRS);
    vec_rrr(w, PMULLD, v.t[0], v.t[0], v.a);
    vec_shift(w, PSLLQ_IMM, v.t[1], v.t[0], 32);
    vec_rrr(w, PADDD, v.t[0], v.t[0], v.t[1]);
    vec_rrl(w, PAND, v.t[0], v.t[0], high, high);
    vec_rrr(w, PMULUDQ, v.d, v.a, v.b);
    vec_rrr(w, PADDQ, v.d, v.d, v.t[0]);
}

void emit_VMUL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned log = lane_log(in);
    if (log == 0)
        multiply_bytes(w, in, self);
    else if (log == 3 && !has(w, HOST_AVX512))
        multiply_quads(w, in, self);
    else
        emit_vec(w, in, self, log == 1 ? PMULLW : log == 2 ? PMULLD : PMULLQ_E);
}

void emit_VABS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    static const uint32_t op[] = {PABSB, PABSW, PABSD, PABSQ_E};
    unsigned log = lane_log(in);
    if (log < 3 || has(w, HOST_AVX512)) {
        emit_vec_unary(w, in, self, op[log]);
        return;
    }
    struct vec v = vec_start(w, in, self, 1, KEEP_A);
    vec_zero(w, v.t[0]);
    vec_rrr(w, PCMPGTQ, v.t[0], v.t[0], v.a);
    vec_rrr(w, PXOR, v.d, v.a, v.t[0]);
    vec_rrr(w, PSUBQ, v.d, v.d, v.t[0]);
}

/* ---- minimum and maximum --------------------------------------------------------------------- */

enum { LESS = 0, UNSIGNED = 1, GREATER = 2 };
static const uint32_t extremum[4][4] = {
    [LESS] = {PMINSB, PMINSW, PMINSD, PMINSQ_E},
    [LESS | UNSIGNED] = {PMINUB, PMINUW, PMINUD, PMINUQ_E},
    [GREATER] = {PMAXSB, PMAXSW, PMAXSD, PMAXSQ_E},
    [GREATER | UNSIGNED] = {PMAXUB, PMAXUW, PMAXUD, PMAXUQ_E},
};

static void emit_extremum(struct work *w, const struct ir_insn *in, ir_ref self, unsigned which)
{
    unsigned log = lane_log(in);
    if (log == 3 && !has(w, HOST_AVX512)) {
        emit_exact(w, in, self);
        return;
    }
    vec_keep_zero_above(w, in, self);
    emit_vec(w, in, self, extremum[which][log]);
}

void emit_VMINS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_extremum(w, in, self, LESS);
}

void emit_VMINU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_extremum(w, in, self, LESS | UNSIGNED);
}

void emit_VMAXS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_extremum(w, in, self, GREATER);
}

void emit_VMAXU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_extremum(w, in, self, GREATER | UNSIGNED);
}

/* ---- comparison ------------------------------------------------------------------------------ */

static const uint32_t equal[] = {PCMPEQB, PCMPEQW, PCMPEQD, PCMPEQQ};
static const uint32_t greater[] = {PCMPGTB, PCMPGTW, PCMPGTD, PCMPGTQ};

/* a >= b as max(a, b) == a; a <= b by the minimum. */
static void compare_extremum(struct work *w, const struct ir_insn *in, ir_ref self, unsigned which,
                             bool negate)
{
    unsigned log = lane_log(in);
    struct vec v = vec_start(w, in, self, 0, KEEP_A);
    vec_rrr(w, extremum[which][log], v.d, v.a, v.b);
    vec_rrr(w, equal[log], v.d, v.d, v.a);
    if (negate)
        vec_not(w, v.d, v.d);
}

/* Quads without AVX-512: a > b or, negated, a <= b; as unsigned with the signs flipped. */
static void compare_quads(struct work *w, const struct ir_insn *in, ir_ref self, bool swap,
                          bool is_unsigned, bool negate)
{
    const uint64_t sign = (uint64_t)1 << 63;
    struct vec v = vec_start(w, in, self, 2, KEEP_A | KEEP_B);
    unsigned x = swap ? v.b : v.a, y = swap ? v.a : v.b;
    if (is_unsigned) {
        vec_rrl(w, PXOR, v.t[0], x, sign, sign);
        vec_rrl(w, PXOR, v.t[1], y, sign, sign);
        x = v.t[0];
        y = v.t[1];
    }
    vec_rrr(w, PCMPGTQ, v.d, x, y);
    if (negate)
        vec_not(w, v.d, v.d);
}

void emit_VCMP(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned log = lane_log(in), cc = in->d;
    bool is_unsigned = cc == IR_LTU || cc == IR_GEU || cc == IR_LEU || cc == IR_GTU;
    unsigned sign = is_unsigned ? UNSIGNED : 0;
    bool quads = log == 3 && !has(w, HOST_AVX512);
    switch (cc) {
    case IR_EQ: emit_vec(w, in, self, equal[log]); break;
    case IR_NE: {
        struct vec v = vec_start(w, in, self, 0, 0);
        vec_rrr(w, equal[log], v.d, v.a, v.b);
        vec_not(w, v.d, v.d);
        break;
    }
    case IR_GTS: emit_vec(w, in, self, greater[log]); break;
    case IR_LTS: emit_vec_swapped(w, in, self, greater[log]); break;
    case IR_GTU:
    case IR_LEU:
    case IR_LES:
        if (quads)
            compare_quads(w, in, self, false, is_unsigned, cc != IR_GTU);
        else
            compare_extremum(w, in, self, LESS | sign, cc == IR_GTU);
        break;
    default: /* LTU GEU GES */
        if (quads)
            compare_quads(w, in, self, true, is_unsigned, cc != IR_LTU);
        else
            compare_extremum(w, in, self, GREATER | sign, cc == IR_LTU);
        break;
    }
}

/* ---- saturation ------------------------------------------------------------------------------ */

/* d := min(a, ~b) + b */
static void add_saturating_unsigned(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned log = lane_log(in);
    struct vec v = vec_start(w, in, self, 0, KEEP_A | KEEP_B);
    vec_not(w, v.d, v.b);
    vec_rrr(w, extremum[LESS | UNSIGNED][log], v.d, v.d, v.a);
    vec_rrr(w, add[log], v.d, v.d, v.b);
}

/* d := max(a, b) - b */
static void subtract_saturating_unsigned(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned log = lane_log(in);
    struct vec v = vec_start(w, in, self, 0, KEEP_B);
    vec_rrr(w, extremum[GREATER | UNSIGNED][log], v.d, v.a, v.b);
    vec_rrr(w, sub[log], v.d, v.d, v.b);
}

/* The sum or difference, or where the signs say that it overflowed, the limit on a's side. */
static void saturate_signed(struct work *w, const struct ir_insn *in, ir_ref self, bool minus)
{
    unsigned log = lane_log(in);
    uint64_t max = log == 2 ? splat(2, INT32_MAX) : INT64_MAX;
    struct vec v = vec_start(w, in, self, 3, KEEP_A | KEEP_B);
    unsigned overflow = v.t[0], t = v.t[1], limit = v.t[2];
    vec_rrr(w, (minus ? sub : add)[log], v.d, v.a, v.b);
    vec_rrr(w, PXOR, overflow, v.a, v.d);
    vec_rrr(w, PXOR, t, v.b, minus ? v.a : v.d);
    vec_rrr(w, PAND, overflow, overflow, t);
    vec_zero(w, limit);
    vec_rrr(w, greater[log], limit, limit, v.a);
    vec_rrl(w, PXOR, limit, limit, max, max);
    vec_rrr_imm(w, log == 2 ? BLENDVPS_V : BLENDVPD_V, v.d, v.d, limit, overflow << 4);
}

static void emit_saturating(struct work *w, const struct ir_insn *in, ir_ref self,
                            const uint32_t narrow[2], bool is_unsigned, bool minus)
{
    unsigned log = lane_log(in);
    if (log < 2)
        emit_vec(w, in, self, narrow[log]);
    else if (is_unsigned && (log == 2 || has(w, HOST_AVX512)))
        (minus ? subtract_saturating_unsigned : add_saturating_unsigned)(w, in, self);
    else if (!is_unsigned && has(w, HOST_AVX))
        saturate_signed(w, in, self, minus);
    else
        emit_exact(w, in, self);
}

void emit_VQADDS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_saturating(w, in, self, (const uint32_t[]){PADDSB, PADDSW}, false, false);
}

void emit_VQADDU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_saturating(w, in, self, (const uint32_t[]){PADDUSB, PADDUSW}, true, false);
}

void emit_VQSUBS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_saturating(w, in, self, (const uint32_t[]){PSUBSB, PSUBSW}, false, true);
}

void emit_VQSUBU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_saturating(w, in, self, (const uint32_t[]){PSUBUSB, PSUBUSW}, true, true);
}

/* ---- averages -------------------------------------------------------------------------------- */

/*
 * With x = a ^ b, the bits that only one of them has:
 *     (a + b) >> 1 = (a & b) + (x >> 1)    (a + b + 1) >> 1 = (a | b) - (x >> 1)
 *     (a - b) >> 1 = (x >> 1) - (~a & b)
 */
enum average { HALVING_ADD, ROUNDING_ADD, HALVING_SUB };

static void emit_average(struct work *w, const struct ir_insn *in, ir_ref self, enum average how,
                         bool is_signed)
{
    static const uint32_t right[2][4] = {{0, PSRLW_IMM, PSRLD_IMM, PSRLQ_IMM},
                                         {0, PSRAW_IMM, PSRAD_IMM, PSRAQ_IMM_E}};
    unsigned log = lane_log(in);
    if (log == 3 && is_signed && !has(w, HOST_AVX512)) {
        emit_exact(w, in, self);
        return;
    }
    struct vec v = vec_start(w, in, self, 1, KEEP_A | KEEP_B);
    unsigned t = v.t[0];
    vec_rrr(w, PXOR, t, v.a, v.b);
    if (log == 0)
        vec_shift_bytes(w, is_signed ? IR_VSAR : IR_VSHR, t, t, 1);
    else
        vec_shift(w, right[is_signed][log], t, t, 1);
    vec_rrr(w, how == HALVING_ADD ? PAND : how == ROUNDING_ADD ? POR : PANDN, v.d, v.a, v.b);
    if (how == HALVING_ADD) {
        vec_rrr(w, add[log], v.d, v.d, t);
    } else if (how == ROUNDING_ADD) {
        vec_rrr(w, sub[log], v.d, v.d, t);
    } else if (has(w, HOST_AVX)) {
        vec_rrr(w, sub[log], v.d, t, v.d);
    } else {
        vec_rrr(w, sub[log], t, t, v.d);
        vec_copy(w, v.d, t);
    }
}

void emit_VHADDS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_average(w, in, self, HALVING_ADD, true);
}

void emit_VHADDU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_average(w, in, self, HALVING_ADD, false);
}

void emit_VRHADDS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_average(w, in, self, ROUNDING_ADD, true);
}

void emit_VRHADDU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned log = lane_log(in);
    if (log < 2)
        emit_vec(w, in, self, log ? PAVGW : PAVGB);
    else
        emit_average(w, in, self, ROUNDING_ADD, false);
}

void emit_VHSUBS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_average(w, in, self, HALVING_SUB, true);
}

void emit_VHSUBU(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_average(w, in, self, HALVING_SUB, false);
}

/* ---- counting -------------------------------------------------------------------------------- */

struct nibbles {
    uint64_t low[2], high[2]; /* results for the values 0 to 15 of either half of a byte */
    uint32_t join;
};

/* By table, each half of a byte on its own. */
static struct vec emit_nibbles(struct work *w, const struct ir_insn *in, ir_ref self,
                               const struct nibbles *n)
{
    const uint64_t mask = splat(0, 15);
    struct vec v = vec_start(w, in, self, 2, KEEP_A);
    unsigned low = v.t[0], high = v.t[1];
    vec_rrl(w, PAND, low, v.a, mask, mask);
    vec_shift(w, PSRLW_IMM, high, v.a, 4);
    vec_rrl(w, PAND, high, high, mask, mask);
    vec_load(w, v.d, n->low[0], n->low[1]);
    vec_rrr(w, PSHUFB, v.d, v.d, low);
    vec_load(w, low, n->high[0], n->high[1]);
    vec_rrr(w, PSHUFB, low, low, high);
    vec_rrr(w, n->join, v.d, v.d, low);
    return v;
}

/* Of each word of doublewords: a one below it ends the count at 16. */
static void count_zeros_words(struct work *w, const struct ir_insn *in, ir_ref self)
{
    const uint64_t stop = splat(2, 0x8000);
    struct vec v = vec_start(w, in, self, 1, KEEP_A);
    vec_shift(w, PSLLD_IMM, v.t[0], v.a, 16);
    vec_rrl(w, POR, v.t[0], v.t[0], stop, stop);
    vec_rr(w, PLZCNTD_E, v.t[0], v.t[0]);
    vec_rrl(w, POR, v.d, v.a, stop, stop);
    vec_rr(w, PLZCNTD_E, v.d, v.d);
    vec_shift(w, PSLLD_IMM, v.d, v.d, 16);
    vec_rrr(w, POR, v.d, v.d, v.t[0]);
}

/* From counts in lanes to those in pairs: the lower one counts if the upper lane is all zeros. */
static void join_counts(struct work *w, const struct vec *v, unsigned log)
{
    uint64_t all = splat(log, 8u << log);
    uint32_t right = log ? PSRLD_IMM : PSRLW_IMM;
    vec_load(w, v->t[0], all, all);
    vec_rrr(w, equal[log], v->t[0], v->t[0], v->d);
    vec_shift(w, right, v->t[0], v->t[0], 8u << log);
    vec_rrr(w, PAND, v->t[0], v->t[0], v->d);
    vec_shift(w, right, v->d, v->d, 8u << log);
    vec_rrr(w, add[log + 1], v->d, v->d, v->t[0]);
}

void emit_VCLZ(struct work *w, const struct ir_insn *in, ir_ref self)
{
    /* A low half counts only if the high one is zero, for which the table says 8. */
    static const struct nibbles zeros = {{0x0505050506060708, 0x0404040404040404},
                                         {0x0101010102020308, 0}, PMINUB};
    unsigned log = lane_log(in);
    if (log == 0 || (log < 3 && !has(w, HOST_AVX512))) {
        struct vec v = emit_nibbles(w, in, self, &zeros);
        for (unsigned i = 0; i < log; i++)
            join_counts(w, &v, i);
    } else if (!has(w, HOST_AVX512)) {
        emit_exact(w, in, self);
    } else if (log == 1) {
        count_zeros_words(w, in, self);
    } else {
        emit_vec_unary(w, in, self, log == 2 ? PLZCNTD_E : PLZCNTQ_E);
    }
}

void emit_VPOPCNT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    static const struct nibbles ones = {{0x0302020102010100, 0x0403030203020201},
                                        {0x0302020102010100, 0x0403030203020201}, PADDB};
    if (is_zero_above(w, in->a, IR_V128))
        set_zero_above(w, self);
    if (has(w, HOST_BITALG))
        emit_vec_unary(w, in, self, POPCNTB_E);
    else
        emit_nibbles(w, in, self, &ones);
}

void emit_VBITREV(struct work *w, const struct ir_insn *in, ir_ref self)
{
    static const struct nibbles reversed = {{0xe060a020c0408000, 0xf070b030d0509010},
                                            {0x0e060a020c040800, 0x0f070b030d050901}, POR};
    const uint64_t matrix = 0x8040201008040201;
    if (!has(w, HOST_GFNI)) {
        emit_nibbles(w, in, self, &reversed);
        return;
    }
    struct vec v = vec_start(w, in, self, 0, 0);
    vec_rrl_imm(w, GF2P8AFFINEQB | (has(w, HOST_AVX) ? X_W : 0), v.d, v.a, matrix, matrix, 0);
}
