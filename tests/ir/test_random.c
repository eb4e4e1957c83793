/*
 * Random blocks: the builder's folded form against the same program as it stands, both in the
 * interpreter; what the checker says of them; and their way through the printer and parser.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fp.h"
#include "tests/ir/random_ir.h"
#include "tests/ir/test_guest.h"

enum { MXCSR_START = 0x1f80, FLAGS_SEEN = FP_MXCSR_FLAGS & ~IR_EXC_DENORMAL };

struct bench {
    struct ir_block plain, folded, parsed;
    struct cpu cpu[2];
    _Alignas(16) uint8_t scratch[2][TG_SCRATCH];
    struct arena arena;
};

static struct bench *bench_create(void)
{
    struct bench *t = aligned_alloc(64, (sizeof *t + 63) & ~(size_t)63);
    cr_assert_not_null(t);
    memset(t, 0, sizeof *t);
    arena_init(&t->arena, 0);
    return t;
}

static unsigned blocks(unsigned quick)
{
    return getenv("FERRY_LONG") ? quick * 10 : quick;
}

/* Runs a block from the state of `seed`; everything it leaves behind ends up in cpu[i], scratch[i]. */
static enum ir_exit run(struct bench *t, const struct ir_block *b, uint64_t seed, int i,
                        uint32_t *flags)
{
    static _Alignas(16) uint8_t arena[TG_SCRATCH];
    uint32_t before = fp_get_mxcsr();
    random_state(&t->cpu[i], arena, seed);
    fp_set_mxcsr(MXCSR_START | (uint32_t)(seed & 3) << FP_MXCSR_ROUND_SHIFT);
    enum ir_exit reason = ir_interpret(b, &t->cpu[i]);
    *flags = fp_get_mxcsr() & FLAGS_SEEN;
    fp_set_mxcsr(before);
    memcpy(t->scratch[i], arena, sizeof arena);
    return reason;
}

static void compare(struct bench *t, const struct ir_block *x, const struct ir_block *y,
                    uint64_t seed)
{
    for (uint64_t state = seed; state < seed + 2; state++) {
        uint32_t flags[2];
        char why[160] = "";
        enum ir_exit p = run(t, x, state, 0, &flags[0]), q = run(t, y, state, 1, &flags[1]);
        bool same = p == q && flags[0] == flags[1] && t->cpu[0].exit_info == t->cpu[1].exit_info &&
                    random_same(&t->cpu[0], &t->cpu[1], why, sizeof why) &&
                    memcmp(t->scratch[0], t->scratch[1], TG_SCRATCH) == 0;
        cr_assert(same, "seed %" PRIu64 ": reason %d and %d, FP flags %#x and %#x, %s\n%s\n%s",
                  seed, p, q, flags[0], flags[1], why, ir_print(x, &t->arena),
                  ir_print(y, &t->arena));
    }
}

static void check(struct bench *t, const struct ir_block *b, uint64_t seed)
{
    const char *error = ir_check(b, &t->arena);
    cr_assert_null(error, "seed %" PRIu64 ": %s\n%s", seed, error, ir_print(b, &t->arena));
}

static void fold_agrees(uint32_t groups, unsigned count, uint64_t first)
{
    struct bench *t = bench_create();
    for (uint64_t seed = first; seed < first + count; seed++) {
        struct random_options o = {.groups = groups, .pc = 0x10000 + (seed & 0xff) * 2};
        random_block(&t->folded, seed, &o);
        o.as_it_stands = true;
        random_block(&t->plain, seed, &o);
        check(t, &t->plain, seed);
        check(t, &t->folded, seed);
        compare(t, &t->plain, &t->folded, seed);
        ir_remove_dead(&t->folded);
        check(t, &t->folded, seed);
        compare(t, &t->plain, &t->folded, seed);
        arena_reset(&t->arena);
    }
    arena_free(&t->arena);
    free(t);
}

/* All the ways a block can go: every group at once. */
Test(random, folding_keeps_meaning)
{
    fold_agrees(RANDOM_ALL, blocks(10000), 1);
}

/* Integers alone, where nearly all folds are, so that chains of them come about. */
Test(random, integer_folding_keeps_meaning)
{
    fold_agrees(RANDOM_INT | RANDOM_GUARD | RANDOM_FLAGS, blocks(10000), 1u << 30);
}

Test(random, float_rules_of_arm)
{
    fold_agrees(RANDOM_FLOAT | RANDOM_INT | RANDOM_VECTOR | RANDOM_PAYLOAD | RANDOM_FLUSH,
                blocks(2000), 1u << 29);
}

