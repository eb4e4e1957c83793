/* Shifts of lanes, by constants and by other lanes. */
#include "backend/x86_64/vec.h"

/* ---- by constants ---------------------------------------------------------------------------- */

/*
 * The matrix of gf2p8affineqb that shifts: bit i of a result is the parity of the source masked
 * with byte 7 - i of the matrix.
 */
static uint64_t shift_matrix(unsigned op, unsigned n)
{
    uint64_t matrix = 0;
    for (unsigned i = 0; i < 8; i++) {
        unsigned from = op == IR_VSHL ? i - n : i + n;
        if (op == IR_VSAR && from > 7)
            from = 7;
        if (from < 8)
            matrix |= (uint64_t)1 << from << (7 - i) * 8;
    }
    return matrix;
}

void vec_shift_bytes(struct work *w, unsigned op, unsigned d, unsigned a, unsigned n)
{
    if (has(w, HOST_GFNI)) {
        uint64_t matrix = shift_matrix(op, n);
        vec_rrl_imm(w, GF2P8AFFINEQB | (has(w, HOST_AVX) ? X_W : 0), d, a, matrix, matrix, 0);
        return;
    }
    uint64_t mask = splat(0, op == IR_VSHL ? 0xff << n & 0xff : 0xff >> n);
    vec_shift(w, op == IR_VSHL ? PSLLW_IMM : PSRLW_IMM, d, a, n);
    vec_rrl(w, PAND, d, d, mask, mask);
    if (op == IR_VSAR) {
        uint64_t sign = splat(0, 0x80 >> n);
        vec_rrl(w, PXOR, d, d, sign, sign);
        vec_rrl(w, PSUBB, d, d, sign, sign);
    }
}

/* Where the host has no such shift: the sign, shifted logically, extended by flip and subtract. */
static void shift_quads_signed(struct work *w, unsigned d, unsigned a, unsigned n)
{
    uint64_t sign = (uint64_t)1 << (63 - n);
    vec_shift(w, PSRLQ_IMM, d, a, n);
    vec_rrl(w, PXOR, d, d, sign, sign);
    vec_rrl(w, PSUBQ, d, d, sign, sign);
}

static void emit_shift(struct work *w, const struct ir_insn *in, ir_ref self,
                       const uint32_t forms[4])
{
    unsigned log = lane_log(in), n = in->aux, width = 8u << log;
    if (in->op != IR_VSAR && n >= width) {
        consume(w, in->a);
        vec_zero(w, (unsigned)define_xmm(w, self, NO_REG, 0));
        return;
    }
    if (n >= width)
        n = width - 1;
    if (is_zero_above(w, in->a, IR_V128))
        set_zero_above(w, self);
    struct vec v = vec_start(w, in, self, 0, 0);
    if (n == 0)
        vec_copy(w, v.d, v.a);
    else if (log == 0)
        vec_shift_bytes(w, in->op, v.d, v.a, n);
    else if (log == 3 && in->op == IR_VSAR && !has(w, HOST_AVX512))
        shift_quads_signed(w, v.d, v.a, n);
    else
        vec_shift(w, forms[log], v.d, v.a, n);
}

void emit_VSHL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_shift(w, in, self, (const uint32_t[]){0, PSLLW_IMM, PSLLD_IMM, PSLLQ_IMM});
}

void emit_VSHR(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_shift(w, in, self, (const uint32_t[]){0, PSRLW_IMM, PSRLD_IMM, PSRLQ_IMM});
}

void emit_VSAR(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_shift(w, in, self, (const uint32_t[]){0, PSRAW_IMM, PSRAD_IMM, PSRAQ_IMM_E});
}

/* ---- by lanes -------------------------------------------------------------------------------- */

/*
 * Lanes of half the width of those that the host can shift by `op`: the lower lane of each pair,
 * then the upper one. What a left shift carries from the lower into the upper lane, and a right
 * shift the other way, is cut off before or after.
 */
static void shift_pairs(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op)
{
    enum { D_AND_B_OR_A = 0xec };
    unsigned log = lane_log(in), width = 8u << log;
    uint64_t low = splat(log + 1, ((uint64_t)1 << width) - 1);
    uint32_t right = log ? PSRLD_IMM : PSRLW_IMM, left = log ? PSLLD_IMM : PSLLW_IMM;
    struct vec v = vec_start(w, in, self, 2, KEEP_A | KEEP_B);
    unsigned t = v.t[0], count = v.t[1];
    vec_rrl(w, PAND, count, v.b, low, low);
    if (in->op == IR_VSARV) {
        vec_shift(w, left, t, v.a, width);
        vec_rrr(w, op, t, t, count);
        vec_shift(w, right, t, t, width);
    } else if (in->op == IR_VSHRV) {
        vec_rrl(w, PAND, t, v.a, low, low);
        vec_rrr(w, op, t, t, count);
    } else {
        vec_rrr(w, op, t, v.a, count);
        vec_rrl(w, PAND, t, t, low, low);
    }
    vec_shift(w, right, count, v.b, width);
    if (in->op == IR_VSHLV) {
        vec_rrl(w, PAND, v.d, v.a, ~low, ~low);
        vec_rrr(w, op, v.d, v.d, count);
        vec_rrr(w, POR, v.d, v.d, t);
        return;
    }
    vec_rrr(w, op, v.d, v.a, count);
    if (has(w, HOST_AVX512)) {
        vec_rrl_imm(w, PTERNLOG_E, v.d, t, ~low, ~low, D_AND_B_OR_A);
    } else {
        vec_rrl(w, PAND, v.d, v.d, ~low, ~low);
        vec_rrr(w, POR, v.d, v.d, t);
    }
}

static void emit_shift_lanes(struct work *w, const struct ir_insn *in, ir_ref self,
                             const uint32_t ops[4])
{
    unsigned log = lane_log(in);
    bool all = has(w, HOST_AVX512);
    if (log >= 2 ? has(w, HOST_AVX2) && (all || !(ops[log] & X_EVEX)) : log == 1 && all)
        emit_vec(w, in, self, ops[log]);
    else if (log == 0 ? all : log == 1 && has(w, HOST_AVX2))
        shift_pairs(w, in, self, ops[log + 1]);
    else
        emit_exact(w, in, self);
}

void emit_VSHLV(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_shift_lanes(w, in, self, (const uint32_t[]){0, PSLLVW_E, PSLLVD, PSLLVQ});
}

void emit_VSHRV(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_shift_lanes(w, in, self, (const uint32_t[]){0, PSRLVW_E, PSRLVD, PSRLVQ});
}

void emit_VSARV(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_shift_lanes(w, in, self, (const uint32_t[]){0, PSRAVW_E, PSRAVD, PSRAVQ_E});
}
