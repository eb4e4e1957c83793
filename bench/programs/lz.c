/* integer: an LZ77 compressor with hash chains, and its decompressor, on text-like data. */
#include "bench.h"

enum { N = 1 << 20, BITS = 15, CHAIN = 16, MINIMUM = 4, MAXIMUM = 255 };
static uint8_t in[N], packed[N * 2], out[N];
static int head[1 << BITS], link_[N];

static uint32_t key(const uint8_t *p)
{
    uint32_t x;
    memcpy(&x, p, 4);
    return x * 2654435761u >> (32 - BITS);
}

static int compress(void)
{
    int n = 0;
    memset(head, -1, sizeof head);
    for (int i = 0; i < N;) {
        int best = 0, where = 0;
        if (i + MAXIMUM < N) {
            uint32_t k = key(in + i);
            int at = head[k];
            for (int c = 0; at >= 0 && c < CHAIN && i - at < 65536; c++, at = link_[at]) {
                int len = 0;
                while (len < MAXIMUM && in[at + len] == in[i + len]) len++;
                if (len > best) {
                    best = len;
                    where = at;
                }
            }
            link_[i] = head[k];
            head[k] = i;
        }
        if (best >= MINIMUM) {
            packed[n++] = (uint8_t)best;
            packed[n++] = (uint8_t)(i - where);
            packed[n++] = (uint8_t)((i - where) >> 8);
            i += best;
        } else {
            packed[n++] = 0;
            packed[n++] = in[i++];
        }
    }
    return n;
}

static int expand(int n)
{
    int at = 0;
    for (int i = 0; i < n;) {
        int len = packed[i++];
        if (len) {
            int back = packed[i] | packed[i + 1] << 8;
            i += 2;
            for (; len > 0; len--, at++) out[at] = out[at - back];
        } else
            out[at++] = packed[i++];
    }
    return at;
}

int main(void)
{
    uint64_t h = 0;
    for (int i = 0; i < N;) {
        uint64_t word = rnd() % 2000 * 0x9e3779b97f4a7c15u;
        for (int len = 2 + (int)(word >> 61); len > 0 && i < N; len--, word >>= 5)
            in[i++] = (uint8_t)('a' + (word & 15));
        if (i < N) in[i++] = ' ';
    }
    for (int round = 0; round < 40; round++) {
        int n = compress();
        for (int k = 0; k < 4; k++) h = mix(h, (uint64_t)expand(n));
        h = mix(h, (uint64_t)n + (uint64_t)memcmp(in, out, N));
        in[round * 1000] ^= 1;
    }
    return result(h);
}
