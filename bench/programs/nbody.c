/* fp: the planets' orbits, double precision. */
#include "bench.h"
#include <math.h>

struct body {
    double x, y, z, vx, vy, vz, mass;
};
static struct body b[5];

int main(void)
{
    for (int i = 0; i < 5; i++) {
        double r = i * 5.2, t = i * 1.7;
        b[i] = (struct body){r * cos(t), r * sin(t), 0.1 * i, -0.4 * sin(t), 0.4 * cos(t), 0.01 * i,
                             i ? 0.03 / i : 39.5};
    }
    for (int step = 0; step < 9000000; step++) {
        for (int i = 0; i < 5; i++)
            for (int j = i + 1; j < 5; j++) {
                double dx = b[i].x - b[j].x, dy = b[i].y - b[j].y, dz = b[i].z - b[j].z;
                double d = dx * dx + dy * dy + dz * dz + 0.01, m = 0.001 / (d * sqrt(d));
                b[i].vx -= dx * b[j].mass * m, b[j].vx += dx * b[i].mass * m;
                b[i].vy -= dy * b[j].mass * m, b[j].vy += dy * b[i].mass * m;
                b[i].vz -= dz * b[j].mass * m, b[j].vz += dz * b[i].mass * m;
            }
        for (int i = 0; i < 5; i++) {
            b[i].x += 0.001 * b[i].vx;
            b[i].y += 0.001 * b[i].vy;
            b[i].z += 0.001 * b[i].vz;
        }
    }
    double e = 0;
    for (int i = 0; i < 5; i++) e += b[i].mass * (b[i].vx * b[i].vx + b[i].vy * b[i].vy);
    return result_f(e);
}
