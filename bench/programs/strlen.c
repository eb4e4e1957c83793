/* strings: strlen at every alignment. */
#include "strings.h"

int main(void)
{
    static char text[ROOM];
    size_t (*volatile length)(const char *) = strlen;
    uint64_t h = 0;
    memset(text, 'x', sizeof text - 1);
    EACH_SIZE(240000000, n, {
        char *p = text + (k_ & 15);
        text[(k_ & 15) + n] = 0;
        h += length(p);
        text[(k_ & 15) + n] = 'x';
    })
    return result(h);
}
