/*
 * Cryptographic extensions (Arm ARM, C3.5.24 and C7.2; FIPS 180-4, 197 and 202).
 *
 * AES, SHA-1 and SHA-256 are ops that the host has. What the host orders differently is turned
 * around with VREV and VZIP, which fold away between one instruction and the next. SHA-512 is
 * plain arithmetic; SM3 and SM4 are C functions (helper_crypto.c).
 */
#include "frontend/aarch64/decode.h"

static ir_ref zero(struct translation *t)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_VZEXT, .type = IR_V128, .sub = IR_I64,
                                              .a = ir_const(t->block, 0)});
}

static ir_ref v_xor(struct translation *t, ir_ref a, ir_ref b)
{
    return v_op(t, IR_VXOR, IR_VOID, a, b);
}

/* Bytes n to n + 15 of a and, behind it, b. */
static ir_ref v_ext(struct translation *t, ir_ref a, ir_ref b, unsigned n)
{
    return v_op_num(t, IR_VEXT, IR_VOID, a, b, n);
}

static ir_ref v_call(struct translation *t, int helper, unsigned number, ir_ref a, ir_ref b,
                     ir_ref c)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_CALLV, .type = IR_V128, .a = a, .b = b,
                                              .c = c, .d = (ir_ref)number,
                                              .aux = (uint32_t)helper});
}

/* Lanes of a shifted right, or rotated; 0 < n < width. */
static ir_ref v_shr(struct translation *t, int lane, ir_ref a, unsigned n)
{
    return v_op_num(t, IR_VSHR, lane, a, IR_NONE, n);
}

static ir_ref v_ror(struct translation *t, int lane, ir_ref a, unsigned n)
{
    unsigned width = 8 * ir_type_size((enum ir_type)lane);
    return v_op(t, IR_VOR, IR_VOID, v_shr(t, lane, a, n),
                v_op_num(t, IR_VSHL, lane, a, IR_NONE, width - n));
}

/* ---- AES, polynomials ---------------------------------------------------------------------- */

/* Arm adds the key first, the host last. */
bool a64_aes_round(struct translation *t, const struct a64_args_rd_rn *a, int op)
{
    ir_ref state = v_xor(t, get_v(t, a->rd), get_v(t, a->rn));
    put_v(t, a->rd, v_op(t, op, IR_VOID, state, zero(t)));
    return true;
}

bool a64_aes_mix(struct translation *t, const struct a64_args_rd_rn *a, int op)
{
    put_v(t, a->rd, v_op(t, op, IR_VOID, get_v(t, a->rn), IR_NONE));
    return true;
}

/* The product of two halves; that of bytes is in simd_int.c. */
bool a64_pmull(struct translation *t, const struct a64_args_rd_rn_rm *a, int half)
{
    put_v(t, a->rd,
          v_op_num(t, IR_VPMULL, IR_I64, get_v(t, a->rn), get_v(t, a->rm), (unsigned)half));
    return true;
}

/* ---- SHA-1 --------------------------------------------------------------------------------- */

static ir_ref reversed(struct translation *t, ir_ref a)
{
    return v_op_num(t, IR_VREV, IR_I32, a, IR_NONE, 16);
}

/* Four rounds on a b c d in rd, e in rn; rm are the words of the schedule with their constant. */
bool a64_sha1_rounds(struct translation *t, const struct a64_args_rd_rn_rm *a, int function)
{
    ir_ref e = ir_emit(t->block, (struct ir_insn){.op = IR_VZEXT, .type = IR_V128, .sub = IR_F32,
                                                  .a = get_scalar(t, a->rn, IR_F32)});
    ir_ref words = v_op(t, IR_VADD, IR_I32, reversed(t, get_v(t, a->rm)), reversed(t, e));
    put_v(t, a->rd, reversed(t, v_op_num(t, IR_VSHA1R, IR_VOID, reversed(t, get_v(t, a->rd)),
                                         words, (unsigned)function)));
    return true;
}

/* ROL 30 of a word: the host adds it to the words as the next e. */
bool a64_sha1_rotate(struct translation *t, const struct a64_args_rd_rn *a)
{
    ir_ref state = reversed(t, get_v(t, a->rn));
    put_v(t, a->rd, reversed(t, v_op(t, IR_VSHA1E, IR_VOID, state, zero(t))));
    return true;
}

bool a64_sha1_schedule_0(struct translation *t, const struct a64_args_rd_rn_rm *a)
{
    ir_ref d = get_v(t, a->rd);
    put_v(t, a->rd, v_xor(t, v_xor(t, v_ext(t, d, get_v(t, a->rn), 8), d), get_v(t, a->rm)));
    return true;
}

bool a64_sha1_schedule_1(struct translation *t, const struct a64_args_rd_rn *a)
{
    ir_ref d = reversed(t, get_v(t, a->rd)), n = reversed(t, get_v(t, a->rn));
    put_v(t, a->rd, reversed(t, v_op(t, IR_VSHA1M2, IR_VOID, d, n)));
    return true;
}

