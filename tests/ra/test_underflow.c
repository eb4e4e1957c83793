/*
 * Underflow where tininess before rounding (Arm) and after it (x86) differ: results next to the
 * smallest normal number, in all roundings, by the interpreter and by code for hosts of every kind.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fp.h"
#include "ir/text.h"
#include "tests/ir/test_guest.h"
#include "tests/ra/host.h"

/* The exact result: the smallest normal number, a bit less than it, or a bit more. */
enum distance { EXACT, BELOW, ABOVE };

struct number_case {
    uint8_t op, type, sub; /* as the op has them; `type` of a vector op: of the result's lanes */
    uint8_t lanes;         /* that count; 0: all, or a scalar */
    enum distance distance;
    uint64_t a, b; /* a lane each; the third operand is zero */
};

#define F64_BELOW 0x3ff0000000000001, 0x000fffffffffffff /* (1 + 2^-52) (1 - 2^-52) 2^-1022 */
#define F64_ABOVE 0x3fefffffffffffff, 0x0010000000000001 /* (1 - 2^-53) (1 + 2^-52) 2^-1022 */
#define F64_EXACT 0x3fe0000000000000, 0x0020000000000000
#define F32_BELOW 0x3f800001, 0x007fffff
#define F32_ABOVE 0x3f7fffff, 0x00800001
#define F32_EXACT 0x3f000000, 0x01000000

#define PRODUCTS(op, sub64, sub32, lanes64, lanes32)                                               \
    {op, IR_F64, sub64, lanes64, BELOW, F64_BELOW},                                                \
    {op, IR_F64, sub64, lanes64, ABOVE, F64_ABOVE},                                                \
    {op, IR_F64, sub64, lanes64, EXACT, F64_EXACT},                                                \
    {op, IR_F32, sub32, lanes32, BELOW, F32_BELOW},                                                \
    {op, IR_F32, sub32, lanes32, ABOVE, F32_ABOVE},                                                \
    {op, IR_F32, sub32, lanes32, EXACT, F32_EXACT}

#define NARROWED(op)                                                                               \
    {op, IR_F32, IR_F64, 0, BELOW, 0x380fffffffffffff, 0},                                         \
    {op, IR_F32, IR_F64, 0, ABOVE, 0x3810000000000001, 0},                                         \
    {op, IR_F32, IR_F64, 0, EXACT, 0x3810000000000000, 0},                                         \
    {op, IR_F16, IR_F32, 0, BELOW, 0x387fffff, 0}, {op, IR_F16, IR_F32, 0, ABOVE, 0x38800001, 0},  \
    {op, IR_F16, IR_F32, 0, EXACT, 0x38800000, 0}

static const struct number_case cases[] = {
    PRODUCTS(IR_FMUL, 0, 0, 0, 0), PRODUCTS(IR_FMA, 0, 0, 0, 0), NARROWED(IR_FCVT),
    PRODUCTS(IR_VFMUL, IR_F64, IR_F32, 0, 0), PRODUCTS(IR_VFMUL, IR_F64, IR_F32, 1, 1),
    PRODUCTS(IR_VFMUL, IR_F64, IR_F32, 1, 2), PRODUCTS(IR_VFMA, IR_F64, IR_F32, 0, 0),
    PRODUCTS(IR_VFMA, IR_F64, IR_F32, 1, 1), PRODUCTS(IR_VFMA, IR_F64, IR_F32, 1, 2),
    NARROWED(IR_VFNARROW),
};

static bool is_vector(const struct number_case *c)
{
    return ir_op_info[c->op].result == 'V';
}

static enum ir_type operand_type(const struct number_case *c)
{
    return (enum ir_type)(c->op == IR_FCVT || c->op == IR_VFNARROW ? c->sub : c->type);
}

/* How many lanes count. */
static unsigned lanes_of(const struct number_case *c)
{
    return !is_vector(c) ? 1 : c->lanes ? c->lanes : 16 / ir_type_size(operand_type(c));
}

