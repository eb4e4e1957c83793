/* The steps of SHA-1 and SHA-256 (FIPS 180-4, 4.1 and 6), as op.def cuts them. */
#include "ir/vector.h"

static uint32_t rotate_left(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static uint32_t rotate_right(uint32_t x, unsigned n)
{
    return rotate_left(x, 32 - n);
}

static uint32_t choose(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) | (~x & z);
}

static uint32_t majority(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) | (x & z) | (y & z);
}

static union ir_v128 sha1_rounds(unsigned function, const union ir_v128 *v,
                                 const union ir_v128 *words)
{
    uint32_t a = v->s[3], b = v->s[2], c = v->s[1], d = v->s[0], e = 0; /* e is in the first word */
    for (unsigned i = 0; i < 4; i++) {
        uint32_t f = function == 0   ? choose(b, c, d)
                     : function == 1 ? b ^ c ^ d
                                     : majority(b, c, d);
        uint32_t next = rotate_left(a, 5) + f + e + words->s[3 - i];
        e = d;
        d = c;
        c = rotate_left(b, 30);
        b = a;
        a = next;
    }
    return (union ir_v128){.s = {d, c, b, a}};
}

static union ir_v128 sha1_next_e(const union ir_v128 *state, const union ir_v128 *words)
{
    union ir_v128 r = *words;
    r.s[3] += rotate_left(state->s[3], 30);
    return r;
}

static union ir_v128 sha1_schedule(const union ir_v128 *a, const union ir_v128 *b)
{
    union ir_v128 r;
    for (unsigned i = 4; i-- > 0;)
        r.s[i] = rotate_left(a->s[i] ^ (i ? b->s[i - 1] : r.s[3]), 1);
    return r;
}

static union ir_v128 sha256_rounds(const union ir_v128 *cdgh, const union ir_v128 *abef,
                                   const union ir_v128 *words)
{
    uint32_t a = abef->s[3], b = abef->s[2], c = cdgh->s[3], d = cdgh->s[2];
    uint32_t e = abef->s[1], f = abef->s[0], g = cdgh->s[1], h = cdgh->s[0];
    for (unsigned i = 0; i < 2; i++) {
        uint32_t sum1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
        uint32_t sum0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
        uint32_t t1 = h + sum1 + choose(e, f, g) + words->s[i];
        uint32_t t2 = sum0 + majority(a, b, c);
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    return (union ir_v128){.s = {f, e, b, a}};
}

static uint32_t sigma_0(uint32_t x)
{
    return rotate_right(x, 7) ^ rotate_right(x, 18) ^ x >> 3;
}

static uint32_t sigma_1(uint32_t x)
{
    return rotate_right(x, 17) ^ rotate_right(x, 19) ^ x >> 10;
}

static union ir_v128 sha256_schedule(unsigned op, const union ir_v128 *a, const union ir_v128 *b)
{
    union ir_v128 r;
    for (unsigned i = 0; i < 4; i++)
        r.s[i] = a->s[i] + (op == IR_VSHA256M1 ? sigma_0(i < 3 ? a->s[i + 1] : b->s[0])
                                               : sigma_1(i < 2 ? b->s[i + 2] : r.s[i - 2]));
    return r;
}

union ir_v128 vector_eval_sha(const struct ir_insn *insn, const union ir_v128 *a,
                              const union ir_v128 *b, const union ir_v128 *c)
{
    switch (insn->op) {
    case IR_VSHA1R: return sha1_rounds(insn->aux, a, b);
    case IR_VSHA1E: return sha1_next_e(a, b);
    case IR_VSHA1M2: return sha1_schedule(a, b);
    case IR_VSHA256R: return sha256_rounds(a, b, c);
    default: return sha256_schedule(insn->op, a, b);
    }
}
