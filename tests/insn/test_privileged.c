/*
 * What code of a machine's hart does by itself and what it leaves to the runtime, by the mode bits of its
 * block; and that a process knows nothing of all this.
 */
#include <criterion/criterion.h>

#include "tests/insn/machine.h"

enum { SSTATUS = 0x100, SSCRATCH = 0x140, SEPC = 0x141, STVAL = 0x143, SATP = 0x180 };
enum { MSTATUS = 0x300, MSCRATCH = 0x340, MEPC = 0x341, CYCLE = 0xc00, TIME = 0xc01 };
enum { FCSR = 3, UNKNOWN = 0x5ff };
enum { USER, SUPERVISOR, MACHINE = 3 };

static void reset_hart(unsigned privilege, uint32_t more)
{
    reset(NULL);
    cpu.mode |= RV_MODE_SYSTEM | privilege << RV_MODE_PRIV_SHIFT | more;
}

static uint64_t *slot(unsigned number)
{
    return (uint64_t *)(void *)(cpu.state + 8 * number);
}

static uint32_t csr_word(enum rv_insn insn, unsigned csr, unsigned rd, unsigned source)
{
    return encode(insn, "rd", rd, "csr", csr, "rs1", source, "uimm", source, NULL);
}

/* The instruction is left to the runtime, which finds it. */
static void expect_left(uint32_t word, enum ir_exit reason)
{
    *slot(RV_SLOT_word) = 0;
    cr_expect_eq(run_word(word), reason, "%08x", word);
    cr_expect_eq(cpu.exit_pc, code_address(), "%08x", word);
    cr_expect_eq(*slot(RV_SLOT_word), word);
}

Test(privileged, a_process_has_none)
{
    static const enum rv_insn rows[] = {RV_sret,       RV_mret,       RV_wfi,
                                        RV_sfence_vma, RV_sinval_vma, RV_sfence_w_inval,
                                        RV_sfence_inval_ir};
    reset(NULL);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_eq(run_word(encode(rows[i], NULL)), IR_EXIT_ILLEGAL, "%s", rv_rows[rows[i]].name);
    cr_expect_eq(run_word(csr_word(RV_csrrs, SSCRATCH, A2, 0)), IR_EXIT_ILLEGAL);
    cr_expect_eq(run_word(csr_word(RV_csrrs, SSTATUS, A2, 0)), IR_EXIT_ILLEGAL);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        reset_hart(USER, 0);
        expect_left(encode(rows[i], NULL), IR_EXIT_SYSTEM);
    }
}

Test(privileged, storage_is_accessed_in_place)
{
    reset_hart(SUPERVISOR, 0);
    *slot(RV_SLOT_sscratch) = 5;
    set_x_register(A0, 0xffffffffffffffff);
    cr_expect_eq(run_word(csr_word(RV_csrrw, SSCRATCH, A0, A0)), IR_EXIT_NONE);
    cr_expect_eq(*slot(RV_SLOT_sscratch), 0xffffffffffffffff);
    cr_expect_eq(get_x_register(A0), 5, "the old value, though both are one register");
    cr_expect_eq(run_word(csr_word(RV_csrrci, SSCRATCH, A2, 3)), IR_EXIT_NONE);
    cr_expect_eq(*slot(RV_SLOT_sscratch), 0xfffffffffffffffc);
    cr_expect_eq(run_word(csr_word(RV_csrrsi, STVAL, 0, 6)), IR_EXIT_NONE);
    cr_expect_eq(*slot(RV_SLOT_stval), 6);
    cr_expect_eq(run_word(csr_word(RV_csrrwi, SEPC, 0, 7)), IR_EXIT_NONE);
    cr_expect_eq(*slot(RV_SLOT_sepc), 6, "bit 0 is none");
    expect_left(csr_word(RV_csrrs, MSCRATCH, A2, 0), IR_EXIT_SYSTEM);
    expect_left(csr_word(RV_csrrw, SATP, 0, A0), IR_EXIT_SYSTEM);
    expect_left(csr_word(RV_csrrs, UNKNOWN, A2, 0), IR_EXIT_SYSTEM);
    reset_hart(MACHINE, 0);
    cr_expect_eq(run_word(csr_word(RV_csrrwi, MEPC, 0, 9)), IR_EXIT_NONE);
    cr_expect_eq(*slot(RV_SLOT_mepc), 8);
    cr_expect_eq(run_word(csr_word(RV_csrrs, SSCRATCH, A2, 0)), IR_EXIT_NONE);
    reset_hart(USER, 0);
    expect_left(csr_word(RV_csrrs, SSCRATCH, A2, 0), IR_EXIT_SYSTEM);
}

