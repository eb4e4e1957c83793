/* strings: memcpy, memmove and memset, aligned and not. */
#include "strings.h"

int main(void)
{
    static char from[ROOM], to[ROOM];
    void *(*volatile copy)(void *, const void *, size_t) = memcpy;
    void *(*volatile move)(void *, const void *, size_t) = memmove;
    void *(*volatile fill)(void *, int, size_t) = memset;
    uint64_t h = 0;
    for (int i = 0; i < ROOM; i++) from[i] = (char)rnd();
    EACH_SIZE(300000000, n, {
        copy(to + (k_ & 7), from + (k_ >> 3 & 7), (size_t)n);
        move(to + (k_ & 15), to + 8, (size_t)n);
        fill(to + n, k_ & 127, (size_t)n);
        h = mix(h, (unsigned char)to[n / 2]);
    })
    return result(h);
}
