/* calls: Takeuchi's function, three arguments and four calls at each step. */
#include "bench.h"

static NOINLINE int tak(int x, int y, int z)
{
    if (y >= x) return z;
    return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

int main(void)
{
    uint64_t h = 0;
    for (int i = 0; i < 8000; i++) h = mix(h, (uint64_t)tak(18 + (i & 1), 12, 6));
    return result(h);
}