Test(privileged, status)
{
    reset_hart(SUPERVISOR, 0);
    *slot(RV_SLOT_mstatus) = 0xffffffffffffffff;
    cr_expect_eq(run_word(csr_word(RV_csrrs, SSTATUS, A2, 0)), IR_EXIT_NONE);
    cr_expect_eq(get_x_register(A2), RV_SSTATUS_BITS);
    expect_left(csr_word(RV_csrrs, MSTATUS, A2, 0), IR_EXIT_SYSTEM);
    reset_hart(MACHINE, 0);
    *slot(RV_SLOT_mstatus) = 0x123;
    cr_expect_eq(run_word(csr_word(RV_csrrs, MSTATUS, A2, 0)), IR_EXIT_NONE);
    cr_expect_eq(get_x_register(A2), 0x123);
}

static uint64_t helped;

static uint64_t note_status(struct cpu *c, uint64_t status, uint64_t b, uint64_t d)
{
    (void)c, (void)b, (void)d;
    return helped = status;
}

/* Interrupts off and on, user memory: in place, for constants; enabling looks whether one waits. */
Test(privileged, status_is_changed_in_place)
{
    enum { SUM = 1 << 18, FS = 3 << 13 };
    reset_hart(SUPERVISOR, 0);
    cpu.helper[RV_HELPER_status] = note_status;
    *slot(RV_SLOT_mstatus) = RV_MSTATUS_SIE | RV_MSTATUS_MIE;
    cr_expect_eq(run_word(csr_word(RV_csrrci, SSTATUS, A2, 2)), IR_EXIT_NONE);
    cr_expect_eq(*slot(RV_SLOT_mstatus), RV_MSTATUS_MIE);
    cr_expect_eq(get_x_register(A2), RV_MSTATUS_SIE, "as S mode sees it");
    cr_expect_eq(run_word(csr_word(RV_csrrsi, SSTATUS, A2, 2)), IR_EXIT_NONE);
    cr_expect_eq(*slot(RV_SLOT_mstatus), RV_MSTATUS_MIE | RV_MSTATUS_SIE);
    cr_expect_eq(get_x_register(A2), 0);
    cr_expect_eq(cpu.exit_pc, code_address() + 4);
    expect_left(csr_word(RV_csrrsi, SSTATUS, 0, 8), IR_EXIT_SYSTEM); /* MIE is none of its bits */
    expect_left(csr_word(RV_csrrwi, SSTATUS, 0, 2), IR_EXIT_SYSTEM);
    set_x_register(A0, 2);
    expect_left(csr_word(RV_csrrs, SSTATUS, 0, A0), IR_EXIT_SYSTEM); /* not known */
    uint32_t words[2] = {encode(RV_lui, "rd", A0, "imm", SUM >> 12, NULL),
                         csr_word(RV_csrrs, SSTATUS, 0, A0)};
    *slot(RV_SLOT_mstatus) = 0;
    cr_expect_eq(run_words(words, 2), IR_EXIT_NONE);
    cr_expect_eq(*slot(RV_SLOT_mstatus), SUM);
    cr_expect_eq(helped, SUM);
    words[0] = encode(RV_lui, "rd", A0, "imm", FS >> 12, NULL);
    cr_expect_eq(run_words(words, 2), IR_EXIT_SYSTEM);
    cr_expect_eq(cpu.exit_pc, code_address() + 4);
    reset_hart(MACHINE, 0);
    cr_expect_eq(run_word(csr_word(RV_csrrsi, MSTATUS, 0, 8)), IR_EXIT_NONE);
    cr_expect_eq(*slot(RV_SLOT_mstatus), RV_MSTATUS_MIE);
}

/* The block is left behind the instruction, and what follows in it is not executed. */
Test(privileged, enabling_lets_a_waiting_interrupt_in)
{
    reset_hart(SUPERVISOR, 0);
    *slot(RV_SLOT_irq) = 1;
    run_word(csr_word(RV_csrrsi, SSTATUS, 0, 2));
    cr_expect_eq(block.nguest, 1);
    cr_expect_eq(block.insns[block.n - 1].op, IR_EXIT);
    cr_expect_eq(block.insns[block.n - 1].aux, IR_EXIT_NONE);
    cr_expect_eq(cpu.exit_pc, code_address() + 4);
}

