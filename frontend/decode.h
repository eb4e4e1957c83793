/*
 * What all decode tables have in common once decgen has made C of them: a row an instruction, for
 * whatever is not decoding proper: disassembly, random code, coverage, lists of what is implemented.
 */
#ifndef FERRY_FRONTEND_DECODE_H
#define FERRY_FRONTEND_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend/frontend.h"

enum { DECODE_NO_FEATURE = 0xff };

struct decode_row {
    uint32_t mask, match;
    const char *name;
    const char *text;  /* "{3:x}": field 3, to be printed as kind x; a tab ends an own mnemonic */
    uint8_t need[2];   /* features of -cpu, all needed; DECODE_NO_FEATURE */
    uint8_t table;     /* enum of the guest, decides the length */
};

/* True if `config` offers what the row needs. */
static inline bool decode_row_enabled(const struct decode_row *row, const struct cpu_config *config)
{
    for (int i = 0; i < 2; i++)
        if (row->need[i] != DECODE_NO_FEATURE && !cpu_has(config, row->need[i]))
            return false;
    return true;
}

/* A text that grows up to its size and stays terminated. */
struct decode_text {
    char *at, *end;
};
__attribute__((format(printf, 2, 3))) void decode_print(struct decode_text *text, const char *format, ...);

/*
 * Writes mnemonic, tab and operands of `row`. `field` gives a field's value, `operand` prints one of
 * kind `kind` (nothing, if the guest's syntax leaves it out).
 */
void decode_disassemble(const struct decode_row *row, uint32_t word, uint64_t pc, struct decode_text *text,
                        int64_t (*field)(unsigned field, uint32_t word),
                        void (*operand)(struct decode_text *text, char kind, int64_t value, uint64_t pc));

#endif
