/* calls: doubly recursive Fibonacci. */
#include "bench.h"

static NOINLINE uint64_t fib(unsigned n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int main(void)
{
    uint64_t h = 0;
    for (unsigned i = 0; i < 10; i++) h = mix(h, fib(37 + (i & 1)));
    return result(h);
}
