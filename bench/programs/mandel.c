/* fp: the Mandelbrot set: a short loop of multiplications with an exit on a comparison. */
#include "bench.h"

int main(void)
{
    uint64_t h = 0;
    for (int y = 0; y < 1000; y++)
        for (int x = 0; x < 1000; x++) {
            double cr = x / 500.0 - 1.5, ci = y / 500.0 - 1.0, zr = 0, zi = 0;
            int n = 0;
            for (; n < 400 && zr * zr + zi * zi < 4; n++) {
                double t = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci;
                zr = t;
            }
            h = mix(h, (uint64_t)n);
        }
    return result(h);
}
