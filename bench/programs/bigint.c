/* integer: big numbers: factorial, powers by schoolbook multiplication, decimal output. */
#include "bench.h"

enum { LIMBS = 2400 };
typedef struct {
    int n;
    uint32_t d[LIMBS];
} big;

static void times_small(big *a, uint32_t m)
{
    uint64_t carry = 0;
    for (int i = 0; i < a->n; i++) {
        carry += (uint64_t)a->d[i] * m;
        a->d[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) a->d[a->n++] = (uint32_t)carry;
}

static uint32_t over_small(big *a, uint32_t m)
{
    uint64_t r = 0;
    for (int i = a->n; i-- > 0;) {
        r = r << 32 | a->d[i];
        a->d[i] = (uint32_t)(r / m);
        r %= m;
    }
    while (a->n > 0 && !a->d[a->n - 1]) a->n--;
    return (uint32_t)r;
}

static void times(big *r, const big *a, const big *b)
{
    memset(r, 0, sizeof *r);
    for (int i = 0; i < a->n; i++) {
        unsigned __int128 carry = 0;
        for (int j = 0; j < b->n; j++) {
            carry += (unsigned __int128)a->d[i] * b->d[j] + r->d[i + j];
            r->d[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
        r->d[i + b->n] = (uint32_t)carry;
    }
    r->n = a->n + b->n;
    while (r->n > 0 && !r->d[r->n - 1]) r->n--;
}

int main(void)
{
    static big f, p, q;
    uint64_t h = 0;
    for (int round = 0; round < 36; round++) {
        f.n = 1;
        f.d[0] = 1;
        for (uint32_t i = 2; i <= 3000 + (uint32_t)round; i++) times_small(&f, i);
        for (int k = 0; k < 8; k++) times(&q, &f, &f);
        p = f;
        while (p.n > 0) h = mix(h, over_small(&p, 1000000000));
        h = mix(h, q.d[q.n / 2]);
    }
    return result(h);
}
