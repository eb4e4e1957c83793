/*
 * Memory: addressing modes, loads and stores, atomics.
 *
 * Whatever may fault is noted (note_fault) right before its instruction is written, when all
 * registers are allocated. A result goes straight to the register of its slot only if the one
 * instruction that writes it is the one that may fault; longer sequences end in a temporary.
 *
 * x86 orders everything but a store before a later load, so acquire and release cost nothing except
 * for a store that must be ordered before later loads.
 */
#include "backend/x86_64/work.h"

#include "backend/x86_64/form.h"
#include "backend/x86_64/runtime.h"

/* ---- addresses --------------------------------------------------------------------------------
 */

static bool add_disp(struct mem *m, const struct work *w, ir_ref r)
{
    if (!is_plain_const(w, r))
        return false;
    int64_t sum = (int64_t)((uint64_t)m->disp + constant(w, r)->value);
    if (!fits32(sum))
        return false;
    m->disp = (int32_t)sum;
    return true;
}

static void add_index(struct work *w, struct address *a, ir_ref r)
{
    const struct val *v = ir_is_const(r) ? NULL : &w->val[r];
    const struct ir_insn *in = v ? &w->b->insns[r] : NULL;
    if (v && v->flags & VAL_FUSED && !v->regs && in->op == IR_SHL) {
        a->m.scale = (uint8_t)constant(w, in->b)->value;
        a->m.index = (int8_t)use_gpr(w, in->a);
        a->refs[a->n++] = in->a;
        a->refs[a->n++] = in->b;
    } else {
        a->m.index = (int8_t)use_gpr(w, r);
    }
    a->refs[a->n++] = r;
}

/* The two addends of an add that is part of the address. */
static void add_sum(struct work *w, struct address *a, const struct ir_insn *in)
{
    bool a_scaled =
        !ir_is_const(in->a) && w->val[in->a].flags & VAL_FUSED && w->b->insns[in->a].op == IR_SHL;
    ir_ref base = a_scaled ? in->b : in->a, index = a_scaled ? in->a : in->b;
    if (add_disp(&a->m, w, base)) {
        a->refs[a->n++] = base;
    } else {
        a->m.base = (int8_t)use_gpr(w, base);
        a->refs[a->n++] = base;
    }
    if (add_disp(&a->m, w, index))
        a->refs[a->n++] = index;
    else
        add_index(w, a, index);
}

/* Guest addresses that are not the host's: one more addend. */
static void add_window(struct work *w, struct address *a)
{
    unsigned t = (unsigned)make_temp(w, 0);
    x_rm(&w->c, MOV | X_W, t, CPU_MEM(memory_base));
    if (a->m.base >= 0 && a->m.index >= 0) {
        alu_rr(&w->c, ALU_ADD, X_W, t, (unsigned)a->m.base);
    } else if (a->m.base >= 0) {
        a->m.index = a->m.base;
        a->m.scale = 0;
    }
    a->m.base = (int8_t)t;
}

/* One register holds a sum that is wanted several times. */
static void add_up(struct work *w, struct address *a, uint32_t locked)
{
    unsigned t = (unsigned)make_temp(w, 0);
    lea(&w->c, X_W, t, a->m);
    a->m = mem_at((int)t, 0);
    w->locked = locked | BIT(t);
}

struct address use_address(struct work *w, ir_ref ref, int32_t disp)
{
    uint32_t locked = w->locked;
    struct address a = {.m = {-1, -1, 0, disp}};
    ir_ref r = resolve(w, ref);
    const struct val *v = val_of(w, r);
    if (add_disp(&a.m, w, r)) {
        a.refs[a.n++] = r;
    } else if (!ir_is_const(r) && v->flags & VAL_FUSED && !v->regs && w->b->insns[r].op == IR_ADD) {
        add_sum(w, &a, &w->b->insns[r]);
        a.refs[a.n++] = r;
    } else {
        a.m.base = (int8_t)use_gpr(w, r);
        a.refs[a.n++] = r;
    }
    if (w->be->memory == BACKEND_WINDOW)
        add_window(w, &a);
    else if (w->be->memory == BACKEND_TLB &&
             ((a.m.base >= 0 && a.m.index >= 0) || a.m.disp > FAR || a.m.disp < -FAR))
        add_up(w, &a, locked);
    return a;
}

