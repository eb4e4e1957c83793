/* Reservations cost nothing by their size, and single pages of them change cheaply. */
#include "guest.h"

static void reserve(int bits)
{
    size_t size = (size_t)1 << bits;
    char *p = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    printf("2^%d: %s\n", bits, p == MAP_FAILED ? "no" : "yes");
    if (p == MAP_FAILED)
        return;
    char *middle = p + size / 2;
    TRY(mprotect(middle, 4096, PROT_READ | PROT_WRITE));
    middle[0] = 1;
    TRY(madvise(middle, 4096, MADV_DONTNEED));
    TRY(madvise(p, size, MADV_DONTDUMP));
    YES(mmap(middle - 8192, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
        middle - 8192);
    TRY(mprotect(p, size, PROT_READ | PROT_EXEC));
    TRY(mprotect(p, size, PROT_NONE));
    TRY(munmap(p, size));
}

int main(void)
{
    for (int bits = 36; bits <= 44; bits += 2)
        reserve(bits);
    /* Windows with a guard region on both sides, as WebAssembly has them. */
    enum { N = 500 };
    const size_t window = (size_t)8 << 30;
    int good = 0;
    static char *w[N];
    for (int i = 0; i < N; i++) {
        w[i] = mmap(NULL, window, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (w[i] == MAP_FAILED || mprotect(w[i] + window / 4, 65536, PROT_READ | PROT_WRITE))
            break;
        w[i][window / 4] = 1;
        good++;
    }
    SHOW(good);
    for (int i = 0; i < good; i++)
        munmap(w[i], window);
    /* Many small ones: alternating, so that they do not merge. */
    enum { PAGES = 40000 };
    char *many = mmap(NULL, (size_t)PAGES * 4096, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    int changed = 0;
    for (int i = 0; i < PAGES; i += 2)
        changed += mprotect(many + (size_t)i * 4096, 4096, PROT_READ) == 0;
    SHOW(changed);
    TRY(munmap(many, (size_t)PAGES * 4096));
}
