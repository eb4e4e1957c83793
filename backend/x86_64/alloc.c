/*
 * The register allocator: forward, on the fly, with use counts from scan.c.
 *
 * A value may be in several places at once: registers, the home of a slot, a spill cell; constants
 * are everywhere. A register is taken from a value only by drop(), after save() has made sure that
 * a needed value is somewhere else. When no temporary is free the one goes whose value is used
 * furthest away; the distance is looked for only then.
 *
 * Spilling a value that is the current one of a dirty slot stores it home, which it needed anyway.
 */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"
#include "backend/x86_64/runtime.h"

/* ---- the books --------------------------------------------------------------------------------
 */

static void claim(struct work *w, unsigned reg, ir_ref r)
{
    w->own[reg] = r;
    val_of(w, r)->regs |= BIT(reg);
    w->free &= ~BIT(reg);
}

static void drop(struct work *w, unsigned reg)
{
    ir_ref r = w->own[reg];
    if (r) {
        struct val *v = val_of(w, r);
        v->regs &= ~BIT(reg);
        if (v->slots)
            w->snapshot_valid = false;
        w->own[reg] = 0;
    }
    w->free |= BIT(reg) & w->be->temps;
}

static bool is_dirty(const struct work *w, unsigned slot)
{
    return w->dirty[slot / 64] >> (slot % 64) & 1;
}

static void set_dirty(struct work *w, unsigned slot)
{
    w->dirty[slot / 64] |= (uint64_t)1 << (slot % 64);
    w->snapshot_valid = false;
}

static void set_clean(struct work *w, unsigned slot)
{
    w->dirty[slot / 64] &= ~((uint64_t)1 << (slot % 64));
    w->snapshot_valid = false;
}

/* Is the value anywhere but in the registers of `except`? */
static bool elsewhere(const struct val *v, ir_ref r, uint32_t except)
{
    return v->regs & ~except || v->spill || ir_is_const(r) || (v->home && !v->slots);
}

/* The cell may still be an operand of the op at hand: it is free when the op has been emitted. */
static void free_spill(struct work *w, struct val *v)
{
    unsigned cell = v->spill - 1u;
    w->dead_spills[cell / 64] |= (uint64_t)1 << (cell % 64);
    w->any_dead_spill = true;
    v->spill = 0;
}

void free_dead_spills(struct work *w)
{
    for (unsigned i = 0; i < CPU_SPILLS / 64; i++) {
        w->spills[i] &= ~w->dead_spills[i];
        w->dead_spills[i] = 0;
    }
    w->any_dead_spill = false;
}

/* Takes a value that nobody needs any more from its temporaries. */
static void release(struct work *w, struct val *v)
{
    uint32_t temps = v->regs & w->be->temps;
    v->regs &= ~temps;
    w->free |= temps;
    w->locked &= ~temps;
    while (temps) {
        w->own[__builtin_ctz(temps)] = 0;
        temps &= temps - 1;
    }
    if (unlikely(v->spill))
        free_spill(w, v);
    if (unlikely(is_lazy(v)))
        give_up(w, (ir_ref)(v - w->val));
}

void consume_slow(struct work *w, struct val *v)
{
    w->dying |= v->regs & w->be->temps;
    release(w, v);
}

static int new_spill(struct work *w)
{
    for (unsigned i = 0; i < CPU_SPILLS / 64; i++) {
        if (~w->spills[i]) {
            unsigned bit = (unsigned)__builtin_ctzll(~w->spills[i]);
            w->spills[i] |= (uint64_t)1 << bit;
            return (int)(i * 64 + bit);
        }
    }
    w->failed = true;
    return 0;
}

/* ---- homes ------------------------------------------------------------------------------------
 */

static void load_value(struct work *w, unsigned reg, ir_ref r, enum ir_type of_const);
static int new_spill(struct work *w);

