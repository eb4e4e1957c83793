/*
 * The vector ops against the host's SIMD instructions, which know nothing of ir/vector.c, and the
 * lanes of floating point against the scalar ops. What the host has no instruction for is worked out
 * by hand in cases/vector.ir.
 */
#include <criterion/criterion.h>
#include <immintrin.h>
#include <inttypes.h>
#include <string.h>

#include "ir/fp.h"
#include "ir/text.h"
#include "tests/ir/random_ir.h"

/* ---- integer lanes, permutations, ciphers --------------------------------------------------- */

typedef __m128i oracle(__m128i a, __m128i b);

#define HOST __attribute__((target("sse4.2,aes,pclmul")))
#define BINARY(name, insn)                                                                         \
    HOST static __m128i name(__m128i a, __m128i b)                                                 \
    {                                                                                              \
        return insn(a, b);                                                                         \
    }
#define UNARY(name, insn)                                                                          \
    HOST static __m128i name(__m128i a, __m128i b)                                                 \
    {                                                                                              \
        (void)b;                                                                                   \
        return insn(a);                                                                            \
    }
#define WITH(name, expression)                                                                     \
    HOST static __m128i name(__m128i a, __m128i b)                                                 \
    {                                                                                              \
        (void)b;                                                                                   \
        return expression;                                                                         \
    }

BINARY(add8, _mm_add_epi8)
BINARY(add16, _mm_add_epi16)
BINARY(add32, _mm_add_epi32)
BINARY(add64, _mm_add_epi64)
BINARY(sub8, _mm_sub_epi8)
BINARY(sub16, _mm_sub_epi16)
BINARY(sub32, _mm_sub_epi32)
BINARY(sub64, _mm_sub_epi64)
BINARY(mul16, _mm_mullo_epi16)
BINARY(mul32, _mm_mullo_epi32)
UNARY(abs8, _mm_abs_epi8)
UNARY(abs16, _mm_abs_epi16)
UNARY(abs32, _mm_abs_epi32)
BINARY(mins8, _mm_min_epi8)
BINARY(mins16, _mm_min_epi16)
BINARY(mins32, _mm_min_epi32)
BINARY(minu8, _mm_min_epu8)
BINARY(minu16, _mm_min_epu16)
BINARY(minu32, _mm_min_epu32)
BINARY(maxs8, _mm_max_epi8)
BINARY(maxs16, _mm_max_epi16)
BINARY(maxs32, _mm_max_epi32)
BINARY(maxu8, _mm_max_epu8)
BINARY(maxu16, _mm_max_epu16)
BINARY(maxu32, _mm_max_epu32)
BINARY(eq8, _mm_cmpeq_epi8)
BINARY(eq16, _mm_cmpeq_epi16)
BINARY(eq32, _mm_cmpeq_epi32)
BINARY(eq64, _mm_cmpeq_epi64)
BINARY(gts8, _mm_cmpgt_epi8)
BINARY(gts16, _mm_cmpgt_epi16)
BINARY(gts32, _mm_cmpgt_epi32)
BINARY(gts64, _mm_cmpgt_epi64)
WITH(ltu64, _mm_cmpgt_epi64(_mm_xor_si128(b, _mm_set1_epi64x(INT64_MIN)),
                            _mm_xor_si128(a, _mm_set1_epi64x(INT64_MIN))))
