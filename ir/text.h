/*
 * The words of the IR's text form, shared by printer, parser and checker.
 *
 * One instruction a line:   [%N =] op[.type][.sub][.more...] operands
 *
 *     block pc 0x1000 mode 0                 first line; # starts a comment
 *     insn pc 0x1000, 4                      a guest instruction of four bytes
 *     %2 = get a0                            slots and helpers by name; their type is the table's
 *     %3 = add.i64 %2, 16                    constants are decimal or hexadecimal numbers
 *     %4 = load.i64.s32 [%3 + 8]             s or u and the bits in memory; then .be .aligned .acq
 *     store.i64.u32.rel [%3 - 4], %4         .rel .spaceN
 *     %5 = amo.i64.add.s32 [%3], %4          sub: the operation
 *     %6 = setcc.i64.ltu.i32 %2, %3          sub: the condition; then the type compared
 *     %7 = sext.i64.i32 %4                   sub: the source type
 *     %8 = extract.i64 %3, pos 8 len 4
 *     %9 = divs.i64.riscv %2, %3
 *     %10 = fadd.f64.dyn.dn %1, %2           rounding, then .dn default NaN .fz flush .max NaN to max
 *                                            .ah alternative half .tb tiny before rounding
 *     %11 = fma.f64.np.na.zero %1, %2, %3    .np product negated .na addend negated
 *     %12 = fsetcc.i64.f64.lt %1, %2         then .fz flush
 *     %13 = fcmpf.b.f64.sig %1, %2           .sig quiet NaNs are invalid .fz flush
 *     %14 = vcmp.v128.i8.ltu %1, %2          lane type; then the condition
 *     %15 = vshl.v128.i16 %1, 3              aux last
 *     %16 = callv.v128.2 name, %1, _, %2     field d; operands that are not used: _
 *     put a0, %3
 *     brcc.i64.ltu %1, %2, pc 0x1234         pc: a constant that moves with the block
 *     goto.dead pc 0x1234                    the flags are dead there; so in brcc, brb, call
 *     %17 = callh.i64 name, %1, %2
 *     exit pc 0x1010, syscall
 *
 * Numbers of values are their references, so they ascend; gaps are nops.
 */
#ifndef FERRY_IR_TEXT_H
#define FERRY_IR_TEXT_H

#include "ir/ir.h"

extern const char *const ir_type_name[IR_TYPE_COUNT];
extern const char *const ir_cc_name[IR_CC_COUNT];
extern const char *const ir_amo_name[IR_AMO_COUNT];

enum { IR_ROUND_COUNT = IR_ROUND_ODD + 1, IR_FCC_COUNT = IR_FUNORD + 1,
       IR_EXIT_COUNT = IR_EXIT_FAULT + 1 };
extern const char *const ir_round_name[IR_ROUND_COUNT];
extern const char *const ir_fcc_name[IR_FCC_COUNT];
extern const char *const ir_exit_name[IR_EXIT_COUNT];
extern const char *const ir_divrule_name[2];

/* What insn.sub holds. */
enum ir_sub_kind { IR_SUB_NONE, IR_SUB_CC, IR_SUB_AMO, IR_SUB_TYPE, IR_SUB_LANE, IR_SUB_FMA };
enum ir_sub_kind ir_sub_kind(unsigned op);

/* The lane types an op takes where sub holds one: a mask of 1 << enum ir_type. */
unsigned ir_lane_types(unsigned op);

/* What field d holds where it is a small number. */
enum ir_number_kind { IR_NUMBER_NONE, IR_NUMBER_DIVRULE, IR_NUMBER_FCC, IR_NUMBER_FCMP,
                      IR_NUMBER_CC, IR_NUMBER_PLAIN, IR_NUMBER_LENGTH };
enum ir_number_kind ir_number_kind(unsigned op);

/* What field aux holds: the column of op.def. */
enum ir_aux_kind {
    IR_AUX_none, IR_AUX_slot, IR_AUX_disp, IR_AUX_bits, IR_AUX_type, IR_AUX_pc, IR_AUX_helper,
    IR_AUX_reason, IR_AUX_num, IR_AUX_exit
};
enum ir_aux_kind ir_aux_kind(unsigned op);

#endif