/* The home of a slot is about to be overwritten with r: whoever lives only there moves out. */
static void vacate_home(struct work *w, unsigned slot, ir_ref r)
{
    ir_ref old = w->home[slot];
    if (!old || old == r || val_of(w, old)->home != slot + 1)
        return;
    struct val *v = val_of(w, old);
    if (v->uses && !v->regs && !v->spill && !is_lazy(v)) {
        enum ir_type t = value_type(w, old, IR_I64);
        uint32_t free =
            w->free & (in_xmm(t) ? XMM_MASK : GPR_MASK) & ~w->locked & ~w->dying;
        if (free) {
            unsigned reg = (unsigned)__builtin_ctz(free);
            load_value(w, reg, old, IR_I64);
            claim(w, reg, old);
        } else {
            unsigned cell = (unsigned)new_spill(w);
            copy_home(w, cell, slot);
            CHECK(COPY_SPILL, cell, slot, old);
            v->spill = (uint16_t)(cell + 1);
        }
    }
    v->home = 0;
}

/* Loads a value from memory or makes a constant. The register does not come to own it. */
static void load_value(struct work *w, unsigned reg, ir_ref r, enum ir_type of_const)
{
    const struct val *v = val_of(w, r);
    if (ir_is_const(r)) {
        if (reg < XMM0) {
            load_constant(w, reg, r);
        } else if (constant(w, r)->value == 0) {
            x_rr(&w->c, XORPS, reg - XMM0, reg - XMM0);
        } else {
            struct loan loan = borrow(w);
            load_constant(w, loan.reg, r);
            x_rr(&w->c, MOVQ_TO_XMM, reg - XMM0, loan.reg);
            give_back(w, loan);
        }
        CHECK(CONST, reg, 0, r);
        return;
    }
    enum ir_type t = value_type(w, r, of_const);
    struct mem m;
    if (!memory_of(w, r, &m))
        __builtin_unreachable();
    if (reg < XMM0)
        load_gpr(w, reg, m, t);
    else
        load_xmm(w, reg - XMM0, m, t);
    if (v->spill)
        CHECK(UNSPILL, reg, v->spill - 1u, r);
    else
        CHECK(LOAD, reg, v->home - 1u, r);
}

/* Stores the current value of a dirty slot home. */
static void store_home(struct work *w, unsigned slot)
{
    ir_ref r = w->current[slot];
    struct val *v = val_of(w, r);
    enum ir_type t = (enum ir_type)w->be->guest->slots[slot].type;
    struct mem m = home_mem(w, slot);
    vacate_home(w, slot, r);
    bool xmm = in_xmm(t);
    uint32_t regs = v->regs & (xmm ? XMM_MASK : GPR_MASK);
    if (is_lazy(v)) {
        store_lazy_home(w, slot, r);
        CHECK(STORE_CONST, 0, slot, r);
    } else if (!regs && ir_is_const(r)) {
        store_constant(w, m, r, t, NO_REG);
        CHECK(STORE_CONST, 0, slot, r);
    } else if (!regs) {
        copy_memory(w, m, spill_mem(v->spill - 1u), t);
        CHECK(COPY_HOME, v->spill - 1u, slot, r);
    } else {
        unsigned reg = (unsigned)__builtin_ctz(regs);
        if (xmm)
            store_xmm(w, reg - XMM0, m, t);
        else
            store_gpr(w, reg, m, t);
        CHECK(STORE, reg, slot, r);
    }
    w->home[slot] = 0;
    if (!ir_is_const(r) && ir_type_size(value_type(w, r, t)) <= ir_type_size(t)) {
        w->home[slot] = r;
        if (!v->home)
            v->home = (uint8_t)(slot + 1);
    }
    set_clean(w, slot);
    unhold(w, r);
}

static void sync_some(struct work *w, const uint64_t but[3])
{
    for (unsigned i = 0; i < 3; i++) {
        uint64_t m;
        while ((m = w->dirty[i] & ~but[i])) {
            if (unlikely(w->c.p > w->limit)) {
                w->failed = true;
                return;
            }
            store_home(w, i * 64 + (unsigned)__builtin_ctzll(m));
        }
    }
    w->dying = 0; /* an op syncs before it takes operands */
}

void sync(struct work *w)
{
    static const uint64_t none[3];
    sync_some(w, none);
}

