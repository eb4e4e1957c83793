/* strings: strcmp and memcmp of strings that differ in their last byte. */
#include "strings.h"

int main(void)
{
    static char a[ROOM], b[ROOM];
    int (*volatile compare)(const char *, const char *) = strcmp;
    int (*volatile compare_m)(const void *, const void *, size_t) = memcmp;
    uint64_t h = 0;
    memset(a, 'q', sizeof a - 1);
    memset(b, 'q', sizeof b - 1);
    EACH_SIZE(200000000, n, {
        char *p = a + (k_ & 7), *q = b + (k_ >> 3 & 7);
        p[n] = 'r';
        h += (uint64_t)(compare(p, q) > 0) + 2 * (uint64_t)(compare_m(q, p, (size_t)n + 1) < 0);
        p[n] = 'q';
    })
    return result(h);
}
