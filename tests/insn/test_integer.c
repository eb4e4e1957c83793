/* RV64I, M, B and Zicond: registers in, registers expected (RISC-V ISA Manual). */
#include <criterion/criterion.h>

#include "tests/insn/machine.h"

#define MIN64 0x8000000000000000u
#define MAX64 0x7fffffffffffffffu
#define ONES  0xffffffffffffffffu

struct case_r {
    enum rv_insn insn;
    uint64_t a, b, want;
};

static void check_r(const struct case_r *cases, unsigned n)
{
    reset(NULL);
    for (unsigned i = 0; i < n; i++) {
        const struct case_r *c = &cases[i];
        uint64_t got = run_r(c->insn, c->a, c->b);
        cr_expect_eq(got, c->want, "%s %#lx, %#lx: %#lx, want %#lx", rv_rows[c->insn].name, c->a,
                     c->b, got, c->want);
    }
}

static void check_i(const struct case_r *cases, unsigned n)
{
    reset(NULL);
    for (unsigned i = 0; i < n; i++) {
        const struct case_r *c = &cases[i];
        uint64_t got = run_i(c->insn, c->a, (int64_t)c->b);
        cr_expect_eq(got, c->want, "%s %#lx, %ld: %#lx, want %#lx", rv_rows[c->insn].name, c->a,
                     (int64_t)c->b, got, c->want);
    }
}

#define CHECK_R(...)                                                                               \
    do {                                                                                           \
        static const struct case_r cases[] = {__VA_ARGS__};                                        \
        check_r(cases, sizeof cases / sizeof cases[0]);                                            \
    } while (0)
#define CHECK_I(...)                                                                               \
    do {                                                                                           \
        static const struct case_r cases[] = {__VA_ARGS__};                                        \
        check_i(cases, sizeof cases / sizeof cases[0]);                                            \
    } while (0)

Test(integer, register_register)
{
    CHECK_R({RV_add, MAX64, 1, MIN64}, {RV_add, ONES, 1, 0}, {RV_sub, 0, 1, ONES},
            {RV_sub, MIN64, 1, MAX64}, {RV_sll, 1, 63, MIN64}, {RV_sll, 1, 64, 1},
            {RV_sll, 3, 65, 6}, {RV_srl, MIN64, 63, 1}, {RV_srl, ONES, 64, ONES},
            {RV_sra, MIN64, 63, ONES}, {RV_sra, MAX64, 62, 1}, {RV_sra, MIN64, 0x7f, ONES},
            {RV_slt, ONES, 0, 1}, {RV_slt, 0, ONES, 0}, {RV_slt, MIN64, MAX64, 1},
            {RV_slt, 5, 5, 0}, {RV_sltu, ONES, 0, 0}, {RV_sltu, 0, ONES, 1}, {RV_sltu, 7, 7, 0},
            {RV_xor, 0xff00, 0x0ff0, 0xf0f0}, {RV_or, 0xff00, 0x0ff0, 0xfff0},
            {RV_and, 0xff00, 0x0ff0, 0x0f00});
}

Test(integer, register_immediate)
{
    CHECK_I(
        {RV_addi, 0, -1, ONES}, {RV_addi, MAX64, 1, MIN64}, {RV_addi, 5, -2048, (uint64_t)-2043},
        {RV_slti, ONES, 0, 1}, {RV_slti, 0, -1, 0}, {RV_sltiu, 0, -1, 1}, {RV_sltiu, ONES, -1, 0},
        {RV_sltiu, 0, 1, 1}, {RV_xori, 0, -1, ONES}, {RV_ori, 0x800, -2048, (uint64_t)-2048},
        {RV_andi, ONES, 0x7ff, 0x7ff}, {RV_andi, 0x12345, -16, 0x12340}, {RV_slli, 1, 63, MIN64},
        {RV_srli, MIN64, 63, 1}, {RV_srai, MIN64, 63, ONES}, {RV_slli, 0x1234, 0, 0x1234});
}

