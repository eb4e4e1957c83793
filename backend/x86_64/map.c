/*
 * Precise-state maps: where the guest's state is at every host instruction that may fault.
 *
 * While emitting, a fault is noted with a snapshot: the places of the dirty slots. Consecutive
 * faults share a snapshot when nothing has changed. At the end of the block the notes become a byte
 * string, a record a fault, in order of host offset:
 *
 *     head      bits 0-5 host offset minus the last one's; 63: ULEB128 of the rest follows
 *               bit 6 the guest pc has changed: its zigzag ULEB128 difference follows
 *               bit 7 the places have changed: count, and per place slot, kind << 4 | register, and
 *                     for a spill its cell, for a constant its zigzag value; for one that is a
 *                     guest pc the zigzag difference to the block's pc
 *     lazy flags are a place of kind LAZY: operation | LAZY_RESULT, a byte (type; of CONDF the
 *                     condition and the other flags, ULEB128), and the places of the operands
 *
 * Pinned slots are in their registers at every fault and stand in no map.
 */
#include "backend/x86_64/work.h"

#include "ir/fp.h"

#include "backend/x86_64/form.h"

enum { HEAD_OFFSET = 63, HEAD_PC = 64, HEAD_PLACES = 128 };
enum { KIND_GPR, KIND_XMM, KIND_SPILL, KIND_CONST, KIND_PC, KIND_LAZY };

/* The low half of a KIND_LAZY byte. */
enum { LAZY_SUBF, LAZY_ADDF, LAZY_ANDF, LAZY_FLIPC, LAZY_CONDF, LAZY_FCMPF, LAZY_OP = 7, LAZY_RESULT = 8 };

/* ---- noting -----------------------------------------------------------------------------------
 */

static void add_slot(struct work *w, unsigned slot, struct snapshot *s)
{
    add_places(w, slot, w->current[slot], (enum ir_type)w->be->guest->slots[slot].type, s);
}

struct snapshot snapshot(struct work *w)
{
    if (w->snapshot_valid)
        return w->last_snapshot;
    struct snapshot s = {w->nplaces, 0};
    if (w->nplaces + IR_MAX_SLOTS > MAX_SNAPSHOT_ENTRIES) {
        w->failed = true;
        return (struct snapshot){0, 0};
    }
    for (unsigned i = 0; i < 3; i++)
        for (uint64_t d = w->dirty[i]; d; d &= d - 1)
            add_slot(w, i * 64 + (unsigned)__builtin_ctzll(d), &s);
    w->nplaces += s.count;
    w->last_snapshot = s;
    w->snapshot_valid = true;
    return s;
}

struct snapshot snapshot_but_flags(struct work *w)
{
    const uint64_t *flags = w->be->flag_slots;
    uint64_t dirty[3];
    bool valid = w->snapshot_valid;
    memcpy(dirty, w->dirty, sizeof dirty);
    if (!((dirty[0] & flags[0]) | (dirty[1] & flags[1]) | (dirty[2] & flags[2])))
        return snapshot(w);
    struct snapshot last = w->last_snapshot;
    for (unsigned i = 0; i < 3; i++)
        w->dirty[i] &= ~flags[i];
    w->snapshot_valid = false;
    struct snapshot s = snapshot(w);
    memcpy(w->dirty, dirty, sizeof dirty);
    w->snapshot_valid = valid;
    w->last_snapshot = last;
    return s;
}

void note_fault_at(struct work *w, uint32_t offset, struct snapshot state, uint32_t pc)
{
    if (w->nfaults == MAX_FAULTS) {
        w->failed = true;
        return;
    }
    w->faults[w->nfaults++] = (struct fault){offset, pc, state};
}

void note_fault(struct work *w)
{
    struct snapshot s = snapshot(w);
    if (unlikely(w->checker))
        check_snapshot(w, s);
    note_fault_at(w, here(w), s, w->insn_pc);
}

