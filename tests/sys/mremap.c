/* mremap: in place, moved, fixed, shrunk, MREMAP_DONTUNMAP; contents go along. */
#include "guest.h"

static long move(void *old, size_t from, size_t to, int flags, void *where, char **result)
{
    *result = mremap(old, from, to, flags, where);
    return *result == MAP_FAILED ? -1 : 0;
}

int main(void)
{
    size_t page = 4096;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS, rw = PROT_READ | PROT_WRITE;
    char *area = mmap(NULL, 64 * page, PROT_NONE, flags, -1, 0), *q;
    char *p = mmap(area, 4 * page, rw, flags | MAP_FIXED, -1, 0);
    for (int i = 0; i < 4; i++)
        p[i * page] = (char)('a' + i);
    TRY(move(p, 4 * page, 8 * page, 0, NULL, &q));
    MUST(munmap(area + 4 * page, 12 * page));
    TRY(move(p, 4 * page, 8 * page, 0, NULL, &q));
    YES(q == p);
    printf("%c%c%c%c %d\n", q[0], q[page], q[2 * page], q[3 * page], q[7 * page]);
    TRY(move(p, 8 * page, 2 * page, 0, NULL, &q));
    YES(q == p);
    TRY(move(p, 2 * page, 40 * page, MREMAP_MAYMOVE, NULL, &q));
    YES(q != p);
    printf("%c%c %d\n", q[0], q[page], q[2 * page]);
    char *target = area + 20 * page;
    TRY(move(q, 40 * page, 3 * page, MREMAP_MAYMOVE | MREMAP_FIXED, target, &q));
    YES(q == target);
    printf("%c%c %d\n", q[0], q[page], q[2 * page]);
    char *r;
    TRY(move(q, 3 * page, 3 * page, MREMAP_MAYMOVE | 4, NULL, &r));
    printf("%c %d\n", r[page], q[page]);
    TRY(move(q, 3 * page, 3 * page, MREMAP_FIXED, target, &r));
    TRY(move(q + 1, page, page, 0, NULL, &r));
    TRY(move(q, page, 0, 0, NULL, &r));
    TRY(move(q, page, page, 64, NULL, &r));
    TRY(move(q, 2 * page, page, MREMAP_MAYMOVE | MREMAP_FIXED, q + page, &r));
    MUST(munmap(q, 3 * page));
    TRY(move(q, page, 2 * page, MREMAP_MAYMOVE, NULL, &r));
    return 0;
}
