/* A64: loads, stores, exclusives, atomics, structures, memory copy and set (Arm ARM, C3.2). */
#include <string.h>

#include "tests/insn/a64.h"

enum { RT = 3, RN = 4, RM = 5, RT2 = 6, RS = 8, ZR = 31 };

static _Alignas(64) uint8_t memory[1024];

#define NAME(insn) a64_rows[insn].name

/* Bytes that differ from each other, the even ones of high numbers negative. */
static void fill(void)
{
    reset(NULL);
    fill_bytes(memory, sizeof memory);
}

enum { BASE = 512 };

static const struct general_load {
    enum a64_insn scaled, unscaled, unprivileged, post, pre, indexed;
    unsigned size;
    bool is_signed, w;
} loads[] = {
#define ROW(m, size, is_signed, w)                                                                 \
    {A64_##m##_u, A64_##m##_i, A64_##m##_t, A64_##m##_post, A64_##m##_pre, A64_##m##_r, size,      \
     is_signed, w}
    ROW(ldrb, 1, false, true),   ROW(ldrh, 2, false, true),   ROW(ldr_w, 4, false, true),
    ROW(ldr_x, 8, false, false), ROW(ldrsb_x, 1, true, false), ROW(ldrsb_w, 1, true, true),
    ROW(ldrsh_x, 2, true, false), ROW(ldrsh_w, 2, true, true), ROW(ldrsw, 4, true, false),
}, stores[] = {
    ROW(strb, 1, false, true), ROW(strh, 2, false, true), ROW(str_w, 4, false, true),
    ROW(str_x, 8, false, false),
#undef ROW
};

static uint64_t expected(const struct general_load *l, unsigned offset)
{
    uint64_t value = bytes_at(memory + offset, l->size);
    if (l->is_signed)
        value = sign_extended(value, l->size);
    return l->w ? (uint32_t)value : value;
}

static void expect_load(const struct general_load *l, enum a64_insn insn, uint32_t word,
                        unsigned offset, unsigned base_after)
{
    set_x_register(RN, (uint64_t)memory + BASE);
    set_x_register(RT, 0x5555555555555555);
    run_through(word);
    cr_expect_eq(get_x_register(RT), expected(l, offset), "%s: %#lx, not %#lx", NAME(insn),
                 get_x_register(RT), expected(l, offset));
    cr_expect_eq(get_x_register(RN), (uint64_t)memory + base_after, "%s: base", NAME(insn));
}

A64_TEST(a64_memory, loads_in_all_addressing_modes)
{
    fill();
    for (unsigned i = 0; i < sizeof loads / sizeof loads[0]; i++) {
        const struct general_load *l = &loads[i];
        expect_load(l, l->scaled, encode(l->scaled, "rt", RT, "rn", RN, "imm", 5, NULL),
                    BASE + 5 * l->size, BASE);
        for (unsigned n = 0; n < 2; n++) {
            unsigned imm = n ? (unsigned)-37 & 0x1ff : 19, at = BASE + (n ? -37u : 19u);
            uint32_t plain = encode(l->unscaled, "rt", RT, "rn", RN, "imm", imm, NULL);
            expect_load(l, l->unscaled, plain, at, BASE);
            plain = encode(l->unprivileged, "rt", RT, "rn", RN, "imm", imm, NULL);
            expect_load(l, l->unprivileged, plain, at, BASE);
            plain = encode(l->post, "rt", RT, "rn", RN, "imm", imm, NULL);
            expect_load(l, l->post, plain, BASE, at);
            plain = encode(l->pre, "rt", RT, "rn", RN, "imm", imm, NULL);
            expect_load(l, l->pre, plain, at, at);
        }
    }
}

