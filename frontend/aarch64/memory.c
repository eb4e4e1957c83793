/*
 * Loads and stores of one register or a pair, in all addressing modes, and prefetch (Arm ARM, C3.2
 * and C6.2; the pseudocode is that of LDR, STR, LDP and STP).
 *
 * The base register is put last: by then nothing faults any more. Accesses may be unaligned;
 * whatever an aligned one promises about atomicity, the host keeps.
 */
#include "frontend/aarch64/decode.h"

/* ---- one access ---------------------------------------------------------------------------- */

/* How the value of an access is computed with. Bytes and halves of vector registers go through
 * general registers. */
static enum ir_type type_of(int access)
{
    int size = access & IR_MEM_SIZE;
    if (!(access & A64_V))
        return access & A64_W ? IR_I32 : IR_I64;
    return size == 4 ? IR_V128 : size == 3 ? IR_F64 : size == 2 ? IR_F32 : IR_I32;
}

ir_ref a64_load(struct translation *t, ir_ref address, int32_t disp, int access)
{
    return ir_load(t->block, type_of(access), address, disp, access & 0xff);
}

void a64_put_loaded(struct translation *t, uint32_t rt, int access, ir_ref value)
{
    enum ir_type type = type_of(access);
    if (type == IR_V128)
        put_v(t, rt, value);
    else if (access & A64_V)
        put_scalar(t, rt, type, value);
    else
        put_r(t, type == IR_I64, rt, value);
}

/* What a store of rt writes; of a general register the low bits count. */
static ir_ref stored_value(struct translation *t, int access, uint32_t rt)
{
    enum ir_type type = type_of(access);
    if (!(access & A64_V))
        return get_x(t, rt);
    if (type == IR_V128)
        return get_v(t, rt);
    if (type != IR_I32)
        return get_scalar(t, rt, type);
    return ir_emit(t->block, (struct ir_insn){.op = IR_VLANE, .type = IR_I32, .a = get_v(t, rt),
                                              .sub = (uint8_t)a64_lane(access & IR_MEM_SIZE)});
}

void a64_store(struct translation *t, ir_ref address, int32_t disp, int access, uint32_t rt)
{
    ir_store(t->block, type_of(access), address, disp, stored_value(t, access, rt), access & 0xff);
}

/* ---- immediate offset ---------------------------------------------------------------------- */

bool a64_load_offset(struct translation *t, const struct a64_args_offset *a, int access)
{
    ir_ref address = a64_address(t, get_xsp(t, a->rn));
    a64_put_loaded(t, a->rt, access, a64_load(t, address, a->imm, access));
    return true;
}

bool a64_store_offset(struct translation *t, const struct a64_args_offset *a, int access)
{
    a64_store(t, a64_address(t, get_xsp(t, a->rn)), a->imm, access, a->rt);
    return true;
}

/* The displacement of the access from the old base. */
static int32_t displacement(int index, int32_t imm)
{
    return index == A64_POST ? 0 : imm;
}

static void write_back(struct translation *t, uint32_t rn, ir_ref base, int32_t imm)
{
    put_xsp(t, rn, ir_op2(t->block, IR_ADD, IR_I64, base,
                          ir_const(t->block, (uint64_t)(int64_t)imm)));
}

bool a64_load_writeback(struct translation *t, const struct a64_args_offset *a, int access,
                        int index)
{
    ir_ref base = get_xsp(t, a->rn);
    ir_ref value = a64_load(t, a64_address(t, base), displacement(index, a->imm), access);
    a64_put_loaded(t, a->rt, access, value);
    write_back(t, a->rn, base, a->imm);
    return true;
}

bool a64_store_writeback(struct translation *t, const struct a64_args_offset *a, int access,
                         int index)
{
    ir_ref base = get_xsp(t, a->rn);
    a64_store(t, a64_address(t, base), displacement(index, a->imm), access, a->rt);
    write_back(t, a->rn, base, a->imm);
    return true;
}

/* ---- register offset ----------------------------------------------------------------------- */

/* `ext` is Rm, option<2>, option<0>, S: signed or unsigned, 64 or 32 bits, shifted or not. */
static ir_ref indexed_address(struct translation *t, uint32_t rn, uint32_t ext, int access)
{
    struct ir_block *b = t->block;
    uint32_t rm = ext >> 3;
    bool is_signed = ext & 4, wide = ext & 2, shifted = ext & 1;
    ir_ref offset = wide ? get_x(t, rm)
                         : ir_conv(b, is_signed ? IR_SEXT : IR_ZEXT, IR_I64, IR_I32, get_w(t, rm));
    if (shifted)
        offset = ir_op2(b, IR_SHL, IR_I64, offset, ir_const(b, access & IR_MEM_SIZE));
    return a64_address(t, ir_op2(b, IR_ADD, IR_I64, get_xsp(t, rn), offset));
}

bool a64_load_indexed(struct translation *t, const struct a64_args_indexed *a, int access)
{
    ir_ref address = indexed_address(t, a->rn, a->ext, access);
    a64_put_loaded(t, a->rt, access, a64_load(t, address, 0, access));
    return true;
}

bool a64_store_indexed(struct translation *t, const struct a64_args_indexed *a, int access)
{
    a64_store(t, indexed_address(t, a->rn, a->ext, access), 0, access, a->rt);
    return true;
}

/* ---- literal ------------------------------------------------------------------------------- */

bool a64_load_literal(struct translation *t, const struct a64_args_literal *a, int access)
{
    ir_ref address = ir_pc(t->block, t->pc + (uint64_t)(int64_t)a->imm);
    a64_put_loaded(t, a->rt, access, a64_load(t, address, 0, access));
    return true;
}

/* ---- pairs --------------------------------------------------------------------------------- */

bool a64_load_pair(struct translation *t, const struct a64_args_pair *a, int access, int index)
{
    ir_ref base = get_xsp(t, a->rn), address = a64_address(t, base);
    int32_t disp = displacement(index, a->imm), size = 1 << (access & IR_MEM_SIZE);
    ir_ref first = a64_load(t, address, disp, access);
    ir_ref second = a64_load(t, address, disp + size, access);
    a64_put_loaded(t, a->rt, access, first);
    a64_put_loaded(t, a->rt2, access, second);
    if (index != A64_OFFSET)
        write_back(t, a->rn, base, a->imm);
    return true;
}

bool a64_store_pair(struct translation *t, const struct a64_args_pair *a, int access, int index)
{
    ir_ref base = get_xsp(t, a->rn), address = a64_address(t, base);
    int32_t disp = displacement(index, a->imm), size = 1 << (access & IR_MEM_SIZE);
    a64_store(t, address, disp, access, a->rt);
    a64_store(t, address, disp + size, access, a->rt2);
    if (index != A64_OFFSET)
        write_back(t, a->rn, base, a->imm);
    return true;
}

/* ---- prefetch ------------------------------------------------------------------------------ */

bool a64_prefetch(struct translation *t)
{
    (void)t;
    return true;
}
