/* calls: Ackermann's function, whose recursion is some thousands deep. */
#include "bench.h"

static NOINLINE unsigned ack(unsigned m, unsigned n)
{
    if (!m) return n + 1;
    if (!n) return ack(m - 1, 1);
    return ack(m - 1, ack(m, n - 1));
}

int main(void)
{
    uint64_t h = 0;
    for (unsigned i = 0; i < 6; i++) h = mix(h, ack(3, 10 + (i & 1)));
    return result(h);
}