Test(integer, words)
{
    CHECK_R({RV_addw, 0x7fffffff, 1, 0xffffffff80000000}, {RV_addw, 0xffffffff, 1, 0},
            {RV_subw, 0, 1, ONES}, {RV_subw, 0x80000000, 1, 0x7fffffff},
            {RV_sllw, 1, 31, 0xffffffff80000000}, {RV_sllw, 1, 32, 1},
            {RV_sllw, 3, 63, 0xffffffff80000000}, {RV_srlw, 0xffffffff80000000, 31, 1},
            {RV_srlw, 0x80000000, 32, 0xffffffff80000000}, {RV_sraw, 0x80000000, 31, ONES},
            {RV_sraw, 0xf7fffffff, 4, 0x7ffffff});
    CHECK_I({RV_addiw, 0x7fffffff, 1, 0xffffffff80000000},
            {RV_addiw, 0x1234567880000000, 0, 0xffffffff80000000},
            {RV_addiw, 0xffffffff00000001, -1, 0}, {RV_slliw, 1, 31, 0xffffffff80000000},
            {RV_srliw, ONES, 31, 1}, {RV_srliw, 0xffffffff, 0, ONES},
            {RV_sraiw, 0x80000000, 31, ONES});
}

Test(integer, x0_is_never_written)
{
    reset(NULL);
    set_x_register(A0, 7);
    uint32_t words[] = {encode(RV_addi, "rd", 0, "rs1", A0, "imm", 1, NULL),
                        encode(RV_lui, "rd", 0, "imm", 1, NULL),
                        encode(RV_add, "rd", A2, "rs1", 0, "rs2", 0, NULL)};
    run_words(words, 3);
    cr_assert_eq(get_x_register(A2), 0);
}

Test(integer, upper_immediates)
{
    reset(NULL);
    run_word(encode(RV_lui, "rd", A2, "imm", 0x80000, NULL));
    cr_assert_eq(get_x_register(A2), 0xffffffff80000000);
    run_word(encode(RV_auipc, "rd", A2, "imm", 0xfffff, NULL));
    cr_assert_eq(get_x_register(A2), code_address() - 4096);
}

Test(integer, multiplication)
{
    CHECK_R({RV_mul, MIN64, ONES, MIN64}, {RV_mul, 0x100000001, 0x100000001, 0x200000001},
            {RV_mulh, MIN64, MIN64, 0x4000000000000000}, {RV_mulh, ONES, ONES, 0},
            {RV_mulh, ONES, 1, ONES}, {RV_mulhu, ONES, ONES, ONES - 1}, {RV_mulhu, MIN64, 2, 1},
            {RV_mulhsu, ONES, ONES, ONES}, {RV_mulhsu, MIN64, ONES, MIN64}, {RV_mulhsu, 1, ONES, 0},
            {RV_mulw, 0x80000000, ONES, 0xffffffff80000000},
            {RV_mulw, 0x10000, 0x8000, 0xffffffff80000000});
}

Test(integer, division)
{
    CHECK_R({RV_div, 7, (uint64_t)-2, (uint64_t)-3}, {RV_div, 7, 0, ONES},
            {RV_div, MIN64, ONES, MIN64}, {RV_divu, 7, 0, ONES}, {RV_divu, ONES, 2, MAX64},
            {RV_rem, (uint64_t)-7, 2, ONES}, {RV_rem, 7, 0, 7}, {RV_rem, MIN64, ONES, 0},
            {RV_remu, 7, 0, 7}, {RV_remu, ONES, 16, 15},
            {RV_divw, 0x80000000, ONES, 0xffffffff80000000}, {RV_divw, 7, 0x100000000, ONES},
            {RV_divuw, 7, 0, ONES}, {RV_divuw, 0x80000000, 1, 0xffffffff80000000},
            {RV_remw, 0x80000000, ONES, 0}, {RV_remw, 0x80000000, 0, 0xffffffff80000000},
            {RV_remuw, 0xffffffff, 0, ONES}, {RV_remuw, 0x80000001, 2, 1});
}