/* One place of a cold path; a register may hold what others need, so they are stored first. */
static void store_place(struct work *w, const struct place *p, bool registers, unsigned xmm)
{
    enum ir_type t = (enum ir_type)w->be->guest->slots[p->slot].type;
    struct mem home = home_mem(w, p->slot);
    if (p->kind == PLACE_GPR || p->kind == PLACE_XMM) {
        if (!registers)
            return;
        if (p->kind == PLACE_GPR)
            store_gpr(w, p->what, home, t);
        else
            store_xmm(w, p->what, home, t);
    } else if (registers) {
        return;
    } else if (p->kind == PLACE_CONST) {
        store_constant(w, home, p->what, t, RAX);
    } else if (p->kind == PLACE_SPILL && in_xmm(t)) {
        load_xmm(w, xmm, spill_mem(p->what), t);
        store_xmm(w, xmm, home, t);
    } else if (p->kind == PLACE_SPILL) {
        load_gpr(w, RAX, spill_mem(p->what), t);
        store_gpr(w, RAX, home, t);
    }
}

void store_snapshot(struct work *w, struct snapshot s)
{
    const struct place *p = w->places + s.start, *end = p + s.count;
    if (w->limit + MARGIN - w->c.p <
        64 + (ptrdiff_t)s.count * 24) { /* two moves with far displacements each */
        w->failed = true;
        return;
    }
    for (const struct place *q = p; q < end; q += recipe_length(w, q))
        store_place(w, q, true, 0);
    /* Temporaries are free now, but for those that a recipe names. */
    for (const struct place *q = p; q < end; q += recipe_length(w, q))
        if (q->kind == PLACE_LAZY)
            store_lazy_place(w, q);
    unsigned xmm = (unsigned)__builtin_ctz(w->be->temps & XMM_MASK) - XMM0;
    for (const struct place *q = p; q < end; q += recipe_length(w, q))
        store_place(w, q, false, xmm);
}

/* ---- encoding ---------------------------------------------------------------------------------
 */

static uint8_t *write_uleb(uint8_t *p, uint64_t x)
{
    while (x >= 128) {
        *p++ = (uint8_t)(x | 128);
        x >>= 7;
    }
    *p++ = (uint8_t)x;
    return p;
}

static uint64_t zigzag(int64_t x)
{
    return (uint64_t)x << 1 ^ (uint64_t)(x >> 63);
}

static uint8_t *write_lazy(const struct work *w, uint8_t *p, ir_ref r)
{
    const struct ir_insn *in = &w->b->insns[r];
    unsigned op = in->op == IR_SUBF    ? LAZY_SUBF
                  : in->op == IR_ADDF  ? LAZY_ADDF
                  : in->op == IR_ANDF  ? LAZY_ANDF
                  : in->op == IR_FLIPC ? LAZY_FLIPC
                  : in->op == IR_FCMPF ? LAZY_FCMPF
                                       : LAZY_CONDF;
    bool result = w->val[r].hint & HINT_FROM_RESULT && in->op != IR_ANDF;
    *p++ = (uint8_t)(KIND_LAZY << 4 | op | (result ? LAZY_RESULT : 0));
    *p++ = op == LAZY_CONDF || op == LAZY_FCMPF ? in->sub : in->type;
    return op == LAZY_CONDF ? write_uleb(p, in->aux) : p;
}

static uint8_t *write_place(const struct work *w, uint8_t *p, struct place place, bool nested)
{
    static const uint8_t kinds[] = {[PLACE_GPR] = KIND_GPR,
                                    [PLACE_XMM] = KIND_XMM,
                                    [PLACE_SPILL] = KIND_SPILL,
                                    [PLACE_CONST] = KIND_CONST,
                                    [PLACE_LAZY] = KIND_LAZY};
    unsigned kind = kinds[place.kind];
    if (!nested)
        *p++ = place.slot;
    switch (kind) {
    case KIND_LAZY:
        return write_lazy(w, p, place.what);
    case KIND_SPILL:
        *p++ = KIND_SPILL << 4;
        return write_uleb(p, place.what);
    case KIND_CONST: {
        const struct ir_const *k = constant(w, place.what);
        bool pc = k->kind == IR_CONST_PC;
        *p++ = (uint8_t)((pc ? KIND_PC : KIND_CONST) << 4);
        return write_uleb(p, zigzag((int64_t)(k->value - (pc ? w->b->pc : 0))));
    }
    default:
        *p++ = (uint8_t)(kind << 4 | place.what);
        return p;
    }
}

