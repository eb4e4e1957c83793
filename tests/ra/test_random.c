/*
 * Random IR: the interpreter and the backend must agree on everything a guest can see: slots, memory,
 * pc, reservation, accrued exceptions, and why the block was left. The checker watches each allocation.
 *
 * A block that disagrees is printed with its seed; `FERRY_SEED=n` repeats from that seed on, FERRY_LONG
 * runs the long set.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/fp.h"
#include "tests/ir/random_ir.h"
#include "tests/ir/test_guest.h"
#include "tests/ra/host.h"

enum { QUICK = 300, LONG = 12500, EXCEPTIONS = FP_MXCSR_FLAGS & ~IR_EXC_DENORMAL };

struct variant {
    uint32_t features;
    int int_pins, float_pins;
    bool random_choices;
    struct random_options options;
};

struct side {
    struct cpu *cpu;
    uint8_t memory[TG_SCRATCH];
    enum ir_exit exit;
    uint32_t exceptions;
};

static uint8_t scratch[TG_SCRATCH] __attribute__((aligned(4096)));

static unsigned count(void)
{
    return getenv("FERRY_LONG") ? LONG : QUICK;
}

static uint64_t first_seed(void)
{
    const char *s = getenv("FERRY_SEED");
    return s ? strtoull(s, NULL, 0) : 1;
}

static void start(struct host *h, struct cpu *cpu, uint64_t seed)
{
    memset(cpu, 0, sizeof *cpu);
    random_state(cpu, scratch, seed);
    for (unsigned i = 0; i < TG_HELPERS; i++)
        cpu->helper[i] = (void *)test_guest.helpers[i].fn;
    host_prepare(h, cpu);
    fp_set_mxcsr(0x1f80 | (uint32_t)(seed % 4) << FP_MXCSR_ROUND_SHIFT);
}

static void finish(struct side *s)
{
    s->exceptions = fp_get_mxcsr() & EXCEPTIONS;
    fp_set_mxcsr(0x1f80);
    memcpy(s->memory, scratch, sizeof scratch);
}

static void compare(const struct ir_block *b, uint64_t seed, const struct side *x, const struct side *y)
{
    char why[200] = "";
    bool same = random_same(x->cpu, y->cpu, why, sizeof why);
    if (same && x->exit != y->exit)
        snprintf(why, sizeof why, "exit %d, not %d", y->exit, x->exit);
    else if (same && x->exceptions != y->exceptions)
        snprintf(why, sizeof why, "exceptions %x, not %x", y->exceptions, x->exceptions);
    else if (same && memcmp(x->memory, y->memory, sizeof x->memory) != 0)
        snprintf(why, sizeof why, "memory differs");
    if (!why[0])
        return;
    struct arena arena;
    arena_init(&arena, 0);
    cr_assert_fail("seed %llu: %s\n%s", (unsigned long long)seed, why, ir_print(b, &arena));
}

static void run_variant(const struct variant *v)
{
    struct host *h = host_create(&test_guest, backend_host_features() & v->features, v->int_pins, v->float_pins);
    struct ir_block *b = calloc(1, sizeof *b);
    struct side x = {.cpu = aligned_alloc(64, sizeof *x.cpu)}, y = {.cpu = aligned_alloc(64, sizeof *y.cpu)};
    uint64_t seed = first_seed();
    backend_verify(h->work, true);
    for (unsigned i = 0; i < count(); i++, seed++) {
        random_block(b, seed, &v->options);
        backend_randomize(h->work, v->random_choices ? seed * 0x9e3779b97f4a7c15 : 0);
        cr_assert(host_emit(h, b), "seed %llu: no room", (unsigned long long)seed);
        start(h, x.cpu, seed);
        x.exit = ir_interpret(b, x.cpu);
        finish(&x);
        start(h, y.cpu, seed);
        y.exit = host_run(h, y.cpu, b);
        finish(&y);
        compare(b, seed, &x, &y);
    }
    free(x.cpu);
    free(y.cpu);
    free(b);
    host_destroy(h);
}

#define OPTIONS(what, insns, ...) {.groups = what, .guest_insns = insns, .pc = 0x10000, __VA_ARGS__}

Test(random_ir, folded)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, false, OPTIONS(RANDOM_ALL, 8)});
}

Test(random_ir, as_it_stands)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, false, OPTIONS(RANDOM_ALL, 8, .as_it_stands = true)});
}

Test(random_ir, random_choices)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, true, OPTIONS(RANDOM_ALL, 24)});
}

Test(random_ir, baseline_host)
{
    run_variant(&(struct variant){0, -1, -1, true, OPTIONS(RANDOM_ALL, 8)});
}

Test(random_ir, nothing_pinned)
{
    run_variant(&(struct variant){UINT32_MAX, 0, 0, true, OPTIONS(RANDOM_ALL, 8)});
}

Test(random_ir, all_pinned)
{
    run_variant(&(struct variant){UINT32_MAX, 32, 32, true, OPTIONS(RANDOM_ALL, 8)});
}

Test(random_ir, arm_float_rules)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, false,
                                  OPTIONS(RANDOM_ALL | RANDOM_PAYLOAD | RANDOM_FLUSH, 8)});
}

Test(random_ir, few_pins_baseline)
{
    run_variant(&(struct variant){0, 3, 2, true, OPTIONS(RANDOM_ALL, 60, .as_it_stands = true)});
}

/* The same IR gives the same bytes, and they do not depend on where they were made. */
Test(random_ir, deterministic)
{
    struct host *g = host_create(&test_guest, backend_host_features(), -1, -1);
    struct host *h = host_create(&test_guest, backend_host_features(), -1, -1);
    struct ir_block *b = calloc(1, sizeof *b);
    struct random_options options = OPTIONS(RANDOM_ALL, 16);
    static uint8_t first[1 << 16], second[1 << 16];
    for (uint64_t seed = 1; seed < 200; seed++) {
        random_block(b, seed, &options);
        g->out = (struct code_buffer){first, sizeof first, 0, g->exits, HOST_MAX_EXITS, 0, g->relocs,
                                      HOST_MAX_RELOCS, 0, g->maps, HOST_MAPS, 0};
        h->out = (struct code_buffer){second + 16, sizeof second - 16, 0, h->exits, HOST_MAX_EXITS, 0, h->relocs,
                                      HOST_MAX_RELOCS, 0, h->maps, HOST_MAPS, 0};
        cr_assert(backend_emit(g->be, g->work, b, &g->out) && backend_emit(h->be, h->work, b, &h->out));
        cr_assert_eq(g->out.size, h->out.size);
        cr_assert(memcmp(first, second + 16, g->out.size) == 0, "seed %llu", (unsigned long long)seed);
        cr_assert_eq(g->out.maps_size, h->out.maps_size);
        cr_assert(memcmp(g->maps, h->maps, g->out.maps_size) == 0, "seed %llu", (unsigned long long)seed);
    }
    free(b);
    host_destroy(g);
    host_destroy(h);
}

