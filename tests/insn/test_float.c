/* F, D, Zfh, Zfa: corner cases of values and flags (RISC-V ISA Manual). */
#include <criterion/criterion.h>

#include "tests/insn/machine.h"

#define BOX(x)  (0xffffffff00000000u | (x))
#define HBOX(x) (0xffffffffffff0000u | (x))
#define D_NAN   0x7ff8000000000000u
#define D_SNAN  0x7ff0000000000001u
#define D_INF   0x7ff0000000000000u
#define D_ONE   0x3ff0000000000000u
#define D_NEG   0x8000000000000000u
#define D_MAX   0x7fefffffffffffffu
#define D_MIN   0x0010000000000000u
#define S_NAN   BOX(0x7fc00000u)
#define S_ONE   BOX(0x3f800000u)
#define H_NAN   HBOX(0x7e00u)

struct case_f {
    enum rv_insn insn;
    unsigned rm;
    uint64_t a, b, c, want;
    unsigned flags;
};

static void expect(const struct case_f *c, uint64_t got, unsigned flags)
{
    cr_expect_eq(got, c->want, "%s rm %u %#lx, %#lx, %#lx: %#lx, want %#lx", rv_rows[c->insn].name,
                 c->rm, c->a, c->b, c->c, got, c->want);
    cr_expect_eq(flags, c->flags, "%s rm %u %#lx, %#lx, %#lx: flags %#x, want %#x",
                 rv_rows[c->insn].name, c->rm, c->a, c->b, c->c, flags, c->flags);
}

typedef uint64_t runner(const struct case_f *c, unsigned *flags);

static uint64_t to_f(const struct case_f *c, unsigned *flags)
{
    return run_f(c->insn, c->rm, c->a, c->b, c->c, flags);
}

static uint64_t to_x(const struct case_f *c, unsigned *flags)
{
    return run_f_to_x(c->insn, c->rm, c->a, c->b, flags);
}

static uint64_t from_x(const struct case_f *c, unsigned *flags)
{
    return run_x_to_f(c->insn, c->rm, c->a, flags);
}

static void check(runner *run, const struct case_f *cases, unsigned n)
{
    reset(NULL);
    for (unsigned i = 0; i < n; i++) {
        unsigned flags;
        uint64_t got = run(&cases[i], &flags);
        expect(&cases[i], got, flags);
    }
}

#define CHECK(run, ...)                                                                            \
    do {                                                                                           \
        static const struct case_f cases[] = {__VA_ARGS__};                                        \
        check(run, cases, sizeof cases / sizeof cases[0]);                                         \
    } while (0)

Test(floating, double_arithmetic)
{
    CHECK(to_f, {RV_fadd_d, DYN, D_ONE, D_ONE, 0, 0x4000000000000000, 0},
          {RV_fadd_d, DYN, D_INF, D_INF | D_NEG, 0, D_NAN, NV},
          {RV_fadd_d, DYN, D_SNAN, D_ONE, 0, D_NAN, NV},
          {RV_fadd_d, DYN, 0xfff8000000000123, D_ONE, 0, D_NAN, 0}, /* canonical, no payload */
          {RV_fsub_d, RDN, D_ONE, D_ONE, 0, D_NEG, 0}, {RV_fsub_d, RNE, D_ONE, D_ONE, 0, 0, 0},
          {RV_fadd_d, RUP, D_ONE, 1, 0, D_ONE + 1, NX}, {RV_fadd_d, RDN, D_ONE, 1, 0, D_ONE, NX},
          {RV_fmul_d, RNE, D_MAX, 0x4000000000000000, 0, D_INF, OF | NX},
          {RV_fmul_d, RTZ, D_MAX, 0x4000000000000000, 0, D_MAX, OF | NX},
          {RV_fmul_d, RNE, D_MIN, 0x3fe0000000000001, 0, 0x0008000000000000, UF | NX},
          {RV_fmul_d, RNE, D_MIN, 0x3fe0000000000000, 0, 0x0008000000000000,
           0}, /* exact: no underflow */
          {RV_fdiv_d, DYN, D_ONE, 0, 0, D_INF, DZ}, {RV_fdiv_d, DYN, 0, 0, 0, D_NAN, NV},
          {RV_fsqrt_d, DYN, D_ONE | D_NEG, 0, 0, D_NAN, NV},
          {RV_fsqrt_d, DYN, D_NEG, 0, 0, D_NEG, 0},
          {RV_fdiv_d, RMM, D_ONE, 0x4008000000000000, 0, 0x3fd5555555555555, NX});
}