/* The count is that of slots. */
static uint8_t *write_places(const struct work *w, uint8_t *p, struct snapshot s)
{
    const struct place *places = w->places + s.start;
    unsigned slots = 0;
    for (unsigned k = 0; k < s.count; k += recipe_length(w, places + k))
        slots++;
    p = write_uleb(p, slots);
    for (unsigned k = 0, next = 0; k < s.count; k++) {
        p = write_place(w, p, places[k], k != next);
        if (k == next)
            next += recipe_length(w, places + k);
    }
    return p;
}

bool encode_maps(struct work *w)
{
    enum { PLACE_ROOM = 13, RECORD_ROOM = 24 };
    uint8_t *p = w->out->maps, *end = p + w->out->maps_capacity;
    uint32_t offset = 0, pc = 0;
    struct snapshot state = {0, 0};
    for (unsigned i = 0; i < w->nfaults; i++) {
        const struct fault *f = &w->faults[i];
        bool changed = f->state.start != state.start || f->state.count != state.count;
        if ((size_t)(end - p) < RECORD_ROOM + (changed ? f->state.count * PLACE_ROOM : 0))
            return false;
        uint32_t delta = f->offset - offset;
        uint8_t *head = p++;
        *head = (uint8_t)(delta < HEAD_OFFSET ? delta : HEAD_OFFSET);
        if (delta >= HEAD_OFFSET)
            p = write_uleb(p, delta - HEAD_OFFSET);
        if (f->pc != pc) {
            *head |= HEAD_PC;
            p = write_uleb(p, zigzag((int32_t)(f->pc - pc)));
        }
        if (changed) {
            *head |= HEAD_PLACES;
            p = write_places(w, p, f->state);
        }
        offset = f->offset;
        pc = f->pc;
        state = f->state;
    }
    w->out->maps_size = (size_t)(p - w->out->maps);
    return true;
}

/* ---- recovery: reached from signal handlers ---------------------------------------------------
 */

static uint64_t read_uleb(const uint8_t **p)
{
    uint64_t x = 0;
    unsigned shift = 0;
    do
        x |= (uint64_t)(**p & 127) << shift, shift += 7;
    while (*(*p)++ & 128);
    return x;
}

static int64_t read_zigzag(const uint8_t **p)
{
    uint64_t x = read_uleb(p);
    return (int64_t)(x >> 1 ^ -(x & 1));
}

struct reader {
    const uint8_t *p;
    uint64_t block_pc;
    const struct host_state *host;
    const struct cpu *cpu;
};

static uint64_t recover_value(struct reader *r);

static uint64_t recover_flags(struct reader *r, unsigned head)
{
    static const uint8_t ops[] = {[LAZY_SUBF] = IR_SUBF, [LAZY_ADDF] = IR_ADDF, [LAZY_ANDF] = IR_ANDF,
                                  [LAZY_FLIPC] = IR_FLIPC, [LAZY_CONDF] = IR_CONDF,
                                  [LAZY_FCMPF] = IR_FCMPF};
    struct ir_insn in = {.op = ops[head & LAZY_OP], .type = *r->p++};
    if (in.op == IR_CONDF) {
        in.sub = in.type;
        in.type = IR_B;
        in.aux = (uint32_t)read_uleb(&r->p);
    }
    uint64_t a = recover_value(r), b = in.op == IR_FLIPC ? 0 : recover_value(r);
    if ((head & LAZY_OP) == LAZY_FCMPF) { /* what it raises has been raised */
        struct fp_context fp = {.round = IR_ROUND_NEAREST};
        return fp_compare_flags(&fp, in.type, false, a, b);
    }
    if (head & LAZY_RESULT)
        a = in.op == IR_SUBF ? a + b : a - b;
    return ir_eval(&in, a, b, 0, 0);
}