/* How a case is run. */
struct trial {
    const struct number_case *c;
    unsigned mode, rule; /* IR_ROUND_NEAREST to IR_ROUND_UP; the rule, dynamic or with that mode */
    bool negative;
};

/* ---- what is expected ---------------------------------------------------------------------- */

/* Rounds to the larger magnitude? */
static bool rounds_away(const struct trial *t)
{
    if (t->mode == IR_ROUND_NEAREST)
        return t->c->distance == BELOW;
    return t->mode == (t->negative ? IR_ROUND_DOWN : IR_ROUND_UP);
}

static uint64_t sign_of(const struct trial *t, enum ir_type type)
{
    return (uint64_t)t->negative << (8 * ir_type_size(type) - 1);
}

static union ir_v128 expected_result(const struct trial *t)
{
    enum ir_type type = (enum ir_type)t->c->type;
    uint64_t smallest = type == IR_F64 ? 0x0010000000000000 : type == IR_F32 ? 0x00800000 : 0x0400;
    bool away = rounds_away(t);
    uint64_t lane = smallest;
    if (t->c->distance == BELOW)
        lane = smallest - !away;
    else if (t->c->distance == ABOVE)
        lane = smallest + away;
    lane |= sign_of(t, type);
    union ir_v128 v = {{0}};
    for (unsigned k = 0; k < lanes_of(t->c); k++)
        memcpy(v.b + k * ir_type_size(type), &lane, ir_type_size(type));
    return v;
}

/* Before rounding all that is below is tiny; after it, what has been rounded away is not. */
static uint32_t expected_flags(const struct trial *t)
{
    bool before = t->rule & IR_FP_TINY_BEFORE;
    if (t->c->distance == EXACT)
        return 0;
    bool tiny = t->c->distance == BELOW && (before || !rounds_away(t));
    return IR_EXC_INEXACT | (tiny ? IR_EXC_UNDERFLOW : 0u);
}

/* ---- running ------------------------------------------------------------------------------- */

static ir_ref append(struct ir_block *b, enum ir_op op, enum ir_type type, enum ir_type sub,
                     ir_ref a)
{
    return ir_append(b, (struct ir_insn){.op = (uint8_t)op, .type = (uint8_t)type,
                                         .sub = (uint8_t)sub, .a = a});
}

/* v3 := op v0, v1, v2, of vectors or in lane 0 */
static void build(struct ir_block *b, const struct trial *t)
{
    const struct number_case *c = t->c;
    struct ir_insn insn = {.op = c->op, .type = is_vector(c) ? IR_V128 : c->type, .sub = c->sub,
                           .d = (ir_ref)t->rule, .aux = c->lanes};
    ir_ref *operand[3] = {&insn.a, &insn.b, &insn.c};
    enum ir_type from = operand_type(c);
    ir_start(b, &test_guest, 0x10000, 0);
    ir_insn_start(b, 0x10000, 4);
    for (unsigned i = 0; i < 3; i++) {
        if (!ir_operand_is_ref(&ir_op_info[c->op], (int)i))
            continue;
        ir_ref v = ir_append(b, (struct ir_insn){.op = IR_GET, .type = IR_V128, .aux = TG_V0 + i});
        *operand[i] = is_vector(c) ? v : append(b, IR_VLANE, from, from, v);
    }
    ir_ref r = ir_append(b, insn);
    if (c->type == IR_F16 && !is_vector(c)) {
        r = append(b, IR_BITCAST, IR_I32, IR_F16, r);
        r = append(b, IR_VZEXT, IR_V128, IR_I32, r);
    } else if (!is_vector(c)) {
        r = append(b, IR_VZEXT, IR_V128, (enum ir_type)c->type, r);
    }
    ir_append(b, (struct ir_insn){.op = IR_PUT, .type = IR_V128, .a = r, .aux = TG_V0 + 3});
    ir_goto(b, 0x10004);
}

