/* A64, what sets and reads the flags: corner cases (Arm ARM C6.2), all conditions. */
#include <string.h>

#include "tests/insn/a64.h"

#define MIN64 0x8000000000000000u
#define MAX64 0x7fffffffffffffffu
#define ONES  0xffffffffffffffffu

/* x0 and the flags after insn x1, x2 with flags `before`. */
struct flag_case {
    enum a64_insn insn;
    unsigned sf, before;
    uint64_t a, b, want;
    unsigned flags;
};

static void check_flags(const struct flag_case *cases, unsigned n)
{
    reset(NULL);
    for (unsigned i = 0; i < n; i++) {
        const struct flag_case *c = &cases[i];
        set_flags(c->before);
        set_x_register(1, c->a);
        set_x_register(2, c->b);
        run_word(encode(c->insn, "sf", c->sf, "rd", 0, "rn", 1, "rm", 2, NULL));
        cr_expect(get_x_register(0) == c->want && get_flags() == c->flags,
                  "%s (%u) %#lx, %#lx, nzcv %x: %#lx, nzcv %x, want %#lx, %x",
                  a64_rows[c->insn].name, c->sf, c->a, c->b, c->before, get_x_register(0),
                  get_flags(), c->want, c->flags);
    }
}

#define CHECK_FLAGS(...)                                                                           \
    do {                                                                                           \
        static const struct flag_case cases[] = {__VA_ARGS__};                                     \
        check_flags(cases, sizeof cases / sizeof cases[0]);                                        \
    } while (0)

A64_TEST(a64_flags, sums)
{
    CHECK_FLAGS({A64_adds, 1, 0, 0, 0, 0, Z}, {A64_adds, 1, 0, ONES, 1, 0, Z | C},
                {A64_adds, 1, 0, MAX64, 1, MIN64, N | V},
                {A64_adds, 1, 15, MIN64, MIN64, 0, Z | C | V}, {A64_adds, 1, 15, 1, 2, 3, 0},
                {A64_adds, 1, 0, ONES, ONES, ONES - 1, N | C},
                {A64_adds, 0, 0, 0xffffffff, 1, 0, Z | C},
                {A64_adds, 0, 0, 0x7fffffff, 1, 0x80000000, N | V},
                {A64_adds, 0, 0, 0x100000001, 0x200000002, 3, 0});
    CHECK_FLAGS({A64_subs, 1, 0, 5, 5, 0, Z | C}, {A64_subs, 1, 0, 0, 1, ONES, N},
                {A64_subs, 1, 0, 1, 0, 1, C}, {A64_subs, 1, 0, MIN64, 1, MAX64, C | V},
                {A64_subs, 1, 0, MAX64, ONES, MIN64, N | V},
                {A64_subs, 0, 0, 0x100000000, 0, 0, Z | C},
                {A64_subs, 0, 0, 0, 0x80000000, 0x80000000, N | V},
                {A64_subs, 0, 0, 0x80000000, 1, 0x7fffffff, C | V});
}

A64_TEST(a64_flags, sums_with_carry)
{
    CHECK_FLAGS({A64_adc, 1, 0, 1, 2, 3, 0}, {A64_adc, 1, C, 1, 2, 4, C},
                {A64_adc, 0, C | N, 0xffffffff, 0, 0, C | N}, {A64_sbc, 1, C, 5, 3, 2, C},
                {A64_sbc, 1, 0, 5, 3, 1, 0}, {A64_sbc, 0, 0, 0, 0, 0xffffffff, 0});
    CHECK_FLAGS({A64_adcs, 1, C, ONES, 0, 0, Z | C}, {A64_adcs, 1, 0, ONES, 0, ONES, N},
                {A64_adcs, 1, C, ONES, ONES, ONES, N | C},
                {A64_adcs, 1, C, MAX64, 0, MIN64, N | V},
                {A64_adcs, 0, C, 0x7fffffff, 0xffffffff, 0x7fffffff, C},
                {A64_sbcs, 1, C, 0, 0, 0, Z | C}, {A64_sbcs, 1, 0, 0, 0, ONES, N},
                {A64_sbcs, 1, 0, 0, ONES, 0, Z}, {A64_sbcs, 1, 0, MIN64, 0, MAX64, C | V},
                {A64_sbcs, 0, C, 0x80000000, 1, 0x7fffffff, C | V},
                {A64_sbcs, 0, 0, 5, 4, 0, Z | C});
}

A64_TEST(a64_flags, logical)
{
    CHECK_FLAGS({A64_ands, 1, 15, MIN64, ONES, MIN64, N}, {A64_ands, 1, 15, 1, 2, 0, Z},
                {A64_ands, 1, 15, 3, 2, 2, 0}, {A64_ands, 0, 15, MIN64, ONES, 0, Z},
                {A64_ands, 0, 0, 0x80000000, ONES, 0x80000000, N},
                {A64_bics, 1, 15, ONES, 1, ONES - 1, N}, {A64_bics, 0, 15, 1, 1, 0, Z});
}

