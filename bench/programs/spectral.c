/* fp: the spectral norm of an infinite matrix: divisions and integer conversions. */
#include "bench.h"
#include <math.h>

enum { N = 1000 };

static double a(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static void times(const double *v, double *r, int transposed)
{
    for (int i = 0; i < N; i++) {
        double s = 0;
        for (int j = 0; j < N; j++) s += (transposed ? a(j, i) : a(i, j)) * v[j];
        r[i] = s;
    }
}

int main(void)
{
    static double u[N], v[N], t[N];
    for (int i = 0; i < N; i++) u[i] = 1;
    for (int i = 0; i < 100; i++) {
        times(u, t, 0), times(t, v, 1);
        times(v, t, 0), times(t, u, 1);
    }
    double vbv = 0, vv = 0;
    for (int i = 0; i < N; i++) vbv += u[i] * v[i], vv += v[i] * v[i];
    return result_f(sqrt(vbv / vv));
}