/* ---- SHA-256 ------------------------------------------------------------------------------- */

/* The host has a b e f in one register and c d g h in the other, from the top down. */
static ir_ref pairs(struct translation *t, int half, ir_ref low, ir_ref high)
{
    return v_op_num(t, IR_VREV, IR_I32,
                    v_op(t, half ? IR_VZIP2 : IR_VZIP1, IR_I64, low, high), IR_NONE, 8);
}

/* Four rounds; SHA256H gives a b c d and has them in rd, SHA256H2 gives e f g h. */
bool a64_sha256_rounds(struct translation *t, const struct a64_args_rd_rn_rm *a, int second)
{
    ir_ref abcd = get_v(t, second ? a->rn : a->rd), efgh = get_v(t, second ? a->rd : a->rn);
    ir_ref words = get_v(t, a->rm);
    ir_ref abef = pairs(t, 0, efgh, abcd), cdgh = pairs(t, 1, efgh, abcd);
    for (int i = 0; i < 2; i++) {
        ir_ref next = ir_emit(t->block, (struct ir_insn){.op = IR_VSHA256R, .type = IR_V128,
                                                         .a = cdgh, .b = abef, .c = words});
        cdgh = abef;
        abef = next;
        words = v_op(t, IR_VZIP2, IR_I64, words, words);
    }
    put_v(t, a->rd, pairs(t, !second, abef, cdgh));
    return true;
}

bool a64_sha256_schedule_0(struct translation *t, const struct a64_args_rd_rn *a)
{
    put_v(t, a->rd, v_op(t, IR_VSHA256M1, IR_VOID, get_v(t, a->rd), get_v(t, a->rn)));
    return true;
}

bool a64_sha256_schedule_1(struct translation *t, const struct a64_args_rd_rn_rm *a)
{
    ir_ref m = get_v(t, a->rm);
    ir_ref sum = v_op(t, IR_VADD, IR_I32, get_v(t, a->rd), v_ext(t, get_v(t, a->rn), m, 4));
    put_v(t, a->rd, v_op(t, IR_VSHA256M2, IR_VOID, sum, m));
    return true;
}

/* ---- SHA-512 ------------------------------------------------------------------------------- */

static ir_ref ror_64(struct translation *t, ir_ref x, unsigned n)
{
    return ir_op2(t->block, IR_ROR, IR_I64, x, ir_const(t->block, n));
}

static ir_ref op_64(struct translation *t, enum ir_op op, ir_ref x, ir_ref y)
{
    return ir_op2(t->block, op, IR_I64, x, y);
}

/* The functions Sigma 0 and 1 of FIPS 180-4, 4.1.3. */
static ir_ref sigma(struct translation *t, ir_ref x, unsigned r0, unsigned r1, unsigned r2)
{
    return op_64(t, IR_XOR, op_64(t, IR_XOR, ror_64(t, x, r0), ror_64(t, x, r1)), ror_64(t, x, r2));
}

static ir_ref half(struct translation *t, uint32_t v, unsigned n)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_VLANE, .type = IR_I64, .sub = IR_I64,
                                              .a = get_v(t, v), .aux = n});
}

static void put_halves(struct translation *t, uint32_t v, ir_ref low, ir_ref high)
{
    put_v(t, v, ir_emit(t->block, (struct ir_insn){.op = IR_VPAIR, .type = IR_V128, .a = low,
                                                   .b = high}));
}

/* Sigma 1 and Ch of two rounds, added to rd. */
static ir_ref choice_step(struct translation *t, ir_ref x, ir_ref y, ir_ref z, ir_ref sum)
{
    ir_ref chosen = op_64(t, IR_XOR, op_64(t, IR_AND, x, op_64(t, IR_XOR, y, z)), z);
    return op_64(t, IR_ADD, op_64(t, IR_ADD, chosen, sigma(t, x, 14, 18, 41)), sum);
}

bool a64_sha512_rounds_1(struct translation *t, const struct a64_args_rd_rn_rm *a)
{
    ir_ref x0 = half(t, a->rn, 0), x1 = half(t, a->rn, 1);
    ir_ref y0 = half(t, a->rm, 0), y1 = half(t, a->rm, 1);
    ir_ref high = choice_step(t, y1, x0, x1, half(t, a->rd, 1));
    ir_ref low = choice_step(t, op_64(t, IR_ADD, high, y0), y1, x0, half(t, a->rd, 0));
    put_halves(t, a->rd, low, high);
    return true;
}

