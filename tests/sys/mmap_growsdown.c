/* MAP_GROWSDOWN: touched below, it grows; PROT_GROWSDOWN; the gap that it keeps to others. */
#include "guest.h"

enum { PAGE = 4096, MiB = 1 << 20 };

int main(void)
{
    char *room = mmap(NULL, 16 * MiB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(munmap(room, 16 * MiB));
    char *p = mmap(room + 12 * MiB, 4 * PAGE, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
    YES(p == room + 12 * MiB);
    for (char *at = p; at > p - 4 * MiB; at -= PAGE)
        *at = 1;
    YES(p[-3 * MiB] == 1);
    TRY(mprotect(p - 2 * MiB, PAGE, PROT_READ));
    TRY(mprotect(p - 2 * MiB, PAGE, PROT_READ | PROT_WRITE));
    TRY(mprotect(p + 3 * PAGE, PAGE, PROT_READ | PROT_WRITE | PROT_GROWSDOWN));
    TRY(madvise(p - MiB, MiB, MADV_DONTNEED));
    YES(p[-PAGE] == 0 && p[-3 * MiB] == 1);
    TRY(munmap(p - 5 * MiB, 6 * MiB));
    TRY(mprotect(p, PAGE, PROT_READ));
    TRY(mprotect(p - 3 * MiB, PAGE, PROT_READ));
}
