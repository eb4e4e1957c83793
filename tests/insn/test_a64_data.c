/* A64, data processing on general registers: registers in, registers expected (Arm ARM C6.2). */
#include "frontend/aarch64/internal.h"
#include "tests/insn/a64.h"

#define MIN64 0x8000000000000000u
#define MAX64 0x7fffffffffffffffu
#define ONES  0xffffffffffffffffu

#define LSL(n) "shift", (0 << 6 | (n))
#define LSR(n) "shift", (1 << 6 | (n))
#define ASR(n) "shift", (2 << 6 | (n))
#define ROR(n) "shift", (3 << 6 | (n))
/* rm is x2 */
#define EXT(option, amount) "ext", (2 << 6 | (option) << 3 | (amount))
enum { UXTB, UXTH, UXTW, UXTX, SXTB, SXTH, SXTW, SXTX };

A64_TEST(a64_data, shifted_registers)
{
    CHECK_FIELDS({A64_add, 1, 5, 3, 8, LSL(0)}, {A64_add, 1, 5, 1, 5 + MIN64, LSL(63)},
          {A64_add, 1, 0, MIN64, ONES, ASR(63)}, {A64_add, 1, 0, MIN64, 1, LSR(63)},
          {A64_add, 0, ONES, 1, 0, LSL(0)}, {A64_add, 0, 0, 0x1ffffffff, 0x80000000, LSL(31)},
          {A64_add, 0, 0, 0x180000000, 0xffffffff, ASR(31)},
          {A64_add, 0, 0, 0x180000000, 1, LSR(31)}, {A64_sub, 1, 0, 1, ONES, LSL(0)},
          {A64_sub, 0, 0, 1, 0xffffffff, LSL(0)}, {A64_sub, 1, 16, ONES, 17, ASR(4)});
    CHECK_FIELDS({A64_and, 1, ONES, 0x8000000000000001, 0xc000000000000000, ROR(1)},
          {A64_and, 0, ONES, 0x100000001, 0x80000000, ROR(1)},
          {A64_orr, 1, 1, 2, 3, LSL(0)}, {A64_eor, 0, ONES, 0xf0, 0xffffff0f, LSL(0)},
          {A64_bic, 1, ONES, 0xff, 0xffffffffffffff00, LSL(0)},
          {A64_bic, 0, ONES, 0xff, 0xffff00ff, LSL(8)},
          {A64_orn, 1, 0, 0, ONES, LSL(0)}, {A64_orn, 0, 0, 0, 0xffffffff, LSL(0)},
          {A64_eon, 1, 0x0f, 0xff, 0xffffffffffffff0f, LSL(0)},
          {A64_eon, 0, 0, 0xff, 0xfffff00f, LSL(4)});
}

A64_TEST(a64_data, extended_registers)
{
    CHECK_FIELDS({A64_add_ext, 1, 1, 0x1ff, 0x100, EXT(UXTB, 0)},
          {A64_add_ext, 1, 1, 0x180, 0xffffffffffffff81, EXT(SXTB, 0)},
          {A64_add_ext, 1, 0, 0x18000, 0x80000, EXT(UXTH, 4)},
          {A64_add_ext, 1, 0, 0x18000, 0xfffffffffff80000, EXT(SXTH, 4)},
          {A64_add_ext, 1, 0, 0x1ffffffff, 0x1fffffffe, EXT(UXTW, 1)},
          {A64_add_ext, 1, 0, 0x1ffffffff, 0xfffffffffffffffe, EXT(SXTW, 1)},
          {A64_add_ext, 1, 0, MAX64, 0xfffffffffffffff0, EXT(UXTX, 4)},
          {A64_add_ext, 1, 0, MAX64, 0xfffffffffffffff8, EXT(SXTX, 3)},
          {A64_add_ext, 0, 0, 0x80, 0xffffff80, EXT(SXTB, 0)},
          {A64_add_ext, 0, 0, 0x180000000, 0, EXT(UXTW, 1)},
          {A64_sub_ext, 1, 0, 0xff, 1, EXT(SXTB, 0)});
}

