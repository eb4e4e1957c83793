/* mincore, mlock, munlock, mlockall, msync on holes. */
#include "guest.h"

int main(void)
{
    size_t page = 4096;
    unsigned char in[4];
    char *p = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    p[page] = 1;
    TRY(mincore(p, 4 * page, in));
    printf("%d %d\n", in[0] & 1, in[1] & 1);
    TRY(mlock(p, 2 * page));
    MUST(mincore(p, 4 * page, in));
    printf("%d %d\n", in[0] & 1, in[1] & 1);
    TRY(munlock(p, 2 * page));
    TRY(mlock2(p, page, MLOCK_ONFAULT));
    TRY(mlock2(p, page, 64));
    TRY(mincore(p + 1, page, in));
    TRY(mincore(p, page, BAD));
    MUST(munmap(p + 2 * page, page));
    TRY(mincore(p, 4 * page, in));
    TRY(mlock(p, 4 * page));
    TRY(msync(p, 4 * page, MS_ASYNC));
    TRY(munlockall());
    TRY(mlockall(0));
    return 0;
}