/* 1 + 2^-53 lies half way: only ties-away rounds it up. */
Test(floating, ties_away)
{
    CHECK(to_f, {RV_fadd_d, RMM, D_ONE, 0x3ca0000000000000, 0, D_ONE + 1, NX},
          {RV_fadd_d, RNE, D_ONE, 0x3ca0000000000000, 0, D_ONE, NX},
          {RV_fadd_s, RMM, S_ONE, BOX(0x33800000), 0, BOX(0x3f800001), NX});
}

Test(floating, dynamic_rounding)
{
    static const uint64_t want[] = {D_ONE, D_ONE, D_ONE, D_ONE + 1, D_ONE + 1};
    unsigned flags;
    for (unsigned frm = 0; frm <= RMM; frm++) {
        reset(NULL);
        run_word(encode(RV_csrrwi, "csr", 2, "uimm", frm, NULL));
        cr_expect_eq(run_f(RV_fadd_d, DYN, D_ONE, 0x3ca0000000000000, 0, &flags), want[frm],
                     "frm %u", frm);
        cr_expect_eq(flags, NX);
        cr_expect_eq(run_f(RV_fadd_d, RNE, D_ONE, 0x3ca0000000000000, 0, &flags), D_ONE,
                     "static wins");
    }
    for (unsigned frm = 5; frm < 8; frm++) {
        reset(NULL);
        run_word(encode(RV_csrrwi, "csr", 2, "uimm", frm, NULL));
        cr_expect_eq(run_word(encode(RV_fadd_d, "rm", DYN, NULL)), IR_EXIT_ILLEGAL, "frm %u", frm);
        cr_expect_eq(run_word(encode(RV_fadd_d, "rm", RNE, NULL)), IR_EXIT_NONE);
    }
    reset(NULL);
    cr_expect_eq(run_word(encode(RV_fadd_d, "rm", 5, NULL)), IR_EXIT_ILLEGAL);
}

Test(floating, fused)
{
    CHECK(
        to_f,
        /* (1+2^-52)(1-2^-52) - 1 = -2^-104, which a rounded product loses */
        {RV_fmadd_d, RNE, 0x3ff0000000000001, 0x3feffffffffffffe, D_ONE | D_NEG, 0xb970000000000000,
         0},
        {RV_fmsub_d, RNE, D_ONE, D_ONE, D_ONE, 0, 0}, {RV_fnmsub_d, RNE, D_ONE, D_ONE, D_ONE, 0, 0},
        {RV_fnmadd_d, RNE, D_ONE, D_ONE, D_ONE, 0xc000000000000000, 0},
        {RV_fmadd_d, RNE, D_INF, 0, D_NAN, D_NAN, NV}, /* infinity times zero, whatever is added */
        {RV_fmadd_s, RNE, S_ONE, S_ONE, S_ONE, BOX(0x40000000), 0},
        {RV_fmadd_h, RNE, HBOX(0x3c01), HBOX(0x3bfe), HBOX(0xbc00), HBOX(0x8010), 0});
}

Test(floating, nan_boxing)
{
    CHECK(to_f, {RV_fadd_s, DYN, 0x3f800000, S_ONE, 0, S_NAN, 0}, /* not boxed: a quiet NaN */
          {RV_fsgnj_s, 0, 0x123456783f800000, S_ONE, 0, S_NAN, 0},
          {RV_fmin_s, 0, 0x3f800000, S_ONE, 0, S_ONE, 0},
          {RV_fsgnj_d, 0, 0x123456783f800000, 0, 0, 0x123456783f800000, 0},
          {RV_fadd_h, DYN, 0xffff00000000u | 0x3c00, HBOX(0x3c00), 0, H_NAN, 0},
          {RV_fcvt_d_s, 0, 0x3f800000, 0, 0, D_NAN, 0},
          {RV_fcvt_d_s, 0, BOX(0x7f800001), 0, 0, D_NAN, NV});
    CHECK(to_x, {RV_fmv_x_w, 0, 0x1234567880000001, 0, 0, 0xffffffff80000001, 0},
          {RV_fmv_x_d, 0, 0x1234567880000001, 0, 0, 0x1234567880000001, 0},
          {RV_fmv_x_h, 0, 0x8001, 0, 0, 0xffffffffffff8001, 0},
          {RV_feq_s, 0, 0x3f800000, 0x3f800000, 0, 0, 0});
    CHECK(from_x, {RV_fmv_w_x, 0, 0x1234567880000001, 0, 0, BOX(0x80000001), 0},
          {RV_fmv_h_x, 0, 0x12348001, 0, 0, HBOX(0x8001), 0},
          {RV_fmv_d_x, 0, D_SNAN, 0, 0, D_SNAN, 0});
}

