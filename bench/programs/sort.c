/* integer: quicksort with a comparison inline, heapsort, and libc's qsort with a callback. */
#include "bench.h"

enum { N = 500000 };
static uint32_t v[N], w[N];

static void quick(uint32_t *lo, uint32_t *hi)
{
    while (hi - lo > 12) {
        uint32_t p = lo[(hi - lo) / 2], *i = lo, *j = hi - 1;
        for (;;) {
            while (*i < p) i++;
            while (*j > p) j--;
            if (i >= j) break;
            uint32_t t = *i;
            *i++ = *j;
            *j-- = t;
        }
        quick(lo, i);
        lo = i;
    }
    for (uint32_t *i = lo + 1; i < hi; i++) {
        uint32_t x = *i, *j = i;
        for (; j > lo && j[-1] > x; j--) *j = j[-1];
        *j = x;
    }
}

static void sift(uint32_t *a, int i, int n)
{
    for (int k; (k = 2 * i + 1) < n; i = k) {
        if (k + 1 < n && a[k + 1] > a[k]) k++;
        if (a[i] >= a[k]) return;
        uint32_t t = a[i];
        a[i] = a[k];
        a[k] = t;
    }
}

static void heap(uint32_t *a, int n)
{
    for (int i = n / 2; i-- > 0;) sift(a, i, n);
    while (--n > 0) {
        uint32_t t = a[0];
        a[0] = a[n];
        a[n] = t;
        sift(a, 0, n);
    }
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

int main(void)
{
    uint64_t h = 0;
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < N; i++) v[i] = (uint32_t)(rnd() >> 33);
        memcpy(w, v, sizeof v);
        quick(w, w + N);
        for (int i = 0; i < N; i += 997) h = mix(h, w[i]);
        memcpy(w, v, sizeof v);
        heap(w, N);
        for (int i = 0; i < N; i += 991) h = mix(h, w[i]);
        qsort(v, N, sizeof *v, compare);
        h = mix(h, (uint64_t)memcmp(v, w, sizeof v) == 0);
    }
    return result(h);
}