void sync_but_flags(struct work *w)
{
    sync_some(w, w->be->flag_slots);
}

void drop_flags(struct work *w)
{
    for (unsigned i = 0; i < 3; i++) {
        uint64_t m;
        while ((m = w->dirty[i] & w->be->flag_slots[i])) {
            unsigned slot = i * 64 + (unsigned)__builtin_ctzll(m);
            set_clean(w, slot);
            unhold(w, w->current[slot]);
            w->current[slot] = 0;
        }
    }
    w->dying = 0;
}

/* ---- eviction ---------------------------------------------------------------------------------
 */

/* Is the old value of the slot still needed, and nowhere but at home? */
static bool home_is_occupied(struct work *w, unsigned slot)
{
    ir_ref old = w->home[slot];
    const struct val *v = old ? val_of(w, old) : NULL;
    return v && v->home == slot + 1 && v->uses && !v->regs && !v->spill &&
           !is_lazy(v);
}

/*
 * Stores a value in the homes of the dirty slots that it is for. Returns true if that is enough. Registers
 * that come free with it are dying only if they are operands of the op at hand, which are locked.
 */
static bool save_at_home(struct work *w, ir_ref r, struct val *v, unsigned reg)
{
    uint32_t dying = w->dying, locked = w->locked;
    for (unsigned i = 0; i < 3; i++) {
        for (uint64_t d = w->dirty[i]; d; d &= d - 1) {
            unsigned slot = i * 64 + (unsigned)__builtin_ctzll(d);
            if (w->current[slot] == r && !home_is_occupied(w, slot))
                store_home(w, slot);
        }
    }
    w->dying = dying | (w->dying & locked);
    return !needed(v) || elsewhere(v, r, BIT(reg));
}

/* Makes sure that what a register holds does not need it. */
static void save(struct work *w, unsigned reg)
{
    ir_ref r = w->own[reg];
    struct val *v = val_of(w, r);
    if (!needed(v) || elsewhere(v, r, BIT(reg)))
        return;
    if (v->slots && save_at_home(w, r, v, reg))
        return;
    unsigned cell = (unsigned)new_spill(w);
    if (reg < XMM0)
        store_gpr(w, reg, spill_mem(cell), IR_I64);
    else
        store_xmm(w, reg - XMM0, spill_mem(cell), IR_V128);
    CHECK(SPILL, reg, cell, r);
    v->spill = (uint16_t)(cell + 1);
}

/* The candidate whose value is used last; one that is used nowhere wins at once. */
static unsigned furthest(struct work *w, uint32_t candidates)
{
    enum { LOOK_AHEAD = 48 };
    for (uint32_t m = candidates; m; m &= m - 1) {
        unsigned reg = (unsigned)__builtin_ctz(m);
        if (!val_of(w, w->own[reg])->uses)
            return reg;
    }
    unsigned end = w->now + (unsigned)LOOK_AHEAD;
    if (end > w->b->n)
        end = w->b->n;
    for (unsigned i = w->now + 1u; i < end; i++) {
        const struct ir_insn *in = &w->b->insns[i];
        const struct ir_op_info *info = &ir_op_info[in->op];
        const ir_ref operands[4] = {in->a, in->b, in->c, in->d};
        for (int k = 0; k < 4; k++) {
            if (!operands[k] || !ir_operand_is_ref(info, k))
                continue;
            uint32_t rest = candidates & ~val_of(w, resolve(w, operands[k]))->regs;
            if (!rest)
                return (unsigned)__builtin_ctz(candidates);
            candidates = rest;
        }
    }
    return (unsigned)__builtin_ctz(candidates);
}

/*
 * A temporary of the mask, emptied if need be. Not locked, not claimed. One that an operand of the
 * op at hand has just left is no choice, but for the op's result.
 */
