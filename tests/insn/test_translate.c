/* The shared driver: where superblocks go on and where they end (frontend/translate.c). */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/insn/machine.h"

enum { BASE = 0x10000, NOP = 0x13 };

static struct {
    uint64_t lo, hi; /* readable */
    uint64_t split;  /* a window ends here */
    uint8_t bytes[65536];
} memory;

static const uint8_t *window(void *context, uint64_t pc, size_t *size)
{
    (void)context;
    uint64_t end = pc < memory.split ? memory.split : memory.hi;
    *size = pc >= memory.lo && pc < end ? end - pc : 0;
    return *size ? memory.bytes + (pc - BASE) : NULL;
}

static void fill(unsigned n, const uint32_t *words)
{
    reset(NULL);
    memory.lo = BASE;
    memory.hi = BASE + sizeof memory.bytes;
    memory.split = 0;
    for (unsigned i = 0; i < sizeof memory.bytes; i += 4)
        memcpy(memory.bytes + i, &(uint32_t){NOP}, 4);
    memcpy(memory.bytes, words, 4 * n);
}

static void translate(uint64_t pc, unsigned max, unsigned flags)
{
    struct code_source source = {window, NULL};
    frontend_translate(&frontend_riscv64, &config, &source, &block, pc, 0, max, flags);
    struct arena arena;
    arena_init(&arena, 0);
    const char *wrong = ir_check(&block, &arena);
    cr_assert(!wrong, "%s", wrong);
    arena_free(&arena);
}

/* The block's last op, and the guest pc it names. */
static unsigned last_op(uint64_t *target)
{
    const struct ir_insn *end = &block.insns[block.n - 1];
    *target = end->a && ir_is_const(end->a) ? ir_const_value(&block, end->a) : 0;
    return end->op;
}

#define EXPECT_END(want, pc)                                                                       \
    do {                                                                                           \
        uint64_t target;                                                                           \
        cr_expect_eq(last_op(&target), want, "%s", ir_op_info[block.insns[block.n - 1].op].text);  \
        cr_expect_eq(target, pc, "%#lx", target);                                                  \
    } while (0)

static uint32_t branch(int offset)
{
    return encode(RV_beq, "rs1", A0, "rs2", A1, "imm", (uint32_t)(offset / 2), NULL);
}

static uint32_t jump(unsigned rd, int offset)
{
    return encode(RV_jal, "rd", rd, "imm", (uint32_t)(offset / 2), NULL);
}

Test(translate, forward_branch_goes_on_backward_ends)
{
    fill(3, (uint32_t[]){branch(64), NOP, branch(-8)});
    translate(BASE, 0, 0);
    cr_expect_eq(block.nguest, 3);
    cr_expect(block.lo == BASE && block.hi == BASE + 12);
    EXPECT_END(IR_GOTO, BASE + 12);
}

Test(translate, forward_jump_is_followed)
{
    fill(1, (uint32_t[]){jump(0, 0x100)});
    memcpy(memory.bytes + 0x100, &(uint32_t){encode(RV_ecall, NULL)}, 4);
    translate(BASE, 0, 0);
    cr_expect_eq(block.nguest, 2);
    cr_expect(block.lo == BASE && block.hi == BASE + 0x104);
    EXPECT_END(IR_EXIT, BASE + 0x104);
    fill(1, (uint32_t[]){jump(0, 0x8000)});
    translate(BASE, 0, 0);
    cr_expect_eq(block.nguest, 1, "too far");
    EXPECT_END(IR_GOTO, BASE + 0x8000);
    fill(2, (uint32_t[]){NOP, jump(0, -4)});
    translate(BASE, 0, 0);
    EXPECT_END(IR_GOTO, BASE);
}

/* Guards of the block that leave for `target`. */
static unsigned guards_to(uint64_t target)
{
    unsigned n = 0;
    for (unsigned i = 0; i < block.n; i++)
        n += block.insns[i].op == IR_BRCC &&
             block.consts[block.insns[i].c & ~IR_CONST_BIT].value == target;
    return n;
}

