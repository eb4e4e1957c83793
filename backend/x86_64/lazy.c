/*
 * Lazy flags: most flags that a guest makes are overwritten before anybody looks at them. An op that
 * makes flags (SUBF, ADDF, ANDF, FLIPC, CONDF, FCMPF) emits nothing; the value is marked HINT_LAZY and its
 * operands live on for as long as it does. Who wants it makes it:
 *
 *   - a condition, by a compare of its own (select_flags.c);
 *   - whoever needs it in a register, materialize();
 *   - the end of a block, which stores it home in the resting layout;
 *   - a fault or a side exit: the map names the operands (a recipe), so that nothing is computed on
 *     the way that is usually taken.
 *
 * A recipe is a run of places in prefix order: PLACE_LAZY with the instruction, then the places of its
 * operands, which may be lazy themselves. While a lazy value is the current one of a dirty slot its
 * operands are held (val.slots), so they are in registers, spill cells or constants, as the slot's
 * own value would be.
 *
 * FCMPF does emit its comparison, for the exceptions that it raises; comparing again raises no others.
 * FSETEXC, which may clear those, has flags of comparisons made first.
 *
 * Flags of x - y or x + y of which the result r is at hand, but x is overwritten by it, are made from
 * r and y, and those of x & y from r alone: scan.c notes that in val.hint (HINT_FROM_RESULT) and the result in val.put.
 */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"
#include "backend/x86_64/runtime.h"
#include "ir/eval.h"

enum { LAHF = 0x9f, SAHF = 0x9e, MAX_NODES = 12 };

unsigned lazy_operands(struct work *w, ir_ref r, ir_ref operands[2])
{
    const struct ir_insn *in = &w->b->insns[r];
    const struct val *v = &w->val[r];
    bool from_result = v->hint & HINT_FROM_RESULT;
    operands[0] = resolve(w, from_result ? v->put : in->a);
    if (in->op == IR_FLIPC)
        return 1;
    operands[1] = from_result && in->op == IR_ANDF ? operands[0] : resolve(w, in->b);
    return 2;
}

static unsigned count_nodes(struct work *w, ir_ref r)
{
    ir_ref operands[2];
    if (ir_is_const(r) || !is_lazy(&w->val[r]))
        return 1;
    unsigned sum = 1, n = lazy_operands(w, r, operands);
    for (unsigned i = 0; i < n; i++)
        sum += count_nodes(w, operands[i]);
    return sum;
}

void defer(struct work *w, ir_ref self)
{
    ir_ref operands[2];
    w->val[self].hint |= HINT_LAZY;
    if (count_nodes(w, self) <= MAX_NODES)
        return;
    unsigned n = lazy_operands(w, self, operands);
    for (unsigned i = 0; i < n; i++)
        use_gpr(w, operands[i]);
}

/* ---- holding ----------------------------------------------------------------------------------
 */

/* The type of what lazy flags are made from. */
static enum ir_type operand_type(const struct work *w, ir_ref r)
{
    const struct ir_insn *in = &w->b->insns[r];
    return in->op == IR_FCMPF ? (enum ir_type)in->sub : IR_I64;
}

static void hold_as(struct work *w, ir_ref r, enum ir_type t)
{
    struct val *v = val_of(w, r);
    if (v->slots++ || ir_is_const(r))
        return;
    if (is_lazy(v)) {
        ir_ref operands[2];
        unsigned n = lazy_operands(w, r, operands);
        for (unsigned i = 0; i < n; i++)
            hold_as(w, operands[i], operand_type(w, r));
    } else if (!v->regs && !v->spill) {
        uint32_t locked = w->locked; /* there may be more operands than temporaries */
        if (in_xmm(t))
            use_xmm(w, r, t);
        else
            use_gpr(w, r);
        w->locked = locked;
    }
}

void hold(struct work *w, ir_ref r)
{
    hold_as(w, r, IR_I64);
}

void unhold(struct work *w, ir_ref r)
{
    struct val *v = val_of(w, r);
    if (--v->slots)
        return;
    if (is_lazy(v)) {
        ir_ref operands[2];
        unsigned n = lazy_operands(w, r, operands);
        for (unsigned i = 0; i < n; i++)
            unhold(w, operands[i]);
    }
    if (!v->uses)
        consume_slow(w, v);
}