/* Arm ARM C1.2.4. */
static bool holds(unsigned cond, unsigned nzcv)
{
    bool n = nzcv & N, z = nzcv & Z, c = nzcv & C, v = nzcv & V, r;
    switch (cond >> 1) {
    case 0: r = z; break;
    case 1: r = c; break;
    case 2: r = n; break;
    case 3: r = v; break;
    case 4: r = c && !z; break;
    case 5: r = n == v; break;
    case 6: r = n == v && !z; break;
    default: return true;
    }
    return r != (cond & 1);
}

static uint64_t selected(enum a64_insn insn, unsigned cond, unsigned nzcv, unsigned sf)
{
    set_flags(nzcv);
    run_word(encode(insn, "sf", sf, "rd", 0, "rn", 1, "rm", 2, "cond", cond, NULL));
    cr_expect_eq(get_flags(), nzcv);
    return get_x_register(0);
}

A64_TEST(a64_flags, selection_under_all_conditions)
{
    const uint64_t x = 0xf0f0f0f0f0f0f0f0, y = 0x0102030405060708;
    reset(NULL);
    set_x_register(1, x);
    set_x_register(2, y);
    for (unsigned cond = 0; cond < 16; cond++)
        for (unsigned nzcv = 0; nzcv < 16; nzcv++) {
            bool yes = holds(cond, nzcv);
            cr_expect_eq(selected(A64_csel, cond, nzcv, 1), yes ? x : y, "%x %x", cond, nzcv);
            cr_expect_eq(selected(A64_csinc, cond, nzcv, 1), yes ? x : y + 1, "%x %x", cond, nzcv);
            cr_expect_eq(selected(A64_csinv, cond, nzcv, 0), (uint32_t)(yes ? x : ~y), "%x %x",
                         cond, nzcv);
            cr_expect_eq(selected(A64_csneg, cond, nzcv, 0), (uint32_t)(yes ? x : -y), "%x %x",
                         cond, nzcv);
        }
}

A64_TEST(a64_flags, conditional_comparison)
{
    reset(NULL);
    for (unsigned cond = 0; cond < 16; cond++)
        for (unsigned nzcv = 0; nzcv < 16; nzcv++) {
            unsigned other = nzcv * 7 % 16;
            set_x_register(1, 3);
            set_x_register(2, 5);
            set_flags(nzcv);
            run_word(encode(A64_ccmp, "sf", 1, "rn", 1, "rm", 2, "cond", cond, "nzcv", other,
                            NULL));
            cr_expect_eq(get_flags(), holds(cond, nzcv) ? N : other, "%x %x: %x", cond, nzcv,
                         get_flags());
            set_x_register(1, 0xffffffff);
            set_flags(nzcv);
            run_word(encode(A64_ccmn_imm, "sf", 0, "rn", 1, "imm5", 1, "cond", cond, "nzcv", other,
                            NULL));
            cr_expect_eq(get_flags(), holds(cond, nzcv) ? Z | C : other, "%x %x: %x", cond, nzcv,
                         get_flags());
        }
}

/* Where control goes from a branch of 8 bytes ahead: 1 taken, 0 not. */
static unsigned is_taken(uint32_t word)
{
    uint32_t words[] = {word, encode(A64_movz, "sf", 1, "rd", 0, "imm16", 1, NULL)};
    set_x_register(0, 7);
    run_words(words, 2);
    return get_x_register(0) == 7;
}

A64_TEST(a64_flags, branches)
{
    reset(NULL);
    for (unsigned cond = 0; cond < 16; cond++)
        for (unsigned nzcv = 0; nzcv < 16; nzcv++) {
            set_flags(nzcv);
            cr_expect_eq(is_taken(encode(A64_b_cond, "cond", cond, "target", 2, NULL)),
                         holds(cond, nzcv), "%x %x", cond, nzcv);
            cr_expect_eq(is_taken(encode(A64_bc_cond, "cond", cond, "target", 2, NULL)),
                         holds(cond, nzcv), "%x %x", cond, nzcv);
        }
    set_x_register(1, 0x100000000);
    cr_expect(is_taken(encode(A64_cbz, "sf", 0, "rd", 1, "target", 2, NULL)));
    cr_expect(!is_taken(encode(A64_cbz, "sf", 1, "rd", 1, "target", 2, NULL)));
    cr_expect(is_taken(encode(A64_cbnz, "sf", 1, "rd", 1, "target", 2, NULL)));
    cr_expect(is_taken(encode(A64_tbnz, "bit", 32, "rd", 1, "target", 2, NULL)));
    cr_expect(is_taken(encode(A64_tbz, "bit", 63, "rd", 1, "target", 2, NULL)));
    cr_expect(!is_taken(encode(A64_tbnz, "bit", 0, "rd", 1, "target", 2, NULL)));
}