/* Lanes that do not count hold signalling NaNs, which must raise nothing. */
static void set_operand(struct cpu *cpu, const struct trial *t, unsigned i, uint64_t lane)
{
    enum ir_type type = operand_type(t->c);
    unsigned size = ir_type_size(type);
    uint64_t nan = type == IR_F64 ? 0x7ff0000000000001 : 0x7f800001;
    union ir_v128 v;
    for (unsigned k = 0; k < 16 / size; k++)
        memcpy(v.b + k * size, k < lanes_of(t->c) ? &lane : &nan, size);
    memcpy(cpu_slot(cpu, &test_guest.slots[TG_V0 + i]), &v, sizeof v);
}

typedef enum ir_exit runner(struct host *h, struct cpu *cpu, const struct ir_block *b);

static enum ir_exit interpret(struct host *h, struct cpu *cpu, const struct ir_block *b)
{
    (void)h;
    return host_interpret(cpu, b);
}

static void check(runner *run, struct host *h, struct cpu *cpu, const struct ir_block *b,
                  const struct trial *t)
{
    static const uint8_t control[] = {[IR_ROUND_NEAREST] = 0, [IR_ROUND_DOWN] = 1,
                                      [IR_ROUND_UP] = 2,      [IR_ROUND_ZERO] = 3};
    bool dynamic = (t->rule & IR_FP_ROUND) == IR_ROUND_DYNAMIC;
    uint64_t sign = sign_of(t, operand_type(t->c));
    union ir_v128 got, want = expected_result(t);
    set_operand(cpu, t, 0, t->c->a | sign);
    set_operand(cpu, t, 1, t->c->b);
    set_operand(cpu, t, 2, sign); /* a zero that leaves the product's sign alone */
    fp_set_mxcsr(0x1f80 | (dynamic ? (uint32_t)control[t->mode] << FP_MXCSR_ROUND_SHIFT : 0));
    run(h, cpu, b);
    uint32_t flags = fp_get_mxcsr() & FP_MXCSR_FLAGS & ~(uint32_t)IR_EXC_DENORMAL;
    fp_set_mxcsr(0x1f80);
    memcpy(&got, cpu_slot(cpu, &test_guest.slots[TG_V0 + 3]), sizeof got);
    if (!memcmp(&got, &want, sizeof got) && flags == expected_flags(t))
        return;
    struct arena arena;
    arena_init(&arena, 0);
    cr_assert_fail("case %zu, %s, rounding %u%s: %016lx %016lx flags %x, want %016lx %016lx %x\n%s",
                   (size_t)(t->c - cases), run == interpret ? "interpreter" : "host", t->mode,
                   t->negative ? ", negative" : "", got.d[1], got.d[0], flags, want.d[1],
                   want.d[0], expected_flags(t), ir_print(b, &arena));
}

static void check_host(uint32_t features)
{
    static const uint8_t rules[] = {0, IR_FP_TINY_BEFORE, IR_FP_DEFAULT_NAN,
                                    IR_FP_DEFAULT_NAN | IR_FP_TINY_BEFORE};
    struct host *h = host_create(&test_guest, backend_host_features() & features, -1, -1);
    struct ir_block *b = calloc(1, sizeof *b);
    struct cpu *cpu = aligned_alloc(64, sizeof *cpu);
    memset(cpu, 0, sizeof *cpu);
    host_prepare(h, cpu);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0] * sizeof rules * 16; i++) {
        struct trial t = {.c = &cases[i / 64], .rule = rules[i / 16 % 4],
                          .mode = IR_ROUND_NEAREST + i / 4 % 4, .negative = i / 2 % 2};
        if (i % 2)
            t.rule |= t.mode;
        build(b, &t);
        cr_assert(host_emit(h, b));
        check(interpret, h, cpu, b, &t);
        check(host_run, h, cpu, b, &t);
    }
    free(cpu);
    free(b);
    host_destroy(h);
}

Test(underflow, everything)
{
    check_host(UINT32_MAX);
}

Test(underflow, no_avx512)
{
    check_host(~(uint32_t)HOST_AVX512);
}

Test(underflow, avx_and_half)
{
    check_host(HOST_AVX | HOST_F16C);
}

Test(underflow, baseline)
{
    check_host(0);
}