Test(integer, zba)
{
    CHECK_R({RV_sh1add, MIN64, 5, 5}, {RV_sh2add, 3, 100, 112}, {RV_sh3add, ONES, 8, 0},
            {RV_add_uw, ONES, 1, 0x100000000}, {RV_sh1add_uw, ONES, 0, 0x1fffffffe},
            {RV_sh2add_uw, 0xf00000001, 1, 5}, {RV_sh3add_uw, ONES, 8, 0x800000000});
    CHECK_I({RV_slli_uw, ONES, 4, 0xffffffff0}, {RV_slli_uw, 0xf80000000, 32, MIN64});
}

Test(integer, zbb)
{
    CHECK_R({RV_andn, 0xff, 0x0f, 0xf0}, {RV_orn, 0, 0x0f, ~(uint64_t)0x0f},
            {RV_xnor, 0xff, 0x0f, ~(uint64_t)0xf0}, {RV_min, ONES, 1, ONES}, {RV_minu, ONES, 1, 1},
            {RV_max, ONES, 1, 1}, {RV_maxu, ONES, 1, ONES}, {RV_rol, MIN64 | 1, 1, 3},
            {RV_rol, 1, 64, 1}, {RV_rol, 1, 127, MIN64}, {RV_ror, 1, 1, MIN64},
            {RV_rolw, 0x80000000, 1, 1}, {RV_rolw, 0x40000000, 1, 0xffffffff80000000},
            {RV_rorw, 1, 1, 0xffffffff80000000}, {RV_rorw, 0xf00000002, 33, 1}, {RV_clz, 0, 0, 64},
            {RV_clz, 1, 0, 63}, {RV_ctz, 0, 0, 64}, {RV_ctz, MIN64, 0, 63}, {RV_cpop, ONES, 0, 64},
            {RV_clzw, 0xffffffff00000000, 0, 32}, {RV_clzw, 1, 0, 31},
            {RV_ctzw, 0xffffffff00000000, 0, 32}, {RV_ctzw, 8, 0, 3}, {RV_cpopw, ONES, 0, 32},
            {RV_sext_b, 0x180, 0, (uint64_t)-128}, {RV_sext_h, 0x18000, 0, (uint64_t)-32768},
            {RV_zext_h, ONES, 0, 0xffff}, {RV_orc_b, 0x0100200000000080, 0, 0xff00ff00000000ff},
            {RV_rev8, 0x0102030405060708, 0, 0x0807060504030201});
    CHECK_I({RV_rori, 1, 1, MIN64}, {RV_rori, 1, 0, 1}, {RV_roriw, 1, 1, 0xffffffff80000000});
}

Test(integer, zbc)
{
    CHECK_R({RV_clmul, 3, 3, 5}, {RV_clmul, ONES, 2, ONES - 1}, {RV_clmulh, MIN64, 2, 1},
            {RV_clmulh, ONES, ONES, 0x5555555555555555}, {RV_clmulr, MIN64, 2, 2},
            {RV_clmulr, MIN64, 1, 1}, {RV_clmulr, ONES, ONES, 0xaaaaaaaaaaaaaaaa});
}

Test(integer, zbs)
{
    CHECK_R({RV_bclr, ONES, 64, ONES - 1}, {RV_bext, MIN64, 63, 1}, {RV_bext, MIN64, 127, 1},
            {RV_binv, 0, 63, MIN64}, {RV_bset, 0, 1, 2});
    CHECK_I({RV_bclri, ONES, 63, MAX64}, {RV_bexti, 2, 1, 1}, {RV_binvi, 2, 1, 0},
            {RV_bseti, 0, 63, MIN64});
}

