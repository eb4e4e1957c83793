/* fp: a mixture after Whetstone: arrays, conditional jumps, calls, integers, few library calls. */
#include "bench.h"
#include <math.h>

static double e1[4], t = 0.499975, t1 = 0.50025, t2 = 2.0;

static NOINLINE void array(double *e)
{
    for (int j = 0; j < 6; j++) {
        e[0] = (e[0] + e[1] + e[2] - e[3]) * t;
        e[1] = (e[0] + e[1] - e[2] + e[3]) * t;
        e[2] = (e[0] - e[1] + e[2] + e[3]) * t;
        e[3] = (-e[0] + e[1] + e[2] + e[3]) / t2;
    }
}

static NOINLINE double three(double x, double y)
{
    x = t * (x + y);
    y = t * (x + y);
    return (x + y) / t2;
}

int main(void)
{
    double x = 0.75, sum = 0;
    int j = 1;
    e1[0] = 1, e1[1] = e1[2] = e1[3] = -1;
    for (int i = 0; i < 2500000; i++) {
        array(e1);
        j = j == 1 ? 2 : 3;
        j = j > 2 ? 0 : 1;
        j = j < 1 ? 1 : 0;
        for (int k = 0; k < 4; k++) sum += three(x + k, e1[k]) * j;
        x = sqrt(x * t1 + 0.1);
        if ((i & 31) == 0) x = exp(log(x) / t1) * 0.9 + fabs(cos(x)) * 0.01;
    }
    return result_f(sum + x);
}
