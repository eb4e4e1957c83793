/* Random IR: the interpreter and the backend agree, whatever the host offers and the allocator
 * chooses. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ir/test_guest.h"
#include "tests/ra/agree.h"

static void run_variant(const struct variant *v)
{
    agree(v, 1000, 12500);
}

Test(random_ir, folded)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, false, false, OPTIONS(RANDOM_ALL, 8)});
}

Test(random_ir, as_it_stands)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, false, false,
                                  OPTIONS(RANDOM_ALL, 8, .as_it_stands = true)});
}

Test(random_ir, random_choices)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, true, false, OPTIONS(RANDOM_ALL, 24)});
}

Test(random_ir, baseline_host)
{
    run_variant(&(struct variant){0, -1, -1, true, false, OPTIONS(RANDOM_ALL, 8)});
}

Test(random_ir, nothing_pinned)
{
    run_variant(&(struct variant){UINT32_MAX, 0, 0, true, false, OPTIONS(RANDOM_ALL, 8)});
}

Test(random_ir, all_pinned)
{
    run_variant(&(struct variant){UINT32_MAX, 32, 32, true, false, OPTIONS(RANDOM_ALL, 8)});
}

Test(random_ir, arm_float_rules)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, false, false,
                                  OPTIONS(RANDOM_ALL | RANDOM_PAYLOAD | RANDOM_FLUSH, 8)});
}

Test(random_ir, tlb)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, true, false, OPTIONS(RANDOM_ALL, 16), .tlb = true});
}

Test(random_ir, tlb_all_pinned_baseline)
{
    run_variant(&(struct variant){0, 32, 32, false, false, OPTIONS(RANDOM_ALL, 16), .tlb = true});
}

/* The same on hosts that offer less; vectors and floats only. */
static void run_float_variant(uint32_t features, int pins)
{
    run_variant(&(struct variant){features, -1, pins, true, false,
                                  OPTIONS(RANDOM_FLOAT | RANDOM_VECTOR | RANDOM_FLAGS | RANDOM_PAYLOAD, 8)});
}

Test(random_ir, floats)
{
    run_float_variant(UINT32_MAX, -1);
}

Test(random_ir, floats_avx2)
{
    run_float_variant(~(uint32_t)HOST_AVX512, -1);
}

Test(random_ir, floats_avx_few_temporaries)
{
    run_float_variant(HOST_AVX | HOST_F16C, 32);
}

Test(random_ir, floats_baseline)
{
    run_float_variant(0, -1);
}

Test(random_ir, few_pins_baseline)
{
    run_variant(
        &(struct variant){0, 3, 2, true, false, OPTIONS(RANDOM_ALL, 60, .as_it_stands = true)});
}

/* Much of what makes and asks for flags: they are made late, from operands that must live on. */
#define FLAGS (RANDOM_INT | RANDOM_FLAGS | RANDOM_GUARD | RANDOM_MEMORY | RANDOM_HELPER)

Test(random_ir, flags)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, true, false, OPTIONS(FLAGS, 24)});
}

Test(random_ir, flags_folded_few_registers)
{
    run_variant(&(struct variant){UINT32_MAX, 32, 32, false, false, OPTIONS(FLAGS, 60)});
}

Test(random_ir, flags_as_they_stand)
{
    run_variant(&(struct variant){0, 3, 2, true, false,
                                  OPTIONS(RANDOM_INT | RANDOM_FLAGS, 40, .as_it_stands = true)});
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
        g->out = (struct code_buffer){first,     sizeof first,    0, g->exits, HOST_MAX_EXITS, 0,
                                      g->relocs, HOST_MAX_RELOCS, 0, g->maps,  HOST_MAPS,      0};
        h->out =
            (struct code_buffer){second + 16, sizeof second - 16, 0, h->exits, HOST_MAX_EXITS, 0,
                                 h->relocs,   HOST_MAX_RELOCS,    0, h->maps,  HOST_MAPS,      0};
        cr_assert(backend_emit(g->be, g->work, b, &g->out) &&
                  backend_emit(h->be, h->work, b, &h->out));
        cr_assert_eq(g->out.size, h->out.size);
        cr_assert(memcmp(first, second + 16, g->out.size) == 0, "seed %llu",
                  (unsigned long long)seed);
        cr_assert_eq(g->out.maps_size, h->out.maps_size);
        cr_assert(memcmp(g->maps, h->maps, g->out.maps_size) == 0, "seed %llu",
                  (unsigned long long)seed);
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
        struct code_buffer out = {code,
                                  sizeof code,
                                  0,
                                  h->exits,
                                  n == 0 ? 0 : HOST_MAX_EXITS,
                                  0,
                                  h->relocs,
                                  n == 1 ? 0 : HOST_MAX_RELOCS,
                                  0,
                                  h->maps,
                                  n == 2 ? 1 : HOST_MAPS,
                                  0};
        cr_assert_not(backend_emit(h->be, h->work, b, &out));
    }
    free(b);
    host_destroy(h);
}
