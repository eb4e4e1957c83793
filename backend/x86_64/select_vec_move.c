/* Moves between vectors, their lanes, and registers of the other classes. */
#include "backend/x86_64/vec.h"

/* d := general register or memory, zero-extended */
static void move_to_xmm(struct work *w, unsigned d, struct operand x, uint32_t wide)
{
    if (x.kind == OPERAND_MEM)
        x_rm(&w->c, MOVD_TO_XMM | wide, d, x.mem);
    else
        x_rr(&w->c, MOVD_TO_XMM | wide, d, x.reg);
}

/* ---- whole vectors from scalars -------------------------------------------------------------- */

static void define_literal(struct work *w, ir_ref self, const uint64_t value[2])
{
    unsigned d = (unsigned)define_xmm(w, self, NO_REG, 0);
    if (!value[1])
        set_zero_above(w, self);
    vec_load(w, d, value[0], value[1]);
}

void emit_VPAIR(struct work *w, const struct ir_insn *in, ir_ref self)
{
    bool const_high = is_plain_const(w, in->b);
    uint64_t high_value = const_high ? constant(w, in->b)->value : 0;
    uint64_t value[2];
    if (vector_constant(w, self, value)) {
        consume(w, in->a);
        consume(w, in->b);
        define_literal(w, self, value);
        return;
    }
    struct operand low = use_rm(w, in->a);
    bool same = resolve(w, in->a) == resolve(w, in->b);
    unsigned high = !same && !(const_high && !high_value) ? (unsigned)use_gpr(w, in->b) : 0;
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_xmm(w, self, NO_REG, 0);
    move_to_xmm(w, d, low, X_W);
    if (same) {
        vec_rrr(w, PUNPCKLQDQ, d, d, d);
    } else if (const_high && !high_value) {
        set_zero_above(w, self);
    } else {
        vec_rrr_imm(w, PINSRQ, d, d, high, 1);
    }
}

/* d := a as a float of type t, zero above */
static void clear_above(struct work *w, unsigned d, unsigned a, enum ir_type t)
{
    enum { CLEAR_1_TO_3 = 14 };
    if (t == IR_F64)
        vec_rr(w, MOVQ_XMM, d, a);
    else if (t == IR_F32)
        vec_rrr_imm(w, INSERTPS, d, a, a, CLEAR_1_TO_3);
    else
        vec_rrl(w, PAND, d, a, UINT16_MAX, 0);
}

/* What lies above a float means nothing: it may become zero if the value is in registers only. */
static bool clear_in_place(struct work *w, ir_ref r, enum ir_type t)
{
    if (ir_is_const(r) || value_type(w, r, t) != t)
        return false;
    if (w->val[r].spill || !(w->val[r].regs & XMM_MASK))
        return false;
    for (uint32_t m = w->val[r].regs & XMM_MASK; m; m &= m - 1) {
        unsigned reg = (unsigned)__builtin_ctz(m) - XMM0;
        clear_above(w, reg, reg, t);
    }
    set_zero_above(w, r);
    return true;
}

void emit_VZEXT(struct work *w, const struct ir_insn *in, ir_ref self)
{
    enum ir_type t = (enum ir_type)in->sub;
    uint64_t value[2];
    if (ir_type_is_float(t)) {
        if (!is_zero_above(w, in->a, t) && !clear_in_place(w, resolve(w, in->a), t)) {
            unsigned a = (unsigned)use_xmm(w, in->a, t);
            consume(w, in->a);
            clear_above(w, (unsigned)define_xmm(w, self, a, 0), a, t);
        } else {
            become_alias(w, in, self);
            return;
        }
    } else if (vector_constant(w, self, value)) {
        consume(w, in->a);
        define_literal(w, self, value);
    } else {
        struct operand a = use_rm(w, in->a);
        consume(w, in->a);
        move_to_xmm(w, (unsigned)define_xmm(w, self, NO_REG, 0), a, t == IR_I64 ? X_W : 0);
    }
    set_zero_above(w, self);
}

/* Every lane of d := the lowest. */
static void spread(struct work *w, unsigned d, unsigned log)
{
    static const uint32_t broadcast[] = {PBROADCASTB, PBROADCASTW, PBROADCASTD, PBROADCASTQ};
    if (has(w, HOST_AVX2)) {
        vec_rr(w, broadcast[log], d, d);
        return;
    }
    switch (log) {
    case 0: vec_rrr(w, PUNPCKLBW, d, d, d); /* fall through */
    case 1: vec_rrr(w, PUNPCKLWD, d, d, d); /* fall through */
    case 2: vec_rr_imm(w, PSHUFD, d, d, 0); break;
    default: vec_rrr(w, PUNPCKLQDQ, d, d, d); break;
    }
}

void emit_VDUP(struct work *w, const struct ir_insn *in, ir_ref self)
{
    static const uint32_t from_register[] = {PBROADCASTB_E, PBROADCASTW_E, PBROADCASTD_E,
                                             PBROADCASTQ_E};
    unsigned log = lane_log(in);
    uint64_t value[2];
    if (vector_constant(w, self, value)) {
        consume(w, in->a);
        define_literal(w, self, value);
        return;
    }
    struct operand a = use_rm(w, in->a);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, NO_REG, 0);
    if (a.kind == OPERAND_REG && has(w, HOST_AVX512)) {
        vec_rr(w, from_register[log], d, a.reg);
        return;
    }
    move_to_xmm(w, d, a, log == 3 ? X_W : 0);
    spread(w, d, log);
}