Test(translate, short_loops_are_gone_round)
{
    uint32_t words[40];
    for (unsigned i = 0; i < 40; i++)
        words[i] = encode(RV_addi, "rd", A0, "rs1", A0, "imm", 1, NULL);
    words[2] = branch(-8);
    fill(3, words);
    translate(BASE, 0, TRANSLATE_ROUNDS);
    cr_expect_eq(block.nguest, 12);
    cr_expect(block.lo == BASE && block.hi == BASE + 12);
    cr_expect_eq(guards_to(BASE + 12), 3);
    cr_expect_eq(guards_to(BASE), 1);
    EXPECT_END(IR_GOTO, BASE + 12);
    translate(BASE + 4, 0, TRANSLATE_ROUNDS);
    cr_expect_eq(block.nguest, 2, "the loop begins before the block");
    translate(BASE, 0, TRANSLATE_ROUNDS | TRANSLATE_SINGLE);
    cr_expect_eq(block.nguest, 1);
    words[1] = branch(0x100); /* a way out each round */
    fill(3, words);
    translate(BASE, 0, TRANSLATE_ROUNDS);
    cr_expect_eq(block.nguest, 12);
    words[1] = words[2] = words[0];
    words[29] = branch(-4 * 29);
    fill(30, words);
    translate(BASE, 0, TRANSLATE_ROUNDS);
    cr_expect_eq(block.nguest, 60, "what fits");
    words[29] = branch(-4 * 29 + 4); /* not to the start */
    fill(30, words);
    translate(BASE, 0, TRANSLATE_ROUNDS);
    cr_expect_eq(block.nguest, 30);
}

Test(translate, calls_and_returns)
{
    static const struct {
        unsigned rd, rs1;
        enum ir_op op;
    } hints[] = {{0, A0, IR_GOTOIND},  {0, RA, IR_RET},      {0, T0, IR_RET},
                 {RA, A0, IR_CALLIND}, {T0, A0, IR_CALLIND}, {RA, RA, IR_CALLIND},
                 {A0, RA, IR_RET},     {A0, A1, IR_GOTOIND}};
    for (unsigned i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        fill(1, (uint32_t[]){encode(RV_jalr, "rd", hints[i].rd, "rs1", hints[i].rs1, NULL)});
        translate(BASE, 0, 0);
        EXPECT_END(hints[i].op, 0);
    }
    fill(1, (uint32_t[]){jump(RA, 0x20)});
    translate(BASE, 0, 0);
    EXPECT_END(IR_CALL, BASE + 0x20);
    fill(1, (uint32_t[]){jump(T0, -0x20)});
    translate(BASE, 0, 0);
    EXPECT_END(IR_CALL, BASE - 0x20);
    /* auipc and jalr: a direct call */
    fill(2, (uint32_t[]){encode(RV_auipc, "rd", RA, "imm", 1, NULL),
                         encode(RV_jalr, "rd", RA, "rs1", RA, "imm", 8, NULL)});
    translate(BASE, 0, 0);
    EXPECT_END(IR_CALL, BASE + 0x1008);
}

Test(translate, bounds)
{
    fill(0, NULL);
    translate(BASE, 5, 0);
    cr_expect_eq(block.nguest, 5);
    EXPECT_END(IR_GOTO, BASE + 20);
    translate(BASE, 0, TRANSLATE_SINGLE);
    cr_expect_eq(block.nguest, 1);
    EXPECT_END(IR_GOTO, BASE + 4);
    translate(BASE, 0, 0);
    cr_expect(block.nguest >= 32 && block.nguest <= IR_MAX_GUEST_INSNS);
    translate(BASE, 100000, 0);
    cr_expect_eq(block.nguest, IR_MAX_GUEST_INSNS);
}

