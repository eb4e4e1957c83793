/* Moves between registers and memory by type, and constants; guest addresses are relocated ones. */
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

/* ---- memory to memory, and constants to memory --------------------------------------------------
 */

struct loan borrow(struct work *w)
{
    uint32_t free = w->free & GPR_MASK & ~w->locked & ~w->dying;
    if (free)
        return (struct loan){(unsigned)__builtin_ctz(free), false};
    x_o(&w->c, PUSH, RAX);
    return (struct loan){RAX, true};
}

void give_back(struct work *w, struct loan loan)
{
    if (loan.pushed)
        x_o(&w->c, POP, RAX);
    else
        CHECK(CLOBBER, loan.reg, 0, 0);
}

static enum ir_type copied_as(enum ir_type t)
{
    return t == IR_V128 || t == IR_F64 ? IR_I64 : t == IR_F32 || t == IR_F16 ? IR_I32 : t;
}

void copy_memory(struct work *w, struct mem to, struct mem from, enum ir_type t)
{
    struct loan loan = borrow(w);
    load_gpr(w, loan.reg, from, copied_as(t));
    store_gpr(w, loan.reg, to, copied_as(t));
    if (t == IR_V128) {
        from.disp += 8;
        to.disp += 8;
        load_gpr(w, loan.reg, from, IR_I64);
        store_gpr(w, loan.reg, to, IR_I64);
    }
    give_back(w, loan);
}

/* The cell holds a whole register: what is above an integer or a float is zero (VAL_ZERO_ABOVE). */
void copy_home(struct work *w, unsigned cell, unsigned slot)
{
    enum ir_type t = (enum ir_type)w->be->guest->slots[slot].type;
    struct mem to = spill_mem(cell);
    if (t == IR_V128) {
        copy_memory(w, to, home_mem(w, slot), t);
        return;
    }
    struct loan loan = borrow(w);
    load_gpr(w, loan.reg, home_mem(w, slot), copied_as(t));
    store_gpr(w, loan.reg, to, IR_I64);
    give_back(w, loan);
    if (ir_type_is_float(t)) {
        to.disp += 8;
        x_xm(&w->c, MOV_IMM | X_W, 0, to);
        put32(&w->c, 0);
    }
}

void store_constant(struct work *w, struct mem m, ir_ref r, enum ir_type t, unsigned scratch)
{
    const struct ir_const *k = constant(w, r);
    unsigned size = ir_type_size(t);
    if (size == 8 && !fits32((int64_t)k->value)) {
        struct loan loan = {scratch, false};
        if (scratch == NO_REG)
            loan = borrow(w);
        load_constant(w, loan.reg, r);
        x_rm(&w->c, MOV_STORE | X_W, loan.reg, m);
        if (scratch == NO_REG)
            give_back(w, loan);
        return;
    }
    if (size == 16) {
        store_constant(w, m, r, IR_I64, scratch);
        m.disp += 8;
        x_xm(&w->c, MOV_IMM | X_W, 0, m);
        put32(&w->c, 0);
        return;
    }
    if (size <= 2) {
        x_xm(&w->c, size == 1 ? MOV_IMM8 : MOV_IMM | X_OPSIZE, 0, m);
        put8(&w->c, (unsigned)k->value);
        if (size == 2)
            put8(&w->c, (unsigned)(k->value >> 8));
        return;
    }
    x_xm(&w->c, size == 8 ? MOV_IMM | X_W : MOV_IMM, 0, m);
    put32(&w->c, (uint32_t)k->value);
    if (k->kind == IR_CONST_PC)
        note_reloc(w, CODE_RELOC_PC32, k->value);
}
