/* Bit counting and shuffling, carry-less products, and bit casts. */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"
#include "backend/x86_64/runtime.h"

static inline uint32_t wide(const struct ir_insn *in)
{
    return in->type == IR_I64 ? X_W : 0;
}

static void emit_rm(struct work *w, uint32_t op, unsigned d, struct operand y)
{
    if (y.kind == OPERAND_REG)
        x_rr(&w->c, op, d, y.reg);
    else
        x_rm(&w->c, op, d, y.mem);
}

/* d := op(a); popcnt, lzcnt and tzcnt wait for the old value of d on many hosts unless it is a. */
static void emit_count(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op)
{
    struct operand a = use_rm(w, in->a);
    consume(w, in->a);
    unsigned d = (unsigned)define_gpr(w, self, a.kind == OPERAND_REG ? a.reg : NO_REG, 0);
    if (op == POPCNT && !(a.kind == OPERAND_REG && a.reg == d))
        x_rr(&w->c, 0x33, d, d);
    emit_rm(w, op | wide(in), d, a);
}

/* bsf or bsr, which leave d undefined for zero: then `of_zero`; the result is xored with `flip`. */
static void emit_scan(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t op,
                      unsigned of_zero, unsigned flip)
{
    unsigned t = (unsigned)make_temp(w, 0);
    struct operand a = use_rm(w, in->a);
    consume(w, in->a);
    mov_ri(&w->c, t, of_zero);
    unsigned d = (unsigned)define_gpr(w, self, NO_REG, BIT(t));
    emit_rm(w, op | wide(in), d, a);
    x_rr(&w->c, (CMOV + CC_E) | wide(in), d, t);
    if (flip)
        alu_ri(&w->c, ALU_XOR, 0, d, (int32_t)flip);
}

void emit_CLZ(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned width = in->type == IR_I64 ? 64 : 32;
    if (has(w, HOST_LZCNT))
        emit_count(w, in, self, LZCNT);
    else
        emit_scan(w, in, self, BSR, 2 * width - 1, width - 1);
}

void emit_CTZ(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (has(w, HOST_BMI1))
        emit_count(w, in, self, TZCNT);
    else
        emit_scan(w, in, self, BSF, in->type == IR_I64 ? 64 : 32, 0);
}

void emit_POPCNT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_count(w, in, self, POPCNT);
}

