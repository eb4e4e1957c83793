/*
 * A guest that exists for tests only: a few slots of each type, and a helper of each effect.
 * Slot TG_BASE holds the guest address of a scratch buffer; random blocks address memory through it
 * and never put it.
 */
#ifndef FERRY_TESTS_IR_TEST_GUEST_H
#define FERRY_TESTS_IR_TEST_GUEST_H

#include "ir/cpu.h"
#include "ir/ir.h"

enum {
    TG_X0 = 0,  /* x0..x15, I64 */
    TG_BASE = 15,
    TG_F0 = 16, /* f0..f7, F64 */
    TG_V0 = 24, /* v0..v3, V128 */
    TG_FL = 28, /* flags */
    TG_SLOTS,
};

enum test_helper {
    TG_MIX,   /* pure, two arguments */
    TG_RAISE, /* pure, raises the FP flags in its argument, gives the argument's complement */
    TG_PEEK,  /* reads slots: the sum of x0..x14 and its argument */
    TG_POKE,  /* writes slots x1 and f1 */
    TG_SWAP,  /* reads and writes: exchanges x2 and x3, gives x4 */
    TG_TOUCH, /* touches guest memory: exchanges 8 bytes at argument a with b */
    TG_BLEND, /* for callv: bytes of a and b in turn, plus those of c times d; d 0: c may be missing */
    TG_HELPERS,
};

enum { TG_SCRATCH = 4096, TG_SCRATCH_BASE = 1024 }; /* size of the buffer, and where TG_BASE points */

extern const struct ir_guest test_guest;

#endif
