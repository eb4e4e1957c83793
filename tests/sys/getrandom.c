/* getrandom fills what it is asked for; flags are checked. */
#include "guest.h"
#include <sys/random.h>

int main(void)
{
    unsigned char a[64] = {0}, b[64] = {0};
    SHOW(getrandom(a, sizeof a, 0));
    SHOW(getrandom(b, sizeof b, GRND_NONBLOCK));
    YES(memcmp(a, b, sizeof a) != 0);
    SHOW(getrandom(a, 0, 0));
    SHOW(getrandom(a, 32, GRND_RANDOM));
    TRY(getrandom(a, 8, 0x100));
    TRY(getrandom(BAD, 8, 0));
    static char large[100000];
    SHOW(getrandom(large, sizeof large, 0));
    SHOW(getentropy(a, 32));
    TRY(getentropy(a, 257));
    return 0;
}
