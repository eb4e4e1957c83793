/* The rows of op.def as data. */
#include "ir/ir.h"

/* A letter of the `tie` and `imm` columns as a number. */
#define TIE(text) ((text)[0] == 'a' ? 0 : (text)[0] == 'b' ? 1 : -1)
#define LETTER(c) ((c) == 'a' ? 1 : (c) == 'b' ? 2 : (c) == 'c' ? 4 : (c) == 'd' ? 8 : 0)
#define IMM(text) (LETTER((text)[0]) | (sizeof(text) > 2 ? LETTER((text)[sizeof(text) - 2]) : 0))

const struct ir_op_info ir_op_info[IR_OP_COUNT] = {
#define OP(name, text, result, a, b, c, d, aux, effect, tie, imm)                                  \
    [IR_##name] = {text,                                                                           \
                   #result[0],                                                                     \
                   {#a[0], #b[0], #c[0], #d[0]},                                                   \
                   IR_EFFECT_##effect,                                                             \
                   TIE(#tie),                                                                      \
                   IMM(#imm),                                                                      \
                   #aux},
#include "ir/op.def"
#undef OP
};

static_assert(IR_OP_COUNT <= 256, "struct ir_insn.op is a byte");