Test(floating, loads_and_stores)
{
    static _Alignas(8) uint64_t memory[2];
    reset(NULL);
    set_x_register(A0, (uint64_t)memory);
    memory[0] = 0x1122334455667788;
    run_word(encode(RV_flw, "rd", FA3, "rs1", A0, NULL));
    cr_expect_eq(get_f_register(FA3), BOX(0x55667788));
    run_word(encode(RV_flh, "rd", FA3, "rs1", A0, NULL));
    cr_expect_eq(get_f_register(FA3), HBOX(0x7788));
    run_word(encode(RV_fld, "rd", FA3, "rs1", A0, NULL));
    cr_expect_eq(get_f_register(FA3), memory[0]);
    set_f_register(FA0, 0x99999999abcdef01); /* stores take the bits, boxed or not */
    run_word(encode(RV_fsw, "rs2", FA0, "rs1", A0, NULL));
    cr_expect_eq(memory[0], 0x11223344abcdef01);
    run_word(encode(RV_fsh, "rs2", FA0, "rs1", A0, "imm", 4, NULL));
    cr_expect_eq(memory[0], 0x1122ef01abcdef01);
    run_word(encode(RV_fsd, "rs2", FA0, "rs1", A0, NULL));
    cr_expect_eq(memory[0], 0x99999999abcdef01);
    /* a single computed in the same block is stored without its box */
    set_f_register(FA0, S_ONE);
    uint32_t words[] = {encode(RV_fadd_s, "rd", FA3, "rs1", FA0, "rs2", FA0, "rm", DYN, NULL),
                        encode(RV_fsw, "rs2", FA3, "rs1", A0, NULL),
                        encode(RV_fmv_x_w, "rd", A2, "rs1", FA3, NULL)};
    run_words(words, 3);
    cr_expect_eq(memory[0], 0x9999999940000000);
    cr_expect_eq(get_x_register(A2), 0x40000000);
}

Test(floating, sign_injection)
{
    CHECK(to_f, {RV_fsgnj_d, 0, D_ONE, D_NEG, 0, D_ONE | D_NEG, 0},
          {RV_fsgnjn_d, 0, D_SNAN, 0, 0, D_SNAN | D_NEG, 0}, /* no flags, no canonical NaN */
          {RV_fsgnjx_d, 0, D_ONE | D_NEG, D_NEG, 0, D_ONE, 0},
          {RV_fsgnjn_s, 0, S_ONE, S_ONE, 0, BOX(0xbf800000), 0},
          {RV_fsgnjx_h, 0, HBOX(0xbc00), HBOX(0x8000), 0, HBOX(0x3c00), 0});
    reset(NULL);
    set_f_register(FA0, D_SNAN | D_NEG);
    run_word(encode(RV_fsgnjx_d, "rd", FA3, "rs1", FA0, "rs2", FA0, NULL)); /* fabs.d */
    cr_expect_eq(get_f_register(FA3), D_SNAN);
}

Test(floating, minimum_maximum)
{
    CHECK(to_f, {RV_fmin_d, 0, 0, D_NEG, 0, D_NEG, 0}, {RV_fmax_d, 0, D_NEG, 0, 0, 0, 0},
          {RV_fmin_d, 0, D_NAN, D_ONE, 0, D_ONE, 0}, {RV_fmin_d, 0, D_ONE, D_SNAN, 0, D_ONE, NV},
          {RV_fmax_d, 0, D_NAN, D_NAN | D_NEG, 0, D_NAN, 0},
          {RV_fminm_d, 0, D_NAN, D_ONE, 0, D_NAN, 0}, {RV_fmaxm_d, 0, D_ONE, D_SNAN, 0, D_NAN, NV},
          {RV_fminm_s, 0, BOX(0x80000000), BOX(0), 0, BOX(0x80000000), 0},
          {RV_fmax_h, 0, HBOX(0x7c00), HBOX(0x3c00), 0, HBOX(0x7c00), 0});
}

