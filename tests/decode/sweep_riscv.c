/*
 * Writes what the sweep compares with objdump: instruction words to the first file, and our
 * disassembly of each, "word<tab>text", to the second. All 16-bit encodings; every 32-bit row with
 * patterns of its fields, among them all values of those of up to seven bits.
 *
 *     sweep_riscv 16|32 WORDS TEXT
 */
#include <stdio.h>
#include <string.h>

#include "frontend/riscv/decode.h"
#include "frontend/riscv/riscv.h"

static FILE *words, *texts;
static uint64_t pc;

static void put(uint32_t word, unsigned length)
{
    static const struct cpu_config config;
    char text[128];
    frontend_riscv64.disassemble(&config, pc, (const uint8_t *)&word, length, text, sizeof text);
    fwrite(&word, 1, length, words);
    fprintf(texts, "%0*x\t%s\n", (int)length * 2, word, text);
    pc += length;
}

/* One row: each field through its values while the others stay at a few patterns. */
static void sweep_row(enum rv_insn insn)
{
    static const uint32_t patterns[] = {0,          0xffffffff, 0x55555555,
                                        0x13579bdf, 0xaaaaaaaa, 0x2468ace1};
    const struct decode_row *row = &rv_rows[insn];
    for (unsigned p = 0; p < sizeof patterns / sizeof patterns[0]; p++) {
        uint32_t base = (row->match & row->mask) | (patterns[p] & ~row->mask);
        if (rv_decode_insn32(base) == insn)
            put(base, 4);
        for (unsigned f = 0; f < row->nfields; f++) {
            const struct decode_field *field = &rv_fields[row->fields[f]];
            unsigned width = 0;
            for (unsigned i = 0; i < field->nparts; i++)
                width += field->part[i].hi - field->part[i].lo + 1u;
            for (uint32_t i = 0; i < (width <= 7 ? 1u << width : 2 * width); i++) {
                uint32_t value = width <= 7 ? i : i < width ? 1u << i : (1u << (i - width)) - 1;
                uint32_t word = decode_set_field(field, base, value);
                if (rv_decode_insn32(word) == insn)
                    put(word, 4);
            }
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 4 || !(words = fopen(argv[2], "wb")) || !(texts = fopen(argv[3], "w"))) {
        fprintf(stderr, "usage: sweep_riscv 16|32 WORDS TEXT\n");
        return 2;
    }
    if (!strcmp(argv[1], "16")) {
        for (uint32_t word = 0; word < 0x10000; word++)
            if ((word & 3) != 3)
                put(word, 2);
    } else {
        for (unsigned i = 1; i < RV_INSN_COUNT; i++)
            if (rv_rows[i].table == RV_TABLE_insn32)
                sweep_row(i);
    }
    return fclose(words) || fclose(texts);
}