/* Instructions that need much IR, or a constant each: the block ends before its tables are full. */
Test(translate, room)
{
    uint32_t words[IR_MAX_GUEST_INSNS];
    for (unsigned i = 0; i < IR_MAX_GUEST_INSNS; i++)
        words[i] = encode(RV_csrrs, "rd", A0, "csr", 3, NULL); /* frcsr */
    fill(IR_MAX_GUEST_INSNS, words);
    translate(BASE, IR_MAX_GUEST_INSNS, 0);
    cr_expect(block.ended && block.nguest > 100 && block.nguest < IR_MAX_GUEST_INSNS);
    for (unsigned i = 0; i < IR_MAX_GUEST_INSNS; i++)
        words[i] = encode(RV_lui, "rd", A0, "imm", i + 1, NULL);
    fill(IR_MAX_GUEST_INSNS, words);
    translate(BASE, IR_MAX_GUEST_INSNS, 0);
    cr_expect(block.ended && block.nguest == IR_MAX_GUEST_INSNS);
}

/* What follows a few side exits is not likely to run: the block ends behind the second. */
Test(translate, side_exits)
{
    uint32_t words[16];
    for (unsigned i = 0; i < 16; i++)
        words[i] = i % 2 ? branch(0x400) : encode(RV_lui, "rd", A0, "imm", i + 1, NULL);
    fill(16, words);
    translate(BASE, 16, 0);
    cr_expect_eq(block.nguest, 4);
    EXPECT_END(IR_GOTO, BASE + 16);
}

Test(translate, ends_of_memory)
{
    fill(0, NULL);
    memory.hi = BASE + 8;
    translate(BASE, 0, 0);
    cr_expect_eq(block.nguest, 2);
    EXPECT_END(IR_GOTO, BASE + 8);
    translate(BASE + 8, 0, 0);
    EXPECT_END(IR_EXIT, BASE + 8);
    cr_expect_eq(block.insns[block.n - 1].aux, IR_EXIT_FETCH);
    /* the last halfword belongs to an instruction whose rest is not there */
    memory.hi = BASE + 6;
    translate(BASE, 0, 0);
    cr_expect_eq(block.nguest, 1);
    EXPECT_END(IR_GOTO, BASE + 4);
    translate(BASE + 4, 0, 0);
    cr_expect_eq(block.insns[block.n - 1].aux, IR_EXIT_FETCH);
    /* or lies in another mapping */
    memory.hi = BASE + 100;
    memory.split = BASE + 6;
    memcpy(memory.bytes + 4, &(uint32_t){encode(RV_addi, "rd", A0, "imm", 3, NULL)}, 4);
    translate(BASE + 4, 0, 0);
    cr_expect_eq(block.nguest, 1);
    cr_expect(block.lo == BASE + 4 && block.hi == BASE + 8);
    EXPECT_END(IR_GOTO, BASE + 8);
}

Test(translate, branch_that_is_always_taken_ends)
{
    fill(1, (uint32_t[]){encode(RV_beq, "imm", 32, NULL)}); /* beq x0, x0 */
    translate(BASE, 0, 0);
    EXPECT_END(IR_GOTO, BASE + 64);
}

/* The shape of what is emitted: an op or two an instruction. */
Test(translate, idioms)
{
    fill(1, (uint32_t[]){encode(RV_addw, "rd", A2, "rs1", A0, "rs2", A1, NULL)});
    translate(BASE, 1, 0);
    static const uint8_t addw[] = {IR_NOP,   IR_INSN, IR_GET,  IR_TRUNC, IR_GET,
                                   IR_TRUNC, IR_ADD,  IR_SEXT, IR_PUT,   IR_GOTO};
    unsigned seen[IR_OP_COUNT] = {0};
    for (unsigned i = 0; i < block.n; i++)
        seen[block.insns[i].op]++;
    cr_expect(seen[IR_GET] == 2 && seen[IR_TRUNC] <= 2 && seen[IR_ADD] == 1 && seen[IR_SEXT] == 1 &&
              seen[IR_PUT] == 1 && block.n <= sizeof addw);
    fill(1, (uint32_t[]){encode(RV_ld, "rd", A2, "rs1", A0, "imm", 2047, NULL)});
    translate(BASE, 1, 0);
    for (unsigned i = 0; i < block.n; i++)
        if (block.insns[i].op == IR_LOAD)
            cr_expect_eq(block.insns[i].aux, 2047, "the displacement is the load's");
    cr_expect_eq(block.n, 6);
}