Test(privileged, floating_point_that_is_off)
{
    static const enum rv_insn rows[] = {RV_fadd_s, RV_fadd_d,  RV_fadd_h,   RV_fld,
                                        RV_fsd,    RV_fmv_d_x, RV_fcvt_s_h, RV_fli_d};
    reset_hart(USER, RV_MODE_FP_TRAP);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_left(encode(rows[i], NULL), IR_EXIT_ILLEGAL);
    expect_left(encode(RV_c_fld, NULL), IR_EXIT_ILLEGAL);
    expect_left(csr_word(RV_csrrs, FCSR, A2, 0), IR_EXIT_SYSTEM);
    reset_hart(USER, 0);
    cr_expect_eq(run_word(encode(RV_fadd_d, NULL)), IR_EXIT_NONE);
    cr_expect_eq(run_word(csr_word(RV_csrrwi, FCSR, A2, 7)), IR_EXIT_NONE);
}

/* Writing frm ends the block for another mode, which differs in nothing else. */
Test(privileged, rounding_keeps_the_other_bits)
{
    reset_hart(SUPERVISOR, RV_MODE_TIME);
    uint32_t mode = cpu.mode;
    set_x_register(A0, 5 << 5);
    cr_expect_eq(run_word(csr_word(RV_csrrw, FCSR, 0, A0)), IR_EXIT_NONE);
    cr_expect_eq(cpu.mode, mode | RV_MODE_INVALID);
    cr_expect_eq(run_word(encode(RV_fadd_d, "rm", DYN, NULL)), IR_EXIT_ILLEGAL);
    cr_expect_eq(run_word(csr_word(RV_csrrwi, FCSR, 0, 0)), IR_EXIT_NONE);
    cr_expect_eq(cpu.mode, mode);
}

Test(privileged, counters)
{
    reset_hart(USER, 0);
    expect_left(csr_word(RV_csrrs, TIME, A2, 0), IR_EXIT_SYSTEM);
    expect_left(csr_word(RV_csrrs, CYCLE, A2, 0), IR_EXIT_SYSTEM);
    reset_hart(USER, RV_MODE_TIME);
    cr_expect_eq(run_word(csr_word(RV_csrrs, TIME, A2, 0)), IR_EXIT_NONE);
    expect_left(csr_word(RV_csrrs, CYCLE, A2, 0), IR_EXIT_SYSTEM);
    expect_left(csr_word(RV_csrrw, TIME, A2, 0), IR_EXIT_SYSTEM);
    reset_hart(USER, RV_MODE_CYCLES);
    cr_expect_eq(run_word(csr_word(RV_csrrs, CYCLE, A2, 0)), IR_EXIT_NONE);
}

Test(privileged, cache_blocks)
{
    static const struct {
        enum rv_insn insn;
        uint32_t mode;
    } cases[] = {{RV_cbo_inval, RV_MODE_CBO_INVAL},
                 {RV_cbo_clean, RV_MODE_CBO_CLEAN},
                 {RV_cbo_flush, RV_MODE_CBO_CLEAN},
                 {RV_cbo_zero, RV_MODE_CBO_ZERO}};
    static _Alignas(64) char line[64];
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t word = encode(cases[i].insn, "rs1", A0, NULL);
        uint32_t all = RV_MODE_CBO_INVAL | RV_MODE_CBO_CLEAN | RV_MODE_CBO_ZERO;
        reset_hart(SUPERVISOR, all & ~cases[i].mode);
        set_x_register(A0, (uintptr_t)line);
        expect_left(word, IR_EXIT_ILLEGAL);
        reset_hart(SUPERVISOR, cases[i].mode);
        set_x_register(A0, (uintptr_t)line);
        cr_expect_eq(run_word(word), IR_EXIT_NONE, "%s", rv_rows[cases[i].insn].name);
    }
}

Test(privileged, illegal_words_are_noted)
{
    reset_hart(SUPERVISOR, 0);
    expect_left(0xffffffff, IR_EXIT_ILLEGAL);
    expect_left(0x0000, IR_EXIT_ILLEGAL);
}
