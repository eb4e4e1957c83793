/*
 * A, Zacas, Zabha, Zawrs and fences (RISC-V ISA Manual, chapters 13 and 14, "Zacas", "Zabha",
 * "Zawrs", and 2.7). Misaligned atomics fault.
 */
#include "frontend/riscv/decode.h"

/* `size` is log2 of the bytes, aqrl the instruction's two ordering bits. */
static unsigned memop(int size, uint32_t aqrl)
{
    return (unsigned)size | IR_MEM_ALIGNED | (aqrl & 2 ? IR_MEM_ACQUIRE : 0) |
           (aqrl & 1 ? IR_MEM_RELEASE : 0);
}

static enum ir_type type_of(int size)
{
    return size == 3 ? IR_I64 : IR_I32;
}

static ir_ref get_typed(struct translation *t, uint32_t x, int size)
{
    return size == 3 ? get_x(t, x) : get_w(t, x);
}

/* What an atomic read, extended by its sign. */
static void put_old(struct translation *t, uint32_t rd, int size, ir_ref old)
{
    static const uint8_t from[] = {IR_I8, IR_I16, IR_I32};
    if (size == 3)
        put_x(t, rd, old);
    else if (rd)
        put_x(t, rd, ir_conv(t->block, IR_SEXT, IR_I64, from[size], old));
}

bool rv_load_reserved(struct translation *t, const struct rv_args_lr *a, int size)
{
    ir_ref old = ir_emit(t->block, (struct ir_insn){.op = IR_LDX,
                                                    .type = type_of(size),
                                                    .a = get_x(t, a->rs1),
                                                    .d = (ir_ref)memop(size, a->aqrl)});
    put_old(t, a->rd, size, old);
    return true;
}

bool rv_store_conditional(struct translation *t, const struct rv_args_amo *a, int size)
{
    ir_ref failed = ir_emit(t->block, (struct ir_insn){.op = IR_STX,
                                                       .type = type_of(size),
                                                       .a = get_x(t, a->rs1),
                                                       .b = get_typed(t, a->rs2, size),
                                                       .d = (ir_ref)memop(size, a->aqrl)});
    put_x(t, a->rd, failed);
    return true;
}

bool rv_amo(struct translation *t, const struct rv_args_amo *a, int operation, int size)
{
    ir_ref old = ir_emit(t->block, (struct ir_insn){.op = IR_AMO,
                                                    .type = type_of(size),
                                                    .sub = (uint8_t)operation,
                                                    .a = get_x(t, a->rs1),
                                                    .b = get_typed(t, a->rs2, size),
                                                    .d = (ir_ref)memop(size, a->aqrl)});
    put_old(t, a->rd, size, old);
    return true;
}

static ir_ref compare_and_swap(struct translation *t, const struct rv_args_amo *a,
                               enum ir_type type, int size, ir_ref expected, ir_ref new)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_CAS,
                                              .type = type,
                                              .a = get_x(t, a->rs1),
                                              .b = expected,
                                              .c = new,
                                              .d = (ir_ref)memop(size, a->aqrl)});
}

/* A register pair as a vector; the pair of x0 is zero. */
static ir_ref get_pair(struct translation *t, uint32_t x)
{
    return ir_emit(t->block, (struct ir_insn){.op = IR_VPAIR,
                                              .type = IR_V128,
                                              .a = get_x(t, x),
                                              .b = get_x(t, x ? x + 1 : 0)});
}

static ir_ref half_of_pair(struct translation *t, ir_ref pair, unsigned lane)
{
    return ir_emit(
        t->block,
        (struct ir_insn){.op = IR_VLANE, .type = IR_I64, .sub = IR_I64, .a = pair, .aux = lane});
}

bool rv_amocas(struct translation *t, const struct rv_args_amo *a, int size)
{
    if (size < 4) {
        put_old(t, a->rd, size,
                compare_and_swap(t, a, type_of(size), size, get_typed(t, a->rd, size),
                                 get_typed(t, a->rs2, size)));
        return true;
    }
    if ((a->rd | a->rs2) & 1) /* odd pairs are reserved */
        return false;
    ir_ref old = compare_and_swap(t, a, IR_V128, size, get_pair(t, a->rd), get_pair(t, a->rs2));
    if (a->rd) {
        put_x(t, a->rd, half_of_pair(t, old, 0));
        put_x(t, a->rd + 1, half_of_pair(t, old, 1));
    }
    return true;
}

/*
 * The host keeps all orders but store to load, so only a fence that demands this one costs
 * anything. Bits of a set: 8 input, 4 output, 2 read, 1 write; devices count as memory.
 */
bool rv_fence(struct translation *t, const struct rv_args_fence *a)
{
    bool full = (a->pred & 5) && (a->succ & 10);
    ir_emit(t->block,
            (struct ir_insn){.op = IR_FENCE, .aux = full ? IR_FENCE_FULL : IR_FENCE_NONE});
    return true;
}

/* Both let somebody else run for a while; the manual lets them end at any time. */
bool rv_pause(struct translation *t)
{
    ir_exit(t->block, IR_EXIT_YIELD, t->pc + t->length);
    return true;
}

bool rv_wait_reservation(struct translation *t)
{
    return rv_pause(t);
}
