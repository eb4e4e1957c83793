/*
 * Opcodes of the instruction forms in use: Intel SDM volume 2, one name each, grouped by its chapters.
 * Add X_W for 64-bit operands of general registers. Names of vector instructions are the manual's;
 * the same constants serve the legacy and the VEX encoding.
 */
#ifndef FERRY_BACKEND_FORM_H
#define FERRY_BACKEND_FORM_H

#include "backend/x86_64/asm.h"

enum {
    /* general */
    MOV = 0x8b, MOV_STORE = 0x89, MOV_STORE8 = 0x88 | X_8, MOV_IMM = 0xc7, MOV_IMM8 = 0xc6,
    MOVZX8 = 0xb6 | X_0F | X_8, MOVZX16 = 0xb7 | X_0F, MOVSX8 = 0xbe | X_0F | X_8, MOVSX16 = 0xbf | X_0F,
    MOVSXD = 0x63 | X_W,
    PUSH = 0x50, POP = 0x58, XCHG = 0x87, XCHG8 = 0x86 | X_8,
    TEST = 0x85, TEST8 = 0x84 | X_8, UNARY = 0xf7 /* /0 test /2 not /3 neg /4 mul /5 imul /6 div /7 idiv */,
    IMUL = 0xaf | X_0F, IMUL_IMM8 = 0x6b, IMUL_IMM = 0x69,
    CMOV = 0x40 | X_0F, SETCC = 0x90 | X_0F | X_8, BSWAP = 0xc8 | X_0F,
    BT_IMM = 0xba | X_0F /* /4 */, BSF = 0xbc | X_0F, BSR = 0xbd | X_0F,
    POPCNT = 0xb8 | X_0F | X_F3, LZCNT = 0xbd | X_0F | X_F3, TZCNT = 0xbc | X_0F | X_F3,
    MOVBE_LOAD = 0xf0 | X_0F38, MOVBE_STORE = 0xf1 | X_0F38,
    CMPXCHG = 0xb1 | X_0F, CMPXCHG8 = 0xb0 | X_0F | X_8, CMPXCHG16B = 0xc7 | X_0F | X_W /* /1 */,
    XADD = 0xc1 | X_0F, XADD8 = 0xc0 | X_0F | X_8,
    /* BMI (VEX) */
    ANDN = 0xf2 | X_0F38, SHLX = 0xf7 | X_0F38 | X_66, SARX = 0xf7 | X_0F38 | X_F3,
    SHRX = 0xf7 | X_0F38 | X_F2, RORX = 0xf0 | X_0F3A | X_F2, MULX = 0xf6 | X_0F38 | X_F2,
    /* moves of vectors and floats */
    MOVAPS = 0x28 | X_0F, MOVUPS = 0x10 | X_0F, MOVUPS_STORE = 0x11 | X_0F,
    MOVSS = 0x10 | X_0F | X_F3, MOVSS_STORE = 0x11 | X_0F | X_F3,
    MOVSD = 0x10 | X_0F | X_F2, MOVSD_STORE = 0x11 | X_0F | X_F2,
    MOVQ_TO_XMM = 0x6e | X_0F | X_66 | X_W, MOVQ_FROM_XMM = 0x7e | X_0F | X_66 | X_W,
    MOVD_TO_XMM = 0x6e | X_0F | X_66, MOVD_FROM_XMM = 0x7e | X_0F | X_66,
    MOVQ_XMM = 0x7e | X_0F | X_F3 /* low half, upper half zero */,
    /* float arithmetic; the S form, D by PREFIX */
    SQRTSS = 0x51 | X_0F | X_F3, ANDPS = 0x54 | X_0F, ANDNPS = 0x55 | X_0F, ORPS = 0x56 | X_0F,
    XORPS = 0x57 | X_0F, ADDSS = 0x58 | X_0F | X_F3, MULSS = 0x59 | X_0F | X_F3,
    SUBSS = 0x5c | X_0F | X_F3, MINSS = 0x5d | X_0F | X_F3, DIVSS = 0x5e | X_0F | X_F3,
    MAXSS = 0x5f | X_0F | X_F3, UCOMISS = 0x2e | X_0F, UCOMISD = 0x2e | X_0F | X_66,
    COMISS = 0x2f | X_0F, COMISD = 0x2f | X_0F | X_66,
    CVTSS2SD = 0x5a | X_0F | X_F3, CVTSD2SS = 0x5a | X_0F | X_F2,
    CVTSI2SS = 0x2a | X_0F | X_F3, CVTSI2SD = 0x2a | X_0F | X_F2,
    CVTTSS2SI = 0x2c | X_0F | X_F3, CVTTSD2SI = 0x2c | X_0F | X_F2,
    CVTSS2SI = 0x2d | X_0F | X_F3, CVTSD2SI = 0x2d | X_0F | X_F2,
    ROUNDSS = 0x0a | X_0F3A | X_66, ROUNDSD = 0x0b | X_0F3A | X_66,
    VFMADD231SS = 0xb9 | X_0F38 | X_66, /* sub: +2, nmadd: +4, nmsub: +6; double: X_W */
    VCVTPH2PS = 0x13 | X_0F38 | X_66, VCVTPS2PH = 0x1d | X_0F3A | X_66,
    CMPSS = 0xc2 | X_0F | X_F3,
    /* integer vectors */
    PADDB = 0xfc | X_0F | X_66, PADDW = 0xfd | X_0F | X_66, PADDD = 0xfe | X_0F | X_66,
    PADDQ = 0xd4 | X_0F | X_66, PSUBB = 0xf8 | X_0F | X_66, PSUBW = 0xf9 | X_0F | X_66,
    PSUBD = 0xfa | X_0F | X_66, PSUBQ = 0xfb | X_0F | X_66, PAND = 0xdb | X_0F | X_66,
    POR = 0xeb | X_0F | X_66, PXOR = 0xef | X_0F | X_66, PCMPEQB = 0x74 | X_0F | X_66,
    PCMPEQD = 0x76 | X_0F | X_66, PUNPCKLQDQ = 0x6c | X_0F | X_66, PUNPCKHQDQ = 0x6d | X_0F | X_66,
    PCLMULQDQ = 0x44 | X_0F3A | X_66, PINSRQ = 0x22 | X_0F3A | X_66 | X_W,
    PEXTRB = 0x14 | X_0F3A | X_66, PEXTRW = 0xc5 | X_0F | X_66, PEXTRD = 0x16 | X_0F3A | X_66,
    PEXTRQ = 0x16 | X_0F3A | X_66 | X_W, PSRLQ_IMM = 0x73 | X_0F | X_66 /* /2, /3 bytes, /6 left */,
    PSHUFD = 0x70 | X_0F | X_66, PSHUFB = 0x00 | X_0F38 | X_66, GF2P8AFFINEQB = 0xce | X_0F3A | X_66,
};

#endif
