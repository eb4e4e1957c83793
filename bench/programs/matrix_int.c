/* integer: matrices of 32-bit numbers multiplied the plain way. */
#include "bench.h"

enum { N = 320 };
static uint32_t a[N][N], b[N][N], c[N][N];

int main(void)
{
    uint64_t h = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (uint32_t)rnd();
            b[i][j] = (uint32_t)rnd();
        }
    for (int round = 0; round < 60; round++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                uint32_t s = 0;
                for (int k = 0; k < N; k++) s += a[i][k] * b[k][j];
                c[i][j] = s;
            }
        memcpy(a, c, sizeof a);
        h = mix(h, c[round][N - 1 - round]);
    }
    return result(h);
}
