/*
 * Writes what the sweep compares with objdump: instruction words to the first file, and our
 * disassembly of each, "word<tab>text<tab>row", to the second. Of every row whose name matches the
 * pattern (fnmatch(3)): each field through its values with the others at a few patterns, and COUNT
 * random words.
 *
 *     sweep_aarch64 PATTERN COUNT WORDS TEXT
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "frontend/aarch64/decode.h"

static FILE *words, *texts;
static uint64_t pc;

static void put(uint32_t word, enum a64_insn insn)
{
    static const struct cpu_config config;
    char text[160];
    if (a64_decode_a64(word) != insn)
        return;
    frontend_aarch64.disassemble(&config, pc, (const uint8_t *)&word, sizeof word, text,
                                 sizeof text);
    fwrite(&word, 1, sizeof word, words);
    fprintf(texts, "%08x\t%s\t%s\n", word, text, a64_rows[insn].name);
    pc += sizeof word;
}

static void sweep_field(enum a64_insn insn, const struct decode_field *field, uint32_t base)
{
    unsigned width = 0;
    for (unsigned i = 0; i < field->nparts; i++)
        width += field->part[i].hi - field->part[i].lo + 1u;
    for (uint32_t i = 0; i < (width <= 5 ? 1u << width : 2 * width); i++) {
        uint32_t value = width <= 5 ? i : i < width ? 1u << i : (1u << (i - width)) - 1;
        put(decode_set_field(field, base, value), insn);
    }
}

static void sweep_row(enum a64_insn insn, unsigned count, uint64_t *state)
{
    static const uint32_t patterns[] = {0, 0xffffffff, 0x13579bdf, 0x2468ace1};
    const struct decode_row *row = &a64_rows[insn];
    for (unsigned p = 0; p < sizeof patterns / sizeof patterns[0]; p++) {
        uint32_t base = row->match | (patterns[p] & ~row->mask);
        put(base, insn);
        for (unsigned f = 0; f < row->nfields; f++)
            sweep_field(insn, &a64_fields[row->fields[f]], base);
    }
    for (unsigned i = 0; i < count; i++)
        put(row->match | ((uint32_t)decode_random_number(state) & ~row->mask), insn);
}

int main(int argc, char **argv)
{
    uint64_t state = 0x9e3779b97f4a7c15;
    if (argc != 5 || !(words = fopen(argv[3], "wb")) || !(texts = fopen(argv[4], "w"))) {
        fprintf(stderr, "usage: sweep_aarch64 PATTERN COUNT WORDS TEXT\n");
        return 2;
    }
    for (unsigned i = 1; i < A64_INSN_COUNT; i++)
        if (fnmatch(argv[1], a64_rows[i].name, 0) == 0)
            sweep_row(i, (unsigned)atoi(argv[2]), &state);
    return fclose(words) || fclose(texts);
}