void give_up(struct work *w, ir_ref r)
{
    ir_ref operands[2];
    struct val *v = val_of(w, r);
    unsigned n = lazy_operands(w, r, operands);
    v->hint &= (uint8_t)~HINT_LAZY;
    for (unsigned i = 0; i < n; i++) {
        if (v->slots)
            unhold(w, operands[i]);
        consume(w, operands[i]);
    }
    w->snapshot_valid = false;
}

/* ---- recipes ----------------------------------------------------------------------------------
 */

void add_places(struct work *w, unsigned slot, ir_ref r, enum ir_type t, struct snapshot *s)
{
    const struct val *v = val_of(w, r);
    bool xmm = in_xmm(t);
    uint32_t regs = v->regs & (xmm ? XMM_MASK : GPR_MASK);
    struct place *p = &w->places[s->start + s->count++];
    if (regs) {
        *p = (struct place){(uint8_t)slot, xmm ? PLACE_XMM : PLACE_GPR,
                            (uint16_t)(__builtin_ctz(regs) & 15)};
    } else if (ir_is_const(r)) {
        *p = (struct place){(uint8_t)slot, PLACE_CONST, r};
    } else if (is_lazy(v)) {
        ir_ref operands[2];
        *p = (struct place){(uint8_t)slot, PLACE_LAZY, r};
        unsigned n = lazy_operands(w, r, operands);
        for (unsigned i = 0; i < n; i++)
            add_places(w, slot, operands[i], operand_type(w, r), s);
    } else {
        *p = (struct place){(uint8_t)slot, PLACE_SPILL, (uint16_t)(v->spill - 1u)};
    }
}

unsigned recipe_length(const struct work *w, const struct place *p)
{
    if (p->kind != PLACE_LAZY)
        return 1;
    unsigned n = 1 + recipe_length(w, p + 1);
    return w->b->insns[p->what].op == IR_FLIPC ? n : n + recipe_length(w, p + n);
}

/* ---- code from a recipe -----------------------------------------------------------------------
 */

/* Registers that code from a recipe may change: `free` as it stands, others pushed. */
struct maker {
    struct work *w;
    uint32_t busy, free;
    uint8_t pushed[2];
    unsigned npushed;
};

static uint32_t recipe_registers(const struct work *w, const struct place *p)
{
    uint32_t regs = 0;
    for (unsigned n = recipe_length(w, p); n--; p++)
        if (p->kind == PLACE_GPR)
            regs |= BIT(p->what);
    return regs;
}

static unsigned scratch(struct maker *k)
{
    static const uint8_t choice[] = {RAX, RCX, RDX, RBX, R10};
    unsigned i = 0;
    while (k->busy & BIT(choice[i]))
        i++;
    k->busy |= BIT(choice[i]);
    if (!(k->free & BIT(choice[i]))) {
        x_o(&k->w->c, PUSH, choice[i]);
        k->pushed[k->npushed++] = choice[i];
    }
    return choice[i];
}

/* Neither the flags nor what a recipe needs is changed. */
static void end_scratch(struct maker *k, uint32_t busy)
{
    while (k->npushed)
        x_o(&k->w->c, POP, k->pushed[--k->npushed]);
    k->busy = busy;
}

static void load_leaf(struct maker *k, unsigned reg, const struct place *p)
{
    struct work *w = k->w;
    if (p->kind == PLACE_GPR)
        mov_rr(&w->c, reg, p->what);
    else if (p->kind == PLACE_SPILL)
        x_rm(&w->c, MOV | X_W, reg, spill_mem(p->what));
    else
        load_constant(w, reg, p->what);
}

static struct operand leaf(struct maker *k, const struct place *p, enum ir_type t)
{
    struct work *w = k->w;
    if (p->kind == PLACE_GPR)
        return (struct operand){.kind = OPERAND_REG, .reg = (uint8_t)p->what};
    if (p->kind == PLACE_SPILL)
        return (struct operand){.kind = OPERAND_MEM, .mem = spill_mem(p->what)};
    if (is_plain_const(w, p->what)) {
        uint64_t value = constant(w, p->what)->value;
        if (t != IR_I64 || fits32((int64_t)value))
            return (struct operand){.kind = OPERAND_IMM, .imm = (int32_t)value};
    }
    unsigned reg = scratch(k);
    load_leaf(k, reg, p);
    return (struct operand){.kind = OPERAND_REG, .reg = (uint8_t)reg};
}

