/* integer: the queens problem by backtracking over bit sets. */
#include "bench.h"

static uint64_t solve(uint32_t all, uint32_t columns, uint32_t left, uint32_t right)
{
    uint64_t n = columns == all;
    for (uint32_t free = all & ~(columns | left | right); free;) {
        uint32_t bit = free & -free;
        free ^= bit;
        n += solve(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return n;
}

int main(void)
{
    uint64_t h = 0;
    for (int n = 4; n <= 14; n++) h = mix(h, solve((1u << n) - 1, 0, 0, 0));
    return result(h);
}