/* Sigma 0 and Maj of two rounds, added to rd. */
static ir_ref majority_step(struct translation *t, ir_ref x, ir_ref y, ir_ref z, ir_ref sum,
                            ir_ref rotated)
{
    ir_ref major = op_64(t, IR_OR, op_64(t, IR_AND, x, y),
                         op_64(t, IR_AND, z, op_64(t, IR_OR, x, y)));
    return op_64(t, IR_ADD, op_64(t, IR_ADD, major, sigma(t, rotated, 28, 34, 39)), sum);
}

bool a64_sha512_rounds_0(struct translation *t, const struct a64_args_rd_rn_rm *a)
{
    ir_ref x0 = half(t, a->rn, 0), y0 = half(t, a->rm, 0), y1 = half(t, a->rm, 1);
    ir_ref high = majority_step(t, x0, y1, y0, half(t, a->rd, 1), y0);
    ir_ref low = majority_step(t, high, y0, y1, half(t, a->rd, 0), high);
    put_halves(t, a->rd, low, high);
    return true;
}

/* The functions sigma 0 and 1, on both lanes. */
static ir_ref sigma_lanes(struct translation *t, ir_ref x, unsigned r0, unsigned r1, unsigned shift)
{
    return v_xor(t, v_xor(t, v_ror(t, IR_I64, x, r0), v_ror(t, IR_I64, x, r1)),
                 v_shr(t, IR_I64, x, shift));
}

bool a64_sha512_schedule_0(struct translation *t, const struct a64_args_rd_rn *a)
{
    ir_ref d = get_v(t, a->rd), next = v_ext(t, d, get_v(t, a->rn), 8);
    put_v(t, a->rd, v_op(t, IR_VADD, IR_I64, d, sigma_lanes(t, next, 1, 8, 7)));
    return true;
}

bool a64_sha512_schedule_1(struct translation *t, const struct a64_args_rd_rn_rm *a)
{
    ir_ref sum = v_op(t, IR_VADD, IR_I64, get_v(t, a->rd), get_v(t, a->rm));
    put_v(t, a->rd,
          v_op(t, IR_VADD, IR_I64, sum, sigma_lanes(t, get_v(t, a->rn), 19, 61, 6)));
    return true;
}

/* ---- SHA-3 --------------------------------------------------------------------------------- */

bool a64_eor3(struct translation *t, const struct a64_args_rd_rn_rm_ra *a)
{
    put_v(t, a->rd, v_xor(t, v_xor(t, get_v(t, a->rn), get_v(t, a->rm)), get_v(t, a->ra)));
    return true;
}

bool a64_bcax(struct translation *t, const struct a64_args_rd_rn_rm_ra *a)
{
    ir_ref cleared = v_op(t, IR_VANDN, IR_VOID, get_v(t, a->rm), get_v(t, a->ra));
    put_v(t, a->rd, v_xor(t, get_v(t, a->rn), cleared));
    return true;
}

bool a64_rax1(struct translation *t, const struct a64_args_rd_rn_rm *a)
{
    put_v(t, a->rd, v_xor(t, get_v(t, a->rn), v_ror(t, IR_I64, get_v(t, a->rm), 63)));
    return true;
}

bool a64_xar(struct translation *t, const struct a64_args_xar *a)
{
    ir_ref sum = v_xor(t, get_v(t, a->rn), get_v(t, a->rm));
    put_v(t, a->rd, a->imm6 ? v_ror(t, IR_I64, sum, a->imm6) : sum);
    return true;
}

/* ---- SM3, SM4 ------------------------------------------------------------------------------ */

/* `a` is the state, b the keys or constants. */
bool a64_sm4(struct translation *t, const struct a64_args_rd_rn_rm *a, int helper)
{
    ir_ref m = get_v(t, a->rm);
    put_v(t, a->rd, v_call(t, helper, 0, get_v(t, a->rn), m, m));
    return true;
}

/* Of the top lanes: (n rol 12 + m + a) rol 7; the other lanes become zero. */
bool a64_sm3ss1(struct translation *t, const struct a64_args_rd_rn_rm_ra *a)
{
    ir_ref sum = v_op(t, IR_VADD, IR_I32, v_ror(t, IR_I32, get_v(t, a->rn), 20),
                      v_op(t, IR_VADD, IR_I32, get_v(t, a->rm), get_v(t, a->ra)));
    ir_ref top = v_ext(t, v_ror(t, IR_I32, sum, 25), zero(t), 12);
    put_v(t, a->rd, v_ext(t, zero(t), top, 4));
    return true;
}

bool a64_sm3_round(struct translation *t, const struct a64_args_element_3 *a, int helper)
{
    put_v(t, a->rd, v_call(t, helper, a->imm2, get_v(t, a->rd), get_v(t, a->rn), get_v(t, a->rm)));
    return true;
}

bool a64_cipher_3(struct translation *t, const struct a64_args_rd_rn_rm *a, int helper)
{
    put_v(t, a->rd, v_call(t, helper, 0, get_v(t, a->rd), get_v(t, a->rn), get_v(t, a->rm)));
    return true;
}
