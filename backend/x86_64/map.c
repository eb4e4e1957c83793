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
 * guest pc the zigzag difference to the block's pc
 *
 * Pinned slots are in their registers at every fault and stand in no map.
 */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"

enum { HEAD_OFFSET = 63, HEAD_PC = 64, HEAD_PLACES = 128 };
enum { KIND_GPR, KIND_XMM, KIND_SPILL, KIND_CONST, KIND_PC };

/* ---- noting -----------------------------------------------------------------------------------
 */

static struct place place_of(struct work *w, unsigned slot)
{
    ir_ref r = w->current[slot];
    const struct val *v = val_of(w, r);
    enum ir_type t = (enum ir_type)w->be->guest->slots[slot].type;
    bool xmm = in_xmm(t);
    uint32_t regs = v->regs & (xmm ? XMM_MASK : GPR_MASK);
    if (regs)
        return (struct place){(uint8_t)slot, xmm ? PLACE_XMM : PLACE_GPR,
                              (uint16_t)(__builtin_ctz(regs) & 15)};
    if (ir_is_const(r))
        return (struct place){(uint8_t)slot, PLACE_CONST, r};
    return (struct place){(uint8_t)slot, PLACE_SPILL, (uint16_t)(v->spill - 1u)};
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
            w->places[s.start + s.count++] = place_of(w, i * 64 + (unsigned)__builtin_ctzll(d));
    w->nplaces += s.count;
    w->last_snapshot = s;
    w->snapshot_valid = true;
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

void store_snapshot(struct work *w, struct snapshot s)
{
    const struct place *places = w->places + s.start;
    const struct ir_slot *slots = w->be->guest->slots;
    if (w->limit + MARGIN - w->c.p <
        64 + (ptrdiff_t)s.count * 24) { /* two moves with far displacements each */
        w->failed = true;
        return;
    }
    for (unsigned i = 0; i < s.count; i++) {
        enum ir_type t = (enum ir_type)slots[places[i].slot].type;
        if (places[i].kind == PLACE_GPR)
            store_gpr(w, places[i].what, home_mem(w, places[i].slot), t);
        else if (places[i].kind == PLACE_XMM)
            store_xmm(w, places[i].what, home_mem(w, places[i].slot), t);
    }
    /* Temporaries are free now. */
    unsigned xmm = (unsigned)__builtin_ctz(w->be->temps & XMM_MASK) - XMM0;
    for (unsigned i = 0; i < s.count; i++) {
        enum ir_type t = (enum ir_type)slots[places[i].slot].type;
        struct mem home = home_mem(w, places[i].slot);
        if (places[i].kind == PLACE_CONST) {
            store_constant(w, home, places[i].what, t, RAX);
        } else if (places[i].kind == PLACE_SPILL && (in_xmm(t))) {
            load_xmm(w, xmm, spill_mem(places[i].what), t);
            store_xmm(w, xmm, home, t);
        } else if (places[i].kind == PLACE_SPILL) {
            load_gpr(w, RAX, spill_mem(places[i].what), t);
            store_gpr(w, RAX, home, t);
        }
    }
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

static uint8_t *write_place(const struct work *w, uint8_t *p, struct place place)
{
    static const uint8_t kinds[] = {[PLACE_GPR] = KIND_GPR,
                                    [PLACE_XMM] = KIND_XMM,
                                    [PLACE_SPILL] = KIND_SPILL,
                                    [PLACE_CONST] = KIND_CONST};
    unsigned kind = kinds[place.kind];
    *p++ = place.slot;
    switch (kind) {
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
            p = write_uleb(p, f->state.count);
            for (unsigned k = 0; k < f->state.count; k++)
                p = write_place(w, p, w->places[f->state.start + k]);
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

/* Writes one place home, or just reads past it if cpu is NULL. */
static const uint8_t *recover_place(const struct backend *be, const uint8_t *p, uint64_t block_pc,
                                    const struct host_state *host, struct cpu *cpu)
{
    const struct ir_slot *slot = &be->guest->slots[*p++];
    unsigned kind = *p >> 4, reg = *p & 15;
    const void *from = NULL;
    uint64_t value;
    p++;
    switch (kind) {
    case KIND_GPR:
        from = &host->gpr[reg];
        break;
    case KIND_XMM:
        from = host->xmm[reg];
        break;
    case KIND_SPILL: {
        uint64_t cell = read_uleb(&p);
        from = cpu ? cpu->spill[cell] : NULL;
        break;
    }
    default:
        value = (uint64_t)read_zigzag(&p) + (kind == KIND_PC ? block_pc : 0);
        from = &value;
        break;
    }
    if (cpu) {
        unsigned size = ir_type_size((enum ir_type)slot->type);
        memcpy(cpu->state + slot->offset, from,
               size < 8 || kind == KIND_XMM || kind == KIND_SPILL ? size : 8);
        if (size == 16 && kind >= KIND_CONST)
            memset(cpu->state + slot->offset + 8, 0, 8);
    }
    return p;
}

static void recover_pinned(const struct backend *be, const struct host_state *host, struct cpu *cpu)
{
    for (unsigned reg = 0; reg < 32; reg++) {
        if (!be->pinned[reg])
            continue;
        const struct ir_slot *slot = &be->guest->slots[be->pinned[reg] - 1];
        const void *from = reg < XMM0 ? (const void *)&host->gpr[reg] : host->xmm[reg - XMM0];
        memcpy(cpu->state + slot->offset, from, ir_type_size((enum ir_type)slot->type));
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
                p = recover_place(be, p, block_pc, host, NULL);
        }
        if (at == offset) {
            recover_pinned(be, host, cpu);
            for (uint64_t i = 0; i < nplaces; i++)
                places = recover_place(be, places, block_pc, host, cpu);
            cpu->exit_pc = block_pc + (uint64_t)pc;
            return true;
        }
        if (at > offset)
            return false;
    }
    return false;
}