WITH(geu8, _mm_cmpeq_epi8(_mm_max_epu8(a, b), a))
WITH(leu32, _mm_cmpeq_epi32(_mm_min_epu32(a, b), a))
WITH(les16, _mm_cmpeq_epi16(_mm_min_epi16(a, b), a))
WITH(ne32, _mm_xor_si128(_mm_cmpeq_epi32(a, b), _mm_set1_epi8(-1)))
BINARY(qadds8, _mm_adds_epi8)
BINARY(qadds16, _mm_adds_epi16)
BINARY(qaddu8, _mm_adds_epu8)
BINARY(qaddu16, _mm_adds_epu16)
BINARY(qsubs8, _mm_subs_epi8)
BINARY(qsubs16, _mm_subs_epi16)
BINARY(qsubu8, _mm_subs_epu8)
BINARY(qsubu16, _mm_subs_epu16)
BINARY(rhaddu8, _mm_avg_epu8)
BINARY(rhaddu16, _mm_avg_epu16)
WITH(shl16, _mm_slli_epi16(a, 5))
WITH(shl64, _mm_slli_epi64(a, 63))
WITH(shr32, _mm_srli_epi32(a, 32))
WITH(shr16, _mm_srli_epi16(a, 7))
WITH(sar16, _mm_srai_epi16(a, 16))
WITH(sar32, _mm_srai_epi32(a, 9))
WITH(widens8, _mm_cvtepi8_epi16(a))
WITH(widens16, _mm_cvtepi16_epi32(_mm_srli_si128(a, 8)))
WITH(widens32, _mm_cvtepi32_epi64(a))
WITH(widenu8, _mm_cvtepu8_epi16(_mm_srli_si128(a, 8)))
WITH(widenu16, _mm_cvtepu16_epi32(a))
WITH(widenu32, _mm_cvtepu32_epi64(_mm_srli_si128(a, 8)))
BINARY(narrows16, _mm_packs_epi16)
BINARY(narrows32, _mm_packs_epi32)
BINARY(narrowsu16, _mm_packus_epi16)
BINARY(narrowsu32, _mm_packus_epi32)
WITH(narrow16, _mm_packus_epi16(_mm_and_si128(a, _mm_set1_epi16(255)),
                                _mm_and_si128(b, _mm_set1_epi16(255))))
WITH(mulls32, _mm_mul_epi32(_mm_cvtepu32_epi64(a), _mm_cvtepu32_epi64(b)))
WITH(mullu32, _mm_mul_epu32(_mm_unpackhi_epi32(a, a), _mm_unpackhi_epi32(b, b)))
WITH(mulls16, _mm_madd_epi16(_mm_cvtepu16_epi32(a), _mm_cvtepu16_epi32(b)))
WITH(pmull_low, _mm_clmulepi64_si128(a, b, 0x00))
WITH(pmull_high, _mm_clmulepi64_si128(a, b, 0x11))
BINARY(mulhs16, _mm_mulhi_epi16)
BINARY(mulhu16, _mm_mulhi_epu16)
BINARY(zip1_8, _mm_unpacklo_epi8)
BINARY(zip1_16, _mm_unpacklo_epi16)
BINARY(zip1_32, _mm_unpacklo_epi32)
BINARY(zip1_64, _mm_unpacklo_epi64)
BINARY(zip2_8, _mm_unpackhi_epi8)
BINARY(zip2_16, _mm_unpackhi_epi16)
BINARY(zip2_32, _mm_unpackhi_epi32)
BINARY(zip2_64, _mm_unpackhi_epi64)
#define SHUFFLE32(x, y, k)                                                                         \
    _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(x), _mm_castsi128_ps(y), k))
WITH(uzp1_32, SHUFFLE32(a, b, 0x88))
WITH(uzp2_32, SHUFFLE32(a, b, 0xdd))
WITH(trn1_16, _mm_blend_epi16(a, _mm_slli_epi32(b, 16), 0xaa))
WITH(trn2_16, _mm_blend_epi16(_mm_srli_epi32(a, 16), b, 0xaa))
WITH(ext5, _mm_alignr_epi8(b, a, 5))
WITH(ext15, _mm_alignr_epi8(b, a, 15))
WITH(rev16_8, _mm_or_si128(_mm_slli_epi16(a, 8), _mm_srli_epi16(a, 8)))
WITH(rev64_32, _mm_shuffle_epi32(a, 0xb1))
WITH(rev16_16, _mm_shuffle_epi8(a, _mm_set_epi8(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15,
                                                14)))
WITH(tbl, _mm_shuffle_epi8(a, _mm_adds_epu8(b, _mm_set1_epi8(0x70))))
WITH(dupl16, _mm_shuffle_epi8(a, _mm_set1_epi16(0x0706)))
WITH(copy32, _mm_insert_epi32(a, _mm_extract_epi32(b, 3), 1))
WITH(paddls8, _mm_maddubs_epi16(_mm_set1_epi8(1), a))
WITH(sumb, _mm_sad_epu8(a, _mm_setzero_si128()))
WITH(paddlu8, _mm_maddubs_epi16(a, _mm_set1_epi8(1)))
WITH(paddls16, _mm_madd_epi16(a, _mm_set1_epi16(1)))
BINARY(aesenc, _mm_aesenc_si128)
BINARY(aesencl, _mm_aesenclast_si128)
BINARY(aesdec, _mm_aesdec_si128)
BINARY(aesdecl, _mm_aesdeclast_si128)
UNARY(aesimc, _mm_aesimc_si128)
WITH(aesmc, _mm_aesenc_si128(_mm_aesdeclast_si128(a, _mm_setzero_si128()), _mm_setzero_si128()))
WITH(vandn, _mm_andnot_si128(b, a))
WITH(vnot, _mm_xor_si128(a, _mm_set1_epi8(-1)))

