/*
 * The A64 decode table against the vendor's list of encodings (arm_a64_decode.csv, or the file that
 * FERRY_A64_CSV names), and against itself.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/aarch64/decode.h"

/* What the list has and programs cannot use. */
static const struct {
    const char *name; /* how the clause's name begins */
    uint32_t match;   /* of one encoding only, or 0 */
    const char *reason;
} left_out[] = {
    {"integer_tags_", 0, "FEAT_MTE is not implemented; and it got other encodings later"},
    {"integer_arithmetic_pointer_mcsubtract", 0, "FEAT_MTE is not implemented"},
    {"system_exceptions_debug_exception", 0, "DCPS: for debuggers of the processor"},
    {"branch_unconditional_dret", 0, "DRPS: for debuggers of the processor"},
    {"branch_unconditional_eret", 0, "ERET: from EL1"},
    {"system_sysops", 0xd5280000, "SYSL: no operation of it is for programs"},
};

static bool is_left_out(const char *name, uint32_t match)
{
    for (unsigned i = 0; i < sizeof left_out / sizeof left_out[0]; i++)
        if (!strncmp(name, left_out[i].name, strlen(left_out[i].name)) &&
            (!left_out[i].match || left_out[i].match == match))
            return true;
    return false;
}

static FILE *open_list(void)
{
    const char *path = getenv("FERRY_A64_CSV"), *source = getenv("FERRY_SRC");
    char name[512];
    snprintf(name, sizeof name, "%s/tests/decode/arm_a64_decode.csv", source ? source : ".");
    FILE *in = fopen(path ? path : name, "r");
    cr_assert(in, "no list of encodings at %s", path ? path : name);
    return in;
}

/* A clause covers many instructions, some combinations of whose fields are reserved. */
Test(a64_table, has_the_vendor_list)
{
    enum { SAMPLES = 4000 };
    FILE *in = open_list();
    char line[256], name[160];
    uint32_t mask, match;
    uint64_t random = 42;
    unsigned rows = 0;
    while (fgets(line, sizeof line, in)) {
        if (*line == '#' || sscanf(line, "%159[^,],%x,%x", name, &mask, &match) != 3)
            continue;
        unsigned decoded = 0;
        for (unsigned i = 0; i < SAMPLES; i++) {
            uint32_t word = match | ((uint32_t)decode_random_number(&random) & ~mask);
            decoded += a64_decode_a64(word) != A64_INVALID;
        }
        cr_expect(decoded || is_left_out(name, match), "%s %08x is not in the table", name, match);
        rows++;
    }
    fclose(in);
    cr_expect(rows >= 900, "only %u rows compared", rows);
}

/* The decoder's tree against the rows taken one by one: first match of the table, in order. */
static enum a64_insn decode_slowly(uint32_t word)
{
    for (unsigned i = 1; i < A64_INSN_COUNT; i++)
        if ((word & a64_rows[i].mask) == a64_rows[i].match)
            return i;
    return A64_INVALID;
}

Test(a64_table, tree_agrees_with_rows)
{
    uint64_t random = 42;
    for (unsigned n = 0; n < 400000; n++) {
        const struct decode_row *row =
            &a64_rows[1 + decode_random_number(&random) % (A64_INSN_COUNT - 1)];
        uint32_t word = (uint32_t)decode_random_number(&random);
        word = (word & ~row->mask) | row->match;
        if (n % 4 == 0) /* next to an instruction */
            word ^= 1u << decode_random_number(&random) % 32;
        enum a64_insn fast = a64_decode_a64(word), slow = decode_slowly(word);
        /* reserved rows have no number: there the tree says INVALID, whatever the others say */
        if (fast != A64_INVALID || slow == A64_INVALID)
            cr_assert_eq(fast, slow, "%08x: tree %s, table %s", word, a64_rows[fast].name,
                         a64_rows[slow].name);
    }
}

Test(a64_table, undefined_words_are_invalid)
{
    static const uint32_t words[] = {
        0x00010000, /* reserved beside UDF */
        0x04200000, /* SVE: add z0.b, z0.b, z0.b */
        0x80800000, /* SME: fmopa */
        0xc0800000, /* SME: mova */
        0x1ac01400, /* two sources: opcode 000101, width 32 */
        0x13400000, /* sbfm with N but no sf */
        0x93008000, /* and the reverse, with imms over 31 */
        0x13808000, /* extr, likewise */
        0xd69f03e0, /* eret */
        0xd6bf03e0, /* drps */
        0xd4a00001, /* dcps1 */
        0xd9200400, /* MTE: stg */
        0x9ac01000, /* MTE: irg */
        0xffffffff,
    };
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        cr_expect_eq(a64_decode_a64(words[i]), A64_INVALID, "%08x", words[i]);
}

Test(a64_table, scattered_fields)
{
    /* adr: the low bits of the offset are elsewhere; tbz: the bit's number as well */
    const struct decode_row *adr = &a64_rows[A64_adr], *tbz = &a64_rows[A64_tbz];
    int64_t offset = 0, bit = 0;
    for (unsigned i = 0; i < adr->nfields; i++)
        if (!strcmp(a64_fields[adr->fields[i]].name, "page"))
            offset = a64_field(adr->fields[i], 0x70ffffe0);
    for (unsigned i = 0; i < tbz->nfields; i++)
        if (!strcmp(a64_fields[tbz->fields[i]].name, "bit"))
            bit = a64_field(tbz->fields[i], 0xb6080000);
    cr_expect_eq(offset, -1);
    cr_expect_eq(bit, 33);
    for (unsigned i = 1; i < A64_INSN_COUNT; i++)
        cr_assert_eq(a64_rows[i].match & ~a64_rows[i].mask, 0, "%s", a64_rows[i].name);
}
