/*
 * The encoder: one inline function per instruction shape, writing through a cursor.
 *
 * An opcode is a constant made of the pieces below, so that the compiler folds every decision about
 * prefixes away. Registers are the numbers of the encoding, 0 to 15. Operands come in the manual's
 * order (Intel SDM volume 2): `reg` is ModRM.reg, `rm` is ModRM.rm.
 *
 * To add an instruction: an opcode constant in form.h, used with the function of its shape.
 */
#ifndef FERRY_BACKEND_ASM_H
#define FERRY_BACKEND_ASM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };

/* Pieces of an opcode: the byte, the map (escape), the mandatory prefix, 64-bit operands, 8-bit
 * operands. */
enum {
    X_0F = 1 << 8, X_0F38 = 2 << 8, X_0F3A = 3 << 8, X_MAP = 3 << 8,
    X_66 = 1 << 10, X_F3 = 2 << 10, X_F2 = 3 << 10, X_PP = 3 << 10,
    X_W = 1 << 12,
    X_8 = 1 << 13, /* rm (and reg) is a byte register: needs REX from SPL on */
    X_OPSIZE = 1 << 14, /* 16-bit operands */
    X_LOCK = 1 << 15,
    X_EVEX = 1 << 16, /* exists in the EVEX encoding only */
};

/*
 * A memory operand: [base + index * 2^scale + disp]; no register: -1. The base MEM_LITERAL is a
 * literal of the block, number disp (see work.h).
 */
enum { MEM_LITERAL = -2 };
struct mem {
    int8_t base, index;
    uint8_t scale;
    int32_t disp;
};

static inline struct mem mem_at(int base, int32_t disp)
{
    return (struct mem){(int8_t)base, -1, 0, disp};
}

/* Where code is written. */
struct cursor {
    uint8_t *p;
};

static inline void put8(struct cursor *c, unsigned x)
{
    *c->p++ = (uint8_t)x;
}

static inline void put32(struct cursor *c, uint32_t x)
{
    memcpy(c->p, &x, 4);
    c->p += 4;
}

static inline void put64(struct cursor *c, uint64_t x)
{
    memcpy(c->p, &x, 8);
    c->p += 8;
}

static inline bool fits8(int64_t x)
{
    return x == (int8_t)x;
}

static inline bool fits32(int64_t x)
{
    return x == (int32_t)x;
}

/* Prefixes and opcode; r, x, b are the fourth bits of the three register fields, any: REX even if
 * empty. */
static inline uint8_t *asm_opcode(uint8_t *p, uint32_t op, unsigned r, unsigned x, unsigned b,
                                  bool any)
{
    if (op & X_LOCK)
        *p++ = 0xf0;
    if (op & X_OPSIZE)
        *p++ = 0x66;
    if ((op & X_PP) == X_66)
        *p++ = 0x66;
    else if ((op & X_PP) == X_F3)
        *p++ = 0xf3;
    else if ((op & X_PP) == X_F2)
        *p++ = 0xf2;
    unsigned rex = (op & X_W ? 8 : 0) | r << 2 | x << 1 | b;
    if (rex || any)
        *p++ = (uint8_t)(0x40 | rex);
    if (op & X_MAP)
        *p++ = 0x0f;
    if ((op & X_MAP) == X_0F38)
        *p++ = 0x38;
    else if ((op & X_MAP) == X_0F3A)
        *p++ = 0x3a;
    *p++ = (uint8_t)op;
    return p;
}

