/* integer: SHA-256 compression, which keeps many 32-bit values and rotations in flight. */
#include "bench.h"

static uint32_t k[64];

static uint32_t ror(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void compress(uint32_t s[8], const uint32_t m[16])
{
    uint32_t w[64], a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
    memcpy(w, m, 64);
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + w[i - 7] + (ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3) +
               (ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10);
    for (int i = 0; i < 64; i++) {
        uint32_t x = h + (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i];
        uint32_t y = (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + x, d = c, c = b, b = a, a = x + y;
    }
    s[0] += a, s[1] += b, s[2] += c, s[3] += d, s[4] += e, s[5] += f, s[6] += g, s[7] += h;
}

int main(void)
{
    uint32_t s[8], m[16];
    for (int i = 0; i < 64; i++) k[i] = (uint32_t)(rnd() >> 32);
    for (int i = 0; i < 8; i++) s[i] = (uint32_t)rnd();
    for (int i = 0; i < 16; i++) m[i] = (uint32_t)rnd();
    for (int i = 0; i < 2400000; i++) {
        compress(s, m);
        m[i & 15] ^= s[i & 7];
    }
    return result((uint64_t)s[0] << 32 | s[7]);
}
