/*
 * Random instruction words from a decode table: the part that no guest decides. Fields are drawn
 * one after the other until the policy accepts each; what remains is fixed by the row.
 */
#include "frontend/decode.h"

uint64_t decode_random_number(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return x * 0x9e3779b97f4a7c15 >> 8;
}

uint32_t decode_set_field(const struct decode_field *field, uint32_t word, uint32_t value)
{
    for (unsigned i = field->nparts; i-- > 0;) {
        unsigned lo = field->part[i].lo, width = field->part[i].hi - lo + 1u;
        uint32_t mask = width == 32 ? 0xffffffff : (1u << width) - 1;
        word = (word & ~(mask << lo)) | (value & mask) << lo;
        value = width == 32 ? 0 : value >> width;
    }
    return word;
}

bool decode_random_word(const struct decode_policy *policy, const struct decode_row *row,
                        uint64_t *state, uint32_t *word)
{
    enum { TRIES = 4000 };
    *word = row->match;
    for (unsigned i = 0; i < row->nfields; i++) {
        unsigned field = row->fields[i], tries = 0;
        do {
            if (tries++ == TRIES)
                return false;
            *word = decode_set_field(&policy->fields[field], *word,
                                     (uint32_t)decode_random_number(state));
        } while (!policy->accept(policy->context, row, field, policy->field(field, *word)));
    }
    return true;
}