/* One-byte displacements count units of 2^unit bytes (EVEX: of the operand's size). */
static inline uint8_t *asm_modrm_unit(uint8_t *p, unsigned reg, struct mem m, unsigned unit)
{
    unsigned field = (reg & 7) << 3;
    if (m.base == MEM_LITERAL) {
        *p++ = (uint8_t)(field | 5); /* [rip + disp32] */
        memcpy(p, &m.disp, 4);
        return p + 4;
    }
    if (m.base < 0) {
        *p++ = (uint8_t)(field | 4); /* [disp32] or [index * scale + disp32] */
        *p++ = (uint8_t)(m.scale << 6 | (m.index < 0 ? 4 : m.index & 7) << 3 | 5);
        memcpy(p, &m.disp, 4);
        return p + 4;
    }
    bool near = fits8(m.disp >> unit) && (m.disp & ((1 << unit) - 1)) == 0;
    unsigned mod = m.disp == 0 && (m.base & 7) != 5 ? 0 : near ? 0x40 : 0x80;
    if (m.index >= 0 || (m.base & 7) == 4) {
        *p++ = (uint8_t)(mod | field | 4);
        *p++ = (uint8_t)(m.scale << 6 | (m.index < 0 ? 4 : m.index & 7) << 3 | (m.base & 7));
    } else {
        *p++ = (uint8_t)(mod | field | (m.base & 7));
    }
    if (mod == 0x40) {
        *p++ = (uint8_t)(m.disp >> unit);
    } else if (mod == 0x80) {
        memcpy(p, &m.disp, 4);
        p += 4;
    }
    return p;
}

static inline uint8_t *asm_modrm_mem(uint8_t *p, unsigned reg, struct mem m)
{
    return asm_modrm_unit(p, reg, m, 0);
}

/* op reg, rm */
static inline void x_rr(struct cursor *c, uint32_t op, unsigned reg, unsigned rm)
{
    uint8_t *p = asm_opcode(c->p, op, reg >> 3, 0, rm >> 3, op & X_8 && (rm >= 4 || reg >= 4));
    *p++ = (uint8_t)(0xc0 | (reg & 7) << 3 | (rm & 7));
    c->p = p;
}

/* op reg, [mem] or op [mem], reg */
static inline void x_rm(struct cursor *c, uint32_t op, unsigned reg, struct mem m)
{
    uint8_t *p = asm_opcode(c->p, op, reg >> 3, m.index >= 8, m.base >= 8, op & X_8 && reg >= 4);
    c->p = asm_modrm_mem(p, reg, m);
}

/* op rm with an extension of the opcode in ModRM.reg */
static inline void x_xr(struct cursor *c, uint32_t op, unsigned ext, unsigned rm)
{
    uint8_t *p = asm_opcode(c->p, op, 0, 0, rm >> 3, op & X_8 && rm >= 4);
    *p++ = (uint8_t)(0xc0 | ext << 3 | (rm & 7));
    c->p = p;
}

static inline void x_xm(struct cursor *c, uint32_t op, unsigned ext, struct mem m)
{
    uint8_t *p = asm_opcode(c->p, op, 0, m.index >= 8, m.base >= 8, false);
    c->p = asm_modrm_mem(p, ext, m);
}

/* Register in the opcode: push, pop, bswap, mov imm. */
static inline void x_o(struct cursor *c, uint32_t op, unsigned reg)
{
    c->p = asm_opcode(c->p, op + (reg & 7), 0, 0, reg >> 3, false);
}

/* VEX, 128 bits: op reg, vvvv, rm. The map must be 0F, 0F38 or 0F3A. */
static inline uint8_t *asm_vex(uint8_t *p, uint32_t op, unsigned r, unsigned v, unsigned x,
                               unsigned b)
{
    static const uint8_t prefix[4] = {0, 1, 2, 3}; /* none, 66, F3, F2: VEX.pp has the same order */
    unsigned pp = prefix[op >> 10 & 3];
    if ((op & X_MAP) == X_0F && !(op & X_W) && !x && !b) {
        *p++ = 0xc5;
        *p++ = (uint8_t)((r ^ 1) << 7 | (v ^ 15) << 3 | pp);
    } else {
        *p++ = 0xc4;
        *p++ = (uint8_t)((r ^ 1) << 7 | (x ^ 1) << 6 | (b ^ 1) << 5 | (op >> 8 & 3));
        *p++ = (uint8_t)((op & X_W ? 0x80 : 0) | (v ^ 15) << 3 | pp);
    }
    *p++ = (uint8_t)op;
    return p;
}