static int alloc_from(struct work *w, uint32_t mask, uint32_t dying)
{
    uint32_t free = w->free & mask & ~w->locked & ~dying;
    if (likely(free)) {
        if (unlikely(w->seed)) {
            for (uint64_t skip = random_next(w) % 8; skip && free & (free - 1); skip--)
                free &= free - 1;
        }
        return __builtin_ctz(free);
    }
    uint32_t candidates = w->be->temps & mask & ~w->locked & ~w->free;
    if (!candidates) {
        w->failed = true; /* not even one register: the caller gives up on the block */
        return __builtin_ctz(w->be->temps & (mask & GPR_MASK ? GPR_MASK : XMM_MASK));
    }
    unsigned reg;
    if (unlikely(w->seed)) {
        for (uint64_t skip = random_next(w) % 8; skip && candidates & (candidates - 1); skip--)
            candidates &= candidates - 1;
        reg = (unsigned)__builtin_ctz(candidates);
    } else {
        reg = furthest(w, candidates);
    }
    save(w, reg);
    drop(w, reg);
    return (int)reg;
}

static int alloc(struct work *w, uint32_t mask)
{
    return alloc_from(w, mask, w->dying);
}

int make_temp(struct work *w, uint32_t avoid)
{
    int reg = alloc(w, GPR_MASK & ~avoid);
    w->locked |= BIT(reg);
    CHECK(CLOBBER, (unsigned)reg, 0, 0);
    return reg;
}

int make_xmm_temp(struct work *w, uint32_t avoid)
{
    int reg = alloc(w, XMM_MASK & ~avoid);
    w->locked |= BIT(reg);
    CHECK(CLOBBER, (unsigned)reg, 0, 0);
    return reg - XMM0;
}

void take(struct work *w, unsigned reg)
{
    ir_ref r = w->own[reg];
    if (r) {
        struct val *v = val_of(w, r);
        if (needed(v) && !elsewhere(v, r, BIT(reg))) {
            uint32_t spare =
                w->free & (reg < XMM0 ? GPR_MASK : XMM_MASK) & ~w->locked & ~w->dying & ~BIT(reg);
            if (spare) {
                unsigned to = (unsigned)__builtin_ctz(spare);
                if (reg < XMM0)
                    move_gpr(w, to, reg);
                else
                    move_xmm(w, to - XMM0, reg - XMM0);
                claim(w, to, r);
            } else {
                save(w, reg);
            }
        }
        drop(w, reg);
    }
    w->locked |= BIT(reg);
    CHECK(CLOBBER, reg, 0, 0);
}

/* ---- operands ---------------------------------------------------------------------------------
 */

bool memory_of(struct work *w, ir_ref r, struct mem *m)
{
    const struct val *v = val_of(w, resolve(w, r));
    if (v->spill)
        *m = spill_mem(v->spill - 1u);
    else if (v->home)
        *m = home_mem(w, v->home - 1u);
    else
        return false;
    return true;
}

/* A value that its consumer was to compute is needed in a register after all. */
static void unfuse(struct work *w, ir_ref r)
{
    uint32_t locked = w->locked, dying = w->dying;
    w->val[r].flags &= (uint8_t)~VAL_FUSED;
    emit_value(w, r);
    w->locked = locked;
    w->dying = dying; /* what its operands have left is free: the code stands */
}

int use_gpr_slow(struct work *w, ir_ref r)
{
    struct val *v = val_of(w, r);
    if (v->flags & VAL_FUSED) {
        unfuse(w, r);
        return use_gpr(w, r);
    }
    if (is_lazy(v)) {
        materialize(w, r);
        return use_gpr(w, r);
    }
    unsigned reg = (unsigned)alloc(w, GPR_MASK);
    load_value(w, reg, r, IR_I64);
    claim(w, reg, r);
    w->locked |= BIT(reg);
    return (int)reg;
}

int use_xmm_slow(struct work *w, ir_ref r, enum ir_type t)
{
    if (val_of(w, r)->flags & VAL_FUSED) {
        unfuse(w, r);
        return use_xmm(w, r, t);
    }
    unsigned reg = (unsigned)alloc(w, XMM_MASK);
    w->locked |= BIT(reg);
    load_value(w, reg, r, t);
    claim(w, reg, r);
    return (int)reg - XMM0;
}