A64_TEST(a64_data, shifts_are_modulo_the_width)
{
    CHECK({A64_lslv, 1, 1, 63, MIN64}, {A64_lslv, 1, 1, 64, 1}, {A64_lslv, 1, 3, 65, 6},
          {A64_lslv, 0, 1, 31, 0x80000000}, {A64_lslv, 0, 1, 32, 1}, {A64_lslv, 0, 1, 0x120, 1},
          {A64_lsrv, 1, MIN64, 63, 1}, {A64_lsrv, 1, MIN64, 64, MIN64},
          {A64_lsrv, 0, 0x180000000, 31, 1}, {A64_lsrv, 0, 0x80000000, 33, 0x40000000},
          {A64_asrv, 1, MIN64, 63, ONES}, {A64_asrv, 1, MIN64, 64, MIN64},
          {A64_asrv, 0, 0x80000000, 31, 0xffffffff}, {A64_asrv, 0, 0x80000000, 32, 0x80000000},
          {A64_rorv, 1, 1, 1, MIN64}, {A64_rorv, 1, 1, 64, 1}, {A64_rorv, 0, 1, 1, 0x80000000},
          {A64_rorv, 0, 0xf00000001, 32, 1}, {A64_rorv, 0, 0xf00000002, 33, 1});
}

A64_TEST(a64_data, division)
{
    CHECK({A64_udiv, 1, 7, 0, 0}, {A64_udiv, 0, 7, 0x100000000, 0}, {A64_udiv, 1, ONES, 2, MAX64},
          {A64_udiv, 0, ONES, 2, 0x7fffffff}, {A64_sdiv, 1, 7, 0, 0}, {A64_sdiv, 0, 7, 0, 0},
          {A64_sdiv, 1, MIN64, ONES, MIN64}, {A64_sdiv, 0, 0x80000000, ONES, 0x80000000},
          {A64_sdiv, 1, (uint64_t)-7, 2, (uint64_t)-3},
          {A64_sdiv, 0, (uint32_t)-7, 2, (uint32_t)-3},
          {A64_sdiv, 1, 7, (uint64_t)-2, (uint64_t)-3});
}

A64_TEST(a64_data, multiplication)
{
    /* ra is x0, which holds 0x5555555555555555, but where it is given */
    CHECK_FIELDS({A64_madd, 1, 3, 5, 15, "ra", 31}, {A64_madd, 1, 3, 5, 18, "ra", 1},
          {A64_madd, 0, ONES, ONES, 1, "ra", 31}, {A64_msub, 1, 3, 5, (uint64_t)-15, "ra", 31},
          {A64_msub, 0, 3, 5, (uint32_t)-12, "ra", 1},
          {A64_smaddl, 2, 0x1ffffffff, 2, (uint64_t)-2, "ra", 31},
          {A64_umaddl, 2, 0x1ffffffff, 2, 0x1fffffffe, "ra", 31},
          {A64_smsubl, 2, 0xffffffff, 2, 2, "ra", 31},
          {A64_umsubl, 2, 0xffffffff, 2, (uint64_t)-0x1fffffffe, "ra", 31});
    CHECK({A64_smulh, 2, MIN64, 2, ONES}, {A64_smulh, 2, ONES, ONES, 0},
          {A64_umulh, 2, MIN64, 2, 1}, {A64_umulh, 2, ONES, ONES, ONES - 1});
}