static const struct row {
    unsigned op, lane, aux, d;
    oracle *host;
} rows[] = {
    {IR_VADD, IR_I8, 0, 0, add8}, {IR_VADD, IR_I16, 0, 0, add16}, {IR_VADD, IR_I32, 0, 0, add32},
    {IR_VADD, IR_I64, 0, 0, add64}, {IR_VSUB, IR_I8, 0, 0, sub8}, {IR_VSUB, IR_I16, 0, 0, sub16},
    {IR_VSUB, IR_I32, 0, 0, sub32}, {IR_VSUB, IR_I64, 0, 0, sub64}, {IR_VMUL, IR_I16, 0, 0, mul16},
    {IR_VMUL, IR_I32, 0, 0, mul32}, {IR_VABS, IR_I8, 0, 0, abs8}, {IR_VABS, IR_I16, 0, 0, abs16},
    {IR_VABS, IR_I32, 0, 0, abs32}, {IR_VMINS, IR_I8, 0, 0, mins8}, {IR_VMINS, IR_I16, 0, 0, mins16},
    {IR_VMINS, IR_I32, 0, 0, mins32}, {IR_VMINU, IR_I8, 0, 0, minu8},
    {IR_VMINU, IR_I16, 0, 0, minu16}, {IR_VMINU, IR_I32, 0, 0, minu32},
    {IR_VMAXS, IR_I8, 0, 0, maxs8}, {IR_VMAXS, IR_I16, 0, 0, maxs16},
    {IR_VMAXS, IR_I32, 0, 0, maxs32}, {IR_VMAXU, IR_I8, 0, 0, maxu8},
    {IR_VMAXU, IR_I16, 0, 0, maxu16}, {IR_VMAXU, IR_I32, 0, 0, maxu32},
    {IR_VCMP, IR_I8, 0, IR_EQ, eq8}, {IR_VCMP, IR_I16, 0, IR_EQ, eq16},
    {IR_VCMP, IR_I32, 0, IR_EQ, eq32}, {IR_VCMP, IR_I64, 0, IR_EQ, eq64},
    {IR_VCMP, IR_I8, 0, IR_GTS, gts8}, {IR_VCMP, IR_I16, 0, IR_GTS, gts16},
    {IR_VCMP, IR_I32, 0, IR_GTS, gts32}, {IR_VCMP, IR_I64, 0, IR_GTS, gts64},
    {IR_VCMP, IR_I64, 0, IR_LTU, ltu64}, {IR_VCMP, IR_I8, 0, IR_GEU, geu8},
    {IR_VCMP, IR_I32, 0, IR_LEU, leu32}, {IR_VCMP, IR_I16, 0, IR_LES, les16},
    {IR_VCMP, IR_I32, 0, IR_NE, ne32}, {IR_VQADDS, IR_I8, 0, 0, qadds8},
    {IR_VQADDS, IR_I16, 0, 0, qadds16}, {IR_VQADDU, IR_I8, 0, 0, qaddu8},
    {IR_VQADDU, IR_I16, 0, 0, qaddu16}, {IR_VQSUBS, IR_I8, 0, 0, qsubs8},
    {IR_VQSUBS, IR_I16, 0, 0, qsubs16}, {IR_VQSUBU, IR_I8, 0, 0, qsubu8},
    {IR_VQSUBU, IR_I16, 0, 0, qsubu16}, {IR_VRHADDU, IR_I8, 0, 0, rhaddu8},
    {IR_VRHADDU, IR_I16, 0, 0, rhaddu16}, {IR_VSHL, IR_I16, 5, 0, shl16},
    {IR_VSHL, IR_I64, 63, 0, shl64}, {IR_VSHR, IR_I32, 32, 0, shr32}, {IR_VSHR, IR_I16, 7, 0, shr16},
    {IR_VSAR, IR_I16, 16, 0, sar16}, {IR_VSAR, IR_I32, 9, 0, sar32},
    {IR_VWIDENS, IR_I8, 0, 0, widens8}, {IR_VWIDENS, IR_I16, 1, 0, widens16},
    {IR_VWIDENS, IR_I32, 0, 0, widens32}, {IR_VWIDENU, IR_I8, 1, 0, widenu8},
    {IR_VWIDENU, IR_I16, 0, 0, widenu16}, {IR_VWIDENU, IR_I32, 1, 0, widenu32},
    {IR_VNARROWS, IR_I16, 0, 0, narrows16}, {IR_VNARROWS, IR_I32, 0, 0, narrows32},
    {IR_VNARROWSU, IR_I16, 0, 0, narrowsu16}, {IR_VNARROWSU, IR_I32, 0, 0, narrowsu32},
    {IR_VNARROW, IR_I16, 0, 0, narrow16}, {IR_VMULLS, IR_I32, 0, 0, mulls32},
    {IR_VMULLU, IR_I32, 1, 0, mullu32}, {IR_VMULLS, IR_I16, 0, 0, mulls16},
    {IR_VMULHS, IR_I16, 0, 0, mulhs16}, {IR_VMULHU, IR_I16, 0, 0, mulhu16},
    {IR_VPMULL, IR_I64, 0, 0, pmull_low}, {IR_VPMULL, IR_I64, 1, 0, pmull_high},
    {IR_VZIP1, IR_I8, 0, 0, zip1_8}, {IR_VZIP1, IR_I16, 0, 0, zip1_16},
    {IR_VZIP1, IR_I32, 0, 0, zip1_32}, {IR_VZIP1, IR_I64, 0, 0, zip1_64},
    {IR_VZIP2, IR_I8, 0, 0, zip2_8}, {IR_VZIP2, IR_I16, 0, 0, zip2_16},
    {IR_VZIP2, IR_I32, 0, 0, zip2_32}, {IR_VZIP2, IR_I64, 0, 0, zip2_64},
    {IR_VUZP1, IR_I64, 0, 0, zip1_64}, {IR_VTRN2, IR_I64, 0, 0, zip2_64},
    {IR_VUZP1, IR_I32, 0, 0, uzp1_32}, {IR_VUZP2, IR_I32, 0, 0, uzp2_32},
    {IR_VUZP1, IR_I8, 0, 0, narrow16}, {IR_VTRN1, IR_I16, 0, 0, trn1_16},
    {IR_VTRN2, IR_I16, 0, 0, trn2_16}, {IR_VEXT, 0, 5, 0, ext5}, {IR_VEXT, 0, 15, 0, ext15},
    {IR_VREV, IR_I8, 2, 0, rev16_8}, {IR_VREV, IR_I32, 8, 0, rev64_32},
    {IR_VREV, IR_I16, 16, 0, rev16_16}, {IR_VTBL, 0, 0, 0, tbl}, {IR_VDUPL, IR_I16, 3, 0, dupl16},
    {IR_VCOPY, IR_I32, 1 | 3 << 8, 0, copy32}, {IR_VPADDLS, IR_I8, 0, 0, paddls8},
    {IR_VSUMB, IR_I8, 0, 0, sumb},
    {IR_VPADDLU, IR_I8, 0, 0, paddlu8}, {IR_VPADDLS, IR_I16, 0, 0, paddls16},
    {IR_VAESENC, 0, 0, 0, aesenc}, {IR_VAESENCL, 0, 0, 0, aesencl}, {IR_VAESDEC, 0, 0, 0, aesdec},
    {IR_VAESDECL, 0, 0, 0, aesdecl}, {IR_VAESMC, 0, 0, 0, aesmc}, {IR_VAESIMC, 0, 0, 0, aesimc},
    {IR_VANDN, 0, 0, 0, vandn}, {IR_VNOT, 0, 0, 0, vnot},
};

