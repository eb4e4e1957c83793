/*
 * A64, pointer authentication (Arm ARM D8.10): what is signed comes back when it is authenticated
 * with the same key and modifier, and only then. The code has seven bits, so that one wrong pointer
 * in 128 passes: where it matters a bit of the code is flipped.
 */
#include "frontend/aarch64/aarch64.h"
#include "tests/insn/a64.h"

#define CODE_BITS (UINT64_C(0x7f) << 48)
#define FLIPPED   (UINT64_C(1) << 50)
#define POINTER   UINT64_C(0x0000aaaabbbbccd0)

/* By enum a64_pac_key: with a modifier, and with zero for one. */
static const struct {
    enum a64_insn sign, authenticate, sign_zero, authenticate_zero;
} keys[] = {
    [PAC_IA] = {A64_pacia, A64_autia, A64_paciza, A64_autiza},
    [PAC_IB] = {A64_pacib, A64_autib, A64_pacizb, A64_autizb},
    [PAC_DA] = {A64_pacda, A64_autda, A64_pacdza, A64_autdza},
    [PAC_DB] = {A64_pacdb, A64_autdb, A64_pacdzb, A64_autdzb},
};
enum { KEYS = sizeof keys / sizeof keys[0], MODIFIERS = 64 };

/* insn x0, x1 */
static uint64_t pac(enum a64_insn insn, uint64_t pointer, uint64_t modifier)
{
    set_x_register(0, pointer);
    set_x_register(1, modifier);
    cr_assert_eq(run_word(encode(insn, "rd", 0, "rn", 1, NULL)), IR_EXIT_NONE);
    cr_assert_eq(get_x_register(1), modifier);
    return get_x_register(0);
}

/* insn x0 */
static uint64_t pac_alone(enum a64_insn insn, uint64_t pointer)
{
    set_x_register(0, pointer);
    cr_assert_eq(run_word(encode(insn, "rd", 0, NULL)), IR_EXIT_NONE);
    return get_x_register(0);
}

A64_TEST(a64_pauth, pointers_are_signed)
{
    unsigned same = 0, accepted = 0;
    reset(NULL);
    for (unsigned i = 0; i < KEYS; i++)
        for (uint64_t n = 0; n < MODIFIERS; n++) {
            uint64_t pointer = POINTER + 16 * n, modifier = 0x0000ffffcccc0000 + 16 * n;
            uint64_t tagged = pointer | (n & 1 ? UINT64_C(0xa5) << 56 : 0);
            uint64_t code = pac(keys[i].sign, tagged, modifier);
            cr_assert_eq(code & ~CODE_BITS, tagged, "%#lx", code);
            cr_assert_eq(pac(keys[i].authenticate, code, modifier), tagged);
            cr_assert_neq(pac(keys[i].authenticate, code ^ FLIPPED, modifier), tagged);
            same += code == tagged;
            accepted += pac(keys[i].authenticate, code, modifier + 16) == tagged;
            accepted += pac(keys[i].authenticate, code ^ 16, modifier) == (tagged ^ 16);
            accepted += pac(keys[(i + 1) % KEYS].authenticate, code, modifier) == tagged;
            cr_assert_eq(pac_alone(A64_xpaci, code), tagged);
            cr_assert_eq(pac_alone(A64_xpacd, code), tagged);
        }
    /* 7 bits: 2 and 6 are expected */
    cr_expect(same < 16, "%u of 256 signatures are nothing", same);
    cr_expect(accepted < 32, "%u of 768 forgeries are accepted", accepted);
}

A64_TEST(a64_pauth, zero_as_modifier)
{
    reset(NULL);
    for (unsigned i = 0; i < KEYS; i++)
        for (uint64_t n = 0; n < MODIFIERS; n++) {
            uint64_t pointer = POINTER + 4096 * n, code = pac(keys[i].sign, pointer, 0);
            cr_assert_eq(pac_alone(keys[i].sign_zero, pointer), code);
            cr_assert_eq(pac_alone(keys[i].authenticate_zero, code), pointer);
            cr_assert_neq(pac_alone(keys[i].authenticate_zero, code ^ FLIPPED), pointer);
        }
}

/* Register 31 is sp as modifier and zr as pointer. */
A64_TEST(a64_pauth, register_31)
{
    reset(NULL);
    for (unsigned i = 0; i < KEYS; i++) {
        uint64_t code = pac(keys[i].sign, POINTER, 0x7fff1230);
        set_x_register(31, 0x7fff1230);
        set_x_register(0, POINTER);
        run_word(encode(keys[i].sign, "rd", 0, "rn", 31, NULL));
        cr_expect_eq(get_x_register(0), code);
        run_word(encode(keys[i].authenticate, "rd", 0, "rn", 31, NULL));
        cr_expect_eq(get_x_register(0), POINTER);
        run_word(encode(keys[i].sign, "rd", 31, "rn", 0, NULL));
        run_word(encode(keys[i].sign_zero, "rd", 31, NULL));
        cr_expect_eq(get_x_register(31), 0x7fff1230);
    }
}