A64_TEST(a64_data, one_source)
{
    CHECK({A64_rbit, 1, 1, 0, MIN64}, {A64_rbit, 0, 0x100000003, 0, 0xc0000000},
          {A64_rev16, 1, 0x0102030405060708, 0, 0x0201040306050807},
          {A64_rev16, 0, 0x0102030405060708, 0, 0x06050807},
          {A64_rev32, 2, 0x0102030405060708, 0, 0x0403020108070605},
          {A64_rev_x, 2, 0x0102030405060708, 0, 0x0807060504030201},
          {A64_rev_w, 2, 0x0102030405060708, 0, 0x08070605}, {A64_clz, 1, 0, 0, 64},
          {A64_clz, 0, 0x100000000, 0, 32}, {A64_clz, 1, 1, 0, 63}, {A64_clz, 0, 1, 0, 31},
          {A64_cls, 1, 0, 0, 63}, {A64_cls, 1, ONES, 0, 63}, {A64_cls, 1, MIN64, 0, 0},
          {A64_cls, 1, MAX64, 0, 0}, {A64_cls, 0, 0, 0, 31}, {A64_cls, 0, 0xffffffff, 0, 31},
          {A64_cls, 0, 0xf000000000000001, 0, 30}, {A64_cls, 0, 0xfffffff0, 0, 27});
}

A64_TEST(a64_data, common_short_sequences)
{
    CHECK({A64_ctz, 1, 0, 0, 64}, {A64_ctz, 0, 0x100000000, 0, 32}, {A64_ctz, 1, MIN64, 0, 63},
          {A64_cnt, 1, ONES, 0, 64}, {A64_cnt, 0, ONES, 0, 32}, {A64_abs, 1, ONES, 0, 1},
          {A64_abs, 1, MIN64, 0, MIN64}, {A64_abs, 0, 0x80000000, 0, 0x80000000},
          {A64_abs, 0, 0xfffffffe, 0, 2}, {A64_abs, 0, 0xffffffff00000005, 0, 5});
    CHECK({A64_smax_r, 1, ONES, 1, 1}, {A64_smax_r, 0, 0x1ffffffff, 1, 1},
          {A64_umax_r, 1, ONES, 1, ONES}, {A64_umax_r, 0, 0x100000000, 1, 1},
          {A64_smin_r, 1, ONES, 1, ONES}, {A64_smin_r, 0, 0xffffffff, 1, 0xffffffff},
          {A64_umin_r, 1, ONES, 1, 1}, {A64_umin_r, 0, 0x100000000, 1, 0});
    CHECK_FIELDS({A64_smax_imm, 1, (uint64_t)-200, 0, (uint64_t)-128, "imm", 0x80},
          {A64_smax_imm, 0, (uint32_t)-200, 0, (uint32_t)-128, "imm", 0x80},
          {A64_umax_imm, 1, 7, 0, 255, "imm", 0xff},
          {A64_smin_imm, 1, 7, 0, ONES, "imm", 0xff},
          {A64_smin_imm, 0, 7, 0, 0xffffffff, "imm", 0xff},
          {A64_umin_imm, 0, 0xffffffff, 0, 128, "imm", 0x80});
}

A64_TEST(a64_data, checksums)
{
    /* of "123456789" the two CRCs are cbf43926 and e3069283; here before the last inversion */
    static const struct {
        enum a64_insn x, b;
        uint32_t want;
    } kinds[] = {{A64_crc32x, A64_crc32b, 0xcbf43926}, {A64_crc32cx, A64_crc32cb, 0xe3069283}};
    reset(NULL);
    for (unsigned i = 0; i < 2; i++) {
        uint32_t words[] = {encode(kinds[i].x, "rd", 0, "rn", 0, "rm", 1, NULL),
                            encode(kinds[i].b, "rd", 0, "rn", 0, "rm", 2, NULL)};
        set_x_register(0, ONES);
        set_x_register(1, 0x3837363534333231);
        set_x_register(2, 0xaaaaaa39);
        cr_assert_eq(run_words(words, 2), IR_EXIT_NONE);
        cr_expect_eq(get_x_register(0), (uint32_t)~kinds[i].want, "%#lx", get_x_register(0));
    }
    /* the widths agree with each other */
    static const enum a64_insn h[] = {A64_crc32h, A64_crc32ch}, w[] = {A64_crc32w, A64_crc32cw};
    for (unsigned i = 0; i < 2; i++) {
        uint32_t halves[] = {encode(h[i], "rd", 0, "rn", 31, "rm", 1, NULL),
                             encode(h[i], "rd", 0, "rn", 0, "rm", 2, NULL)};
        uint32_t whole = encode(w[i], "rd", 3, "rn", 31, "rm", 4, NULL);
        set_x_register(1, 0xdeadbeef5678);
        set_x_register(2, 0xcafe1234);
        set_x_register(4, 0xffffffff12345678);
        run_words(halves, 2);
        run_word(whole);
        cr_expect_eq(get_x_register(0), get_x_register(3));
    }
}

