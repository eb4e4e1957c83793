/* libm: the elementary functions, double and single. */
#include "bench.h"
#include <math.h>

int main(void)
{
    double s = 0;
    float f = 0;
    for (int i = 1; i < 5000000; i++) {
        double x = i * 2.0e-6;
        s += sin(x) + cos(x * 3) * exp(-x) + pow(x + 1, 0.3) + log(x) + atan(x) + tanh(x) + cbrt(x);
        s += fmod(x * 1000, 7.5) + floor(x * 10) + hypot(x, 1);
        f += sinf((float)x) * expf(-(float)x) + logf((float)x + 1) + powf((float)x, 0.7f) * 1e-3f;
    }
    printf("%.4e %.2e\n", s, (double)f);
    return 0;
}