/* Copies of bit 55 take the place of the code; the tag stays. */
A64_TEST(a64_pauth, codes_are_stripped)
{
    static const struct {
        uint64_t code, want;
    } cases[] = {
        {0x007faaaabbbbccc0, 0x0000aaaabbbbccc0}, {0xa55555aaaa000000, 0xa50055aaaa000000},
        {0xff80aaaabbbbccc0, 0xffffaaaabbbbccc0}, {0x12d5ffff00000000, 0x12ffffff00000000},
    };
    reset(NULL);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_eq(pac_alone(A64_xpaci, cases[i].code), cases[i].want);
        cr_expect_eq(pac_alone(A64_xpacd, cases[i].code), cases[i].want);
        set_x_register(30, cases[i].code);
        run_word(encode(A64_xpaclri, NULL));
        cr_expect_eq(get_x_register(30), cases[i].want);
    }
}

A64_TEST(a64_pauth, hint_space)
{
    enum { MODIFIER = 0x7ffff000 };
    static const struct {
        enum a64_insn sign, authenticate;
        unsigned key, pointer, modifier; /* registers; 32: zero */
    } rows[] = {
        {A64_paciasp, A64_autiasp, PAC_IA, 30, 31}, {A64_pacibsp, A64_autibsp, PAC_IB, 30, 31},
        {A64_paciaz, A64_autiaz, PAC_IA, 30, 32},   {A64_pacibz, A64_autibz, PAC_IB, 30, 32},
        {A64_pacia1716, A64_autia1716, PAC_IA, 17, 16},
        {A64_pacib1716, A64_autib1716, PAC_IB, 17, 16},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        reset(NULL);
        bool zero = rows[i].modifier == 32;
        uint64_t want = pac(keys[rows[i].key].sign, POINTER, zero ? 0 : MODIFIER);
        if (!zero)
            set_x_register(rows[i].modifier, MODIFIER);
        set_x_register(rows[i].pointer, POINTER);
        run_word(encode(rows[i].sign, NULL));
        cr_expect_eq(get_x_register(rows[i].pointer), want, "%s", a64_rows[rows[i].sign].name);
        run_word(encode(rows[i].authenticate, NULL));
        cr_expect_eq(get_x_register(rows[i].pointer), POINTER, "%s",
                     a64_rows[rows[i].authenticate].name);
        set_x_register(rows[i].pointer, want ^ FLIPPED);
        run_word(encode(rows[i].authenticate, NULL));
        cr_expect_neq(get_x_register(rows[i].pointer), POINTER);
    }
}

/* ---- branches ------------------------------------------------------------------------------ */

static const struct {
    enum a64_insn insn;
    unsigned key;
    bool zero, links;
} branches[] = {
    {A64_braa, PAC_IA, false, false}, {A64_brab, PAC_IB, false, false},
    {A64_braaz, PAC_IA, true, false}, {A64_brabz, PAC_IB, true, false},
    {A64_blraa, PAC_IA, false, true}, {A64_blrab, PAC_IB, false, true},
    {A64_blraaz, PAC_IA, true, true}, {A64_blrabz, PAC_IB, true, true},
};

static uint32_t branch(unsigned i, unsigned rn, unsigned rd)
{
    return branches[i].zero ? encode(branches[i].insn, "rn", rn, NULL)
                            : encode(branches[i].insn, "rn", rn, "rd", rd, NULL);
}

A64_TEST(a64_pauth, branches_reach_their_target)
{
    for (unsigned i = 0; i < sizeof branches / sizeof branches[0]; i++)
        for (uint64_t n = 0; n < MODIFIERS; n++) {
            const char *name = a64_rows[branches[i].insn].name;
            reset(NULL);
            uint64_t modifier = branches[i].zero ? 0 : 0x55550000 + 8 * n;
            uint64_t code = pac(keys[branches[i].key].sign, POINTER + 4 * n, modifier);
            set_x_register(7, code), set_x_register(8, modifier), set_x_register(30, 99);
            cr_assert_eq(run_word(branch(i, 7, 8)), IR_EXIT_NONE);
            cr_assert_eq(cpu.exit_pc, POINTER + 4 * n, "%s: %#lx", name, cpu.exit_pc);
            cr_assert_eq(get_x_register(30), branches[i].links ? code_address() + 4 : 99, "%s",
                         name);
            cr_assert_eq(get_x_register(7), code);
            set_x_register(7, code ^ FLIPPED);
            run_word(branch(i, 7, 8));
            cr_assert_neq(cpu.exit_pc, POINTER + 4 * n, "%s", name);
        }
}

