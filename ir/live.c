/*
 * Dead code, by one backward pass: what produces a value that nobody needs becomes a nop. The builder
 * leaves such values behind wherever a fold reached past them.
 *
 * Kept, whatever their result: everything that may fault, leave, write or call, and FP ops that may
 * raise an exception flag, since the guest can read the flags. A get is dropped like a pure op.
 */
#include "ir/ir.h"

#include <string.h>

static bool has_effect(const struct ir_insn *insn)
{
    switch ((enum ir_effect)ir_op_info[insn->op].effect) {
    case IR_EFFECT_pure:
        return ir_op_raises(insn->op);
    case IR_EFFECT_get:
        return false;
    default:
        return true;
    }
}

unsigned ir_remove_dead(struct ir_block *b)
{
    uint64_t needed[IR_MAX_INSNS / 64];
    memset(needed, 0, (b->n + 63) / 64 * sizeof needed[0]);
    unsigned removed = 0;
    for (unsigned i = b->n; i-- > 1;) {
        struct ir_insn *insn = &b->insns[i];
        if (insn->op == IR_NOP)
            continue;
        if (!(needed[i / 64] >> (i % 64) & 1) && !has_effect(insn)) {
            *insn = (struct ir_insn){.op = IR_NOP};
            removed++;
            continue;
        }
        const struct ir_op_info *info = &ir_op_info[insn->op];
        const ir_ref *operand = &insn->a;
        for (int k = 0; k < 4 && info->operand[k] != '-'; k++)
            if (ir_operand_is_ref(info, k) && !ir_is_const(operand[k]))
                needed[operand[k] / 64] |= (uint64_t)1 << (operand[k] % 64);
    }
    return removed;
}
