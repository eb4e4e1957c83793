/*
 * Every vector op on integer lanes, each lane type and number it takes, on operands full of edges:
 * the backend gives what the interpreter gives, on hosts of every level.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "ir/text.h"
#include "tests/ir/random_ir.h"
#include "tests/ir/test_guest.h"
#include "tests/ra/host.h"

enum { ROUNDS = 12, MAX_AUX = 16 << 8 };

struct sweep {
    struct host *h;
    struct ir_block *b;
    struct arena arena;
    struct cpu *x, *y;
    struct random random;
    unsigned checked;
};

/* A vector of lanes that sit on edges, are near each other, or are random. */
static union ir_v128 random_vector(struct random *r)
{
    union ir_v128 v;
    unsigned log = random_below(r, 4), how = random_below(r, 4);
    for (unsigned i = 0; i < 16; i += 1u << log) {
        uint64_t x = how ? random_integer(r) : random_next(r);
        if (how == 1)
            x = (uint64_t)-1 << (random_next(r) & 63) >> (random_next(r) & 63);
        memcpy(v.b + i, &x, (size_t)1 << log);
    }
    if (how == 3)
        for (unsigned i = 0; i < 16; i++)
            v.b[i] = (uint8_t)random_below(r, 40);
    return v;
}

static ir_ref converted(struct sweep *s, enum ir_op op, enum ir_type to, enum ir_type from,
                        ir_ref a)
{
    return ir_append(s->b, (struct ir_insn){.op = (uint8_t)op, .type = (uint8_t)to,
                                            .sub = (uint8_t)from, .a = a});
}

static ir_ref operand(struct sweep *s, char kind, enum ir_type sub, unsigned i)
{
    unsigned slot = kind == 'V' ? TG_V0 : ir_type_is_float(sub) && kind == 'S' ? TG_F0 : TG_X0;
    enum ir_type t = slot == TG_V0 ? IR_V128 : slot == TG_F0 ? IR_F64 : IR_I64;
    ir_ref r = ir_append(s->b, (struct ir_insn){.op = IR_GET, .type = (uint8_t)t, .aux = slot + i});
    if (kind == 'S' && sub == IR_I32)
        return converted(s, IR_TRUNC, IR_I32, IR_I64, r);
    if (kind == 'S' && sub == IR_F32)
        return converted(s, IR_FUNBOX, IR_F32, IR_F64, r);
    return r;
}

/* The result into slots that hold all of it. */
static void put_result(struct sweep *s, ir_ref r, enum ir_type t, unsigned slot)
{
    if (t == IR_F32) {
        r = converted(s, IR_BITCAST, IR_I32, IR_F32, r);
        t = IR_I32;
    }
    if (t == IR_I32) {
        r = converted(s, IR_ZEXT, IR_I64, IR_I32, r);
        t = IR_I64;
    }
    slot += t == IR_V128 ? TG_V0 : t == IR_F64 ? TG_F0 : TG_X0;
    ir_append(s->b, (struct ir_insn){.op = IR_PUT, .type = (uint8_t)t, .a = r, .aux = slot});
}

/* `same`: all operands are one value. Returns false if the instruction is none. */
static bool build(struct sweep *s, struct ir_insn insn, bool same, unsigned to)
{
    const struct ir_op_info *info = &ir_op_info[insn.op];
    ir_ref *fields[3] = {&insn.a, &insn.b, &insn.c};
    ir_start(s->b, &test_guest, 0x10000, 0);
    ir_insn_start(s->b, 0x10000, 4);
    for (unsigned i = 0; i < 3; i++)
        if (ir_operand_is_ref(info, (int)i))
            *fields[i] = operand(s, info->operand[i], (enum ir_type)insn.sub,
                                 same && i && info->operand[i] == info->operand[i - 1] ? 0 : i);
    ir_ref r = ir_append(s->b, insn);
    put_result(s, r, ir_result_type(&insn), to);
    ir_goto(s->b, 0x10004);
    return !ir_check(s->b, &s->arena);
}

static void run(struct sweep *s)
{
    static _Alignas(16) uint8_t scratch[TG_SCRATCH];
    if (!host_emit(s->h, s->b))
        cr_assert_fail("no room");
    for (unsigned round = 0; round < ROUNDS; round++) {
        random_state(s->x, scratch, random_next(&s->random));
        for (unsigned i = 0; i < 4; i++) {
            union ir_v128 v = random_vector(&s->random);
            memcpy(cpu_slot(s->x, &test_guest.slots[TG_V0 + i]), &v, sizeof v);
        }
        memcpy(s->y->state, s->x->state, sizeof s->x->state);
        host_interpret(s->x, s->b);
        host_run(s->h, s->y, s->b);
        char why[200] = "";
        if (!random_same(s->x, s->y, why, sizeof why))
            cr_assert_fail("%s\n%s", why, ir_print(s->b, &s->arena));
        s->checked++;
    }
}

static void sweep_numbers(struct sweep *s, struct ir_insn insn)
{
    unsigned max = ir_aux_kind(insn.op) != IR_AUX_num ? 0 : insn.op == IR_VCOPY ? MAX_AUX : 64;
    for (insn.aux = 0; insn.aux <= max; insn.aux++) {
        if (!build(s, insn, false, 3))
            continue;
        run(s);
        if (max < MAX_AUX) {
            build(s, insn, true, 3);
            run(s);
            build(s, insn, false, 1);
            run(s);
        }
    }
}