void consume_address(struct work *w, const struct address *a)
{
    for (unsigned i = 0; i < a->n; i++)
        consume(w, a->refs[i]);
}

/* Leaves with IR_EXIT_MISALIGNED. r: base, index, scale, as in struct mem; value: disp. */
static void cold_misaligned(struct work *w, struct cold *c)
{
    struct mem m = {(int8_t)c->r[0], (int8_t)c->r[1], c->r[2], (int32_t)c->value};
    x_o(&w->c, PUSH, RAX);
    lea(&w->c, X_W, RAX, m);
    if (w->be->memory == BACKEND_WINDOW)
        alu_rm(&w->c, ALU_SUB, X_W, RAX, CPU_MEM(memory_base));
    x_rm(&w->c, MOV_STORE | X_W, RAX, CPU_MEM(exit_info));
    x_o(&w->c, POP, RAX);
    store_snapshot(w, c->state);
    x_xm(&w->c, MOV_IMM, 0, CPU_MEM(exit_reason));
    put32(&w->c, IR_EXIT_MISALIGNED);
    store_exit_pc(w, w->b->pc + (uint64_t)(int64_t)(int32_t)(c->value >> 32));
    stub_jump(w, offsetof(struct code_stubs, leave));
}

/* Before anything of the access is done; `m` must stay as it is. May need a temporary. */
static void check_aligned(struct work *w, unsigned memop, struct mem m)
{
    unsigned mask = (1u << (memop & IR_MEM_SIZE)) - 1;
    if (!(memop & IR_MEM_ALIGNED) || !mask)
        return;
    unsigned reg = (unsigned)(m.base >= 0 ? m.base : 0);
    if (m.base < 0 || m.index >= 0 || m.disp & (int)mask) {
        reg = (unsigned)make_temp(w, 0);
        lea(&w->c, 0, reg, m);
        w->locked &= ~BIT(reg);
    }
    x_xr(&w->c, 0xf6 | X_8, 0, reg); /* test reg8, imm8 */
    put8(&w->c, mask);
    struct cold *c = cold_jcc(w, CC_NE, cold_misaligned);
    c->state = snapshot(w);
    if (unlikely(w->checker))
        check_snapshot(w, c->state);
    c->r[0] = (uint8_t)m.base;
    c->r[1] = (uint8_t)m.index;
    c->r[2] = m.scale;
    c->value = (uint64_t)w->insn_pc << 32 | (uint32_t)m.disp;
}

/* ---- plain loads and stores -------------------------------------------------------------------
 */

static uint32_t load_opcode(unsigned memop, enum ir_type t)
{
    bool extend = memop & IR_MEM_SIGNED;
    uint32_t w64 = t == IR_I64 ? X_W : 0;
    switch (memop & IR_MEM_SIZE) {
    case 0: return extend ? MOVSX8 | w64 : MOVZX8;
    case 1: return extend ? MOVSX16 | w64 : MOVZX16;
    case 2: return extend && w64 ? MOVSXD : MOV;
    default: return MOV | X_W;
    }
}

/* The bytes of register d, of which the lowest 2^size are meaningful, in the other order,
 * zero-extended. */
static void swap_gpr(struct work *w, unsigned d, unsigned size)
{
    if (size == 0)
        return;
    x_o(&w->c, BSWAP | (size == 3 ? X_W : 0), d);
    if (size == 1)
        shift_ri(&w->c, SHIFT_SHR, 0, d, 16);
}

/* Sign extension of a zero-extended value of that size. */
static void extend_gpr(struct work *w, unsigned d, unsigned memop, enum ir_type t)
{
    if (!(memop & IR_MEM_SIGNED) || (memop & IR_MEM_SIZE) == 3)
        return;
    x_rr(&w->c, load_opcode(memop, t), d, d);
}