/* Target and modifier are read before the link is written; sp may be the modifier. */
A64_TEST(a64_pauth, branches_by_x30_and_sp)
{
    for (unsigned i = 0; i < sizeof branches / sizeof branches[0]; i++) {
        reset(NULL);
        uint64_t modifier = branches[i].zero ? 0 : 0x7fff0010;
        set_x_register(30, pac(keys[branches[i].key].sign, POINTER, modifier));
        set_x_register(31, 0x7fff0010);
        run_word(branch(i, 30, 31));
        cr_expect_eq(cpu.exit_pc, POINTER, "%s", a64_rows[branches[i].insn].name);
        set_x_register(30, modifier);
        set_x_register(5, pac(keys[branches[i].key].sign, POINTER, modifier));
        run_word(branch(i, 5, 30));
        cr_expect_eq(cpu.exit_pc, POINTER, "%s", a64_rows[branches[i].insn].name);
    }
}

A64_TEST(a64_pauth, returns_reach_their_target)
{
    static const enum a64_insn returns[] = {[PAC_IA] = A64_retaa, [PAC_IB] = A64_retab};
    for (unsigned i = 0; i < 2; i++)
        for (uint64_t n = 0; n < MODIFIERS; n++) {
            reset(NULL);
            uint64_t code = pac(keys[i].sign, POINTER + 4 * n, 0x7fff0000 + 16 * n);
            set_x_register(31, 0x7fff0000 + 16 * n), set_x_register(30, code);
            run_word(encode(returns[i], NULL));
            cr_assert_eq(cpu.exit_pc, POINTER + 4 * n);
            set_x_register(30, code ^ FLIPPED);
            run_word(encode(returns[i], NULL));
            cr_assert_neq(cpu.exit_pc, POINTER + 4 * n);
        }
}

/* ---- loads, generic code, the feature ------------------------------------------------------ */

A64_TEST(a64_pauth, loads)
{
    static const struct {
        enum a64_insn insn;
        unsigned key;
        bool writeback;
    } rows[] = {
        {A64_ldraa, PAC_DA, false}, {A64_ldraa_pre, PAC_DA, true},
        {A64_ldrab, PAC_DB, false}, {A64_ldrab_pre, PAC_DB, true},
    };
    static uint64_t data[3] = {0x1111, 0x2222, 0x333333333333};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (unsigned n = 0; n < 3; n++) {
            uint64_t *base = data + 1, *place = data + n;
            reset(NULL);
            uint64_t code = pac(keys[rows[i].key].sign, (uint64_t)base, 0);
            uint32_t load = encode(rows[i].insn, "rt", 0, "rn", 3, "imm", (n - 1) & 0x3ff, NULL);
            set_x_register(3, code);
            cr_assert_eq(run_word(load), IR_EXIT_NONE);
            cr_expect_eq(get_x_register(0), *place);
            cr_expect_eq(get_x_register(3), rows[i].writeback ? (uint64_t)place : code);
            set_x_register(0, 77), set_x_register(3, code ^ FLIPPED);
            cr_expect_eq(run_word(load), IR_EXIT_FAULT, "a wrong code is no address");
            cr_expect_eq(get_x_register(0), 77);
            cr_expect_eq(get_x_register(3), code ^ FLIPPED);
        }
}

static uint64_t pacga(uint64_t x, uint64_t modifier)
{
    set_x_register(1, x), set_x_register(2, modifier);
    run_word(encode(A64_pacga, "rd", 0, "rn", 1, "rm", 2, NULL));
    return get_x_register(0);
}

A64_TEST(a64_pauth, generic_code)
{
    reset(NULL);
    uint64_t code = pacga(77, 88);
    cr_expect_eq((uint32_t)code, 0);
    cr_expect_eq(pacga(77, 88), code);
    cr_expect(pacga(77, 89) != code && pacga(78, 88) != code); /* by one chance in 2^31 equal */
}

A64_TEST(a64_pauth, without_the_feature)
{
    static const enum a64_insn undefined[] = {A64_pacia, A64_autdzb, A64_xpacd, A64_pacga,
                                              A64_braa,  A64_blrabz, A64_retaa, A64_ldraa};
    reset("max,pauth=off");
    for (unsigned i = 0; i < sizeof undefined / sizeof undefined[0]; i++)
        cr_expect_eq(run_word(encode(undefined[i], NULL)), IR_EXIT_ILLEGAL);
}