A64_TEST(a64_data, wide_moves)
{
    reset(NULL);
    set_x_register(0, ONES);
    run_word(encode(A64_movz, "sf", 1, "imm16", 0x1234, "hw", 3, "rd", 0, NULL));
    cr_expect_eq(get_x_register(0), 0x1234000000000000);
    run_word(encode(A64_movk, "sf", 1, "imm16", 0x5678, "hw", 0, "rd", 0, NULL));
    cr_expect_eq(get_x_register(0), 0x1234000000005678);
    run_word(encode(A64_movk, "sf", 0, "imm16", 0x9abc, "hw", 1, "rd", 0, NULL));
    cr_expect_eq(get_x_register(0), 0x9abc5678);
    run_word(encode(A64_movn, "sf", 1, "imm16", 0, "hw", 0, "rd", 0, NULL));
    cr_expect_eq(get_x_register(0), ONES);
    run_word(encode(A64_movn, "sf", 0, "imm16", 0xff, "hw", 1, "rd", 0, NULL));
    cr_expect_eq(get_x_register(0), 0xff00ffff);
    cr_expect_eq(run_word(encode(A64_movz, "sf", 0, "hw", 2, NULL)), IR_EXIT_ILLEGAL);
}

/* A bit field by the definition: bits of x1 from `from` on, `length` of them, to `to` of x0. */
static uint64_t field_by_definition(uint64_t x, unsigned width, unsigned r, unsigned s,
                                    uint64_t background, bool is_signed)
{
    unsigned from = s >= r ? r : 0, to = s >= r ? 0 : width - r, length = (s >= r ? s - r : s) + 1;
    uint64_t result = background;
    for (unsigned i = 0; i < width; i++) {
        uint64_t bit = background >> i & 1;
        if (i >= to && i < to + length)
            bit = x >> (from + i - to) & 1;
        else if (is_signed)
            bit = i >= to + length ? x >> (from + length - 1) & 1 : 0;
        result = (result & ~(UINT64_C(1) << i)) | bit << i;
    }
    return width == 32 ? (uint32_t)result : result;
}

static void check_field(enum a64_insn insn, unsigned width, unsigned r, unsigned s, bool is_signed,
                        bool keeps)
{
    static const uint64_t values[] = {0x8123456789abcdef, 0x7edcba9876543210};
    for (unsigned i = 0; i < 2; i++) {
        uint64_t old = 0xaaaa5555cccc3333;
        set_x_register(0, old);
        set_x_register(1, values[i]);
        run_word(encode(insn, "rd", 0, "rn", 1, "immr", r, "imms", s, NULL));
        uint64_t want = field_by_definition(values[i], width, r, s, keeps ? old : 0, is_signed);
        cr_expect_eq(get_x_register(0), want, "%s %u, %u of %#lx: %#lx, want %#lx",
                     a64_rows[insn].name, r, s, values[i], get_x_register(0), want);
    }
}