static void load_int(struct work *w, const struct ir_insn *in, ir_ref self, const struct address *a)
{
    unsigned size = in->d & IR_MEM_SIZE;
    struct mem m = a->m;
    struct tlb_use tlb;
    tlb_prepare(w, &tlb);
    consume_address(w, a);
    unsigned d = (unsigned)define_gpr(w, self, NO_REG, 0);
    tlb_look_up(w, &tlb, &m,
                (in->d & CPU_MISS_MEMOP) | (in->type == IR_I64 ? CPU_MISS_WIDE : 0) |
                    d << CPU_MISS_REG_SHIFT, 0);
    if (!(in->d & IR_MEM_BIG)) {
        x_rm(&w->c, load_opcode(in->d, (enum ir_type)in->type), d, m);
    } else if (size >= 2 && has(w, HOST_MOVBE)) {
        x_rm(&w->c, MOVBE_LOAD | (size == 3 ? X_W : 0), d, m);
        extend_gpr(w, d, in->d, (enum ir_type)in->type);
    } else {
        x_rm(&w->c, load_opcode(in->d & IR_MEM_SIZE, IR_I64), d, m);
        swap_gpr(w, d, size);
        extend_gpr(w, d, in->d, (enum ir_type)in->type);
    }
    tlb_end(w, &tlb);
}

static void load_float(struct work *w, const struct ir_insn *in, ir_ref self,
                       const struct address *a)
{
    unsigned size = in->d & IR_MEM_SIZE;
    bool big = in->d & IR_MEM_BIG;
    unsigned t = size == 1 || (big && size < 4) ? (unsigned)make_temp(w, 0) : 0;
    struct mem m = a->m;
    struct tlb_use tlb;
    tlb_prepare(w, &tlb);
    consume_address(w, a);
    unsigned d = (unsigned)define_xmm(w, self, NO_REG, 0);
    if (size < 4)
        set_zero_above(w, self);
    tlb_look_up(w, &tlb, &m, (in->d & CPU_MISS_MEMOP) | CPU_MISS_XMM | d << CPU_MISS_REG_SHIFT, 0);
    if (size == 4) {
        x_rm(&w->c, MOVUPS, d, m);
        if (big)
            x_rm(&w->c, PSHUFB, d, CONSTANT_MEM(K_BYTE_SWAP));
    } else if (size == 1 || big) {
        x_rm(&w->c, load_opcode(size, IR_I64), t, m);
        if (big)
            swap_gpr(w, t, size);
        x_rr(&w->c, MOVQ_TO_XMM, d, t);
    } else {
        x_rm(&w->c, size == 3 ? MOVSD : MOVSS, d, m);
    }
    tlb_end(w, &tlb);
}

void emit_LOAD(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct address a = use_address(w, in->a, (int32_t)in->aux);
    check_aligned(w, in->d, a.m);
    if (in_xmm((enum ir_type)in->type))
        load_float(w, in, self, &a);
    else
        load_int(w, in, self, &a);
}

static void store_register(struct work *w, unsigned size, unsigned reg, struct mem m)
{
    static const uint32_t op[] = {MOV_STORE8, MOV_STORE | X_OPSIZE, MOV_STORE, MOV_STORE | X_W};
    x_rm(&w->c, op[size], reg, m);
}

static void store_immediate(struct work *w, unsigned size, uint64_t value, struct mem m)
{
    static const uint32_t op[] = {MOV_IMM8, MOV_IMM | X_OPSIZE, MOV_IMM, MOV_IMM | X_W};
    x_xm(&w->c, op[size], 0, m);
    if (size == 0) {
        put8(&w->c, (unsigned)value);
    } else if (size == 1) {
        put8(&w->c, (unsigned)value);
        put8(&w->c, (unsigned)value >> 8);
    } else {
        put32(&w->c, (uint32_t)value);
    }
}

static uint64_t swap_constant(unsigned memop, uint64_t value)
{
    return memop & IR_MEM_BIG ? __builtin_bswap64(value) >> (64 - (8 << (memop & IR_MEM_SIZE)))
                              : value;
}

