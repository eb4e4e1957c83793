/*
 * The meaning of the vector ops: the dispatch, moves, integer lanes, widths, permutations.
 *
 * Lanes are computed one by one as 64-bit numbers, or as 128-bit ones where a result may need a bit
 * more than its lane; op.def says what each op is. This is the definition, written to be read; a
 * backend does in line whatever a program meets often.
 */
#include "ir/vector.h"

#include "ir/eval.h"

typedef __int128 i128;

static unsigned lane_size(const struct ir_insn *insn)
{
    return ir_type_size((enum ir_type)insn->sub);
}

/* ---- bits --------------------------------------------------------------------------------- */

static uint64_t bits_op(unsigned op, uint64_t a, uint64_t b, uint64_t c)
{
    switch (op) {
    case IR_VAND: return a & b;
    case IR_VOR: return a | b;
    case IR_VXOR: return a ^ b;
    case IR_VANDN: return a & ~b;
    case IR_VNOT: return ~a;
    default: return (a & b) | (~a & c); /* vbsl */
    }
}

/* ---- lane by lane ------------------------------------------------------------------------- */

static uint64_t clamp(i128 x, i128 low, i128 high)
{
    return (uint64_t)(x < low ? low : x > high ? high : x);
}

/* The nearest number that `bits` can hold. */
static uint64_t saturate_signed(i128 x, unsigned bits)
{
    i128 half = (i128)1 << (bits - 1);
    return clamp(x, -half, half - 1);
}

static uint64_t saturate_unsigned(i128 x, unsigned bits)
{
    return clamp(x, 0, ((i128)1 << bits) - 1);
}

/* Shift by any count: from the width on all bits have left. */
static uint64_t shift(unsigned op, unsigned bits, uint64_t x, uint64_t count)
{
    bool all = count >= bits;
    switch (op) {
    case IR_VSHL: return all ? 0 : x << count;
    case IR_VSHR: return all ? 0 : x >> count;
    default: return (uint64_t)(eval_sext(x, bits) >> (all ? bits - 1 : count));
    }
}

/* One lane of a result from one lane of each operand, zero-extended; upper bits do not count. */
static uint64_t lane_op(const struct ir_insn *insn, unsigned bits, uint64_t x, uint64_t y)
{
    i128 ux = x, uy = y, sx = eval_sext(x, bits), sy = eval_sext(y, bits);
    switch ((enum ir_op)insn->op) {
    case IR_VADD: return x + y;
    case IR_VSUB: return x - y;
    case IR_VMUL: return x * y;
    case IR_VABS: return sx < 0 ? -x : x;
    case IR_VMINS: return sx < sy ? x : y;
    case IR_VMINU: return x < y ? x : y;
    case IR_VMAXS: return sx > sy ? x : y;
    case IR_VMAXU: return x > y ? x : y;
    case IR_VCMP: return eval_cc(insn->d, insn->sub, x, y) ? UINT64_MAX : 0;
    case IR_VQADDS: return saturate_signed(sx + sy, bits);
    case IR_VQADDU: return saturate_unsigned(ux + uy, bits);
    case IR_VQSUBS: return saturate_signed(sx - sy, bits);
    case IR_VQSUBU: return saturate_unsigned(ux - uy, bits);
    case IR_VHADDS: return (uint64_t)((sx + sy) >> 1);
    case IR_VHADDU: return (uint64_t)((ux + uy) >> 1);
    case IR_VRHADDS: return (uint64_t)((sx + sy + 1) >> 1);
    case IR_VRHADDU: return (uint64_t)((ux + uy + 1) >> 1);
    case IR_VHSUBS: return (uint64_t)((sx - sy) >> 1);
    case IR_VHSUBU: return (uint64_t)((ux - uy) >> 1);
    case IR_VCLZ: return x ? (unsigned)__builtin_clzll(x) - (64 - bits) : bits;
    case IR_VPOPCNT: return (unsigned)__builtin_popcountll(x);
    case IR_VBITREV: return eval_bitrev(x) >> (64 - bits);
    case IR_VSHL: case IR_VSHR: case IR_VSAR: return shift(insn->op, bits, x, insn->aux);
    case IR_VSHLV: return shift(IR_VSHL, bits, x, y);
    case IR_VSHRV: return shift(IR_VSHR, bits, x, y);
    case IR_VSARV: return shift(IR_VSAR, bits, x, y);
    case IR_VMULHS: return (uint64_t)(sx * sy >> bits);
    case IR_VMULHU: return (uint64_t)(ux * uy >> bits);
    case IR_VQDMULH: return saturate_signed(2 * sx * sy >> bits, bits);
    case IR_VQRDMULH: return saturate_signed((2 * sx * sy + ((i128)1 << (bits - 1))) >> bits, bits);
    default: return (uint64_t)eval_clmul(x, y); /* vpmul */
    }
}

