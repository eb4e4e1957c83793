/* Moves between registers and memory by type, and guest addresses as relocated constants. */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"

enum ir_type value_type(const struct work *w, ir_ref r, enum ir_type of_const)
{
    if (ir_is_const(r))
        return of_const;
    const struct ir_insn *in = &w->b->insns[r];
    switch (ir_op_info[in->op].result) {
    case 'Q': return IR_I64;
    case 'V': return IR_V128;
    case 'B': return IR_B;
    default: return (enum ir_type)in->type;
    }
}

/* ---- moves ------------------------------------------------------------------------------------
 */

void move_gpr(struct work *w, unsigned dst, unsigned src)
{
    if (dst == src)
        return;
    mov_rr(&w->c, dst, src);
    CHECK(MOVE, dst, src, 0);
}

void move_xmm(struct work *w, unsigned dst, unsigned src)
{
    if (dst == src)
        return;
    x_rr(&w->c, MOVAPS, dst, src);
    CHECK(MOVE, dst + XMM0, src + XMM0, 0);
}

void load_gpr(struct work *w, unsigned reg, struct mem m, enum ir_type t)
{
    static const uint32_t op[] = {
        [IR_I8] = MOVZX8, [IR_I16] = MOVZX16, [IR_I32] = MOV, [IR_I64] = MOV | X_W, [IR_B] = MOV};
    x_rm(&w->c, op[t], reg, m);
}

void store_gpr(struct work *w, unsigned reg, struct mem m, enum ir_type t)
{
    switch (t) {
    case IR_I8: x_rm(&w->c, MOV_STORE8, reg, m); break;
    case IR_I16: x_rm(&w->c, MOV_STORE | X_OPSIZE, reg, m); break;
    case IR_I64: x_rm(&w->c, MOV_STORE | X_W, reg, m); break;
    default: x_rm(&w->c, MOV_STORE, reg, m); break;
    }
}

void load_xmm(struct work *w, unsigned xmm, struct mem m, enum ir_type t)
{
    x_rm(&w->c, t == IR_V128 ? MOVUPS : t == IR_F64 ? MOVSD : MOVSS, xmm, m);
}

void store_xmm(struct work *w, unsigned xmm, struct mem m, enum ir_type t)
{
    x_rm(&w->c, t == IR_V128 ? MOVUPS_STORE : t == IR_F64 ? MOVSD_STORE : MOVSS_STORE, xmm, m);
}

/* The field that ends here. */
void note_reloc(struct work *w, enum code_reloc_kind kind, uint64_t value)
{
    struct code_buffer *out = w->out;
    if (out->nrelocs == out->max_relocs) {
        w->failed = true;
        return;
    }
    unsigned size = kind == CODE_RELOC_PC64 ? 8 : 4;
    out->relocs[out->nrelocs++] = (struct code_reloc){here(w) - size, (uint8_t)kind, value};
}

void load_pc(struct work *w, unsigned reg, uint64_t pc)
{
    mov_ri(&w->c, reg, pc);
    note_reloc(w, pc <= UINT32_MAX || fits32((int64_t)pc) ? CODE_RELOC_PC32 : CODE_RELOC_PC64, pc);
}

void load_constant(struct work *w, unsigned reg, ir_ref r)
{
    const struct ir_const *k = constant(w, r);
    if (k->kind == IR_CONST_PC)
        load_pc(w, reg, k->value);
    else
        mov_ri(&w->c, reg, k->value);
}
