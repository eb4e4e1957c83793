/* A, Zabha, Zacas, and what else touches memory in one piece (RISC-V ISA Manual). */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/insn/machine.h"

static _Alignas(64) uint64_t memory[16];

/* a2 = amo(memory[0] = old, a1 = x); the result is memory. */
static uint64_t run_amo(enum rv_insn insn, uint64_t old, uint64_t x, uint64_t *loaded)
{
    memory[0] = old;
    set_x_register(A0, (uint64_t)memory);
    set_x_register(A1, x);
    cr_assert_eq(run_word(encode(insn, "rd", A2, "rs1", A0, "rs2", A1, NULL)), IR_EXIT_NONE);
    *loaded = get_x_register(A2);
    return memory[0];
}

Test(atomic, memory_operations)
{
    static const struct {
        enum rv_insn insn;
        uint64_t old, x, loaded, memory;
    } cases[] = {
        {RV_amoswap_w, 0x1122334480000000, 5, 0xffffffff80000000, 0x1122334400000005},
        {RV_amoswap_d, 7, 9, 7, 9},
        {RV_amoadd_w, 0xaaaaaaaaffffffff, 1, 0xffffffffffffffff, 0xaaaaaaaa00000000},
        {RV_amoadd_d, ~(uint64_t)0, 2, ~(uint64_t)0, 1},
        {RV_amoand_d, 0xff, 0x0f, 0xff, 0x0f},
        {RV_amoor_w, 0xf0, 0x0f, 0xf0, 0xff},
        {RV_amoxor_d, 0xff, 0x0f, 0xff, 0xf0},
        {RV_amomin_w, 5, (uint64_t)-1, 5, 0xffffffff},
        {RV_amomin_d, 5, (uint64_t)-1, 5, (uint64_t)-1},
        {RV_amominu_w, 5, (uint64_t)-1, 5, 5},
        {RV_amomax_w, 0xffffffff, 3, (uint64_t)-1, 3},
        {RV_amomaxu_w, 0xffffffff, 3, (uint64_t)-1, 0xffffffff},
        {RV_amomaxu_d, 4, 0xf000000000000000, 4, 0xf000000000000000},
        {RV_amoadd_b, 0x11ff, 1, (uint64_t)-1, 0x1100},
        {RV_amomin_b, 0x1180, 0x7f, (uint64_t)-128, 0x1180},
        {RV_amominu_b, 0x1180, 0x7f, (uint64_t)-128, 0x117f},
        {RV_amoswap_h, 0x22221234, 0x8765, 0x1234, 0x22228765},
        {RV_amomax_h, 0x8000, 1, (uint64_t)-32768, 1},
    };
    reset(NULL);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t loaded, stored = run_amo(cases[i].insn, cases[i].old, cases[i].x, &loaded);
        cr_expect_eq(loaded, cases[i].loaded, "%s: rd %#lx", rv_rows[cases[i].insn].name, loaded);
        cr_expect_eq(stored, cases[i].memory, "%s: memory %#lx", rv_rows[cases[i].insn].name,
                     stored);
    }
}

Test(atomic, reservation)
{
    reset(NULL);
    memory[0] = 0xffffffff80000001;
    set_x_register(A0, (uint64_t)memory);
    set_x_register(A1, 42);
    uint32_t lr = encode(RV_lr_w, "rd", A2, "rs1", A0, NULL);
    uint32_t sc = encode(RV_sc_w, "rd", A2, "rs1", A0, "rs2", A1, NULL);
    run_word(lr);
    cr_expect_eq(get_x_register(A2), 0xffffffff80000001);
    run_word(sc);
    cr_expect_eq(get_x_register(A2), 0, "stored");
    cr_expect_eq(memory[0], 0xffffffff0000002a, "the word only");
    run_word(sc);
    cr_expect_neq(get_x_register(A2), 0, "the first sc gave up the reservation");
    run_word(lr);
    memory[0] = 7;
    run_word(sc);
    cr_expect_neq(get_x_register(A2), 0, "somebody else wrote");
    cr_expect_eq(memory[0], 7);
}