/* The register holds the bytes as they are in memory, unless `memop` has IR_MEM_BIG. */
static struct mem look_up_store(struct work *w, struct tlb_use *t, const struct address *a, unsigned memop,
                                unsigned reg)
{
    struct mem m = a->m;
    tlb_look_up(w, t, &m, (memop & CPU_MISS_MEMOP) | CPU_MISS_WRITE | reg << CPU_MISS_REG_SHIFT, 0);
    return m;
}

static void store_int(struct work *w, const struct ir_insn *in, const struct address *a)
{
    unsigned size = in->d & IR_MEM_SIZE, plain = in->d & ~(unsigned)IR_MEM_BIG;
    struct tlb_use tlb;
    tlb_prepare(w, &tlb);
    if (is_plain_const(w, in->b)) {
        uint64_t value = swap_constant(in->d, constant(w, in->b)->value);
        if (size < 3 || fits32((int64_t)value)) {
            struct mem m = a->m;
            tlb_look_up(w, &tlb, &m, (plain & CPU_MISS_MEMOP) | CPU_MISS_WRITE | CPU_MISS_CONST, value);
            store_immediate(w, size, value, m);
            tlb_end(w, &tlb);
            return;
        }
    }
    unsigned reg = (unsigned)use_gpr(w, in->b);
    if (!(in->d & IR_MEM_BIG) || size == 0) {
        store_register(w, size, reg, look_up_store(w, &tlb, a, plain, reg));
    } else if (size >= 2 && has(w, HOST_MOVBE)) {
        struct mem m = look_up_store(w, &tlb, a, in->d, reg);
        x_rm(&w->c, MOVBE_STORE | (size == 3 ? X_W : 0), reg, m);
    } else {
        unsigned t = (unsigned)make_temp(w, 0);
        mov_rr(&w->c, t, reg);
        swap_gpr(w, t, size);
        store_register(w, size, t, look_up_store(w, &tlb, a, plain, t));
    }
    tlb_end(w, &tlb);
}

static void store_float(struct work *w, const struct ir_insn *in, const struct address *a)
{
    unsigned size = in->d & IR_MEM_SIZE, plain = in->d & ~(unsigned)IR_MEM_BIG;
    bool big = in->d & IR_MEM_BIG;
    unsigned x = (unsigned)use_xmm(w, in->b, (enum ir_type)in->type);
    struct tlb_use tlb;
    tlb_prepare(w, &tlb);
    if (size == 4 && big) {
        unsigned t = (unsigned)make_xmm_temp(w, 0);
        copy_xmm(w, t, x);
        x_rm(&w->c, PSHUFB, t, CONSTANT_MEM(K_BYTE_SWAP));
        x = t;
    } else if (size == 1 || big) {
        unsigned t = (unsigned)make_temp(w, 0);
        x_rr(&w->c, MOVQ_FROM_XMM, x, t);
        if (big)
            swap_gpr(w, t, size);
        store_register(w, size, t, look_up_store(w, &tlb, a, plain, t));
        tlb_end(w, &tlb);
        return;
    }
    struct mem m = a->m;
    tlb_look_up(w, &tlb, &m,
                (plain & CPU_MISS_MEMOP) | CPU_MISS_WRITE | CPU_MISS_XMM | x << CPU_MISS_REG_SHIFT, 0);
    x_rm(&w->c, size == 4 ? MOVUPS_STORE : size == 3 ? MOVSD_STORE : MOVSS_STORE, x, m);
    tlb_end(w, &tlb);
}

static void full_fence(struct work *w)
{
    x_xm(&w->c, 0x83 | X_LOCK, ALU_OR, mem_at(RSP, 0));
    put8(&w->c, 0);
}

void emit_STORE(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct address a = use_address(w, in->a, (int32_t)in->aux);
    check_aligned(w, in->d, a.m);
    enum ir_type t = (enum ir_type)in->type;
    if (in_xmm(t) && !(is_plain_const(w, in->b) && t != IR_V128))
        store_float(w, in, &a);
    else
        store_int(w, in, &a);
    if (in->d & IR_MEM_RELEASE)
        full_fence(w);
    consume_address(w, &a);
    consume(w, in->b);
}