static struct operand memory_operand(struct work *w, ir_ref r, struct mem m)
{
    const struct val *v = val_of(w, r);
    if (v->spill)
        CHECK(UNSPILL, CHECK_NO_REG, v->spill - 1u, r);
    else
        CHECK(LOAD, CHECK_NO_REG, v->home - 1u, r);
    return (struct operand){.kind = OPERAND_MEM, .mem = m};
}

/* An I32 value may count as zero-extended, which four bytes of memory are not. */
static bool is_half(const struct work *w, unsigned slot)
{
    return w->be->guest->slots[slot].type == IR_I32;
}

/*
 * May the value be read from memory by an instruction that comes after more allocation? Not from
 * the home of a dirty slot, which an eviction could overwrite in between.
 */
static bool stable_memory(struct work *w, ir_ref r, struct mem *m)
{
    const struct val *v = val_of(w, r);
    return memory_of(w, r, m) &&
           (v->spill || (!is_dirty(w, v->home - 1u) && !is_half(w, v->home - 1u)));
}

/* Not more than one register left: better read memory twice than evict. */
static bool few_free(const struct work *w, uint32_t class)
{
    uint32_t free = w->free & class & ~w->locked;
    return !(free & (free - 1));
}

struct operand use_rm(struct work *w, ir_ref r)
{
    r = resolve(w, r);
    struct val *v = val_of(w, r);
    struct mem m;
    if (!(v->regs & GPR_MASK) && !(v->flags & VAL_FUSED) && !is_lazy(v) && stable_memory(w, r, &m) &&
        (v->uses == 1 || few_free(w, GPR_MASK)))
        return memory_operand(w, r, m);
    return (struct operand){.kind = OPERAND_REG, .reg = (uint8_t)use_gpr(w, r)};
}

struct operand use_rmi(struct work *w, ir_ref r, enum ir_type t)
{
    if (is_plain_const(w, r)) {
        uint64_t value = constant(w, r)->value;
        if (t != IR_I64 || fits32((int64_t)value))
            return (struct operand){.kind = OPERAND_IMM, .imm = (int32_t)value};
    }
    return use_rm(w, r);
}

/* Is the value's memory 16 aligned bytes? */
static bool is_whole(const struct work *w, const struct val *v)
{
    return v->spill || w->be->guest->slots[v->home - 1].type == IR_V128;
}

struct operand use_xmm_rm(struct work *w, ir_ref r, enum ir_type t)
{
    r = resolve(w, r);
    struct val *v = val_of(w, r);
    struct mem m;
    if (!(v->regs & XMM_MASK) && stable_memory(w, r, &m) && (t != IR_V128 || is_whole(w, v)) &&
        (v->uses == 1 || few_free(w, XMM_MASK)))
        return memory_operand(w, r, m);
    return (struct operand){.kind = OPERAND_REG, .reg = (uint8_t)use_xmm(w, r, t)};
}

void load_into(struct work *w, unsigned reg, ir_ref r)
{
    r = resolve(w, r);
    struct val *v = val_of(w, r);
    if ((v->flags & VAL_FUSED || is_lazy(v)) && !v->regs)
        use_gpr(w, r);
    uint32_t regs = v->regs & GPR_MASK;
    if (regs & BIT(reg))
        return;
    if (regs)
        move_gpr(w, reg, (unsigned)__builtin_ctz(regs));
    else
        load_value(w, reg, r, IR_I64);
}

void load_into_xmm(struct work *w, unsigned xmm, ir_ref r, enum ir_type t)
{
    r = resolve(w, r);
    struct val *v = val_of(w, r);
    if (v->flags & VAL_FUSED && !v->regs)
        use_xmm(w, r, t);
    uint32_t regs = v->regs & XMM_MASK;
    if (regs & BIT(xmm + XMM0))
        return;
    if (regs)
        move_xmm(w, xmm, (unsigned)__builtin_ctz(regs) - XMM0);
    else
        load_value(w, xmm + XMM0, r, t);
}

/* ---- results ----------------------------------------------------------------------------------
 */

