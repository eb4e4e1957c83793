/*
 * The RISC-V decode table against the vendor's list of encodings (riscv_decode.csv, or the file
 * that FERRY_RISCV_CSV names), and against itself.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/riscv/decode.h"
#include "frontend/riscv/riscv.h"

/* Rows that the vendor does not list as instructions: other names of hints, and what is ours. */
static const char *const not_listed[] = {
    "c.slli64",   "c.srli64", "c.srai64",  "hostcall",   "fence.tso",  "pause",
    "zext.h",     "ntl.p1",   "ntl.pall",  "ntl.s1",     "ntl.all",    "c.ntl.p1",
    "c.ntl.pall", "c.ntl.s1", "c.ntl.all", "prefetch.i", "prefetch.r", "prefetch.w",
};

static unsigned find_row(const char *name)
{
    for (unsigned i = 1; i < RV_INSN_COUNT; i++)
        if (!strcmp(rv_rows[i].name, name))
            return i;
    return RV_INVALID;
}

static enum rv_insn decode(unsigned table, uint32_t word)
{
    return table == RV_TABLE_insn16 ? rv_decode_insn16(word) : rv_decode_insn32(word);
}

static FILE *open_list(void)
{
    const char *path = getenv("FERRY_RISCV_CSV"), *source = getenv("FERRY_SRC");
    char name[512];
    snprintf(name, sizeof name, "%s/tests/decode/riscv_decode.csv", source ? source : ".");
    FILE *in = fopen(path ? path : name, "r");
    cr_assert(in, "no list of encodings at %s", path ? path : name);
    return in;
}

/* Reads one row of the list; the N that stands for the number of a may-be-operation is cut off. */
static bool next_entry(FILE *in, char name[64], uint32_t *mask, uint32_t *match)
{
    char line[256];
    while (fgets(line, sizeof line, in)) {
        if (sscanf(line, "%*[^,#],%63[^,],%x,%x", name, mask, match) != 3)
            continue;
        char *suffix = strstr(name, ".N");
        if (suffix)
            *suffix = 0;
        return true;
    }
    return false;
}

Test(riscv_table, agrees_with_vendor_list)
{
    FILE *in = open_list();
    bool listed[RV_INSN_COUNT] = {false};
    unsigned rows = 0;
    char name[64];
    uint32_t mask, match;
    while (next_entry(in, name, &mask, &match)) {
        unsigned i = find_row(name);
        if (i == RV_INVALID && getenv("FERRY_RISCV_CSV"))
            continue; /* the full list has extensions that we lack */
        cr_expect(i != RV_INVALID, "%s is not in the table", name);
        cr_expect(rv_rows[i].mask == mask && rv_rows[i].match == match,
                  "%s: mask %08x match %08x, vendor %08x %08x", name, rv_rows[i].mask,
                  rv_rows[i].match, mask, match);
        listed[i] = true;
        rows++;
    }
    fclose(in);
    cr_expect(rows >= 300, "only %u rows compared", rows);
    for (unsigned i = 0; i < sizeof not_listed / sizeof not_listed[0]; i++)
        listed[find_row(not_listed[i])] = true;
    for (unsigned i = 1; i < RV_INSN_COUNT; i++)
        cr_expect(listed[i], "%s is not in the vendor's list", rv_rows[i].name);
}

/* The decoder's tree against the rows taken one by one: first match of the table, in order. */
static enum rv_insn decode_slowly(unsigned table, uint32_t word)
{
    enum rv_insn found = RV_INVALID;
    for (unsigned i = 1; i < RV_INSN_COUNT && !found; i++)
        if (rv_rows[i].table == table && (word & rv_rows[i].mask) == rv_rows[i].match)
            found = i;
    return found;
}

/* Reserved rows have no number and so are not in rv_rows: where the tree says INVALID, the rows may
 * not. */
Test(riscv_table, all_halfwords)
{
    unsigned reserved = 0;
    for (uint32_t word = 0; word < 0x10000; word++) {
        if ((word & 3) == 3)
            continue;
        enum rv_insn fast = rv_decode_insn16(word), slow = decode_slowly(RV_TABLE_insn16, word);
        if (fast == RV_INVALID && slow != RV_INVALID)
            reserved++;
        else
            cr_assert_eq(fast, slow, "%04x: tree %s, table %s", word, rv_rows[fast].name,
                         rv_rows[slow].name);
    }
    /* c.addi4spn 0: 8; c.addiw x0: 64; c.lui and c.addi16sp 0 that is no c.mop: 24; c.lwsp and
       c.ldsp x0: 64 each; c.jr x0: 1 */
    cr_assert_eq(reserved, 8 + 64 + 24 + 64 + 64 + 1);
}

Test(riscv_table, tree_agrees_with_rows)
{
    uint64_t random = 42;
    for (unsigned n = 0; n < 2000000; n++) {
        const struct decode_row *row =
            &rv_rows[1 + decode_random_number(&random) % (RV_INSN_COUNT - 1)];
        uint32_t word = (uint32_t)decode_random_number(&random);
        if (row->table != RV_TABLE_insn32)
            continue;
        word = (word & ~row->mask) | row->match;
        if (n % 4 == 0) /* next to an instruction, mostly none */
            word ^= 1u << decode_random_number(&random) % 32;
        cr_assert_eq(rv_decode_insn32(word), decode_slowly(RV_TABLE_insn32, word), "%08x", word);
    }
}

Test(riscv_table, undefined_words_are_invalid)
{
    static const uint32_t words[] = {0x00000003 | 7 << 12, 0xffffffff, 0x00000000, 0x0000007f,
                                     0xfff5003b,           0x00002063, 0x30300073, 0x10600073};
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        cr_expect_eq(rv_decode_insn32(words[i]), RV_INVALID, "%08x", words[i]);
}

Test(riscv_table, fields_and_random_words)
{
    /* a branch's scattered offset: -2 and 4094 */
    cr_assert_eq(rv_field(rv_rows[RV_beq].fields[0], 0xfe000fe3), -2);
    uint32_t word =
        decode_set_field(&rv_fields[rv_rows[RV_beq].fields[0]], rv_rows[RV_beq].match, 4094 / 2);
    cr_assert_eq(rv_field(rv_rows[RV_beq].fields[0], word), 4094);
    cr_assert_eq(decode(RV_TABLE_insn32, word), RV_beq);
    /* what has no field that names a register twice stays itself */
    for (unsigned i = 1; i < RV_INSN_COUNT; i++)
        cr_assert_eq(rv_rows[i].match & ~rv_rows[i].mask, 0, "%s", rv_rows[i].name);
}
