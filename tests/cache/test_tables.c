/*
 * The translator's tables and links, without any guest: blocks are made by hand, code memory holds
 * nothing but the fields that linking patches.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "translator/internal.h"

static struct translator t;

static void create(void)
{
    memset(&t, 0, sizeof t);
    memory_create(&t);
    t.reserved_chunks = 1;
    atomic_store(&t.next_chunk, 1);
}

static uint32_t add_block(uint64_t pc, uint32_t mode, uint32_t code, uint64_t lo, uint64_t hi)
{
    uint32_t index = atomic_fetch_add(&t.next_block, 1);
    struct block *b = &t.blocks[index];
    *b = (struct block){.pc = pc, .backing = pc, .mode = mode, .code = code, .code_size = 64,
                        .before = (uint16_t)(pc - lo), .after = (uint16_t)(hi - pc)};
    cr_assert(pages_insert(&t, index));
    cr_assert(table_insert(&t, index));
    return index;
}

static struct block *find(uint64_t pc, uint32_t mode)
{
    return table_find(&t, &(struct block_key){pc, pc, mode});
}

/* A block of a machine: its bytes are at `backing`, and `more` of them at `next`. */
static uint32_t add_backed(uint64_t pc, uint64_t backing, uint64_t size, uint64_t next, uint64_t more)
{
    uint32_t index = atomic_fetch_add(&t.next_block, 1);
    t.blocks[index] = (struct block){.pc = pc, .backing = backing, .code = 0x10000, .code_size = 64,
                                     .after = (uint16_t)size,
                                     .next = next, .next_size = (uint8_t)more};
    cr_assert(pages_insert(&t, index));
    cr_assert(table_insert(&t, index));
    return index;
}

static uint32_t add_exit(uint64_t target, uint32_t patch, uint32_t thunk)
{
    uint32_t exit = atomic_fetch_add(&t.next_exit, 1);
    t.exits[exit] = (struct exit_record){.target = target, .patch = patch, .thunk = thunk};
    return exit;
}

/* Where the rel32 at `patch` leads, as an offset in code memory. */
static uint32_t leads_to(uint32_t patch)
{
    int32_t displacement;
    memcpy(&displacement, t.rx + patch, 4);
    return patch + 4 + (uint32_t)displacement;
}

Test(tables, find_by_pc_and_mode, .init = create)
{
    uint32_t a = add_block(0x10000, 0, 0x10000, 0x10000, 0x10010);
    uint32_t b = add_block(0x10000, 1, 0x10040, 0x10000, 0x10010);
    cr_assert_eq(find(0x10000, 0), &t.blocks[a]);
    cr_assert_eq(find(0x10000, 1), &t.blocks[b]);
    cr_assert_null(find(0x10002, 0));
    cr_assert_null(find(0x10000, 2));
}

Test(tables, neighbours_that_collide_are_all_found, .init = create)
{
    for (uint64_t pc = 0x400000; pc < 0x402000; pc += 2)
        add_block(pc, 0, 0x10000, pc, pc + 2);
    for (uint64_t pc = 0x400000; pc < 0x402000; pc += 2)
        cr_assert_eq(find(pc, 0)->pc, pc);
}

Test(tables, removal_leaves_later_entries_reachable, .init = create)
{
    uint32_t a = add_block(0x1000, 0, 0x10000, 0x1000, 0x1002);
    uint32_t b = add_block(0x1002, 0, 0x10040, 0x1002, 0x1004);
    table_remove(&t, a);
    cr_assert_null(find(0x1000, 0));
    cr_assert_eq(find(0x1002, 0), &t.blocks[b]);
}

Test(tables, invalidation_kills_what_overlaps_and_only_that, .init = create)
{
    uint32_t before = add_block(0x2000, 0, 0x10000, 0x2000, 0x2010);
    uint32_t hit = add_block(0x2010, 0, 0x10040, 0x2010, 0x2020);
    uint32_t across = add_block(0x1ff0, 0, 0x10080, 0x1ff0, 0x2014);
    uint32_t far = add_block(0x5000, 0, 0x100c0, 0x5000, 0x5010);
    pages_invalidate(&t, 0x2012, 4);
    cr_assert_not(t.blocks[before].dead);
    cr_assert(t.blocks[hit].dead);
    cr_assert(t.blocks[across].dead);
    cr_assert_not(t.blocks[far].dead);
    cr_assert_null(find(0x2010, 0));
    cr_assert_not_null(find(0x2000, 0));
}

