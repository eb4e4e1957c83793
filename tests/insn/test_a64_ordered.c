/*
 * A64: exclusives, and loads and stores with acquire and release (Arm ARM C3.2.6 to C3.2.11): what
 * they do to memory and registers. Their order needs two processors: tests/thread.
 */
#include <string.h>

#include "tests/insn/a64.h"

enum { RT = 3, RN = 4, RT2 = 6, RS = 8, ZR = 31 };

static _Alignas(64) uint8_t memory[256], before[sizeof memory];
enum { BASE = 128 };

#define NAME(insn) a64_rows[insn].name
#define ONES       UINT64_MAX
#define VALUE      UINT64_C(0xf1e2d3c4b5a69788)
#define VALUE2     UINT64_C(0x8091a2b3c4d5e6f7)

/* Fills memory with negative and positive numbers and points the base to it. */
static void fill(int offset)
{
    fill_bytes(memory, sizeof memory);
    memcpy(before, memory, sizeof memory);
    set_x_register(RN, (uint64_t)memory + BASE + (uint64_t)(int64_t)offset);
}

/* Exactly `size` bytes at `offset` have been written, with these. */
static void expect_written(unsigned offset, const void *bytes, unsigned size, const char *name)
{
    memcpy(before + offset, bytes, size);
    cr_expect(!memcmp(memory, before, sizeof memory), "%s", name);
    memcpy(before, memory, sizeof memory);
}

/* ---- exclusives ---------------------------------------------------------------------------- */

static const struct exclusive {
    enum a64_insn load, store;
    unsigned size; /* of one register */
    bool pair;
} exclusives[] = {
    {A64_ldxrb, A64_stxrb, 1, false},    {A64_ldxrh, A64_stxrh, 2, false},
    {A64_ldxr_w, A64_stxr_w, 4, false},  {A64_ldxr_x, A64_stxr_x, 8, false},
    {A64_ldaxrb, A64_stlxrb, 1, false},  {A64_ldaxrh, A64_stlxrh, 2, false},
    {A64_ldaxr_w, A64_stlxr_w, 4, false}, {A64_ldaxr_x, A64_stlxr_x, 8, false},
    {A64_ldxp_w, A64_stxp_w, 4, true},   {A64_ldxp_x, A64_stxp_x, 8, true},
    {A64_ldaxp_w, A64_stlxp_w, 4, true}, {A64_ldaxp_x, A64_stlxp_x, 8, true},
};
enum { EXCLUSIVES = sizeof exclusives / sizeof exclusives[0] };

static void load_exclusive(const struct exclusive *e)
{
    set_x_register(RT, ONES), set_x_register(RT2, ONES);
    run_through(e->pair ? encode(e->load, "rt", RT, "rt2", RT2, "rn", RN, NULL)
                : encode(e->load, "rt", RT, "rn", RN, NULL));
}

/* Stores VALUE and VALUE2; the status. */
static uint64_t store_exclusive(const struct exclusive *e)
{
    set_x_register(RT, VALUE), set_x_register(RT2, VALUE2), set_x_register(RS, ONES);
    run_through(e->pair ? encode(e->store, "rs", RS, "rt", RT, "rt2", RT2, "rn", RN, NULL)
                : encode(e->store, "rs", RS, "rt", RT, "rn", RN, NULL));
    return get_x_register(RS);
}

static void expect_refused(const struct exclusive *e, const char *why)
{
    cr_expect_eq(store_exclusive(e), 1, "%s: %s", NAME(e->store), why);
    expect_written(0, before, 0, why);
}

A64_TEST(a64_ordered, exclusive_stores_after_their_load)
{
    for (unsigned i = 0; i < EXCLUSIVES; i++) {
        const struct exclusive *e = &exclusives[i];
        reset(NULL);
        fill(0);
        load_exclusive(e);
        cr_expect_eq(get_x_register(RT), bytes_at(memory + BASE, e->size), "%s", NAME(e->load));
        if (e->pair)
            cr_expect_eq(get_x_register(RT2), bytes_at(memory + BASE + e->size, e->size));
        cr_expect_eq(store_exclusive(e), 0, "%s", NAME(e->store));
        uint8_t want[16];
        memcpy(want, &(uint64_t){VALUE}, 8);
        memcpy(want + e->size, &(uint64_t){VALUE2}, 8);
        expect_written(BASE, want, e->pair ? 2 * e->size : e->size, NAME(e->store));
        expect_refused(e, "the reservation is used up");
    }
}

A64_TEST(a64_ordered, exclusive_stores_are_refused)
{
    for (unsigned i = 0; i < EXCLUSIVES; i++) {
        const struct exclusive *e = &exclusives[i];
        unsigned last = (e->pair ? 2 * e->size : e->size) - 1;
        reset(NULL);
        fill(0);
        expect_refused(e, "there was no load");
        load_exclusive(e);
        run_through(encode(A64_clrex, NULL));
        expect_refused(e, "CLREX");
        load_exclusive(e);
        memory[BASE + last] ^= 0x80, before[BASE + last] ^= 0x80;
        expect_refused(e, "the last byte has changed");
        load_exclusive(e);
        set_x_register(RN, (uint64_t)memory + BASE + 16);
        expect_refused(e, "another address");
    }
}