A64_TEST(a64_data, bit_fields)
{
    reset(NULL);
    for (unsigned r = 0; r < 64; r++)
        for (unsigned s = 0; s < 64; s += 1 + (s % 3)) {
            check_field(A64_sbfm_x, 64, r, s, true, false);
            check_field(A64_ubfm_x, 64, r, s, false, false);
            check_field(A64_bfm_x, 64, r, s, false, true);
            if (r < 32 && s < 32) {
                check_field(A64_sbfm_w, 32, r, s, true, false);
                check_field(A64_ubfm_w, 32, r, s, false, false);
                check_field(A64_bfm_w, 32, r, s, false, true);
            }
        }
}

A64_TEST(a64_data, extraction_from_pairs)
{
    CHECK_FIELDS({A64_extr_x, 2, 0x11223344, 0x99aabbccddeeff00, 0x99aabbccddeeff00, "imms", 0},
          {A64_extr_x, 2, 0x11223388, 0x99aabbccddeeff00, 0x8899aabbccddeeff, "imms", 8},
          {A64_extr_x, 2, 1, ONES, 3, "imms", 63}, {A64_extr_w, 2, 1, 0xffffffff, 3, "imms", 31},
          {A64_extr_w, 2, 0xff00000001, 0xee80000000, 0x80000000, "imms", 0},
          {A64_extr_w, 2, 5, 5, 0x80000002, "imms", 1});
}

/* A mask is an element of 64, 32, 16, 8, 4 or 2 bits, repeated: ones in a row, rotated. */
A64_TEST(a64_data, logical_masks)
{
    unsigned wide = 0, narrow = 0;
    uint64_t mask;
    for (uint32_t fields = 0; fields < 1u << 13; fields++) {
        wide += a64_logical_mask(true, fields, &mask) && mask && mask != ONES;
        narrow += a64_logical_mask(false, fields, &mask) && mask && mask < 0xffffffff;
    }
    /* 1 to size - 1 ones; the field of the rotation may exceed the size */
    cr_expect_eq(wide, 63 * 64 + 31 * 64 + 15 * 64 + 7 * 64 + 3 * 64 + 1 * 64);
    cr_expect_eq(narrow, 31 * 64 + 15 * 64 + 7 * 64 + 3 * 64 + 1 * 64);
    CHECK_FIELDS({A64_and_imm, 1, ONES, 0, 0x5555555555555555, "mask", 0x03c},
          {A64_and_imm, 1, ONES, 0, 1, "mask", 0x1000}, {A64_and_imm, 0, ONES, 0, 1, "mask", 0},
          {A64_orr_imm, 1, 0, 0, 0x8000000000000001, "mask", 0x1041},
          {A64_orr_imm, 0, 0, 0, 0x00ff00ff, "mask", 0x027},
          {A64_eor_imm, 1, 0xff, 0, ONES, "mask", 0x1e37});
    cr_expect_eq(run_word(encode(A64_and_imm, "sf", 0, "mask", 0x1000, NULL)), IR_EXIT_ILLEGAL);
    cr_expect_eq(run_word(encode(A64_and_imm, "sf", 1, "mask", 0x103f, NULL)), IR_EXIT_ILLEGAL);
    cr_expect_eq(run_word(encode(A64_and_imm, "sf", 1, "mask", 0x03f, NULL)), IR_EXIT_ILLEGAL);
}

A64_TEST(a64_data, addresses)
{
    reset(NULL);
    run_word(encode(A64_adr, "rd", 0, "page", (uint32_t)-3, NULL));
    cr_expect_eq(get_x_register(0), code_address() - 3);
    run_word(encode(A64_adrp, "rd", 0, "page", 2, NULL));
    cr_expect_eq(get_x_register(0), (code_address() & ~UINT64_C(4095)) + 8192);
    run_word(encode(A64_adrp, "rd", 0, "page", 1u << 20, NULL));
    cr_expect_eq(get_x_register(0), (code_address() & ~UINT64_C(4095)) - (UINT64_C(1) << 32));
}