static void sweep_op(struct sweep *s, unsigned op)
{
    const struct ir_op_info *info = &ir_op_info[op];
    unsigned conditions = info->operand[3] == 'N' ? IR_MI : 1;
    for (unsigned sub = 0; sub < IR_TYPE_COUNT; sub++)
        for (unsigned type = info->result == 'T' ? IR_I32 : IR_V128; type <= IR_V128; type++)
            for (unsigned d = 0; d < conditions; d++)
                sweep_numbers(s, (struct ir_insn){.op = (uint8_t)op, .type = (uint8_t)type,
                                                  .sub = (uint8_t)sub, .d = (ir_ref)d});
}

static struct sweep start(uint32_t features)
{
    struct sweep s = {.h = host_create(&test_guest, backend_host_features() & features, -1, -1),
                      .b = calloc(1, sizeof *s.b),
                      .x = aligned_alloc(64, sizeof *s.x),
                      .y = aligned_alloc(64, sizeof *s.y),
                      .random = {features}};
    memset(s.x, 0, sizeof *s.x);
    memset(s.y, 0, sizeof *s.y);
    host_prepare(s.h, s.y);
    s.y->exclusive_address = CPU_NOT_EXCLUSIVE; /* as random_state leaves x */
    backend_verify(s.h->work, true);
    return s;
}

static void finish(struct sweep *s)
{
    host_destroy(s->h);
    free(s->b);
    free(s->x);
    free(s->y);
}

static void sweep_host(uint32_t features)
{
    struct sweep s = start(features);
    for (unsigned op = IR_VPAIR; op < IR_VFADD; op++) {
        arena_init(&s.arena, 0);
        sweep_op(&s, op);
        arena_free(&s.arena);
    }
    cr_assert_gt(s.checked, 10000);
    finish(&s);
}

static ir_ref vector(struct sweep *s, unsigned op, unsigned sub, ir_ref a, ir_ref b, unsigned aux)
{
    return ir_append(s->b, (struct ir_insn){.op = (uint8_t)op, .type = IR_V128, .sub = (uint8_t)sub,
                                            .a = a, .b = b, .aux = aux});
}

static void run_pair(struct sweep *s, ir_ref r, unsigned to)
{
    put_result(s, r, IR_V128, to);
    ir_goto(s->b, 0x10004);
    run(s);
}

/* An op on v0 and v1, v2 or a constant; then one on that and one of v0 to v2, into one of all. */
static void run_logic(struct sweep *s, unsigned inner, unsigned outer, unsigned how)
{
    bool first = how & 1, is_constant = how & 2;
    unsigned x = how >> 2 & 1, z = (how >> 3) % 3, to = how >> 5 & 3;
    ir_start(s->b, &test_guest, 0x10000, 0);
    ir_insn_start(s->b, 0x10000, 4);
    ir_ref v[3];
    for (unsigned i = 0; i < 3; i++)
        v[i] = operand(s, 'V', IR_VOID, i);
    ir_ref y = v[1 + x];
    if (is_constant)
        y = vector(s, IR_VPAIR, 0, ir_const(s->b, 0x123456789abcdef), ir_const(s->b, how), 0);
    ir_ref r = vector(s, inner, 0, x ? y : v[0], x ? v[0] : y, 0);
    r = outer == IR_VNOT ? vector(s, outer, 0, r, 0, 0)
                         : vector(s, outer, 0, first ? r : v[z], first ? v[z] : r, 0);
    run_pair(s, r, to);
}

Test(vector, two_logical_ops)
{
    static const uint8_t ops[] = {IR_VAND, IR_VOR, IR_VXOR, IR_VANDN, IR_VNOT};
    struct sweep s = start(UINT32_MAX);
    for (unsigned inner = 0; inner < sizeof ops; inner++)
        for (unsigned outer = 0; outer < sizeof ops; outer++)
            for (unsigned how = 0; how < 128; how++)
                run_logic(&s, ops[inner], ops[outer], how);
    finish(&s);
}

Test(vector, rotations)
{
    struct sweep s = start(UINT32_MAX);
    for (unsigned n = 0; n < 64; n++) {
        for (unsigned how = 0; how < 16; how++) {
            unsigned sub = how & 1 ? IR_I32 : IR_I64, width = how & 1 ? 32 : 64;
            ir_start(s.b, &test_guest, 0x10000, 0);
            ir_insn_start(s.b, 0x10000, 4);
            ir_ref a = operand(&s, 'V', IR_VOID, 0), b = operand(&s, 'V', IR_VOID, how == 15);
            ir_ref left = vector(&s, IR_VSHL, sub, a, 0, n % width);
            ir_ref right = vector(&s, IR_VSHR, sub, b, 0, width - n % width - (how == 14));
            run_pair(&s, vector(&s, how & 4 ? IR_VOR : IR_VXOR, 0, how & 2 ? left : right,
                                how & 2 ? right : left, 0), how & 8 ? 0 : 3);
        }
    }
    finish(&s);
}

enum {
    LEVEL_AVX = HOST_AVX | HOST_PCLMUL | HOST_AES,
    LEVEL_AVX2 = LEVEL_AVX | HOST_AVX2 | HOST_BMI1 | HOST_BMI2 | HOST_LZCNT | HOST_FMA,
    LEVEL_AVX512 = LEVEL_AVX2 | HOST_AVX512,
};

Test(vector, baseline)
{
    sweep_host(0);
}

Test(vector, baseline_gfni)
{
    sweep_host(HOST_GFNI | HOST_AES);
}

Test(vector, avx)
{
    sweep_host(LEVEL_AVX);
}

Test(vector, avx2)
{
    sweep_host(LEVEL_AVX2);
}

Test(vector, avx512)
{
    sweep_host(LEVEL_AVX512);
}

Test(vector, all)
{
    sweep_host(UINT32_MAX);
}