Test(integer, zicond)
{
    CHECK_R({RV_czero_eqz, 7, 0, 0}, {RV_czero_eqz, 7, 1, 7}, {RV_czero_nez, 7, 0, 7},
            {RV_czero_nez, 7, MIN64, 0});
}

/* ---- control transfer --------------------------------------------------------------------- */

static bool taken(enum rv_insn insn, uint64_t a, uint64_t b)
{
    set_x_register(A0, a);
    set_x_register(A1, b);
    run_word(encode(insn, "rs1", A0, "rs2", A1, "imm", 64 / 2, NULL));
    uint64_t offset = cpu.exit_pc - code_address();
    cr_assert(offset == 64 || offset == 4, "%s went to %ld", rv_rows[insn].name, (int64_t)offset);
    return offset == 64;
}

Test(integer, branches)
{
    reset(NULL);
    cr_expect(taken(RV_beq, 1, 1) && !taken(RV_beq, 1, 2));
    cr_expect(!taken(RV_bne, 1, 1) && taken(RV_bne, 1, 2));
    cr_expect(taken(RV_blt, ONES, 0) && !taken(RV_blt, 0, ONES) && !taken(RV_blt, 3, 3));
    cr_expect(!taken(RV_bge, ONES, 0) && taken(RV_bge, 0, ONES) && taken(RV_bge, 3, 3));
    cr_expect(!taken(RV_bltu, ONES, 0) && taken(RV_bltu, 0, ONES) && !taken(RV_bltu, 3, 3));
    cr_expect(taken(RV_bgeu, ONES, 0) && !taken(RV_bgeu, 0, ONES) && taken(RV_bgeu, 3, 3));
}

Test(integer, jumps)
{
    reset(NULL);
    run_word(encode(RV_jal, "rd", A2, "imm", (uint32_t)-1024 / 2, NULL));
    cr_expect_eq(cpu.exit_pc, code_address() - 1024);
    cr_expect_eq(get_x_register(A2), code_address() + 4);
    set_x_register(A0, 0x1235);
    run_word(encode(RV_jalr, "rd", A0, "rs1", A0, "imm", 6, NULL));
    cr_expect_eq(cpu.exit_pc, 0x123a, "bit 0 of the sum is cleared");
    cr_expect_eq(get_x_register(A0), code_address() + 4, "the target is read before rd is written");
    run_word(encode(RV_c_jalr, "rs1", A1, NULL));
    cr_expect_eq(get_x_register(RA), code_address() + 2);
}

/* ---- memory ------------------------------------------------------------------------------- */

Test(integer, loads_and_stores)
{
    static _Alignas(16) uint8_t memory[64];
    reset(NULL);
    uint64_t value = 0x8182838485868788;
    set_x_register(A0, (uint64_t)memory + 32);
    set_x_register(A1, value);
    static const struct {
        enum rv_insn store, load, load_unsigned;
        unsigned bits;
    } cases[] = {{RV_sb, RV_lb, RV_lbu, 8},
                 {RV_sh, RV_lh, RV_lhu, 16},
                 {RV_sw, RV_lw, RV_lwu, 32},
                 {RV_sd, RV_ld, RV_ld, 64}};
    for (unsigned i = 0; i < 4; i++) {
        /* misaligned on purpose: ordinary accesses just work */
        run_word(encode(cases[i].store, "rs1", A0, "rs2", A1, "imm", (uint32_t)-9, NULL));
        run_word(encode(cases[i].load, "rd", A2, "rs1", A0, "imm", (uint32_t)-9, NULL));
        unsigned shift = 64 - cases[i].bits;
        cr_expect_eq(get_x_register(A2), (uint64_t)((int64_t)(value << shift) >> shift));
        run_word(encode(cases[i].load_unsigned, "rd", A2, "rs1", A0, "imm", (uint32_t)-9, NULL));
        cr_expect_eq(get_x_register(A2), value << shift >> shift);
        cr_expect_eq(memory[23 + cases[i].bits / 8], 0, "wrote too much");
    }
}