A64_TEST(a64_data, stack_pointer_and_zero)
{
    reset(NULL);
    set_x_register(31, 0x1000);
    run_word(encode(A64_add_imm, "sf", 1, "rd", 31, "rn", 31, "imm", 1, "sh", 1, NULL));
    cr_expect_eq(get_x_register(31), 0x2000);
    run_word(encode(A64_sub_imm, "sf", 0, "rd", 31, "rn", 31, "imm", 0xfff, NULL));
    cr_expect_eq(get_x_register(31), 0x1001);
    run_word(encode(A64_subs_imm, "sf", 1, "rd", 31, "rn", 31, "imm", 1, NULL)); /* cmp */
    cr_expect_eq(get_x_register(31), 0x1001);
    run_word(encode(A64_and_imm, "sf", 1, "rd", 31, "rn", 31, "mask", 0x1000, NULL)); /* of xzr */
    cr_expect_eq(get_x_register(31), 0);
    set_x_register(31, 0x2000);
    set_x_register(2, ~UINT64_C(0));
    run_word(encode(A64_add_ext, "sf", 1, "rd", 31, "rn", 31, "ext", 2 << 6 | SXTW << 3 | 3, NULL));
    cr_expect_eq(get_x_register(31), 0x1ff8);
    run_word(encode(A64_add, "sf", 1, "rd", 31, "rn", 31, "rm", 2, NULL));
    cr_expect_eq(get_x_register(31), 0x1ff8);
}

A64_TEST(a64_data, reserved_operands_are_undefined)
{
    reset(NULL);
    uint32_t words[] = {
        encode(A64_add, "sf", 1, "shift", 3 << 6, NULL), /* ror */
        encode(A64_add, "sf", 0, "shift", 32, NULL),
        encode(A64_orr, "sf", 0, "shift", 3 << 6 | 32, NULL),
        encode(A64_add_ext, "sf", 1, "ext", 5, NULL),
    };
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        cr_expect_eq(run_word(words[i]), IR_EXIT_ILLEGAL, "%08x", words[i]);
    reset("max,cssc=off,crc32=off");
    cr_expect_eq(run_word(encode(A64_cnt, "sf", 1, NULL)), IR_EXIT_ILLEGAL);
    cr_expect_eq(run_word(encode(A64_crc32b, NULL)), IR_EXIT_ILLEGAL);
}

/* (The other conversions to fixed point are compared with qemu, which has not always got this one
 * right.) The result is signed, the register's rest zero. */
A64_TEST(a64_data, scalar_half_to_fixed_point)
{
    static const struct {
        uint16_t half;
        unsigned fraction;
        uint16_t want;
    } cases[] = {
        {0x3e00, 4, 24},     {0xbe00, 4, 0xffe8}, {0x3c00, 14, 0x4000}, {0x3c00, 15, 0x7fff},
        {0xbc00, 15, 0x8000}, {0x3c00, 16, 0x7fff}, {0x7c00, 1, 0x7fff}, {0xfc00, 1, 0x8000},
        {0x7e00, 8, 0},      {0x3555, 1, 0},      {0xb800, 1, 0xffff},  {0x0001, 16, 0},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        reset(NULL);
        set_v_register(1, (union ir_v128){.h = {cases[i].half, 0x3c00, 0x3c00}});
        set_v_register(0, (union ir_v128){.d = {ONES, ONES}});
        run_word(encode(A64_fcvtzs_f_h, "rd", 0, "rn", 1, "scale", 16 - cases[i].fraction, NULL));
        union ir_v128 got = get_v_register(0), want = {.d = {cases[i].want, 0}};
        cr_expect(got.d[0] == want.d[0] && !got.d[1], "%#x by 2^%u: %#lx", cases[i].half,
                  cases[i].fraction, got.d[0]);
    }
}

/* ---- CSSC against C ------------------------------------------------------------------------ */

enum cssc { SMAX, UMAX, SMIN, UMIN, CTZ, CNT, ABS };

