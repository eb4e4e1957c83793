/*
 * Precise state: random blocks whose memory is partly inaccessible. After a host fault the state
 * that backend_recover writes home is the interpreter's at the same instruction.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ir/test_guest.h"
#include "tests/ra/agree.h"

static void run_variant(const struct variant *v)
{
    enum { QUICK = 300, LONG = 10000 };
    unsigned faults = agree(v, QUICK, LONG);
    cr_assert_gt(faults, QUICK / 5, "only %u faults", faults);
}

#define MEMORY                                                                                     \
    (RANDOM_INT | RANDOM_FLAGS | RANDOM_MEMORY | RANDOM_ATOMIC | RANDOM_EXCLUSIVE | RANDOM_FLOAT | RANDOM_VECTOR |    \
     RANDOM_HELPER)

Test(maps, folded)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, false, true, OPTIONS(MEMORY, 16)});
}

Test(maps, guards_and_big_endian)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, false, true, OPTIONS(RANDOM_ALL, 24)});
}

Test(maps, random_choices)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, true, true,
                                  OPTIONS(MEMORY, 32, .as_it_stands = true)});
}

Test(maps, nothing_pinned)
{
    run_variant(&(struct variant){UINT32_MAX, 0, 0, true, true, OPTIONS(MEMORY, 32)});
}

Test(maps, all_pinned_baseline)
{
    run_variant(&(struct variant){0, 32, 32, true, true, OPTIONS(MEMORY, 16)});
}

/* Flags that a map describes by what they are made from. */
Test(maps, flags)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, true, true,
                                  OPTIONS(RANDOM_INT | RANDOM_FLAGS | RANDOM_MEMORY, 24)});
}

Test(maps, flags_and_guards)
{
    run_variant(&(struct variant){
        UINT32_MAX, 32, 32, false, true,
        OPTIONS(RANDOM_INT | RANDOM_FLAGS | RANDOM_MEMORY | RANDOM_GUARD, 24)});
}

/* Without exclusives: a stx that fails may fault or not, and does here. */
Test(maps, tlb)
{
    run_variant(&(struct variant){UINT32_MAX, -1, -1, true, true, OPTIONS(MEMORY & ~RANDOM_EXCLUSIVE, 24),
                                  .tlb = true});
}

Test(maps, tlb_flags_and_guards)
{
    run_variant(&(struct variant){UINT32_MAX, 32, 32, false, true,
                                  OPTIONS(RANDOM_INT | RANDOM_FLAGS | RANDOM_MEMORY | RANDOM_GUARD, 24),
                                  .tlb = true});
}

/* An offset that is no fault's is refused and changes nothing. */
Test(maps, unknown_offset)
{
    struct host *h = host_create(&test_guest, backend_host_features(), -1, -1);
    struct ir_block *b = calloc(1, sizeof *b);
    struct cpu *cpu = aligned_alloc(64, sizeof *cpu), *before = aligned_alloc(64, sizeof *before);
    struct random_options options = OPTIONS(MEMORY, 24);
    struct host_state state;
    memset(&state, 0x5a, sizeof state);
    random_block(b, 7, &options);
    cr_assert(host_emit(h, b));
    unsigned found = 0;
    for (uint32_t offset = 0; offset < h->out.size; offset++) {
        memset(cpu, 0, sizeof *cpu);
        memset(before, 0, sizeof *before);
        if (backend_recover(h->be, h->maps, h->out.maps_size, offset, b->pc, &state, cpu))
            found++;
        else
            cr_assert(memcmp(cpu, before, sizeof *cpu) == 0);
    }
    cr_assert_gt(found, 0);
    cr_assert_lt(found, h->out.size / 4);
    free(cpu);
    free(before);
    free(b);
    host_destroy(h);
}
