/* Permutations of lanes. */
#include "backend/x86_64/vec.h"

static const uint32_t unpack_low[] = {PUNPCKLBW, PUNPCKLWD, PUNPCKLDQ, PUNPCKLQDQ};
static const uint32_t unpack_high[] = {PUNPCKHBW, PUNPCKHWD, PUNPCKHDQ, PUNPCKHQDQ};

void emit_VZIP1(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_vec(w, in, self, unpack_low[lane_log(in)]);
}

void emit_VZIP2(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_vec(w, in, self, unpack_high[lane_log(in)]);
}

/* ---- even and odd lanes ---------------------------------------------------------------------- */

/* The control of pshufb that gathers the even lanes (bytes or words), or the odd ones. */
static uint64_t gather(unsigned log, bool odd)
{
    return (log ? 0x0d0c090805040100 : 0x0e0c0a0806040200) + (odd ? splat(0, 1u << log) : 0);
}

/* Both operands are the same, or the second does not matter: only one is looked at. */
static void unzip_one(struct work *w, const struct ir_insn *in, ir_ref self, bool odd)
{
    unsigned log = lane_log(in), a = (unsigned)use_xmm(w, in->a, IR_V128);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_xmm(w, self, a, 0);
    vec_rrl(w, PSHUFB, d, a, gather(log, odd), gather(log, odd));
}

/* Bytes or words of each pair, moved to the lower place and packed. */
static void unzip_packed(struct work *w, const struct ir_insn *in, ir_ref self, bool odd)
{
    unsigned log = lane_log(in);
    uint64_t low = log ? splat(2, UINT16_MAX) : splat(1, UINT8_MAX);
    struct vec v = vec_start(w, in, self, 1, KEEP_B);
    if (odd) {
        vec_shift(w, log ? PSRLD_IMM : PSRLW_IMM, v.t[0], v.b, 8u << log);
        vec_shift(w, log ? PSRLD_IMM : PSRLW_IMM, v.d, v.a, 8u << log);
    } else {
        vec_rrl(w, PAND, v.t[0], v.b, low, low);
        vec_rrl(w, PAND, v.d, v.a, low, low);
    }
    vec_rrr(w, log ? PACKUSDW : PACKUSWB, v.d, v.d, v.t[0]);
}

static void emit_unzip(struct work *w, const struct ir_insn *in, ir_ref self, bool odd)
{
    enum { EVEN_LANES = 0x88, ODD_LANES = 0xdd };
    unsigned log = lane_log(in);
    if (log == 3) {
        emit_vec(w, in, self, (odd ? unpack_high : unpack_low)[log]);
    } else if (log == 2) {
        struct vec v = vec_start(w, in, self, 0, 0);
        vec_rrr_imm(w, SHUFPS, v.d, v.a, v.b, odd ? ODD_LANES : EVEN_LANES);
    } else if (resolve(w, in->a) == resolve(w, in->b)) {
        unzip_one(w, in, self, odd);
    } else {
        unzip_packed(w, in, self, odd);
    }
}

void emit_VUZP1(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_unzip(w, in, self, false);
}

void emit_VUZP2(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_unzip(w, in, self, true);
}

/* ---- transposition --------------------------------------------------------------------------- */

/* d := the even places of x and the odd places of y */
static void merge(struct work *w, unsigned log, unsigned d, unsigned x, unsigned y)
{
    enum { ODD_WORDS = 0xaa, ODD_PAIRS = 0xcc };
    vec_rrr_imm(w, PBLENDW, d, x, y, log == 1 ? ODD_WORDS : ODD_PAIRS);
}

void emit_VTRN1(struct work *w, const struct ir_insn *in, ir_ref self)
{
    static const uint32_t left[] = {PSLLW_IMM, PSLLD_IMM, PSLLQ_IMM};
    const uint64_t low = splat(1, UINT8_MAX);
    unsigned log = lane_log(in);
    if (log == 3) {
        emit_vec(w, in, self, PUNPCKLQDQ);
        return;
    }
    struct vec v = vec_start(w, in, self, 1, 0);
    vec_shift(w, left[log], v.t[0], v.b, 8u << log);
    if (log == 0) {
        vec_rrl(w, PAND, v.d, v.a, low, low);
        vec_rrr(w, POR, v.d, v.d, v.t[0]);
    } else {
        merge(w, log, v.d, v.a, v.t[0]);
    }
}