static inline void v_rrr(struct cursor *c, uint32_t op, unsigned reg, unsigned v, unsigned rm)
{
    uint8_t *p = asm_vex(c->p, op, reg >> 3, v, 0, rm >> 3);
    *p++ = (uint8_t)(0xc0 | (reg & 7) << 3 | (rm & 7));
    c->p = p;
}

static inline void v_rrm(struct cursor *c, uint32_t op, unsigned reg, unsigned v, struct mem m)
{
    uint8_t *p = asm_vex(c->p, op, reg >> 3, v, m.index >= 8, m.base >= 8);
    c->p = asm_modrm_mem(p, reg, m);
}

/* EVEX, 128 bits, no mask, registers 0 to 15: op reg, vvvv, rm. */
static inline uint8_t *asm_evex(uint8_t *p, uint32_t op, unsigned r, unsigned v, unsigned x,
                                unsigned b)
{
    *p++ = 0x62;
    *p++ = (uint8_t)((r ^ 1) << 7 | (x ^ 1) << 6 | (b ^ 1) << 5 | 1 << 4 | (op >> 8 & 3));
    *p++ = (uint8_t)((op & X_W ? 0x80 : 0) | (v ^ 15) << 3 | 1 << 2 | (op >> 10 & 3));
    *p++ = 1 << 3;
    *p++ = (uint8_t)op;
    return p;
}

static inline void e_rrr(struct cursor *c, uint32_t op, unsigned reg, unsigned v, unsigned rm)
{
    uint8_t *p = asm_evex(c->p, op, reg >> 3, v, 0, rm >> 3);
    *p++ = (uint8_t)(0xc0 | (reg & 7) << 3 | (rm & 7));
    c->p = p;
}

/* The same with a rounding mode of its own (MXCSR's code), raising no exceptions. */
static inline void e_rrr_round(struct cursor *c, uint32_t op, unsigned reg, unsigned v, unsigned rm,
                               unsigned round)
{
    uint8_t *start = c->p;
    e_rrr(c, op, reg, v, rm);
    start[3] |= (uint8_t)(round << 5 | 1 << 4);
}

/* The same under mask register k. */
static inline void e_rrr_mask(struct cursor *c, uint32_t op, unsigned reg, unsigned v, unsigned rm,
                              unsigned k)
{
    uint8_t *start = c->p;
    e_rrr(c, op, reg, v, rm);
    start[3] |= (uint8_t)k;
}

/* The memory operand has 2^unit bytes. */
static inline void e_rrm(struct cursor *c, uint32_t op, unsigned reg, unsigned v, struct mem m,
                         unsigned unit)
{
    uint8_t *p = asm_evex(c->p, op, reg >> 3, v, m.index >= 8, m.base >= 8);
    c->p = asm_modrm_unit(p, reg, m, unit);
}

/* The eight operations of opcode group 1, as the extension in ModRM. */
enum alu { ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP };
enum shift { SHIFT_ROL, SHIFT_ROR, SHIFT_SHL = 4, SHIFT_SHR, SHIFT_SAR = 7 };

/* `w`: X_W or 0. */
static inline void alu_rr(struct cursor *c, unsigned op, uint32_t w, unsigned dst, unsigned src)
{
    x_rr(c, (op << 3 | 3) | w, dst, src);
}

static inline void alu_rm(struct cursor *c, unsigned op, uint32_t w, unsigned dst, struct mem m)
{
    x_rm(c, (op << 3 | 3) | w, dst, m);
}

static inline void alu_mr(struct cursor *c, unsigned op, uint32_t w, struct mem m, unsigned src)
{
    x_rm(c, (op << 3 | 1) | w, src, m);
}