/* A second load takes the place of the first. */
A64_TEST(a64_ordered, one_reservation)
{
    const struct exclusive *e = &exclusives[3];
    reset(NULL);
    fill(0);
    load_exclusive(e);
    set_x_register(RN, (uint64_t)memory + BASE + 32);
    load_exclusive(e);
    set_x_register(RN, (uint64_t)memory + BASE);
    expect_refused(e, "the second load was elsewhere");
}

A64_TEST(a64_ordered, misaligned_exclusives)
{
    for (unsigned i = 0; i < EXCLUSIVES; i++) {
        const struct exclusive *e = &exclusives[i];
        unsigned size = e->pair ? 2 * e->size : e->size;
        if (size == 1)
            continue;
        reset(NULL);
        fill((int)size / 2);
        uint32_t word = e->pair ? encode(e->load, "rt", RT, "rt2", RT2, "rn", RN, NULL)
                                : encode(e->load, "rt", RT, "rn", RN, NULL);
        cr_expect_eq(run_word(word), IR_EXIT_MISALIGNED, "%s", NAME(e->load));
        cr_expect_eq(cpu.exit_info, (uint64_t)memory + BASE + size / 2);
    }
}

/* ---- LRCPC, LRCPC2, LRCPC3 ----------------------------------------------------------------- */

static const struct ordered {
    enum a64_insn load, store; /* store: A64_INVALID if there is none */
    unsigned size;
    bool is_signed, w;
} general[] = {
    {A64_ldapurb, A64_stlurb, 1, false, true},
    {A64_ldapurh, A64_stlurh, 2, false, true},
    {A64_ldapur_w, A64_stlur_w, 4, false, true},
    {A64_ldapur_x, A64_stlur_x, 8, false, false},
    {A64_ldapursb_w, A64_INVALID, 1, true, true},
    {A64_ldapursb_x, A64_INVALID, 1, true, false},
    {A64_ldapursh_w, A64_INVALID, 2, true, true},
    {A64_ldapursh_x, A64_INVALID, 2, true, false},
    {A64_ldapursw, A64_INVALID, 4, true, false},
}, vector[] = {
    {A64_ldapur_b, A64_stlur_b, 1, false, false}, {A64_ldapur_h, A64_stlur_h, 2, false, false},
    {A64_ldapur_s, A64_stlur_s, 4, false, false}, {A64_ldapur_d, A64_stlur_d, 8, false, false},
    {A64_ldapur_q, A64_stlur_q, 16, false, false},
};
static const int offsets[] = {0, 16, -16, -128, 96, 3}; /* within 16 bytes, but for Q: see LSE2 */

A64_TEST(a64_ordered, unscaled_offsets)
{
    for (unsigned i = 0; i < sizeof general / sizeof general[0]; i++)
        for (unsigned k = 0; k < sizeof offsets / sizeof offsets[0]; k++) {
            const struct ordered *o = &general[i];
            unsigned at = (unsigned)(BASE + offsets[k]), imm = (unsigned)offsets[k] & 0x1ff;
            reset(NULL);
            fill(0);
            set_x_register(RT, 0x5555555555555555);
            run_through(encode(o->load, "rt", RT, "rn", RN, "imm", imm, NULL));
            uint64_t want = bytes_at(memory + at, o->size);
            want = o->is_signed ? sign_extended(want, o->size) : want;
            cr_expect_eq(get_x_register(RT), o->w ? (uint32_t)want : want, "%s", NAME(o->load));
            if (o->store == A64_INVALID)
                continue;
            set_x_register(RT, VALUE);
            run_through(encode(o->store, "rt", RT, "rn", RN, "imm", imm, NULL));
            expect_written(at, &(uint64_t){VALUE}, o->size, NAME(o->store));
            run_through(encode(o->store, "rt", ZR, "rn", RN, "imm", imm, NULL));
            expect_written(at, &(uint64_t){0}, o->size, NAME(o->store));
            cr_expect_eq(get_x_register(RN), (uint64_t)memory + BASE);
        }
}

/* A load clears the rest of the register. */
A64_TEST(a64_ordered, vector_registers)
{
    const union ir_v128 value = {.d = {VALUE, VALUE2}};
    for (unsigned i = 0; i < sizeof vector / sizeof vector[0]; i++)
        for (unsigned k = 0; k < sizeof offsets / sizeof offsets[0]; k++) {
            const struct ordered *o = &vector[i];
            unsigned at = (unsigned)(BASE + offsets[k]), imm = (unsigned)offsets[k] & 0x1ff;
            union ir_v128 want = {.d = {0, 0}}, got;
            if (o->size == 16 && offsets[k] % 16)
                continue;
            reset(NULL);
            fill(0);
            set_v_register(RT, (union ir_v128){.d = {ONES, ONES}});
            run_through(encode(o->load, "rt", RT, "rn", RN, "imm", imm, NULL));
            memcpy(&want, memory + at, o->size);
            got = get_v_register(RT);
            cr_expect(!memcmp(&got, &want, sizeof want), "%s", NAME(o->load));
            set_v_register(RT, value);
            run_through(encode(o->store, "rt", RT, "rn", RN, "imm", imm, NULL));
            expect_written(at, &value, o->size, NAME(o->store));
        }
}

