/*
 * Groups: accesses of a block by one base, close to each other. The first one looks up the TLB for
 * all the bytes that the group may touch, and leaves the addend in a cell of cpu.group, or 0 if the
 * TLB has none that serves for all of them; the others are
 *
 *     mov  temp, [cell]
 *     test temp, temp
 *     jz   alone
 *     again: the access at [address + temp]
 *     done:
 *     ...
 *     alone: the look-up of the access (tlb.c); jmp again
 *
 * Accesses to a small table, by an index that cannot be large, are a group too, if only of one: the
 * look-up is of the table then, whose address is known long before the index.
 *
 * A C function that may change the TLB ends all groups. So what an entry allowed when the first
 * access was done it allows the others; that another hart takes it away meanwhile is as for a store
 * that comes late (softmmu-system/softmmu_code.c).
 */
#include "backend/x86_64/work.h"

#include <string.h>

#include "backend/x86_64/form.h"

enum {
    /* Bytes of a group, of a table, at most: the more, the likelier a page ends among them. */
    SPAN = 256,
    TABLE = 2048,
    DEPTH = 3, /* operations of an index that are looked at */
};

/* The address without what is constant of it, which goes to *distance. IR_NONE: that is far. */
static ir_ref base_of(const struct work *w, const struct ir_insn *in, int64_t *distance)
{
    ir_ref r = in->a;
    uint64_t sum = (uint64_t)(int64_t)(int32_t)in->aux;
    while (!ir_is_const(r) && w->b->insns[r].op == IR_ADD && is_plain_const(w, w->b->insns[r].b)) {
        sum += constant(w, w->b->insns[r].b)->value;
        r = w->b->insns[r].a;
    }
    *distance = (int64_t)sum;
    return sum + FAR <= UINT64_C(2) * FAR ? r : IR_NONE;
}

/* The most that the value, not negative, can be; UINT64_MAX: it is not known. */
static uint64_t most(const struct work *w, ir_ref r, unsigned depth)
{
    if (ir_is_const(r) || !depth)
        return UINT64_MAX;
    const struct ir_insn *in = &w->b->insns[r];
    uint64_t x;
    switch (in->op) {
    case IR_LOAD:
        return (in->d & (IR_MEM_SIZE | IR_MEM_SIGNED)) == 0 ? UINT8_MAX : UINT64_MAX;
    case IR_ZEXT:
        if (in->sub == IR_I8)
            return UINT8_MAX;
        return in->sub == IR_I32 ? most(w, in->a, depth - 1) : UINT64_MAX;
    case IR_AND:
        return is_plain_const(w, in->b) ? constant(w, in->b)->value : UINT64_MAX;
    case IR_SHL:
        x = most(w, in->a, depth - 1);
        if (x >= TABLE || !is_plain_const(w, in->b) || constant(w, in->b)->value >= 8)
            return UINT64_MAX;
        return x << constant(w, in->b)->value;
    default:
        return UINT64_MAX;
    }
}

/* If the base is a table and an index, the index's most, and *base is the table; else 0. */
static unsigned split_table(const struct work *w, ir_ref *base)
{
    const struct ir_insn *in = &w->b->insns[*base];
    if (in->op != IR_ADD)
        return 0;
    for (unsigned i = 0; i < 2; i++) {
        ir_ref table = i ? in->b : in->a, index = i ? in->a : in->b;
        uint64_t bound = most(w, index, DEPTH);
        if (bound && bound < TABLE && !ir_is_const(table)) {
            *base = table;
            return (unsigned)bound;
        }
    }
    return 0;
}

/* Widens the group if it stays small enough. */
static bool join(struct group *g, int64_t low, int64_t high)
{
    low = low < g->low ? low : g->low;
    high = high > g->high ? high : g->high;
    if (high - low > (g->table ? TABLE : SPAN))
        return false;
    g->low = low;
    g->high = high;
    g->members++;
    return true;
}

/* What the walk over the block has met. */
struct walk {
    unsigned ended;  /* groups that may not be joined any more: the first ones */
    unsigned guards;
};

