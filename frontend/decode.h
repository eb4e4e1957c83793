/*
 * What all decode tables have in common once decgen has made C of them: a row an instruction, for
 * whatever is not decoding proper: disassembly, random code, coverage, lists of what is
 * implemented.
 */
#ifndef FERRY_FRONTEND_DECODE_H
#define FERRY_FRONTEND_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend/frontend.h"

enum { DECODE_NO_FEATURE = 0xff, DECODE_MAX_FIELDS = 12, DECODE_MAX_PARTS = 8 };

/* A field of the word: its parts from the highest of the value to the lowest. */
struct decode_field {
    const char *name;
    struct {
        uint8_t hi, lo;
    } part[DECODE_MAX_PARTS];
    uint8_t nparts;
};

struct decode_row {
    uint32_t mask, match;
    const char *name;
    const char *text; /* "{3:x}": field 3, to be printed as kind x; a tab ends an own mnemonic */
    uint8_t need[2];  /* features of -cpu, all needed; DECODE_NO_FEATURE */
    uint8_t table;    /* enum of the guest, decides the length */
    uint8_t nfields;
    uint16_t fields[DECODE_MAX_FIELDS]; /* indices into the guest's array of fields */
};

/* True if `config` offers what the row needs. */
static inline bool decode_row_enabled(const struct decode_row *row, const struct cpu_config *config)
{
    for (int i = 0; i < 2; i++)
        if (row->need[i] != DECODE_NO_FEATURE && !cpu_has(config, row->need[i]))
            return false;
    return true;
}

/* The word with the field's bits replaced by the low bits of `value` (before sign, scale and
 * function). */
uint32_t decode_set_field(const struct decode_field *field, uint32_t word, uint32_t value);

/* What random code may hold: the guest's choice for the fuzzers. */
struct decode_policy {
    const struct decode_row *rows;
    unsigned nrows;
    const struct decode_field *fields;
    int64_t (*field)(unsigned field, uint32_t word);
    /* True if the row may have this value there; called for each field until it is content. */
    bool (*accept)(void *context, const struct decode_row *row, unsigned field, int64_t value);
    void *context;
};

/* Next number of a small generator; *state is any value but 0. */
uint64_t decode_random_number(uint64_t *state);

/*
 * A random word of the row that the policy accepts; false if none was found in reasonable time.
 * Whether the word decodes to this row is for the caller to check: one of a group may hide it.
 */
bool decode_random_word(const struct decode_policy *policy, const struct decode_row *row,
                        uint64_t *state, uint32_t *word);

/* A text that grows up to its size and stays terminated. */
struct decode_text {
    char *at, *end;
};
__attribute__((format(printf, 2, 3))) void decode_print(struct decode_text *text,
                                                        const char *format, ...);

/*
 * Writes mnemonic, tab and operands of `row`. `field` gives a field's value, `operand` prints one
 * of kind `kind` (nothing, if the guest's syntax leaves it out); it may look at the rest of `word`.
 */
void decode_disassemble(const struct decode_row *row, uint32_t word, uint64_t pc,
                        struct decode_text *text, int64_t (*field)(unsigned field, uint32_t word),
                        void (*operand)(struct decode_text *text, char kind, int64_t value,
                                        uint32_t word, uint64_t pc));

#endif