static void emit_alu(struct work *w, unsigned op, uint32_t w64, unsigned d, struct operand y)
{
    if (y.kind == OPERAND_REG)
        alu_rr(&w->c, op, w64, d, y.reg);
    else if (y.kind == OPERAND_MEM)
        alu_rm(&w->c, op, w64, d, y.mem);
    else
        alu_ri(&w->c, op, w64, d, y.imm);
}

/* Where a leaf that is in no register is; a constant is written to the cell first. */
static struct mem float_leaf_memory(struct work *w, const struct place *p, unsigned cell)
{
    if (p->kind == PLACE_SPILL)
        return spill_mem(p->what);
    struct mem m = spill_mem(cell), high = m;
    uint64_t value = constant(w, p->what)->value;
    high.disp += 4;
    x_xm(&w->c, MOV_IMM, 0, m);
    put32(&w->c, (uint32_t)value);
    x_xm(&w->c, MOV_IMM, 0, high);
    put32(&w->c, (uint32_t)(value >> 32));
    return m;
}

/* A leaf of type t in xmm register `scratch`, or the register where it is. */
static unsigned float_leaf(struct work *w, const struct place *p, enum ir_type t, unsigned scratch)
{
    if (p->kind == PLACE_XMM)
        return p->what;
    load_xmm(w, scratch, float_leaf_memory(w, p, CELL_ARG_A), t);
    return scratch;
}

/* EFLAGS := what the host's comparison of an FCMPF's operands says. Registers are kept. */
static void make_comparison(struct work *w, const struct place *p)
{
    const struct ir_insn *in = &w->b->insns[p->what];
    enum ir_type t = (enum ir_type)in->sub;
    unsigned scratch = p[2].kind == PLACE_XMM && p[2].what == 0;
    bool borrows = p[1].kind != PLACE_XMM;
    if (borrows)
        store_xmm(w, scratch, spill_mem(CELL_RESULT), IR_V128);
    unsigned x = float_leaf(w, p + 1, t, scratch);
    uint32_t op = t == IR_F64 ? UCOMISD : UCOMISS;
    if (p[2].kind == PLACE_XMM)
        x_rr(&w->c, op, x, p[2].what);
    else
        x_rm(&w->c, op, x, float_leaf_memory(w, p + 2, CELL_ARG_B));
    if (borrows)
        load_xmm(w, scratch, spill_mem(CELL_RESULT), IR_V128);
}

/* AX := the flags of an FCMPF, from those of the host's comparison: see select_fp_compare.c. */
static void make_resting_comparison(struct work *w)
{
    enum { CARRY_TO_CARRY_AND_SIGN = 1 + (IR_FLAG_N / IR_FLAG_C) };
    mov_ri(&w->c, RAX, IR_FLAG_V);
    uint8_t *unordered = jcc8(&w->c, CC_P);
    put8(&w->c, LAHF);
    alu_ri(&w->c, ALU_AND, 0, RAX, IR_FLAG_Z | IR_FLAG_C);
    x_rr(&w->c, IMUL_IMM, RAX, RAX);
    put32(&w->c, CARRY_TO_CARRY_AND_SIGN);
    bind8(&w->c, unordered);
}

/* EFLAGS := the flags of a SUBF, ADDF or ANDF. */
static void make_simple(struct maker *k, const struct place *p)
{
    struct work *w = k->w;
    const struct ir_insn *in = &w->b->insns[p->what];
    bool from_result = w->val[p->what].hint & HINT_FROM_RESULT && in->op != IR_ANDF;
    uint32_t w64 = in->type == IR_I64 ? X_W : 0, busy = k->busy;
    struct operand y = leaf(k, p + 2, (enum ir_type)in->type);
    unsigned x;
    if (in->op == IR_SUBF && p[1].kind == PLACE_GPR && !from_result) {
        x = p[1].what;
    } else {
        x = scratch(k);
        load_leaf(k, x, p + 1);
    }
    if (from_result)
        emit_alu(w, in->op == IR_SUBF ? ALU_ADD : ALU_SUB, w64, x, y);
    emit_alu(w, in->op == IR_SUBF ? ALU_CMP : in->op == IR_ADDF ? ALU_ADD : ALU_AND, w64, x, y);
    end_scratch(k, busy);
}

/* AX := the flags in the resting layout; RAX must be free or pushed. */
static void make_resting(struct maker *k, const struct place *p);

