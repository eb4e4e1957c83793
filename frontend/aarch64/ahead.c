/*
 * What an instruction does with NZCV, judged by a few bits of its word (Arm ARM C4.1), so that the
 * driver can see whether flags are dead. Wherever a group is mixed or rare it says FLAGS_READ.
 */
#include <string.h>

#include "frontend/aarch64/internal.h"

static uint32_t field(uint32_t word, unsigned pos, unsigned len)
{
    return word >> pos & ((1u << len) - 1);
}

/* An offset in words. */
static uint64_t branch_target(uint64_t pc, uint32_t word, unsigned pos, unsigned len)
{
    int64_t offset = (int64_t)((uint64_t)field(word, pos, len) << (64 - len)) >> (64 - len);
    return pc + (uint64_t)offset * 4;
}

/* Bit 29 of sums, opc 11 of logic. */
static enum flags_use immediate(uint32_t word)
{
    switch (field(word, 23, 3)) {
    case 2: return field(word, 29, 1) ? FLAGS_WRITTEN : FLAGS_KEPT; /* add, sub */
    case 4: return field(word, 29, 2) == 3 ? FLAGS_WRITTEN : FLAGS_KEPT; /* logic */
    default: return FLAGS_KEPT;
    }
}

static enum flags_use branch(uint64_t pc, uint32_t word, uint64_t *target)
{
    enum { HINT = 0xd503201f, HINT_BITS = 0xfffff01f };
    if (field(word, 26, 5) == 5) { /* b, bl: the callee's code comes next */
        *target = branch_target(pc, word, 0, 26);
        return FLAGS_JUMP;
    }
    if (field(word, 25, 6) == 0x1a) { /* cbz, cbnz */
        *target = branch_target(pc, word, 5, 19);
        return FLAGS_BRANCH;
    }
    if (field(word, 25, 6) == 0x1b) { /* tbz, tbnz */
        *target = branch_target(pc, word, 5, 14);
        return FLAGS_BRANCH;
    }
    return (word & HINT_BITS) == HINT ? FLAGS_KEPT : FLAGS_READ;
}

static enum flags_use registers(uint32_t word)
{
    if (!field(word, 28, 1)) {
        unsigned sets = field(word, 24, 1) ? field(word, 29, 1) : field(word, 29, 2) == 3;
        return sets ? FLAGS_WRITTEN : FLAGS_KEPT;
    }
    if (field(word, 24, 1)) /* three sources */
        return FLAGS_KEPT;
    return field(word, 21, 4) == 6 && !field(word, 29, 1) ? FLAGS_KEPT : FLAGS_READ;
}

/* MOPS writes the flags in its first instruction and reads them in the others. */
static enum flags_use memory(uint32_t word)
{
    bool mops = field(word, 27, 3) == 3 && field(word, 24, 2) == 1 && !field(word, 21, 1) &&
                field(word, 10, 2) == 1;
    return mops ? FLAGS_READ : FLAGS_KEPT;
}

static enum flags_use vector(uint32_t word)
{
    if (field(word, 24, 8) != 0x1e || !field(word, 21, 1))
        return FLAGS_KEPT;
    switch (field(word, 10, 2)) {
    case 0: return field(word, 10, 4) == 8 ? FLAGS_WRITTEN : FLAGS_KEPT; /* fcmp, fcmpe */
    case 2: return FLAGS_KEPT;
    default: return FLAGS_READ; /* fccmp, fcsel */
    }
}

enum flags_use a64_flags_use(uint64_t pc, const uint8_t *bytes, uint64_t *target)
{
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    switch (field(word, 25, 4)) {
    case 8: case 9: return immediate(word);
    case 10: case 11: return branch(pc, word, target);
    case 5: case 13: return registers(word);
    case 4: case 6: case 12: case 14: return memory(word);
    case 7: case 15: return vector(word);
    default: return FLAGS_READ;
    }
}
