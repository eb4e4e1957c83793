/* ir_eval: the meaning of eval.h behind one call, for whoever has an instruction in hand. */
#include "ir/eval.h"

uint64_t ir_eval(const struct ir_insn *insn, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    return eval_op(insn->op, insn->type, insn->sub, insn->d, insn->aux, a, b, c, d);
}
