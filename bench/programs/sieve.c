/* integer: primes below four million, one byte each, over and over. */
#include "bench.h"

enum { N = 4000000 };
static unsigned char composite[N];

int main(void)
{
    uint64_t h = 0;
    for (int round = 0; round < 40; round++) {
        memset(composite, 0, sizeof composite);
        for (int i = 2; (long)i * i < N; i++)
            if (!composite[i])
                for (int j = i * i; j < N; j += i) composite[j] = 1;
        for (int i = 2; i < N; i += 1 + round)
            if (!composite[i]) h = mix(h, (uint64_t)i);
    }
    return result(h);
}
