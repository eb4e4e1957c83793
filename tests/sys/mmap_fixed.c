/*
 * MAP_FIXED replaces, MAP_FIXED_NOREPLACE refuses, hints are honoured where free; holes by munmap.
 */
#include "guest.h"

int main(void)
{
    size_t page = 4096;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    char *p = mmap(NULL, 16 * page, PROT_READ | PROT_WRITE, flags, -1, 0);
    memset(p, 'x', 16 * page);
    YES(mmap(p + 4 * page, page, PROT_READ | PROT_WRITE, flags | MAP_FIXED, -1, 0) == p + 4 * page);
    printf("%d %c %c\n", p[4 * page], p[4 * page - 1], p[5 * page]);
    TRY(mmap(p + 4 * page, page, PROT_READ, flags | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED ? -1 : 0);
    TRY(munmap(p + 6 * page, 2 * page));
    TRY(munmap(p + 6 * page, 2 * page));
    YES(mmap(p + 6 * page, page, PROT_READ, flags | MAP_FIXED_NOREPLACE, -1, 0) == p + 6 * page);
    TRY(mmap(p + 6 * page, 2 * page, PROT_READ, flags | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED ? -1 : 0);
    YES(mmap(p + 7 * page, page, PROT_READ, flags, -1, 0) == p + 7 * page);
    char *other = mmap(p, page, PROT_READ, flags, -1, 0);
    YES(other != p && other != MAP_FAILED);
    TRY(mmap(p + 1, page, PROT_READ, flags | MAP_FIXED, -1, 0) == MAP_FAILED ? -1 : 0);
    TRY(mmap((void *)0xfffffffffffff000, page, PROT_READ, flags | MAP_FIXED, -1, 0) == MAP_FAILED ? -1 : 0);
    TRY(munmap((void *)0xfffffffffffff000, page));
    printf("%c %c\n", p[5 * page], p[8 * page]);
    char *big = mmap(NULL, (size_t)8 << 30, PROT_NONE, flags | MAP_NORESERVE, -1, 0);
    YES(big != MAP_FAILED);
    TRY(mprotect(big + ((size_t)5 << 30), page, PROT_READ | PROT_WRITE));
    big[(size_t)5 << 30] = 1;
    TRY(munmap(big, (size_t)8 << 30));
    return 0;
}