/* ---- lanes ----------------------------------------------------------------------------------- */

void emit_VDUPL(struct work *w, const struct ir_insn *in, ir_ref self)
{
    static const uint32_t broadcast[] = {PBROADCASTB, PBROADCASTW, PBROADCASTD, PBROADCASTQ};
    unsigned log = lane_log(in), n = in->aux;
    struct operand a = {.kind = OPERAND_REG};
    if (log >= 2)
        a = use_xmm_rm(w, in->a, IR_V128);
    else
        a.reg = (uint8_t)use_xmm(w, in->a, IR_V128);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, a.kind == OPERAND_REG ? a.reg : NO_REG, 0);
    if (log == 3) {
        vec_ro(w, PSHUFD, d, a);
        put8(&w->c, n ? 0xee : 0x44);
    } else if (log == 2) {
        vec_ro(w, PSHUFD, d, a);
        put8(&w->c, n * 0x55);
    } else if (n == 0 && has(w, HOST_AVX2)) {
        vec_rr(w, broadcast[log], d, a.reg);
    } else {
        uint64_t control = splat(log, log ? (2 * n + 1) << 8 | 2 * n : n);
        vec_rrl(w, PSHUFB, d, a.reg, control, control);
    }
}

/* A lane as a float: lane 0 is the register itself. */
static void emit_float_lane(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (w->val[self].flags & VAL_ALIAS) {
        emit_alias(w, in, self);
        return;
    }
    unsigned log = (unsigned)__builtin_ctz(ir_type_size((enum ir_type)in->type)), n = in->aux;
    struct operand a = {.kind = OPERAND_REG};
    if (log >= 2)
        a = use_xmm_rm(w, in->a, IR_V128);
    else
        a.reg = (uint8_t)use_xmm(w, in->a, IR_V128);
    consume(w, in->a);
    unsigned d = (unsigned)define_xmm(w, self, a.kind == OPERAND_REG ? a.reg : NO_REG, 0);
    if (log == 1) {
        vec_rrr_imm(w, PALIGNR, d, a.reg, a.reg, 2 * n);
    } else {
        vec_ro(w, PSHUFD, d, a);
        put8(&w->c, log == 3 ? (n ? 0xee : 0x44) : n);
    }
}

void emit_VLANE(struct work *w, const struct ir_insn *in, ir_ref self)
{
    static const uint32_t extract[] = {PEXTRB, 0, PEXTRD, PEXTRQ};
    if (ir_type_is_float((enum ir_type)in->type)) {
        emit_float_lane(w, in, self);
        return;
    }
    unsigned x = (unsigned)use_xmm(w, in->a, IR_V128), n = in->aux, log = lane_log(in);
    consume(w, in->a);
    unsigned d = (unsigned)define_gpr(w, self, NO_REG, 0);
    if (log == 1) {
        x_rr(&w->c, PEXTRW, d, x);
        put8(&w->c, n);
    } else if (log >= 2 && n == 0) {
        x_rr(&w->c, log == 3 ? MOVQ_FROM_XMM : MOVD_FROM_XMM, x, d);
    } else {
        x_rr(&w->c, extract[log], x, d);
        put8(&w->c, n);
    }
}

void emit_VINS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    static const uint32_t insert[] = {PINSRB, PINSRW, PINSRD, PINSRQ};
    unsigned b = (unsigned)use_gpr(w, in->b), a = (unsigned)use_xmm(w, in->a, IR_V128);
    consume(w, in->a);
    consume(w, in->b);
    unsigned d = (unsigned)define_xmm(w, self, a, 0);
    vec_rrr_imm(w, insert[lane_log(in)], d, a, b, in->aux);
}

/* d := a with 64-bit lane `to` from lane `from` of b */
static void copy_half(struct work *w, const struct vec *v, unsigned to, unsigned from)
{
    enum { LOW = 0x0f, HIGH = 0xf0 };
    if (to == from)
        vec_rrr_imm(w, PBLENDW, v->d, v->a, v->b, to ? HIGH : LOW);
    else if (to)
        vec_rrr(w, PUNPCKLQDQ, v->d, v->a, v->b);
    else
        vec_rrr_imm(w, SHUFPD, v->d, v->b, v->a, 3);
}

void emit_VCOPY(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned log = lane_log(in), to = in->aux & 255, from = in->aux >> 8;
    if (log == 0) {
        unsigned t = (unsigned)make_temp(w, 0);
        struct vec v = vec_start(w, in, self, 0, KEEP_B);
        x_rr(&w->c, PEXTRB, v.b, t);
        put8(&w->c, from);
        vec_rrr_imm(w, PINSRB, v.d, v.a, t, to);
        return;
    }
    bool reversed = log == 3 && to == 0 && from == 1; /* b comes first there */
    struct vec v = vec_start(w, in, self, log == 1 && to != from ? 1 : 0,
                             reversed && !has(w, HOST_AVX) ? KEEP_A : 0);
    if (log == 3) {
        copy_half(w, &v, to, from);
    } else if (log == 2) {
        vec_rrr_imm(w, INSERTPS, v.d, v.a, v.b, from << 6 | to << 4);
    } else {
        unsigned b = v.b;
        if (to != from) { /* rotate the lane to where it goes */
            vec_rrr_imm(w, PALIGNR, v.t[0], v.b, v.b, 2 * (from - to) & 15);
            b = v.t[0];
        }
        vec_rrr_imm(w, PBLENDW, v.d, v.a, b, 1u << to);
    }
}