static unsigned emit_copy(struct work *w, const struct ir_insn *in, ir_ref self, uint32_t avoid)
{
    unsigned a = (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    unsigned d = (unsigned)define_gpr(w, self, a, avoid);
    if (d != a)
        mov_rr(&w->c, d, a);
    return d;
}

void emit_BSWAP(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned d = emit_copy(w, in, self, 0);
    x_o(&w->c, BSWAP | wide(in), d);
}

/* d := (d >> n & mask) | (d & mask) << n */
static void exchange_bits(struct work *w, unsigned d, unsigned t, unsigned m, unsigned n,
                          uint64_t mask)
{
    mov_ri(&w->c, m, mask);
    mov_rr(&w->c, t, d);
    shift_ri(&w->c, SHIFT_SHR, X_W, t, n);
    alu_rr(&w->c, ALU_AND, X_W, t, m);
    alu_rr(&w->c, ALU_AND, X_W, d, m);
    shift_ri(&w->c, SHIFT_SHL, X_W, d, n);
    alu_rr(&w->c, ALU_OR, X_W, d, t);
}

void emit_BITREV(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (has(w, HOST_GFNI)) {
        unsigned x = (unsigned)make_xmm_temp(w, 0);
        unsigned d = emit_copy(w, in, self, 0);
        x_rr(&w->c, MOVQ_TO_XMM, x, d);
        x_rm(&w->c, GF2P8AFFINEQB, x, CONSTANT_MEM(K_BITREV));
        put8(&w->c, 0);
        x_rr(&w->c, MOVQ_FROM_XMM, x, d);
        x_o(&w->c, BSWAP | wide(in), d);
        return;
    }
    unsigned t = (unsigned)make_temp(w, 0), m = (unsigned)make_temp(w, 0);
    unsigned d = emit_copy(w, in, self, BIT(t) | BIT(m));
    exchange_bits(w, d, t, m, 1, 0x5555555555555555);
    exchange_bits(w, d, t, m, 2, 0x3333333333333333);
    exchange_bits(w, d, t, m, 4, 0x0f0f0f0f0f0f0f0f);
    x_o(&w->c, BSWAP | wide(in), d);
}

void emit_ORCB(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned x = (unsigned)make_xmm_temp(w, 0), y = (unsigned)make_xmm_temp(w, 0);
    unsigned a = (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    unsigned d = (unsigned)define_gpr(w, self, a, 0);
    x_rr(&w->c, MOVQ_TO_XMM, x, a);
    x_rr(&w->c, PXOR, y, y);
    x_rr(&w->c, PCMPEQB, x, y); /* ff where a byte is zero */
    x_rr(&w->c, PCMPEQD, y, y);
    x_rr(&w->c, PXOR, x, y);
    x_rr(&w->c, MOVQ_FROM_XMM, x, d);
}

/* ---- carry-less multiplication ----------------------------------------------------------------
 */

static void emit_clmul(struct work *w, const struct ir_insn *in, ir_ref self, bool high)
{
    bool is64 = in->type == IR_I64;
    if (!has(w, HOST_PCLMUL)) {
        unsigned f = is64 ? (high ? RT_CLMULH64 : RT_CLMUL64) : high ? RT_CLMULH32 : RT_CLMUL32;
        const ir_ref args[3] = {in->a, in->b, IR_NONE};
        call_function(w, RUNTIME_POINTER(f), args, IR_HELPER_PURE);
        define_in(w, self, RAX);
        return;
    }
    unsigned x = (unsigned)make_xmm_temp(w, 0), y = (unsigned)make_xmm_temp(w, 0);
    unsigned a = (unsigned)use_gpr(w, in->a), b = (unsigned)use_gpr(w, in->b);
    uint32_t to_xmm = is64 ? MOVQ_TO_XMM : MOVD_TO_XMM;
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_gpr(w, self, NO_REG, 0);
    x_rr(&w->c, to_xmm, x, a);
    x_rr(&w->c, to_xmm, y, b);
    x_rr(&w->c, PCLMULQDQ, x, y);
    put8(&w->c, 0);
    if (high && is64) {
        x_rr(&w->c, PEXTRQ, x, d);
        put8(&w->c, 1);
        return;
    }
    x_rr(&w->c, MOVQ_FROM_XMM, x, d);
    if (high)
        shift_ri(&w->c, SHIFT_SHR, X_W, d, 32);
}

void emit_CLMUL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_clmul(w, in, self, false);
}

void emit_CLMULH(struct work *w, const struct ir_insn *in, ir_ref self)
{
    emit_clmul(w, in, self, true);
}

/* ---- moves between classes -------------------------------------------------------------------- */

static unsigned bits_of(enum ir_type t)
{
    return ir_type_size(t) * 8;
}

/* The image, cut to the smaller type, through a general register. */
void emit_BITCAST(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type to = (enum ir_type)in->type, from = (enum ir_type)in->sub;
    unsigned bits = bits_of(to) < bits_of(from) ? bits_of(to) : bits_of(from);
    bool direct = bits >= 32 && ir_type_is_float(to) != ir_type_is_float(from);
    if (ir_type_is_float(to) && is_plain_const(w, in->a) && constant(w, in->a)->value == 0) {
        consume(w, in->a);
        unsigned d = (unsigned)define_xmm(w, self, NO_REG, 0);
        x_rr(&w->c, XORPS, d, d);
        return;
    }
    unsigned t = direct ? 0 : (unsigned)make_temp(w, 0);
    unsigned a =
        ir_type_is_float(from) ? (unsigned)use_xmm(w, in->a, from) : (unsigned)use_gpr(w, in->a);
    consume(w, in->a);
    if (direct && ir_type_is_float(to)) {
        unsigned d = (unsigned)define_xmm(w, self, NO_REG, 0);
        x_rr(&w->c, bits == 64 ? MOVQ_TO_XMM : MOVD_TO_XMM, d, a);
        return;
    }
    if (direct) {
        unsigned d = (unsigned)define_gpr(w, self, NO_REG, 0);
        x_rr(&w->c, bits == 64 ? MOVQ_FROM_XMM : MOVD_FROM_XMM, a, d);
        return;
    }
    if (ir_type_is_float(from))
        x_rr(&w->c, MOVQ_FROM_XMM, a, t);
    else
        mov_rr(&w->c, t, a);
    if (bits == 32)
        mov32_rr(&w->c, t, t);
    else if (bits == 16)
        x_rr(&w->c, MOVZX16, t, t);
    if (ir_type_is_float(to))
        x_rr(&w->c, MOVQ_TO_XMM, (unsigned)define_xmm(w, self, NO_REG, 0), t);
    else
        define_in(w, self, t);
}