A64_TEST(a64_memory, register_offsets)
{
    enum { UXTW = 0, LSL = 2, SXTW = 4, SXTX = 6 };
    static const struct {
        unsigned option;
        uint64_t rm;
        int offset;
    } cases[] = {
        {UXTW, 0xffffffff00000003, 3}, {LSL, 3, 3},   {LSL, (uint64_t)-3, -3},
        {SXTW, 0xfffffffd, -3},        {SXTX, 3, 3},  {SXTX, (uint64_t)-3, -3},
    };
    fill();
    for (unsigned i = 0; i < sizeof loads / sizeof loads[0]; i++)
        for (unsigned c = 0; c < sizeof cases / sizeof cases[0]; c++)
            for (unsigned shifted = 0; shifted < 2; shifted++) {
                const struct general_load *l = &loads[i];
                int offset = cases[c].offset * (shifted ? (int)l->size : 1);
                unsigned ext = RM << 3 | cases[c].option | shifted;
                set_x_register(RM, cases[c].rm);
                expect_load(l, l->indexed,
                            encode(l->indexed, "rt", RT, "rn", RN, "ext", ext, NULL),
                            (unsigned)(BASE + offset), BASE);
            }
}

A64_TEST(a64_memory, stores_write_their_bytes_only)
{
    const uint64_t value = 0xf1e2d3c4b5a69788;
    for (unsigned i = 0; i < sizeof stores / sizeof stores[0]; i++) {
        const struct general_load *s = &stores[i];
        fill();
        set_x_register(RN, (uint64_t)memory + BASE);
        set_x_register(RT, value);
        uint64_t before = bytes_at(memory + BASE + 3 - 1, 1);
        uint64_t after = bytes_at(memory + BASE + 3 + s->size, 1);
        run_through(encode(s->pre, "rt", RT, "rn", RN, "imm", 3, NULL));
        uint64_t mask = s->size == 8 ? UINT64_MAX : ((uint64_t)1 << 8 * s->size) - 1;
        cr_expect_eq(bytes_at(memory + BASE + 3, s->size), value & mask, "%s", NAME(s->pre));
        cr_expect_eq(bytes_at(memory + BASE + 2, 1), before);
        cr_expect_eq(bytes_at(memory + BASE + 3 + s->size, 1), after);
        cr_expect_eq(get_x_register(RN), (uint64_t)memory + BASE + 3);
        run_through(encode(s->scaled, "rt", ZR, "rn", RN, "imm", 0, NULL));
        cr_expect_eq(bytes_at(memory + BASE + 3, s->size), 0, "%s: zr", NAME(s->scaled));
    }
}

A64_TEST(a64_memory, pairs)
{
    fill();
    set_x_register(RN, (uint64_t)memory + BASE);
    run_through(encode(A64_ldp_x, "rt", RT, "rt2", RT2, "rn", RN, "imm", 0x7f, NULL));
    cr_expect_eq(get_x_register(RT), bytes_at(memory + BASE - 8, 8));
    cr_expect_eq(get_x_register(RT2), bytes_at(memory + BASE, 8));
    run_through(encode(A64_ldpsw_post, "rt", RT, "rt2", RT2, "rn", RN, "imm", 3, NULL));
    cr_expect_eq(get_x_register(RT), sign_extended(bytes_at(memory + BASE, 4), 4));
    cr_expect_eq(get_x_register(RT2), sign_extended(bytes_at(memory + BASE + 4, 4), 4));
    cr_expect_eq(get_x_register(RN), (uint64_t)memory + BASE + 12);
    run_through(encode(A64_stp_w_pre, "rt", RT, "rt2", ZR, "rn", RN, "imm", 0x7d, NULL));
    cr_expect_eq(get_x_register(RN), (uint64_t)memory + BASE);
    cr_expect_eq(bytes_at(memory + BASE, 8), (uint32_t)get_x_register(RT));
    run_through(encode(A64_ldp_q_pre, "rt", 1, "rt2", 2, "rn", RN, "imm", 2, NULL));
    cr_expect_eq(get_v_register(1).d[1], bytes_at(memory + BASE + 40, 8));
    cr_expect_eq(get_v_register(2).d[0], bytes_at(memory + BASE + 48, 8));
    run_through(encode(A64_stp_d, "rt", 2, "rt2", 1, "rn", RN, "imm", 0, NULL));
    cr_expect_eq(bytes_at(memory + BASE + 32, 8), get_v_register(2).d[0]);
    cr_expect_eq(bytes_at(memory + BASE + 40, 8), get_v_register(1).d[0]);
}

