/* One byte into a pipe and out again. */
#include <unistd.h>

#include "bench.h"

int main(void)
{
    int p[2];
    uint64_t h = 0;
    if (pipe(p) != 0)
        return 1;
    for (int i = 0; i < 400000; i++) {
        char c = (char)i;
        if (write(p[1], &c, 1) != 1 || read(p[0], &c, 1) != 1)
            return 1;
        h = mix(h, (unsigned char)c);
    }
    return result(h);
}