Test(atomic, compare_and_swap)
{
    reset(NULL);
    memory[0] = 0x1111111180000000;
    set_x_register(A0, (uint64_t)memory);
    set_x_register(A1, 5);
    set_x_register(A2, 0xabcdef0080000000);
    uint32_t casw = encode(RV_amocas_w, "rd", A2, "rs1", A0, "rs2", A1, NULL);
    run_word(casw);
    cr_expect_eq(memory[0], 0x1111111100000005, "the comparand's upper half does not count");
    cr_expect_eq(get_x_register(A2), 0xffffffff80000000);
    run_word(casw);
    cr_expect_eq(memory[0], 0x1111111100000005, "differs now");
    cr_expect_eq(get_x_register(A2), 5);
}

Test(atomic, compare_and_swap_pair)
{
    reset(NULL);
    memory[0] = 1, memory[1] = 2;
    set_x_register(A0, (uint64_t)memory);
    set_x_register(12, 1), set_x_register(13, 2);
    set_x_register(14, 3), set_x_register(15, 4);
    uint32_t word = encode(RV_amocas_q, "rd", 12, "rs1", A0, "rs2", 14, NULL);
    run_word(word);
    cr_expect(memory[0] == 3 && memory[1] == 4 && get_x_register(12) == 1 &&
              get_x_register(13) == 2);
    run_word(word);
    cr_expect(memory[0] == 3 && memory[1] == 4 && get_x_register(12) == 3 &&
              get_x_register(13) == 4);
    run_word(encode(RV_amocas_q, "rd", 0, "rs1", A0, "rs2", 0, NULL));
    cr_expect(memory[0] == 3, "x0 as a pair is zero, and is not written");
    cr_expect_eq(run_word(encode(RV_amocas_q, "rd", 13, "rs1", A0, "rs2", 14, NULL)),
                 IR_EXIT_ILLEGAL);
    cr_expect_eq(run_word(encode(RV_amocas_q, "rd", 12, "rs1", A0, "rs2", 15, NULL)),
                 IR_EXIT_ILLEGAL);
}

Test(atomic, misaligned_faults)
{
    static const enum rv_insn insns[] = {RV_lr_w,     RV_lr_d,     RV_amoadd_w, RV_amoadd_d,
                                         RV_amoadd_h, RV_amocas_w, RV_amocas_q};
    reset(NULL);
    for (unsigned i = 0; i < sizeof insns / sizeof insns[0]; i++) {
        set_x_register(A0, (uint64_t)memory + 1);
        cr_expect_eq(run_word(encode(insns[i], "rd", A2, "rs1", A0, "rs2", 14, NULL)),
                     IR_EXIT_MISALIGNED, "%s", rv_rows[insns[i]].name);
        cr_expect_eq(cpu.exit_pc, code_address());
    }
}

Test(atomic, cache_block_zero)
{
    reset(NULL);
    memset(memory, 0xff, sizeof memory);
    set_x_register(A0, (uint64_t)memory + 77);
    run_word(encode(RV_cbo_zero, "rs1", A0, NULL));
    cr_expect(memory[7] == ~(uint64_t)0 && memory[8] == 0 && memory[15] == 0,
              "the block that holds the address");
}

Test(atomic, fences)
{
    reset(NULL);
    static const struct {
        uint32_t pred, succ;
        bool full;
    } cases[] = {{15, 15, true}, {1, 2, true},  {3, 3, true},  {4, 8, true},
                 {2, 3, false},  {3, 1, false}, {2, 2, false}, {1, 1, false}};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run_word(encode(RV_fence, "pred", cases[i].pred, "succ", cases[i].succ, NULL));
        bool full = false;
        for (unsigned j = 1; j < block.n; j++)
            full |= block.insns[j].op == IR_FENCE && block.insns[j].aux == IR_FENCE_FULL;
        cr_expect_eq(full, cases[i].full, "fence %u,%u", cases[i].pred, cases[i].succ);
    }
    cr_expect_eq(run_word(encode(RV_fence_i, NULL)), IR_EXIT_FLUSH);
    cr_expect_eq(cpu.exit_pc, code_address() + 4);
}
