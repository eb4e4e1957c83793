/*
 * What the shared driver offers to the guests' translators: branches and jumps whose target is
 * known. They decide, alike for all guests, whether a superblock goes on (translate.c).
 */
#ifndef FERRY_FRONTEND_TRANSLATE_H
#define FERRY_FRONTEND_TRANSLATE_H

#include "frontend/frontend.h"

/*
 * A conditional branch on x cc y (values of `type`). Forward, it is a side exit, and translation
 * goes on at the next instruction; backward, it is a loop's end: the block ends, or goes round a
 * short loop once more.
 */
void translate_branch(struct translation *t, enum ir_cc cc, enum ir_type type, ir_ref x, ir_ref y,
                      uint64_t target);

/* The same on flags. */
void translate_branch_flags(struct translation *t, enum ir_cc cc, ir_ref flags, uint64_t target);

/* A call of a known place. */
void translate_call(struct translation *t, uint64_t target, uint64_t return_address);

/* An unconditional jump that is no call: followed when it goes forward, else the end of the block.
 */
void translate_jump(struct translation *t, uint64_t target);

#endif