/* What is loaded into a part of a vector register clears the rest. */
A64_TEST(a64_memory, vector_registers)
{
    static const struct {
        enum a64_insn load, store;
        unsigned size;
    } rows[] = {
        {A64_ldr_b_u, A64_str_b_u, 1}, {A64_ldr_h_u, A64_str_h_u, 2}, {A64_ldr_s_u, A64_str_s_u, 4},
        {A64_ldr_d_u, A64_str_d_u, 8}, {A64_ldr_q_u, A64_str_q_u, 16},
    };
    fill();
    set_x_register(RN, (uint64_t)memory);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        union ir_v128 want = {.d = {0, 0}};
        unsigned size = rows[i].size;
        memcpy(&want, memory + 4 * size, size);
        set_v_register(RT, (union ir_v128){.d = {UINT64_MAX, UINT64_MAX}});
        run_through(encode(rows[i].load, "rt", RT, "rn", RN, "imm", 4, NULL));
        union ir_v128 got = get_v_register(RT);
        cr_expect(!memcmp(&got, &want, 16), "%s", NAME(rows[i].load));
        uint8_t behind = memory[8 * size + size];
        run_through(encode(rows[i].store, "rt", RT, "rn", RN, "imm", 8, NULL));
        cr_expect(!memcmp(memory + 8 * size, &want, size), "%s", NAME(rows[i].store));
        cr_expect_eq(memory[8 * size + size], behind, "%s", NAME(rows[i].store));
    }
}

A64_TEST(a64_memory, literals_count_from_the_instruction)
{
    reset(NULL);
    const uint32_t words[] = {encode(A64_ldrsw_l, "rt", RT, "imm", 3, NULL),
                              encode(A64_ldr_d_l, "rt", 1, "imm", 2, NULL),
                              encode(A64_cbz, "sf", 1, "rd", ZR, "target", 3, NULL), 0x89abcdef,
                              0x01234567};
    run_words(words, sizeof words / sizeof words[0]);
    cr_expect_eq(get_x_register(RT), 0xffffffff89abcdef);
    cr_expect_eq(get_v_register(1).d[0], 0x0123456789abcdef);
}

/* ---- exclusives and atomics ---------------------------------------------------------------- */

A64_TEST(a64_memory, exclusives)
{
    fill();
    set_x_register(RN, (uint64_t)memory + BASE);
    set_x_register(RS, 77);
    set_x_register(RM, 0x1122334455667788);
    uint32_t store = encode(A64_stxr_w, "rs", RS, "rt", RM, "rn", RN, NULL);
    uint32_t load = encode(A64_ldaxr_w, "rt", RT, "rn", RN, NULL);
    run_through(store);
    cr_expect_eq(get_x_register(RS), 1, "a store without a reservation");
    run_through(load);
    cr_expect_eq(get_x_register(RT), bytes_at(memory + BASE, 4));
    run_through(store);
    cr_expect_eq(get_x_register(RS), 0);
    cr_expect_eq(bytes_at(memory + BASE, 4), 0x55667788);
    run_through(store);
    cr_expect_eq(get_x_register(RS), 1, "the reservation is used up");
    run_through(load);
    memory[BASE] ^= 1;
    run_through(store);
    cr_expect_eq(get_x_register(RS), 1, "somebody has written");
}

A64_TEST(a64_memory, exclusive_pairs)
{
    fill();
    set_x_register(RN, (uint64_t)memory + BASE);
    set_x_register(RS, 1);
    run_through(encode(A64_ldxp_x, "rt", RT, "rt2", RT2, "rn", RN, NULL));
    cr_expect_eq(get_x_register(RT), bytes_at(memory + BASE, 8));
    cr_expect_eq(get_x_register(RT2), bytes_at(memory + BASE + 8, 8));
    run_through(encode(A64_stlxp_x, "rs", RS, "rt", RT2, "rt2", ZR, "rn", RN, NULL));
    cr_expect_eq(get_x_register(RS), 0);
    cr_expect_eq(bytes_at(memory + BASE, 8), get_x_register(RT2));
    cr_expect_eq(bytes_at(memory + BASE + 8, 8), 0);
    run_through(encode(A64_ldxp_w, "rt", RT, "rt2", RS, "rn", RN, NULL));
    cr_expect_eq(get_x_register(RT), bytes_at(memory + BASE, 4));
    cr_expect_eq(get_x_register(RS), bytes_at(memory + BASE + 4, 4));
}

