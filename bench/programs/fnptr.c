/* branches: calls through tables of function pointers, predictable and not. */
#include "bench.h"

#define F(n, expr)                                                                                 \
    static NOINLINE uint64_t f##n(uint64_t x) { return expr; }
F(0, x + 1) F(1, x ^ x >> 3) F(2, x * 5) F(3, x - 7) F(4, ~x) F(5, x << 1 | x >> 63) F(6, x + (x >> 9))
F(7, x ^ 0x55)

int main(void)
{
    static uint64_t (*const volatile table[8])(uint64_t) = {f0, f1, f2, f3, f4, f5, f6, f7};
    uint64_t x = 1, lot = 12345;
    for (int i = 0; i < 100000000; i++) x = table[i & 7](x);
    for (int i = 0; i < 40000000; i++) {
        lot = lot * 6364136223846793005u + 1442695040888963407u;
        x = table[lot >> 61](x);
    }
    return result(x);
}