/* Equal but for the numbering of constants, which the text does not hold. */
static bool same_insns(const struct ir_block *x, const struct ir_block *y)
{
    for (unsigned i = 0, j = 0;; i++, j++) {
        while (i < x->n && x->insns[i].op == IR_NOP)
            i++;
        while (j < y->n && y->insns[j].op == IR_NOP)
            j++;
        if (i == x->n || j == y->n)
            return i == x->n && j == y->n;
        struct ir_insn p = x->insns[i], q = y->insns[j];
        const struct ir_op_info *info = &ir_op_info[p.op];
        for (int k = 0; k < 4; k++) {
            ir_ref *a = &(&p.a)[k], *b = &(&q.a)[k];
            if (!ir_operand_is_ref(info, k) || !ir_is_const(*a) || !ir_is_const(*b))
                continue;
            const struct ir_const *c = &x->consts[*a & ~IR_CONST_BIT];
            const struct ir_const *d = &y->consts[*b & ~IR_CONST_BIT];
            if (c->value != d->value || c->kind != d->kind)
                return false;
            *a = *b;
        }
        if (memcmp(&p, &q, sizeof p) != 0)
            return false;
    }
}

Test(random, text_goes_round)
{
    struct bench *t = bench_create();
    for (uint64_t seed = 0; seed < blocks(2000); seed++) {
        struct random_options o = {.groups = RANDOM_ALL | RANDOM_PAYLOAD | RANDOM_FLUSH,
                                   .pc = random_next(&(struct random){seed}),
                                   .as_it_stands = seed & 1};
        random_block(&t->plain, seed, &o);
        const char *text = ir_print(&t->plain, &t->arena);
        const char *error = ir_parse(&t->parsed, &test_guest, text, &t->arena);
        cr_assert_null(error, "%s\n%s", error, text);
        cr_assert_str_eq(ir_print(&t->parsed, &t->arena), text);
        cr_assert(same_insns(&t->plain, &t->parsed), "seed %" PRIu64 "\n%s", seed, text);
        arena_reset(&t->arena);
    }
    arena_free(&t->arena);
    free(t);
}

/* Damaged text gives an error or a block that the checker can judge; the sanitizers watch. */
Test(random, damaged_text)
{
    struct bench *t = bench_create();
    unsigned refused = 0, count = blocks(3000);
    for (uint64_t seed = 0; seed < count; seed++) {
        struct random r = {seed};
        random_block(&t->plain, seed, &(struct random_options){RANDOM_ALL, .guest_insns = 3});
        char *text = ir_print(&t->plain, &t->arena);
        size_t size = strlen(text);
        for (unsigned n = 1 + random_below(&r, 4); n--;) {
            char *at = text + random_below(&r, (unsigned)size);
            if (random_below(&r, 2))
                *at = text[random_below(&r, (unsigned)size)];
            else
                *at = (char)(random_next(&r) % 127 + 1);
        }
        refused += ir_parse(&t->parsed, &test_guest, text, &t->arena) ||
                   ir_check(&t->parsed, &t->arena);
        arena_reset(&t->arena);
    }
    cr_expect_gt(refused, count / 2);
    arena_free(&t->arena);
    free(t);
}

/* Damaged instructions are refused or harmless, never followed outside the tables. */
Test(random, damaged_instructions)
{
    struct bench *t = bench_create();
    unsigned refused = 0, count = blocks(20000);
    for (uint64_t seed = 0; seed < count; seed++) {
        struct random r = {seed};
        random_block(&t->plain, seed % 100, &(struct random_options){RANDOM_ALL, .guest_insns = 3});
        uint8_t *bytes = (uint8_t *)&t->plain.insns[1];
        for (unsigned n = 1 + random_below(&r, 3); n--;)
            bytes[random_below(&r, (t->plain.n - 1) * 16)] = (uint8_t)random_next(&r);
        refused += ir_check(&t->plain, &t->arena) != NULL;
        arena_reset(&t->arena);
    }
    cr_expect_gt(refused, count / 2);
    arena_free(&t->arena);
    free(t);
}

/* The generator is worth its name: every op that a block can hold comes up. */
Test(random, every_op_comes_up)
{
    struct bench *t = bench_create();
    bool seen[IR_OP_COUNT] = {[IR_NOP] = true};
    for (uint64_t seed = 0; seed < 3000; seed++) {
        random_block(&t->plain, seed, &(struct random_options){RANDOM_ALL, .as_it_stands = true});
        for (unsigned i = 1; i < t->plain.n; i++)
            seen[t->plain.insns[i].op] = true;
    }
    for (unsigned op = 0; op < IR_OP_COUNT; op++)
        cr_expect(seen[op], "%s", ir_op_info[op].text);
    free(t);
}