Test(tables, a_huge_range_costs_its_pages_with_code_only, .init = create)
{
    uint32_t a = add_block(0x2000, 0, 0x10000, 0x2000, 0x2010);
    uint32_t b = add_block(0x7fff00002000, 0, 0x10040, 0x7fff00002000, 0x7fff00002010);
    pages_invalidate(&t, 0x10000, (uint64_t)1 << 44);
    cr_assert_not(t.blocks[a].dead);
    cr_assert_not(t.blocks[b].dead);
    pages_invalidate(&t, 0, UINT64_MAX);
    cr_assert(t.blocks[a].dead);
    cr_assert(t.blocks[b].dead);
}

Test(tables, one_pc_has_a_block_for_each_backing, .init = create)
{
    uint32_t a = add_backed(0x1000, 0x7f0000000000, 16, 0, 0);
    uint32_t b = add_backed(0x1000, 0x7f0000005000, 16, 0, 0);
    cr_assert_eq(table_find(&t, &(struct block_key){0x1000, 0x7f0000000000, 0}), &t.blocks[a]);
    cr_assert_eq(table_find(&t, &(struct block_key){0x1000, 0x7f0000005000, 0}), &t.blocks[b]);
    cr_assert_null(table_find(&t, &(struct block_key){0x1000, 0x7f0000006000, 0}));
    pages_invalidate(&t, 0x7f0000005000, 4);
    cr_assert_not(t.blocks[a].dead);
    cr_assert(t.blocks[b].dead);
}

Test(tables, a_block_of_two_pages_dies_with_either, .init = create)
{
    uint32_t a = add_backed(0x1ffe, 0x7f0000000ffe, 2, 0x7f0000020000, 2);
    uint32_t b = add_backed(0x3ffe, 0x7f0000002ffe, 2, 0x7f0000030000, 2);
    pages_invalidate(&t, 0x7f0000020002, 8); /* behind it */
    pages_invalidate(&t, 0x7f0000001000, 8);
    cr_assert_not(t.blocks[a].dead);
    pages_invalidate(&t, 0x7f0000020001, 1);
    cr_assert(t.blocks[a].dead);
    pages_invalidate(&t, 0x7f0000002ffe, 1);
    cr_assert(t.blocks[b].dead);
}

Test(links, a_block_of_two_pages_is_never_linked_to, .init = create)
{
    uint32_t b = add_backed(0x1ffe, 0x7f0000000ffe, 2, 0x7f0000020000, 2);
    uint32_t exit = add_exit(0x1ffe, 0x10200, 0x10240);
    link_exit(&t, exit, &t.blocks[b]);
    cr_assert_eq(t.exits[exit].linked, 0u);
}

Test(links, linked_exit_leads_to_the_block_until_it_dies, .init = create)
{
    uint32_t b = add_block(0x3000, 0, 0x10100, 0x3000, 0x3010);
    uint32_t first = add_exit(0x3000, 0x10200, 0x10240), second = add_exit(0x3000, 0x10210, 0x10250);
    link_exit(&t, first, &t.blocks[b]);
    link_exit(&t, second, &t.blocks[b]);
    cr_assert_eq(leads_to(0x10200), 0x10100u);
    cr_assert_eq(leads_to(0x10210), 0x10100u);
    block_kill(&t, b);
    cr_assert_eq(leads_to(0x10200), 0x10240u);
    cr_assert_eq(leads_to(0x10210), 0x10250u);
}

Test(links, an_exit_never_stays_linked_to_a_dead_block, .init = create)
{
    uint32_t b = add_block(0x3000, 0, 0x10100, 0x3000, 0x3010);
    uint32_t exit = add_exit(0x3000, 0x10200, 0x10240);
    block_kill(&t, b);
    link_exit(&t, exit, &t.blocks[b]);
    cr_assert_eq(leads_to(0x10200), 0x10240u);
    cr_assert_eq(t.exits[exit].linked, 0u);
}

Test(links, a_new_block_is_linked_to_what_exists, .init = create)
{
    uint32_t b = add_block(0x3000, 0, 0x10100, 0x3000, 0x3010);
    uint32_t n = add_block(0x3010, 0, 0x10140, 0x3010, 0x3020);
    uint32_t exit = add_exit(0x3000, 0x10200, 0x10240);
    link_new(&t, &t.blocks[n], exit, 1);
    cr_assert_eq(leads_to(0x10200), t.blocks[b].code);
}

Test(memory, chunks_run_out_and_come_back, .init = create)
{
    struct translator_thread th = {0};
    uint32_t room, n = 0;
    while (memory_code_room(&t, &th, CHUNK_SIZE, &room)) {
        cr_assert_eq(room, (uint32_t)CHUNK_SIZE);
        th.chunk_used = CHUNK_SIZE;
        n++;
    }
    cr_assert_eq(n, t.nchunks - 1);
    memory_clear(&t);
    th.chunk = 0;
    cr_assert_neq(memory_code_room(&t, &th, 1, &room), 0u);
}