static inline void alu_ri(struct cursor *c, unsigned op, uint32_t w, unsigned dst, int32_t imm)
{
    if (fits8(imm)) {
        x_xr(c, 0x83 | w, op, dst);
        put8(c, (uint8_t)imm);
    } else if (dst == RAX) {
        c->p = asm_opcode(c->p, (op << 3 | 5) | w, 0, 0, 0, false);
        put32(c, (uint32_t)imm);
    } else {
        x_xr(c, 0x81 | w, op, dst);
        put32(c, (uint32_t)imm);
    }
}

static inline void alu_mi(struct cursor *c, unsigned op, uint32_t w, struct mem m, int32_t imm)
{
    if (fits8(imm)) {
        x_xm(c, 0x83 | w, op, m);
        put8(c, (uint8_t)imm);
    } else {
        x_xm(c, 0x81 | w, op, m);
        put32(c, (uint32_t)imm);
    }
}

static inline void mov_rr(struct cursor *c, unsigned dst, unsigned src)
{
    x_rr(c, 0x8b | X_W, dst, src);
}

static inline void mov32_rr(struct cursor *c, unsigned dst, unsigned src)
{
    x_rr(c, 0x8b, dst, src);
}

static inline void lea(struct cursor *c, uint32_t w, unsigned dst, struct mem m)
{
    x_rm(c, 0x8d | w, dst, m);
}

static inline void shift_ri(struct cursor *c, unsigned op, uint32_t w, unsigned dst, unsigned n)
{
    if (n == 1) {
        x_xr(c, 0xd1 | w, op, dst);
        return;
    }
    x_xr(c, 0xc1 | w, op, dst);
    put8(c, n);
}

static inline void shift_cl(struct cursor *c, unsigned op, uint32_t w, unsigned dst)
{
    x_xr(c, 0xd3 | w, op, dst);
}

/* mov r, imm in its shortest form that leaves the flags alone. */
static inline void mov_ri(struct cursor *c, unsigned dst, uint64_t imm)
{
    if (imm <= UINT32_MAX) {
        x_o(c, 0xb8, dst);
        put32(c, (uint32_t)imm);
    } else if (fits32((int64_t)imm)) {
        x_xr(c, 0xc7 | X_W, 0, dst);
        put32(c, (uint32_t)imm);
    } else {
        x_o(c, 0xb8 | X_W, dst);
        put64(c, imm);
    }
}

/* Host condition codes. */
enum host_cc {
    CC_O,
    CC_NO,
    CC_B,
    CC_AE,
    CC_E,
    CC_NE,
    CC_BE,
    CC_A,
    CC_S,
    CC_NS,
    CC_P,
    CC_NP,
    CC_L,
    CC_GE,
    CC_LE,
    CC_G
};

/* Short forward jumps inside an op: emit, then bind at the target. */
static inline uint8_t *jcc8(struct cursor *c, unsigned cc)
{
    put8(c, 0x70 | cc);
    put8(c, 0);
    return c->p;
}

static inline uint8_t *jmp8(struct cursor *c)
{
    put8(c, 0xeb);
    put8(c, 0);
    return c->p;
}

static inline void bind8(struct cursor *c, uint8_t *after_jump)
{
    after_jump[-1] = (uint8_t)(c->p - after_jump);
}

/* Short backward jump to `target`. */
static inline void jcc8_back(struct cursor *c, unsigned cc, const uint8_t *target)
{
    put8(c, 0x70 | cc);
    put8(c, (uint8_t)(target - (c->p + 1)));
}

/* n bytes of no operation, n < 16. */
static inline void nops(struct cursor *c, unsigned n)
{
    static const uint8_t nop[10][9] = {
        {0}, {0x90}, {0x66, 0x90}, {0x0f, 0x1f, 0}, {0x0f, 0x1f, 0x40, 0}, {0x0f, 0x1f, 0x44, 0, 0},
        {0x66, 0x0f, 0x1f, 0x44, 0, 0}, {0x0f, 0x1f, 0x80, 0, 0, 0, 0},
        {0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0}, {0x66, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0}};
    while (n) {
        unsigned k = n > 9 ? 9 : n;
        memcpy(c->p, nop[k], k);
        c->p += k;
        n -= k;
    }
}

#endif
