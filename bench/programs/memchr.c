/* strings: memchr and strchr for a byte near the end. */
#include "strings.h"

int main(void)
{
    static char text[ROOM];
    void *(*volatile find)(const void *, int, size_t) = (void *(*)(const void *, int, size_t))memchr;
    char *(*volatile find_s)(const char *, int) = (char *(*)(const char *, int))strchr;
    uint64_t h = 0;
    memset(text, 'a', sizeof text - 1);
    EACH_SIZE(140000000, n, {
        char *p = text + (k_ & 15);
        p[n] = 'z';
        h += (uint64_t)((char *)find(p, 'z', ROOM / 2 + 1000) - p);
        h += (uint64_t)(find_s(p, 'z') - p);
        p[n] = 'a';
    })
    return result(h);
}