/* May the pinned register take a new value now, before the put? Its old value must be done with. */
static bool pin_is_over(struct work *w, unsigned reg)
{
    ir_ref old = w->own[reg];
    if (!old)
        return true;
    struct val *v = val_of(w, old);
    return !needed(v) || elsewhere(v, old, BIT(reg));
}

static int define(struct work *w, ir_ref self, unsigned prefer, uint32_t avoid, uint32_t class)
{
    struct val *v = &w->val[self];
    unsigned reg;
    if (v->hint && !(avoid & BIT(v->hint)) && pin_is_over(w, v->hint) &&
        !(unlikely(w->seed) && random_next(w) % 4 == 0)) {
        reg = v->hint;
        drop(w, reg);
    } else if (prefer != NO_REG && w->free & BIT(prefer) & ~avoid) {
        reg = prefer;
    } else {
        reg = (unsigned)alloc_from(w, class & ~avoid, 0);
    }
    claim(w, reg, self);
    w->locked |= BIT(reg);
    CHECK(DEFINE, reg, 0, self);
    return (int)reg;
}

int define_gpr(struct work *w, ir_ref self, unsigned prefer, uint32_t avoid)
{
    return define(w, self, prefer, avoid, GPR_MASK);
}

int define_xmm(struct work *w, ir_ref self, unsigned prefer, uint32_t avoid)
{
    if (prefer != NO_REG)
        prefer += XMM0;
    return define(w, self, prefer, avoid, XMM_MASK) - XMM0;
}

void define_in(struct work *w, ir_ref self, unsigned reg)
{
    claim(w, reg, self);
    CHECK(DEFINE, reg, 0, self);
}

/* ---- slots ------------------------------------------------------------------------------------
 */

void get_slot(struct work *w, unsigned slot, ir_ref self)
{
    unsigned pin = w->be->pin[slot];
    struct val *v = &w->val[self];
    ir_ref known = pin ? w->own[pin - 1] : w->current[slot];
    if (!known && !pin && w->home[slot] && val_of(w, w->home[slot])->home == slot + 1)
        known = w->home[slot];
    if (known && (ir_is_const(known) || pin || val_of(w, known)->regs || val_of(w, known)->spill ||
                  val_of(w, known)->home || is_lazy(val_of(w, known)))) {
        v->alias = known;
        val_of(w, known)->uses += v->uses;
        return;
    }
    if (pin) {
        claim(w, pin - 1u, self);
        return;
    }
    v->home = (uint8_t)(slot + 1);
    w->home[slot] = self;
    w->current[slot] = self;
}

/* The value that a pinned register holds must survive the register's change. */
static void rescue(struct work *w, unsigned pin)
{
    ir_ref old = w->own[pin];
    if (!old)
        return;
    struct val *v = val_of(w, old);
    if (needed(v) && !elsewhere(v, old, BIT(pin))) {
        unsigned to = (unsigned)alloc(w, pin < XMM0 ? GPR_MASK : XMM_MASK);
        if (pin < XMM0)
            move_gpr(w, to, pin);
        else
            move_xmm(w, to - XMM0, pin - XMM0);
        claim(w, to, old);
    }
    drop(w, pin);
}

static void put_pinned(struct work *w, unsigned pin, unsigned slot, ir_ref r)
{
    struct val *v = val_of(w, r);
    enum ir_type t = (enum ir_type)w->be->guest->slots[slot].type;
    if (v->flags & VAL_FUSED && !v->regs && pin < XMM0)
        use_gpr(w, r);
    else if (v->flags & VAL_FUSED && !v->regs)
        use_xmm(w, r, IR_V128);
    if (!(v->regs & BIT(pin))) {
        w->locked |= v->regs;
        rescue(w, pin);
        if (pin < XMM0)
            load_into(w, pin, r);
        else
            load_into_xmm(w, pin - XMM0, r, t);
        /* Calls keep of a pinned register what its slot has: of a wider value not all. */
        if (ir_type_size(value_type(w, r, t)) > ir_type_size(t))
            return;
        claim(w, pin, r);
    }
    uint32_t spare = v->regs & w->be->temps & (pin < XMM0 ? GPR_MASK : XMM_MASK);
    while (spare) {
        drop(w, (unsigned)__builtin_ctz(spare));
        spare &= spare - 1;
    }
}

