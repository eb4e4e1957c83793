/*
 * SM3 and SM4 (GB/T 32905-2016 and 32907-2016), in the steps of Arm's instructions (Arm ARM,
 * C7.2). Words are lanes of 32 bits.
 */
#include "frontend/aarch64/aarch64.h"

static uint32_t rotate(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static union ir_v128 *vectors(uint64_t a)
{
    return (union ir_v128 *)(uintptr_t)a;
}

/* ---- SM3 ----------------------------------------------------------------------------------- */

static uint32_t parity(uint32_t x, uint32_t y, uint32_t z)
{
    return x ^ y ^ z;
}

static uint32_t majority(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) | (x & z) | (y & z);
}

static uint32_t choose(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) | (~x & z);
}

/* The permutations P0 and P1 of the standard. */
static uint32_t permute_0(uint32_t x)
{
    return x ^ rotate(x, 9) ^ rotate(x, 17);
}

static uint32_t permute_1(uint32_t x)
{
    return x ^ rotate(x, 15) ^ rotate(x, 23);
}

/*
 * A round's half: d is d c b a (or h g f e), n has the sum of the step in its top lane, `word` is a
 * lane of m. The first half adds a rol 12 to that sum.
 */
static union ir_v128 round_half(const union ir_v128 *v, unsigned word, bool second,
                                uint32_t (*mix)(uint32_t, uint32_t, uint32_t))
{
    const union ir_v128 *d = &v[1];
    uint32_t top = d->s[3], sum = v[2].s[3] ^ (second ? 0 : rotate(top, 12));
    uint32_t total = mix(top, d->s[2], d->s[1]) + d->s[0] + sum + v[3].s[word & 3];
    return (union ir_v128){
        .s = {d->s[1], rotate(d->s[2], second ? 19 : 9), top, second ? permute_0(total) : total}};
}

#define ROUND_HALF(name, second, mix)                                                              \
    uint64_t a64_helper_##name(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)                \
    {                                                                                              \
        union ir_v128 *v = vectors(a);                                                             \
        (void)cpu, (void)c;                                                                        \
        v[0] = round_half(v, (unsigned)b, second, mix);                                            \
        return 0;                                                                                  \
    }
ROUND_HALF(sm3tt1a, false, parity)
ROUND_HALF(sm3tt1b, false, majority)
ROUND_HALF(sm3tt2a, true, parity)
ROUND_HALF(sm3tt2b, true, choose)

uint64_t a64_helper_sm3partw1(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    union ir_v128 *v = vectors(a), r;
    (void)cpu, (void)b, (void)c;
    for (unsigned i = 0; i < 4; i++) {
        uint32_t later = i < 3 ? v[3].s[i + 1] : r.s[0];
        r.s[i] = permute_1(v[1].s[i] ^ v[2].s[i] ^ rotate(later, 15));
    }
    v[0] = r;
    return 0;
}

uint64_t a64_helper_sm3partw2(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    union ir_v128 *v = vectors(a), r;
    uint32_t sum[4];
    (void)cpu, (void)b, (void)c;
    for (unsigned i = 0; i < 4; i++) {
        sum[i] = v[2].s[i] ^ rotate(v[3].s[i], 7);
        r.s[i] = v[1].s[i] ^ sum[i];
    }
    r.s[3] ^= permute_1(rotate(sum[0], 15));
    v[0] = r;
    return 0;
}

/* ---- SM4 ----------------------------------------------------------------------------------- */