void emit_CBOZERO(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct address a = use_address(w, in->a, 0);
    unsigned x = (unsigned)make_xmm_temp(w, 0);
    struct tlb_use tlb;
    tlb_prepare(w, &tlb);
    x_rr(&w->c, XORPS, x, x);
    for (unsigned i = 0; i < in->aux; i += 16, a.m.disp += 16) {
        struct mem m = a.m;
        tlb_look_up(w, &tlb, &m, 4 | CPU_MISS_WRITE | CPU_MISS_XMM | x << CPU_MISS_REG_SHIFT, 0);
        x_rm(&w->c, MOVUPS_STORE, x, m);
        tlb_end(w, &tlb);
    }
    consume_address(w, &a);
}

void emit_FENCE(struct work *w, const struct ir_insn *in, ir_ref self)
{
    if (in->aux == IR_FENCE_FULL)
        full_fence(w);
}

/* ---- atomics ----------------------------------------------------------------------------------
 */

static uint32_t sized(unsigned size, uint32_t byte_op, uint32_t op)
{
    return size == 0 ? byte_op : size == 1 ? op | X_OPSIZE : size == 3 ? op | X_W : op;
}

/* What was in memory, in `reg` (zero-extended if `clean`), becomes the result. */
static void define_old(struct work *w, const struct ir_insn *in, ir_ref self, unsigned reg,
                       bool clean)
{
    unsigned size = in->d & IR_MEM_SIZE;
    if (in->d & IR_MEM_BIG && size) {
        swap_gpr(w, reg, size);
        clean = true;
    }
    if (!clean || in->d & IR_MEM_SIGNED)
        if (size < 3)
            x_rr(&w->c, load_opcode(in->d, (enum ir_type)in->type), reg, reg);
    define_in(w, self, reg);
}

/* The old value is not wanted, and the operation is one that memory can be the target of. */
static bool amo_in_memory(struct work *w, const struct ir_insn *in, ir_ref self,
                          const struct address *a)
{
    static const int8_t ops[IR_AMO_COUNT] = {
        [IR_AMO_SWAP] = -1,   [IR_AMO_ADD] = ALU_ADD, [IR_AMO_AND] = ALU_AND,
        [IR_AMO_OR] = ALU_OR, [IR_AMO_XOR] = ALU_XOR, [IR_AMO_ANDN] = -1,
        [IR_AMO_MINS] = -1,   [IR_AMO_MAXS] = -1,     [IR_AMO_MINU] = -1,
        [IR_AMO_MAXU] = -1};
    int op = ops[in->sub];
    unsigned size = in->d & IR_MEM_SIZE;
    if (op < 0 || w->val[self].uses || (in->d & IR_MEM_BIG && size))
        return false;
    unsigned reg = (unsigned)use_gpr(w, in->b);
    note_fault(w);
    x_rm(&w->c, sized(size, (unsigned)op << 3 | X_8, (unsigned)op << 3 | 1) | X_LOCK, reg, a->m);
    consume(w, in->b);
    consume_address(w, a);
    return true;
}

/* swap and add have instructions of their own. */
static void amo_exchange(struct work *w, const struct ir_insn *in, ir_ref self,
                         const struct address *a)
{
    unsigned size = in->d & IR_MEM_SIZE, t = (unsigned)make_temp(w, 0);
    load_into(w, t, in->b);
    if (in->d & IR_MEM_BIG)
        swap_gpr(w, t, size);
    note_fault(w);
    if (in->sub == IR_AMO_SWAP)
        x_rm(&w->c, sized(size, XCHG8, XCHG), t, a->m);
    else
        x_rm(&w->c, sized(size, XADD8, XADD) | X_LOCK, t, a->m);
    consume(w, in->b);
    consume_address(w, a);
    define_old(w, in, self, t, size >= 2);
}

