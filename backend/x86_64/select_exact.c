/*
 * Ops done by C functions: arguments go to reserved cells, stub.call[3] calls the function and keeps
 * every register, the result comes back in a cell. What each function does is in runtime.c.
 */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"
#include "backend/x86_64/runtime.h"

static enum ir_type operand_type(const struct ir_insn *in, int i)
{
    switch (ir_op_info[in->op].operand[i]) {
    case 'S': return (enum ir_type)in->sub;
    case 'Q': return IR_I64;
    case 'V': return IR_V128;
    default: return (enum ir_type)in->type;
    }
}

static void store_argument(struct work *w, unsigned cell, ir_ref r, enum ir_type t)
{
    struct mem m = spill_mem(cell);
    if (is_plain_const(w, resolve(w, r)))
        store_constant(w, m, resolve(w, r), IR_I64, NO_REG);
    else if (t == IR_V128)
        x_rm(&w->c, MOVUPS_STORE, (unsigned)use_xmm(w, r, t), m);
    else if (ir_type_is_float(t))
        x_rm(&w->c, MOVSD_STORE, (unsigned)use_xmm(w, r, t), m);
    else
        x_rm(&w->c, MOV_STORE | X_W, (unsigned)use_gpr(w, r), m);
}

void call_exact(struct work *w, const struct ir_insn *in)
{
    const uint32_t words[3] = {in->op | in->type << 8 | in->sub << 16, in->d, in->aux};
    struct mem m = spill_mem(CELL_EXACT_OP);
    for (int i = 0; i < 3; i++, m.disp += 4) {
        x_xm(&w->c, MOV_IMM, 0, m);
        put32(&w->c, words[i]);
    }
    stub_call(w, offsetof(struct code_stubs, call[3]));
}

void emit_exact(struct work *w, const struct ir_insn *in, ir_ref self)
{
    const struct ir_op_info *info = &ir_op_info[in->op];
    const ir_ref *operand = &in->a;
    const struct ir_insn *real = &w->b->insns[self]; /* of which emit_flushed may give another form */
    if (unlikely(in->d & IR_FP_FLUSH) && in->op != IR_CALLV && emit_flushed(w, in, self))
        return;
    w->by_exact = true;
    for (int i = 0; i < 3; i++)
        if (ir_operand_is_ref(info, i) && operand[i])
            store_argument(w, CELL_ARG_A + (unsigned)i, operand[i], operand_type(in, i));
    for (int i = 0; i < 3; i++)
        if (ir_operand_is_ref(info, i) && operand[i])
            consume(w, operand[i]);
    call_exact(w, real);
    struct mem result = spill_mem(CELL_RESULT);
    enum ir_type t = ir_result_type(in);
    if (t == IR_V128)
        x_rm(&w->c, MOVUPS, (unsigned)define_xmm(w, self, NO_REG, 0), result);
    else if (ir_type_is_float(t))
        x_rm(&w->c, MOVSD, (unsigned)define_xmm(w, self, NO_REG, 0), result);
    else
        x_rm(&w->c, MOV | X_W, (unsigned)define_gpr(w, self, NO_REG, 0), result);
}

#define EXACT(name)                                                                                \
    void emit_##name(struct work *w, const struct ir_insn *in, ir_ref self)                        \
    {                                                                                              \
        emit_exact(w, in, self);                                                                   \
    }

EXACT(CALLV)