Test(floating, comparisons)
{
    CHECK(to_x, {RV_feq_d, 0, D_NAN, D_NAN, 0, 0, 0}, {RV_feq_d, 0, D_SNAN, D_ONE, 0, 0, NV},
          {RV_flt_d, 0, D_NAN, D_ONE, 0, 0, NV}, {RV_fle_d, 0, D_ONE, D_NAN, 0, 0, NV},
          {RV_feq_d, 0, 0, D_NEG, 0, 1, 0}, {RV_flt_d, 0, D_NEG, 0, 0, 0, 0},
          {RV_fle_d, 0, D_NEG, 0, 0, 1, 0}, {RV_flt_s, 0, BOX(0xbf800000), S_ONE, 0, 1, 0},
          {RV_fltq_d, 0, D_NAN, D_ONE, 0, 0, 0}, {RV_fleq_d, 0, D_SNAN, D_ONE, 0, 0, NV},
          {RV_flt_h, 0, HBOX(0x3c00), HBOX(0x4000), 0, 1, 0});
}

Test(floating, classes)
{
    static const uint64_t values[] = {0xfff0000000000000,
                                      0xbff0000000000000,
                                      0x8000000000000001,
                                      D_NEG,
                                      0,
                                      1,
                                      D_ONE,
                                      D_INF,
                                      D_SNAN,
                                      D_NAN};
    unsigned flags;
    reset(NULL);
    for (unsigned i = 0; i < 10; i++)
        cr_expect_eq(run_f_to_x(RV_fclass_d, 0, values[i], 0, &flags), 1u << i, "class %u", i);
    cr_expect_eq(run_f_to_x(RV_fclass_s, 0, 1, 0, &flags), 1u << 9, "not boxed");
    cr_expect_eq(run_f_to_x(RV_fclass_h, 0, HBOX(0x8001), 0, &flags), 1u << 2);
}

Test(floating, to_integer)
{
    CHECK(to_x, {RV_fcvt_w_d, RTZ, 0x41dfffffffc00000, 0, 0, 0x7fffffff, 0},
          {RV_fcvt_w_d, RTZ, 0x41e0000000000000, 0, 0, 0x7fffffff, NV},
          {RV_fcvt_w_d, RTZ, 0xc1e0000000000000, 0, 0, 0xffffffff80000000, 0},
          {RV_fcvt_w_d, RTZ, D_NAN, 0, 0, 0x7fffffff, NV},
          {RV_fcvt_w_d, RTZ, D_INF | D_NEG, 0, 0, 0xffffffff80000000, NV},
          {RV_fcvt_wu_d, RTZ, 0x41efffffffe00000, 0, 0, ~(uint64_t)0, 0}, /* sign-extended */
          {RV_fcvt_wu_d, RTZ, 0xbff0000000000000, 0, 0, 0, NV},
          {RV_fcvt_wu_d, RTZ, 0xbfe0000000000000, 0, 0, 0, NX},
          {RV_fcvt_wu_d, RNE, D_NAN, 0, 0, ~(uint64_t)0, NV},
          {RV_fcvt_l_d, RTZ, 0x43e0000000000000, 0, 0, 0x7fffffffffffffff, NV},
          {RV_fcvt_lu_d, RTZ, 0x43e0000000000000, 0, 0, D_NEG, 0},
          {RV_fcvt_lu_d, RTZ, 0x43f0000000000000, 0, 0, ~(uint64_t)0, NV},
          {RV_fcvt_l_d, RNE, 0x4004000000000000, 0, 0, 2, NX},
          {RV_fcvt_l_d, RMM, 0x4004000000000000, 0, 0, 3, NX},
          {RV_fcvt_l_d, RDN, 0xbfe0000000000000, 0, 0, ~(uint64_t)0, NX},
          {RV_fcvt_l_d, RUP, 0xbfe0000000000000, 0, 0, 0, NX},
          {RV_fcvt_w_s, RNE, BOX(0x4f000000), 0, 0, 0x7fffffff, NV},
          {RV_fcvt_w_h, RTZ, HBOX(0x7bff), 0, 0, 65504, 0},
          {RV_fcvt_w_h, RTZ, H_NAN, 0, 0, 0x7fffffff, NV});
}