static const uint8_t substitute[256] = {
    0xd6, 0x90, 0xe9, 0xfe, 0xcc, 0xe1, 0x3d, 0xb7, 0x16, 0xb6, 0x14, 0xc2, 0x28, 0xfb, 0x2c, 0x05,
    0x2b, 0x67, 0x9a, 0x76, 0x2a, 0xbe, 0x04, 0xc3, 0xaa, 0x44, 0x13, 0x26, 0x49, 0x86, 0x06, 0x99,
    0x9c, 0x42, 0x50, 0xf4, 0x91, 0xef, 0x98, 0x7a, 0x33, 0x54, 0x0b, 0x43, 0xed, 0xcf, 0xac, 0x62,
    0xe4, 0xb3, 0x1c, 0xa9, 0xc9, 0x08, 0xe8, 0x95, 0x80, 0xdf, 0x94, 0xfa, 0x75, 0x8f, 0x3f, 0xa6,
    0x47, 0x07, 0xa7, 0xfc, 0xf3, 0x73, 0x17, 0xba, 0x83, 0x59, 0x3c, 0x19, 0xe6, 0x85, 0x4f, 0xa8,
    0x68, 0x6b, 0x81, 0xb2, 0x71, 0x64, 0xda, 0x8b, 0xf8, 0xeb, 0x0f, 0x4b, 0x70, 0x56, 0x9d, 0x35,
    0x1e, 0x24, 0x0e, 0x5e, 0x63, 0x58, 0xd1, 0xa2, 0x25, 0x22, 0x7c, 0x3b, 0x01, 0x21, 0x78, 0x87,
    0xd4, 0x00, 0x46, 0x57, 0x9f, 0xd3, 0x27, 0x52, 0x4c, 0x36, 0x02, 0xe7, 0xa0, 0xc4, 0xc8, 0x9e,
    0xea, 0xbf, 0x8a, 0xd2, 0x40, 0xc7, 0x38, 0xb5, 0xa3, 0xf7, 0xf2, 0xce, 0xf9, 0x61, 0x15, 0xa1,
    0xe0, 0xae, 0x5d, 0xa4, 0x9b, 0x34, 0x1a, 0x55, 0xad, 0x93, 0x32, 0x30, 0xf5, 0x8c, 0xb1, 0xe3,
    0x1d, 0xf6, 0xe2, 0x2e, 0x82, 0x66, 0xca, 0x60, 0xc0, 0x29, 0x23, 0xab, 0x0d, 0x53, 0x4e, 0x6f,
    0xd5, 0xdb, 0x37, 0x45, 0xde, 0xfd, 0x8e, 0x2f, 0x03, 0xff, 0x6a, 0x72, 0x6d, 0x6c, 0x5b, 0x51,
    0x8d, 0x1b, 0xaf, 0x92, 0xbb, 0xdd, 0xbc, 0x7f, 0x11, 0xd9, 0x5c, 0x41, 0x1f, 0x10, 0x5a, 0xd8,
    0x0a, 0xc1, 0x31, 0x88, 0xa5, 0xcd, 0x7b, 0xbd, 0x2d, 0x74, 0xd0, 0x12, 0xb8, 0xe5, 0xb4, 0xb0,
    0x89, 0x69, 0x97, 0x4a, 0x0c, 0x96, 0x77, 0x7e, 0x65, 0xb9, 0xf1, 0x09, 0xc5, 0x6e, 0xc6, 0x84,
    0x18, 0xf0, 0x7d, 0xec, 0x3a, 0xdc, 0x4d, 0x20, 0x79, 0xee, 0x5f, 0x3e, 0xd7, 0xcb, 0x39, 0x48,
};

static uint32_t substitute_word(uint32_t x)
{
    uint32_t r = 0;
    for (unsigned i = 0; i < 32; i += 8)
        r |= (uint32_t)substitute[x >> i & 255] << i;
    return r;
}

static uint32_t mix_state(uint32_t x)
{
    return x ^ rotate(x, 2) ^ rotate(x, 10) ^ rotate(x, 18) ^ rotate(x, 24);
}

static uint32_t mix_key(uint32_t x)
{
    return x ^ rotate(x, 13) ^ rotate(x, 23);
}

/* Four rounds, each with a word of `keys`. */
static union ir_v128 rounds(const union ir_v128 *state, const union ir_v128 *keys,
                            uint32_t (*mix)(uint32_t))
{
    uint32_t x[8];
    for (unsigned i = 0; i < 4; i++)
        x[i] = state->s[i];
    for (unsigned i = 0; i < 4; i++)
        x[i + 4] = x[i] ^ mix(substitute_word(x[i + 1] ^ x[i + 2] ^ x[i + 3] ^ keys->s[i]));
    return (union ir_v128){.s = {x[4], x[5], x[6], x[7]}};
}

uint64_t a64_helper_sm4e(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    union ir_v128 *v = vectors(a);
    (void)cpu, (void)b, (void)c;
    v[0] = rounds(&v[1], &v[2], mix_state);
    return 0;
}

uint64_t a64_helper_sm4ekey(struct cpu *cpu, uint64_t a, uint64_t b, uint64_t c)
{
    union ir_v128 *v = vectors(a);
    (void)cpu, (void)b, (void)c;
    v[0] = rounds(&v[1], &v[2], mix_key);
    return 0;
}