/* t := new value from the old one in RAX (memory order) and the operand b. */
static void amo_compute(struct work *w, const struct ir_insn *in, unsigned t, unsigned b)
{
    static const uint8_t cc[IR_AMO_COUNT] = {[IR_AMO_MINS] = CC_GE, [IR_AMO_MAXS] = CC_LE,
                                             [IR_AMO_MINU] = CC_AE, [IR_AMO_MAXU] = CC_BE};
    unsigned size = in->d & IR_MEM_SIZE;
    mov_rr(&w->c, t, RAX);
    if (in->d & IR_MEM_BIG)
        swap_gpr(w, t, size);
    switch (in->sub) {
    case IR_AMO_SWAP: mov_rr(&w->c, t, b); break;
    case IR_AMO_ADD: alu_rr(&w->c, ALU_ADD, X_W, t, b); break;
    case IR_AMO_AND: alu_rr(&w->c, ALU_AND, X_W, t, b); break;
    case IR_AMO_OR: alu_rr(&w->c, ALU_OR, X_W, t, b); break;
    case IR_AMO_XOR: alu_rr(&w->c, ALU_XOR, X_W, t, b); break;
    case IR_AMO_ANDN: /* old & ~b = ~(~old | b) */
        x_xr(&w->c, UNARY | X_W, 2, t);
        alu_rr(&w->c, ALU_OR, X_W, t, b);
        x_xr(&w->c, UNARY | X_W, 2, t);
        break;
    default:
        x_rr(&w->c, sized(size, 0x3a | X_8, 0x3b), t, b); /* cmp */
        x_rr(&w->c, (CMOV + cc[in->sub]) | X_W, t, b);
        break;
    }
    if (in->d & IR_MEM_BIG)
        swap_gpr(w, t, size);
}

static void amo_loop(struct work *w, const struct ir_insn *in, ir_ref self, const struct address *a)
{
    unsigned size = in->d & IR_MEM_SIZE, t = (unsigned)make_temp(w, 0);
    unsigned b = (unsigned)use_gpr(w, in->b);
    note_fault(w);
    x_rm(&w->c, load_opcode(size, IR_I64), RAX, a->m);
    uint8_t *again = w->c.p;
    amo_compute(w, in, t, b);
    note_fault(w);
    x_rm(&w->c, sized(size, CMPXCHG8, CMPXCHG) | X_LOCK, t, a->m);
    jcc8_back(&w->c, CC_NE, again);
    consume(w, in->b);
    consume_address(w, a);
    define_old(w, in, self, RAX, true);
}

void emit_AMO(struct work *w, const struct ir_insn *in, ir_ref self)
{
    bool exchange = in->sub == IR_AMO_SWAP ||
                    (in->sub == IR_AMO_ADD && !(in->d & IR_MEM_BIG && in->d & IR_MEM_SIZE));
    if (!exchange)
        take(w, RAX);
    struct address a = use_address(w, in->a, 0);
    check_aligned(w, in->d, a.m);
    tlb_resolve(w, &a.m, in->d, true);
    if (amo_in_memory(w, in, self, &a))
        return;
    if (exchange)
        amo_exchange(w, in, self, &a);
    else
        amo_loop(w, in, self, &a);
}

/* low:high := xmm, bytes reversed if big */
static void split_xmm(struct work *w, unsigned low, unsigned high, unsigned x, bool big)
{
    if (big) {
        unsigned swap = low;
        low = high;
        high = swap;
    }
    x_rr(&w->c, MOVQ_FROM_XMM, x, low);
    x_rr(&w->c, PEXTRQ, x, high);
    put8(&w->c, 1);
    if (big) {
        x_o(&w->c, BSWAP | X_W, low);
        x_o(&w->c, BSWAP | X_W, high);
    }
}

static void join_xmm(struct work *w, unsigned x, unsigned low, unsigned high)
{
    x_rr(&w->c, MOVQ_TO_XMM, x, low);
    x_rr(&w->c, PINSRQ, x, high);
    put8(&w->c, 1);
}

