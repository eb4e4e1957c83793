/* Literals: 16-byte constants behind the block, reached relative to the instruction pointer. */
#include "backend/x86_64/work.h"

struct mem literal(struct work *w, uint64_t low, uint64_t high)
{
    unsigned i = 0;
    while (i < w->nliterals && (w->literals[i][0] != low || w->literals[i][1] != high))
        i++;
    if (i == MAX_LITERALS) {
        w->failed = true;
        i = 0;
    } else if (i == w->nliterals) {
        w->literals[i][0] = low;
        w->literals[i][1] = high;
        w->nliterals++;
    }
    return mem_at(MEM_LITERAL, (int32_t)i);
}

void literal_used(struct work *w, unsigned behind)
{
    if (w->nliteral_uses == MAX_LITERAL_USES) {
        w->failed = true;
        return;
    }
    uint32_t field = here(w) - 4, index;
    memcpy(&index, w->base + field, 4);
    w->literal_uses[w->nliteral_uses++] =
        (struct literal_use){field, (uint16_t)index, (uint8_t)behind};
}

void emit_literals(struct work *w)
{
    enum { SIZE = sizeof w->literals[0] };
    if (!w->nliterals)
        return;
    while (here(w) % SIZE)
        put8(&w->c, 0xcc);
    uint32_t start = here(w);
    for (unsigned i = 0; i < w->nliterals; i++) {
        if (w->c.p > w->limit) {
            w->failed = true;
            return;
        }
        put64(&w->c, w->literals[i][0]);
        put64(&w->c, w->literals[i][1]);
    }
    for (unsigned i = 0; i < w->nliteral_uses; i++) {
        const struct literal_use *u = &w->literal_uses[i];
        uint32_t displacement = start + u->literal * SIZE - (u->field + 4 + u->behind);
        memcpy(w->base + u->field, &displacement, 4);
    }
}