/* A table that is too small is refused, whatever it is, and nothing is written behind it. */
Test(random_ir, small_tables)
{
    struct host *h = host_create(&test_guest, backend_host_features(), -1, -1);
    struct ir_block *b = calloc(1, sizeof *b);
    struct random_options options = OPTIONS(RANDOM_ALL, 100);
    static uint8_t code[1 << 16], guard[64];
    memset(guard, 0xa5, sizeof guard);
    random_block(b, 5, &options);
    for (size_t capacity = 0; capacity < sizeof code - sizeof guard; capacity += 509) {
        memcpy(code + capacity, guard, sizeof guard);
        struct code_buffer out = {code, capacity, 0, h->exits, HOST_MAX_EXITS, 0, h->relocs,
                                  HOST_MAX_RELOCS, 0, h->maps, HOST_MAPS, 0};
        if (!backend_emit(h->be, h->work, b, &out))
            cr_assert(memcmp(code + capacity, guard, sizeof guard) == 0, "capacity %zu", capacity);
        else
            cr_assert(out.size <= capacity);
    }
    for (unsigned n = 0; n < 3; n++) {
        struct code_buffer out = {code, sizeof code, 0, h->exits, n == 0 ? 0 : HOST_MAX_EXITS, 0, h->relocs,
                                  n == 1 ? 0 : HOST_MAX_RELOCS, 0, h->maps, n == 2 ? 1 : HOST_MAPS, 0};
        cr_assert_not(backend_emit(h->be, h->work, b, &out));
    }
    free(b);
    host_destroy(h);
}