void emit_VTRN2(struct work *w, const struct ir_insn *in, ir_ref self)
{
    static const uint32_t right[] = {PSRLW_IMM, PSRLD_IMM, PSRLQ_IMM};
    const uint64_t high = ~splat(1, UINT8_MAX);
    unsigned log = lane_log(in);
    if (log == 3) {
        emit_vec(w, in, self, PUNPCKHQDQ);
        return;
    }
    struct vec v = vec_start(w, in, self, 1, log ? 0 : KEEP_B);
    vec_shift(w, right[log], v.t[0], v.a, 8u << log);
    if (log == 0) {
        vec_rrl(w, PAND, v.d, v.b, high, high);
        vec_rrr(w, POR, v.d, v.d, v.t[0]);
    } else if (has(w, HOST_AVX)) {
        merge(w, log, v.d, v.t[0], v.b);
    } else {
        merge(w, log, v.t[0], v.t[0], v.b);
        vec_copy(w, v.d, v.t[0]);
    }
}

/* ---- bytes ----------------------------------------------------------------------------------- */

void emit_VEXT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (has(w, HOST_AVX)) {
        struct vec v = vec_start(w, in, self, 0, 0);
        vec_rrr_imm(w, PALIGNR, v.d, v.b, v.a, in->aux);
    } else {
        struct vec v = vec_start(w, in, self, 1, 0);
        vec_rrr_imm(w, PALIGNR, v.t[0], v.b, v.a, in->aux);
        vec_copy(w, v.d, v.t[0]);
    }
}

/* Byte i of a result comes from here. */
static unsigned reversed_byte(unsigned i, unsigned lane, unsigned container)
{
    unsigned last = container / lane - 1, within = i % container;
    return i / container * container + (last - within / lane) * lane + within % lane;
}

void emit_VREV(struct work *w, const struct ir_insn *in, ir_ref self)
{
    uint64_t control[2] = {0};
    struct vec v = vec_start(w, in, self, 0, 0);
    if (lane_log(in) >= 2) { /* the host's order of words, two bits each */
        vec_rr_imm(w, PSHUFD, v.d, v.a, lane_log(in) == 3 ? 0x4e : in->aux == 8 ? 0xb1 : 0x1b);
        return;
    }
    for (unsigned i = 0; i < 16; i++)
        control[i / 8] |= (uint64_t)reversed_byte(i, 1u << lane_log(in), in->aux) << i % 8 * 8;
    vec_rrl(w, PSHUFB, v.d, v.a, control[0], control[1]);
}

/* Numbers that are known, made into the host's. */
static void shuffle_constant(struct work *w, const struct ir_insn *in, ir_ref self,
                             uint64_t control[2])
{
    uint8_t bytes[16];
    memcpy(bytes, control, sizeof bytes);
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = bytes[i] > 15 ? 0x80 : bytes[i];
    memcpy(control, bytes, sizeof bytes);
    unsigned a = (unsigned)use_xmm(w, in->a, IR_V128);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_xmm(w, self, a, 0);
    vec_rrl(w, PSHUFB, d, a, control[0], control[1]);
}

/* The host looks at the low four bits and at the highest: that one is set in numbers from 16 on. */
void emit_VTBL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    const uint64_t bias = splat(0, 0x70);
    uint64_t control[2];
    if (vector_constant(w, in->b, control)) {
        shuffle_constant(w, in, self, control);
        return;
    }
    struct vec v = vec_start(w, in, self, 1, 0);
    vec_rrl(w, PADDUSB, v.t[0], v.b, bias, bias);
    vec_rrr(w, PSHUFB, v.d, v.a, v.t[0]);
}