A64_TEST(a64_flags, flag_manipulation)
{
    reset(NULL);
    for (unsigned nzcv = 0; nzcv < 16; nzcv++) {
        bool z = nzcv & Z, c = nzcv & C, v = nzcv & V;
        set_flags(nzcv);
        run_word(encode(A64_cfinv, NULL));
        cr_expect_eq(get_flags(), nzcv ^ C);
        set_flags(nzcv);
        run_word(encode(A64_axflag, NULL));
        cr_expect_eq(get_flags(), (z || v ? Z : 0u) | (c && !v ? C : 0u), "axflag %x", nzcv);
        set_flags(nzcv);
        run_word(encode(A64_xaflag, NULL));
        cr_expect_eq(get_flags(),
                     (!c && !z ? N : 0u) | (z && c ? Z : 0u) | (c || z ? C : 0u) |
                         (!c && z ? V : 0u),
                     "xaflag %x", nzcv);
        for (unsigned mask = 0; mask < 16; mask++) {
            unsigned value = (nzcv * 5 + mask) % 16;
            set_x_register(1, (uint64_t)value << 60 | 0x123456789abcdef);
            set_flags(nzcv);
            run_word(encode(A64_rmif, "rn", 1, "imm6", 60, "nzcv", mask, NULL));
            cr_expect_eq(get_flags(), (nzcv & ~mask) | (value & mask), "rmif %x %x", nzcv, mask);
        }
    }
}

A64_TEST(a64_flags, flags_of_bytes_and_halves)
{
    static const struct {
        enum a64_insn insn;
        uint64_t x;
        unsigned before, after;
    } cases[] = {
        {A64_setf8, 0x7f, 15, C},        {A64_setf8, 0x80, 0, N | V},      {A64_setf8, 0x180, 0, N},
        {A64_setf8, 0x100, C, Z | C | V}, {A64_setf8, 0xffffff00, 0, Z | V},
        {A64_setf8, 0x200, 0, Z},        {A64_setf16, 0x7fff, 0, 0},
        {A64_setf16, 0x8000, 0, N | V},
        {A64_setf16, 0x18000, C, N | C}, {A64_setf16, 0x10000, 0, Z | V},
    };
    reset(NULL);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_x_register(1, cases[i].x);
        set_flags(cases[i].before);
        run_word(encode(cases[i].insn, "rn", 1, NULL));
        cr_expect_eq(get_flags(), cases[i].after, "%s %#lx: %x", a64_rows[cases[i].insn].name,
                     cases[i].x, get_flags());
    }
}

A64_TEST(a64_flags, as_a_system_register)
{
    enum { NZCV = 1 << 14 | 3 << 11 | 4 << 7 | 2 << 3 };
    reset(NULL);
    for (unsigned nzcv = 0; nzcv < 16; nzcv++) {
        set_x_register(1, (uint64_t)nzcv << 28 | 0xfffffff);
        run_word(encode(A64_msr, "sysreg", NZCV, "rd", 1, NULL));
        cr_expect_eq(get_flags(), nzcv);
        run_word(encode(A64_mrs, "sysreg", NZCV, "rd", 0, NULL));
        cr_expect_eq(get_x_register(0), nzcv << 28);
    }
}

/* ---- JavaScript's conversion --------------------------------------------------------------- */

/* Modulo 2^32; Z says that nothing was lost, the sign of zero included. FPSR: IOC 1, IXC 16. */
A64_TEST(a64_flags, fjcvtzs)
{
    static const struct {
        double value;
        uint32_t want;
        unsigned flags, fpsr;
    } cases[] = {
        {0.0, 0, Z, 0},
        {-0.0, 0, 0, 0},
        {-1.0, 0xffffffff, Z, 0},
        {2147483647.0, 0x7fffffff, Z, 0},
        {-2147483648.0, 0x80000000, Z, 0},
        {2147483648.0, 0x80000000, 0, 1},
        {-2147483649.0, 0x7fffffff, 0, 1},
        {4294967296.0, 0, 0, 1},
        {-4294967295.0, 1, 0, 1},
        {1.5, 1, 0, 16},
        {-0.5, 0, 0, 16},
        {0x1.00000001p84, 0, 0, 1},
        {0x1.00000001p63, 0x80000000, 0, 1},
        {-0x1.0000000000001p83, 0x80000000, 0, 1},
        {__builtin_inf(), 0, 0, 1},
        {__builtin_nan(""), 0, 0, 1},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        union ir_v128 operand = {.d = {0, 77}};
        memcpy(&operand.d[0], &cases[i].value, 8);
        reset(NULL);
        set_flags(N | C | V);
        set_v_register(1, operand);
        cr_assert_eq(run_word(encode(A64_fjcvtzs, "rd", 0, "rn", 1, NULL)), IR_EXIT_NONE);
        cr_expect_eq(get_x_register(0), cases[i].want, "%a: %#lx", cases[i].value,
                     get_x_register(0));
        cr_expect_eq(get_flags(), cases[i].flags, "%a: flags %#x", cases[i].value, get_flags());
        cr_expect_eq(a64_get_fpsr(&cpu), cases[i].fpsr, "%a: FPSR %#x", cases[i].value,
                     a64_get_fpsr(&cpu));
    }
}