/*
 * Loads of a group with stores look for a page that may be written. So a store may join loads only
 * if it is done whenever they are: there is no guard between.
 */
static bool may_join(const struct group *g, bool store, const struct walk *at)
{
    return !store || g->stores || g->guards == at->guards;
}

static void plan_access(struct work *w, unsigned i, const struct ir_insn *in, const struct walk *at)
{
    int64_t distance;
    ir_ref base = base_of(w, in, &distance);
    if (base == IR_NONE || ir_is_const(base))
        return;
    bool store = in->op == IR_STORE;
    unsigned bound = split_table(w, &base);
    int64_t end = distance + bound + (1 << (in->d & IR_MEM_SIZE));
    uint8_t *open = w->open_group[base];
    for (unsigned kind = 0; kind < 2; kind++) {
        if (open[kind] <= at->ended)
            continue;
        struct group *g = &w->groups[open[kind] - 1];
        if (!g->table == !bound && may_join(g, store, at) && join(g, distance, end)) {
            g->stores |= store;
            w->group[i] = open[kind];
            return;
        }
    }
    if (w->ngroups == CPU_GROUPS)
        return;
    w->groups[w->ngroups++] = (struct group){
        .low = distance, .high = end, .members = 1, .stores = store, .guards = at->guards,
        .first = (ir_ref)i, .table = bound ? base : IR_NONE};
    w->group[i] = open[store] = (uint8_t)w->ngroups;
}

void groups_plan(struct work *w)
{
    const struct ir_block *b = w->b;
    struct walk at = {0};
    if (w->be->memory != BACKEND_TLB)
        return;
    w->ngroups = 0;
    memset(w->group, 0, b->n * sizeof w->group[0]);
    memset(w->open_group, 0, b->n * sizeof w->open_group[0]);
    for (unsigned i = 1; i < b->n; i++) {
        const struct ir_insn *in = &b->insns[i];
        if (in->op == IR_LOAD || in->op == IR_STORE)
            plan_access(w, i, in, &at);
        else if (ir_op_info[in->op].effect == IR_EFFECT_call)
            at.ended = w->ngroups;
        else if (ir_op_info[in->op].effect == IR_EFFECT_guard)
            at.guards++;
    }
}

static struct mem cell_of(unsigned group)
{
    struct mem m = CPU_MEM(group);
    m.disp += (int32_t)group * 8;
    return m;
}

static struct group *group_of(struct work *w, ir_ref access)
{
    unsigned number = w->group[access];
    struct group *g = number ? &w->groups[number - 1] : NULL;
    return g && (g->members > 1 || g->table) ? g : NULL;
}

ir_ref group_table(struct work *w, ir_ref access)
{
    struct group *g = w->be->memory == BACKEND_TLB ? group_of(w, access) : NULL;
    return g && g->first == access ? g->table : IR_NONE;
}

enum group_part group_join(struct work *w, struct group_use *u)
{
    struct group *g = group_of(w, w->now);
    int64_t distance;
    if (!g)
        return GROUP_ALONE;
    u->number = (uint8_t)(g - w->groups);
    if (g->first != w->now)
        return GROUP_LATER;
    base_of(w, &w->b->insns[w->now], &distance);
    u->stores = g->stores;
    u->table = g->table;
    u->low = (int32_t)(g->table ? g->low : g->low - distance);
    u->high = (int32_t)(g->table ? g->high : g->high - distance);
    return GROUP_FIRST;
}

void group_begin(struct work *w, const struct group_use *u, unsigned addend)
{
    x_rm(&w->c, MOV_STORE | X_W, addend, cell_of(u->number));
}

void group_fail(struct work *w, unsigned number)
{
    x_xm(&w->c, MOV_IMM | X_W, 0, cell_of(number));
    put32(&w->c, 0);
}

void group_look(struct work *w, const struct group_use *u, unsigned temp)
{
    x_rm(&w->c, MOV | X_W, temp, cell_of(u->number));
    x_rr(&w->c, 0x85 | X_W, temp, temp); /* test */
}
