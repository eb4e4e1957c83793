/*
 * The driver: creates backends, and emits a block by calling each op's function in order, then the
 * cold paths, thunks and maps.
 */
#include "backend/x86_64/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "backend/x86_64/form.h"
#include "backend/x86_64/runtime.h"
#include "util/log.h"

/*
 * Registers of pinned slots by rank. Integers: those without a REX bit first, R12 and R13
 * late, as they make addresses longer. RAX, RCX, RDX and RBX are never pinned: shifts, divisions
 * and compare-exchange want them; nor is R10: calls of C functions do.
 */
static const uint8_t int_pins[] = {RSI, RDI, R14, R15, R8, R9, R12, R13, R11};
/* Six remain: three operands, two temporaries and a result may all be different (dot products). */
static const uint8_t float_pins[] = {6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
/*
 * The defaults. Measured on a Xeon (Sapphire Rapids) with eleven integer and six FP programs of
 * bench/, geometric mean of user seconds: 5 integer pins 0.79, 7 0.72, 8 0.68, 9 0.66 (more would
 * leave less than the five temporaries that an op may need); no FP pins 0.74, 4 0.59, 7 0.59,
 * 10 0.56.
 */
enum { INT_PINS = 9, FLOAT_PINS = 10 };

static void pin_slots(struct backend *be, bool floats, const uint8_t *regs, unsigned count)
{
    const struct ir_guest *g = be->guest;
    for (unsigned rank = 0, taken = 0; taken < count && rank < g->nslots; rank++) {
        for (unsigned s = 0; s < g->nslots; s++) {
            enum ir_type t = (enum ir_type)g->slots[s].type;
            bool is_float = in_xmm(t);
            if (g->slots[s].pin != (int)rank || is_float != floats)
                continue;
            unsigned reg = regs[taken++] + (floats ? XMM0 : 0);
            be->pin[s] = (uint8_t)(reg + 1);
            be->pinned[reg] = (uint8_t)(s + 1);
            be->pins |= BIT(reg);
            break;
        }
    }
}

/* A TLB has its base in a register, which pins and temporaries do without. */
static void choose_pins(struct backend *be)
{
    uint8_t ints[sizeof int_pins];
    unsigned n = 0;
    for (unsigned i = 0; i < sizeof int_pins; i++)
        if (be->memory != BACKEND_TLB || int_pins[i] != TLB_BASE)
            ints[n++] = int_pins[i];
    be->pins = 0;
    memset(be->pin, 0, sizeof be->pin);
    memset(be->pinned, 0, sizeof be->pinned);
    pin_slots(be, false, ints, be->int_pins < n ? be->int_pins : n);
    pin_slots(be, true, float_pins,
              be->float_pins < sizeof float_pins ? be->float_pins : sizeof float_pins);
    be->temps = ~be->pins & ~BIT(RSP) & ~BIT(RBP);
    if (be->memory == BACKEND_TLB)
        be->temps &= ~BIT(TLB_BASE);
}

struct backend *backend_create(const struct ir_guest *guest, uint32_t features, int nints,
                               int nfloats)
{
    struct backend *be = calloc(1, sizeof *be);
    if (!be)
        die("out of memory");
    be->guest = guest;
    be->features = features;
    be->int_pins = nints < 0 ? INT_PINS : (unsigned)nints;
    be->float_pins = nfloats < 0 ? FLOAT_PINS : (unsigned)nfloats;
    choose_pins(be);
    for (unsigned s = 0; s < guest->nslots; s++)
        if (guest->slots[s].type == IR_B)
            be->flag_slots[s / 64] |= (uint64_t)1 << (s % 64);
    return be;
}

void backend_destroy(struct backend *be)
{
    free(be);
}

void backend_set_memory(struct backend *be, enum backend_memory memory)
{
    be->memory = memory;
    choose_pins(be);
}

struct backend_work *backend_work_create(const struct backend *be)
{
    /* Straight from the host: its pages are zero already, and most are never touched. */
    struct backend_work *bw = mmap(NULL, sizeof *bw, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bw == MAP_FAILED)
        return NULL;
    bw->w.be = be;
    bw->w.features = be->features;
    return bw;
}

void backend_work_destroy(struct backend_work *bw)
{
    if (!bw)
        return;
    check_destroy(&bw->w);
    munmap(bw, sizeof *bw);
}

void backend_randomize(struct backend_work *bw, uint64_t seed)
{
    bw->w.seed = seed;
}

void backend_verify(struct backend_work *bw, bool on)
{
    check_destroy(&bw->w);
    if (on)
        check_create(&bw->w);
}

void backend_describe(const struct backend *be, char *text, size_t size)
{
    static const char *const names[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                          "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
    size_t used = 0;
    if (size)
        text[0] = 0;
    for (unsigned reg = 0; reg < 32 && used < size; reg++) {
        if (!be->pinned[reg])
            continue;
        const char *slot = be->guest->slots[be->pinned[reg] - 1].name;
        int n = reg < XMM0 ? snprintf(text + used, size - used, "%s%s=%s", used ? " " : "", slot,
                                      names[reg])
                           : snprintf(text + used, size - used, "%s%s=xmm%u", used ? " " : "", slot,
                                      reg - XMM0);
        used += n > 0 ? (size_t)n : 0;
    }
}

/* ---- blocks -----------------------------------------------------------------------------------
 */

typedef void emit_fn(struct work *w, const struct ir_insn *in, ir_ref self);

static emit_fn *const emit_op[IR_OP_COUNT] = {
#define OP(name, ...) [IR_##name] = emit_##name,
#include "ir/op.def"
#undef OP
};

/* Ops whose result nobody needs are left out if they do nothing else. */
static const bool has_no_effect[IR_OP_COUNT] = {
#define OP(name, text, result, a, b, c, d, aux, effect, tie, imm)                                  \
    [IR_##name] = IR_EFFECT_##effect == IR_EFFECT_pure || IR_EFFECT_##effect == IR_EFFECT_get,
#include "ir/op.def"
#undef OP
};

void emit_value(struct work *w, ir_ref r)
{
    emit_op[w->b->insns[r].op](w, &w->b->insns[r], r);
}

void emit_plain(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_op[in->op](w, in, self);
}

void emit_NOP(struct work *w, const struct ir_insn *in, ir_ref self)
{
}

void emit_INSN(struct work *w, const struct ir_insn *in, ir_ref self)
{
    w->insn_pc = in->aux;
}

void emit_GET(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (unlikely(w->checker))
        check_get(w, in->aux, self);
    get_slot(w, in->aux, self);
}

void emit_PUT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    put_slot(w, in->aux, in->a);
    if (unlikely(w->checker))
        check_put(w, in->aux, in->a);
}

static void emit_main(struct work *w)
{
    const struct ir_block *b = w->b;
    for (unsigned i = 1; i < b->n; i++) {
        const struct ir_insn *in = &b->insns[i];
        struct val *v = &w->val[i];
        if (v->flags & VAL_FUSED || (!v->uses && has_no_effect[in->op] && !ir_op_raises(in->op)))
            continue;
        w->now = (ir_ref)i;
        emit_op[in->op](w, in, (ir_ref)i);
        w->locked = w->dying = 0;
        if (unlikely(w->any_dead_spill))
            free_dead_spills(w);
        if (!v->uses && !v->slots && v->regs & w->be->temps)
            consume_slow(w, v);
        if (unlikely(w->c.p > w->limit)) {
            w->failed = true;
            return;
        }
    }
}

static void emit_colds(struct work *w)
{
    for (unsigned i = 0; i < w->ncolds && !w->failed; i++) {
        struct cold *c = &w->colds[i];
        uint32_t displacement = here(w) - (c->from + 4);
        memcpy(w->base + c->from, &displacement, 4);
        w->locked = 0;
        c->emit(w, c);
        if (w->c.p > w->limit)
            w->failed = true;
    }
}

bool backend_emit(const struct backend *be, struct backend_work *bw, const struct ir_block *b,
                  struct code_buffer *out)
{
    struct work *w = &bw->w;
    if (out->capacity < 2 * MARGIN)
        return false;
    w->b = b;
    w->out = out;
    w->base = w->c.p = out->bytes;
    w->limit = out->bytes + out->capacity - MARGIN;
    w->failed = false;
    w->nplaces = w->ncolds = w->nfaults = w->nliterals = w->nliteral_uses = 0;
    w->insn_pc = 0;
    w->compared = 0;
    out->nexits = out->nrelocs = 0;
    out->maps_size = 0;
    alloc_start(w);
    groups_plan(w);
    scan(w);
    if (unlikely(w->checker))
        check_start(w);
    emit_main(w);
    if (!w->failed)
        emit_colds(w);
    if (!w->failed)
        emit_thunks(w);
    out->literals = here(w);
    if (!w->failed)
        emit_literals(w);
    if (w->failed || !encode_maps(w))
        return false;
    out->size = (size_t)(w->c.p - w->base);
    return true;
}
