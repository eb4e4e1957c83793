/*
 * Pointer authentication (Arm ARM D8.10, FEAT_PAuth2 with an implementation-defined algorithm).
 *
 * User addresses have 48 bits and the top byte is ignored, so the code sits in bits 54 to 48. It
 * is a hash of the address below it, the modifier and the process's key, as cheap as the
 * architecture lets it be: two multiplications, in line. As FEAT_PAuth2 has it, the code is
 * xor-ed into these bits both to sign and to authenticate: a pointer that fails comes out with
 * bits that no address has, and its use faults. There is no FEAT_FPAC, so authentication itself
 * never does.
 *
 * Without the feature the forms in the hint space do nothing and the others are undefined.
 */
#include "frontend/aarch64/pauth.h"

enum { PAC_LOW = 48, PAC_BITS = 7 };

static ir_ref op64(struct translation *t, int op, ir_ref x, ir_ref y)
{
    return ir_op2(t->block, op, IR_I64, x, y);
}

static ir_ref op64_const(struct translation *t, int op, ir_ref x, uint64_t y)
{
    return op64(t, op, x, ir_const(t->block, y));
}

/* Both multipliers are odd and of no structure, so that all input bits reach the top ones. */
static ir_ref hash(struct translation *t, int key, ir_ref x, ir_ref modifier)
{
    ir_ref secret = ir_get(t->block, A64_SLOT_pac_ia + (unsigned)key);
    ir_ref salt = op64_const(t, IR_MUL, op64(t, IR_XOR, modifier, secret), 0x9fb21c651e98df25);
    salt = op64(t, IR_XOR, salt, op64_const(t, IR_SHR, salt, 32));
    return op64_const(t, IR_MUL, op64(t, IR_XOR, x, salt), 0xd6e8feb86659fd93);
}

ir_ref a64_pac_modifier(struct translation *t, int32_t r)
{
    return r < 0 ? ir_const(t->block, 0) : get_xsp(t, (uint32_t)r);
}

ir_ref a64_pac_value(struct translation *t, int key, ir_ref pointer, ir_ref modifier)
{
    ir_ref address = op64_const(t, IR_SHL, pointer, 64 - PAC_LOW);
    ir_ref code = op64_const(t, IR_SHR, hash(t, key, address, modifier), 64 - PAC_BITS);
    return op64(t, IR_XOR, pointer, op64_const(t, IR_SHL, code, PAC_LOW));
}

static bool enabled(const struct translation *t)
{
    return cpu_has(t->config, A64_FEATURE_PAUTH);
}

/* `operation` says what the manual calls it; both are the same xor. */
bool a64_pac(struct translation *t, const struct a64_args_pac *a, int key, int operation)
{
    (void)operation;
    put_x(t, a->rd, a64_pac_value(t, key, get_x(t, a->rd), a64_pac_modifier(t, a->modifier)));
    return true;
}

bool a64_pac_1716(struct translation *t, int key, int operation)
{
    (void)operation;
    if (enabled(t))
        put_x(t, 17, a64_pac_value(t, key, get_x(t, 17), get_x(t, 16)));
    return true;
}

bool a64_pac_lr_zero(struct translation *t, int key, int operation)
{
    (void)operation;
    if (enabled(t))
        put_x(t, 30, a64_pac_value(t, key, get_x(t, 30), ir_const(t->block, 0)));
    return true;
}

bool a64_pac_lr_sp(struct translation *t, int key, int operation)
{
    (void)operation;
    if (enabled(t))
        put_x(t, 30, a64_pac_value(t, key, get_x(t, 30), get_xsp(t, 31)));
    return true;
}

/* The code's bits become copies of bit 55; the tag above it stays. */
static void strip(struct translation *t, uint32_t r)
{
    struct ir_block *b = t->block;
    ir_ref x = get_x(t, r);
    ir_ref sign = ir_emit(b, (struct ir_insn){.op = IR_SEXTRACT, .type = IR_I64, .a = x,
                                              .aux = 55 | 1 << 8});
    put_x(t, r, ir_emit(b, (struct ir_insn){.op = IR_INSERT, .type = IR_I64, .a = x, .b = sign,
                                            .aux = PAC_LOW | PAC_BITS << 8}));
}

bool a64_xpac(struct translation *t, const struct a64_args_rd *a)
{
    strip(t, a->rd);
    return true;
}

bool a64_xpaclri(struct translation *t)
{
    if (enabled(t))
        strip(t, 30);
    return true;
}

/* 32 bits of code for any value, in the upper half. */
bool a64_pacga(struct translation *t, const struct a64_args_rd_rn_rm *a)
{
    ir_ref code = hash(t, PAC_GA, get_x(t, a->rn), get_xsp(t, a->rm));
    put_x(t, a->rd, op64_const(t, IR_AND, code, ~UINT64_C(0xffffffff)));
    return true;
}

/* Loads from the authenticated base plus an offset; with writeback that sum goes to the base. */
bool a64_load_auth(struct translation *t, const struct a64_args_offset *a, int key, int writeback)
{
    ir_ref base = a64_pac_value(t, key, get_xsp(t, a->rn), ir_const(t->block, 0));
    ir_ref sum = op64_const(t, IR_ADD, base, (uint64_t)(int64_t)a->imm);
    ir_ref value = ir_load(t->block, IR_I64, a64_address(t, sum), 0, 3);
    if (writeback)
        put_xsp(t, a->rn, sum);
    put_x(t, a->rt, value);
    return true;
}