static __m128i to_host(const union ir_v128 *v)
{
    return _mm_loadu_si128((const __m128i *)v);
}

static union ir_v128 from_host(__m128i x)
{
    union ir_v128 v;
    _mm_storeu_si128((__m128i *)&v, x);
    return v;
}

static union ir_v128 random_vector(struct random *r)
{
    union ir_v128 v;
    unsigned size = 1u << random_below(r, 4);
    for (unsigned i = 0; i < 16; i += size) {
        uint64_t x = random_integer(r);
        memcpy(v.b + i, &x, size);
    }
    return v;
}

static bool same(const union ir_v128 *x, const union ir_v128 *y)
{
    return x->d[0] == y->d[0] && x->d[1] == y->d[1];
}

/* The result may lie in an operand, as backends ask for. */
static void check_row(const struct row *row, struct random *r)
{
    struct ir_insn insn = {.op = (uint8_t)row->op, .type = IR_V128, .sub = (uint8_t)row->lane,
                           .d = (ir_ref)row->d, .aux = row->aux};
    union ir_v128 a = random_vector(r), b = random_vector(r);
    union ir_v128 c = {.d = {0}}, x = a, y = b;
    union ir_v128 wanted = from_host(row->host(to_host(&a), to_host(&b)));
    ir_eval_vector(&insn, &x, &x, &y, &c);
    cr_assert(same(&x, &wanted),
              "%s.%s %u: %016" PRIx64 "%016" PRIx64 " %016" PRIx64 "%016" PRIx64 ": %016" PRIx64
              "%016" PRIx64 ", not %016" PRIx64 "%016" PRIx64,
              ir_op_info[row->op].text, ir_type_name[row->lane], row->aux, a.d[1], a.d[0], b.d[1],
              b.d[0], x.d[1], x.d[0], wanted.d[1], wanted.d[0]);
    x = a;
    ir_eval_vector(&insn, &y, &x, &y, &c);
    cr_assert(same(&y, &wanted), "%s into b", ir_op_info[row->op].text);
}

