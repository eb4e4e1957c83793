/*
 * Disassembly of floating point: its kinds of operands.
 *
 *   F      constant of fmov                      u      index of a lane
 *   1 z Z  fraction bits of 16, 32, 64           R r    rotation of fcmla, of fcadd
 *   4 3 5  arrangement by Q: "4h 8h", "2s 4s", "2h 4h"
 */
#include <string.h>

#include "frontend/aarch64/float.h"
#include "frontend/aarch64/internal.h"
#include "ir/fp.h"

static void print_constant(struct decode_text *text, int64_t imm8)
{
    uint64_t image = a64_expand_float((uint32_t)imm8, IR_F64);
    double value;
    memcpy(&value, &image, sizeof value);
    decode_print(text, "#%.18e", value);
}

bool a64_print_fp(struct decode_text *text, char kind, int64_t value)
{
    switch (kind) {
    case 'F': print_constant(text, value); break;
    case '1': decode_print(text, "#%d", 16 - (int)value); break;
    case 'z': decode_print(text, "#%d", 32 - (int)value); break;
    case 'Z': decode_print(text, "#%d", 64 - (int)value); break;
    case 'u': decode_print(text, "%d", (int)value); break;
    case 'R': decode_print(text, "#%d", (int)value * 90); break;
    case 'r': decode_print(text, "#%d", value ? 270 : 90); break;
    case '4': decode_print(text, "%s", value ? "8h" : "4h"); break;
    case '3': decode_print(text, "%s", value ? "4s" : "2s"); break;
    case '5': decode_print(text, "%s", value ? "4h" : "2h"); break;
    default: return false;
    }
    return true;
}