A64_TEST(a64_ordered, base_is_changed)
{
    static const struct {
        enum a64_insn load, store; /* after, before */
        unsigned size;
    } rows[] = {{A64_ldapr_w_post, A64_stlr_w_pre, 4}, {A64_ldapr_x_post, A64_stlr_x_pre, 8}};
    for (unsigned i = 0; i < 2; i++) {
        unsigned size = rows[i].size;
        reset(NULL);
        fill(0);
        run_through(encode(rows[i].load, "rt", RT, "rn", RN, NULL));
        cr_expect_eq(get_x_register(RT), bytes_at(memory + BASE, size));
        cr_expect_eq(get_x_register(RN), (uint64_t)memory + BASE + size);
        fill(0);
        set_x_register(RT, VALUE);
        run_through(encode(rows[i].store, "rt", RT, "rn", RN, NULL));
        expect_written(BASE - size, &(uint64_t){VALUE}, size, NAME(rows[i].store));
        cr_expect_eq(get_x_register(RN), (uint64_t)memory + BASE - size);
    }
}

A64_TEST(a64_ordered, pairs)
{
    static const struct {
        enum a64_insn load, store, load_post, store_pre;
        unsigned size;
    } rows[] = {{A64_ldiapp_w, A64_stilp_w, A64_ldiapp_w_post, A64_stilp_w_pre, 4},
                {A64_ldiapp_x, A64_stilp_x, A64_ldiapp_x_post, A64_stilp_x_pre, 8}};
    for (unsigned i = 0; i < 2; i++)
        for (unsigned changes = 0; changes < 2; changes++) {
            unsigned size = rows[i].size;
            enum a64_insn load = changes ? rows[i].load_post : rows[i].load;
            enum a64_insn store = changes ? rows[i].store_pre : rows[i].store;
            reset(NULL);
            fill(0);
            run_through(encode(load, "rt", RT, "rt2", RT2, "rn", RN, NULL));
            cr_expect_eq(get_x_register(RT), bytes_at(memory + BASE, size), "%s", NAME(load));
            cr_expect_eq(get_x_register(RT2), bytes_at(memory + BASE + size, size), "%s",
                         NAME(load));
            cr_expect_eq(get_x_register(RN), (uint64_t)memory + BASE + changes * 2 * size);
            fill(0);
            uint8_t want[16];
            memcpy(want, &(uint64_t){VALUE}, 8);
            memcpy(want + size, &(uint64_t){VALUE2}, 8);
            set_x_register(RT, VALUE), set_x_register(RT2, VALUE2);
            run_through(encode(store, "rt", RT, "rt2", RT2, "rn", RN, NULL));
            expect_written(BASE - changes * 2 * size, want, 2 * size, NAME(store));
            cr_expect_eq(get_x_register(RN), (uint64_t)memory + BASE - changes * 2 * size);
        }
}

A64_TEST(a64_ordered, one_element)
{
    for (unsigned lane = 0; lane < 2; lane++) {
        reset(NULL);
        fill(0);
        set_v_register(RT, (union ir_v128){.d = {VALUE, VALUE2}});
        run_through(encode(A64_ldap1, "rt", RT, "rn", RN, "index", lane, NULL));
        cr_expect_eq(get_v_register(RT).d[lane], bytes_at(memory + BASE, 8));
        cr_expect_eq(get_v_register(RT).d[!lane], lane ? VALUE : VALUE2, "the other stays");
        set_v_register(RT, (union ir_v128){.d = {VALUE, VALUE2}});
        run_through(encode(A64_stl1, "rt", RT, "rn", RN, "index", lane, NULL));
        expect_written(BASE, &(uint64_t){lane ? VALUE2 : VALUE}, 8, "stl1");
    }
}

A64_TEST(a64_ordered, need_their_feature)
{
    static const enum a64_insn insns[] = {A64_ldapur_q, A64_stlur_b, A64_ldiapp_w, A64_stilp_x_pre,
                                          A64_ldapr_w_post, A64_stlr_x_pre, A64_ldap1, A64_stl1};
    reset("max,lrcpc3=off");
    for (unsigned i = 0; i < sizeof insns / sizeof insns[0]; i++)
        cr_expect_eq(run_word(encode(insns[i], NULL)), IR_EXIT_ILLEGAL, "%s", NAME(insns[i]));
    reset("neoverse-n1");
    cr_expect_eq(run_word(encode(A64_ldapurb, NULL)), IR_EXIT_ILLEGAL);
    reset("cortex-a53");
    cr_expect_eq(run_word(encode(A64_ldapr_x, NULL)), IR_EXIT_ILLEGAL);
    cr_expect_eq(run_word(encode(A64_cas_x, NULL)), IR_EXIT_ILLEGAL);
}