static void take_quad(struct work *w)
{
    take(w, RAX);
    take(w, RDX);
    take(w, RCX);
    take(w, RBX);
}

/* The address in R10, which cmpxchg16b leaves alone, and the registers it uses taken. */
static struct address quad_address(struct work *w, const struct ir_insn *in)
{
    take(w, R10);
    struct address a = use_address(w, in->a, 0);
    check_aligned(w, in->d, a.m);
    tlb_resolve(w, &a.m, in->d, true);
    lea(&w->c, X_W, R10, a.m);
    a.m = mem_at(R10, 0);
    w->locked = BIT(R10);
    take_quad(w);
    return a;
}

static void emit_cas128(struct work *w, const struct ir_insn *in, ir_ref self)
{
    bool big = in->d & IR_MEM_BIG;
    struct address a = quad_address(w, in);
    split_xmm(w, RAX, RDX, (unsigned)use_xmm(w, in->b, IR_V128), big);
    split_xmm(w, RBX, RCX, (unsigned)use_xmm(w, in->c, IR_V128), big);
    note_fault(w);
    x_xm(&w->c, CMPXCHG16B | X_LOCK, 1, a.m);
    consume_address(w, &a);
    consume(w, in->b);
    consume(w, in->c);
    unsigned d = (unsigned)define_xmm(w, self, NO_REG, 0);
    join_xmm(w, d, RAX, RDX);
    if (big)
        x_rm(&w->c, PSHUFB, d, CONSTANT_MEM(K_BYTE_SWAP));
}

void emit_CAS(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned size = in->d & IR_MEM_SIZE;
    if (size == 4) {
        emit_cas128(w, in, self);
        return;
    }
    take(w, RAX);
    struct address a = use_address(w, in->a, 0);
    check_aligned(w, in->d, a.m);
    tlb_resolve(w, &a.m, in->d, true);
    load_into(w, RAX, in->b);
    unsigned n;
    if (in->d & IR_MEM_BIG && size) {
        n = (unsigned)make_temp(w, 0);
        load_into(w, n, in->c);
        swap_gpr(w, RAX, size);
        swap_gpr(w, n, size);
    } else {
        n = (unsigned)use_gpr(w, in->c);
    }
    note_fault(w);
    x_rm(&w->c, sized(size, CMPXCHG8, CMPXCHG) | X_LOCK, n, a.m);
    consume_address(w, &a);
    consume(w, in->b);
    consume(w, in->c);
    define_old(w, in, self, RAX, false);
}

/* ---- exclusives -------------------------------------------------------------------------------
 */

static struct mem exclusive_value(unsigned i)
{
    struct mem m = CPU_MEM(exclusive_value);
    m.disp += (int32_t)(i * 8);
    return m;
}

/* exclusive_address := the address that m stands for, through register t */
static void note_exclusive(struct work *w, unsigned t, struct mem m)
{
    lea(&w->c, X_W, t, m);
    if (w->be->memory == BACKEND_WINDOW)
        alu_rm(&w->c, ALU_SUB, X_W, t, CPU_MEM(memory_base));
    x_rm(&w->c, MOV_STORE | X_W, t, CPU_MEM(exclusive_address));
}

static void emit_ldx128(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct address a = use_address(w, in->a, 0);
    check_aligned(w, in->d, a.m);
    tlb_resolve(w, &a.m, in->d, false);
    unsigned t = (unsigned)make_temp(w, 0), x = (unsigned)make_xmm_temp(w, 0);
    note_fault(w);
    x_rm(&w->c, MOVUPS, x, a.m);
    note_exclusive(w, t, a.m);
    x_rm(&w->c, MOVUPS_STORE, x, exclusive_value(0));
    if (in->d & IR_MEM_BIG)
        x_rm(&w->c, PSHUFB, x, CONSTANT_MEM(K_BYTE_SWAP));
    consume_address(w, &a);
    define_in(w, self, x + XMM0);
}

