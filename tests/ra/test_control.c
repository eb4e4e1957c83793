/*
 * What crosses blocks: linked exits, calls and predicted returns, returns that leave several
 * functions at once, the jump cache, polls; and what the translator relies on to patch exits.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ir/random_ir.h"
#include "tests/ir/test_guest.h"
#include "tests/ra/host.h"

enum { RA = TG_X0 + 12, MAX_BLOCKS = 8 }; /* the slot that returns go by: one that is not pinned */

struct program {
    struct host *h;
    struct cpu *cpu;
    unsigned n;
    struct {
        uint64_t pc;
        uint8_t *code;
        unsigned nexits;
        struct code_exit exits[4];
    } blocks[MAX_BLOCKS];
};

static struct ir_block *block;

static void start(struct program *p)
{
    memset(p, 0, sizeof *p);
    p->h = host_create(&test_guest, backend_host_features(), -1, -1);
    p->cpu = aligned_alloc(64, sizeof *p->cpu);
    memset(p->cpu, 0, sizeof *p->cpu);
    host_prepare(p->h, p->cpu);
    block = calloc(1, sizeof *block);
}

static void finish(struct program *p)
{
    host_destroy(p->h);
    free(p->cpu);
    free(block);
}

static void begin(uint64_t pc)
{
    ir_start(block, &test_guest, pc, 0);
    ir_insn_start(block, pc, 4);
}

/* Emits the block behind those that are there. */
static void add(struct program *p)
{
    cr_assert(host_emit(p->h, block));
    p->blocks[p->n].pc = block->pc;
    p->blocks[p->n].code = p->h->code;
    p->blocks[p->n].nexits = p->h->out.nexits;
    memcpy(p->blocks[p->n].exits, p->h->exits, p->h->out.nexits * sizeof p->h->exits[0]);
    p->n++;
    p->h->code += (p->h->out.size + 15) / 16 * 16;
}

/* Links every exit whose target is a block. */
static void link_all(struct program *p)
{
    for (unsigned i = 0; i < p->n; i++)
        for (unsigned k = 0; k < p->blocks[i].nexits; k++)
            for (unsigned to = 0; to < p->n; to++) {
                uint8_t *patch = p->blocks[i].code + p->blocks[i].exits[k].patch;
                int32_t displacement = (int32_t)(p->blocks[to].code - (patch + 4));
                if (p->blocks[to].pc == p->blocks[i].exits[k].target)
                    memcpy(patch, &displacement, 4);
            }
}

static enum ir_exit run(struct program *p, unsigned first)
{
    p->h->code = p->blocks[first].code;
    memcpy(p->h->exits, p->blocks[first].exits, sizeof p->blocks[first].exits);
    return host_run(p->h, p->cpu, block);
}

static uint64_t *slot(struct program *p, unsigned s)
{
    return cpu_slot(p->cpu, &test_guest.slots[s]);
}

static void add_caller(struct program *p, uint64_t pc, uint64_t callee, uint64_t back)
{
    begin(pc);
    ir_put(block, RA, ir_pc(block, back));
    ir_call(block, callee, back);
    add(p);
}

static void add_exit(struct program *p, uint64_t pc)
{
    begin(pc);
    ir_exit(block, IR_EXIT_SYSCALL, pc + 4);
    add(p);
}

Test(control, call_and_return)
{
    struct program p;
    start(&p);
    add_caller(&p, 0x1000, 0x2000, 0x1004);
    begin(0x2000);
    ir_put(block, TG_X0, ir_op2(block, IR_ADD, IR_I64, ir_get(block, TG_X0), ir_const(block, 7)));
    ir_return(block, ir_get(block, RA));
    add(&p);
    add_exit(&p, 0x1004);
    link_all(&p);
    void *top = p.cpu->return_sp;
    cr_assert_eq(run(&p, 0), IR_EXIT_SYSCALL);
    cr_assert_eq(p.cpu->exit_pc, 0x1008);
    cr_assert_eq(*slot(&p, TG_X0), 7);
    cr_assert_eq(p.cpu->return_sp, top, "the shadow stack is as it was");
    finish(&p);
}

/* 0x1000 calls 0x2000 calls 0x3000, which returns to 0x1004, as longjmp does. */
Test(control, return_over_a_caller)
{
    struct program p;
    start(&p);
    add_caller(&p, 0x1000, 0x2000, 0x1004);
    add_caller(&p, 0x2000, 0x3000, 0x2004);
    begin(0x3000);
    ir_put(block, RA, ir_pc(block, 0x1004));
    ir_return(block, ir_get(block, TG_X0 + 1));
    add(&p);
    add_exit(&p, 0x1004);
    link_all(&p);
    void *top = p.cpu->return_sp;
    *slot(&p, TG_X0 + 1) = 0x1004;
    cr_assert_eq(run(&p, 0), IR_EXIT_SYSCALL);
    cr_assert_eq(p.cpu->exit_pc, 0x1008);
    cr_assert_eq(p.cpu->return_sp, top);
    finish(&p);
}

