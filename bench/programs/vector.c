/* vector: loops that compilers vectorise (-O3): sums, saxpy, comparisons, bytes, conversions. */
#include "bench.h"

enum { N = 4096 };
static float x[N], y[N];
static double d[N];
static int32_t a[N], b[N];
static uint8_t p[N], q[N];

static NOINLINE void saxpy(float k)
{
    for (int i = 0; i < N; i++) y[i] = k * x[i] + y[i] * 0.5f;
}

static NOINLINE void scale(double k)
{
    for (int i = 0; i < N; i++) d[i] = d[i] * k + x[i];
}

static NOINLINE int32_t sum(void)
{
    int32_t s = 0;
    for (int i = 0; i < N; i++) s += a[i] * b[i];
    return s;
}

static NOINLINE void larger(void)
{
    for (int i = 0; i < N; i++) a[i] = a[i] > b[i] ? a[i] - 3 : b[i] ^ i;
}

static NOINLINE void blend(int k)
{
    for (int i = 0; i < N; i++) p[i] = (uint8_t)((p[i] * k + q[i] * (256 - k)) >> 8);
}

static NOINLINE uint32_t differences(void)
{
    uint32_t s = 0;
    for (int i = 0; i < N; i++) s += (uint32_t)abs(p[i] - q[i]);
    return s;
}

int main(void)
{
    uint64_t h = 0;
    for (int i = 0; i < N; i++) {
        x[i] = (float)(rnd() >> 40) / 65536, y[i] = (float)(rnd() >> 40) / 65536;
        a[i] = (int32_t)rnd(), b[i] = (int32_t)rnd(), d[i] = x[i];
        p[i] = (uint8_t)(rnd() >> 30), q[i] = (uint8_t)(rnd() >> 30);
    }
    for (int round = 0; round < 130000; round++) {
        saxpy(0.25f);
        scale(0.75);
        h = mix(h, (uint32_t)sum());
        larger();
        blend(round & 255);
        h = mix(h, differences());
    }
    double s = 0;
    for (int i = 0; i < N; i++) s += y[i] + d[i];
    printf("%.4e ", s);
    return result(h);
}
