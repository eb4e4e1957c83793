/*
 * Exclusives and LSE (Arm ARM, C3.2.12 to C3.2.14; B2.12 on synchronization).
 *
 * What the host makes atomic it also orders fully, so acquire and release cost nothing here.
 * Ordered loads and stores, and those of LRCPC, are rows of memory.c's generators.
 *
 * Exclusives, and pairs of 64 bits, fault when misaligned; other atomics may be anywhere, which is
 * more than LSE2 promises.
 */
#include "frontend/aarch64/decode.h"

static unsigned memop(int size, uint32_t ar)
{
    return (unsigned)size | (ar & 2 ? IR_MEM_ACQUIRE : 0) | (ar & 1 ? IR_MEM_RELEASE : 0);
}

static enum ir_type type_of(int size)
{
    return size == 4 ? IR_V128 : size == 3 ? IR_I64 : IR_I32;
}

/* The base register as the address of what follows. */
static ir_ref address_of(struct translation *t, uint32_t rn)
{
    return a64_address(t, get_xsp(t, rn));
}

/* ---- pairs as one value -------------------------------------------------------------------- */

/* Two registers of 2^size bytes as one value of twice that, the first one low. */
static ir_ref join_pair(struct translation *t, int size, uint32_t low, uint32_t high)
{
    if (size == 3)
        return ir_emit(t->block, (struct ir_insn){.op = IR_VPAIR, .type = IR_V128,
                                                  .a = get_x(t, low), .b = get_x(t, high)});
    return ir_emit(t->block, (struct ir_insn){.op = IR_INSERT, .type = IR_I64, .a = get_x(t, low),
                                              .b = get_x(t, high), .aux = 32 | 32 << 8});
}

static ir_ref half_of_pair(struct translation *t, int size, ir_ref pair, unsigned half)
{
    if (size == 3)
        return ir_emit(t->block, (struct ir_insn){.op = IR_VLANE, .type = IR_I64, .sub = IR_I64,
                                                  .a = pair, .aux = half});
    return ir_emit(t->block, (struct ir_insn){.op = IR_EXTRACT, .type = IR_I64, .a = pair,
                                              .aux = 32 * half | 32 << 8});
}

static void put_pair(struct translation *t, int size, uint32_t low, uint32_t high, ir_ref pair)
{
    put_x(t, low, half_of_pair(t, size, pair, 0));
    put_x(t, high, half_of_pair(t, size, pair, 1));
}

/* ---- exclusives ---------------------------------------------------------------------------- */

static ir_ref load_exclusive(struct translation *t, uint32_t rn, enum ir_type type, int memop)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_LDX, .type = (uint8_t)type,
                                              .a = address_of(t, rn),
                                              .d = (ir_ref)(memop | IR_MEM_ALIGNED)});
}

static void store_exclusive(struct translation *t, uint32_t rs, uint32_t rn, enum ir_type type,
                            int memop, ir_ref value)
{
    put_x(t, rs, ir_emit(t->block, (struct ir_insn){.op = IR_STX, .type = (uint8_t)type,
                                                    .a = address_of(t, rn), .b = value,
                                                    .d = (ir_ref)(memop | IR_MEM_ALIGNED)}));
}

bool a64_load_exclusive(struct translation *t, const struct a64_args_base *a, int memop)
{
    int size = memop & IR_MEM_SIZE;
    put_r(t, size == 3, a->rt, load_exclusive(t, a->rn, type_of(size), memop));
    return true;
}

bool a64_store_exclusive(struct translation *t, const struct a64_args_exclusive_store *a, int memop)
{
    int size = memop & IR_MEM_SIZE;
    store_exclusive(t, a->rs, a->rn, type_of(size), memop, get_r(t, size == 3, a->rt));
    return true;
}

/* `memop` is that of one register; memory is accessed once, for both. */
bool a64_load_exclusive_pair(struct translation *t, const struct a64_args_exclusive_pair_load *a,
                             int memop)
{
    int size = memop & IR_MEM_SIZE;
    put_pair(t, size, a->rt, a->rt2, load_exclusive(t, a->rn, type_of(size + 1), memop + 1));
    return true;
}

bool a64_store_exclusive_pair(struct translation *t, const struct a64_args_exclusive_pair_store *a,
                              int memop)
{
    int size = memop & IR_MEM_SIZE;
    store_exclusive(t, a->rs, a->rn, type_of(size + 1), memop + 1,
                    join_pair(t, size, a->rt, a->rt2));
    return true;
}

/* ---- LSE ----------------------------------------------------------------------------------- */

bool a64_amo(struct translation *t, const struct a64_args_atomic *a, int operation, int size)
{
    bool wide = size == 3;
    ir_ref operand = get_r(t, wide, a->rs);
    if (operation == IR_AMO_ANDN && a->rt == 31) { /* the host has an and without the old value */
        operand = ir_op1(t->block, IR_NOT, a64_type(wide), operand);
        operation = IR_AMO_AND;
    }
    ir_ref old = ir_emit(t->block, (struct ir_insn){.op = IR_AMO, .type = (uint8_t)type_of(size),
                                                    .sub = (uint8_t)operation,
                                                    .a = address_of(t, a->rn), .b = operand,
                                                    .d = (ir_ref)memop(size, a->ar)});
    put_r(t, wide, a->rt, old);
    return true;
}

static ir_ref compare_and_swap(struct translation *t, uint32_t rn, unsigned memop, ir_ref expected,
                               ir_ref new)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_CAS,
                                              .type = (uint8_t)type_of(memop & IR_MEM_SIZE),
                                              .a = address_of(t, rn), .b = expected, .c = new,
                                              .d = (ir_ref)memop});
}

bool a64_cas(struct translation *t, const struct a64_args_atomic *a, int size)
{
    bool wide = size == 3;
    put_r(t, wide, a->rs, compare_and_swap(t, a->rn, memop(size, a->ar), get_r(t, wide, a->rs),
                                           get_r(t, wide, a->rt)));
    return true;
}

/* Pairs begin at even registers. */
bool a64_casp(struct translation *t, const struct a64_args_atomic *a, int size)
{
    if ((a->rs | a->rt) & 1)
        return false;
    ir_ref old = compare_and_swap(t, a->rn, memop(size + 1, a->ar) | IR_MEM_ALIGNED,
                                  join_pair(t, size, a->rs, a->rs + 1),
                                  join_pair(t, size, a->rt, a->rt + 1));
    put_pair(t, size, a->rs, a->rs + 1, old);
    return true;
}
