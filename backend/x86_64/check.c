/*
 * The checker: follows, beside the allocator and independently of its books, which value every
 * register, home and spill cell holds, and which value every slot has by the IR; and aborts when an
 * op reads a register that does not hold its operand, or when the state is not where a map says.
 *
 * It sees what the allocator's primitives write (check_event), not what it believes. Identities: a
 * reference to the instruction that computes a value, or a symbol for what a slot held at the
 * block's start or after a C function that writes slots.
 */
#include "backend/x86_64/work.h"

#include <stdlib.h>

#include "util/log.h"

typedef uint32_t identity; /* 0: not known */
enum { INITIAL = 1 << 16 };

struct checker {
    identity reg[33], home[IR_MAX_SLOTS], spill[CPU_SPILLS], slot[IR_MAX_SLOTS];
    identity same[IR_MAX_INSNS]; /* what a get or trunc gives */
    identity fresh;              /* next symbol */
    unsigned pending_reg;        /* a definition that takes effect after the op's map */
    identity pending;
};

void check_create(struct work *w)
{
    w->checker = calloc(1, sizeof *w->checker);
    if (!w->checker)
        die("out of memory");
}

void check_destroy(struct work *w)
{
    free(w->checker);
    w->checker = NULL;
}

static identity identity_of(struct work *w, ir_ref r)
{
    if (ir_is_const(r))
        return r;
    const struct ir_insn *in = &w->b->insns[r];
    if (w->val[r].flags & VAL_ALIAS)
        return identity_of(w, in->a);
    identity same = w->checker->same[r];
    return same ? same : r;
}

static void flush_pending(struct checker *k)
{
    if (k->pending)
        k->reg[k->pending_reg] = k->pending;
    k->pending = 0;
}

static void fresh_slots(struct work *w)
{
    struct checker *k = w->checker;
    for (unsigned s = 0; s < w->be->guest->nslots; s++) {
        k->slot[s] = k->home[s] = k->fresh++;
        if (w->be->pin[s]) {
            k->reg[w->be->pin[s] - 1] = k->slot[s];
            k->home[s] = 0;
        }
    }
}

void check_start(struct work *w)
{
    struct checker *k = w->checker;
    memset(k, 0, sizeof *k);
    k->fresh = INITIAL;
    fresh_slots(w);
}

__attribute__((noreturn)) static void wrong(struct work *w, const char *what, unsigned where,
                                            identity is, identity should)
{
    bug("allocation of block 0x%llx, instruction %u (%s): %s %u holds %x, not %x",
        (unsigned long long)w->b->pc, w->now, ir_op_info[w->b->insns[w->now].op].text, what, where,
        is, should);
}

static void expect(struct work *w, const char *what, unsigned where, identity is, identity should)
{
    if (is != should && !w->failed)
        wrong(w, what, where, is, should);
}

void check_event(struct work *w, enum check_event e, unsigned a, unsigned b, ir_ref r)
{
    struct checker *k = w->checker;
    identity value = r ? identity_of(w, r) : 0;
    flush_pending(k);
    switch (e) {
    case CHECK_DEFINE:
        k->pending_reg = a;
        k->pending = value;
        break;
    case CHECK_USE: expect(w, "register", a, k->reg[a], value); break;
    case CHECK_MOVE: k->reg[a] = k->reg[b]; break;
    case CHECK_LOAD:
        expect(w, "home", b, k->home[b], value);
        k->reg[a] = k->home[b];
        break;
    case CHECK_STORE:
        expect(w, "register", a, k->reg[a], value);
        k->home[b] = k->reg[a];
        break;
    case CHECK_UNSPILL:
        expect(w, "spill", b, k->spill[b], value);
        k->reg[a] = k->spill[b];
        break;
    case CHECK_SPILL:
        expect(w, "register", a, k->reg[a], value);
        k->spill[b] = k->reg[a];
        break;
    case CHECK_CONST: k->reg[a] = value; break;
    case CHECK_STORE_CONST: k->home[b] = value; break;
    case CHECK_COPY_HOME:
        expect(w, "spill", a, k->spill[a], value);
        k->home[b] = k->spill[a];
        break;
    case CHECK_COPY_SPILL:
        expect(w, "home", b, k->home[b], value);
        k->spill[a] = k->home[b];
        break;
    case CHECK_CLOBBER: k->reg[a] = 0; break;
    }
}

void check_get(struct work *w, unsigned slot, ir_ref r)
{
    flush_pending(w->checker);
    w->checker->same[r] = w->checker->slot[slot];
}

void check_put(struct work *w, unsigned slot, ir_ref r)
{
    flush_pending(w->checker);
    w->checker->slot[slot] = identity_of(w, r);
}

static void check_place(struct work *w, const struct place *p, identity should)
{
    const struct checker *k = w->checker;
    ir_ref operands[2];
    switch (p->kind) {
    case PLACE_GPR: expect(w, "register", p->what, k->reg[p->what], should); break;
    case PLACE_XMM: expect(w, "xmm", p->what, k->reg[p->what + XMM0], should); break;
    case PLACE_SPILL: expect(w, "spill", p->what, k->spill[p->what], should); break;
    case PLACE_LAZY:
        expect(w, "flags of slot", p->slot, identity_of(w, p->what), should);
        for (unsigned i = 0, n = lazy_operands(w, p->what, operands); i < n; i++) {
            check_place(w, p + 1, identity_of(w, operands[i]));
            p += recipe_length(w, p + 1);
        }
        break;
    default: expect(w, "constant of slot", p->slot, p->what, should); break;
    }
}

/* Before a pending definition: the op that makes it has not run. */
void check_snapshot(struct work *w, struct snapshot s)
{
    const struct checker *k = w->checker;
    bool placed[IR_MAX_SLOTS] = {false};
    for (unsigned i = 0; i < s.count; i += recipe_length(w, &w->places[s.start + i])) {
        const struct place *p = &w->places[s.start + i];
        placed[p->slot] = true;
        check_place(w, p, k->slot[p->slot]);
    }
    for (unsigned slot = 0; slot < w->be->guest->nslots; slot++) {
        if (w->be->pin[slot])
            expect(w, "pinned register", w->be->pin[slot] - 1u, k->reg[w->be->pin[slot] - 1],
                   k->slot[slot]);
        else if (!placed[slot])
            expect(w, "home", slot, k->home[slot], k->slot[slot]);
    }
}

void check_flags_dead(struct work *w)
{
    struct checker *k = w->checker;
    flush_pending(k);
    for (unsigned slot = 0; slot < w->be->guest->nslots; slot++)
        if (w->be->guest->slots[slot].type == IR_B)
            k->slot[slot] = k->home[slot];
}

void check_homes(struct work *w)
{
    flush_pending(w->checker);
    check_snapshot(w, (struct snapshot){0, 0});
}

void check_call(struct work *w, bool writes)
{
    struct checker *k = w->checker;
    flush_pending(k);
    for (unsigned reg = 0; reg < 32; reg++)
        if (!w->be->pinned[reg])
            k->reg[reg] = 0;
    if (writes)
        fresh_slots(w);
}