/* EFLAGS := the flags. May change RAX. */
static void make_eflags(struct maker *k, const struct place *p)
{
    struct work *w = k->w;
    if (p->kind == PLACE_LAZY) {
        const struct ir_insn *in = &w->b->insns[p->what];
        if (in->op != IR_FLIPC && in->op != IR_CONDF && in->op != IR_FCMPF) {
            make_simple(k, p);
            return;
        }
    }
    make_resting(k, p);
    alu_ri(&w->c, ALU_AND, 0, RAX, IR_FLAG_N | IR_FLAG_Z | IR_FLAG_C | IR_FLAG_V);
    put8(&w->c, 0x04); /* add al, 127: overflows if al is 1 */
    put8(&w->c, 127);
    put8(&w->c, SAHF);
}

static void make_resting(struct maker *k, const struct place *p)
{
    struct work *w = k->w;
    if (p->kind != PLACE_LAZY) {
        if (p->kind == PLACE_GPR)
            mov32_rr(&w->c, RAX, p->what);
        else
            load_leaf(k, RAX, p);
        return;
    }
    const struct ir_insn *in = &w->b->insns[p->what];
    if (in->op == IR_FLIPC) {
        make_resting(k, p + 1);
        alu_ri(&w->c, ALU_XOR, 0, RAX, IR_FLAG_C);
    } else if (in->op == IR_FCMPF) {
        make_comparison(w, p);
        make_resting_comparison(w);
    } else if (in->op == IR_CONDF) {
        make_eflags(k, p + 1);
        uint8_t *otherwise = jcc8(&w->c, host_cc[in->sub ^ 1]);
        make_resting(k, p + 1 + recipe_length(w, p + 1));
        uint8_t *end = jmp8(&w->c);
        bind8(&w->c, otherwise);
        mov_ri(&w->c, RAX, in->aux);
        bind8(&w->c, end);
    } else {
        make_simple(k, p);
        x_xr(&w->c, SETCC + CC_O, 0, RAX);
        put8(&w->c, LAHF);
    }
}

/* RAX may hold an operand that is wanted after RAX has changed: it moves out of the way first. */
static unsigned vacate(struct maker *k, struct place *copy, const struct place *p, unsigned length)
{
    memcpy(copy, p, length * sizeof *p);
    bool condf = p->kind == PLACE_LAZY && k->w->b->insns[p->what].op == IR_CONDF;
    if (!(k->busy & BIT(RAX)) || (length <= 3 && !condf))
        return NO_REG;
    k->busy &= ~BIT(RAX);
    static const uint8_t choice[] = {RCX, RDX, RBX, R10, R11};
    unsigned i = 0;
    while (k->busy & BIT(choice[i]))
        i++;
    k->busy |= BIT(choice[i]);
    for (unsigned n = 0; n < length; n++)
        if (copy[n].kind == PLACE_GPR && copy[n].what == RAX)
            copy[n].what = choice[i];
    return choice[i];
}

/* The home of the slot := the flags of the recipe. Registers not in `free` are kept. */
static void store_recipe(struct work *w, const struct place *p, uint32_t free)
{
    struct place copy[2 * MAX_NODES];
    unsigned length = recipe_length(w, p);
    struct maker k = {.w = w, .busy = recipe_registers(w, p), .free = free};
    bool keep = !(free & BIT(RAX));
    if (keep)
        x_o(&w->c, PUSH, RAX);
    unsigned moved = vacate(&k, copy, p, length);
    if (moved != NO_REG) {
        x_o(&w->c, PUSH, moved);
        mov_rr(&w->c, moved, RAX);
    }
    k.free |= k.busy & BIT(RAX) ? 0 : BIT(RAX);
    make_resting(&k, copy);
    if (moved != NO_REG)
        x_o(&w->c, POP, moved);
    x_rm(&w->c, MOV_STORE, RAX, home_mem(w, p->slot));
    if (keep)
        x_o(&w->c, POP, RAX);
}

void store_lazy_place(struct work *w, const struct place *p)
{
    store_recipe(w, p, w->be->temps & GPR_MASK & ~recipe_registers(w, p));
}

/* A recipe of its own, behind those that are kept. */
static struct snapshot recipe(struct work *w, unsigned slot, ir_ref r)
{
    struct snapshot s = {w->nplaces, 0};
    if (w->nplaces + 2 * MAX_NODES > MAX_SNAPSHOT_ENTRIES) {
        w->failed = true;
        s.start = 0;
    }
    add_places(w, slot, r, IR_B, &s);
    return s;
}