Test(floating, from_integer)
{
    CHECK(from_x, {RV_fcvt_d_w, RNE, 0xf80000000, 0, 0, 0xc1e0000000000000, 0},
          {RV_fcvt_d_wu, RNE, 0xffffffff80000000, 0, 0, 0x41e0000000000000, 0},
          {RV_fcvt_d_lu, RNE, ~(uint64_t)0, 0, 0, 0x43f0000000000000, NX},
          {RV_fcvt_d_lu, RTZ, ~(uint64_t)0, 0, 0, 0x43efffffffffffff, NX},
          {RV_fcvt_s_l, RNE, 0x1000001, 0, 0, BOX(0x4b800000), NX},
          {RV_fcvt_s_l, RMM, 0x1000001, 0, 0, BOX(0x4b800001), NX},
          {RV_fcvt_s_w, RDN, 0xfffffffffeffffff, 0, 0, BOX(0xcb800001), NX},
          {RV_fcvt_h_w, RNE, 65520, 0, 0, HBOX(0x7c00), OF | NX},
          {RV_fcvt_h_lu, RTZ, ~(uint64_t)0, 0, 0, HBOX(0x7bff), OF | NX});
}

Test(floating, between_formats)
{
    CHECK(to_f, {RV_fcvt_s_d, RNE, 0x47efffffffffffff, 0, 0, BOX(0x7f800000), OF | NX},
          {RV_fcvt_s_d, RTZ, 0x47efffffffffffff, 0, 0, BOX(0x7f7fffff), NX},
          {RV_fcvt_s_d, RNE, 1, 0, 0, BOX(0), UF | NX}, {RV_fcvt_s_d, RNE, D_SNAN, 0, 0, S_NAN, NV},
          {RV_fcvt_h_s, RNE, S_ONE, 0, 0, HBOX(0x3c00), 0},
          {RV_fcvt_s_h, 0, HBOX(0x0001), 0, 0, BOX(0x33800000), 0},
          {RV_fcvt_d_h, 0, HBOX(0x7c01), 0, 0, D_NAN, NV},
          /* 1 + 2^-11 + 2^-40: through single it would be a tie and round to even */
          {RV_fcvt_h_d, RNE, 0x3ff0020000001000, 0, 0, HBOX(0x3c01), NX});
}

Test(floating, zfa_rounding)
{
    CHECK(to_f, {RV_fround_d, RNE, 0x4004000000000000, 0, 0, 0x4000000000000000, 0},
          {RV_froundnx_d, RNE, 0x4004000000000000, 0, 0, 0x4000000000000000, NX},
          {RV_fround_d, RMM, 0x4004000000000000, 0, 0, 0x4008000000000000, 0},
          {RV_fround_d, RUP, 0xbfe0000000000000, 0, 0, D_NEG, 0},
          {RV_fround_d, RNE, D_SNAN, 0, 0, D_NAN, NV},
          {RV_fround_s, RDN, BOX(0xbf000000), 0, 0, BOX(0xbf800000), 0},
          {RV_fround_h, RTZ, HBOX(0x3e00), 0, 0, HBOX(0x3c00), 0});
    CHECK(to_x, {RV_fcvtmod_w_d, RTZ, 0x41f0000000100000, 0, 0, 1, NV},
          {RV_fcvtmod_w_d, RTZ, 0xc1e0000000200000, 0, 0, 0x7fffffff, NV},
          {RV_fcvtmod_w_d, RTZ, D_INF, 0, 0, 0, NV},
          {RV_fcvtmod_w_d, RTZ, 0xbff8000000000000, 0, 0, ~(uint64_t)0, NX},
          {RV_fcvtmod_w_d, RTZ, 0x43f0000000000001, 0, 0, 0x1000, NV});
}

Test(floating, zfa_constants)
{
    static const struct {
        enum rv_insn insn;
        unsigned index;
        uint64_t want;
    } cases[] = {{RV_fli_d, 0, 0xbff0000000000000},
                 {RV_fli_d, 1, D_MIN},
                 {RV_fli_d, 16, D_ONE},
                 {RV_fli_d, 30, D_INF},
                 {RV_fli_d, 31, D_NAN},
                 {RV_fli_s, 1, BOX(0x00800000)},
                 {RV_fli_s, 9, BOX(0x3ea00000)},
                 {RV_fli_s, 31, S_NAN},
                 {RV_fli_h, 1, HBOX(0x0400)},
                 {RV_fli_h, 2, HBOX(0x0100)},
                 {RV_fli_h, 29, HBOX(0x7c00)},
                 {RV_fli_h, 31, H_NAN}};
    reset(NULL);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run_word(encode(cases[i].insn, "rd", FA3, "uimm", cases[i].index, NULL));
        cr_expect_eq(get_f_register(FA3), cases[i].want, "%s %u: %#lx", rv_rows[cases[i].insn].name,
                     cases[i].index, get_f_register(FA3));
    }
}
