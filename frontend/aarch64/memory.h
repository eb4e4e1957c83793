/*
 * Loads and stores of AArch64: what the tables say of an access, and what its instructions share.
 */
#ifndef FERRY_FRONTEND_AARCH64_MEMORY_H
#define FERRY_FRONTEND_AARCH64_MEMORY_H

#include "frontend/aarch64/aarch64.h"

/* What an access moves: IR_MEM_* in the low eight bits, and where the register is. */
enum a64_access {
    A64_W = 1 << 8, /* a signed load extends to 32 bits only */
    A64_V = 1 << 9, /* a vector register, else a general one */
};

/* When the base register gets the sum of itself and the offset. */
enum a64_index {
    A64_OFFSET, /* never */
    A64_PRE,    /* and the access is there */
    A64_POST,   /* and the access is at the old base */
};

/* Loads what the access wants from address + disp; the result is for a64_put_loaded. */
ir_ref a64_load(struct translation *t, ir_ref address, int32_t disp, int access);
void a64_put_loaded(struct translation *t, uint32_t rt, int access, ir_ref value);

/* Stores register rt to address + disp. */
void a64_store(struct translation *t, ir_ref address, int32_t disp, int access, uint32_t rt);

#endif