/* Operands of 32 bits come extended, signed for the signed ones. */
static uint64_t cssc_model(enum cssc operation, unsigned width, uint64_t a, uint64_t b)
{
    int64_t x = (int64_t)a, y = (int64_t)b;
    switch (operation) {
    case SMAX: return x > y ? a : b;
    case SMIN: return x < y ? a : b;
    case UMAX: return a > b ? a : b;
    case UMIN: return a < b ? a : b;
    case CTZ: return a ? (uint64_t)__builtin_ctzll(a) : width;
    case CNT: return (uint64_t)__builtin_popcountll(a);
    case ABS: return x < 0 ? 0 - a : a;
    }
    return 0;
}

/* A number of few or many bits, or next to an edge. */
static uint64_t random_number(uint64_t *random)
{
    static const uint64_t edges[] = {0, 1, ONES, MIN64, MAX64, 0x7fffffff, 0x80000000, 0x7f, 0x80};
    uint64_t r = decode_random_number(random), bits = decode_random_number(random);
    bits ^= decode_random_number(random) << 32;
    return r % 3 ? bits >> (r >> 8) % 64 : edges[(r >> 8) % (sizeof edges / sizeof edges[0])];
}

static uint64_t extended(uint64_t x, unsigned width, bool is_signed)
{
    unsigned shift = 64 - width;
    return is_signed ? (uint64_t)((int64_t)(x << shift) >> shift) : x << shift >> shift;
}

A64_TEST(a64_data, cssc_is_what_c_computes)
{
    enum { REGISTER, IMMEDIATE, NEITHER };
    static const struct {
        enum a64_insn insn;
        enum cssc operation;
        unsigned second;
        bool is_signed;
    } rows[] = {
        {A64_smax_r, SMAX, REGISTER, true},  {A64_smax_imm, SMAX, IMMEDIATE, true},
        {A64_umax_r, UMAX, REGISTER, false}, {A64_umax_imm, UMAX, IMMEDIATE, false},
        {A64_smin_r, SMIN, REGISTER, true},  {A64_smin_imm, SMIN, IMMEDIATE, true},
        {A64_umin_r, UMIN, REGISTER, false}, {A64_umin_imm, UMIN, IMMEDIATE, false},
        {A64_ctz, CTZ, NEITHER, false},      {A64_cnt, CNT, NEITHER, false},
        {A64_abs, ABS, NEITHER, true},
    };
    uint64_t random = 42;
    reset(NULL);
    for (unsigned n = 0; n < 4000; n++) {
        unsigned i = n % (sizeof rows / sizeof rows[0]), sf = n / 64 % 2, width = sf ? 64 : 32;
        bool is_signed = rows[i].is_signed;
        uint64_t a = random_number(&random), b = random_number(&random), second = b;
        uint32_t imm = (uint32_t)b & 0xff, word;
        if (rows[i].second == IMMEDIATE) {
            second = extended(imm, 8, is_signed);
            word = encode(rows[i].insn, "sf", sf, "rd", 0, "rn", 1, "imm", imm, NULL);
        } else if (rows[i].second == REGISTER) {
            word = encode(rows[i].insn, "sf", sf, "rd", 0, "rn", 1, "rm", 2, NULL);
        } else {
            word = encode(rows[i].insn, "sf", sf, "rd", 0, "rn", 1, NULL);
        }
        uint64_t want = cssc_model(rows[i].operation, width, extended(a, width, is_signed),
                                   extended(second, width, is_signed));
        set_x_register(1, a), set_x_register(2, b);
        set_flags(n % 16);
        cr_assert_eq(run_word(word), IR_EXIT_NONE);
        cr_assert_eq(get_x_register(0), extended(want, width, false), "%s%u %#lx, %#lx: %#lx",
                     a64_rows[rows[i].insn].name, width, a, second, get_x_register(0));
        cr_assert_eq(get_flags(), n % 16);
    }
}