Test(vector, as_the_host)
{
    __builtin_cpu_init();
    bool ciphers = __builtin_cpu_supports("aes"), products = __builtin_cpu_supports("pclmul");
    struct random r = {21};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((rows[i].op >= IR_VAESENC && !ciphers) || (rows[i].op == IR_VPMULL && !products))
            continue;
        for (unsigned n = 0; n < 300; n++)
            check_row(&rows[i], &r);
    }
}

/* ---- lanes of floating point ----------------------------------------------------------------- */

/* The scalar op of the name; F16 lanes go through the same routines as the scalar ops of F32. */
static const struct {
    unsigned op, scalar;
} pairs[] = {{IR_VFADD, IR_FADD}, {IR_VFSUB, IR_FSUB}, {IR_VFMUL, IR_FMUL}, {IR_VFDIV, IR_FDIV},
             {IR_VFSQRT, IR_FSQRT}, {IR_VFMA, IR_FMA}, {IR_VFMINM, IR_FMINM},
             {IR_VFMAXM, IR_FMAXM}, {IR_VFMINN, IR_FMINN}, {IR_VFMAXN, IR_FMAXN},
             {IR_VFRINT, IR_FRINT}, {IR_VFTOS, IR_FTOS}, {IR_VFTOU, IR_FTOU}, {IR_VSTOF, IR_STOF},
             {IR_VUTOF, IR_UTOF}, {IR_VFSETCC, IR_FSETCC}};

static uint64_t lane(const union ir_v128 *v, unsigned size, unsigned i)
{
    uint64_t x = 0;
    memcpy(&x, v->b + i * size, size);
    return x;
}

/* The scalar instruction that one lane of a vector op is. */
static struct ir_insn scalar_of(const struct ir_insn *insn, unsigned op)
{
    static const uint8_t integer[] = {[IR_F16] = IR_I16, [IR_F32] = IR_I32, [IR_F64] = IR_I64};
    struct ir_insn s = {.op = (uint8_t)op, .type = insn->sub, .d = insn->d, .aux = insn->aux >> 8};
    switch (op) {
    case IR_FMA: s.sub = (uint8_t)s.aux, s.aux = 0; break;
    case IR_FTOS: case IR_FTOU: case IR_FSETCC:
        s.type = integer[insn->sub];
        s.sub = insn->sub;
        break;
    case IR_STOF: case IR_UTOF: s.sub = integer[insn->sub]; break;
    default: break;
    }
    return s;
}

static union ir_v128 random_floats(struct random *r, unsigned type)
{
    union ir_v128 v;
    unsigned size = ir_type_size((enum ir_type)type);
    for (unsigned i = 0; i < 16; i += size) {
        uint64_t x = random_float(r, (enum ir_type)type);
        memcpy(v.b + i, &x, size);
    }
    return v;
}