void emit_LDX(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned size = in->d & IR_MEM_SIZE;
    if (size == 4) {
        emit_ldx128(w, in, self);
        return;
    }
    struct address a = use_address(w, in->a, 0);
    check_aligned(w, in->d, a.m);
    tlb_resolve(w, &a.m, in->d, false);
    unsigned t = (unsigned)make_temp(w, 0), d = (unsigned)make_temp(w, 0);
    note_fault(w);
    x_rm(&w->c, load_opcode(size, IR_I64), d, a.m);
    note_exclusive(w, t, a.m);
    x_rm(&w->c, MOV_STORE | X_W, d, exclusive_value(0));
    x_xm(&w->c, MOV_IMM | X_W, 0, exclusive_value(1));
    put32(&w->c, 0);
    consume_address(w, &a);
    define_old(w, in, self, d, true);
}

static void drop_exclusive(struct work *w)
{
    x_xm(&w->c, MOV_IMM | X_W, 0, CPU_MEM(exclusive_address));
    put32(&w->c, (uint32_t)CPU_NOT_EXCLUSIVE);
}

/* t := 1, and skips the store if the address is not the noted one. */
static uint8_t *compare_exclusive(struct work *w, unsigned t, struct mem m)
{
    lea(&w->c, X_W, t, m);
    if (w->be->memory == BACKEND_WINDOW)
        alu_rm(&w->c, ALU_SUB, X_W, t, CPU_MEM(memory_base));
    alu_rm(&w->c, ALU_CMP, X_W, t, CPU_MEM(exclusive_address));
    mov_ri(&w->c, t, 1);
    return jcc8(&w->c, CC_NE);
}

static void emit_stx128(struct work *w, const struct ir_insn *in, ir_ref self)
{
    struct address a = quad_address(w, in);
    unsigned x = (unsigned)use_xmm(w, in->b, IR_V128);
    uint8_t *differs = compare_exclusive(w, RCX, a.m);
    split_xmm(w, RBX, RCX, x, in->d & IR_MEM_BIG);
    x_rm(&w->c, MOV | X_W, RAX, exclusive_value(0));
    x_rm(&w->c, MOV | X_W, RDX, exclusive_value(1));
    note_fault(w);
    x_xm(&w->c, CMPXCHG16B | X_LOCK, 1, a.m);
    x_xr(&w->c, SETCC + CC_NE, 0, RCX);
    x_rr(&w->c, MOVZX8, RCX, RCX);
    bind8(&w->c, differs);
    drop_exclusive(w);
    consume_address(w, &a);
    consume(w, in->b);
    define_in(w, self, RCX);
}

void emit_STX(struct work *w, const struct ir_insn *in, ir_ref self)
{
    unsigned size = in->d & IR_MEM_SIZE;
    if (size == 4) {
        emit_stx128(w, in, self);
        return;
    }
    take(w, RAX);
    struct address a = use_address(w, in->a, 0);
    check_aligned(w, in->d, a.m);
    tlb_resolve(w, &a.m, in->d, true);
    unsigned t = (unsigned)make_temp(w, 0), b;
    if (in->d & IR_MEM_BIG && size) {
        b = (unsigned)make_temp(w, 0);
        load_into(w, b, in->b);
        swap_gpr(w, b, size);
    } else {
        b = (unsigned)use_gpr(w, in->b);
    }
    struct snapshot state = snapshot(w);
    uint8_t *differs = compare_exclusive(w, t, a.m);
    x_rm(&w->c, MOV | X_W, RAX, exclusive_value(0));
    if (unlikely(w->checker))
        check_snapshot(w, state);
    note_fault_at(w, here(w), state, w->insn_pc);
    x_rm(&w->c, sized(size, CMPXCHG8, CMPXCHG) | X_LOCK, b, a.m);
    x_xr(&w->c, SETCC + CC_NE, 0, t);
    x_rr(&w->c, MOVZX8, t, t);
    bind8(&w->c, differs);
    drop_exclusive(w);
    consume_address(w, &a);
    consume(w, in->b);
    define_in(w, self, t);
}

void emit_CLRX(struct work *w, const struct ir_insn *in, ir_ref self)
{
    drop_exclusive(w);
}