static union ir_v128 lanes(const struct ir_insn *insn, const union ir_v128 *a,
                           const union ir_v128 *b)
{
    unsigned size = lane_size(insn);
    union ir_v128 r = {.d = {0, 0}};
    for (unsigned i = 0; i < 16 / size; i++)
        vector_set_lane(&r, size, i,
                        lane_op(insn, 8 * size, vector_lane(a, size, i), vector_lane(b, size, i)));
    return r;
}

/* ---- widths ------------------------------------------------------------------------------- */

/* Lanes of twice the width from a half of the source lanes: extended, or multiplied. */
static union ir_v128 widen(const struct ir_insn *insn, const union ir_v128 *a,
                           const union ir_v128 *b)
{
    unsigned size = lane_size(insn), bits = 8 * size, n = 8 / size, first = insn->aux ? n : 0;
    union ir_v128 r = {.d = {0, 0}};
    for (unsigned i = 0; i < n; i++) {
        uint64_t x = vector_lane(a, size, first + i), y = vector_lane(b, size, first + i);
        switch (insn->op) {
        case IR_VWIDENS: x = (uint64_t)eval_sext(x, bits); break;
        case IR_VWIDENU: break;
        case IR_VMULLS: x = (uint64_t)(eval_sext(x, bits) * eval_sext(y, bits)); break;
        case IR_VMULLU: x *= y; break;
        default: { /* vpmull; of I64 the one product fills the vector */
            eval_u128 product = eval_clmul(x, y);
            if (size == 8)
                return (union ir_v128){.d = {(uint64_t)product, (uint64_t)(product >> 64)}};
            x = (uint64_t)product;
            break;
        }
        }
        vector_set_lane(&r, 2 * size, i, x);
    }
    return r;
}

static uint64_t narrow_lane(unsigned op, unsigned bits, uint64_t x)
{
    switch (op) {
    case IR_VNARROWS: return saturate_signed(eval_sext(x, bits), bits / 2);
    case IR_VNARROWSU: return saturate_unsigned(eval_sext(x, bits), bits / 2);
    case IR_VNARROWU: return saturate_unsigned(x, bits / 2);
    default: return x;
    }
}

static union ir_v128 narrow(const struct ir_insn *insn, const union ir_v128 *a,
                            const union ir_v128 *b)
{
    unsigned size = lane_size(insn), n = 16 / size;
    union ir_v128 r = {.d = {0, 0}};
    for (unsigned i = 0; i < 2 * n; i++)
        vector_set_lane(&r, size / 2, i,
                        narrow_lane(insn->op, 8 * size, vector_lane(i < n ? a : b, size, i % n)));
    return r;
}

/* ---- sums --------------------------------------------------------------------------------- */

static union ir_v128 add_neighbours(const struct ir_insn *insn, const union ir_v128 *a)
{
    unsigned size = lane_size(insn), bits = 8 * size;
    union ir_v128 r = {.d = {0, 0}};
    for (unsigned i = 0; i < 8 / size; i++) {
        uint64_t x = vector_lane(a, size, 2 * i), y = vector_lane(a, size, 2 * i + 1);
        if (insn->op == IR_VPADDLS)
            x = (uint64_t)eval_sext(x, bits), y = (uint64_t)eval_sext(y, bits);
        vector_set_lane(&r, 2 * size, i, x + y);
    }
    return r;
}

static union ir_v128 add_across(const struct ir_insn *insn, const union ir_v128 *a)
{
    unsigned size = lane_size(insn);
    union ir_v128 r = {.d = {0, 0}};
    uint64_t sum = 0;
    for (unsigned i = 0; i < 16 / size; i++)
        sum += vector_lane(a, size, i);
    vector_set_lane(&r, size, 0, sum);
    return r;
}

static union ir_v128 sum_bytes(const union ir_v128 *a)
{
    union ir_v128 r = {.d = {0, 0}};
    for (unsigned i = 0; i < 16; i++)
        r.d[i / 8] += a->b[i];
    return r;
}

/* Four products of bytes onto each lane of c. */
static union ir_v128 dot(const struct ir_insn *insn, const union ir_v128 *a,
                         const union ir_v128 *b, const union ir_v128 *c)
{
    union ir_v128 r = *c;
    for (unsigned i = 0; i < 16; i++) {
        int x = insn->op == IR_VDOTS ? a->sb[i] : a->b[i];
        int y = insn->op == IR_VDOTU ? b->b[i] : b->sb[i];
        r.s[i / 4] += (uint32_t)(x * y);
    }
    return r;
}

/* ---- permutations ------------------------------------------------------------------------- */

