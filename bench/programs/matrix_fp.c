/* fp: matrices of doubles multiplied, and a linear system solved by elimination. */
#include "bench.h"
#include <math.h>

enum { N = 300 };
static double a[N][N], b[N][N], c[N][N];

int main(void)
{
    double sum = 0;
    for (int round = 0; round < 36; round++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                a[i][j] = (double)(rnd() >> 44) / 1048576;
                b[i][j] = (double)(rnd() >> 44) / 1048576 + (i == j) * 4;
            }
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                double s = 0;
                for (int k = 0; k < N; k++) s += a[i][k] * b[k][j];
                c[i][j] = s;
            }
        for (int k = 0; k < N; k++) {
            int p = k;
            for (int i = k; i < N; i++)
                if (fabs(b[i][k]) > fabs(b[p][k])) p = i;
            for (int j = k; j < N; j++) {
                double t = b[k][j];
                b[k][j] = b[p][j], b[p][j] = t;
            }
            for (int i = k + 1; i < N; i++) {
                double f = b[i][k] / b[k][k];
                for (int j = k; j < N; j++) b[i][j] -= f * b[k][j];
            }
            sum += log(fabs(b[k][k]));
        }
        sum += c[round][round];
    }
    return result_f(sum);
}
