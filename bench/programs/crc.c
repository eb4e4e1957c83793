/* integer: CRC-32 by table and bit by bit, population counts, byte swaps. */
#include "bench.h"

enum { N = 1 << 20 };
static uint8_t data[N];
static uint32_t table[256];

static uint32_t bitwise(uint32_t c)
{
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    return c;
}

int main(void)
{
    uint64_t h = 0;
    for (int i = 0; i < N; i++) data[i] = (uint8_t)(rnd() >> 40);
    for (uint32_t i = 0; i < 256; i++) table[i] = bitwise(i);
    for (int round = 0; round < 110; round++) {
        uint32_t c = ~(uint32_t)round;
        for (int i = 0; i < N; i++) c = table[(c ^ data[i]) & 255] ^ (c >> 8);
        h = mix(h, c);
    }
    for (int round = 0; round < 10; round++) {
        uint32_t c = ~(uint32_t)round;
        for (int i = 0; i < N; i++) c = bitwise(c ^ data[i]);
        h = mix(h, c);
    }
    for (int i = 0; i < 30000000; i++) {
        uint64_t x = rnd();
        h += (uint64_t)__builtin_popcountll(x) + (__builtin_bswap64(x) >> 60);
    }
    return result(h);
}
