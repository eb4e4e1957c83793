/*
 * The meaning of the vector ops on integer lanes, permutations and ciphers; FP lanes: vector_fp.c.
 */
#include "ir/ir.h"

void ir_eval_vector(const struct ir_insn *insn, union ir_v128 *r, const union ir_v128 *a,
                    const union ir_v128 *b, const union ir_v128 *c)
{
    switch ((enum ir_op)insn->op) {
    case IR_VPAIR: *r = (union ir_v128){.d = {a->d[0], b->d[0]}}; break;
    case IR_VAND: *r = (union ir_v128){.d = {a->d[0] & b->d[0], a->d[1] & b->d[1]}}; break;
    case IR_VOR: *r = (union ir_v128){.d = {a->d[0] | b->d[0], a->d[1] | b->d[1]}}; break;
    case IR_VXOR: *r = (union ir_v128){.d = {a->d[0] ^ b->d[0], a->d[1] ^ b->d[1]}}; break;
    default: (void)c; break;
    }
}