/* An address that nobody has called for is a computed jump: to the runtime, then through the cache.
 */
Test(control, return_elsewhere)
{
    struct program p;
    start(&p);
    begin(0x1000);
    ir_return(block, ir_op2(block, IR_AND, IR_I64, ir_get(block, RA), ir_const(block, -2)));
    add(&p);
    add_exit(&p, 0x5000);
    *slot(&p, RA) = 0x5001;
    cr_assert_eq(run(&p, 0), IR_EXIT_NONE);
    cr_assert_eq(p.cpu->exit_pc, 0x5000);
    p.cpu->jump_cache[cpu_jump_index(0x5000)] = (struct cpu_jump){0x5000, p.blocks[1].code};
    cr_assert_eq(run(&p, 0), IR_EXIT_SYSCALL);
    cr_assert_eq(p.cpu->exit_pc, 0x5004);
    finish(&p);
}

Test(control, computed_jump)
{
    struct program p;
    start(&p);
    begin(0x1000);
    ir_goto_indirect(block, ir_get(block, TG_X0 + 2));
    add(&p);
    add_exit(&p, 0x6000);
    *slot(&p, TG_X0 + 2) = 0x6000;
    cr_assert_eq(run(&p, 0), IR_EXIT_NONE);
    cr_assert_eq(p.cpu->exit_pc, 0x6000);
    p.cpu->jump_cache[cpu_jump_index(0x6000)] = (struct cpu_jump){0x6000, p.blocks[1].code};
    cr_assert_eq(run(&p, 0), IR_EXIT_SYSCALL);
    *slot(&p, TG_X0 + 2) = 0;
    cr_assert_eq(run(&p, 0), IR_EXIT_NONE);
    cr_assert_eq(p.cpu->exit_pc, 0, "a jump to 0 does not match an empty entry");
    finish(&p);
}

/* A computed call that misses pushes its prediction too: the callee comes back. */
Test(control, computed_call)
{
    struct program p;
    start(&p);
    begin(0x1000);
    ir_put(block, RA, ir_pc(block, 0x1004));
    ir_call_indirect(block, ir_get(block, TG_X0 + 2), 0x1004);
    add(&p);
    begin(0x2000);
    ir_return(block, ir_get(block, RA));
    add(&p);
    add_exit(&p, 0x1004);
    link_all(&p);
    void *top = p.cpu->return_sp;
    *slot(&p, TG_X0 + 2) = 0x2000;
    cr_assert_eq(run(&p, 0), IR_EXIT_NONE);
    cr_assert_eq(p.cpu->exit_pc, 0x2000);
    cr_assert_eq(run(&p, 1), IR_EXIT_SYSCALL);
    cr_assert_eq(p.cpu->exit_pc, 0x1008);
    cr_assert_eq(p.cpu->return_sp, top);
    finish(&p);
}

/* A loop of two blocks that only a poll can leave. */
Test(control, polls)
{
    struct program p;
    start(&p);
    begin(0x1000);
    ir_put(block, TG_X0 + 13,
           ir_op2(block, IR_ADD, IR_I64, ir_get(block, TG_X0 + 13), ir_const(block, 1)));
    ir_goto(block, 0x2000);
    add(&p);
    begin(0x2000);
    ir_put(block, TG_X0 + 14, ir_get(block, TG_X0 + 13));
    ir_goto(block, 0x1000);
    add(&p);
    link_all(&p);
    p.cpu->attention = 1;
    cr_assert_eq(run(&p, 0), IR_EXIT_NONE);
    cr_assert_eq(p.cpu->exit_pc, 0x1000);
    cr_assert_eq(*slot(&p, TG_X0 + 13), 1);
    cr_assert_eq(*slot(&p, TG_X0 + 14), 1, "the state is at home");
    finish(&p);
}

/* An exit's field lies within 16 aligned bytes and leads to its thunk. */
Test(control, exits_can_be_patched)
{
    struct host *h = host_create(&test_guest, backend_host_features(), -1, -1);
    struct random_options options = {.groups = RANDOM_ALL, .guest_insns = 24, .pc = 0x10000};
    block = calloc(1, sizeof *block);
    for (uint64_t seed = 1; seed < 500; seed++) {
        random_block(block, seed, &options);
        cr_assert(host_emit(h, block));
        for (unsigned i = 0; i < h->out.nexits; i++) {
            const struct code_exit *x = &h->exits[i];
            int32_t displacement;
            memcpy(&displacement, h->code + x->patch, 4);
            cr_assert_leq(x->patch % 16, 12, "seed %llu", (unsigned long long)seed);
            cr_assert_eq(x->patch + 4 + (uint32_t)displacement, x->thunk);
        }
    }
    free(block);
    host_destroy(h);
}