static void check_lanes(unsigned p, struct random *r)
{
    unsigned type = IR_F16 + random_below(r, 3), size = ir_type_size((enum ir_type)type);
    unsigned all = 16 / size, n = random_below(r, all + 1), op = pairs[p].op, more = 0;
    if (op == IR_VFMA)
        more = random_below(r, 4);
    else if (op == IR_VFRINT)
        more = random_below(r, 2);
    else if (op >= IR_VFTOS && op <= IR_VUTOF)
        more = random_below(r, 8 * size + 1);
    struct ir_insn insn = {
        .op = (uint8_t)op, .type = IR_V128, .sub = (uint8_t)type, .aux = n | more << 8};
    insn.d = (ir_ref)random_below(r, op == IR_VFSETCC ? IR_FCC_COUNT : IR_ROUND_ODD);
    insn.d |= random_below(r, 3) ? 0 : IR_FP_FLUSH;
    union ir_v128 v[4] = {{.d = {0}}, random_floats(r, type), random_floats(r, type),
                          random_floats(r, type)};
    struct ir_insn one = scalar_of(&insn, pairs[p].scalar);
    uint32_t start = 0x1f80 | random_below(r, 4) << FP_MXCSR_ROUND_SHIFT, ours = fp_get_mxcsr();
    fp_set_mxcsr(start);
    ir_eval_vector(&insn, &v[0], &v[1], &v[2], &v[3]);
    uint32_t flags = fp_get_mxcsr();
    fp_set_mxcsr(start);
    for (unsigned i = 0; i < all; i++) {
        uint64_t wanted = 0;
        if (n == 0 || i < n)
            wanted = fp_eval(&one, lane(&v[1], size, i), lane(&v[2], size, i),
                             lane(&v[3], size, i));
        if (op == IR_VFSETCC && wanted)
            wanted = UINT64_MAX >> (64 - 8 * size);
        if (lane(&v[0], size, i) != wanted) {
            fp_set_mxcsr(ours);
            cr_assert_fail("%s.%s d %#x aux %#x lane %u: %#" PRIx64 ", not %#" PRIx64,
                           ir_op_info[op].text, ir_type_name[type], insn.d, insn.aux, i,
                           lane(&v[0], size, i), wanted);
        }
    }
    uint32_t wanted_flags = fp_get_mxcsr();
    uint32_t seen = ~(uint32_t)(insn.d & IR_FP_FLUSH ? 0 : IR_EXC_DENORMAL);
    fp_set_mxcsr(ours);
    cr_assert_eq(flags & seen, wanted_flags & seen, "%s.%s d %#x aux %#x: flags %#x, not %#x",
                 ir_op_info[op].text, ir_type_name[type], insn.d, insn.aux, flags, wanted_flags);
}

Test(vector, float_lanes_as_scalars)
{
    struct random r = {22};
    for (unsigned i = 0; i < 20000; i++)
        check_lanes(i % (sizeof pairs / sizeof pairs[0]), &r);
}

Test(vector, float_formats)
{
    struct random r = {23};
    for (unsigned i = 0; i < 5000; i++) {
        bool widens = i % 2;
        unsigned from = (widens ? IR_F16 : IR_F32) + random_below(&r, 2);
        unsigned to = widens ? from + 1 : from - 1;
        struct ir_insn insn = {.op = widens ? IR_VFWIDEN : IR_VFNARROW, .type = IR_V128,
                               .sub = (uint8_t)from, .d = IR_ROUND_NEAREST};
        struct ir_insn one = {.op = IR_FCVT, .type = (uint8_t)to, .sub = (uint8_t)from, .d = insn.d};
        union ir_v128 a = random_floats(&r, from), x, wanted = {.d = {0}};
        unsigned size = ir_type_size((enum ir_type)from), result = ir_type_size((enum ir_type)to);
        unsigned n = widens ? 16 / result : 16 / size;
        ir_eval_vector(&insn, &x, &a, &a, &a);
        for (unsigned k = 0; k < n; k++) {
            uint64_t y = fp_eval(&one, lane(&a, size, k), 0, 0);
            memcpy(wanted.b + k * result, &y, result);
        }
        cr_assert(same(&x, &wanted), "%s.%s", ir_op_info[insn.op].text, ir_type_name[from]);
    }
}