/* Which of the 2n lanes of a and, behind it, b becomes lane i of the result. */
static unsigned source_lane(const struct ir_insn *insn, unsigned n, unsigned i)
{
    switch (insn->op) {
    case IR_VZIP1: return i / 2 + (i % 2 ? n : 0);
    case IR_VZIP2: return i / 2 + (i % 2 ? n : 0) + n / 2;
    case IR_VUZP1: return 2 * i;
    case IR_VUZP2: return 2 * i + 1;
    case IR_VTRN1: return i % 2 ? n + i - 1 : i;
    case IR_VTRN2: return i % 2 ? n + i : i + 1;
    case IR_VREV: return i ^ (insn->aux * n / 16 - 1); /* a power of two, so this mirrors */
    case IR_VEXT: return i + insn->aux;
    case IR_VCOPY: return i == (insn->aux & 255) ? n + (insn->aux >> 8) : i;
    default: return insn->aux; /* vdupl */
    }
}

static union ir_v128 permute(const struct ir_insn *insn, const union ir_v128 *a,
                             const union ir_v128 *b)
{
    unsigned size = insn->op == IR_VEXT ? 1 : lane_size(insn), n = 16 / size;
    union ir_v128 r = {.d = {0, 0}};
    for (unsigned i = 0; i < n; i++) {
        unsigned from = source_lane(insn, n, i);
        vector_set_lane(&r, size, i, vector_lane(from < n ? a : b, size, from % n));
    }
    return r;
}

static union ir_v128 look_up(const union ir_v128 *table, const union ir_v128 *index)
{
    union ir_v128 r = {.d = {0, 0}};
    for (unsigned i = 0; i < 16; i++)
        r.b[i] = index->b[i] < 16 ? table->b[index->b[i]] : 0;
    return r;
}

/* ---- moves -------------------------------------------------------------------------------- */

static union ir_v128 move(const struct ir_insn *insn, const union ir_v128 *a,
                          const union ir_v128 *b)
{
    unsigned size = lane_size(insn);
    union ir_v128 r = {.d = {0, 0}};
    switch (insn->op) {
    case IR_VPAIR: r.d[0] = a->d[0], r.d[1] = b->d[0]; break;
    case IR_VZEXT: r.d[0] = a->d[0] & eval_mask(8 * size); break;
    case IR_VLANE: r.d[0] = vector_lane(a, size, insn->aux); break;
    case IR_VINS:
        r = *a;
        vector_set_lane(&r, size, insn->aux, b->d[0]);
        break;
    default: /* vdup */
        for (unsigned i = 0; i < 16 / size; i++)
            vector_set_lane(&r, size, i, a->d[0]);
    }
    return r;
}

/* ---- all of them -------------------------------------------------------------------------- */

void ir_eval_vector(const struct ir_insn *insn, union ir_v128 *r, const union ir_v128 *a,
                    const union ir_v128 *b, const union ir_v128 *c)
{
    switch ((enum ir_op)insn->op) {
    case IR_VPAIR: case IR_VZEXT: case IR_VLANE: case IR_VINS: case IR_VDUP:
        *r = move(insn, a, b);
        break;
    case IR_VAND: case IR_VOR: case IR_VXOR: case IR_VANDN: case IR_VNOT: case IR_VBSL:
        *r = (union ir_v128){.d = {bits_op(insn->op, a->d[0], b->d[0], c->d[0]),
                                   bits_op(insn->op, a->d[1], b->d[1], c->d[1])}};
        break;
    case IR_VWIDENS: case IR_VWIDENU: case IR_VMULLS: case IR_VMULLU: case IR_VPMULL:
        *r = widen(insn, a, b);
        break;
    case IR_VNARROW: case IR_VNARROWS: case IR_VNARROWSU: case IR_VNARROWU:
        *r = narrow(insn, a, b);
        break;
    case IR_VDOTS: case IR_VDOTU: case IR_VDOTUS: *r = dot(insn, a, b, c); break;
    case IR_VADDV: *r = add_across(insn, a); break;
    case IR_VPADDLS: case IR_VPADDLU: *r = add_neighbours(insn, a); break;
    case IR_VSUMB: *r = sum_bytes(a); break;
    case IR_VZIP1: case IR_VZIP2: case IR_VUZP1: case IR_VUZP2: case IR_VTRN1: case IR_VTRN2:
    case IR_VREV: case IR_VEXT: case IR_VCOPY: case IR_VDUPL:
        *r = permute(insn, a, b);
        break;
    case IR_VTBL: *r = look_up(a, b); break;
    case IR_VAESENC: case IR_VAESENCL: case IR_VAESDEC: case IR_VAESDECL: case IR_VAESMC:
    case IR_VAESIMC:
        *r = vector_eval_aes(insn, a, b);
        break;
    case IR_VSHA1R: case IR_VSHA1E: case IR_VSHA1M2: case IR_VSHA256R: case IR_VSHA256M1:
    case IR_VSHA256M2:
        *r = vector_eval_sha(insn, a, b, c);
        break;
    default:
        *r = insn->op >= IR_VFADD ? vector_eval_fp(insn, a, b, c) : lanes(insn, a, b);
        break;
    }
}

static_assert(IR_VSHA256M2 + 1 == IR_VFADD && IR_VFNARROW < IR_CALLV, "FP ops come last");
