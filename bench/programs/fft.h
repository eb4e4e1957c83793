/* A radix-2 Fourier transform, there and back; fft_d.c and fft_f.c choose the precision. */
#include "bench.h"
#include <math.h>

enum { BITS = 14, N = 1 << BITS };
static real re[N], im[N], wr[N / 2], wi[N / 2];

static void fft(int sign)
{
    for (int i = 0, j = 0; i < N; i++) {
        if (i < j) {
            real t = re[i];
            re[i] = re[j], re[j] = t;
            t = im[i];
            im[i] = im[j], im[j] = t;
        }
        for (int m = N >> 1; (j ^= m) < m && m; m >>= 1) continue;
    }
    for (int len = 2; len <= N; len *= 2)
        for (int i = 0; i < N; i += len)
            for (int k = 0; k < len / 2; k++) {
                int w = k * (N / len), p = i + k, q = p + len / 2;
                real c = wr[w], s = (real)sign * wi[w];
                real tr = re[q] * c - im[q] * s, ti = re[q] * s + im[q] * c;
                re[q] = re[p] - tr, im[q] = im[p] - ti;
                re[p] += tr, im[p] += ti;
            }
}

int main(void)
{
    for (int i = 0; i < N / 2; i++) {
        wr[i] = (real)cos(2 * 3.14159265358979323846 * i / N);
        wi[i] = (real)sin(2 * 3.14159265358979323846 * i / N);
    }
    for (int i = 0; i < N; i++) re[i] = (real)(int64_t)(rnd() >> 54), im[i] = 0;
    for (int round = 0; round < 700; round++) {
        fft(1);
        fft(-1);
        for (int i = 0; i < N; i++) re[i] /= N, im[i] /= N;
    }
    double s = 0;
    for (int i = 0; i < N; i++) s += (double)re[i] * (i & 255);
    printf("%.3e\n", s);
    return 0;
}