/* An integer or flags. */
static uint64_t recover_value(struct reader *r)
{
    unsigned head = *r->p++;
    switch (head >> 4) {
    case KIND_GPR: return r->host->gpr[head & 15];
    case KIND_XMM: {
        uint64_t value;
        memcpy(&value, r->host->xmm[head & 15], sizeof value);
        return value;
    }
    case KIND_SPILL: {
        uint64_t value;
        memcpy(&value, r->cpu->spill[read_uleb(&r->p)], sizeof value);
        return value;
    }
    case KIND_LAZY: return recover_flags(r, head);
    case KIND_PC: return (uint64_t)read_zigzag(&r->p) + r->block_pc;
    default: return (uint64_t)read_zigzag(&r->p);
    }
}

/* Of sizes the compiler knows: a string instruction costs more than all the rest. */
static void write_home(uint8_t *home, const void *from, unsigned size)
{
    switch (size) {
    case 16: memcpy(home, from, 16); break;
    case 8: memcpy(home, from, 8); break;
    case 4: memcpy(home, from, 4); break;
    default: memcpy(home, from, size); break;
    }
}

/* Writes one place home. */
static void recover_place(const struct backend *be, struct reader *r, struct cpu *cpu)
{
    const struct ir_slot *slot = &be->guest->slots[*r->p++];
    unsigned size = ir_type_size((enum ir_type)slot->type);
    uint8_t *home = cpu->state + slot->offset;
    if (*r->p >> 4 == KIND_XMM) {
        write_home(home, r->host->xmm[*r->p++ & 15], size);
    } else if (*r->p >> 4 == KIND_SPILL) {
        r->p++;
        write_home(home, cpu->spill[read_uleb(&r->p)], size);
    } else {
        uint64_t value = recover_value(r);
        write_home(home, &value, size < 8 ? size : 8);
        if (size == 16)
            memset(home + 8, 0, 8);
    }
}

static const uint8_t *skip_value(const uint8_t *p)
{
    unsigned head = *p++;
    switch (head >> 4) {
    case KIND_GPR:
    case KIND_XMM: return p;
    case KIND_LAZY:
        p++;
        if ((head & LAZY_OP) == LAZY_CONDF)
            read_uleb(&p);
        p = skip_value(p);
        return (head & LAZY_OP) == LAZY_FLIPC ? p : skip_value(p);
    default: read_uleb(&p); return p;
    }
}

static void recover_pinned(const struct backend *be, const struct host_state *host, struct cpu *cpu)
{
    for (unsigned reg = 0; reg < 32; reg++) {
        if (!be->pinned[reg])
            continue;
        const struct ir_slot *slot = &be->guest->slots[be->pinned[reg] - 1];
        const void *from = reg < XMM0 ? (const void *)&host->gpr[reg] : host->xmm[reg - XMM0];
        write_home(cpu->state + slot->offset, from, ir_type_size((enum ir_type)slot->type));
    }
}

bool backend_recover(const struct backend *be, const uint8_t *maps, size_t maps_size,
                     uint32_t offset, uint64_t block_pc, const struct host_state *host,
                     struct cpu *cpu)
{
    const uint8_t *p = maps, *end = maps + maps_size, *places = NULL;
    uint64_t nplaces = 0, at = 0;
    int64_t pc = 0;
    while (p < end) {
        unsigned head = *p++;
        at += head & HEAD_OFFSET;
        if ((head & HEAD_OFFSET) == HEAD_OFFSET)
            at += read_uleb(&p);
        if (head & HEAD_PC)
            pc += read_zigzag(&p);
        if (head & HEAD_PLACES) {
            nplaces = read_uleb(&p);
            places = p;
            for (uint64_t i = 0; i < nplaces; i++)
                p = skip_value(p + 1);
        }
        if (at == offset) {
            recover_pinned(be, host, cpu);
            struct reader r = {places, block_pc, host, cpu};
            for (uint64_t i = 0; i < nplaces; i++)
                recover_place(be, &r, cpu);
            cpu->exit_pc = block_pc + (uint64_t)pc;
            return true;
        }
        if (at > offset)
            return false;
    }
    return false;
}