void store_lazy_home(struct work *w, unsigned slot, ir_ref r)
{
    struct snapshot s = recipe(w, slot, r);
    uint32_t free = w->free & GPR_MASK & ~w->locked & ~w->dying;
    store_recipe(w, w->places + s.start, free & ~recipe_registers(w, w->places + s.start));
    for (uint32_t m = free; m; m &= m - 1)
        CHECK(CLOBBER, (unsigned)__builtin_ctz(m), 0, 0);
}

void materialize(struct work *w, ir_ref r)
{
    uint32_t locked = w->locked, dying = w->dying;
    take(w, RAX);
    hold(w, r);
    struct snapshot s = recipe(w, 0, r);
    uint32_t regs = recipe_registers(w, w->places + s.start);
    struct maker k = {.w = w, .busy = regs,
                      .free = (w->free & GPR_MASK & ~w->locked & ~w->dying & ~regs) | BIT(RAX)};
    uint32_t changed = k.free;
    make_resting(&k, w->places + s.start);
    for (uint32_t m = changed; m; m &= m - 1)
        CHECK(CLOBBER, (unsigned)__builtin_ctz(m), 0, 0);
    w->locked = locked | BIT(RAX);
    define_in(w, r, RAX);
    give_up(w, r);
    w->val[r].slots--;
    w->dying = dying; /* what the operands have left is free: the code stands */
}

/* ---- branches on flags that are themselves chosen ---------------------------------------------
 *
 * `cmp; ccmp; b.cond`, as && and || become, branches twice as the host's compilers do it.
 */

/* Where a jump goes: out of the block, or to a label that is bound later. */
struct jumps {
    void (*leave)(struct work *w, unsigned cc, const struct ir_insn *in);
    const struct ir_insn *in;
    uint8_t *label[MAX_NODES];
    unsigned nlabels;
};

/* EFLAGS := the flags, or others of which the host's condition returned says the same. */
static unsigned make_condition(struct maker *k, unsigned cc, const struct place *p)
{
    make_eflags(k, p);
    return host_cc[cc];
}

static void jump(struct maker *k, unsigned cc, struct jumps *to)
{
    if (to->leave)
        to->leave(k->w, cc, to->in);
    else
        to->label[to->nlabels++] = jcc8(&k->w->c, cc);
}

/* Jumps if the condition holds on the flags of the recipe. */
static void jump_if(struct maker *k, unsigned cc, const struct place *p, struct jumps *to)
{
    const struct ir_insn *in = &k->w->b->insns[p->kind == PLACE_LAZY ? p->what : 0];
    if (in->op == IR_FLIPC && (cc & ~1u) != IR_LEU) {
        jump_if(k, (cc & ~1u) == IR_LTU ? cc ^ 1 : cc, p + 1, to);
        return;
    }
    if (in->op != IR_CONDF) {
        jump(k, make_condition(k, cc, p), to);
        return;
    }
    const struct place *second = p + 1 + recipe_length(k->w, p + 1);
    if (eval_flags(cc, in->aux)) { /* not the first, or the second */
        jump_if(k, in->sub ^ 1, p + 1, to);
        jump_if(k, cc, second, to);
    } else {
        struct jumps skip = {.nlabels = 0};
        jump_if(k, in->sub ^ 1, p + 1, &skip);
        jump_if(k, cc, second, to);
        while (skip.nlabels)
            bind8(&k->w->c, skip.label[--skip.nlabels]);
    }
}

void branch_on_lazy(struct work *w, const struct ir_insn *in, ir_ref r,
                    void (*leave)(struct work *w, unsigned cc, const struct ir_insn *in))
{
    struct jumps to = {.leave = leave, .in = in};
    struct place copy[2 * MAX_NODES];
    take(w, RAX);
    hold(w, r);
    struct snapshot s = recipe(w, 0, r);
    struct maker k = {.w = w, .busy = recipe_registers(w, w->places + s.start)};
    memcpy(copy, w->places + s.start, s.count * sizeof copy[0]);
    k.free = w->free & GPR_MASK & ~k.busy;
    for (uint32_t m = k.free; m; m &= m - 1)
        CHECK(CLOBBER, (unsigned)__builtin_ctz(m), 0, 0);
    jump_if(&k, in->sub, copy, &to);
    unhold(w, r);
    consume(w, r);
}