A64_TEST(a64_memory, misaligned_exclusives_fault)
{
    fill();
    set_x_register(RN, (uint64_t)memory + 4);
    cr_expect_eq(run_word(encode(A64_ldxr_x, "rt", RT, "rn", RN, NULL)), IR_EXIT_MISALIGNED);
    cr_expect_eq(cpu.exit_info, (uint64_t)memory + 4);
    cr_expect_eq(run_word(encode(A64_ldxr_w, "rt", RT, "rn", RN, NULL)), IR_EXIT_NONE);
    set_x_register(RN, (uint64_t)memory + 8);
    cr_expect_eq(run_word(encode(A64_ldxp_x, "rt", RT, "rt2", RT2, "rn", RN, NULL)),
                 IR_EXIT_MISALIGNED);
}

A64_TEST(a64_memory, atomic_operations)
{
    static const struct {
        enum a64_insn insn;
        uint64_t old, operand, loaded, memory;
    } cases[] = {
        {A64_ldadd_x, 5, (uint64_t)-7, 5, (uint64_t)-2},
        {A64_ldadd_w, 0xaaaaaaaaffffffff, 1, 0xffffffff, 0xaaaaaaaa00000000},
        {A64_ldaddb, 0x11ff, 1, 0xff, 0x1100},
        {A64_ldclr_x, 0xff, 0x0f, 0xff, 0xf0},
        {A64_ldclrh, 0x1234ffff, 0xff, 0xffff, 0x1234ff00},
        {A64_ldeor_x, 0xff, 0x0f, 0xff, 0xf0},
        {A64_ldset_w, 0xf0, 0x0f, 0xf0, 0xff},
        {A64_ldsmax_w, 0xffffffff, 3, 0xffffffff, 3},
        {A64_ldsmin_w, 0xffffffff, 3, 0xffffffff, 0xffffffff},
        {A64_ldumax_w, 0xffffffff, 3, 0xffffffff, 0xffffffff},
        {A64_lduminb, 0x1180, 0x7f, 0x80, 0x117f},
        {A64_ldsminb, 0x1180, 0x7f, 0x80, 0x1180},
        {A64_swph, 0x22221234, 0x99998765, 0x1234, 0x22228765},
        {A64_swp_x, 1, 2, 1, 2},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (unsigned keeps = 0; keeps < 2; keeps++) {
            fill();
            memcpy(memory, &cases[i].old, 8);
            set_x_register(RN, (uint64_t)memory);
            set_x_register(RS, cases[i].operand);
            unsigned rt = keeps ? RT : ZR;
            run_through(encode(cases[i].insn, "rs", RS, "rt", rt, "rn", RN, "ar", i % 4, NULL));
            cr_expect_eq(bytes_at(memory + 0, 8), cases[i].memory, "%s: %#lx", NAME(cases[i].insn),
                         bytes_at(memory + 0, 8));
            if (keeps)
                cr_expect_eq(get_x_register(RT), cases[i].loaded, "%s", NAME(cases[i].insn));
        }
}

A64_TEST(a64_memory, compare_and_swap)
{
    fill();
    uint64_t old = bytes_at(memory + 0, 8), next = bytes_at(memory + 8, 8);
    set_x_register(RN, (uint64_t)memory);
    set_x_register(RS, (uint8_t)old | 0xff00);
    set_x_register(RT, 0x99);
    run_through(encode(A64_casb, "rs", RS, "rt", RT, "rn", RN, "ar", 3, NULL));
    cr_expect_eq(get_x_register(RS), (uint8_t)old, "only the byte is compared");
    cr_expect_eq(bytes_at(memory + 0, 8), (old & ~UINT64_C(0xff)) | 0x99);
    set_x_register(RS, 1);
    run_through(encode(A64_cas_x, "rs", RS, "rt", RT, "rn", RN, NULL));
    cr_expect_eq(get_x_register(RS), bytes_at(memory + 0, 8));
    cr_expect_neq(bytes_at(memory + 0, 8), 0x99);

    old = bytes_at(memory + 0, 8);
    set_x_register(8, old), set_x_register(9, next);
    set_x_register(10, 123), set_x_register(11, 456);
    run_through(encode(A64_casp_x, "rs", 8, "rt", 10, "rn", RN, NULL));
    cr_expect(bytes_at(memory + 0, 8) == 123 && bytes_at(memory + 8, 8) == 456);
    cr_expect(get_x_register(8) == old && get_x_register(9) == next);
    run_through(encode(A64_casp_w, "rs", 10, "rt", 8, "rn", RN, NULL));
    cr_expect(get_x_register(10) == 123 && get_x_register(11) == 0);
    cr_expect_eq(bytes_at(memory + 0, 8), 123, "the second words differ");
    cr_expect_eq(run_word(encode(A64_casp_x, "rs", 9, "rt", 10, "rn", RN, NULL)), IR_EXIT_ILLEGAL);
}

/* ---- structures ---------------------------------------------------------------------------- */

/* Element j of register r, in memory and in the register. */
static void expect_structures(unsigned elements, unsigned size, unsigned q, unsigned first,
                              const char *name)
{
    unsigned lanes = (8u << q) / size;
    for (unsigned r = 0; r < elements; r++) {
        union ir_v128 got = get_v_register((first + r) % 32), want = {.d = {0, 0}};
        for (unsigned j = 0; j < lanes; j++)
            memcpy(&want.b[j * size], memory + BASE + (j * elements + r) * size, size);
        cr_expect(!memcmp(&got, &want, 16), "%s of %u bytes, q %u: register %u", name, size, q, r);
    }
}

A64_TEST(a64_memory, structures_there_and_back)
{
    static const struct {
        enum a64_insn load, store;
        unsigned elements;
    } rows[] = {{A64_ld1x1_post, A64_st1x1_post, 1}, {A64_ld2_post, A64_st2_post, 2},
                {A64_ld3_post, A64_st3_post, 3}, {A64_ld4_post, A64_st4_post, 4}};
    static uint8_t original[sizeof memory];
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (unsigned size = 0; size < 4; size++)
            for (unsigned q = 0; q < 2; q++) {
                const char *name = NAME(rows[i].load);
                if (size == 3 && !q && rows[i].elements > 1)
                    continue;
                fill();
                set_x_register(RN, (uint64_t)memory + BASE);
                run_through(encode(rows[i].load, "rt", 30, "rn", RN, "rm", 31, "q", q, "size", size,
                                   NULL));
                expect_structures(rows[i].elements, 1u << size, q, 30, name);
                unsigned bytes = rows[i].elements * (8u << q);
                cr_expect_eq(get_x_register(RN), (uint64_t)memory + BASE + bytes, "%s", name);
                memcpy(original, memory, sizeof memory);
                memset(memory + BASE, 0xee, bytes);
                set_x_register(RN, (uint64_t)memory + BASE);
                set_x_register(RM, 1000);
                run_through(encode(rows[i].store, "rt", 30, "rn", RN, "rm", RM, "q", q, "size", size,
                           NULL));
                cr_expect(!memcmp(original, memory, sizeof memory), "%s back", name);
                cr_expect_eq(get_x_register(RN), (uint64_t)memory + BASE + 1000);
            }
}

A64_TEST(a64_memory, one_structure)
{
    fill();
    set_x_register(RN, (uint64_t)memory);
    set_v_register(31, (union ir_v128){.d = {1, 2}});
    set_v_register(0, (union ir_v128){.d = {3, 4}});
    run_through(encode(A64_ld2_h, "rt", 31, "rn", RN, "index", 5, NULL));
    cr_expect(get_v_register(31).d[0] == 1 && get_v_register(31).h[5] == bytes_at(memory + 0, 2));
    cr_expect(get_v_register(0).d[0] == 3 && get_v_register(0).h[5] == bytes_at(memory + 2, 2));
    run_through(encode(A64_st1_b, "rt", 31, "rn", RN, "index", 8, NULL));
    cr_expect_eq(bytes_at(memory + 0, 1), 2);
    run_through(encode(A64_ld1r, "rt", 1, "rn", RN, "q", 0, "size", 1, NULL));
    cr_expect_eq(get_v_register(1).d[0], bytes_at(memory + 0, 2) * 0x0001000100010001);
    cr_expect_eq(get_v_register(1).d[1], 0);
    run_through(encode(A64_ld3r, "rt", 1, "rn", RN, "q", 1, "size", 2, NULL));
    cr_expect_eq(get_v_register(3).d[1], bytes_at(memory + 8, 4) * 0x0000000100000001);
}

/* ---- memory copy and set ------------------------------------------------------------------- */

static void run_three(enum a64_insn p, enum a64_insn m, enum a64_insn e)
{
    const enum a64_insn insns[3] = {p, m, e};
    uint32_t words[3];
    for (unsigned i = 0; i < 3; i++)
        words[i] = encode(insns[i], "rd", 0, "rs", 1, "rn", 2, NULL);
    cr_assert_eq(run_words(words, 3), IR_EXIT_NONE);
}

A64_TEST(a64_memory, copies_may_overlap)
{
    static uint8_t want[sizeof memory];
    static const int distances[] = {-200, -64, -17, -1, 1, 3, 16, 65, 200};
    for (unsigned n = 0; n < 260; n += n < 70 ? 1 : 31)
        for (unsigned i = 0; i < sizeof distances / sizeof distances[0]; i++) {
            unsigned from = 300, to = (unsigned)(300 + distances[i]);
            fill();
            memcpy(want, memory, sizeof memory);
            memmove(want + to, want + from, n);
            set_x_register(0, (uint64_t)memory + to);
            set_x_register(1, (uint64_t)memory + from);
            set_x_register(2, n);
            run_three(A64_cpyp, A64_cpym, A64_cpye);
            cr_expect(!memcmp(want, memory, sizeof memory), "%u bytes by %d", n, distances[i]);
            cr_expect_eq(get_x_register(2), 0);
            unsigned end = distances[i] > 0 ? 0 : n;
            cr_expect_eq(get_x_register(0), (uint64_t)memory + to + end);
            cr_expect_eq(get_x_register(1), (uint64_t)memory + from + end);
        }
}

A64_TEST(a64_memory, set_and_copy_forward)
{
    static uint8_t want[sizeof memory];
    for (unsigned n = 0; n < 260; n++) {
        fill();
        memcpy(want, memory, sizeof memory);
        memset(want + 5, 0xa7, n);
        set_x_register(0, (uint64_t)memory + 5);
        set_x_register(1, 0x12a7);
        set_x_register(2, n);
        run_three(A64_setp, A64_setm, A64_sete);
        cr_expect(!memcmp(want, memory, sizeof memory), "set of %u bytes", n);
        cr_expect_eq(get_x_register(0), (uint64_t)memory + 5 + n);
        memcpy(want + 500, want + 3, n);
        set_x_register(0, (uint64_t)memory + 500);
        set_x_register(1, (uint64_t)memory + 3);
        set_x_register(2, n);
        run_three(A64_cpyfp, A64_cpyfm, A64_cpyfe);
        cr_expect(!memcmp(want, memory, sizeof memory), "copy of %u bytes", n);
        cr_expect_eq(get_x_register(1), (uint64_t)memory + 3 + n);
    }
    cr_expect_eq(run_word(encode(A64_setp, "rd", 1, "rs", 1, "rn", 2, NULL)), IR_EXIT_ILLEGAL);
}