void put_slot(struct work *w, unsigned slot, ir_ref r)
{
    r = resolve(w, r);
    struct val *v = val_of(w, r);
    unsigned pin = w->be->pin[slot];
    if (pin) {
        put_pinned(w, pin - 1u, slot, r);
        consume(w, r);
        return;
    }
    if (!ir_is_const(r) && !v->regs && !v->spill && v->home != slot + 1 &&
        !is_lazy(v)) {
        enum ir_type t = (enum ir_type)w->be->guest->slots[slot].type;
        if (in_xmm(t))
            use_xmm(w, r, t);
        else
            use_gpr(w, r);
    }
    if (is_dirty(w, slot)) {
        set_clean(w, slot);
        unhold(w, w->current[slot]);
    }
    w->current[slot] = r;
    if (w->home[slot] != r || v->home != slot + 1) {
        hold(w, r);
        set_dirty(w, slot);
    }
    consume(w, r);
}

static void save_to_spill(struct work *w, unsigned reg)
{
    ir_ref r = w->own[reg];
    struct val *v = r ? val_of(w, r) : NULL;
    if (!v || !v->uses || ir_is_const(r) || v->spill)
        return;
    unsigned cell = (unsigned)new_spill(w);
    if (reg < XMM0)
        store_gpr(w, reg, spill_mem(cell), IR_I64);
    else
        store_xmm(w, reg - XMM0, spill_mem(cell), IR_V128);
    CHECK(SPILL, reg, cell, r);
    v->spill = (uint16_t)(cell + 1);
}

void empty_temps(struct work *w)
{
    /* Storing one may bring another back, whose home it takes. */
    uint32_t m;
    while ((m = w->be->temps & ~w->free)) {
        unsigned reg = (unsigned)__builtin_ctz(m);
        if (w->own[reg])
            save(w, reg);
        drop(w, reg);
    }
}

void forget_slots(struct work *w)
{
    for (unsigned reg = 0; reg < 32; reg++) {
        save_to_spill(w, reg);
        if (w->own[reg])
            drop(w, reg);
    }
    for (unsigned slot = 0; slot < w->be->guest->nslots && !w->failed; slot++) {
        ir_ref r = w->home[slot];
        if (w->c.p > w->limit)
            w->failed = true;
        struct val *v = r ? val_of(w, r) : NULL;
        if (v && v->home == slot + 1) {
            if (v->uses && !v->spill && !is_lazy(v)) {
                unsigned cell = (unsigned)new_spill(w);
                copy_home(w, cell, slot);
                CHECK(COPY_SPILL, cell, slot, r);
                v->spill = (uint16_t)(cell + 1);
            }
            v->home = 0;
        }
        w->home[slot] = 0;
        w->current[slot] = 0;
    }
}

void alloc_start(struct work *w)
{
    const struct backend *be = w->be;
    w->free = be->temps;
    w->locked = w->dying = 0;
    w->snapshot_valid = false;
    memset(w->own, 0, sizeof w->own);
    memset(w->dirty, 0, sizeof w->dirty);
    memset(w->spills, 0, sizeof w->spills);
    w->spills[CPU_SPILLS / 64 - 1] = ~(uint64_t)0 << (CELL_RESERVED % 64);
    static_assert(CELL_RESERVED / 64 == CPU_SPILLS / 64 - 1, "the last word of cells");
    memset(w->dead_spills, 0, sizeof w->dead_spills);
    w->any_dead_spill = false;
    memset(w->current, 0, be->guest->nslots * sizeof w->current[0]);
    memset(w->home, 0, be->guest->nslots * sizeof w->home[0]);
    memset(w->val, 0, w->b->n * sizeof w->val[0]);
    memset(w->val + IR_MAX_INSNS, 0, w->b->nconsts * sizeof w->val[0]);
}
